"""Training from a program, on what it holds."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import torch

import aestudio
from aestudio.errors import DivergedError, OptionError
from aestudio.workflows.datasets.inspection import DataReport

FAST = {"network.code_size": 2, "training.epochs": 2}


def test_a_dataset_is_trained_on_and_the_run_can_be_opened(tmp_path: Path) -> None:
    x = np.random.default_rng(0).normal(size=(200, 6)).astype(np.float32)
    model = aestudio.train(aestudio.dataset_from(x), tmp_path / "run", FAST)
    codes = model.encode(x)
    assert codes.shape == (200, 2)
    np.testing.assert_array_equal(aestudio.load(tmp_path / "run").encode(x), codes)


def test_a_path_is_trained_on(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=(80, 3)))
    settings = {**FAST, "autoencoder.type": "variational"}
    assert aestudio.train(tmp_path / "x.npy", tmp_path / "run", settings).encode(
        np.zeros((1, 3))
    ).shape == (1, 2)


def test_an_unknown_setting_is_refused(tmp_path: Path) -> None:
    with pytest.raises(OptionError):
        aestudio.train("digits", tmp_path / "run", {"network.code_sice": 2})
    assert not (tmp_path / "run").exists()


def test_a_training_that_diverges_says_so(tmp_path: Path) -> None:
    # The square of such a number is beyond the range of 32 bits, so the first loss is infinite.
    giants = np.full((60, 4), 1e25) * np.arange(1, 61)[:, None]
    with pytest.raises(DivergedError):
        aestudio.train(
            aestudio.dataset_from(giants), tmp_path / "run", {"preprocess.scaling": "none"}
        )


IMAGES = np.random.default_rng(0).integers(0, 256, (60, 8, 9)).astype(np.uint8)
TABLE = np.random.default_rng(0).normal(size=(60, 3))
LABELS = np.arange(60) % 2
FRAME = pd.DataFrame(TABLE, columns=["a", "b", "c"]).mask(lambda x: x > 2).assign(species=LABELS)


@pytest.mark.parametrize(
    ("given", "labels", "kind", "shape"),
    [
        (IMAGES, LABELS, "images", [1, 8, 9]),
        ({"x": TABLE, "y": LABELS}, None, "table", [3]),
        (FRAME, "species", "table", [3]),
        (torch.from_numpy(TABLE).float(), LABELS, "table", [3]),
        (
            torch.utils.data.TensorDataset(torch.from_numpy(IMAGES), torch.from_numpy(LABELS)),
            None,
            "images",
            [1, 8, 9],
        ),
    ],
    ids=["array", "arrays by name", "pandas", "tensor", "torch data set"],
)
def test_what_a_program_holds_is_told_of_and_trained_on(
    given: Any, labels: Any, kind: str, shape: list[int], tmp_path: Path
) -> None:
    dataset = aestudio.dataset_from(given, labels)
    told = DataReport(dataset).to_json()
    assert (told["kind"], told["shape"], told["num_samples"]) == (kind, shape, 60)
    assert told["label_counts"] == {"0": 30, "1": 30}
    missing = np.mean(TABLE > 2) if given is FRAME else 0
    assert told["missing_share"] == pytest.approx(missing)
    assert bool(told["findings"]) == (given is FRAME)
    model = aestudio.train(dataset, tmp_path / "run", FAST)
    assert model.reconstruct(dataset.x).shape == (60, *shape)
