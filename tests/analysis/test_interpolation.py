from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.analysis.interpolation import interpolate
from aestudio.errors import OptionError

_codes = st.lists(st.floats(-50, 50, width=32), min_size=3, max_size=3).map(np.array)


@given(a=_codes, b=_codes, method=st.sampled_from(["linear", "slerp"]), steps=st.integers(2, 20))
def test_ends_are_exact_and_all_codes_finite(a, b, method, steps) -> None:
    path = interpolate(a, b, steps, method)
    assert path.shape == (steps, 3)
    np.testing.assert_array_equal(path[0], a.astype(np.float32))
    np.testing.assert_array_equal(path[-1], b.astype(np.float32))
    assert np.isfinite(path).all()


def test_the_line_has_equal_steps() -> None:
    np.testing.assert_allclose(
        interpolate([0.0, 0.0], [4.0, -2.0], 5), [[0, 0], [1, -0.5], [2, -1], [3, -1.5], [4, -2]]
    )


def test_the_arc_keeps_the_radius_and_turns_evenly() -> None:
    a = np.array([3.0, 0.0, 0.0])
    b = 3.0 * np.array([np.cos(2.0), np.sin(2.0), 0.0])
    path = interpolate(a, b, 9, "slerp").astype(np.float64)
    np.testing.assert_allclose(np.linalg.norm(path, axis=1), 3.0, rtol=1e-6)
    angles = np.arctan2(path[:, 1], path[:, 0])
    np.testing.assert_allclose(np.diff(angles), 2.0 / 8, rtol=1e-5)


def test_the_arc_is_symmetric() -> None:
    a, b = np.array([1.0, 2.0, -1.0]), np.array([-2.0, 0.5, 1.0])
    forward, backward = interpolate(a, b, 7, "slerp"), interpolate(b, a, 7, "slerp")
    np.testing.assert_allclose(forward, backward[::-1], atol=1e-6)


@pytest.mark.parametrize("b", [[2.0, 4.0], [-1.0, -2.0], [0.0, 0.0]], ids=["same", "opposite", "0"])
def test_the_arc_falls_back_to_the_line(b: list[float]) -> None:
    a = [1.0, 2.0]
    np.testing.assert_allclose(interpolate(a, b, 5, "slerp"), interpolate(a, b, 5), atol=1e-6)


@pytest.mark.parametrize(("b", "steps", "subject"), [([1.0], 5, "codes"), ([1.0, 2.0], 1, "steps")])
def test_impossible_paths_are_refused(b: list[float], steps: int, subject: str) -> None:
    with pytest.raises(OptionError) as caught:
        interpolate([0.0, 0.0], b, steps)
    assert caught.value.subject == subject
    assert caught.value.next_step
