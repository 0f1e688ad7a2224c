from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import mutual_info_score

from aestudio.analysis.disentanglement import (
    dci_scores,
    disentanglement_scores,
    factor_vae_score,
    mutual_information,
    mutual_information_gap,
    separated_attribute_predictability,
)
from aestudio.data.samples.shapes import load

FACTORS = load().factors


def _rotation(size: int) -> np.ndarray:
    """An orthogonal matrix in which no entry stands out: a reflection at the main diagonal."""
    return np.eye(size) - 2 / size


def _standardised() -> np.ndarray:
    return (FACTORS - FACTORS.mean(axis=0)) / FACTORS.std(axis=0)


def test_a_code_that_is_the_factors_scores_one() -> None:
    scores = disentanglement_scores(_standardised()[:, ::-1], FACTORS)
    assert all(value > 0.95 for value in scores.to_json().values()), scores


def test_numbers_that_know_nothing_do_not_spoil_a_perfect_code() -> None:
    noise = np.random.default_rng(0).standard_normal((len(FACTORS), 5))
    scores = disentanglement_scores(np.hstack([_standardised(), noise]), FACTORS)
    assert all(value > 0.9 for value in scores.to_json().values()), scores


def test_a_rotated_mixture_of_the_factors_scores_low() -> None:
    scores = disentanglement_scores(_standardised() @ _rotation(5), FACTORS)
    assert scores.mig < 0.15
    assert scores.sap < 0.15
    assert scores.dci_disentanglement < 0.1
    assert scores.factor_vae < 0.75


def test_a_random_code_scores_near_chance() -> None:
    codes = np.random.default_rng(1).standard_normal((len(FACTORS), 10))
    scores = disentanglement_scores(codes, FACTORS)
    assert scores.mig < 0.02
    assert scores.sap < 0.05
    assert scores.dci_disentanglement < 0.1
    assert scores.dci_completeness < 0.1
    assert scores.dci_informativeness < 0.1
    assert scores.factor_vae < 0.35


def test_mutual_information_equals_that_of_scikit_learn() -> None:
    rng = np.random.default_rng(2)
    codes = FACTORS[:, :3] + rng.standard_normal((len(FACTORS), 3))
    found = mutual_information(codes, FACTORS)
    for number, column in enumerate(codes.T):
        edges = np.histogram_bin_edges(column, 20)
        binned = np.digitize(column, edges[1:-1])
        for factor in range(FACTORS.shape[1]):
            expected = mutual_info_score(binned, FACTORS[:, factor])
            assert found[number, factor] == pytest.approx(expected, abs=1e-12)


def test_a_factor_in_two_numbers_has_no_gap_but_two_disentangled_numbers() -> None:
    factor = FACTORS[:, 3:4].astype(float)
    codes, factors = np.hstack([factor, factor, FACTORS[:, 4:]]), FACTORS[:, 3:]
    # The second factor has a number of its own, the first has two: half of the gaps is left.
    assert mutual_information_gap(codes, factors) == pytest.approx(0.5, abs=0.01)
    assert separated_attribute_predictability(codes, factors) == pytest.approx(0.5, abs=0.05)
    assert dci_scores(codes, factors).disentanglement > 0.95
    assert dci_scores(codes, factors).completeness < 0.95


def test_factors_that_never_vary_are_left_out() -> None:
    constant = np.hstack([FACTORS, np.ones((len(FACTORS), 1), np.int64)])
    assert mutual_information_gap(FACTORS, constant) == mutual_information_gap(FACTORS, FACTORS)
    with pytest.raises(ValueError, match="no factor varies"):
        mutual_information_gap(FACTORS, np.ones((len(FACTORS), 1), np.int64))


def test_a_constant_code_says_nothing() -> None:
    codes = np.zeros((len(FACTORS), 3))
    assert mutual_information_gap(codes, FACTORS) == 0.0
    assert factor_vae_score(codes, FACTORS) == pytest.approx(0.2)
    assert dci_scores(codes, FACTORS).disentanglement == 0.0


def test_codes_and_factors_have_to_be_of_the_same_samples() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        mutual_information_gap(np.zeros((4, 2)), FACTORS)
