"""A legend whose entries show and hide what they stand for."""

from __future__ import annotations

from dataclasses import dataclass

from pyqtgraph.graphicsItems.ScatterPlotItem import drawSymbol
from PySide6.QtCore import QEvent, QPointF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QIcon, QPainter, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QWidget

from aestudio.gui.plots.flow_layout import FlowLayout

_MOST_ENTRIES = 24
_LONGEST_NAME = 18
_STYLE = """
QToolButton { padding: 0; }
QToolButton:checked { background: transparent; }
"""


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """``symbol`` is one of pyqtgraph's, or "line" or "dashes"."""

    key: str
    name: str
    color: str
    symbol: str = "line"


class LegendBar(QWidget):
    """Checkable entries in rows; ``toggled`` tells the key and whether it is shown."""

    toggled = Signal(str, bool)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flow = FlowLayout(self)
        self._buttons: dict[str, QToolButton] = {}
        self._hidden: set[str] = set()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    @property
    def hidden(self) -> frozenset[str]:
        return frozenset(self._hidden)

    def button(self, key: str) -> QToolButton:
        return self._buttons[key]

    def set_entries(self, entries: list[LegendEntry]) -> None:
        """Show these entries; what a person has hidden stays hidden."""
        while (item := self._flow.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self._buttons.clear()
        self._hidden &= {entry.key for entry in entries}
        for entry in entries[:_MOST_ENTRIES]:
            self._buttons[entry.key] = self._add(entry)
        if len(entries) > _MOST_ENTRIES:
            more = QLabel(self.tr("and {count} more").format(count=len(entries) - _MOST_ENTRIES))
            more.setProperty("role", "muted")
            more.setToolTip("\n".join(entry.name for entry in entries[_MOST_ENTRIES:]))
            self._flow.addWidget(more)
        self.setVisible(bool(entries))
        self._fit_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_height()

    def event(self, event: QEvent) -> bool:
        # Entries have a size only once they are shown, which Qt does a little later.
        if event.type() == QEvent.Type.LayoutRequest:
            self._fit_height()
        return super().event(event)

    def _fit_height(self) -> None:
        # A height that depends on the width would make splitters reserve what a narrow bar needs.
        height = self._flow.heightForWidth(max(self.width(), 100))
        if height != self.maximumHeight():
            self.setFixedHeight(height)

    def _add(self, entry: LegendEntry) -> QToolButton:
        button = QToolButton()
        name = entry.name
        shown = name if len(name) <= _LONGEST_NAME else name[: _LONGEST_NAME - 1] + "…"
        button.setText(shown.replace("&", "&&"))
        button.setIcon(_swatch(entry, self.devicePixelRatioF()))
        button.setIconSize(QSize(14, 12))
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        button.setStyleSheet(_STYLE)
        button.setCheckable(True)
        button.setChecked(entry.key not in self._hidden)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.setAccessibleName(self.tr("Show {name}").format(name=name))
        button.setToolTip(self.tr("Show or hide {name}").format(name=name))
        button.toggled.connect(lambda shown, key=entry.key: self._on_toggled(key, shown))
        self._flow.addWidget(button)
        return button

    def _on_toggled(self, key: str, shown: bool) -> None:
        (self._hidden.discard if shown else self._hidden.add)(key)
        self.toggled.emit(key, shown)


def _swatch(entry: LegendEntry, ratio: float) -> QIcon:
    """The mark as drawn in the plot; hollow while its entry is switched off."""
    swatch = QIcon()
    for state, filled in ((QIcon.State.On, True), (QIcon.State.Off, False)):
        pixmap = QPixmap(round(14 * ratio), round(12 * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        color = QColor(entry.color)
        if not filled:
            color.setAlpha(60)
        if entry.symbol in ("line", "dashes"):
            pen = QPen(color, 2.0)
            if entry.symbol == "dashes":
                pen.setDashPattern([2.0, 1.5])
            painter.setPen(pen)
            painter.drawLine(QPointF(0, 6), QPointF(14, 6))
        else:
            painter.translate(7, 6)
            # Its pen would be magnified with the symbol.
            drawSymbol(painter, entry.symbol, 9, QPen(Qt.PenStyle.NoPen), QBrush(color))
        painter.end()
        swatch.addPixmap(pixmap, QIcon.Mode.Normal, state)
    return swatch
