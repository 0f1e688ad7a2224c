"""What is recommended for texts, by what they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.data.dataset import Dataset
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.workflows.planning.presets import presets
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.training import prepare


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> Dataset:
    """2,500 names of three to eight letters."""
    rng = np.random.default_rng(0)
    letters = np.array(list("abcdefghijklmnop"))
    texts = ["".join(rng.choice(letters, rng.integers(3, 9))) for _ in range(2500)]
    path = tmp_path_factory.mktemp("names") / "names.txt"
    path.write_text("\n".join(texts))
    return read(path)


@pytest.fixture(scope="module")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """300 sentences of 150 different words."""
    rng = np.random.default_rng(0)
    texts = [" ".join(f"word{n}" for n in rng.integers(0, 150, 6)) for _ in range(300)]
    path = tmp_path_factory.mktemp("sentences") / "sentences.txt"
    path.write_text("\n".join(texts))
    return path


def test_names_begin_with_a_recipe_that_spells_them(names: Dataset) -> None:
    first = presets(names)[0]
    assert first.name == "texts"
    experiment = first.experiment
    assert experiment.autoencoder.type == "variational"
    assert experiment.network.kind == "recurrent"
    assert experiment.network.feedback
    assert experiment.network.code_size == 32
    # As many texts are seen in all, however many there are.
    assert experiment.training.epochs == pytest.approx(300_000 / 2500, abs=20)
    assert recommend(names, "variational") == experiment
    for preset in presets(names):
        prepare(preset.experiment, names)


def test_what_a_person_has_decided_stays(names: Dataset) -> None:
    given = {"network.kind": "temporal", "training.epochs": 3}
    experiment = recommend(names, "variational", given=given)
    assert not experiment.network.feedback
    assert experiment.training.schedule == "constant"
    batch = recommend(names, given={"network.normalization": "batch"})
    assert not batch.network.feedback
    prepare(batch, names)


def test_many_symbols_are_looked_up(sentences: Path) -> None:
    words = read(sentences)
    experiment = recommend(words)
    assert len(words.symbols) > 100
    assert experiment.network.embedding_size == 64
    assert experiment.network.hidden == (96, 96, 96, 96)
    for preset in presets(words):
        assert preset.experiment.network.embedding_size == 64
        prepare(preset.experiment, words)
    characters = read(sentences, DataOptions(source=str(sentences), text_unit="characters"))
    assert recommend(characters).network.embedding_size is None
    assert "texts" not in {preset.name for preset in presets(characters)}, "too long to spell"
