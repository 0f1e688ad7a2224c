"""Pictures of what each type of autoencoder has learned, for slides: every insight, light and dark.

Each registered type is trained for a short while on the same data. The pictures are drawn by a
process of their own, as those of the window are:
``python -m aestudio.gui.type_pictures FOLDER --source digits --epochs 20``.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtWidgets import QApplication, QFrame, QVBoxLayout

from aestudio.data.dataset import Dataset
from aestudio.data.reading import read
from aestudio.errors import OptionError, StudioError
from aestudio.gui.drawing_process import Drawing, begin_drawing, png
from aestudio.gui.theme import SPACING, Mode, Theme
from aestudio.gui.widgets.results.insight_page import InsightPage
from aestudio.gui.workspaces.run_opening import art_for
from aestudio.runs.atomic import make_folder, write_bytes
from aestudio.training.control import Control
from aestudio.training.events import RunFinished

_MODES: tuple[Mode, ...] = ("light", "dark")
#: Painting is queued behind whatever has just changed.
_SETTLE_MS = 120


class Slide(QFrame):
    """One insight with the margins of the window's page."""

    def __init__(self, theme: Theme, size: tuple[int, int]) -> None:
        super().__init__()
        self.setProperty("role", "panel")
        self.page = InsightPage(theme)
        # A picture has no keyboard, so nothing in it is marked as having the focus.
        for part in (self.page.figure.plot, self.page.figure.grid):
            part.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        column = QVBoxLayout(self)
        column.setContentsMargins(4 * SPACING, 3 * SPACING, 4 * SPACING, 3 * SPACING)
        column.addWidget(self.page)
        self.resize(*size)
        self.show()


def draw_types(theme: Theme, drawing: Drawing) -> list[Path]:
    """Train every type and draw what is found inside it, into a folder for each.

    A type that cannot be trained on the data is left out. Raises :class:`OptionError` when none can
    be, and as reading the data does.
    """
    from aestudio.autoencoders.registry import types

    dataset = read(drawing.source)
    slide = Slide(theme, drawing.size)
    paths: list[Path] = []
    reasons: list[str] = []
    for name, found in types().items():
        try:
            paths += _draw_type(name, found.title, dataset, slide, theme, drawing)
        except StudioError as error:
            reasons.append(f"{name}: {error}")
    slide.close()
    if not paths:
        raise OptionError(
            f"no type could be trained on this data ({'; '.join(reasons)}).",
            subject=drawing.source,
            next_step="Take other data.",
        )
    return paths


def _draw_type(
    name: str, title: str, dataset: Dataset, slide: Slide, theme: Theme, drawing: Drawing
) -> Iterator[Path]:
    from aestudio.workflows.models.trained_model import TrainedModel
    from aestudio.workflows.planning.recommendation import recommend
    from aestudio.workflows.runs.insight_report import look_inside
    from aestudio.workflows.training import prepare, start_training

    recipe = recommend(dataset, name)
    epochs = min(drawing.epochs, recipe.training.epochs)
    recipe = recommend(dataset, name, given={"training.epochs": epochs})
    session = start_training(prepare(recipe, dataset), None, Control())
    for event in session.events:
        if isinstance(event, RunFinished) and event.error is not None:
            raise event.error
    model = TrainedModel.open(session.run.path)
    folder = drawing.folder / name
    make_folder(folder, parents=True, exist_ok=True)
    art = art_for(model)
    for place, (insight, finding) in enumerate(look_inside(model, dataset), start=1):
        for mode in _MODES:
            theme.set_mode(mode)
            slide.page.show_finding(f"{title}, {epochs} epochs", insight, finding, art)
            _settle()
            path = folder / f"{place}-{insight.name}-{mode}.png"
            write_bytes(path, png(slide.grab()))
            yield path


def _settle() -> None:
    loop = QEventLoop()
    QTimer.singleShot(_SETTLE_MS, loop.quit)
    loop.exec()


def main(arguments: list[str]) -> int:
    """Draw in this process; prints one path per line."""
    theme, drawing = begin_drawing("aestudio.gui.type_pictures", arguments)
    paths = draw_types(theme, drawing)
    QApplication.closeAllWindows()
    sys.stdout.write("".join(f"{path}\n" for path in paths))
    return 0


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except StudioError as error:
        sys.exit(str(error))
