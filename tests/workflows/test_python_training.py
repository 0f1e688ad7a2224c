"""Training from a program, on what it holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import aestudio
from aestudio.errors import OptionError

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
