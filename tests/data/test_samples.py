"""The built-in samples are what they say, and load fast."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.samples import Sample, bundled, find_sample, list_samples
from aestudio.data.samples.registry import sample
from aestudio.data.samples.shapes import POSITIONS, ROTATIONS_DEG, SCALES, SHAPES, factors
from aestudio.errors import DataError

NUMBERS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")

#: A new sample has to be entered here: name -> kind, samples, shape, classes.
EXPECTED = {
    "breast-cancer": (Kind.TABLE, 569, (30,), ("malignant", "benign")),
    "digits": (Kind.IMAGES, 1797, (1, 8, 8), tuple("0123456789")),
    "number-words": (
        Kind.TOKENS,
        1000,
        (27,),
        ("below 100", *(f"{word} hundred" for word in NUMBERS)),
    ),
    "patches": (Kind.IMAGES, 8216, (3, 16, 16), ("china", "flower")),
    "shapes": (Kind.IMAGES, 3456, (1, 64, 64), ("square", "ellipse", "heart")),
}


def test_every_sample_is_expected() -> None:
    assert [known.name for known in list_samples()] == sorted(EXPECTED)


@pytest.mark.parametrize("known", list_samples(), ids=lambda known: known.name)
def test_a_sample_keeps_its_promises(known: Sample) -> None:
    kind, num_samples, shape, names = EXPECTED[known.name]
    dataset = read(known.name)
    assert (known.kind, dataset.kind) == (kind, kind)
    assert (dataset.num_samples, dataset.shape) == (num_samples, shape)
    assert dataset.label_names == names
    assert dataset.labels is not None
    assert np.bincount(dataset.labels, minlength=len(names)).min() > 0
    assert dataset.name == dataset.source == known.name
    assert dataset.reader == "sample"
    assert dataset.findings == ()
    assert known.title
    assert known.description.endswith(".")
    assert dataset.x.flags.writeable
    assert known.load().fingerprint == dataset.fingerprint


def test_names_of_samples_are_unique() -> None:
    with pytest.raises(ValueError, match="two samples are called 'digits'"):

        @sample(name="digits", title="", description="", kind=Kind.TABLE)
        def load() -> Dataset:
            raise AssertionError


def test_unknown_samples_are_not_found() -> None:
    assert find_sample("digit") is None


def test_digits_are_those_of_scikit_learn() -> None:
    from sklearn.datasets import load_digits

    dataset, reference = read("digits"), load_digits()
    np.testing.assert_array_equal(np.rint(dataset.x[:, 0] / 255 * 16), reference.images)
    np.testing.assert_array_equal(dataset.labels, reference.target)
    assert dataset.x.max() == 255


def test_breast_cancer_is_that_of_scikit_learn() -> None:
    from sklearn.datasets import load_breast_cancer

    dataset, reference = read("breast-cancer"), load_breast_cancer()
    np.testing.assert_array_equal(dataset.x, reference.data)
    np.testing.assert_array_equal(dataset.labels, reference.target)
    assert dataset.feature_names == tuple(reference.feature_names)
    assert dataset.label_names == tuple(reference.target_names)


def test_patches_are_cut_from_the_photographs() -> None:
    from sklearn.datasets import load_sample_images

    china, flower = load_sample_images().images
    x = read("patches").x
    np.testing.assert_array_equal(x[0], np.moveaxis(china[:16, :16], 2, 0))
    np.testing.assert_array_equal(x[1], np.moveaxis(china[:16, 8:24], 2, 0))
    np.testing.assert_array_equal(x[4108], np.moveaxis(flower[:16, :16], 2, 0))


def test_loading_does_not_import_scikit_learn() -> None:
    # Importing it takes seconds on a cold disk.
    program = (
        "import sys; from aestudio.data.reading import read;"
        "[read(name) for name in ('digits', 'patches', 'breast-cancer')];"
        "sys.exit('sklearn' in sys.modules or 'torch' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_a_file_that_scikit_learn_no_longer_brings_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with pytest.raises(DataError, match="pip install"):
        bundled.bundled_file("data/no-such-file.csv")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(DataError, match="pip install"):
        bundled.bundled_file("data/digits.csv.gz")


# --- shapes ---------------------------------------------------------------------------------------


def test_every_combination_of_factors_is_drawn_once() -> None:
    known = factors()
    combinations = np.stack(list(known.values()), axis=1)
    expected = len(SHAPES) * len(SCALES) * len(ROTATIONS_DEG) * len(POSITIONS) ** 2
    assert combinations.shape == (expected, 5)
    assert len(np.unique(combinations, axis=0)) == expected


def test_no_two_sprites_are_equal() -> None:
    x = read("shapes").x
    assert len({sprite.tobytes() for sprite in x}) == len(x)


def test_the_middle_of_a_square_or_ellipse_is_where_the_factors_say() -> None:
    x, known = read("shapes").x[:, 0].astype(np.float64), factors()
    mass = x.sum(axis=(1, 2))
    symmetric = known["shape"] < 2
    for name, axis in (("x", 2), ("y", 1)):
        profile = x.sum(axis=3 - axis)
        centre = (profile * (np.arange(64) + 0.5)).sum(axis=1) / mass
        np.testing.assert_allclose(centre[symmetric], known[name][symmetric], atol=0.02)


def test_the_area_grows_with_the_square_of_the_scale() -> None:
    x, known = read("shapes").x, factors()
    area = x.sum(axis=(1, 2, 3), dtype=np.float64) / 255
    square = known["shape"] == 0
    # A square from -0.8 to 0.8 of the scale.
    np.testing.assert_allclose(area[square], (1.6 * known["scale"][square]) ** 2, rtol=0.04)
    ellipse = known["shape"] == 1
    np.testing.assert_allclose(area[ellipse], 0.6 * np.pi * known["scale"][ellipse] ** 2, rtol=0.02)


def test_no_sprite_is_cut_off() -> None:
    x = read("shapes").x
    assert not x[:, :, [0, -1]].any()
    assert not x[:, :, :, [0, -1]].any()


def test_labels_and_names_follow_the_factors() -> None:
    dataset, known = read("shapes"), factors()
    np.testing.assert_array_equal(dataset.labels, known["shape"])
    assert dataset.sample_names[0] == "square, scale 8, 0 degrees, at (17, 17)"
    assert dataset.sample_names[-1].startswith("heart, scale 14, 78.75 degrees")


def test_nobody_can_change_the_shapes_of_the_next_one() -> None:
    read("shapes").x[:] = 0
    assert read("shapes").x.any()


# --- options --------------------------------------------------------------------------------------


def test_samples_obey_the_options_too() -> None:
    assert read("digits", DataOptions(image_size=16, color="rgb")).shape == (3, 16, 16)
    flat = read("digits", DataOptions(kind="table"))
    assert (flat.kind, flat.shape) == (Kind.TABLE, (64,))
    assert flat.fingerprint != read("digits").fingerprint
    sequences = read("breast-cancer", DataOptions(kind="sequences"))
    assert (sequences.kind, sequences.shape) == (Kind.SEQUENCES, (30, 1))


def test_shapes_hand_over_their_factors() -> None:
    dataset = read("shapes")
    assert dataset.factors is not None
    assert dataset.factor_names == ("shape", "scale", "rotation", "x", "y")
    assert dataset.factors.shape == (3456, 5)
    assert [len(np.unique(column)) for column in dataset.factors.T] == [3, 4, 8, 6, 6]
    # Every combination occurs once.
    assert len(np.unique(dataset.factors, axis=0)) == 3456
    assert (dataset.factors[:, 0] == dataset.labels).all()
    assert (np.asarray(SCALES)[dataset.factors[:, 1]] == factors()["scale"]).all()
