from __future__ import annotations

import numpy as np
import pytest

from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.autoencoders.registry import types
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import OptionError
from aestudio.workflows.planning.network_description import describe
from aestudio.workflows.planning.presets import presets
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.planning.time_estimate import estimate_seconds
from aestudio.workflows.training import prepare


def _dataset(kind: Kind, num_samples: int, *shape: int) -> Dataset:
    x = np.zeros((num_samples, *shape), np.uint8 if kind is Kind.IMAGES else np.float32)
    return Dataset(name="made", kind=kind, x=x, source="made")


@pytest.mark.parametrize(
    ("dataset", "kind"),
    [
        (_dataset(Kind.IMAGES, 100, 3, 64, 64), "convolutional"),
        (_dataset(Kind.IMAGES, 100, 1, 28, 28), "dense"),
        (_dataset(Kind.TABLE, 100, 12), "dense"),
        (_dataset(Kind.SEQUENCES, 100, 40, 2), "recurrent"),
        (_dataset(Kind.SEQUENCES, 100, 400, 2), "temporal"),
    ],
    ids=["large pictures", "small pictures", "table", "sequences", "long sequences"],
)
def test_the_network_suits_the_data(dataset: Dataset, kind: str) -> None:
    assert recommend(dataset).network.kind == kind


def test_variational_takes_cross_entropy_only_where_values_lie_in_the_unit_interval() -> None:
    pictures, table = _dataset(Kind.IMAGES, 9, 1, 8, 8), _dataset(Kind.TABLE, 9, 5)
    assert recommend(pictures, "variational").training.loss == "bce"
    assert recommend(pictures).training.loss == "mse"
    assert recommend(table, "variational").training.loss == "mse"
    assert (
        recommend(table, "variational", given={"preprocess.scaling": "minmax"}).training.loss
        == "bce"
    )
    for key, value in (("preprocess.scaling", "standard"), ("network.output", "linear")):
        assert recommend(pictures, "variational", given={key: value}).training.loss == "mse"


def test_less_data_gets_more_epochs_and_smaller_batches() -> None:
    recipes = [
        recommend(_dataset(Kind.TABLE, count, 4)).training for count in (100, 1500, 9000, 60_000)
    ]
    epochs = [recipe.epochs for recipe in recipes]
    batches = [recipe.batch_size for recipe in recipes]
    assert epochs == sorted(epochs, reverse=True)
    assert batches == sorted(batches)


@pytest.mark.parametrize("num_features", [2, 3, 4, 30])
def test_a_plain_code_is_smaller_than_its_sample(num_features: int) -> None:
    experiment = recommend(_dataset(Kind.TABLE, 100, num_features))
    assert experiment.autoencoder.type == "undercomplete"
    assert 1 <= experiment.network.code_size < num_features


@pytest.mark.parametrize("name", ["sparse", "top_k", "contractive"])
@pytest.mark.parametrize(
    "dataset",
    [
        _dataset(Kind.IMAGES, 30, 3, 64, 64),
        _dataset(Kind.IMAGES, 30, 1, 28, 28),
        _dataset(Kind.TABLE, 30, 3),
        _dataset(Kind.SEQUENCES, 30, 20, 2),
    ],
    ids=["large pictures", "small pictures", "table", "sequences"],
)
def test_regularised_types_are_recommended_what_they_can_be_trained_with(
    name: str, dataset: Dataset
) -> None:
    experiment = recommend(dataset, name)
    assert prepare(experiment, dataset).autoencoder.code_size == experiment.network.code_size
    is_dense = experiment.network.kind == "dense"
    assert experiment.network.tied == (name == "contractive" and is_dense)


@pytest.mark.parametrize(
    ("num_features", "code_size"), [(2, 1), (3, 2), (7, 4), (13, 7), (30, 8), (100, 25)]
)
def test_a_faithful_code_holds_half_of_a_short_row(num_features: int, code_size: int) -> None:
    offered = {one.name: one for one in presets(_dataset(Kind.TABLE, 300, num_features))}
    faithful = offered["faithful"].experiment
    assert faithful.network.code_size == code_size


def test_sparse_codes_are_long() -> None:
    digits, table = _dataset(Kind.IMAGES, 30, 1, 28, 28), _dataset(Kind.TABLE, 30, 12)
    assert recommend(digits, "sparse").network.code_size == 256
    assert recommend(table, "top_k").network.code_size == 12


def test_what_is_given_is_kept() -> None:
    given = {
        "network.code_size": 5,
        "training.epochs": 7,
        "network.kind": "dense",
        "data.image_size": 16,
    }
    experiment = recommend(_dataset(Kind.IMAGES, 50, 3, 64, 64), given=given)
    assert {key: experiment.value(key) for key in given} == given


def test_options_of_reading_are_part_of_the_recipe() -> None:
    options = DataOptions(source="elsewhere", image_size=16, validation_fraction=0.5)
    experiment = recommend(read("digits"), data_options=options)
    assert experiment.data.image_size == 16
    assert experiment.data.source == "digits"


@pytest.mark.parametrize(
    "dataset",
    [
        read("digits"),
        read("breast-cancer"),
        _dataset(Kind.IMAGES, 30, 3, 64, 64),
        _dataset(Kind.SEQUENCES, 30, 20, 2),
        _dataset(Kind.TABLE, 30, 2),
        _dataset(Kind.TABLE, 30, 1),
    ],
    ids=["digits", "table", "pictures", "sequences", "two columns", "one column"],
)
def test_every_preset_can_be_trained(dataset: Dataset) -> None:
    found = presets(dataset)
    assert len({preset.name for preset in found}) == len(found) >= 3
    for preset in found:
        assert preset.title
        assert preset.description
        preparation = prepare(preset.experiment, dataset)
        assert preparation.autoencoder.code_size == preset.experiment.network.code_size


@pytest.mark.parametrize("num_steps", [5, 200])
def test_sequences_are_offered_both_kinds_of_networks_along_time(num_steps: int) -> None:
    found = presets(_dataset(Kind.SEQUENCES, 9, num_steps, 2))
    assert {preset.experiment.network.kind for preset in found} == {"recurrent", "temporal"}
    assert found[-1].experiment.network.kind != found[0].experiment.network.kind


def test_the_estimate_grows_with_the_epochs_and_leaves_the_network_alone() -> None:
    dataset = read("digits")
    preparation = prepare(recommend(dataset, given={"training.epochs": 10}), dataset)
    before = {name: value.clone() for name, value in preparation.autoencoder.state_dict().items()}
    seconds = estimate_seconds(preparation)
    assert 0 < seconds < 600
    for name, value in preparation.autoencoder.state_dict().items():
        assert (value == before[name]).all()


def test_the_estimate_refuses_what_training_would_refuse() -> None:
    experiment = recommend(read("breast-cancer"), given={"network.kind": "convolutional"})
    with pytest.raises(OptionError):
        estimate_seconds(experiment, read("breast-cancer"))


def test_every_type_with_clouds_of_codes_gets_cross_entropy_for_drawings() -> None:
    shapes = read("shapes")
    clouds = {name for name, found in types().items() if issubclass(found, GaussianCode)}
    assert {"variational", "dip", "total_correlation", "importance_weighted"} <= clouds
    for name in types():
        loss = recommend(shapes, name).training.loss
        assert loss == ("bce" if name in clouds else "mse"), name


@pytest.mark.parametrize(("side", "is_narrow"), [(24, False), (64, True)])
def test_the_quick_look_stays_quick_on_large_pictures(side: int, is_narrow: bool) -> None:
    x = np.zeros((200, 3, side, side), np.uint8)
    x[::2] = 200
    dataset = Dataset(name="p", kind=Kind.IMAGES, x=x, source="/p")
    quick = next(one for one in presets(dataset) if one.name == "quick").experiment
    assert quick.network.kind == "dense"
    assert quick.network.hidden == ((128, 64) if is_narrow else ())
    parameters = describe(quick, dataset.shape).hourglass.num_parameters
    assert parameters < 6_000_000
