"""Ensembles: runs that differ in the seed only, and the mean and spread of what they come to."""

from __future__ import annotations

import statistics
from pathlib import Path

import numpy as np
import pytest

from aestudio.data.reading import read
from aestudio.errors import OptionError, OutputError, StudioError
from aestudio.runs.folder import RunFolder
from aestudio.runs.listing import list_runs
from aestudio.runs.schema import RunStatus
from aestudio.training.control import Control
from aestudio.workflows.comparison.ensembles import (
    Ensemble,
    Member,
    Spread,
    chosen_seeds,
    train_ensemble,
)
from aestudio.workflows.judging.evaluation import evaluate
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.reporting import WorkCancelledError
from tests.workflows.conftest import QUICK

DIGITS = read("digits")
RECIPE = recommend(DIGITS, given={**QUICK, "network.hidden": [16], "network.code_size": 3})


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ensemble, list[tuple[int, int]]]:
    told: list[tuple[int, int]] = []
    ensemble = train_ensemble(
        DIGITS,
        RECIPE,
        (4, 5, 6),
        control=Control(),
        out=tmp_path_factory.mktemp("ensemble"),
        progress=lambda done, total: told.append((done, total)),
    )
    return ensemble, told


def test_runs_differ_in_the_seed_only(trained: tuple[Ensemble, object]) -> None:
    recipes = []
    for member, seed in zip(trained[0].members, (4, 5, 6), strict=True):
        assert member.run is not None
        run = RunFolder.open(member.run)
        assert run.info.status is RunStatus.COMPLETED
        assert run.info.name.endswith(f"seed {seed}")
        assert run.experiment.training.seed == member.seed == seed
        recipes.append(run.experiment.with_values({"training.seed": 0}))
    assert recipes[0] == recipes[1] == recipes[2]
    assert len({member.figures["squared_error"] for member in trained[0].members}) == 3


def test_figures_are_those_of_the_runs_and_of_evaluate(trained: tuple[Ensemble, object]) -> None:
    ensemble = trained[0]
    for member in ensemble.members:
        assert member.run is not None
        judged = evaluate(member.run)
        assert member.figures["squared_error"] == judged.squared_error
        assert member.figures["psnr_db"] == judged.psnr_db
        assert (ensemble.split, ensemble.num_samples) == (judged.split, judged.num_samples)
        progress = RunFolder.open(member.run).info.progress
        # The loss of these falls to the end, so the best epoch is the last.
        assert progress.best_epoch == QUICK["training.epochs"]
        assert member.figures["train_loss"] == pytest.approx(progress.train["loss"])
        assert member.figures["validation_loss"] == pytest.approx(progress.validation["loss"])


def test_mean_and_spread_equal_those_of_the_statistics_module(
    trained: tuple[Ensemble, object],
) -> None:
    for name, spread in trained[0].figures().items():
        values = [member.figures[name] for member in trained[0].members]
        assert spread.mean == pytest.approx(statistics.mean(values))
        assert spread.std == pytest.approx(statistics.stdev(values))
        assert (spread.lowest, spread.highest, spread.count) == (min(values), max(values), 3)
    assert Spread.of([2.0]).std is None


def test_progress_goes_over_all_runs(trained: tuple[Ensemble, list[tuple[int, int]]]) -> None:
    done = [one for one, _ in trained[1]]
    assert done == sorted(done)
    assert trained[1][-1] == (3000, 3000)


def test_the_table_has_a_row_for_each_figure(trained: tuple[Ensemble, object]) -> None:
    head, *rows = trained[0].rows()
    assert head == ("figure", "mean", "std", "seed 4", "seed 5", "seed 6")
    assert [row[0] for row in rows] == list(trained[0].figures())
    assert "3 seeds" in trained[0].heading


def test_a_run_that_fails_leaves_the_others(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def judge(run: Path, **options: object) -> object:
        if run.name == "seed-1":
            raise OptionError("broken for this test.", subject="x", next_step="None.")
        return evaluate(run)

    monkeypatch.setattr("aestudio.workflows.comparison.ensembles.evaluate", judge)
    found = train_ensemble(DIGITS, RECIPE, (0, 1, 2), control=Control(), out=tmp_path)
    assert [member.error is None for member in found.members] == [True, False, True]
    assert found.figures()["squared_error"].count == 2
    assert any("seed 1 failed" in note for note in found.notes())
    assert not found.was_stopped


def test_when_all_fail_the_first_reason_is_told(tmp_path: Path) -> None:
    impossible = RECIPE.with_values({"network.code_size": 64})
    with pytest.raises(OptionError, match="could copy its input"):
        train_ensemble(DIGITS, impossible, (0, 1), control=Control(), out=tmp_path)


def test_a_stop_keeps_what_is_finished(tmp_path: Path) -> None:
    control = Control()

    def stop_in_the_second(done: int, total: int) -> None:
        if done > total // 3:
            control.stop()

    longer = RECIPE.with_values({"training.epochs": 6, "training.batch_size": 64})
    found = train_ensemble(
        DIGITS, longer, (0, 1, 2), control=control, out=tmp_path, progress=stop_in_the_second
    )
    assert found.was_stopped
    assert [member.seed for member in found.members] == [0]
    states = {one.path.name: one.status for one in list_runs(tmp_path)}
    assert states == {"seed-0": RunStatus.COMPLETED, "seed-1": RunStatus.STOPPED}


def test_a_stop_before_the_first_run_is_finished_leaves_nothing_to_report(tmp_path: Path) -> None:
    control = Control()
    control.stop()
    with pytest.raises(WorkCancelledError):
        train_ensemble(DIGITS, RECIPE, (0, 1), control=control, out=tmp_path)


def test_a_place_that_is_taken_is_found_before_anything_is_trained(tmp_path: Path) -> None:
    (tmp_path / "seed-1").mkdir()
    (tmp_path / "seed-1" / "mine").write_text("mine")
    with pytest.raises(OutputError):
        train_ensemble(DIGITS, RECIPE, (0, 1), control=Control(), out=tmp_path)
    assert not (tmp_path / "seed-0").exists()


@pytest.mark.parametrize(("count", "first"), [(1, 0), (101, 0), (5, -1), (5, 2**31 - 3)])
def test_seeds_that_make_no_ensemble_are_refused(count: int, first: int) -> None:
    with pytest.raises(StudioError) as caught:
        chosen_seeds(count, first)
    assert caught.value.next_step


def test_seeds_follow_the_first() -> None:
    assert chosen_seeds(3, 7) == (7, 8, 9)


def test_a_figure_that_some_runs_lack_counts_where_it_is() -> None:
    members = (
        Member(seed=0, figures={"a": 1.0, "b": 2.0}),
        Member(seed=1, figures={"a": 3.0}),
        Member(seed=2, error="no"),
    )
    found = Ensemble(
        data="d", type="t", split="s", num_samples=1, pca_squared_error=1.0, members=members
    ).figures()
    assert found["a"].mean == 2.0
    assert found["a"].std == pytest.approx(np.sqrt(2))
    assert (found["b"].count, found["b"].std) == (1, None)
