"""Trained runs side by side: against what evaluate and the run folders say on their own."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.reading import read
from aestudio.errors import RunError
from aestudio.experiment import Experiment
from aestudio.runs.folder import RunFolder
from aestudio.workflows.comparison.comparison_table import ABSENT, recipe_differences, term_rows
from aestudio.workflows.comparison.run_comparison import RunComparison, compare_runs
from aestudio.workflows.judging.evaluation import evaluate
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import WorkCancelledError
from aestudio.workflows.runs.short_names import short_names
from tests.runs.hand_made import make_run
from tests.workflows.conftest import train


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, Path]:
    folder = tmp_path_factory.mktemp("compared")
    return (
        train("digits", folder / "narrow", network__code_size=2),
        train("digits", folder / "wide", network__code_size=12),
        train("digits", folder / "map", "variational", network__code_size=2),
    )


@pytest.fixture(scope="module")
def compared(runs: tuple[Path, Path, Path]) -> RunComparison:
    return compare_runs(runs)


def results(comparison: RunComparison, key: str) -> tuple[object, ...]:
    (row,) = (row for row in comparison.results if row.key == key)
    return row.values


# --- recipes --------------------------------------------------------------------------------------


def test_only_what_differs_is_said() -> None:
    first = Experiment().with_values({"network.code_size": 4, "training.epochs": 7})
    second = first.with_values({"network.code_size": 5, "network.hidden": (64, 32)})
    rows = {row.key: row for row in recipe_differences([first, second, first])}
    assert set(rows) == {"network.code_size", "network.hidden"}
    assert rows["network.code_size"].values == (4, 5, 4)
    assert rows["network.code_size"].title == "Code size"
    assert rows["network.hidden"].texts[1] == "[64, 32]"
    assert recipe_differences([first, first]) == ()


def test_what_only_one_type_has_differs_from_nothing() -> None:
    plain = Experiment()
    other = plain.with_values({"autoencoder.type": "sparse"})
    rows = {row.key: row for row in recipe_differences([plain, other])}
    assert rows["autoencoder.type"].values == ("undercomplete", "sparse")
    own = [row for key, row in rows.items() if key not in ("autoencoder.type",)]
    assert own
    assert all(row.texts[0] == ABSENT and row.values[0] is None for row in own)


def test_terms_are_only_ranked_where_they_mean_the_same() -> None:
    plain = Experiment()
    terms = [{"loss": 2.0, "reconstruction": 2.0}, {"loss": 1.0, "reconstruction": 1.0}]
    (row,) = term_rows("validation", terms, [plain, plain], is_same_scale=True)
    assert row.key == "validation.loss"
    assert row.best == (1,)
    for other, is_same_scale in (
        (plain, False),
        (plain.with_values({"training.loss": "l1"}), True),
        (plain.with_values({"autoencoder.type": "sparse"}), True),
    ):
        (row,) = term_rows("validation", terms, [plain, other], is_same_scale=is_same_scale)
        assert row.best == ()


# --- the same data --------------------------------------------------------------------------------


def test_errors_are_those_of_evaluate(
    runs: tuple[Path, Path, Path], compared: RunComparison
) -> None:
    judged = [evaluate(run) for run in runs]
    assert results(compared, "squared_error") == tuple(one.squared_error for one in judged)
    assert results(compared, "psnr_db") == tuple(one.psnr_db for one in judged)
    (row,) = (row for row in compared.results if row.key == "squared_error")
    lowest = int(np.argmin([one.squared_error for one in judged]))
    assert row.best == (lowest,)
    assert row.cells()[1 + lowest].endswith(" *")
    assert compared.shared is not None
    assert compared.shared.judged.startswith(f"{judged[0].num_samples:,} samples held back")


def test_facts_are_those_of_the_folders(
    runs: tuple[Path, Path, Path], compared: RunComparison
) -> None:
    folders = [RunFolder.open(run) for run in runs]
    assert [run.name for run in compared.runs] == ["narrow", "wide", "map"]
    assert results(compared, "seconds") == tuple(f.info.progress.elapsed_s for f in folders)
    assert results(compared, "code_size") == (2, 12, 2)
    for folder, curves, parameters in zip(
        folders, compared.curves, results(compared, "num_parameters"), strict=True
    ):
        metrics = folder.metrics()
        np.testing.assert_array_equal(curves.epochs, metrics.epochs)
        np.testing.assert_array_equal(curves.validation["loss"], metrics.validation["loss"])
        assert parameters == sum(
            weight.numel() for weight in TrainedModel.open(folder).autoencoder.parameters()
        )


def test_every_model_sees_the_same_samples(
    runs: tuple[Path, Path, Path], compared: RunComparison
) -> None:
    shared = compared.shared
    assert shared is not None
    x = read("digits").x
    np.testing.assert_array_equal(shared.originals, x[shared.picture_rows])
    for run, seen in zip(runs, shared.seen, strict=True):
        model = TrainedModel.open(run)
        assert seen is not None
        again = model.reconstruct(shared.originals)
        np.testing.assert_allclose(seen.reconstructions, again, atol=1e-4)
        scaled = model.scaling.forward(again) - model.scaling.forward(shared.originals)
        by_hand = np.square(scaled, dtype=np.float64).sum(axis=(1, 2, 3))
        np.testing.assert_allclose(seen.squared_errors, by_hand, rtol=1e-4)
        assert seen.points.shape == (len(shared.map_rows), 2)
    codes = TrainedModel.open(runs[0]).encode(x[shared.map_rows])
    assert shared.seen[0] is not None
    np.testing.assert_allclose(shared.seen[0].points, codes, atol=1e-6)
    assert shared.seen[1] is not None
    assert shared.seen[1].map_caption.startswith("PCA of 12")


def test_json_holds_the_figures_and_no_arrays_of_pictures(compared: RunComparison) -> None:
    values = compared.to_json()
    assert values["why_no_pictures"] == ""
    assert {row["key"] for row in values["results"]} >= {"squared_error", "seconds", "best_epoch"}
    assert "shared" not in values


def test_runs_that_held_back_other_samples_share_what_both_did(tmp_path: Path) -> None:
    seeds = {"data__split_seed": 1, "data__validation_fraction": 0.5}
    first = train("digits", tmp_path / "a", data__validation_fraction=0.5)
    second = train("digits", tmp_path / "b", **seeds)
    shared = compare_runs([first, second]).shared
    assert shared is not None
    held_back = evaluate(first).num_samples
    assert 0 < int(shared.judged.split()[0]) < held_back


# --- where pictures are impossible ------------------------------------------------------------------


def test_other_data_leaves_the_table_and_the_curves(
    runs: tuple[Path, Path, Path], table_run: Path
) -> None:
    comparison = compare_runs([runs[0], table_run])
    assert comparison.shared is None
    assert "different data" in comparison.why_no_pictures
    assert results(comparison, "epochs") == (3, 3)
    assert all(len(curves.epochs) == 3 for curves in comparison.curves)
    assert all(row.best == () for row in comparison.results if row.key.startswith("validation"))
    assert comparison.why_no_pictures in comparison.remarks()


def test_a_run_without_a_model_says_so_and_the_others_are_shown(
    runs: tuple[Path, Path, Path], tmp_path: Path
) -> None:
    source = RunFolder.open(runs[0])
    empty = tmp_path / "empty"
    empty.mkdir()
    for name in ("experiment.toml", "run.json", "preprocessing.json"):
        (empty / name).write_bytes((source.path / name).read_bytes())
    comparison = compare_runs([runs[1], empty])
    assert comparison.shared is not None
    assert comparison.shared.seen[1] is None
    assert "no saved state" in comparison.runs[1].problem
    assert results(comparison, "squared_error")[1] is None


def test_data_that_has_gone_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "numbers.npy"
    np.save(path, np.random.default_rng(0).normal(size=(60, 5)).astype(np.float32))
    both = [train(str(path), tmp_path / name) for name in ("a", "b")]
    path.unlink()
    comparison = compare_runs(both)
    assert comparison.shared is None
    assert "numbers.npy" in comparison.why_no_pictures


def test_what_cannot_be_compared_is_refused(runs: tuple[Path, Path, Path], tmp_path: Path) -> None:
    with pytest.raises(RunError, match="their number is 1"):
        compare_runs(runs[:1])
    with pytest.raises(RunError, match="their number is 7"):
        compare_runs([make_run(tmp_path / str(number)).path for number in range(7)])
    with pytest.raises(RunError, match="twice"):
        compare_runs([runs[0], runs[1], runs[0].parent / "x" / ".." / runs[0].name])
    with pytest.raises(RunError, match="no such run"):
        compare_runs([runs[0], tmp_path / "nowhere"])


def test_it_can_be_cancelled_and_says_how_far_it_is(runs: tuple[Path, Path, Path]) -> None:
    heard: list[tuple[int, int]] = []
    compare_runs(runs[:2], progress=lambda done, total: heard.append((done, total)))
    assert heard == sorted(heard)
    assert heard[-1][0] == heard[-1][1]
    with pytest.raises(WorkCancelledError):
        compare_runs(runs[:2], is_cancelled=lambda: True)


# --- names ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("names", "short"),
    [
        (["digits-sparse-2026-11-22-135804", "digits-deep-2026-11-22-135757"], ("sparse", "deep")),
        (
            ["digits-deep-2026-11-22-135804", "digits-deep-2026-11-22-135757-2"],
            ("digits-deep 135804", "digits-deep 135757-2"),
        ),
        (
            [
                "digits-deep-2026-11-22-135804",
                "digits-dip-2026-11-22-135805",
                "digits-deep-2026-11-22-135806",
            ],
            ("deep 135804", "dip", "deep 135806"),
        ),
        (["mine", "yours"], ("mine", "yours")),
        (["digits", "digits-deep"], ("digits", "digits-deep")),
        (["same", "same"], ("same", "same")),
    ],
)
def test_names_are_as_short_as_they_can_be(names: list[str], short: tuple[str, ...]) -> None:
    assert short_names(names) == short
