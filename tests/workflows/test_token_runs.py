"""A run on tokens from beginning to end: trained, resumed, looked at and used."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnxruntime
import pytest

import aestudio
from aestudio.autoencoders.registry import types
from aestudio.data.arrays.tokens import texts_of
from aestudio.data.reading import read
from aestudio.data.splitting import split
from aestudio.errors import DataError, OptionError
from aestudio.experiment import Experiment
from aestudio.preprocess.tokens import TokenScaling
from aestudio.runs.folder import RunFolder
from aestudio.workflows.judging.evaluation import evaluate
from aestudio.workflows.models.exporting import export
from aestudio.workflows.planning.network_description import describe, network_shape
from aestudio.workflows.planning.presets import presets
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.training import prepare
from tests.workflows.conftest import train
from tests.workflows.resuming import check_goes_on_bit_by_bit

NUCLEOTIDES = np.array(["A", "C", "G", "T"])


@pytest.fixture(scope="module")
def words_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that has learned to spell most numbers. Tests do not change it."""
    out = tmp_path_factory.mktemp("runs") / "words"
    return train(
        "number-words", out, training__epochs=12, training__batch_size=32, network__depth=2
    )


@pytest.fixture(scope="module")
def nucleotides(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """80 sequences of 12 nucleotides, each a word of three said four times."""
    rng = np.random.default_rng(0)
    path = tmp_path_factory.mktemp("dna") / "dna.npz"
    np.savez(path, x=np.tile(rng.integers(0, 4, (80, 3)), 4), vocabulary=NUCLEOTIDES)
    return path


def test_a_model_gives_symbols_back(words_run: Path) -> None:
    model, data = aestudio.load(words_run), read("number-words")
    again = model.reconstruct(data.x)
    assert again.shape == data.x.shape
    np.testing.assert_array_equal(again, np.round(again))
    np.testing.assert_array_equal(model.decode(model.encode(data.x)), again)
    assert np.mean(again == data.x) > 0.9
    # What was read goes in, what came out goes in, and one sample alone goes in.
    assert model.encode(again).shape == (1000, model.code_size)
    np.testing.assert_array_equal(model.reconstruct(data.x[7])[0], again[7])
    with pytest.raises(DataError, match="no symbol"):
        model.encode(data.x.astype(int) + 1)


def test_the_run_knows_its_symbols(words_run: Path) -> None:
    scaling = RunFolder.open(words_run).scaling
    assert isinstance(scaling, TokenScaling)
    dataset = read("number-words")
    assert (scaling.symbols, scaling.padding) == (dataset.symbols, dataset.padding)


def test_previews_hold_symbols(words_run: Path) -> None:
    folder = RunFolder.open(words_run)
    samples, last = folder.samples(), folder.preview(folder.preview_epochs()[-1])
    assert samples is not None
    assert last.reconstructions.shape == samples.picture_samples.shape
    np.testing.assert_array_equal(
        last.reconstructions, aestudio.load(words_run).reconstruct(samples.picture_samples)
    )


@pytest.mark.parametrize(
    "network",
    [
        {"network.kind": "temporal", "network.depth": 1},
        {"network.kind": "recurrent", "network.feedback": True, "network.hidden": (8,)},
    ],
    ids=["temporal", "feedback"],
)
def test_a_stopped_run_goes_on_as_if_nothing_had_been(
    nucleotides: Path, tmp_path: Path, network: dict[str, object]
) -> None:
    dataset = read(nucleotides)
    experiment = recommend(dataset, given={**network, "training.epochs": 4})
    check_goes_on_bit_by_bit(experiment, tmp_path, dataset)


def test_every_preset_can_be_trained_on(nucleotides: Path) -> None:
    dataset = read(nucleotides)
    found = presets(dataset)
    assert {preset.name for preset in found} == {"map", "quick", "faithful", "recurrent"}
    for preset in found:
        assert preset.experiment.training.loss == "categorical"
        prepare(preset.experiment, dataset)


def test_a_recipe_that_nobody_suited_to_tokens_says_what_to_change(nucleotides: Path) -> None:
    with pytest.raises(OptionError, match="names") as caught:
        prepare(Experiment(), read(nucleotides))
    assert caught.value.next_step == "Set training.loss to categorical."


def test_names_make_no_difference_to_training(nucleotides: Path, tmp_path: Path) -> None:
    run = train(str(nucleotides), tmp_path / "run", network__depth=1)
    model, dataset = aestudio.load(run), read(nucleotides)
    texts = texts_of(model.reconstruct(dataset.x[:5]), dataset.symbols, dataset.padding)
    assert {len(text) for text in texts} == {12}
    assert set("".join(texts)) <= set("ACGT")


def test_evaluation_counts_symbols(words_run: Path) -> None:
    found = evaluate(words_run)
    model, dataset = aestudio.load(words_run), read("number-words")
    rows = split(dataset.num_samples, model.experiment.data).validation
    x = dataset.x[rows]
    # A second way to count: up to the first padding, and that one too.
    right = nats = count = 0.0
    one_hot = model.to_model_scale(x)
    probabilities = model.reconstruct_scaled(one_hot)
    for tokens, chances in zip(x, probabilities, strict=True):
        length = min(int(np.count_nonzero(tokens)) + 1, len(tokens))
        count += length
        for step in range(length):
            right += chances[step].argmax() == tokens[step]
            nats -= np.log(chances[step, tokens[step]])
    assert found.num_samples == len(rows)
    assert found.token_accuracy == pytest.approx(right / count)
    assert found.nats_per_token == pytest.approx(nats / count, rel=1e-4)
    assert found.to_json()["token_accuracy"] > 0.9
    assert "% right" in "\n".join(found.lines())


def test_onnx_takes_tokens_and_gives_probabilities(words_run: Path, tmp_path: Path) -> None:
    report = export(words_run, "onnx", tmp_path)
    assert report.relative_difference is not None
    assert report.relative_difference < 1e-4, "at batches of 1 and 257"
    tokens = read("number-words").x[:257].astype(np.int64)
    session = onnxruntime.InferenceSession(
        tmp_path / "autoencoder.onnx", providers=["CPUExecutionProvider"]
    )
    model = aestudio.load(words_run)
    for size in (1, 257):
        (given,) = session.run(None, {session.get_inputs()[0].name: tokens[:size]})
        expected = model.reconstruct_scaled(model.to_model_scale(tokens[:size]))
        np.testing.assert_allclose(given, expected, atol=1e-4)


def test_safetensors_know_the_symbols(words_run: Path, tmp_path: Path) -> None:
    export(words_run, "safetensors", tmp_path)
    tokens = read("number-words").x[:20]
    np.testing.assert_array_equal(
        aestudio.load(tmp_path).reconstruct(tokens), aestudio.load(words_run).reconstruct(tokens)
    )


def test_the_network_can_be_described() -> None:
    dataset = read("number-words")
    found = describe(recommend(dataset), network_shape(dataset))
    assert found.to_json()["layers"][0]["shape"] == [27, 21]


def test_every_type_gets_a_recipe_or_a_reason(nucleotides: Path) -> None:
    dataset = read(nucleotides)
    for name in types():
        recipe = recommend(dataset, name)
        if name == "contractive":
            with pytest.raises(OptionError, match="cannot change a little"):
                prepare(recipe, dataset)
        else:
            prepare(recipe, dataset)
