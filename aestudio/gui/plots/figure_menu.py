"""The menu that copies a figure or saves it: PNG, SVG, PDF, and its numbers as CSV."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import (
    QBuffer,
    QByteArray,
    QIODevice,
    QMarginsF,
    QRectF,
    QSize,
    QSizeF,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QImage,
    QImageWriter,
    QPageSize,
    QPainter,
    QPdfWriter,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QFileDialog, QMenu, QToolButton, QWidget

from aestudio.errors import StudioError
from aestudio.export.csv_table import csv_bytes
from aestudio.export.spreadsheet_text import neutral_row
from aestudio.gui.icons import icon
from aestudio.gui.palette import LIGHT
from aestudio.gui.theme import Theme

#: 300 dots per inch, where a pixel of the window is taken as 1/96 inch.
PNG_SCALE = 300.0 / 96.0
_PDF_DPI = 96


class Figure(Protocol):
    """What can be put on paper."""

    def figure_name(self) -> str: ...
    def figure_size(self) -> QSize: ...
    def paint_figure(self, painter: QPainter, target: QRectF) -> None:
        """Draw into ``target`` in light colours."""

    def figure_rows(self) -> Iterable[Iterable[object]]:
        """The numbers, header first."""


def figure_image(figure: Figure, scale: float = PNG_SCALE) -> QImage:
    """The figure as a picture, ``scale`` pixels for each pixel of the window."""
    size = figure.figure_size()
    image = QImage(
        round(size.width() * scale), round(size.height() * scale), QImage.Format.Format_RGB32
    )
    image.fill(QColor(LIGHT.plot_background))
    painter = QPainter(image)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    figure.paint_figure(painter, QRectF(0, 0, size.width(), size.height()))
    painter.end()
    # Only now: text would be as much larger again as there are more dots.
    image.setDotsPerMeterX(round(96 * scale / 0.0254))
    image.setDotsPerMeterY(round(96 * scale / 0.0254))
    return image


def figure_bytes(figure: Figure, suffix: str) -> bytes:
    """The file's content for ``.png``, ``.svg``, ``.pdf`` or ``.csv``."""
    if suffix == ".csv":
        return csv_bytes(map(neutral_row, figure.figure_rows()))
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    if suffix == ".png":
        QImageWriter(buffer, QByteArray(b"png")).write(figure_image(figure))
    elif suffix == ".svg":
        _paint_svg(figure, buffer)
    else:
        _paint_pdf(figure, buffer)
    return bytes(buffer.data().data())


def save_figure(figure: Figure, path: Path) -> Path:
    """Write the figure; the suffix decides the format, and PNG is taken where there is none."""
    from aestudio.runs.atomic import write_bytes

    if path.suffix.lower() not in (".png", ".svg", ".pdf", ".csv"):
        path = path.with_name(path.name + ".png")
    write_bytes(path, figure_bytes(figure, path.suffix.lower()))
    return path


class FigureMenu(QToolButton):
    """The button in a panel's header that opens the menu."""

    saved = Signal(object)
    failed = Signal(object)

    def __init__(self, theme: Theme, figure: Figure, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._figure = figure
        self.setIcon(icon("export", theme))
        self.setAccessibleName(self.tr("Copy or save this figure"))
        self.setToolTip(self.tr("Copy or save this figure and its numbers"))
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        menu = QMenu(self)
        menu.addAction(self.tr("Copy picture"), self.copy)
        menu.addSeparator()
        for title, suffix in (
            (self.tr("Save as PNG…"), ".png"),
            (self.tr("Save as SVG…"), ".svg"),
            (self.tr("Save as PDF…"), ".pdf"),
            (self.tr("Save the numbers as CSV…"), ".csv"),
        ):
            menu.addAction(title, partial(self._ask_and_save, suffix))
        self.setMenu(menu)

    def copy(self) -> None:
        """Put the figure on the clipboard, at twice the window's resolution."""
        QGuiApplication.clipboard().setImage(figure_image(self._figure, 2.0))

    def save(self, path: Path) -> None:
        try:
            self.saved.emit(save_figure(self._figure, path))
        except StudioError as error:
            self.failed.emit(error)

    def _ask_and_save(self, suffix: str) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self.window(),
            self.tr("Save figure"),
            self._figure.figure_name() + suffix,
            f"{suffix[1:].upper()} (*{suffix})",
        )
        if name:
            path = Path(name)
            self.save(path if path.suffix else path.with_suffix(suffix))


def _paint_svg(figure: Figure, buffer: QBuffer) -> None:
    size = figure.figure_size()
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(size)
    generator.setViewBox(QRectF(0, 0, size.width(), size.height()))
    generator.setTitle(figure.figure_name())
    _paint_page(figure, generator, size)


def _paint_pdf(figure: Figure, buffer: QBuffer) -> None:
    size = figure.figure_size()
    writer = QPdfWriter(buffer)
    writer.setResolution(_PDF_DPI)
    points = QSizeF(size.width(), size.height()) * (72.0 / _PDF_DPI)
    writer.setPageSize(
        QPageSize(points, QPageSize.Unit.Point, "", QPageSize.SizeMatchPolicy.ExactMatch)
    )
    writer.setPageMargins(QMarginsF(0, 0, 0, 0))
    writer.setTitle(figure.figure_name())
    _paint_page(figure, writer, size)


def _paint_page(figure: Figure, device: QSvgGenerator | QPdfWriter, size: QSize) -> None:
    painter = QPainter(device)
    page = QRectF(0, 0, size.width(), size.height())
    painter.fillRect(page, QColor(LIGHT.plot_background))
    figure.paint_figure(painter, page)
    painter.end()
