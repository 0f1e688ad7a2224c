"""The best linear autoencoder, as the yardstick for every other one.

Principal component analysis with k components has the lowest squared error of all linear maps
through k numbers (Baldi and Hornik 1989, https://doi.org/10.1016/0893-6080(89)90014-2). An
autoencoder with the same code size should do better; if it does not, training has not finished.

Shapes: N samples, D features, k components.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy import sparse

Doubles = npt.NDArray[np.float64]
#: Samples in blocks (n, D); called again for every pass over the data.
Blocks = Callable[[], Iterable[npt.NDArray[np.generic]]]

#: Up to this many features, or samples, the full eigendecomposition takes a second or two.
_EXACT_LIMIT = 2048
#: Values of the centred data that may be in memory at once in double precision (1 GB).
_MEMORY_VALUES = 2**27
_BLOCK_VALUES = 2**24
_OVERSAMPLING = 16
_MAX_PASSES = 40


@dataclass(frozen=True, slots=True, eq=False)
class PcaBaseline:
    """Mean (D,) and orthonormal components (k, D) of the training samples."""

    mean: npt.NDArray[np.float32]
    components: npt.NDArray[np.float32]

    @classmethod
    def fit(cls, train_ND: npt.NDArray[np.generic] | Blocks, k: int) -> Self:
        """Fit k components; samples come as one array, or as blocks for data larger than memory.

        Exact (an eigendecomposition of the covariance, or of the inner products where samples are
        fewer than features) unless both numbers exceed 2048 or memory forbids it; then subspace iteration, continued
        until the captured variance changes by less than one part in 10,000 (Halko, Martinsson and
        Tropp 2011, algorithm 4.4, https://doi.org/10.1137/090771806).
        """
        blocks = train_ND if callable(train_ND) else _blocks_of(train_ND)
        mean, count = _mean(blocks)
        k = min(k, len(mean), max(1, count))
        if len(mean) <= _EXACT_LIMIT:
            components = _from_covariance(blocks, mean, k)
        elif count <= _EXACT_LIMIT and count * len(mean) <= _MEMORY_VALUES:
            components = _from_inner_products(blocks, mean, k)
        else:
            components = _by_subspace_iteration(_products_of(blocks, mean), len(mean), k)
        return cls(mean.astype(np.float32), components.astype(np.float32))

    @classmethod
    def fit_sparse(cls, train_ND: sparse.csr_array, k: int) -> Self:
        """Fit k components to samples that are mostly zeros, such as one-hot symbols of many.

        By subspace iteration, in which the zeros are never written out.
        """
        count, num_features = train_ND.shape
        mean = np.asarray(train_ND.sum(axis=0), np.float64).ravel() / count

        def scatter_times(basis: Doubles) -> Doubles:
            # What is centred sums to zero, so that the mean needs to be taken off on one side only.
            coordinates = train_ND @ basis - mean @ basis
            return np.asarray(train_ND.T @ coordinates)

        components = _by_subspace_iteration(scatter_times, num_features, min(k, count))
        return cls(mean.astype(np.float32), components.astype(np.float32))

    def reconstruct(self, x_ND: npt.NDArray[np.generic]) -> npt.NDArray[np.float32]:
        centered = x_ND.astype(np.float32) - self.mean
        return np.asarray(centered @ self.components.T @ self.components + self.mean)

    def squared_error(self, test_ND: npt.NDArray[np.generic] | Blocks) -> float:
        """Squared difference summed over features, averaged over samples."""
        blocks = test_ND if callable(test_ND) else _blocks_of(test_ND)
        total, count = 0.0, 0
        for block in blocks():
            difference = block.astype(np.float32) - self.reconstruct(block)
            total += float(np.square(difference, dtype=np.float64).sum())
            count += len(block)
        return total / max(1, count)


def _blocks_of(samples_ND: npt.NDArray[np.generic]) -> Blocks:
    step = max(1, _BLOCK_VALUES // max(1, samples_ND.shape[1]))
    return lambda: (samples_ND[start : start + step] for start in range(0, len(samples_ND), step))


def _mean(blocks: Blocks) -> tuple[npt.NDArray[np.float64], int]:
    total: npt.NDArray[np.float64] | None = None
    count = 0
    for block in blocks():
        summed = block.sum(axis=0, dtype=np.float64)
        total = summed if total is None else total + summed
        count += len(block)
    if total is None:
        raise ValueError("there are no samples to fit")
    return total / count, count


def _from_covariance(
    blocks: Blocks, mean: npt.NDArray[np.float64], k: int
) -> npt.NDArray[np.float64]:
    scatter = np.zeros((len(mean), len(mean)))
    shift = mean.astype(np.float32)
    for block in blocks():
        # Centred first: single precision then loses nothing that matters, at twice the speed.
        centered = block.astype(np.float32) - shift
        scatter += centered.T @ centered
    _, vectors = np.linalg.eigh(scatter)
    return np.asarray(vectors[:, ::-1][:, :k].T)


def _from_inner_products(
    blocks: Blocks, mean: npt.NDArray[np.float64], k: int
) -> npt.NDArray[np.float64]:
    centered = np.concatenate([block.astype(np.float64) - mean for block in blocks()])
    values, vectors = np.linalg.eigh(centered @ centered.T)
    # Directions without variance have no defined component; they would only carry rounding noise.
    usable = values[::-1][:k] > 1e-10 * max(float(values[-1]), 1e-300)
    directions = vectors[:, ::-1][:, :k][:, usable].T @ centered
    return np.asarray(directions / np.linalg.norm(directions, axis=1, keepdims=True))


def _products_of(blocks: Blocks, mean: Doubles) -> Callable[[Doubles], Doubles]:
    """Return what multiplies the scatter matrix of the samples with a basis (D, w)."""
    shift = mean.astype(np.float32)

    def scatter_times(basis: Doubles) -> Doubles:
        image = np.zeros_like(basis)
        for block in blocks():
            centered = block.astype(np.float32) - shift
            image += centered.T @ (centered @ basis.astype(np.float32))
        return image

    return scatter_times


def _by_subspace_iteration(
    scatter_times: Callable[[Doubles], Doubles], num_features: int, k: int
) -> Doubles:
    width = min(num_features, k + _OVERSAMPLING)
    basis = np.linalg.qr(np.random.default_rng(0).standard_normal((num_features, width)))[0]
    captured = 0.0
    for _ in range(_MAX_PASSES):
        image = scatter_times(basis)
        values, turn = np.linalg.eigh(basis.T @ image)
        before, captured = captured, float(values[::-1][:k].sum())
        if captured - before < 1e-4 * captured:
            break
        basis = np.linalg.qr(image)[0]
    return np.asarray((basis @ turn[:, ::-1][:, :k]).T)
