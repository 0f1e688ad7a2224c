"""The axes of a profile: marks of time below with the day above, and lines at round values."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPen

from aestudio.analysis.time_ticks import time_ticks
from aestudio.data.series.sample_times import Moments
from aestudio.gui.palette import Colors

#: Below and above the profile.
AXIS_HEIGHT, HEADING_HEIGHT = 15.0, 14.0
_FONT_PX = 10
_MARK = 3.0
_MARGIN = 3.0
#: A mark needs so much room for its text, and so does a value for its line.
_MARK_WIDTH = 46.0
_VALUE_HEIGHT, _MOST_VALUES = 26.0, 4


def inner_rect(cell: QRectF) -> QRectF:
    """Where the profile itself goes."""
    return cell.adjusted(0, HEADING_HEIGHT, 0, -AXIS_HEIGHT)


def paint_time_axis(
    painter: QPainter, cell: QRectF, moments: Moments, index: int, colors: Colors
) -> None:
    """Draw the axis of the sample at ``index`` along the lower edge of ``cell``."""
    axis = cell.adjusted(_MARGIN, 0, -_MARGIN, 0)
    most = max(2, int(axis.width() // _MARK_WIDTH))
    row: npt.NDArray[np.float64] = moments.values[index]
    ticks = time_ticks(row, is_date=moments.is_date, unit=moments.unit, most=most)
    painter.save()
    font = QFont(painter.font())
    font.setPixelSize(_FONT_PX)
    painter.setFont(font)
    painter.setPen(QPen(QColor(colors.muted_text), 1))
    line = cell.bottom() - AXIS_HEIGHT
    painter.drawLine(QPointF(axis.left(), line), QPointF(axis.right(), line))
    metrics = painter.fontMetrics()
    free_from = cell.left()
    for place, text in zip(ticks.places, ticks.texts, strict=True):
        across = axis.left() + place * axis.width()
        painter.drawLine(QPointF(across, line), QPointF(across, line + _MARK))
        width = metrics.horizontalAdvance(text)
        # The outermost texts stay inside, and none is written over its neighbour.
        left = min(max(across - width / 2, cell.left() + 1), cell.right() - width - 1)
        if left < free_from:
            continue
        box = QRectF(left, line + _MARK, width + 1, AXIS_HEIGHT - _MARK)
        painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.TextFlag.TextDontClip, text)
        free_from = left + width + 4
    if ticks.heading:
        above = QRectF(axis.left(), cell.top() + 1, axis.width(), HEADING_HEIGHT)
        shown = metrics.elidedText(ticks.heading, Qt.TextElideMode.ElideRight, int(axis.width()))
        painter.drawText(above, Qt.AlignmentFlag.AlignLeft, shown)
    painter.restore()


def paint_value_lines(
    painter: QPainter, target: QRectF, limits: tuple[float, float], colors: Colors
) -> None:
    """Draw a line at a few round values between ``limits``, the bottom and the top of a profile."""
    inner = target.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
    most = max(1, min(_MOST_VALUES, int(inner.height() // _VALUE_HEIGHT)))
    ticks = time_ticks(np.array(limits), is_date=False, most=most)
    painter.save()
    font = QFont(painter.font())
    font.setPixelSize(_FONT_PX)
    painter.setFont(font)
    for place, text in zip(ticks.places, ticks.texts, strict=True):
        down = inner.bottom() - place * inner.height()
        painter.setPen(QPen(QColor(colors.border), 1))
        painter.drawLine(QPointF(inner.left(), down), QPointF(inner.right(), down))
        if down - _FONT_PX > target.top():
            painter.setPen(QPen(QColor(colors.muted_text), 1))
            painter.drawText(QPointF(inner.left(), down - 2), text)
    painter.restore()
