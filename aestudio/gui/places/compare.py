"""The place of the Compare workspace, which Runs can fill and which trains on the data of Train."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from aestudio.gui.places.registry import Built, place, translated

if TYPE_CHECKING:
    from aestudio.gui.main_window import MainWindow
    from aestudio.gui.workspaces.compare_work import TypesBasis


@place(
    "compare",
    title="Compare",
    hint="Runs side by side",
    help="Two to six runs side by side: settings, results, curves, pictures and maps",
    menu_title="Show &compare",
    order=50,
)
def build(window: MainWindow) -> Built:
    from aestudio.gui.workspaces.compare import CompareWorkspace

    def basis() -> TypesBasis | str:
        return _basis(window)

    def show(paths: list[Path]) -> None:
        compare.compare_runs(paths)
        window.show_workspace("compare")

    def hold_training(is_going: bool) -> None:
        reason = (
            translated("Several runs are being trained, on the Compare page") if is_going else ""
        )
        window.show_training(is_going)
        if window.setup is not None:
            window.setup.set_elsewhere(reason)

    compare = CompareWorkspace(window.theme, window.background, basis)
    compare.failed.connect(window.show_error)
    compare.message.connect(window.messages.show_message)
    compare.training_changed.connect(hold_training)
    if window.setup is not None:
        window.setup.readiness_changed.connect(compare.update_buttons)
    if window.train is not None:
        window.train.training_changed.connect(compare.update_buttons)
    if window.runs is not None:
        window.runs.compare_requested.connect(show)
    return Built(page=compare, on_shown=compare.refresh, on_closing=compare.stop)


def _basis(window: MainWindow) -> TypesBasis | str:
    """What every type can be trained on now, or why there is nothing."""
    from aestudio.autoencoders.registry import types
    from aestudio.gui.workspaces.compare_work import TypesBasis

    setup, recipe, train = window.setup, window.recipe, window.train
    if setup is None or recipe is None or train is None or setup.dataset is None:
        return translated("Choose data first, on the Data page")
    if train.is_training:
        return translated("A run is going; stop it or wait for its end")
    experiment = recipe.experiment
    if setup.why_not or experiment is None:
        return setup.why_not
    read_so = experiment.data.model_dump(exclude={"source"})
    return TypesBasis(
        dataset=setup.dataset,
        experiment=experiment,
        titles={name: found.title for name, found in types().items()},
        given={f"data.{name}": value for name, value in read_so.items()},
    )
