"""Each series in its own scale: shape stays, level and size go, and come back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.data.series.own_scale import OwnScale
from aestudio.errors import OptionError


@given(st.floats(-1e4, 1e4), st.floats(0.1, 1e4), st.integers(0, 99))
def test_level_and_size_go_and_come_back(level: float, size: float, seed: int) -> None:
    x = level + size * np.random.default_rng(seed).normal(size=(3, 50, 2))
    own = OwnScale.of(x)
    y = own.forward(x)
    assert np.allclose(y.mean(axis=1), 0, atol=1e-4)
    assert np.allclose(y.std(axis=1), 1, atol=1e-4)
    assert np.allclose(own.inverse(y), x, rtol=1e-5, atol=1e-5 * (abs(level) + size))


def test_constant_channels_and_missing_values() -> None:
    x = np.full((2, 4, 2), 7.0)
    x[0, :, 1] = [1.0, np.nan, 3.0, np.nan]
    x[1, :, 1] = np.nan
    y = OwnScale.of(x).forward(x)
    assert np.array_equal(y[:, :, 0], np.zeros((2, 4)))
    assert np.array_equal(y[0, :, 1], [-1.0, np.nan, 1.0, np.nan], equal_nan=True)
    assert np.isnan(y[1, :, 1]).all()


def test_windows_are_scaled_one_by_one(tmp_path: Path) -> None:
    x = np.arange(200.0) ** 2
    np.save(tmp_path / "x.npy", x)
    found = read(tmp_path / "x.npy", DataOptions(window=20, series_scale="own"))
    assert found.x.dtype == np.float32
    assert np.allclose(found.x.mean(axis=1), 0, atol=1e-5)
    assert np.allclose(found.x.std(axis=1), 1, atol=1e-5)
    assert any("mean 0 and spread 1" in finding.text for finding in found.findings)


def test_a_table_has_no_such_scale(tmp_path: Path) -> None:
    np.save(tmp_path / "x.npy", np.zeros((60, 3)))
    with pytest.raises(OptionError, match="only series"):
        read(tmp_path / "x.npy", DataOptions(series_scale="own"))
