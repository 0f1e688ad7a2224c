"""A flat map of codes, and the way back from a point on the map to a code.

Two numbers are drawn as they are. Longer codes are drawn in the plane of their two strongest
principal components (Pearson 1901, https://doi.org/10.1080/14786440109462720), turned so that the
map of one epoch continues the map of the epoch before instead of flipping over.

Shapes: N codes, L numbers per code, P points.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class PlaneProjection:
    """The plane ``center + point @ axes`` through the space of codes.

    ``axes`` (2, L) has orthonormal rows, except for codes of one number, whose second row is zero.
    ``explained`` is the share of the codes' variance that lies in the plane, from 0 to 1.
    """

    center: Floats
    axes: Floats
    explained: float
    #: The fitted codes on the map (N, 2), kept to align the next epoch's map with this one.
    points: Floats

    @classmethod
    def fit(cls, codes_NL: npt.ArrayLike, previous: Self | None = None) -> Self:
        """Find the plane of ``codes_NL``; rows that are not finite are left out of the fit.

        With ``previous`` the plane is turned (and mirrored where needed) so that the same rows stay
        as near as possible to where they were: the orthogonal Procrustes problem, Schoenemann 1966,
        https://doi.org/10.1007/BF02289451. Where the rows are not the same ones, axes are compared.
        """
        codes = np.asarray(codes_NL, dtype=np.float32)
        length = codes.shape[1]
        if length <= 2:
            axes = np.eye(2, length, dtype=np.float32)
            center32 = np.zeros(length, np.float32)
            return cls(center32, axes, 1.0, _onto_plane(codes, center32, axes).astype(np.float32))
        finite = codes[np.isfinite(codes).all(axis=1)].astype(np.float64)
        if not len(finite):
            finite = np.zeros((1, length))
        center = finite.mean(axis=0)
        axes64, explained = _principal_axes(finite - center)
        points = _onto_plane(codes, center, axes64)
        if previous is not None and previous.axes.shape == axes64.shape:
            turn = _alignment(points, axes64, previous)
            axes64, points = turn.T @ axes64, points @ turn
        return cls(
            center.astype(np.float32),
            axes64.astype(np.float32),
            explained,
            points.astype(np.float32),
        )

    @property
    def code_size(self) -> int:
        return int(self.axes.shape[1])

    @property
    def is_exact(self) -> bool:
        """Whether the map shows the whole code, nothing left out."""
        return self.code_size <= 2

    @property
    def axis_titles(self) -> tuple[str, str]:
        if self.code_size == 1:
            return "code 1", ""
        if self.code_size == 2:
            return "code 1", "code 2"
        return "component 1", "component 2"

    @property
    def caption(self) -> str:
        """What the map shows, in a few words, for its corner."""
        if self.is_exact:
            return " / ".join(title for title in self.axis_titles if title)
        return f"PCA of {self.code_size} numbers, {100 * self.explained:.0f} % of variance"

    def to_plane(self, codes_NL: npt.ArrayLike) -> Floats:
        """(N, L) codes -> (N, 2) points."""
        codes = np.asarray(codes_NL, dtype=np.float32)
        return _onto_plane(codes, self.center, self.axes).astype(np.float32)

    def to_codes(self, points_P2: npt.ArrayLike) -> Floats:
        """(P, 2) points -> the (P, L) codes in the plane that are drawn there."""
        points = np.asarray(points_P2, dtype=np.float32)
        return np.asarray(self.center + points @ self.axes, dtype=np.float32)


def _onto_plane(
    codes_NL: npt.NDArray[np.floating],
    center_L: npt.NDArray[np.floating],
    axes_2L: npt.NDArray[np.floating],
) -> npt.NDArray[np.float64]:
    """Coordinates (N, 2) in the plane; codes that are not finite get points that are not either."""
    with np.errstate(invalid="ignore"):
        return np.asarray((codes_NL - center_L) @ axes_2L.T, dtype=np.float64)


def _principal_axes(centered_NL: npt.NDArray[np.float64]) -> tuple[npt.NDArray[np.float64], float]:
    """Find the two strongest directions (2, L) and the share of the variance in their plane."""
    count, length = centered_NL.shape
    # The smaller of the two square matrices has the same nonzero spectrum and is cheaper.
    if length <= count:
        values, vectors = np.linalg.eigh(centered_NL.T @ centered_NL)
        axes = vectors[:, ::-1][:, :2].T
    else:
        values, vectors = np.linalg.eigh(centered_NL @ centered_NL.T)
        axes = vectors[:, ::-1][:, :2].T @ centered_NL
    axes = _orthonormal(axes, length)
    # The sign of an eigenvector is arbitrary; the largest entry made positive makes it repeatable.
    largest = np.abs(axes).argmax(axis=1)
    axes = axes * np.where(axes[np.arange(2), largest] < 0, -1.0, 1.0)[:, None]
    total = float(values.clip(min=0).sum())
    captured = float(np.square(centered_NL @ axes.T).sum())
    return axes, captured / total if total > 0 else 1.0


def _orthonormal(rows: npt.NDArray[np.float64], length: int) -> npt.NDArray[np.float64]:
    """Two orthonormal rows spanning ``rows``, completed where the codes lie on a line or a point."""
    basis: list[npt.NDArray[np.float64]] = []
    scale = max(1.0, float(np.abs(rows).max(initial=0.0)))
    for candidate in [*rows, *np.eye(min(length, 3), length)]:
        rest = candidate.copy()
        for unit in basis:
            rest -= (rest @ unit) * unit
        norm = float(np.linalg.norm(rest))
        if norm > 1e-9 * scale:
            basis.append(rest / norm)
        if len(basis) == 2:
            break
    return np.stack(basis)


def _alignment(
    points_N2: npt.NDArray[np.float64], axes_2L: npt.NDArray[np.float64], previous: PlaneProjection
) -> npt.NDArray[np.float64]:
    """Find the orthogonal (2, 2) matrix that brings the new points nearest to the previous ones."""
    if points_N2.shape == previous.points.shape:
        usable = np.isfinite(points_N2).all(axis=1) & np.isfinite(previous.points).all(axis=1)
        now, before = points_N2[usable], previous.points[usable].astype(np.float64)
        cross = now.T @ (before - before.mean(axis=0)) if len(now) else np.eye(2)
    else:
        cross = axes_2L @ previous.axes.T.astype(np.float64)
    left, _, right = np.linalg.svd(cross)
    return np.asarray(left @ right, dtype=np.float64)
