"""A run on texts from beginning to end: read, trained, walked through, given other texts."""

from __future__ import annotations

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest

import aestudio
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError, OptionError, OutputError
from aestudio.runs.folder import RunFolder
from aestudio.workflows.judging.denoising import evaluate_denoising
from aestudio.workflows.judging.evaluation import evaluate
from aestudio.workflows.judging.token_denoising import TokenDenoisingEvaluation
from aestudio.workflows.models.encoding import encode_to_file
from aestudio.workflows.models.interpolation import interpolate_to_file
from aestudio.workflows.models.reconstruction import reconstruct_to_folder
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.training import prepare
from tests.workflows.conftest import train

SYLLABLES = ("ba", "ne", "lo", "ri")
NAMES = ["".join(parts) for parts in itertools.product(SYLLABLES, repeat=3)] + list(SYLLABLES)


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("names") / "names.txt"
    path.write_text("\n".join(NAMES * 4) + "\n")
    return path


@pytest.fixture(scope="module")
def names_run(names: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that spells most of the names. Tests do not change it."""
    out = tmp_path_factory.mktemp("runs") / "names"
    return train(
        str(names),
        out,
        "denoising",
        network__kind="temporal",
        network__depth=1,
        network__code_size=8,
        training__epochs=25,
        training__learning_rate=0.01,
    )


def test_a_model_reads_and_writes_texts(names_run: Path) -> None:
    model = aestudio.load(names_run)
    tokens = model.tokens(["banelo", "ri"])
    assert tokens is not None
    assert tokens.shape == (2, 6)
    assert model.texts(tokens) == ("banelo", "ri")
    again = model.texts(model.decode(model.encode(tokens)))
    assert sum(a == b for a, b in zip("banelori", "".join(again), strict=False)) >= 6
    unknown = model.tokens(["baX"])
    assert unknown is not None
    assert model.texts(unknown) == ("ba\N{REPLACEMENT CHARACTER}",)


def test_other_texts_are_written_in_the_symbols_of_the_run(names_run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.txt"
    other.write_text("lolo\nzarine\nribanelonene\n")
    model = aestudio.load(names_run)
    found = reconstruct_to_folder(names_run, other, tmp_path / "again")
    array = np.load(tmp_path / "again" / "reconstructions.npy")
    assert array.shape == (3, 6)
    expected = model.texts(model.reconstruct(model.tokens(["lolo", "zarine", "ribane"])))
    lines = (tmp_path / "again" / "reconstructions.txt").read_text().splitlines()
    assert lines == list(expected)
    assert tmp_path / "again" / "reconstructions.txt" in found.files
    assert evaluate(names_run, other).num_samples == 3


def test_codes_are_written_beside_their_texts(names_run: Path, tmp_path: Path) -> None:
    encode_to_file(names_run, None, tmp_path / "codes.csv")
    with (tmp_path / "codes.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert [row["sample"] for row in rows[:3]] == NAMES[:3]


def test_the_way_between_two_texts_is_written(names_run: Path, tmp_path: Path) -> None:
    model = aestudio.load(names_run)
    path = tmp_path / "walk.txt"
    report = interpolate_to_file(names_run, "banelo", "riri", path, num_steps=5)
    lines = path.read_text().splitlines()
    assert tuple(lines) == report.texts
    assert len(lines) == 5
    ends = model.texts(model.reconstruct(model.tokens(["banelo", "riri"])))
    assert (lines[0], lines[-1]) == ends
    assert report.to_json()["texts"] == lines
    by_row = interpolate_to_file(names_run, "6", "67", tmp_path / "rows.txt", num_steps=2)
    rows = model.texts(model.reconstruct(model.tokens([NAMES[6], NAMES[67]])))
    assert by_row.texts == rows
    codes = ",".join(map(str, report.codes[0].tolist()))
    by_code = interpolate_to_file(names_run, codes, "ri", tmp_path / "code.txt", num_steps=2)
    assert by_code.texts[0] == lines[0]
    with pytest.raises(OutputError, match=r"cannot be written as \.png"):
        interpolate_to_file(names_run, "ba", "ri", tmp_path / "walk.png")


def test_symbols_that_were_taken_away_are_counted(names_run: Path, tmp_path: Path) -> None:
    found = evaluate_denoising(names_run, out=tmp_path / "seen", strength=0.3)
    assert isinstance(found, TokenDenoisingEvaluation)
    assert found.corruption == "masking"
    assert found.num_lost == pytest.approx(0.3 * found.num_tokens, rel=0.3)
    assert 0.3 < found.found_share <= 1.0
    assert "found again" in "\n".join(found.lines())
    with (tmp_path / "seen" / "restored.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == found.num_samples
    assert {row["text"] for row in rows} <= set(NAMES)
    kept = [
        (text, damaged)
        for row in rows
        for text, damaged in zip(row["text"], row["damaged"], strict=False)
    ]
    assert {damaged for text, damaged in kept if text != damaged} <= {"_"}
    none = evaluate_denoising(names_run, strength=0.0)
    assert isinstance(none, TokenDenoisingEvaluation)
    assert (none.num_lost, none.found_share) == (0, 0.0)
    with pytest.raises(OptionError, match="one symbol or another"):
        evaluate_denoising(names_run, corruption="gaussian")


def test_previews_hold_how_certain_each_symbol_is(names_run: Path) -> None:
    folder = RunFolder.open(names_run)
    samples, last = folder.samples(), folder.preview(folder.preview_epochs()[-1])
    assert samples is not None
    assert last.certainties is not None
    model = aestudio.load(names_run)
    scaled = model.reconstruct_scaled(model.to_model_scale(samples.picture_samples))
    np.testing.assert_allclose(last.certainties, scaled.max(axis=2), atol=1e-3)


def test_embeddings_begin_with_vectors_from_a_file(names: Path, tmp_path: Path) -> None:
    vectors = tmp_path / "vectors.txt"
    vectors.write_text("b 1 2 3\na 4 5 6\n")
    dataset = read(names)
    given = {"network.embedding_file": str(vectors), "network.kind": "recurrent"}
    preparation = prepare(recommend(dataset, given=given), dataset)
    assert preparation.experiment.network.embedding_size == 3
    assert "2 of 10 symbols" in preparation.notes[0]
    weight = preparation.autoencoder.encoder.get_submodule("embedding").get_parameter("weight")
    place = dataset.symbols.index("a")
    assert weight[:, place].tolist() == [4.0, 5.0, 6.0]
    vectors.unlink()
    with pytest.raises(DataError, match="no such file"):
        prepare(recommend(dataset, given=given), dataset)
    # A resumed run has its weights already, and needs no file.
    prepare(preparation.experiment, dataset, scaling=preparation.scaling)


def test_measured_numbers_have_no_embedding() -> None:
    dataset = read("digits", DataOptions())
    with pytest.raises(OptionError, match="only symbols"):
        prepare(recommend(dataset, given={"network.embedding_size": 4}), dataset)
