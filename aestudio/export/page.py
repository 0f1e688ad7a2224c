"""A run on one page: curves, originals and reconstructions, the latent map, and a walk on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from aestudio.export.page_canvas import SOFT_INK, Box, Canvas
from aestudio.export.page_charts import Curve, draw_curves, draw_map, draw_profile, limits_of
from aestudio.export.pictures import png_bytes
from aestudio.runs import atomic

WIDTH = 1600
_MARGIN = 40
_GAP = 24
_PADDING = 24
_HEADING = 44
_TITLE_HEIGHT = 124
_CHART_HEIGHT = 500
_NAMES_WIDTH = 130
_MOST_PAIRS = 16
_MOST_STEPS = 15
#: Drawing curves, map, pairs and walk, and making a file of it.
_NUM_STEPS = 5


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PageContent:
    """What is drawn. Pictures are 8-bit RGB; samples that are no pictures are (P, *shape) numbers.

    Curves are x and y by the name of the term. ``walk`` holds the decoded steps between two codes.
    """

    title: str
    facts: Sequence[str]  #: short texts, shown in one line
    train: Mapping[str, Curve] = field(default_factory=dict)
    validation: Mapping[str, Curve] = field(default_factory=dict)
    originals: npt.NDArray[np.generic] | None = None
    reconstructions: npt.NDArray[np.generic] | None = None
    map_points: npt.NDArray[np.floating] | None = None  #: (M, 2)
    map_labels: npt.NDArray[np.int64] | None = None  #: (M,), -1 without a label
    label_names: Sequence[str] = ()
    map_caption: str = ""
    walk: npt.NDArray[np.generic] | None = None
    walk_caption: str = ""


def write_page(
    path: Path,
    content: PageContent,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> None:
    """Draw the page and write it as PNG, into a folder that is made if need be.

    ``report`` is called between the steps, and may raise: then nothing is written.
    """
    picture = draw_page(content, report)
    packed = png_bytes(picture)
    report(_NUM_STEPS, _NUM_STEPS)
    atomic.make_folder(path.parent, parents=True, exist_ok=True)
    atomic.write_bytes(path, packed)


def draw_page(
    content: PageContent, report: Callable[[int, int], None] = lambda done, total: None
) -> npt.NDArray[np.uint8]:
    """Draw the page, (height, 1600, 3); parts without content are left out."""
    inner = WIDTH - 2 * _MARGIN
    pairs_height = _pairs_height(content, inner)
    walk_height = _walk_height(content, inner)
    height = _TITLE_HEIGHT + _HEADING + _CHART_HEIGHT + _PADDING + _MARGIN
    height += sum(part + _GAP for part in (pairs_height, walk_height) if part)
    canvas = Canvas(WIDTH, height)
    _draw_head(canvas, content)
    top = float(_TITLE_HEIGHT)
    middle = _MARGIN + (inner - _GAP) * 0.54
    bottom = top + _HEADING + _CHART_HEIGHT + _PADDING
    box = _card(canvas, (_MARGIN, top, middle, bottom), "Loss", "per epoch")
    draw_curves(canvas, box, content.train, content.validation)
    report(1, _NUM_STEPS)
    box = _card(
        canvas, (middle + _GAP, top, WIDTH - _MARGIN, bottom), "Latent map", content.map_caption
    )
    points = np.empty((0, 2)) if content.map_points is None else content.map_points
    labels = content.map_labels
    if labels is None:
        labels = np.full(len(points), -1, np.int64)
    draw_map(canvas, box, points, labels, content.label_names)
    report(2, _NUM_STEPS)
    top = bottom + _GAP
    if pairs_height:
        _draw_pairs(canvas, content, top, pairs_height)
        top += pairs_height + _GAP
    report(3, _NUM_STEPS)
    if walk_height:
        _draw_walk(canvas, content, top, walk_height)
    report(4, _NUM_STEPS)
    return canvas.finished()


def _draw_head(canvas: Canvas, content: PageContent) -> None:
    room = WIDTH - 2 * _MARGIN
    canvas.text((_MARGIN, 66), content.title, 38, most_width=room)
    canvas.text((_MARGIN, 100), "   |   ".join(content.facts), 18, SOFT_INK, most_width=room)


def _card(canvas: Canvas, box: Box, title: str, caption: str) -> Box:
    """Draw a card with a heading and return the room inside."""
    left, top, right, bottom = box
    canvas.card(box)
    width = canvas.text((left + _PADDING, top + 38), title, 22)
    canvas.text(
        (left + _PADDING + width + 12, top + 38),
        caption,
        16,
        SOFT_INK,
        most_width=right - left - 2 * _PADDING - width - 12,
    )
    return left + _PADDING, top + _HEADING + 12, right - _PADDING, bottom - _PADDING + 8


def _is_pictures(samples: npt.NDArray[np.generic]) -> bool:
    return samples.ndim == 4 and samples.shape[-1] == 3 and samples.dtype == np.uint8


def _pair_layout(content: PageContent, inner: float) -> tuple[int, float]:
    """Number of pairs, and the side of the square that each sample gets."""
    originals, reconstructions = content.originals, content.reconstructions
    if originals is None or reconstructions is None or not len(originals):
        return 0, 0.0
    count = min(len(originals), len(reconstructions), _MOST_PAIRS)
    room = inner - 2 * _PADDING - (_NAMES_WIDTH if _is_pictures(originals) else 0)
    return count, min(120.0, room / count - 6)


def _pairs_height(content: PageContent, inner: float) -> int:
    count, side = _pair_layout(content, inner)
    return round(_HEADING + 2 * (side + 8) + _PADDING) if count else 0


def _draw_pairs(canvas: Canvas, content: PageContent, top: float, height: float) -> None:
    count, side = _pair_layout(content, WIDTH - 2 * _MARGIN)
    originals, reconstructions = content.originals, content.reconstructions
    if originals is None or reconstructions is None:
        return
    box = _card(
        canvas,
        (_MARGIN, top, WIDTH - _MARGIN, top + height),
        "Originals and reconstructions",
        "the same samples in both rows"
        if _is_pictures(originals)
        else "original black, reconstruction orange",
    )
    left, row = box[0], box[1]
    if _is_pictures(originals):
        left += _NAMES_WIDTH
        for name, pictures in (("original", originals), ("reconstruction", reconstructions)):
            canvas.text((box[0], row + side / 2), name, 16, SOFT_INK, anchor="lm")
            for index in range(count):
                picture = np.asarray(pictures[index], np.uint8)
                canvas.picture((left + index * (side + 6), row), picture, side)
            row += side + 8
        return
    limits = limits_of(originals[:count], reconstructions[:count])
    for index in range(count):
        x = left + index * (side + 6)
        draw_profile(
            canvas,
            (x + 4, row + 4, x + side - 8, row + 2 * side),
            np.asarray(originals[index], np.float64),
            np.asarray(reconstructions[index], np.float64),
            limits,
        )


def _walk_layout(content: PageContent, inner: float) -> tuple[npt.NDArray[np.generic], float]:
    """Return the steps that are shown, evenly chosen, and the side of the square of each."""
    walk = content.walk
    if walk is None or not len(walk):
        return np.empty((0, 1, 1, 3), np.uint8), 0.0
    count = min(len(walk), _MOST_STEPS)
    shown = walk[np.linspace(0, len(walk) - 1, count).round().astype(int)]
    return shown, min(140.0, (inner - 2 * _PADDING) / count - 6)


def _walk_height(content: PageContent, inner: float) -> int:
    shown, side = _walk_layout(content, inner)
    return round(_HEADING + side + _PADDING + 12) if len(shown) else 0


def _draw_walk(canvas: Canvas, content: PageContent, top: float, height: float) -> None:
    shown, side = _walk_layout(content, WIDTH - 2 * _MARGIN)
    box = _card(
        canvas,
        (_MARGIN, top, WIDTH - _MARGIN, top + height),
        "Between two codes",
        content.walk_caption,
    )
    step = side + 6
    left = box[0] + (box[2] - box[0] - len(shown) * step + 6) / 2
    for index, sample in enumerate(shown):
        if _is_pictures(shown):
            canvas.picture((left + index * step, box[1]), np.asarray(sample, np.uint8), side)
        else:
            x = left + index * step
            draw_profile(
                canvas,
                (x + 4, box[1], x + side - 4, box[1] + side),
                np.asarray(sample, np.float64),
                None,
                limits_of(shown),
            )
