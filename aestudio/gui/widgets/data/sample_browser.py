"""Looking through all samples: search, one label alone, leaving some out, and one more closely."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from aestudio.gui.theme import SPACING
from aestudio.gui.widgets.data.sample_grid import SampleGrid
from aestudio.gui.widgets.data.sample_table import SampleTable
from aestudio.gui.widgets.labels import PlainLabel

if TYPE_CHECKING:
    from aestudio.gui.workspaces.samples import Samples

#: The search begins when nothing has been typed for so long.
_PAUSE_MS = 150


class SampleBrowser(QWidget):
    """A view of all samples, a grid or a list, below what chooses among them."""

    #: Numbers of samples, as ``data.exclude`` has them, (N,).
    exclusion_requested = Signal(object)
    undo_requested = Signal()
    #: What preprocessing does to a row of the dataset is to be shown.
    look_requested = Signal(int)

    def __init__(self, view: SampleGrid | SampleTable, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._samples: Samples | None = None
        self.view = view
        self.search = QLineEdit()
        self.search.setAccessibleName(self.tr("Search the samples"))
        self.search.setClearButtonEnabled(True)
        self.label = QComboBox()
        self.label.setAccessibleName(self.tr("Show the samples of one label"))
        self.look = QPushButton(self.tr("Preprocessed…"))
        self.look.setAccessibleName(self.tr("See what preprocessing does to a sample"))
        self.look.setToolTip(
            self.tr("A sample as it is stored, as the model sees it, and brought back")
        )
        self.leave_out = QPushButton(self.tr("Leave out"))
        self.leave_out.setAccessibleName(self.tr("Leave out the selected samples"))
        self._can_undo = False
        self._count = PlainLabel("", "muted", wraps=False)
        self.nothing = PlainLabel("", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.nothing.setContentsMargins(SPACING, 4 * SPACING, SPACING, SPACING)
        self.nothing.hide()
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PAUSE_MS)
        self._timer.timeout.connect(self.filter)
        self._build()
        self._connect()

    def set_samples(
        self, samples: Any, *, can_undo: bool = False, keeps_place: bool = False
    ) -> None:
        """Show another dataset; ``keeps_place`` where it is the same without some of its samples."""
        former, label = self.search.text(), self.label.currentText()
        place = self.view.verticalScrollBar().value()
        self._samples = samples
        self.label.blockSignals(True)
        self.label.clear()
        self.label.addItem(self.tr("All labels"), None)
        for name, number in samples.labels:
            self.label.addItem(name, number)
        if keeps_place:
            self.label.setCurrentIndex(max(0, self.label.findText(label)))
        self.label.blockSignals(False)
        self.label.setVisible(bool(samples.labels))
        self._can_undo = can_undo
        self.search.setPlaceholderText(samples.search_hint)
        self.search.setToolTip(samples.search_help)
        self.search.blockSignals(True)
        self.search.setText(former if keeps_place else "")
        self.search.blockSignals(False)
        self._timer.stop()
        self.view.set_samples(samples)
        self.filter()
        if keeps_place:
            self.view.verticalScrollBar().setValue(place)

    @property
    def count_text(self) -> str:
        return self._count.text()

    def menu(self, row: int | None) -> QMenu:
        """Return what can be done with the selected samples, and with the one at ``row``."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if row is not None and self._samples is not None:
            look = menu.addAction(self.tr("See what preprocessing does to it…"))
            look.triggered.connect(lambda: self.look_requested.emit(row))
            label = self._samples.cells.label(row)
            if label and self.label.count() > 2:
                only = menu.addAction(self.tr("Show only label '{0}'").format(label))
                only.triggered.connect(lambda: self.label.setCurrentText(label))
            menu.addSeparator()
        words = self.tr("Leave out {0:,} samples").format(self.view.num_selected)
        if self.view.num_selected == 1:
            words = self.tr("Leave out this sample")
        leave = menu.addAction(words)
        leave.setEnabled(self.leave_out.isEnabled())
        leave.triggered.connect(self._on_leave_out)
        if self._can_undo:
            menu.addAction(self.tr("Take back the last change")).triggered.connect(
                self.undo_requested
            )
        return menu

    def _build(self) -> None:
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(self.search, 3)
        row.addWidget(self.label, 2)
        row.addWidget(self._count)
        row.addStretch(1)
        for button in (self.look, self.leave_out):
            row.addWidget(button)
        self.label.setMinimumContentsLength(8)
        self.label.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(SPACING)
        column.addLayout(row)
        column.addWidget(self.view, 1)
        column.addWidget(self.nothing, 1)

    def _connect(self) -> None:
        self.search.textChanged.connect(lambda _: self._timer.start())
        self.label.currentIndexChanged.connect(self.filter)
        self.view.selection_changed.connect(self._update)
        self.view.removal_requested.connect(self._on_leave_out)
        self.view.opened.connect(self.look_requested)
        self.view.customContextMenuRequested.connect(self._on_menu)
        self.look.clicked.connect(self._on_look)
        self.leave_out.clicked.connect(self._on_leave_out)

    def filter(self) -> None:
        """Show what the search and the label ask for."""
        if self._samples is not None:
            found = self._samples.matching(self.search.text(), self.label.currentData())
            if len(found) != self.view.num_shown or len(found) < self._samples.num_samples:
                self.view.show_rows(found)
            self._say_if_nothing(is_nothing=not len(found))
            self._update()

    def _say_if_nothing(self, *, is_nothing: bool) -> None:
        """Say what is looked for in vain, and what can be looked for."""
        if is_nothing and self._samples is not None:
            wanted, label = self.search.text().strip(), self.label.currentText()
            words = self.tr("Nothing was found for '{0}' among the samples of '{1}'.")
            if not wanted:
                words = self.tr("There are no samples of '{1}'.")
            elif self.label.currentData() is None:
                words = self.tr("Nothing was found for '{0}'.")
            can = self.tr("What can be looked for: {0}.").format(self._samples.search_help)
            self.nothing.setText(words.format(wanted, label) + (f"\n{can}" if wanted else ""))
        self.nothing.setVisible(is_nothing)
        self.view.setVisible(not is_nothing)

    def _update(self) -> None:
        if self._samples is None:
            return
        num_shown, num_selected = self.view.num_shown, self.view.num_selected
        text = self.tr("{0:,} samples").format(num_shown)
        if num_shown < self._samples.num_samples:
            text = self.tr("{0:,} of {1:,}").format(num_shown, self._samples.num_samples)
        if num_selected:
            text += self.tr(", {0:,} selected").format(num_selected)
        self._count.setText(text)
        can_leave_out = 0 < num_selected < self._samples.num_samples
        self.leave_out.setEnabled(can_leave_out)
        self.leave_out.setToolTip(
            self.tr("Learn from the others only; the files stay as they are")
            if can_leave_out
            else self.tr("Select samples first: click, Shift or Ctrl and click, or the arrow keys")
        )

    def _on_menu(self, position: QPoint) -> None:
        row = self.view.row_at(position)
        if row is not None and row not in self.view.selected:
            self.view.select_row(row)
        self.menu(row).popup(self.view.viewport().mapToGlobal(position))

    def _on_look(self) -> None:
        selected = self.view.selected
        self.look_requested.emit(selected[0] if selected else 0)

    def _on_leave_out(self) -> None:
        if self._samples is not None and self.leave_out.isEnabled():
            self.exclusion_requested.emit(self._samples.numbers(self.view.selected))
