"""How far each number of a code stands for one known factor of the data.

All four scores take codes and the factors that made the samples, and are 1 for a code whose numbers
are the factors. They disagree on what else they ask for, so they are best read together (Locatello
et al. 2019, https://arxiv.org/abs/1811.12359).

Shapes: N samples, L numbers of a code, F factors. Factors are (N, F) whole numbers that tell the
values of a factor apart. Factors that never vary are left out.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt
from sklearn.ensemble import RandomForestClassifier
from sklearn.tree import DecisionTreeClassifier

Codes = npt.NDArray[np.floating]
Factors = npt.NDArray[np.integer]

#: As many as the comparison by Locatello et al. 2019 used.
_NUM_BINS = 20
#: More samples than this change the third digit of a classifier's score, and take minutes.
_ENOUGH_SAMPLES = 6_000
#: A number that spreads less than this share of the most spread one has collapsed.
_COLLAPSED_SPREAD = 0.05


@dataclass(frozen=True, slots=True)
class Dci:
    """Each from 0 to 1: is a number about one factor, a factor in one number, and how well told."""

    disentanglement: float
    completeness: float
    informativeness: float


@dataclass(frozen=True, slots=True)
class DisentanglementScores:
    """All scores of one code; chance is 0 for all but the FactorVAE score, where it is about 1/F."""

    mig: float
    sap: float
    dci_disentanglement: float
    dci_completeness: float
    dci_informativeness: float
    factor_vae: float

    def to_json(self) -> dict[str, float]:
        return asdict(self)


def disentanglement_scores(
    codes_NL: Codes,
    factors_NF: Factors,
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> DisentanglementScores:
    """Return every score; ``seed`` decides halves, trees and votes.

    ``progress`` is called with (factors done, factors) before the forest of each, and may raise to
    end it.
    """
    dci = dci_scores(codes_NL, factors_NF, seed=seed, progress=progress)
    return DisentanglementScores(
        mig=mutual_information_gap(codes_NL, factors_NF),
        sap=separated_attribute_predictability(codes_NL, factors_NF, seed=seed),
        dci_disentanglement=dci.disentanglement,
        dci_completeness=dci.completeness,
        dci_informativeness=dci.informativeness,
        factor_vae=factor_vae_score(codes_NL, factors_NF, seed=seed),
    )


def mutual_information(codes_NL: Codes, factors_NF: Factors) -> npt.NDArray[np.float64]:
    """Return I(number; factor) in nats, (L, F), each number cut into 20 bins of equal width."""
    codes, factors = _checked(codes_NL, factors_NF)
    binned = np.stack([_binned(column) for column in codes.T], axis=1)
    return np.array([[_information(number, factor) for factor in factors.T] for number in binned.T])


def mutual_information_gap(codes_NL: Codes, factors_NF: Factors) -> float:
    """Return the MIG: how much more the best number knows of a factor than the second best does.

    In shares of the factor's entropy, averaged over factors (Chen et al. 2018, equation 6,
    https://arxiv.org/abs/1802.04942). A code of a single number has no second best, which counts 0.
    """
    _, factors = _checked(codes_NL, factors_NF)
    ranked = np.sort(mutual_information(codes_NL, factors_NF), axis=0)[::-1]
    second = ranked[1] if len(ranked) > 1 else np.zeros_like(ranked[0])
    entropies = np.array([_information(factor, factor) for factor in factors.T])
    return float(np.mean((ranked[0] - second) / entropies))


def separated_attribute_predictability(
    codes_NL: Codes, factors_NF: Factors, *, seed: int = 0
) -> float:
    """Return the SAP: how much better the best single number predicts a factor than the next does.

    A prediction puts one threshold between each two values of the factor, learned on one half of
    the samples and judged on the other by balanced accuracy (Kumar et al. 2018, section 3,
    https://arxiv.org/abs/1711.00848). Chance is taken off, so that a perfect code scores 1.
    """
    codes, factors = _checked(codes_NL, factors_NF)
    train, test = _halves(len(codes), seed)
    gaps = []
    for factor in factors.T:
        scores = sorted(
            (_by_thresholds(number, factor, train, test) for number in codes.T), reverse=True
        )
        gaps.append(scores[0] - (scores[1] if len(scores) > 1 else 0.0))
    return float(np.mean(gaps))


def dci_scores(
    codes_NL: Codes,
    factors_NF: Factors,
    *,
    seed: int = 0,
    progress: Callable[[int, int], None] | None = None,
) -> Dci:
    """Return disentanglement, completeness and informativeness.

    Each factor is predicted from the whole code by a random forest, whose importances say which
    numbers it used (Eastwood & Williams 2018, section 2,
    https://openreview.net/forum?id=By-7dz-AZ). Informativeness is the balanced accuracy on samples
    that the forest has not seen, with chance taken off.
    """
    codes, factors = _checked(codes_NL, factors_NF)
    train, test = _halves(len(codes), seed)
    importance_LF = np.zeros((codes.shape[1], factors.shape[1]))
    accuracies = []
    for index, factor in enumerate(factors.T):
        if progress is not None:
            progress(index, factors.shape[1])
        # Every split may choose among all numbers: offered a few only, a forest has to use
        # numbers that know nothing, and a perfect code would not score 1.
        forest = RandomForestClassifier(
            n_estimators=20, max_features=None, min_samples_leaf=3, random_state=seed
        )
        forest.fit(codes[train], factor[train])
        importance_LF[:, index] = forest.feature_importances_
        accuracies.append(_above_chance(factor[test], forest.predict(codes[test])))
    return Dci(
        disentanglement=_concentration(importance_LF),
        completeness=_concentration(importance_LF.T),
        informativeness=float(np.mean(accuracies)),
    )


def factor_vae_score(
    codes_NL: Codes,
    factors_NF: Factors,
    *,
    seed: int = 0,
    num_votes: int = 800,
    num_per_vote: int = 64,
) -> float:
    """Return how often the number that varies least tells which factor was held fixed.

    Each vote draws samples with one factor fixed and notes the number of the code with the least
    variance, relative to its variance over all samples; numbers that have collapsed do not vote. A
    majority classifier is learned from one set of votes and judged on another (Kim & Mnih 2018,
    section 3, https://arxiv.org/abs/1802.05983). Guessing gives about 1/F.
    """
    codes, factors = _checked(codes_NL, factors_NF)
    spread = codes.std(axis=0)
    active = spread > _COLLAPSED_SPREAD * spread.max()
    if not active.any():
        return 1.0 / int(factors.shape[1])
    scaled = codes[:, active] / spread[active]
    rng = np.random.default_rng(seed)
    rows_of = [
        [np.flatnonzero(factor == value) for value in np.unique(factor)] for factor in factors.T
    ]

    def votes() -> npt.NDArray[np.int64]:
        counts = np.zeros((scaled.shape[1], factors.shape[1]), dtype=np.int64)
        for fixed in rng.integers(factors.shape[1], size=num_votes):
            rows = rows_of[fixed][rng.integers(len(rows_of[fixed]))]
            drawn = scaled[rng.choice(rows, size=num_per_vote)]
            counts[np.argmin(drawn.var(axis=0)), fixed] += 1
        return counts

    decision = votes().argmax(axis=1)
    judged = votes()
    num_right = judged[np.arange(len(judged)), decision].sum()
    return float(num_right) / num_votes


def _checked(
    codes_NL: Codes, factors_NF: Factors
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.int64]]:
    codes, factors = np.asarray(codes_NL, np.float64), np.asarray(factors_NF)
    if codes.ndim != 2 or factors.ndim != 2 or len(codes) != len(factors):
        raise ValueError(f"codes {codes.shape} and factors {factors.shape} do not fit together")
    varying = (factors != factors[:1]).any(axis=0)
    if not varying.any():
        raise ValueError("no factor varies")
    return codes, factors[:, varying].astype(np.int64)


def _binned(values: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    edges = np.linspace(values.min(), values.max(), _NUM_BINS + 1)
    return np.digitize(values, edges[1:-1])


def _information(a: npt.NDArray[np.int64], b: npt.NDArray[np.int64]) -> float:
    """Return the mutual information of two columns of whole numbers, in nats."""
    _, a = np.unique(a, return_inverse=True)
    _, b = np.unique(b, return_inverse=True)
    joint = np.zeros((a.max() + 1, b.max() + 1))
    np.add.at(joint, (a, b), 1.0 / len(a))
    independent = joint.sum(axis=1, keepdims=True) * joint.sum(axis=0, keepdims=True)
    seen = joint > 0
    return float(np.sum(joint[seen] * np.log(joint[seen] / independent[seen])))


def _halves(num_samples: int, seed: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    order = np.random.default_rng(seed).permutation(num_samples)[:_ENOUGH_SAMPLES]
    return order[: len(order) // 2], order[len(order) // 2 :]


def _by_thresholds(
    number: npt.NDArray[np.float64],
    factor: npt.NDArray[np.int64],
    train: npt.NDArray[np.int64],
    test: npt.NDArray[np.int64],
) -> float:
    # A tree on one number with a leaf per value is a set of thresholds.
    tree = DecisionTreeClassifier(
        max_leaf_nodes=len(np.unique(factor)), class_weight="balanced", random_state=0
    )
    tree.fit(number[train, None], factor[train])
    return _above_chance(factor[test], tree.predict(number[test, None]))


def _above_chance(truth: npt.NDArray[np.int64], guess: npt.NDArray[np.int64]) -> float:
    """Return the balanced accuracy, 0 for guessing and 1 for always right."""
    num_values = len(np.unique(truth))
    if num_values < 2:
        return 0.0
    accuracy = np.mean([np.mean(guess[truth == value] == value) for value in np.unique(truth)])
    return max(0.0, (float(accuracy) - 1.0 / num_values) / (1.0 - 1.0 / num_values))


def _concentration(importance_RC: npt.NDArray[np.float64]) -> float:
    """Return 1 minus the entropy of each row in units of its largest, weighted by the row's sum."""
    num_columns = importance_RC.shape[1]
    total = importance_RC.sum()
    if total <= 0 or num_columns < 2:
        return 0.0
    sums = importance_RC.sum(axis=1, keepdims=True)
    shares = np.divide(importance_RC, sums, out=np.zeros_like(importance_RC), where=sums > 0)
    logs = np.log(shares, out=np.zeros_like(shares), where=shares > 0)
    rows = 1.0 + (shares * logs).sum(axis=1) / np.log(num_columns)
    return float((rows * sums[:, 0]).sum() / total)
