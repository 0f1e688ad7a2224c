"""Which pictures have their width learned: by a closed form, by what it is worth, and in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest

from aestudio.autoencoders.registry import types
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.reading import read
from aestudio.runs.folder import RunFolder
from aestudio.training.control import Control
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.planning.likelihood_choices import has_clouds, share_of_tones
from aestudio.workflows.planning.presets import presets
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.training import prepare, start_training

LEARNING = ("dip", "importance_weighted", "total_correlation", "variational")


def pictures(x: npt.NDArray[np.generic], kind: Kind = Kind.IMAGES) -> Dataset:
    return Dataset(name="made", kind=kind, x=x, source="/made")


def spots(num_pictures: int = 160, side: int = 16) -> Dataset:
    """A faint spot on grey, anywhere: two numbers say all about it."""
    rng = np.random.default_rng(0)
    places_N2 = rng.uniform(3, side - 3, (num_pictures, 2, 1, 1))
    down, across = np.mgrid[:side, :side]
    squares = (down - places_N2[:, 0]) ** 2 + (across - places_N2[:, 1]) ** 2
    grey_NHW = 128 + 40 * np.exp(-squares / 8)
    return pictures(grey_NHW[:, None].round().astype(np.uint8))


@pytest.mark.parametrize(
    ("x", "expected"),
    [
        (np.tile(np.uint8([0, 255]), 128), 0.0),
        (np.full(256, 51, np.uint8), 4 * 0.2 * 0.8),
        (np.tile(np.uint8([0, 51]), 128), 2 * 0.2 * 0.8),
        (np.tile(np.uint16([0, 65535, 13107, 13107]), 64), 2 * 0.2 * 0.8),
        (np.tile(np.float32([0.0, 0.5, np.nan, 0.5]), 64), 4 * 0.5 * 0.5 * 2 / 3),
        (np.tile(np.float32([-3.0, 1.0, 5.0, 1.0]), 64), 0.5),
        (np.zeros(256), 0.0),
    ],
    ids=["ink", "one grey", "ink and grey", "16 bits", "missing", "any range", "nothing"],
)
def test_tones_are_what_lies_between(x: npt.NDArray[np.generic], expected: float) -> None:
    # Few enough pictures to look at all of them; each of the eight pixels sees every value.
    x_NCHW = x.reshape(8, 32).T.reshape(32, 1, 4, 2)
    assert share_of_tones(pictures(x_NCHW)) == pytest.approx(expected, abs=1e-6)


def test_only_pictures_have_tones() -> None:
    x = np.full((50, 300), 0.5)
    assert share_of_tones(pictures(x, Kind.TABLE)) == 0.0
    assert share_of_tones(pictures(np.zeros((0, 1, 8, 8), np.uint8))) == 0.0


@pytest.mark.parametrize("name", types())
def test_pictures_in_tones_have_their_width_learned_beside_a_divergence(name: str) -> None:
    experiment = recommend(spots(), name)
    if name not in LEARNING:
        assert experiment.training.loss == ("bce" if has_clouds(name) else "mse")
        assert not experiment.model_dump()["autoencoder"].get("learn_scale", False)
        return
    assert experiment.training.loss == "mse"
    assert experiment.value("autoencoder.likelihood") == "gaussian"
    assert experiment.value("autoencoder.learn_scale") is True
    assert prepare(experiment, spots()).autoencoder.code_size == experiment.network.code_size


@pytest.mark.parametrize("name", ["digits", "shapes"])
def test_ink_and_flat_drawings_keep_cross_entropy(name: str) -> None:
    experiment = recommend(read(name), "variational")
    assert experiment.training.loss == "bce"
    assert experiment.value("autoencoder.likelihood") == "loss"


def test_what_somebody_has_decided_stays() -> None:
    given = {"training.loss": "bce"}
    experiment = recommend(spots(), "variational", given=given)
    assert experiment.training.loss == "bce"
    assert experiment.value("autoencoder.likelihood") == "loss"
    experiment = recommend(spots(), "variational", given={"autoencoder.likelihood": "laplace"})
    assert experiment.value("autoencoder.learn_scale") is False


def test_the_recipe_says_in_words_why() -> None:
    def described(dataset: Dataset) -> str:
        return next(found.description for found in presets(dataset) if found.name == "map")

    assert "photographs" in described(spots())
    assert "photographs" not in described(read("digits"))
    assert described(read("digits")).endswith(".")


def test_a_learned_width_draws_what_cross_entropy_leaves_out(tmp_path: Path) -> None:
    dataset = spots()
    errors, spread = {}, 0.0
    for name, given in (("learned", {}), ("cross-entropy", {"training.loss": "bce"})):
        recipe = recommend(dataset, "variational", given={**given, "training.epochs": 15})
        preparation = prepare(recipe, dataset)
        session = start_training(preparation, tmp_path / name, Control())
        list(session.events)
        model = TrainedModel.open(session.run)
        held_back = model.to_model_scale(dataset.x[preparation.split.validation])
        spread = float(np.mean((held_back - held_back.mean(0)) ** 2))
        errors[name] = float(np.mean((model.reconstruct_scaled(held_back) - held_back) ** 2))
        # The recipe is recorded as it was trained: nothing is chosen again when it is opened.
        assert RunFolder.open(session.run.path).experiment == recipe
    assert errors["learned"] < 0.6 * errors["cross-entropy"]
    assert errors["learned"] < 0.6 * spread
