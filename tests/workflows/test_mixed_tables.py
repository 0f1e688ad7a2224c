"""Tables of numbers, categories and truth values, from the file to runs of every type and back."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from aestudio.autoencoders.base import FINISHED
from aestudio.autoencoders.registry import types
from aestudio.data.columns import Column, ColumnKind
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.reading import read
from aestudio.runs.folder import RunFolder
from aestudio.training.batches import ResidentData
from aestudio.workflows.judging.evaluation import evaluate
from aestudio.workflows.models.exporting import export
from aestudio.workflows.models.imputation import impute_to_file
from aestudio.workflows.models.reconstruction import reconstruct_to_folder
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.runs.run_data import read_data_for
from aestudio.workflows.training import prepare
from tests.workflows.conftest import train
from tests.workflows.resuming import check_goes_on_bit_by_bit

COLOURS = ("blue", "green", "red", "yellow")
OWN_LOSSES = {
    "training.category_loss": "cross_entropy",
    "training.truth_loss": "cross_entropy",
    "network.categories": "embedded",
    "network.tied": False,
}


def write_table(path: Path, num_rows: int = 240) -> Path:
    """Two measures that decide about a colour, a shape and a truth value; some cells are missing."""
    rng = np.random.default_rng(0)
    hidden = rng.normal(size=(num_rows, 2))
    colour = (hidden[:, 0] > 0).astype(int) * 2 + (hidden[:, 1] > 0)
    shape = np.where(hidden.sum(1) > 0.5, "round", "square")
    is_gap = rng.random((num_rows, 4)) < 0.1
    cells = np.stack(
        [
            [f"{value:.4f}" for value in hidden @ [1.0, 2.0]],
            [COLOURS[place] for place in colour],
            shape,
            np.where(hidden[:, 0] > hidden[:, 1], "yes", "no"),
        ],
        axis=1,
    ).astype(object)
    cells[is_gap] = ""
    lines = [",".join(row) for row in cells]
    path.write_text("\n".join(["size,colour,shape,heavy", *lines]))
    return path


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_table(tmp_path_factory.mktemp("mixed") / "things.csv")


@pytest.fixture(scope="module")
def run(table: Path) -> Path:
    return train(
        str(table),
        table.parent / "run",
        training__epochs=30,
        training__batch_size=32,
        training__learning_rate=0.01,
        **{key.replace(".", "__"): value for key, value in OWN_LOSSES.items()},
    )


@pytest.mark.parametrize("name", types())
def test_every_type_learns_and_goes_on_bit_by_bit(name: str, table: Path, tmp_path: Path) -> None:
    dataset = read(table)
    values = {
        **OWN_LOSSES,
        "training.epochs": 3,
        "training.batch_size": 32,
        "training.learning_rate": 0.01,
        "training.map_samples": 20,
        "training.preview_samples": 4,
        "network.code_size": 2,
        "network.hidden": [16],
    }
    experiment = recommend(dataset, name, given=values)
    whole = check_goes_on_bit_by_bit(experiment, tmp_path, dataset, stop_after=1)
    losses = whole.metrics().train["reconstruction"]
    assert np.isfinite(losses).all()
    assert losses[-1] < losses[0]
    reopened = TrainedModel.open(whole)
    assert np.isfinite(reopened.reconstruct(dataset.x)).all()


def test_an_onnx_file_gives_the_cells_of_the_model(run: Path, table: Path, tmp_path: Path) -> None:
    import onnxruntime

    export(run, "onnx", tmp_path)
    session = onnxruntime.InferenceSession(str(tmp_path / "autoencoder.onnx"))
    x = np.asarray(read(table).x, np.float32)
    (found,) = session.run(None, {"sample": x})
    np.testing.assert_allclose(found, TrainedModel.open(run).reconstruct(x), atol=1e-4)


def test_an_exported_folder_is_the_same_model(run: Path, table: Path, tmp_path: Path) -> None:
    export(run, "safetensors", tmp_path)
    x = read(table).x
    np.testing.assert_array_equal(
        TrainedModel.open(tmp_path).reconstruct(x), TrainedModel.open(run).reconstruct(x)
    )


def test_an_evaluation_tells_how_often_the_category_is_right(run: Path) -> None:
    evaluation = evaluate(run)
    model = TrainedModel.open(run)
    dataset = read_data_for(RunFolder.open(run), None)
    rows = prepare(RunFolder.open(run).experiment, dataset).split.validation
    x, again = np.asarray(dataset.x[rows]), model.reconstruct(dataset.x[rows])
    places = {column.name: place for place, column in enumerate(dataset.columns)}
    assert evaluation.category_accuracy is not None
    assert list(evaluation.category_accuracy) == ["colour", "shape", "heavy"]
    for name, found in evaluation.category_accuracy.items():
        cells, guesses = x[:, places[name]], again[:, places[name]]
        there = ~np.isnan(cells)
        right = (np.rint(guesses) == cells)[there]
        assert found == pytest.approx(right.mean())
    assert evaluation.category_accuracy["shape"] > 0.75
    assert any("colour" in line for line in evaluation.lines())
    assert evaluation.to_json()["category_accuracy"] == evaluation.category_accuracy
    # What is summed there is what it always was: the squared error of every number.
    target = model.to_model_scale(x)
    squares = np.square(model.reconstruct_scaled(target) - target, dtype=np.float64)
    squares *= model.scaling.counted(x)
    assert evaluation.squared_error == pytest.approx(squares.sum() / len(x), rel=1e-5)


def test_chances_of_categories_are_at_hand(run: Path, table: Path) -> None:
    model, dataset = TrainedModel.open(run), read(table)
    chances = model.category_chances(dataset.x)
    assert {name: part.shape[1] for name, part in chances.items()} == {"colour": 4, "shape": 2}
    again = model.reconstruct(dataset.x)
    for name, part in chances.items():
        np.testing.assert_allclose(part.sum(1), 1, rtol=1e-5)
        place = [column.name for column in dataset.columns].index(name)
        np.testing.assert_array_equal(part.argmax(1), again[:, place])


def test_reconstructions_are_written_in_words(run: Path, table: Path, tmp_path: Path) -> None:
    report = reconstruct_to_folder(run, None, tmp_path / "again")
    path = tmp_path / "again" / "reconstructions.csv"
    assert path in report.files
    with path.open(newline="") as stream:
        lines = list(csv.DictReader(stream))
    dataset, model = read(table), TrainedModel.open(run)
    assert len(lines) == dataset.num_samples
    chances = model.category_chances(dataset.x)["colour"]
    assert [line["colour"] for line in lines] == [COLOURS[place] for place in chances.argmax(1)]
    found = [float(line["colour: probability"]) for line in lines]
    np.testing.assert_allclose(found, chances.max(1), atol=1e-3)
    assert {line["heavy"] for line in lines} == {"true", "false"}


def test_gaps_are_filled_with_the_likeliest_category(
    run: Path, table: Path, tmp_path: Path
) -> None:
    impute_to_file(run, None, tmp_path / "filled.csv")
    with (tmp_path / "filled.csv").open(newline="") as stream:
        filled = list(csv.DictReader(stream))
    with table.open(newline="") as stream:
        before_filling = list(csv.DictReader(stream))
    assert all(line["colour"] in COLOURS for line in filled)
    for before, after in zip(before_filling, filled, strict=True):
        if before["colour"]:
            assert after["colour"] == before["colour"]


def test_a_filled_category_says_how_probable_it_is(run: Path, table: Path, tmp_path: Path) -> None:
    impute_to_file(run, None, tmp_path / "filled.npz")
    filled = np.load(tmp_path / "filled.npz")
    is_gap = np.isnan(np.asarray(read(table).x))
    is_category = np.array([False, True, True, False])
    chances = filled["probability"]
    np.testing.assert_array_equal(np.isfinite(chances), is_gap & is_category)
    known = chances[np.isfinite(chances)]
    assert (known > 0.25).all()
    assert (known <= 1).all()


def test_a_category_that_nobody_met_counts_as_missing(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("size,colour,shape,heavy\n" + "0.5,violet,round,yes\n0.1,red,square,no\n" * 3)
    dataset = read_data_for(RunFolder.open(run), other)
    assert np.isnan(dataset.x[0, 1])
    assert np.isfinite(TrainedModel.open(run).encode(dataset.x)).all()
    accuracy = evaluate(run, other).category_accuracy
    assert accuracy is not None
    assert set(accuracy) == {"colour", "shape", "heavy"}


def test_a_column_that_is_empty_in_other_data_is_no_hindrance(run: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.csv"
    other.write_text("size,colour,shape,heavy\n" + "0.5,,round,yes\n0.1,,square,no\n" * 3)
    evaluation = evaluate(run, other)
    assert evaluation.category_accuracy is not None
    assert "colour" not in evaluation.category_accuracy
    assert np.isfinite(evaluation.squared_error)


def test_a_recipe_of_a_mixed_table_asks_for_losses_of_their_own(table: Path) -> None:
    dataset = read(table)
    assert {column.kind for column in dataset.columns} > {ColumnKind.BOOLEAN}
    options = recommend(dataset).training
    assert (options.category_loss, options.truth_loss) == ("cross_entropy", "cross_entropy")
    plain = recommend(read("breast-cancer")).training
    assert (plain.category_loss, plain.truth_loss) == ("as_numbers", "as_numbers")
    assert recommend(dataset, "denoising").model_dump()["autoencoder"]["corruption"] == "masking"


@pytest.mark.parametrize(("sizes", "wanted"), [((900, 50), "one_hot"), ((900, 100), "embedded")])
def test_very_many_categories_are_looked_up(sizes: tuple[int, int], wanted: str) -> None:
    columns = tuple(
        Column(f"c{size}", ColumnKind.CATEGORICAL, tuple(map(str, range(size)))) for size in sizes
    )
    dataset = Dataset(name="t", kind=Kind.TABLE, x=np.zeros((50, 2)), source="/t", columns=columns)
    assert recommend(dataset).network.categories == wanted
    assert recommend(dataset, "contractive").network.categories == "one_hot"
    assert recommend(dataset, given={"network.tied": True}).network.categories == "one_hot"


def test_nothing_is_saved_that_follows_from_the_scaling(run: Path) -> None:
    state = TrainedModel.open(run).autoencoder.state_dict()
    assert not [name for name in state if name.startswith("columns.")]
    assert state["output_scale"].shape == (8,)
    assert isinstance(state["output_scale"], torch.Tensor)


@settings(max_examples=15, deadline=None)
@given(data=st.data(), how=st.sampled_from(["one_hot", "embedded"]))
def test_no_column_is_too_poor_to_learn_from(data: st.DataObject, how: str) -> None:
    sizes = data.draw(st.lists(st.integers(0, 4), min_size=2, max_size=5))
    kinds = {0: ColumnKind.NUMERIC, 1: ColumnKind.CATEGORICAL}
    columns = tuple(
        Column(
            f"c{place}",
            kinds.get(min(size, 1), ColumnKind.NUMERIC),
            tuple(f"v{n}" for n in range(size)),
        )
        for place, size in enumerate(sizes)
    )
    rng = np.random.default_rng(data.draw(st.integers(0, 99)))
    x = np.stack([rng.integers(0, max(1, size), 40) for size in sizes], 1).astype(np.float64)
    x[rng.random(x.shape) < data.draw(st.sampled_from([0.0, 0.5]))] = np.nan
    # A column of which nothing is known where the model learns, and rows of which nothing is.
    x[:, data.draw(st.integers(0, len(sizes) - 1))] = np.nan
    x[:3] = np.nan
    x[-1] = 0
    names = tuple(column.name for column in columns)
    dataset = Dataset(
        name="t", kind=Kind.TABLE, x=x, source="/t", columns=columns, feature_names=names
    )
    values = {**OWN_LOSSES, "network.categories": how, "network.hidden": [4]}
    experiment = recommend(dataset, "variational", given={**values, "network.code_size": 1})
    preparation = prepare(experiment, dataset)
    batch = ResidentData(preparation.arrays, torch.device("cpu")).batch(torch.arange(40))
    terms = preparation.autoencoder.terms(batch, FINISHED)
    assert all(term.isfinite().all() for term in terms.values())
    total = sum(term.mean() for term in terms.values())
    assert isinstance(total, torch.Tensor)
    total.backward()
    for parameter in preparation.autoencoder.parameters():
        assert parameter.grad is None or parameter.grad.isfinite().all()
    scaled = preparation.scaling.forward_filled(x)
    restored = preparation.scaling.inverse(
        preparation.autoencoder.eval()(torch.from_numpy(scaled)).detach().numpy()
    )
    assert np.isfinite(restored).all()
