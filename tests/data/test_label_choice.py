"""The samples of one class, and no others."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.label_choice import with_one_label
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import OptionError


def _table(labels: list[int]) -> Dataset:
    return Dataset(
        name="table",
        kind=Kind.TABLE,
        x=np.arange(2.0 * len(labels)).reshape(-1, 2),
        labels=np.array(labels),
        label_names=("cat", "dog"),
        sample_names=tuple(f"sample {row}" for row in range(len(labels))),
        source="table",
    )


def test_only_samples_of_that_class_are_read() -> None:
    whole = read("digits")
    chosen = read("digits", DataOptions(only_label="3"))
    assert whole.labels is not None
    assert chosen.labels is not None
    assert (chosen.x == whole.x[whole.labels == 3]).all()
    assert (chosen.labels == 3).all()
    assert chosen.label_names == whole.label_names
    assert chosen.fingerprint != whole.fingerprint


def test_names_factors_and_test_part_follow() -> None:
    shapes = read("shapes", DataOptions(only_label="heart"))
    assert shapes.factors is not None
    assert len(shapes.factors) == len(shapes.sample_names) == shapes.num_samples == 1152
    assert (shapes.factors[:, 0] == 2).all()
    assert all(name.startswith("heart") for name in shapes.sample_names)


def test_the_test_part_is_chosen_from_too() -> None:
    whole = replace(_table([0, 1, 0, -1]), test=_table([1, 0]))
    chosen = with_one_label(whole, "dog")
    assert chosen.sample_names == ("sample 1",)
    assert chosen.test is not None
    assert chosen.test.x.tolist() == [[0.0, 1.0]]
    assert with_one_label(replace(whole, test=_table([0])), "dog").test is None
    assert with_one_label(whole, "") is whole


def test_another_known_factor_becomes_the_label() -> None:
    usual = read("shapes")
    scales = read("shapes", DataOptions(label_field="scale"))
    assert usual.label_fields == ("shape", "scale", "rotation", "x", "y")
    assert scales.labels is not None
    assert scales.factors is not None
    np.testing.assert_array_equal(scales.labels, scales.factors[:, 1])
    assert scales.label_names[0] == "scale 1"
    assert len(scales.label_names) == len(np.unique(scales.labels))
    one = read("shapes", DataOptions(label_field="scale", only_label="scale 2"))
    assert one.factors is not None
    assert (one.factors[:, 1] == 1).all()


def test_a_label_field_that_nobody_knows_is_refused() -> None:
    with pytest.raises(OptionError, match=r"data\.label_field: no label field.*'scale'"):
        read("shapes", DataOptions(label_field="scales"))
    with pytest.raises(OptionError, match="has no other labels"):
        read("digits", DataOptions(label_field="colour"))


def test_a_label_that_does_not_occur_is_said() -> None:
    with pytest.raises(OptionError, match=r"data\.only_label: no sample is labelled 'dug'.*'dog'"):
        with_one_label(_table([0, 1]), "dug")
    with pytest.raises(OptionError, match="there are no labels"):
        with_one_label(Dataset(name="t", kind=Kind.TABLE, x=np.ones((3, 2)), source="t"), "dog")
