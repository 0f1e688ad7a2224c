"""The one-page summary shows what there is, and bears what there is not."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aestudio.analysis.palette import OKABE_ITO
from aestudio.export.page import PageContent, draw_page, write_page

EPOCHS = np.arange(1.0, 21.0)
PICTURES = np.random.default_rng(0).integers(0, 256, (20, 8, 8, 3)).astype(np.uint8)
CONTENT = PageContent(
    title="digits",
    facts=("1,797 images", "code of 2"),
    train={"loss": (EPOCHS, 30 / EPOCHS), "kl": (EPOCHS, EPOCHS)},
    validation={"loss": (EPOCHS, 31 / EPOCHS)},
    originals=PICTURES,
    reconstructions=PICTURES[::-1],
    map_points=np.random.default_rng(1).normal(size=(300, 2)),
    map_labels=np.arange(300) % 4 - 1,
    label_names=("zero", "one", "two"),
    map_caption="code 1 / code 2",
    walk=PICTURES,
)


def has_color(page: np.ndarray, color: tuple[int, int, int]) -> bool:
    return bool((page == np.array(color, np.uint8)).all(axis=-1).any())


def test_a_full_page_has_every_part(tmp_path: Path) -> None:
    write_page(tmp_path / "page.png", CONTENT)
    with Image.open(tmp_path / "page.png") as image:
        page = np.asarray(image)
    assert page.shape[1] == 1600
    assert page.shape == draw_page(CONTENT).shape
    for color in OKABE_ITO[:3]:
        assert has_color(page, color), "each label, in the palette's colours"


def test_pictures_are_magnified_without_smoothing() -> None:
    checkers = np.zeros((1, 8, 8, 3), np.uint8)
    checkers[0, ::2, ::2] = (255, 0, 0)
    page = draw_page(replace(CONTENT, originals=checkers, reconstructions=checkers, walk=None))
    red = (page[..., 0] > page[..., 1].astype(int) + 100) & (page[..., 2] < 60)
    shades = np.unique(page[red].reshape(-1, 3), axis=0)
    orange = np.array(OKABE_ITO[1])
    smooth = [shade for shade in shades.tolist() if shade[1] == 0 and shade != [255, 0, 0]]
    assert smooth == [], f"only pure red beside {orange}"


@pytest.mark.parametrize("part", ["originals", "walk"])
def test_a_part_without_content_takes_no_room(part: str) -> None:
    assert draw_page(replace(CONTENT, **{part: None})).shape[0] < draw_page(CONTENT).shape[0]


def test_a_run_that_never_finished_an_epoch_has_a_page_too() -> None:
    page = draw_page(PageContent(title="", facts=()))
    assert page.shape[1] == 1600


@pytest.mark.parametrize("shape", [(30,), (12, 2), (1,)])
def test_samples_that_are_no_pictures_are_drawn_as_lines(shape: tuple[int, ...]) -> None:
    values = np.random.default_rng(0).normal(size=(5, *shape))
    page = draw_page(replace(CONTENT, originals=values, reconstructions=values / 2, walk=values))
    assert has_color(page, OKABE_ITO[5]), "reconstructions are orange"


def test_values_that_are_no_numbers_are_left_out() -> None:
    broken = np.full((3, 4), np.nan)
    page = draw_page(
        replace(
            CONTENT,
            train={"loss": (EPOCHS, np.full(20, np.nan)), "kl": (EPOCHS[:1], np.zeros(1))},
            validation={"loss": (EPOCHS, np.where(EPOCHS > 3, np.inf, 1.0))},
            originals=broken,
            reconstructions=broken,
            map_points=np.array([[0, 0], [np.nan, 1], [np.inf, 0]]),
            map_labels=np.array([9, 0, 0]),
        )
    )
    assert page.shape[1] == 1600


def test_flat_and_single_curves_can_be_drawn() -> None:
    curves = {"flat": (EPOCHS, np.zeros(20)), "single": (EPOCHS[:1], np.ones(1))}
    assert has_color(draw_page(replace(CONTENT, train=curves, validation=curves)), OKABE_ITO[0])


def test_many_and_long_labels_stay_on_the_page() -> None:
    names = tuple(f"a rather long label number {number}" for number in range(60))
    page = draw_page(replace(CONTENT, label_names=names, map_labels=np.arange(300) % 60))
    assert (page[:, -20:] == page[0, 0]).all(), "nothing is drawn over the margin"


def test_names_cannot_break_the_page() -> None:
    nasty = "line\nbreak \x1b[31m " + "wide " * 200
    page = draw_page(replace(CONTENT, title=nasty, facts=(nasty,), map_caption=nasty))
    assert (page[:, -20:] == page[0, 0]).all()
