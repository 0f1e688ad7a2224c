import math

import numpy as np
import pytest

from aestudio.analysis.posterior import examine_posterior


def clouds(spreads: list[float], count: int = 2000) -> tuple[np.ndarray, np.ndarray]:
    """Means with the given standard deviations; the clouds are as wide as makes them fill N(0, 1)."""
    means = np.random.default_rng(0).standard_normal((count, len(spreads))) * spreads
    log_variance = np.log(np.maximum(1 - np.square(spreads), 1e-3))
    return means.astype(np.float32), np.broadcast_to(log_variance, means.shape).astype(np.float32)


def test_the_divergence_per_number_is_the_published_one() -> None:
    report = examine_posterior(np.ones((3, 10)), np.ones((3, 10)))
    assert report.kl == pytest.approx([(math.e - 1) / 2] * 10)
    assert round(float(report.kl.sum()), 2) == 8.59


def test_numbers_are_active_where_means_vary_and_are_ordered_by_what_they_carry() -> None:
    report = examine_posterior(*clouds([0.05, 0.99, 0.0, 0.6]))
    assert report.is_active.tolist() == [False, True, False, True]
    assert report.num_active == 2
    assert report.by_importance.tolist()[:2] == [1, 3]
    # Clouds that fill the prior carry -1/2 log(1 - spread^2) nats each.
    assert report.kl[3] == pytest.approx(-0.5 * math.log(1 - 0.36), rel=0.1)
    assert report.collapse == "none"
    assert "2 of 4" in report.sentence


@pytest.mark.parametrize(
    ("spreads", "collapse"),
    [([0.0, 0.0, 0.0], "whole"), ([0.9, 0.0, 0.0], "partial"), ([0.9, 0.9, 0.0], "none")],
)
def test_a_collapse_is_told_with_what_to_try(spreads: list[float], collapse: str) -> None:
    report = examine_posterior(*clouds(spreads))
    assert report.collapse == collapse
    assert ("beta" in report.sentence) is (collapse != "none")


def test_a_mean_beside_zero_that_never_varies_is_not_active() -> None:
    report = examine_posterior(np.full((50, 1), 3.0), np.zeros((50, 1)))
    assert report.kl[0] == pytest.approx(4.5)
    assert report.collapse == "whole"
