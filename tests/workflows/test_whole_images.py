"""Whole images in tiles: equal to one pass, whatever the size; and what is written."""

from __future__ import annotations

import copy
import csv
import doctest
from pathlib import Path

import numpy as np
import pytest
import torch
from PIL import Image

from aestudio.autoencoders.any_size import resize, why_one_size
from aestudio.data.dataset import Kind
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError
from aestudio.experiment import Experiment
from aestudio.preprocess.scaling import Scaling
from aestudio.runs.folder import RunFolder
from aestudio.training.control import Control
from aestudio.workflows.models import whole_images
from aestudio.workflows.models.reconstruction import reconstruct_to_folder
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.models.whole_image_files import WholeImagesReport
from aestudio.workflows.models.whole_images import reconstruct_image
from aestudio.workflows.planning.presets import presets
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.reporting import WorkCancelledError
from aestudio.workflows.runs.run_data import read_data_for
from aestudio.workflows.training import prepare, start_training

WAYS: list[dict[str, object]] = [
    {},
    {"network.downsampling": "max_pool", "network.upsampling": "resize"},
    {"network.residual": True, "network.normalization": "layer"},
    {"network.downsampling": "average_pool", "network.kernel_size": 5},
    {"autoencoder.type": "variational", "network.normalization": "batch"},
]


def untrained(num_channels: int = 1, side: int = 16, **values: object) -> TrainedModel:
    ones = np.ones((num_channels, 1, 1), np.float32)
    given = {
        "network.kind": "fully_convolutional",
        "network.hidden": (4, 6),
        "network.code_size": 2 * (side // 4) ** 2,
    }
    experiment = Experiment().with_values(
        {**given, **{key.replace("__", "."): value for key, value in values.items()}}
    )
    shape = (num_channels, side, side)
    model = TrainedModel.untrained(
        experiment, Kind.IMAGES, shape, Scaling(0 * ones, ones / 255, 0 * ones)
    )
    with torch.no_grad():
        model.autoencoder.adapt(torch.full(shape, 0.4), 0.3)
    return model


def in_one_pass(model: TrainedModel, image: np.ndarray) -> np.ndarray:
    module = copy.deepcopy(model.autoencoder)
    resize(module, image.shape[1:])
    with torch.inference_mode():
        return module(torch.from_numpy(model.to_model_scale(image[None]))).numpy()[0]


@pytest.mark.parametrize("way", WAYS, ids=str)
@pytest.mark.parametrize("size", [(150, 203), (16, 16), (7, 161), (128, 64)])
def test_tiles_give_what_one_pass_gives(way: dict[str, object], size: tuple[int, int]) -> None:
    model = untrained(**{key.replace(".", "__"): value for key, value in way.items()})
    image = np.random.default_rng(0).uniform(0, 255, (1, *size)).astype(np.float32)
    expected = in_one_pass(model, image)
    found = reconstruct_image(model, image, tile_side=64)
    assert found.image.shape == image.shape
    assert np.abs(found.image / 255 - expected).max() < 1e-5
    error = np.square(expected - image / 255).mean(axis=0)
    np.testing.assert_allclose(found.squared_error, error, atol=1e-5)
    assert found.squared_error[found.worst_place] == found.squared_error.max()


def test_whole_numbers_stay_so_and_channels_may_come_last() -> None:
    model = untrained(num_channels=3)
    image = np.random.default_rng(0).integers(0, 256, (40, 50, 3), dtype=np.uint8)
    found = reconstruct_image(model, image)
    assert found.image.dtype == np.uint8
    assert found.image.shape == (3, 40, 50)
    with pytest.raises(DataError, match="no image with 3 channels"):
        reconstruct_image(model, image[:, :, 0])


def test_a_model_with_one_code_for_a_patch_is_blended() -> None:
    model = untrained(network__kind="dense", network__code_size=4)
    assert "fully convolutional" in why_one_size(model.autoencoder)
    image = np.random.default_rng(0).integers(0, 256, (1, 61, 40), dtype=np.uint8)
    found = reconstruct_image(model, image)
    scaled = model.to_model_scale(image[None])[0]
    sums, weights = np.zeros(image.shape), np.zeros(image.shape)
    tent = np.minimum(np.arange(16) + 0.5, 15.5 - np.arange(16))
    for top in (0, 8, 16, 24, 32, 40, 45):
        for left in (0, 8, 16, 24):
            place = np.s_[:, top : top + 16, left : left + 16]
            sums[place] += np.outer(tent, tent) * model.reconstruct_scaled(scaled[place][None])[0]
            weights[place] += np.outer(tent, tent)
    expected = sums / weights
    np.testing.assert_allclose(found.squared_error, np.square(expected - scaled)[0], atol=1e-5)
    assert np.abs(found.image - 255 * expected).max() <= 0.51
    with pytest.raises(DataError, match="smaller than the patches"):
        reconstruct_image(model, image[:, :10])


@pytest.mark.parametrize("name", ["top_k", "vector_quantised"])
def test_types_that_compare_all_numbers_are_blended(name: str) -> None:
    assert why_one_size(untrained(autoencoder__type=name).autoencoder)


def test_progress_is_told_and_the_work_can_be_cancelled() -> None:
    model = untrained()
    image = np.zeros((1, 100, 100), np.uint8)
    told: list[tuple[int, int]] = []
    reconstruct_image(model, image, tile_side=64, progress=lambda *done: told.append(done))
    assert told == [(done, told[-1][1]) for done in range(1, len(told) + 1)]
    assert len(told) == told[-1][1] > 1
    with pytest.raises(WorkCancelledError):
        reconstruct_image(model, image, is_cancelled=lambda: True)


@pytest.fixture(scope="module")
def picture(tmp_path_factory: pytest.TempPathFactory) -> Path:
    y, x = np.mgrid[:66, :90]
    waves = np.stack([np.sin(x / 3), np.cos(y / 4), np.sin((x + y) / 5)], axis=-1)
    path = tmp_path_factory.mktemp("large") / "waves.png"
    Image.fromarray((127 + 120 * waves).astype(np.uint8)).save(path)
    return path


@pytest.fixture(scope="module")
def run(picture: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    options = DataOptions(source=str(picture), patch_size=16, patch_stride=8)
    dataset = read(picture, options)
    values = {
        "data.patch_size": 16,
        "data.patch_stride": 8,
        "training.epochs": 2,
        "network.hidden": (4, 4),
    }
    experiment = recommend(dataset, given=values, data_options=options)
    assert experiment.network.kind == "fully_convolutional"
    session = start_training(
        prepare(experiment, dataset), tmp_path_factory.mktemp("runs") / "waves", Control()
    )
    list(session.events)
    return session.run.path


def test_a_run_on_patches_reconstructs_whole_images(
    run: Path, picture: Path, tmp_path: Path
) -> None:
    larger = tmp_path / "larger.png"
    pixels = np.tile(np.asarray(Image.open(picture)), (2, 2, 1))
    Image.fromarray(pixels).save(larger)
    report = reconstruct_to_folder(run, larger, tmp_path / "out")
    assert isinstance(report, WholeImagesReport)
    assert report.blended_because == ""
    assert {path.name for path in report.files} == {
        "larger-reconstruction.png",
        "larger-error.npy",
        "larger-error.png",
        "errors.csv",
    }
    drawn = np.asarray(Image.open(tmp_path / "out" / "larger-reconstruction.png"))
    assert drawn.shape == (132, 180, 3)
    error = np.load(tmp_path / "out" / "larger-error.npy")
    (figures,) = report.to_json()["images"]
    assert figures["mean_squared_error"] == pytest.approx(error.mean(), rel=1e-5)
    assert error[figures["worst_row"], figures["worst_column"]] == error.max()
    expected = np.square(drawn / 255.0 - pixels / 255.0).mean(axis=-1)
    np.testing.assert_allclose(error, expected, atol=0.01)
    with (tmp_path / "out" / "errors.csv").open() as stream:
        assert [row["name"] for row in csv.DictReader(stream)] == ["larger.png"]


def stack(path: Path, seed: int) -> Path:
    pages = np.random.default_rng(seed).integers(0, 255, (9, 24, 30)).astype(np.uint8)
    first, *others = map(Image.fromarray, pages)
    first.save(path, save_all=True, append_images=others)
    return path


def learned_from(source: Path, out: Path) -> RunFolder:
    options = DataOptions(source=str(source))
    dataset = read(source, options)
    experiment = recommend(dataset, given={"training.epochs": 1}, data_options=options)
    session = start_training(prepare(experiment, dataset), out, Control())
    list(session.events)
    return session.run


def test_pages_are_cut_only_for_a_run_that_has_learned_patches(
    picture: Path, tmp_path: Path
) -> None:
    own, other = stack(tmp_path / "own.tif", 1), stack(tmp_path / "other.tif", 2)
    of_pages = learned_from(own, tmp_path / "pages")
    dataset = read_data_for(of_pages, other)
    assert (dataset.patches, dataset.shape) == (None, (1, 24, 30))
    np.testing.assert_array_equal(dataset.x, read(other).x)
    report = reconstruct_to_folder(of_pages.path, other, tmp_path / "out")
    assert not isinstance(report, WholeImagesReport)
    Image.open(picture).convert("L").save(tmp_path / "grey.png")
    of_patches = learned_from(tmp_path / "grey.png", tmp_path / "patches")
    dataset = read_data_for(of_patches, other)
    assert (dataset.num_samples, dataset.shape) == (9, (1, 16, 16))
    assert dataset.patches is not None


def test_images_of_other_colours_are_refused(run: Path, tmp_path: Path) -> None:
    Image.new("L", (80, 80)).save(tmp_path / "grey.png")
    with pytest.raises(DataError, match="1 channels, the run has learned images with 3"):
        reconstruct_to_folder(run, tmp_path / "grey.png", tmp_path / "out")


def test_every_preset_for_patches_can_be_built(picture: Path) -> None:
    dataset = read(picture, DataOptions(patch_size=16))
    found = presets(dataset)
    assert found[0].name == "whole_images"
    for preset in found:
        TrainedModel.untrained(
            preset.experiment,
            Kind.IMAGES,
            dataset.shape,
            Scaling(*(np.ones((3, 1, 1), np.float32) for _ in range(3))),
        )


def test_examples_in_docstrings_hold() -> None:
    result = doctest.testmod(whole_images)
    assert result.attempted > 0
    assert result.failed == 0
