"""Asks which types to train on the same data, for how long, and with how many numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QWidget

from aestudio.gui.durations import spoken
from aestudio.gui.series_times import Measure, SeriesTimes
from aestudio.gui.theme import SPACING
from aestudio.gui.widgets.dialogs.series_dialog import SeriesDialog

_NAME_ROLE = Qt.ItemDataRole.UserRole + 1
_MOST_EPOCHS, _MOST_NUMBERS = 100_000, 65_536
#: How long a person may go on typing before times are measured again.
_DELAY_MS = 700


class TypesDialog(SeriesDialog):
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
        super().__init__(
            self.tr("Same data, every type"),
            self.tr(
                "Trains each of these types on {data}, one after the other, with the same number "
                "of epochs and of code numbers, and sets the runs side by side."
            ).format(data=data),
            times,
            parent,
        )
        self._titles = dict(titles)
        #: The work that measures a type with a code size.
        self._measure = measure
        times.changed.connect(self._show_times)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_DELAY_MS)
        self._delay.timeout.connect(self._start_measuring)
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
        # Between the words and the numbers, with all the height that is left.
        self.column.insertWidget(1, self.types, 1)
        self.epochs = self.add_number(self.tr("Epochs"), epochs, 1, _MOST_EPOCHS)
        self.code_size = self.add_number(self.tr("Code size"), code_size, 1, _MOST_NUMBERS)
        self.epochs.valueChanged.connect(self._show_times)
        self.code_size.valueChanged.connect(self._delay.start)
        self.buttons.accepted.connect(self._confirm)
        self.types.itemChanged.connect(self._on_ticked)
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
        epochs, known = self.epochs.value(), self.times.epoch_s
        return {name: epochs * known[name] for name in self.chosen if name in known}

    def done(self, result: int) -> None:
        self._delay.stop()
        super().done(result)

    def _start_measuring(self) -> None:
        size = self.code_size.value()
        self.times.start({name: self._measure(name, size) for name in self._titles})

    def _show_times(self) -> None:
        self.types.blockSignals(True)
        for row in range(self.types.count()):
            item = self.types.item(row)
            name = str(item.data(_NAME_ROLE))
            words, problem = self._titles[name], self.times.problems.get(name, "")
            if name in self.times.epoch_s:
                words += f", {spoken(self.epochs.value() * self.times.epoch_s[name])}"
            elif problem:
                words += self.tr(", not with this data")
            item.setText(words)
            item.setToolTip(problem or name)
        self.types.blockSignals(False)
        self._show_total()

    def _show_total(self) -> None:
        known = self.expected_s()
        missing = [name for name in self.chosen if name not in {**known, **self.times.problems}]
        total = spoken(sum(known.values()))
        if not self.chosen:
            self.estimate.setText("")
        elif missing and self.times.is_measuring:
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
