"""Asks which types to train on the same data, for how long, and with how many numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QListWidget,
    QListWidgetItem,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from aestudio.gui.durations import spoken
from aestudio.gui.series_times import Measure, SeriesTimes
from aestudio.gui.theme import SPACING
from aestudio.gui.widgets.labels import PlainLabel

_NAME_ROLE = Qt.ItemDataRole.UserRole + 1
_MOST_EPOCHS, _MOST_NUMBERS = 100_000, 65_536
#: How long a person may go on typing before times are measured again.
_DELAY_MS = 700


class TypesDialog(QDialog):
    """Every type is ticked at first; what each takes is measured while the dialog is open."""

    #: (names of types, number of epochs, code size, seconds by name as far as they are known)
    confirmed = Signal(object, int, int, object)

    def __init__(
        self,
        data: str,
        titles: Mapping[str, str],
        epochs: int,
        code_size: int,
        times: SeriesTimes,
        measure: Callable[[str, int], Measure],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self._titles = dict(titles)
        self._times = times
        #: The work that measures a type with a code size.
        self._measure = measure
        times.setParent(self)
        times.changed.connect(self._show_times)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_DELAY_MS)
        self._delay.timeout.connect(self._start_measuring)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Same data, every type"))
        words = PlainLabel(
            self.tr(
                "Trains each of these types on {data}, one after the other, with the same number "
                "of epochs and of code numbers, and sets the runs side by side."
            ).format(data=data)
        )
        self.types = QListWidget()
        self.types.setSpacing(SPACING // 4)
        self.types.setAccessibleName(self.tr("Types to train"))
        for name, title in titles.items():
            item = QListWidgetItem(title)
            item.setData(_NAME_ROLE, name)
            item.setToolTip(name)
            item.setFlags(item.flags() | Qt.ItemFlag.ItemIsUserCheckable)
            item.setCheckState(Qt.CheckState.Checked)
            self.types.addItem(item)
        self.epochs = _number(epochs, _MOST_EPOCHS, self.tr("Epochs"))
        self.code_size = _number(code_size, _MOST_NUMBERS, self.tr("Code size"))
        self.estimate = PlainLabel("", "muted")
        self.epochs.valueChanged.connect(self._show_times)
        self.code_size.valueChanged.connect(self._delay.start)
        form = QFormLayout()
        form.addRow(self.tr("Epochs"), self.epochs)
        form.addRow(self.tr("Code size"), self.code_size)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Cancel)
        self.train = buttons.addButton(
            self.tr("Train them"), QDialogButtonBox.ButtonRole.AcceptRole
        )
        self.train.setProperty("role", "primary")
        buttons.accepted.connect(self._confirm)
        buttons.rejected.connect(self.reject)
        self.types.itemChanged.connect(self._on_ticked)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACING, 3 * SPACING, 3 * SPACING, 2 * SPACING)
        column.setSpacing(2 * SPACING)
        for part in (words, self.types):
            column.addWidget(part)
        column.addLayout(form)
        column.addWidget(self.estimate)
        column.addWidget(buttons)
        self.resize(52 * SPACING, 68 * SPACING)
        self._start_measuring()

    @property
    def chosen(self) -> tuple[str, ...]:
        """Names of the types that are ticked."""
        items = (self.types.item(row) for row in range(self.types.count()))
        return tuple(
            str(item.data(_NAME_ROLE))
            for item in items
            if item.checkState() == Qt.CheckState.Checked
        )

    def expected_s(self) -> dict[str, float]:
        """Seconds that each ticked type takes, as far as they are measured."""
        epochs, known = self.epochs.value(), self._times.epoch_s
        return {name: epochs * known[name] for name in self.chosen if name in known}

    def done(self, result: int) -> None:
        """Close, whichever way; nothing is measured for nobody."""
        self._delay.stop()
        self._times.stop()
        super().done(result)

    def _start_measuring(self) -> None:
        size = self.code_size.value()
        self._times.start({name: self._measure(name, size) for name in self._titles})

    def _show_times(self) -> None:
        self.types.blockSignals(True)
        for row in range(self.types.count()):
            item = self.types.item(row)
            name = str(item.data(_NAME_ROLE))
            words, problem = self._titles[name], self._times.problems.get(name, "")
            if name in self._times.epoch_s:
                words += f", {spoken(self.epochs.value() * self._times.epoch_s[name])}"
            elif problem:
                words += self.tr(", not with this data")
            item.setText(words)
            item.setToolTip(problem or name)
        self.types.blockSignals(False)
        self._show_total()

    def _show_total(self) -> None:
        known = self.expected_s()
        missing = [name for name in self.chosen if name not in {**known, **self._times.problems}]
        total = spoken(sum(known.values()))
        if not self.chosen:
            self.estimate.setText("")
        elif missing and self._times.is_measuring:
            words = self.tr("Measuring how long it takes here: {done} of {count} types")
            words += self.tr(", {time} so far…") if known else "…"
            done = len(self.chosen) - len(missing)
            self.estimate.setText(words.format(done=done, count=len(self.chosen), time=total))
        else:
            self.estimate.setText(self.tr("About {time} on this computer.").format(time=total))

    def _on_ticked(self) -> None:
        self._show_total()
        self.train.setEnabled(bool(self.chosen))
        self.train.setToolTip("" if self.chosen else self.tr("Tick at least one type"))

    def _confirm(self) -> None:
        self.confirmed.emit(
            self.chosen, self.epochs.value(), self.code_size.value(), self.expected_s()
        )
        self.accept()


def _number(value: int, most: int, name: str) -> QSpinBox:
    edit = QSpinBox()
    edit.setRange(1, most)
    edit.setValue(value)
    edit.setAccessibleName(name)
    return edit
