"""Recipes are read, run and judged as their files say."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from aestudio.analysis.probes import linear_probe
from aestudio.data.reading import read
from aestudio.errors import DataError, FailureError, OptionError
from aestudio.preprocess.scaling import Scaling
from aestudio.training.control import Control
from aestudio.workflows.models.trained_model import build_autoencoder
from aestudio.workflows.recipes import recipe_card, recipe_metrics
from aestudio.workflows.recipes.recipe_card import Recipe, find_recipe, list_recipes
from aestudio.workflows.recipes.recipe_metrics import find_metric
from aestudio.workflows.recipes.running import RecipeResult, VariantResult, run_recipe, summarised
from aestudio.workflows.reporting import WorkCancelledError
from tests.workflows.conftest import _write_idx

SMALL = """
[recipe]
title = "A test"
shows = "Something."
protocol = "In words."
metric = "{metric}"
published = 3.0
source = "A paper"
direction = "{direction}"
target = {target}
data = "{data}"
minutes = 0.1
summary = "{summary}"
{variants}
[data]
validation_fraction = 0.0
[network]
hidden = [16]
code_size = 4
[training]
epochs = 1
batch_size = 64
"""


#: Data that lies in [0, 1] already.
UNIT = Scaling(offset=np.zeros(1, "f4"), scale=np.ones(1, "f4"), fill=np.zeros(1, "f4"))


@pytest.fixture
def shelf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """A function that puts one recipe called 'test' on an otherwise empty shelf."""
    folder = tmp_path / "recipes"
    folder.mkdir()
    monkeypatch.setattr(recipe_card, "resource", lambda *_names: folder)

    def put(variants: str = "", **changes: object) -> None:
        values = {
            "metric": "squared_error",
            "direction": "below",
            "target": 1e6,
            "data": "mnist",
            "summary": "mean",
            **changes,
        }
        text = SMALL.format(variants=variants, **values)
        (folder / "test.toml").write_text(text, encoding="utf-8")

    return put


@pytest.fixture(scope="module")
def tiny_mnist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Four files like MNIST's, of 200 and 60 pictures of three classes."""
    folder = tmp_path_factory.mktemp("mnist")
    rng = np.random.default_rng(0)
    patterns = rng.integers(0, 255, (3, 28, 28))
    for part, count in (("train", 200), ("t10k", 60)):
        labels = (np.arange(count) % 3).astype(np.uint8)
        pictures = (patterns[labels] * rng.uniform(0.5, 1.0, (count, 1, 1))).astype(np.uint8)
        _write_idx(folder / f"{part}-images-idx3-ubyte", pictures)
        _write_idx(folder / f"{part}-labels-idx1-ubyte", labels)
    return folder


@pytest.mark.parametrize("recipe", list_recipes(), ids=lambda recipe: recipe.name)
def test_a_recipe_of_the_shelf_is_sound(recipe: Recipe) -> None:
    card = recipe.card
    find_metric(card.metric)
    assert card.protocol.endswith(".")
    assert card.shows.endswith(".")
    assert card.summary != "best_group" or all(one.group for one in card.variants)
    names = [one.name for one in card.variants]
    assert len(set(names)) == len(names)
    if card.short_form:
        short = find_recipe(card.short_form)
        assert short.card.minutes < card.minutes
    for variant in card.variants:
        experiment = recipe.experiment.with_values(variant.set)
        shape = (1, 28, 28) if recipe.needs_data else find_shape(recipe)
        assert build_autoencoder(experiment, shape, UNIT).code_size == experiment.network.code_size


def find_shape(recipe: Recipe) -> tuple[int, ...]:
    """The shape of the recipe's sample, read as the recipe says."""
    return read(recipe.card.data, recipe.experiment.data).shape


def test_the_shelf_holds_what_is_promised() -> None:
    assert {recipe.name for recipe in list_recipes()} >= {
        "hinton-2006",
        "hinton-2006-short",
        "pca-twins",
        "one-class-mnist",
        "features-mnist",
        "beta-shapes",
    }
    assert find_recipe("hinton-2006").card.target == 2.2
    assert find_recipe("hinton-2006-short").card.target == 3.0
    with pytest.raises(OptionError, match="Did you mean 'hinton-2006'"):
        find_recipe("hinton-206")


def test_a_recipe_trains_measures_and_judges(shelf, tiny_mnist: Path, tmp_path: Path) -> None:
    shelf(target=1e6)
    seen: list[tuple[int, int]] = []
    result = run_recipe(
        "test",
        tiny_mnist,
        tmp_path / "run",
        control=Control(),
        progress=lambda done, total: seen.append((done, total)),
    )
    assert result.holds
    assert result.published == 3.0
    assert result.run == tmp_path / "run"
    assert result.variants[0].details["squared_error"] == result.obtained > 0
    assert result.seconds > 0
    assert seen == sorted(seen)
    assert all(done <= total for done, total in seen)
    values = result.to_json()
    assert values.keys() >= {"obtained", "published", "target", "holds", "seconds", "device", "run"}
    assert result.verdict == "below 1e+06: holds"
    assert any(result.verdict in line for line in result.lines())
    shelf(target=1e-9)
    assert not run_recipe("test", tiny_mnist, tmp_path / "again", control=Control()).holds


def test_several_runs_become_folders_of_one(shelf, tiny_mnist: Path, tmp_path: Path) -> None:
    variants = "".join(
        f'[[recipe.variants]]\nname = "size {size}"\nset = {{ "network.code_size" = {size} }}\n'
        for size in (1, 3)
    )
    shelf(variants, metric="squared_error_over_pca", summary="worst")
    result = run_recipe("test", tiny_mnist, tmp_path / "runs", control=Control(), epochs=2)
    assert [one.name for one in result.variants] == ["size 1", "size 3"]
    assert result.obtained == max(one.obtained for one in result.variants)
    assert [one.run.parent for one in result.variants] == [tmp_path / "runs"] * 2
    assert "2 epochs" in result.note
    assert len(result.lines()) > 6


def test_one_class_is_told_from_the_others(shelf, tiny_mnist: Path, tmp_path: Path) -> None:
    variants = (
        '[[recipe.variants]]\nname = "0"\n'
        'set = { "data.only_label" = "0", "training.epochs" = 60 }\n'
    )
    shelf(variants, metric="one_class_auroc", direction="above", target=0.9)
    result = run_recipe("test", tiny_mnist, tmp_path / "run", control=Control())
    assert result.holds, result.obtained
    details = result.variants[0].details
    assert details["odd_error"] > details["normal_error"]


def test_codes_are_probed_beside_pixels(shelf, tiny_mnist: Path, tmp_path: Path) -> None:
    shelf(metric="probe_accuracy", direction="above", target=0.5)
    result = run_recipe("test", tiny_mnist, tmp_path / "run", control=Control())
    assert result.variants[0].details.keys() == {"codes", "pixels", "clusters"}
    # Three patterns that differ in brightness only are easy.
    assert result.variants[0].details["pixels"] > 0.95
    assert result.obtained > 0.6


def test_known_factors_are_looked_for_in_the_code(shelf, tmp_path: Path) -> None:
    shelf(metric="mig", direction="above", target=2.0, data="shapes")
    result = run_recipe("test", None, tmp_path / "run", control=Control())
    assert 0 <= result.obtained < 1
    assert not result.holds
    assert result.variants[0].details.keys() >= {"mig", "sap", "dci_disentanglement", "factor_vae"}
    shelf(metric="mig", direction="above", target=2.0, data="digits")
    with pytest.raises(DataError, match="nobody knows"):
        run_recipe("test", None, tmp_path / "other", control=Control())


@pytest.mark.parametrize(
    ("summary", "direction", "expected"),
    [
        ("mean", "above", 0.45),
        ("worst", "above", 0.1),
        ("worst", "below", 0.9),
        ("best_group", "above", 0.7),
        ("best_group", "below", 0.2),
    ],
)
def test_several_numbers_become_one(shelf, summary: str, direction: str, expected: float) -> None:
    shelf(summary=summary, direction=direction)
    recipe = find_recipe("test")
    results = [
        VariantResult(name="", group=group, obtained=value, seconds=1.0, run=Path())
        for group, value in (("a", 0.1), ("a", 0.3), ("b", 0.5), ("b", 0.9))
    ]
    assert summarised(recipe, results) == pytest.approx(expected)
    result = RecipeResult(
        recipe=recipe,
        obtained=expected,
        holds=True,
        seconds=1.0,
        device="CPU",
        run=Path(),
        variants=tuple(results),
    )
    assert result.groups()["a"] == pytest.approx((0.2, 0.1, 0.3))
    assert any("from 0.1 to 0.3" in line for line in result.lines())


def test_stopping_ends_a_recipe(shelf, tiny_mnist: Path, tmp_path: Path) -> None:
    shelf()
    control = Control()
    control.stop()
    with pytest.raises(WorkCancelledError):
        run_recipe("test", tiny_mnist, tmp_path / "run", control=control)


def test_stopping_after_the_training_saves_the_measuring(
    shelf, tiny_mnist: Path, tmp_path: Path
) -> None:
    shelf(metric="probe_accuracy", direction="above", target=0.5)
    control = Control()

    def stop_at_the_end(done: int, total: int) -> None:
        if done == total:
            control.stop()

    with pytest.raises(WorkCancelledError) as stopped:
        run_recipe("test", tiny_mnist, tmp_path / "run", control=control, progress=stop_at_the_end)
    assert stopped.value.subject == str(tmp_path / "run")


def test_stopping_ends_the_measuring_too(
    shelf, tiny_mnist: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shelf(metric="probe_accuracy", direction="above", target=0.5)
    control = Control()
    seen: list[str] = []

    def stop_then_probe(*samples: np.ndarray, **how: Any) -> float:
        seen.append("probe")
        control.stop()
        return linear_probe(*samples, **how)

    monkeypatch.setattr(recipe_metrics, "linear_probe", stop_then_probe)
    with pytest.raises(WorkCancelledError) as stopped:
        run_recipe("test", tiny_mnist, tmp_path / "run", control=control)
    assert stopped.value.subject == str(tmp_path / "run")
    assert seen == ["probe"], "the first probe ends at once, and no other begins"


def test_wrong_requests_say_what_to_do(shelf, tmp_path: Path, tested_data: Path) -> None:
    shelf()
    with pytest.raises(OptionError, match=r"needs MNIST.*--data"):
        run_recipe("test", None, tmp_path / "run", control=Control())
    with pytest.raises(DataError, match=r"not MNIST.*\(1, 6, 5\)"):
        run_recipe("test", tested_data, tmp_path / "run", control=Control())
    shelf(data="shapes")
    with pytest.raises(OptionError, match="built-in sample"):
        run_recipe("test", tested_data, tmp_path / "run", control=Control())


def test_a_damaged_recipe_names_what_is_wrong(shelf) -> None:
    shelf(direction="sideways")
    with pytest.raises(FailureError, match="'direction'"):
        find_recipe("test")
    with pytest.raises(FailureError, match="no such number"):
        find_metric("squared_eror")
