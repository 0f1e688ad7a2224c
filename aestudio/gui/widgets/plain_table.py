"""What tables of the window have in common."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHeaderView, QTableView

#: Of one line of text, in tables of data.
_ROW_HEIGHT = 26
#: The first rows tell how wide the others are: to measure a million takes longer than one waits.
_ROWS_MEASURED = 50


def make_plain(view: QTableView, name: str) -> None:
    """Show rows of one line, without a grid; the Tab key leads on to the next widget."""
    view.setAccessibleName(name)
    view.setShowGrid(False)
    view.setWordWrap(False)
    view.setTabKeyNavigation(False)
    view.verticalHeader().hide()
    view.horizontalHeader().setHighlightSections(False)


def make_plain_and_quick(view: QTableView, name: str) -> None:
    """Do the same for a table of data, of which nothing is asked that takes time for every row."""
    make_plain(view, name)
    view.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
    view.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
    view.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
    heads = view.horizontalHeader()
    heads.setResizeContentsPrecision(_ROWS_MEASURED)
    heads.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
