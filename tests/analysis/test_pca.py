from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

import numpy as np
import pytest
from sklearn.decomposition import PCA

from aestudio.analysis import pca
from aestudio.analysis.one_hot import sparse_one_hot
from aestudio.analysis.pca import PcaBaseline

if TYPE_CHECKING:
    from pathlib import Path


def _samples(num: int, features: int, seed: int = 0) -> np.ndarray:
    """Correlated features with a decaying spectrum, away from the origin."""
    rng = np.random.default_rng(seed)
    mixing = rng.standard_normal((features, features)) / np.arange(1, features + 1)[:, None]
    return (rng.standard_normal((num, features)) @ mixing + 3.0).astype(np.float32)


def _reference(train: np.ndarray, test: np.ndarray, k: int) -> float:
    model = PCA(k, svd_solver="full").fit(train.astype(np.float64))
    difference = test - model.inverse_transform(model.transform(test.astype(np.float64)))
    return float(np.square(difference).sum(axis=1).mean())


@pytest.mark.parametrize(
    ("num", "features", "path"),
    [(500, 40, "covariance"), (60, 90, "inner products"), (400, 300, "subspace")],
)
@pytest.mark.parametrize("k", [1, 7, 30])
def test_the_error_equals_that_of_scikit_learn(
    num: int, features: int, path: str, k: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    if path != "covariance":
        monkeypatch.setattr(pca, "_EXACT_LIMIT", 70 if path == "inner products" else 50)
    samples = _samples(num + 50, features)
    train, test = samples[:num], samples[num:]
    found = PcaBaseline.fit(train, k).squared_error(test)
    tolerance = 5e-3 if path == "subspace" else 1e-4
    assert found == pytest.approx(_reference(train, test, k), rel=tolerance)


def test_blocks_give_what_one_array_gives() -> None:
    samples = _samples(300, 20)
    whole = PcaBaseline.fit(samples, 4)
    split = PcaBaseline.fit(lambda: np.array_split(samples, 7), 4)
    assert split.squared_error(lambda: np.array_split(samples, 3)) == pytest.approx(
        whole.squared_error(samples), rel=1e-5
    )


@pytest.mark.parametrize("shape", [(40, 5), (5, 40)])
def test_all_components_leave_no_error(shape: tuple[int, int]) -> None:
    samples = _samples(*shape)
    assert PcaBaseline.fit(samples, 64).squared_error(samples) < 1e-6


def test_constant_samples_have_no_error() -> None:
    samples = np.full((6, 10), 2.5, np.float32)
    assert PcaBaseline.fit(samples, 3).squared_error(samples) == pytest.approx(0.0, abs=1e-9)


def test_nothing_to_fit_is_an_error() -> None:
    with pytest.raises(ValueError, match="no samples"):
        PcaBaseline.fit(lambda: [], 2)


def _mnist(folder: Path, name: str) -> np.ndarray:
    raw = np.frombuffer(gzip.decompress((folder / name).read_bytes()), np.uint8, offset=16)
    return raw.reshape(-1, 784).astype(np.float32) / 255.0


@pytest.mark.slow
@pytest.mark.shared_data
def test_mnist_gives_the_published_errors(shared_data: Path) -> None:
    """Hinton and Salakhutdinov 2006 report 13.87 for 30 components on the 10,000 test digits."""
    train = _mnist(shared_data / "mnist", "train-images-idx3-ubyte.gz")
    test = _mnist(shared_data / "mnist", "t10k-images-idx3-ubyte.gz")
    full = PcaBaseline.fit(train, 30)
    two = PcaBaseline(full.mean, full.components[:2])
    assert full.squared_error(test) == pytest.approx(13.87, abs=0.01)
    assert two.squared_error(test) == pytest.approx(43.6, abs=0.1)


def test_sparse_symbols_give_the_components_of_the_same_numbers_written_out() -> None:
    rng = np.random.default_rng(0)
    # A few frequent symbols at each step, so that the leading components stand apart.
    tokens = np.minimum(rng.geometric(0.4, (300, 6)), 8) * np.array([1, 1, 1, 0, 1, 1])
    one_hot = sparse_one_hot(tokens, 9)
    dense = np.eye(9)[tokens].reshape(300, 54)
    np.testing.assert_array_equal(one_hot.toarray(), dense)
    expected = PcaBaseline.fit(dense, 3)
    found = PcaBaseline.fit_sparse(one_hot, 3)
    np.testing.assert_allclose(found.mean, expected.mean, atol=1e-6)
    best = expected.squared_error(dense)
    assert best <= found.squared_error(dense) < 1.01 * best
    assert found.components.shape == expected.components.shape
