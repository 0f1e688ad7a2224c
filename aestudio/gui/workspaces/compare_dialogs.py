"""What the Compare workspace asks before it trains several runs, and says when they are trained."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QWidget

from aestudio.gui.background import Background
from aestudio.gui.series_times import SeriesTimes
from aestudio.gui.widgets.dialogs.seeds_dialog import SeedsDialog
from aestudio.gui.widgets.dialogs.types_dialog import TypesDialog
from aestudio.gui.workspaces.compare_work import TypesBasis, timing_recipe, timing_type
from aestudio.workflows.comparison.compared_count import FEWEST, MOST

if TYPE_CHECKING:
    from aestudio.workflows.comparison.comparing import Comparison
    from aestudio.workflows.comparison.ensembles import Ensemble


def ask_for_types(
    basis: TypesBasis, background: Background, parent: QWidget, train: Callable[..., None]
) -> None:
    """Open the dialog about types; ``train`` gets what :class:`TypesDialog` confirms."""
    dialog = TypesDialog(
        basis.dataset.name,
        basis.titles,
        basis.epochs,
        basis.code_size,
        SeriesTimes(background),
        lambda name, size: timing_type(basis.dataset, name, basis.given, size),
        parent,
    )
    dialog.confirmed.connect(train)
    dialog.open()


def ask_for_seeds(
    basis: TypesBasis, background: Background, parent: QWidget, train: Callable[..., None]
) -> None:
    """Open the dialog about seeds; ``train`` gets what :class:`SeedsDialog` confirms."""
    dialog = SeedsDialog(
        basis.dataset.name,
        basis.title,
        basis.epochs,
        SeriesTimes(background),
        timing_recipe(basis.dataset, basis.experiment),
        parent,
    )
    dialog.confirmed.connect(train)
    dialog.open()


def words_of_types(result: Comparison) -> tuple[str, str]:
    """Return what is said of trained types, and how serious that is."""
    count = sum(one.run is not None for one in result.contestants)
    failed = [one.title for one in result.contestants if one.error is not None]
    words = [_tr("{count} types are trained.").format(count=count)]
    if count > MOST:
        words.append(_tr("The {most} with the lowest error are shown.").format(most=MOST))
    if failed:
        words.append(_tr("Not trained: {names}.").format(names=", ".join(failed)))
    notes = result.notes()
    return " ".join([*words, *notes]), "warning" if failed or notes else "good"


def words_of_seeds(ensemble: Ensemble) -> tuple[str, str]:
    """Return what is said of trained seeds, and how serious that is."""
    count = sum(one.error is None for one in ensemble.members)
    words = [_tr("{count} seeds are trained.").format(count=count)]
    if count < FEWEST:
        words.append(_tr("A spread needs two."))
    elif count > MOST:
        words.append(_tr("The first {most} are compared.").format(most=MOST))
    problems = ensemble.problems()
    return " ".join([*words, *problems]), "warning" if problems else "good"


def _tr(text: str) -> str:
    return QCoreApplication.translate("CompareWorkspace", text)
