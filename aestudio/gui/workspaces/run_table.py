"""The list of runs as a table model: one line each, newest first, sortable by any column."""

from __future__ import annotations

from datetime import datetime
from enum import IntEnum
from pathlib import Path
from typing import Any

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor

from aestudio.gui.theme import Theme
from aestudio.runs.listing import RunSummary
from aestudio.runs.schema import RunStatus

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
#: What a column is sorted by: numbers as numbers, dates as dates.
SORT_ROLE = Role.UserRole + 1
PATH_ROLE = Role.UserRole + 2


class Column(IntEnum):
    NAME = 0
    DATA = 1
    TYPE = 2
    STATUS = 3
    EPOCHS = 4
    LOSS = 5
    DATE = 6


_RIGHT_ALIGNED = (Column.EPOCHS, Column.LOSS)
_STATUS_COLORS = {
    RunStatus.COMPLETED: "good",
    RunStatus.EARLY: "good",
    RunStatus.RUNNING: "accent",
    RunStatus.INTERRUPTED: "warning",
    RunStatus.STOPPED: "muted_text",
    RunStatus.CREATED: "muted_text",
    RunStatus.DIVERGED: "error",
    RunStatus.FAILED: "error",
}


class RunTable(QAbstractTableModel):
    """Reads summaries and changes only names, by asking for it."""

    rename_requested = Signal(Path, str)

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._runs: list[RunSummary] = []

    @property
    def runs(self) -> list[RunSummary]:
        return self._runs

    def set_runs(self, runs: list[RunSummary]) -> None:
        self.beginResetModel()
        self._runs = runs
        self.endResetModel()

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._runs)

    def columnCount(self, parent: Index | None = None) -> int:
        return len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation == Qt.Orientation.Vertical:
            return None
        if role == Role.DisplayRole:
            return self._headings()[section]
        if role == Role.TextAlignmentRole:
            return _alignment(section)
        return None

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        if index.column() == Column.NAME:
            flags |= Qt.ItemFlag.ItemIsEditable
        return flags

    def data(self, index: Index, role: int = 0) -> Any:
        run = self._runs[index.row()]
        column = Column(index.column())
        if role in (Role.DisplayRole, Role.EditRole):
            return self._text(run, column)
        if role == SORT_ROLE:
            return _sort_key(run, column)
        if role == PATH_ROLE:
            return str(run.path)
        if role == Role.ToolTipRole:
            return run.problem or (str(run.path) if column == Column.NAME else None)
        if role == Role.TextAlignmentRole:
            return _alignment(column)
        if role == Role.ForegroundRole and column == Column.STATUS:
            name = "error" if run.status is None else _STATUS_COLORS[run.status]
            return QColor(getattr(self._theme.colors, name))
        return None

    def setData(self, index: Index, value: object, role: int = 0) -> bool:
        run = self._runs[index.row()]
        name = str(value).strip()
        if not name or name == run.name:
            return False
        # The name on the disk is changed first; the list is read again after that.
        self.rename_requested.emit(run.path, name)
        return False

    def _headings(self) -> tuple[str, ...]:
        return (
            self.tr("Name"),
            self.tr("Data"),
            self.tr("Type"),
            self.tr("Status"),
            self.tr("Epochs"),
            self.tr("Loss"),
            self.tr("Begun"),
        )

    def _text(self, run: RunSummary, column: Column) -> str:
        info = run.info
        if column == Column.NAME:
            return run.name
        if column == Column.STATUS:
            return self.tr("damaged") if run.status is None else self._status_text(run.status)
        if info is None:
            return ""
        if column == Column.DATA:
            return info.data.name
        if column == Column.TYPE:
            return f"{info.recipe.autoencoder}, {info.recipe.code_size}"
        if column == Column.EPOCHS:
            return f"{info.progress.epoch} / {info.recipe.epochs}"
        if column == Column.LOSS:
            loss = loss_of(run)
            return "" if loss is None else f"{loss:.4g}"
        moment = _moment(run)
        return "" if moment is None else moment.strftime("%Y-%m-%d %H:%M")

    def _status_text(self, status: RunStatus) -> str:
        return {
            RunStatus.CREATED: self.tr("not begun"),
            RunStatus.RUNNING: self.tr("training"),
            RunStatus.INTERRUPTED: self.tr("interrupted"),
            RunStatus.COMPLETED: self.tr("finished"),
            RunStatus.STOPPED: self.tr("stopped"),
            RunStatus.EARLY: self.tr("stopped early"),
            RunStatus.DIVERGED: self.tr("diverged"),
            RunStatus.FAILED: self.tr("failed"),
        }[status]


def loss_of(run: RunSummary) -> float | None:
    """The last validation loss, or the training loss where nothing was held back."""
    if run.info is None:
        return None
    progress = run.info.progress
    return (progress.validation or progress.train).get("loss")


def _sort_key(run: RunSummary, column: Column) -> object:
    if column == Column.EPOCHS:
        return run.info.progress.epoch if run.info else -1
    if column == Column.LOSS:
        loss = loss_of(run)
        return float("inf") if loss is None else loss
    if column == Column.DATE:
        return run.info.created_at if run.info else ""
    if run.info is None:
        return run.name.lower()
    return {
        Column.NAME: run.name,
        Column.DATA: run.info.data.name,
        Column.TYPE: run.info.recipe.autoencoder,
        Column.STATUS: run.info.status.value,
    }[column].lower()


def _moment(run: RunSummary) -> datetime | None:
    if run.info is None:
        return None
    try:
        return datetime.fromisoformat(run.info.created_at).astimezone()
    except ValueError:
        return None


def _alignment(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column in _RIGHT_ALIGNED else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
