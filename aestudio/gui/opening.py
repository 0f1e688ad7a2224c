"""Opening data, runs and recipes: at once where that is possible, otherwise once the engine is there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QMimeData, QObject, Signal

from aestudio.data.files.source_text import is_several, together
from aestudio.errors import StudioError
from aestudio.gui.background import Background, Task
from aestudio.gui.drops import OpenedAs, classify, read_drop
from aestudio.gui.workspaces.data import DataWorkspace

if TYPE_CHECKING:
    from aestudio.data.options import DataOptions
    from aestudio.gui.workspaces.sheet_content import SheetContent
    from aestudio.workflows.planning.given import Given


class _Gate:
    """Keeps what is wanted too early until the part of the engine it takes is there."""

    def __init__(self) -> None:
        self._is_open = False
        self._waiting: list[Callable[[], None]] = []

    def holds(self, action: Callable[[], None]) -> bool:
        """Return whether ``action`` has to wait; it is then done when the gate opens."""
        if not self._is_open:
            self._waiting.append(action)
        return not self._is_open

    def open(self) -> None:
        self._is_open = True
        waiting, self._waiting = self._waiting, []
        for action in waiting:
            action()


class Opener(QObject):
    """Decides what a path is and passes it on; remembers what has to wait for the engine."""

    message = Signal(str)
    failed = Signal(object)
    workspace_wanted = Signal(str)
    run_wanted = Signal(Path)
    #: (Dataset, DataOptions, Given or None, whether to train at once)
    data_ready = Signal(object, object, object, bool)

    def __init__(
        self,
        data: DataWorkspace,
        background: Background,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._data = data
        self._background = background
        self._reading = _Gate()
        self._computing = _Gate()
        self._given: Given | None = None
        self._starts = False
        self._reading_recipe: Task | None = None
        data.data_ready.connect(self._on_data_read)
        data.failed.connect(self._forget_intentions)
        data.choice_needed.connect(self._show_choice)

    @property
    def given(self) -> Given | None:
        """What the recipe that was opened says, until the data that it is for is open."""
        return self._given

    def allow_reading(self) -> None:
        """Do what has waited for the readers."""
        self._reading.open()

    def allow_computing(self) -> None:
        """Do what has waited: everything that takes the results is there now."""
        self._computing.open()

    def open_path(self, path: str | Path) -> None:
        """Open data, a run or a recipe; a name that is no path may be a built-in sample's."""
        if self._must_wait(self._reading, partial(self.open_path, path)):
            return
        from aestudio.data.samples import find_sample

        text = str(path)
        if is_several(text):
            self.open_data(text)
            return
        if not Path(text).exists() and find_sample(text) is not None:
            self.open_data(text)
            return
        try:
            opened = classify(Path(text))
        except StudioError as error:
            self.failed.emit(error)
            return
        self._open(opened.kind, opened.path)

    def open_drop(self, mime: QMimeData) -> None:
        """Open what was dropped."""
        try:
            opened = read_drop(mime)
        except StudioError as error:
            self.failed.emit(error)
            return
        if opened.others:
            self.open_together([opened.path, *opened.others])
        else:
            self._open(opened.kind, opened.path)

    def open_together(self, paths: list[Path]) -> None:
        """Open several paths as one set of data."""
        try:
            for path in paths:
                classify(path)
            self.open_data(together(paths))
        except StudioError as error:
            self.failed.emit(error)

    def open_data(self, source: str) -> None:
        """Read a path or a sample and show its sheet."""
        if self._must_wait(self._reading, partial(self.open_data, source)):
            return
        self._forget_intentions()
        self.workspace_wanted.emit("data")
        self._data.open_source(source)

    def learn(self, source: str) -> None:
        """Read ``source`` and train the first preset on it at once."""
        if self._must_wait(self._computing, partial(self.learn, source)):
            return
        self._given = None
        self._starts = True
        self.workspace_wanted.emit("train")
        self._data.open_source(source)

    def open_run(self, path: Path) -> None:
        """Show a run."""
        if not self._must_wait(self._computing, partial(self.open_run, path)):
            self.run_wanted.emit(path)

    def open_recipe(self, path: Path, changes: Mapping[str, Any] | None = None) -> None:
        """Read a recipe, then the data that it names; ``changes`` win over what the file says."""
        if self._must_wait(self._computing, partial(self.open_recipe, path, changes)):
            return
        from aestudio.gui.training_setup import read_recipe

        task = self._background.prepare(read_recipe(path, changes or {}), "reading a recipe")
        task.done.connect(self._on_recipe_read)
        task.failed.connect(self.failed)
        self._reading_recipe = task
        task.start()

    def _open(self, kind: OpenedAs, path: Path) -> None:
        open_as = {
            OpenedAs.RUN: self.open_run,
            OpenedAs.EXPERIMENT: self.open_recipe,
            OpenedAs.DATA: self._open_data_path,
        }
        open_as[kind](path)

    def _open_data_path(self, path: Path) -> None:
        self.open_data(str(path))

    def _must_wait(self, gate: _Gate, action: Callable[[], None]) -> bool:
        must_wait = gate.holds(action)
        if must_wait:
            self.message.emit(self.tr("That opens as soon as the engine is loaded."))
        return must_wait

    def _on_recipe_read(self, given: Given) -> None:
        if self.sender() is not self._reading_recipe:
            return
        self._reading_recipe = None
        self._starts = False
        self._given = given
        self.workspace_wanted.emit("train")
        self._data.open_options(given.data_options(str(given.values["data.source"])))

    def _show_choice(self) -> None:
        # A recipe, and the wish to train at once, hold for what is chosen.
        self.workspace_wanted.emit("data")

    def _on_data_read(self, content: SheetContent, options: DataOptions) -> None:
        given, starts = self._given, self._starts
        self._forget_intentions()
        self._hand_over(content, options, given, starts)

    def _hand_over(
        self, content: SheetContent, options: DataOptions, given: Given | None, starts: bool
    ) -> None:
        # Of several data sets read before the engine is there, only the last one counts.
        again = partial(self._hand_over, content, options, given, starts)
        if not self._computing.holds(again):
            self.data_ready.emit(content.dataset, options, given, starts)

    def _forget_intentions(self) -> None:
        self._given = None
        self._starts = False
