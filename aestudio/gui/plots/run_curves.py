"""The curves of several runs in one plot: a colour for each run, validation dashed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QComboBox, QWidget

from aestudio.gui.palette import Colors
from aestudio.gui.plots.curve_lines import CurveLine
from aestudio.gui.plots.curves_panel import TRAIN, VALIDATION, CurvesPanel
from aestudio.gui.plots.legend_bar import LegendEntry
from aestudio.gui.plots.run_colors import run_color
from aestudio.gui.theme import Theme

if TYPE_CHECKING:
    from aestudio.workflows.comparison.run_comparison import RunCurves

#: Dots that mark single epochs would touch each other if there were more.
_MOST_DOTS = 40
_MARGIN = 0.05
#: So many epochs are named one by one below the plot.
_MOST_NAMED = 15


class OverlaidCurves(CurvesPanel):
    """Draws one term of every run over its epochs."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(theme, self.tr("Curves of the runs"), parent)
        self.set_title(
            self.tr("Curves"),
            self.tr(
                "One colour for each run. Solid lines are the training samples, dashed ones samples "
                "that the run never trains on. Losses of different types are made of different "
                "terms: choose a term that they share before you compare heights."
            ),
        )
        self._names: tuple[str, ...] = ()
        self._curves: tuple[RunCurves, ...] = ()
        self.term = QComboBox()
        self.term.setAccessibleName(self.tr("Term"))
        self.term.setToolTip(self.tr("Which part of the loss is drawn"))
        self.header.addWidget(self.term)
        self.add_curve_buttons()
        self.legend.toggled.connect(self._on_toggled)
        self.term.currentTextChanged.connect(self.redraw)
        theme.changed.connect(self._restyle)

    def show_runs(self, names: Sequence[str], curves: Sequence[RunCurves]) -> None:
        """Draw these runs; the term that was chosen stays chosen where there is one of that name."""
        self._names, self._curves = tuple(names), tuple(curves)
        wanted = self.term.currentText() or "loss"
        terms = dict.fromkeys(
            name for one in curves for part in (one.train, one.validation) for name in part
        )
        self.term.blockSignals(True)
        self.term.clear()
        self.term.addItems(list(terms))
        self.term.setCurrentIndex(max(0, self.term.findText(wanted)))
        self.term.blockSignals(False)
        self._restyle()
        self.redraw()

    def redraw(self) -> None:
        """Draw what is chosen, all of it in view."""
        lines = self._make_lines(self.theme.colors)
        self.plot.setLabel("left", self.term.currentText(), color=self.theme.muted_text)
        self.lines.set_lines(lines)
        self._fit(lines)
        self._set_ticks()

    def reset_view(self) -> None:
        """Show everything; a redraw does."""
        self.redraw()

    def _make_lines(self, colors: Colors) -> list[CurveLine]:
        name = self.term.currentText()
        lines = []
        for place, curves in reversed(list(enumerate(self._curves))):
            for part, terms in ((TRAIN, curves.train), (VALIDATION, curves.validation)):
                if name not in terms or {str(place), part} & self.legend.hidden:
                    continue
                lines.append(
                    CurveLine(
                        x=curves.epochs.astype(np.float64),
                        y=terms[name],
                        color=QColor(run_color(place, colors)),
                        width=2.0,
                        is_dashed=part == VALIDATION,
                        has_dots=len(curves.epochs) < _MOST_DOTS,
                    )
                )
        return lines

    def _fit(self, lines: list[CurveLine]) -> None:
        x = np.concatenate([line.x for line in lines]) if lines else np.zeros(0)
        y = np.concatenate([line.y for line in lines]) if lines else np.zeros(0)
        ranges = []
        for values, toggle in ((x, self.log_x), (y, self.log_y)):
            is_log = toggle.isChecked()
            shown = values[np.isfinite(values) & ((values > 0) | (not is_log))]
            if not len(shown):
                return
            low, high = float(shown.min()), float(shown.max())
            if is_log:
                low, high = float(np.log10(low)), float(np.log10(high))
            margin = _MARGIN * (high - low) or max(abs(high), 1.0) * _MARGIN
            ranges.append((low - margin, high + margin))
        self.plot.getViewBox().setRange(xRange=ranges[0], yRange=ranges[1], padding=0.0)

    def _set_ticks(self) -> None:
        """There is nothing between two epochs, so few of them are all named."""
        epochs = sorted({int(epoch) for curves in self._curves for epoch in curves.epochs})
        is_named = 0 < len(epochs) <= _MOST_NAMED and not self.log_x.isChecked()
        ticks = [[(float(epoch), str(epoch)) for epoch in epochs]] if is_named else None
        self.plot.getPlotItem().getAxis("bottom").setTicks(ticks)

    def _on_toggled(self) -> None:
        self.redraw()

    def _restyle(self) -> None:
        self.show_in(self.theme.colors)
        entries = [
            LegendEntry(str(place), name, run_color(place, self.theme.colors))
            for place, name in enumerate(self._names)
        ]
        muted = self.theme.muted_text
        if any(curves.validation for curves in self._curves):
            entries.append(LegendEntry(TRAIN, self.tr("training"), muted))
            entries.append(LegendEntry(VALIDATION, self.tr("validation"), muted, "dashes"))
        self.legend.set_entries(entries)

    def show_in(self, colors: Colors) -> None:
        self.plot.setLabel("bottom", self.tr("epoch"), color=colors.muted_text)
        self.plot.setLabel("left", self.term.currentText(), color=colors.muted_text)
        self.lines.set_lines(self._make_lines(colors))

    # The figure on paper

    def figure_name(self) -> str:
        return "curves"

    def figure_rows(self) -> Iterator[Iterable[object]]:
        """One line for each epoch of each run: the term on the training and held-back samples."""
        name = self.term.currentText()
        yield ("run", "epoch", f"{name} {TRAIN}", f"{name} {VALIDATION}")
        for run, curves in zip(self._names, self._curves, strict=True):
            columns = (curves.train.get(name), curves.validation.get(name))
            for row, epoch in enumerate(curves.epochs.tolist()):
                values = ("" if column is None else float(column[row]) for column in columns)
                yield (run, epoch, *values)
