"""Damaged, restored and measured against the clean samples."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aestudio.data.reading import read
from aestudio.errors import OptionError, OutputError
from aestudio.workflows.judging.denoising import evaluate_denoising
from tests.workflows.conftest import train


@pytest.fixture(scope="module")
def denoising_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return train(
        "digits",
        tmp_path_factory.mktemp("runs") / "denoising",
        "denoising",
        autoencoder__strength=0.4,
        network__code_size=16,
        training__epochs=30,
        training__batch_size=64,
    )


def test_noise_of_one_half_is_6_decibels(denoising_run: Path) -> None:
    evaluation = evaluate_denoising(denoising_run, strength=0.5)
    # The mean of a ratio over few pixels lies a little above the ratio of the mean square, 1 / 4.
    assert evaluation.noisy_psnr_db == pytest.approx(10 * np.log10(4), abs=0.25)
    assert (evaluation.split, evaluation.num_samples) == ("validation", 180)


def test_the_run_repairs_what_it_learned_to_repair(denoising_run: Path) -> None:
    evaluation = evaluate_denoising(denoising_run)
    assert (evaluation.corruption, evaluation.strength) == ("gaussian", 0.4)
    assert evaluation.gain_db > 4
    assert f"{evaluation.gain_db:+.2f} dB, closer" in "\n".join(evaluation.lines())


def test_the_damage_depends_on_the_seed_alone(denoising_run: Path) -> None:
    first = evaluate_denoising(denoising_run)
    assert evaluate_denoising(denoising_run) == first
    assert evaluate_denoising(denoising_run, seed=1) != first


def test_a_run_of_another_type_is_measured_alike(digits_run: Path) -> None:
    by_default = evaluate_denoising(digits_run)
    assert (by_default.corruption, by_default.strength) == ("gaussian", 0.5)
    masked = evaluate_denoising(digits_run, corruption="masking", strength=0.3)
    assert (masked.corruption, masked.strength_min, masked.strength) == ("masking", 0.3, 0.3)


def test_without_damage_there_is_nothing_to_gain(denoising_run: Path) -> None:
    evaluation = evaluate_denoising(denoising_run, strength=0.0)
    assert evaluation.noisy_psnr_db == 100
    assert evaluation.gain_db < 0
    assert "no better" in "\n".join(evaluation.lines())


def test_figures_and_pictures_are_written(denoising_run: Path, tmp_path: Path) -> None:
    evaluation = evaluate_denoising(denoising_run, out=tmp_path / "seen")
    assert [path.name for path in evaluation.files] == ["figures.csv", "comparison.png"]
    with evaluation.files[0].open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 180
    mean = np.mean([float(row["restored_psnr_db"]) for row in rows])
    assert mean == pytest.approx(evaluation.restored_psnr_db, abs=1e-4)
    picture = np.asarray(Image.open(evaluation.files[1]))
    clean = picture[:64:8, :64:8, 0]
    held_back = read("digits").x[:, 0]
    assert (held_back == clean).all((1, 2)).any(), "the first is clean"


def test_tables_have_figures_and_no_pictures(table_run: Path, tmp_path: Path) -> None:
    evaluation = evaluate_denoising(table_run, out=tmp_path / "seen")
    assert [path.name for path in evaluation.files] == ["figures.csv"]
    assert np.isfinite(evaluation.gain_db)


def test_damage_that_does_not_suit_is_refused(table_run: Path, denoising_run: Path) -> None:
    with pytest.raises(OptionError, match="not for tables") as caught:
        evaluate_denoising(table_run, corruption="blur")
    assert caught.value.subject == "corruption"
    with pytest.raises(OptionError) as caught:
        evaluate_denoising(denoising_run, strength=-1.0)
    assert caught.value.subject == "strength"


def test_a_file_in_the_way_is_found_before_the_work(denoising_run: Path, tmp_path: Path) -> None:
    (tmp_path / "seen").write_text("")
    with pytest.raises(OutputError):
        evaluate_denoising(denoising_run, out=tmp_path / "seen")
