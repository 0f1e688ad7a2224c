"""How one sample is drawn: images pixel by pixel, tokens as text, all else as line profiles.

Below the profile of a row of a table stand its categories in words.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF

from aestudio.analysis.known_range import known_range
from aestudio.analysis.pictures import Pictures, difference_rgb8, to_rgb8
from aestudio.data.arrays.tokens import rows_of_symbols, texts_of
from aestudio.data.columns import Column
from aestudio.data.dataset import Dataset, Kind
from aestudio.gui.palette import Colors
from aestudio.gui.plots.row_art import RowTile, paint_words, row_tile
from aestudio.gui.plots.token_art import Symbols, TokenTile, paint_symbols

Samples = npt.NDArray[np.generic]
Places = npt.NDArray[np.float64]
Range = float | npt.ArrayLike
#: A picture, symbols, or the (P, Q) lines of a profile: Q heights from 0 to 1 for each of P channels.
Tile = QImage | TokenTile | RowTile | npt.NDArray[np.float32]

_RANGE_ROWS = 1000
_MOST_LINES = 3
_MARGIN = 3.0
#: Half of what stands for a value between two that are missing, in pixels.
_DASH = 1.5
_PROFILE_WIDTH, _PROFILE_HEIGHT = 256, 128


class SampleArt:
    """Turns samples of one dataset into tiles, and paints tiles.

    ``low`` and ``high`` are the values drawn black and white or, of each feature, at the bottom and
    the top: numbers for images, else arrays that fit one sample. ``symbols`` are what tokens stand
    for, ``padding`` is what is left out of them; ``columns`` are those of a table, where they have
    names.
    """

    def __init__(
        self,
        kind: Kind,
        shape: tuple[int, ...],
        low: Range,
        high: Range,
        *,
        symbols: Symbols = (),
        padding: int | None = None,
        columns: tuple[Column, ...] = (),
    ) -> None:
        self.kind = kind
        self.columns = columns
        self._symbols, self._padding = symbols, padding
        self.shape = shape
        self._low = np.asarray(low, np.float32)
        span = np.asarray(high, np.float32) - self._low
        self._span = np.where(span > 0, span, np.float32(1.0))

    @classmethod
    def of(cls, dataset: Dataset) -> SampleArt:
        """For data that nothing has been fitted to: the range of its first samples."""
        if dataset.x.dtype == np.uint8 and dataset.kind is Kind.IMAGES:
            return cls(dataset.kind, dataset.shape, 0.0, 255.0)
        if dataset.kind is Kind.TOKENS:
            return cls.of_tokens(dataset.shape, dataset.symbols, dataset.padding)
        seen = np.asarray(dataset.x[:_RANGE_ROWS], dtype=np.float32)
        low, high = known_range(seen, None if dataset.kind is Kind.IMAGES else 0)
        columns = dataset.columns or tuple(map(Column, dataset.feature_names))
        is_table = dataset.kind is Kind.TABLE
        return cls(dataset.kind, dataset.shape, low, high, columns=columns if is_table else ())

    @classmethod
    def of_tokens(cls, shape: tuple[int, ...], symbols: Symbols, padding: int | None) -> SampleArt:
        return cls(Kind.TOKENS, shape, 0.0, 1.0, symbols=symbols, padding=padding)

    @property
    def low(self) -> float:
        """The value drawn black; for images."""
        return float(self._low.min())

    @property
    def high(self) -> float:
        return float((self._low + self._span).max())

    @property
    def value_limits(self) -> tuple[float, float] | None:
        """The values at the bottom and the top of every step; None where channels differ in them."""
        if self.kind is not Kind.SEQUENCES or self.shape[1] != 1:
            return None
        low, high = self._low, self._low + self._span
        is_same = np.ptp(low) == 0 and np.ptp(high) == 0
        return (float(low.min()), float(high.max())) if is_same else None

    @property
    def is_image(self) -> bool:
        return self.kind is Kind.IMAGES

    @property
    def width(self) -> int:
        return self.shape[2] if self.is_image else 0

    @property
    def height(self) -> int:
        return self.shape[1] if self.is_image else 0

    def tiles(self, samples: Samples, certainties: Samples | None = None) -> list[Tile]:
        """One tile for each of the (N, *shape) samples in the data's own scale.

        ``certainties``, (N, T), say how probable each symbol of reconstructed tokens is.
        """
        if self.is_image:
            return [_image(picture) for picture in to_rgb8(samples, self.low, self.high)]
        if self.kind is Kind.TOKENS:
            return self._written(samples, certainties)
        if any(column.categories for column in self.columns):
            return [row_tile(self._lines(row), row, self.columns) for row in samples]
        return [self._lines(sample) for sample in samples]

    def texts(self, samples: Samples) -> list[str]:
        """The samples as texts; for tokens only."""
        return texts_of(samples, self._symbols, self._padding)

    def pictures(self, samples: Samples, colors: Colors) -> Pictures:
        """The samples as (N, H, W, 3), profiles drawn at a size of their own, for files."""
        if self.is_image:
            return to_rgb8(samples, self.low, self.high)
        return np.stack([self._drawn(tile, colors) for tile in self.tiles(samples)])

    def differences(
        self, originals: Samples, reconstructions: Samples, neutral: QColor
    ) -> list[QImage]:
        """What is brighter and what darker than the original; for images only."""
        color = (neutral.red(), neutral.green(), neutral.blue())
        pictures = difference_rgb8(originals, reconstructions, self.low, self.high, neutral=color)
        return [_image(picture) for picture in pictures]

    def paint(
        self,
        painter: QPainter,
        target: QRectF,
        tile: Tile,
        colors: Colors,
        *,
        original: Tile | None = None,
    ) -> None:
        """Draw the tile into ``target``; an ``original`` is drawn behind a profile."""
        if isinstance(tile, QImage):
            ratio = painter.device().devicePixelRatioF()
            painter.drawImage(fitted(target, tile.width(), tile.height(), ratio), tile)
            return
        if isinstance(tile, TokenTile):
            behind = original.symbols if isinstance(original, TokenTile) else None
            paint_symbols(painter, target, tile, colors, behind)
            return
        if isinstance(tile, RowTile):
            behind_row = original if isinstance(original, RowTile) else None
            target = paint_words(painter, target, tile, colors, behind_row)
            if not tile.has_profile:
                return
            tile, original = tile.lines, None if behind_row is None else behind_row.lines
        if isinstance(original, np.ndarray):
            self._paint_lines(painter, target, original, [colors.muted_text])
            self._paint_lines(painter, target, tile, [colors.accent])
        else:
            self._paint_lines(painter, target, tile, list(colors.series))

    def _written(self, samples: Samples, certainties: Samples | None) -> list[Tile]:
        rows = rows_of_symbols(samples, self._symbols, self._padding)
        if certainties is None:
            return [TokenTile(row) for row in rows]
        kept = np.asarray(samples) != (-1 if self._padding is None else self._padding)
        return [
            TokenTile(row, tuple(chances[is_kept].tolist()))
            for row, chances, is_kept in zip(rows, certainties, kept, strict=True)
        ]

    def _drawn(self, tile: Tile, colors: Colors) -> Pictures:
        image = QImage(_PROFILE_WIDTH, _PROFILE_HEIGHT, QImage.Format.Format_RGBX8888)
        image.fill(QColor(colors.plot_background))
        painter = QPainter(image)
        self.paint(painter, QRectF(image.rect()), tile, colors)
        painter.end()
        pixels = np.frombuffer(image.constBits(), np.uint8)
        return pixels.reshape(_PROFILE_HEIGHT, _PROFILE_WIDTH, 4)[:, :, :3].copy()

    def _lines(self, sample: Samples) -> npt.NDArray[np.float32]:
        """Heights from 0 to 1 of each feature, or of each moment of a few channels; NaN if missing."""
        heights = (np.asarray(sample, dtype=np.float32) - self._low) / self._span
        lines = heights.reshape(1, -1) if heights.ndim == 1 else heights.T[:_MOST_LINES]
        return np.where(np.isfinite(lines), lines, np.float32(np.nan)).clip(0.0, 1.0)

    def _paint_lines(
        self, painter: QPainter, target: QRectF, lines: npt.NDArray[np.float32], colors: list[str]
    ) -> None:
        inner = target.adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for index, line in enumerate(lines):
            across = np.linspace(inner.left(), inner.right(), max(2, len(line)))
            down = inner.bottom() - np.resize(line, len(across)) * inner.height()
            painter.setPen(QPen(QColor(colors[index % len(colors)]), 1.2))
            for part in _without_gaps(across, down):
                painter.drawPolyline(QPolygonF(part))
        painter.restore()


def _without_gaps(across: Places, down: Places) -> Iterator[list[QPointF]]:
    """Yield the points between gaps; one that stands alone becomes a short dash."""
    is_there = np.isfinite(down)
    edges = np.flatnonzero(np.diff(is_there)) + 1
    for part in np.split(np.arange(len(down)), edges):
        if not is_there[part[0]]:
            continue
        points = [QPointF(across[place], down[place]) for place in part.tolist()]
        if len(points) == 1:
            points = [points[0] - QPointF(_DASH, 0.0), points[0] + QPointF(_DASH, 0.0)]
        yield points


def fitted(target: QRectF, width: int, height: int, ratio: float) -> QRectF:
    """The largest place in ``target`` where a picture's pixels become equal squares.

    Pixels are magnified by whole numbers of the screen's own pixels, of which there are ``ratio``
    to each unit, so that none is wider than its neighbour. Pictures larger than the target shrink
    to fit.
    """
    scale = min(target.width() / width, target.height() / height) * ratio
    if scale >= 1.0:
        scale = float(int(scale))
    drawn_width, drawn_height = width * scale / ratio, height * scale / ratio
    left = round((target.center().x() - drawn_width / 2) * ratio) / ratio
    top = round((target.center().y() - drawn_height / 2) * ratio) / ratio
    return QRectF(left, top, drawn_width, drawn_height)


def _image(picture: npt.NDArray[np.uint8]) -> QImage:
    height, width, _ = picture.shape
    # QImage borrows the memory; the copy makes it own its pixels.
    contiguous = np.ascontiguousarray(picture)
    return QImage(
        contiguous.data, width, height, 3 * width, QImage.Format.Format_RGB888
    ).convertToFormat(QImage.Format.Format_RGB32)
