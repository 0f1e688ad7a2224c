from __future__ import annotations

import numpy as np
import pytest

from aestudio.analysis.image_quality import HIGHEST_PSNR_DB, psnr_db, ssim


def _direct_ssim(a: np.ndarray, b: np.ndarray, data_range: float, side: int) -> float:
    """The paper's formula, window by window, with nothing shared with the module."""
    offsets = np.arange(side) - side // 2
    weights = np.exp(-(offsets[:, None] ** 2 + offsets[None, :] ** 2) / (2 * 1.5**2))
    weights /= weights.sum()
    c1, c2 = (0.01 * data_range) ** 2, (0.03 * data_range) ** 2
    found = []
    for channel_a, channel_b in zip(a, b, strict=True):
        for top in range(a.shape[1] - side + 1):
            for left in range(a.shape[2] - side + 1):
                x = channel_a[top : top + side, left : left + side]
                y = channel_b[top : top + side, left : left + side]
                mx, my = (weights * x).sum(), (weights * y).sum()
                vx, vy = (weights * (x - mx) ** 2).sum(), (weights * (y - my) ** 2).sum()
                cov = (weights * (x - mx) * (y - my)).sum()
                found.append(
                    (2 * mx * my + c1) * (2 * cov + c2) / ((mx**2 + my**2 + c1) * (vx + vy + c2))
                )
    return float(np.mean(found))


@pytest.mark.parametrize(
    ("shape", "side"), [((1, 28, 28), 11), ((3, 16, 13), 11), ((1, 8, 8), 7), ((4, 3, 20), 3)]
)
def test_ssim_equals_the_formula_written_out(shape: tuple[int, int, int], side: int) -> None:
    rng = np.random.default_rng(0)
    a = rng.uniform(0, 255, (3, *shape))
    b = (0.7 * a + 0.3 * rng.uniform(0, 255, a.shape)).round()
    expected = [_direct_ssim(x, y, 255.0, side) for x, y in zip(a, b, strict=True)]
    np.testing.assert_allclose(ssim(a, b, 255.0), expected, rtol=1e-9)


def test_identical_pictures_reach_the_top() -> None:
    a = np.random.default_rng(0).integers(0, 256, (2, 3, 20, 20)).astype(np.uint8)
    np.testing.assert_allclose(ssim(a, a, 255.0), 1.0)
    np.testing.assert_array_equal(psnr_db(a, a, 255.0), HIGHEST_PSNR_DB)


def test_constant_pictures_have_a_closed_form() -> None:
    # Without variance only the luminance factor is left: (2ab + c1) / (a^2 + b^2 + c1).
    a, b = np.full((1, 1, 16, 16), 0.2), np.full((1, 1, 16, 16), 0.6)
    expected = (2 * 0.12 + 1e-4) / (0.04 + 0.36 + 1e-4)
    np.testing.assert_allclose(ssim(a, b, 1.0), expected, rtol=1e-9)


def test_psnr_has_a_closed_form() -> None:
    a = np.zeros((2, 1, 4, 4))
    b = np.stack([np.full((1, 4, 4), 0.1), np.full((1, 4, 4), 1.0)])
    np.testing.assert_allclose(psnr_db(a, b, 1.0), [20.0, 0.0], atol=1e-9)


def test_unsigned_pictures_do_not_wrap_around() -> None:
    a, b = np.zeros((1, 1, 2, 2), np.uint8), np.full((1, 1, 2, 2), 255, np.uint8)
    np.testing.assert_allclose(psnr_db(a, b, 255.0), 0.0, atol=1e-9)


def test_one_pixel_is_enough() -> None:
    a = np.full((1, 1, 1, 1), 0.5)
    np.testing.assert_allclose(ssim(a, a, 1.0), 1.0)
