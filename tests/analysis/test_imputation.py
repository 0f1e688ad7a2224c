"""Filling in by rounds: exact where the truth follows from what is there."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from aestudio.analysis.imputation import check_filling, hide, rounds

Floats = npt.NDArray[np.float32]

#: Three columns that are one number: the second twice, the third minus the first.
DIRECTION = np.array([1.0, 2.0, -1.0], np.float32) / np.sqrt(6.0, dtype=np.float32)
TRUTH = np.outer(np.linspace(-2, 2, 40), DIRECTION).astype(np.float32)


def project(x: Floats) -> Floats:
    """What PCA with one component gives."""
    return np.outer(x @ DIRECTION, DIRECTION).astype(np.float32)


def test_rounds_come_to_the_only_values_that_fit() -> None:
    present = np.ones(TRUTH.shape, np.bool_)
    present[::2, 0] = False
    *_, last = rounds(project, np.where(present, TRUTH, 0.0), present, 60)
    np.testing.assert_allclose(last, TRUTH, atol=1e-4)
    np.testing.assert_array_equal(last[present], TRUTH[present])


def test_the_check_is_of_the_hidden_values_alone() -> None:
    everything = np.ones(TRUTH.shape, np.bool_)
    remaining = hide(everything, 0.3, seed=0)
    check = check_filling(project, TRUTH, ~remaining, remaining, np.zeros(3, np.float32))
    assert check is not None
    assert check.num_samples == 40
    assert check.num_hidden == (~remaining).sum()
    start = np.where(remaining, TRUTH, 0.0)
    assert check.error_of_means == pytest.approx(np.sqrt(np.square(TRUTH[~remaining]).mean()))
    errors = [
        np.sqrt(np.square(after - TRUTH)[~remaining].mean())
        for after in rounds(project, start, remaining)
    ]
    assert check.num_rounds == np.argmin(errors) + 1
    assert check.error == pytest.approx(min(errors), rel=1e-5)
    assert check.gain_percent == pytest.approx(100 * (1 - min(errors) / check.error_of_means))
    of_means = np.where(remaining, 0.0, np.square(TRUTH)).sum(axis=0)
    np.testing.assert_allclose(check.squares_of_means, of_means, rtol=1e-5)
    assert check.squares.sum() == pytest.approx(min(errors) ** 2 * check.num_hidden, rel=1e-5)


def test_nothing_hidden_is_nothing_checked() -> None:
    everything = np.ones(TRUTH.shape, np.bool_)
    assert check_filling(project, TRUTH, ~everything, everything, DIRECTION) is None


def test_what_is_hidden_depends_on_the_seed_and_was_there() -> None:
    present = np.random.default_rng(0).random((200, 50)) < 0.7
    stays = hide(present, 0.2, seed=3)
    np.testing.assert_array_equal(stays, hide(present, 0.2, seed=3))
    assert not (stays & ~present).any()
    assert (stays.sum() / present.sum()) == pytest.approx(0.8, abs=0.02)
    assert (stays != hide(present, 0.2, seed=4)).any()
