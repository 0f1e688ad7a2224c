"""Says what went wrong, why, and what to do next; the technical report is one click away."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from aestudio.errors import StudioError
from aestudio.gui.icons import icon
from aestudio.gui.theme import SPACING, Theme
from aestudio.gui.widgets.labels import PlainLabel

_ICON_SIZE = QSize(24, 24)


class ErrorDialog(QDialog):
    """One error in three parts; never blocks what goes on behind it."""

    def __init__(
        self,
        theme: Theme,
        *,
        title: str,
        reason: str,
        next_step: str,
        report: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("AE Studio"))
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setMinimumWidth(60 * SPACING)
        self._report_text = report
        heading = PlainLabel(title)
        heading.setFont(theme.font("title"))
        sign = QLabel()
        sign.setPixmap(icon("error", theme, "error").pixmap(_ICON_SIZE, self.devicePixelRatioF()))
        top = QHBoxLayout()
        top.setSpacing(SPACING)
        top.addWidget(sign, 0, Qt.AlignmentFlag.AlignTop)
        top.addWidget(heading, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(3 * SPACING, 3 * SPACING, 3 * SPACING, 2 * SPACING)
        column.setSpacing(SPACING)
        column.addLayout(top)
        column.addWidget(_selectable(reason))
        if next_step:
            column.addWidget(_selectable(next_step))
        if report:
            column.addWidget(self._report_view(theme))
        column.addSpacing(SPACING)
        column.addLayout(self._buttons())

    @classmethod
    def of(cls, theme: Theme, error: StudioError, parent: QWidget | None = None) -> ErrorDialog:
        """Return the dialog of an error that the program foresaw."""
        reason = error.reason[:1].upper() + error.reason[1:]
        return cls(
            theme,
            title=error.subject or QCoreApplication.translate("ErrorDialog", "That did not work"),
            reason=reason,
            next_step=error.next_step,
            parent=parent,
        )

    def _report_view(self, theme: Theme) -> QPlainTextEdit:
        view = QPlainTextEdit(self._report_text)
        view.setReadOnly(True)
        view.setFont(theme.font("numbers"))
        view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        view.setMinimumHeight(22 * SPACING)
        view.setAccessibleName(self.tr("Technical report"))
        return view

    def _buttons(self) -> QHBoxLayout:
        copy = QPushButton(self.tr("Copy report") if self._report_text else self.tr("Copy"))
        copy.setAccessibleName(self.tr("Copy the text of this message"))
        copy.clicked.connect(self._copy)
        close = QPushButton(self.tr("Close"))
        close.setAccessibleName(self.tr("Close this message"))
        close.setProperty("role", "primary")
        close.setDefault(True)
        close.clicked.connect(self.accept)
        row = QHBoxLayout()
        row.setSpacing(SPACING)
        row.addWidget(copy)
        row.addStretch(1)
        row.addWidget(close)
        return row

    def _copy(self) -> None:
        texts = [label.text() for label in self.findChildren(PlainLabel)]
        QGuiApplication.clipboard().setText("\n".join([*texts, self._report_text]).strip())


def _selectable(text: str) -> PlainLabel:
    label = PlainLabel(text)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
