"""What is found inside a model, from codes whose answer is known."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aestudio.data.dataset import Kind
from aestudio.workflows.insights.figures import Bars, Lines, Samples
from aestudio.workflows.insights.registry import Finding, Material, insights
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.runs.insight_report import find_insights, write_insights
from tests.workflows.conftest import train


class KnownModel:
    """Decodes a code (K, 3) to itself; stands for a trained model."""

    code_size = 3
    is_generative = True
    kind = Kind.TABLE
    shape = (3,)

    def decode(self, codes: np.ndarray) -> np.ndarray:
        return np.asarray(codes, np.float32)


def find(name: str, codes: np.ndarray) -> Finding:
    material = Material(model=KnownModel(), samples=codes, codes=codes.astype(np.float32))
    return next(one for one in insights() if one.name == name).find(material)


@pytest.fixture
def codes() -> np.ndarray:
    """The second number varies most, the third not at all."""
    rng = np.random.default_rng(3)
    return rng.standard_normal((200, 3)) * [1.0, 4.0, 0.0] + [5.0, -2.0, 7.0]


def test_the_busiest_number_of_the_code_comes_first(codes: np.ndarray) -> None:
    finding = find("code_spread", codes)
    assert isinstance(finding.figure, Bars)
    assert finding.figure.names == ("2", "1", "3")
    np.testing.assert_allclose(finding.figure.values, codes.std(axis=0)[[1, 0, 2]], rtol=1e-5)
    assert finding.sentence == "2 of 3 numbers of the code are in use."
    assert finding.figure.table()[1] == ["2", pytest.approx(codes[:, 1].std())]


def test_a_traversal_moves_one_number_and_keeps_the_others_at_the_mean(codes: np.ndarray) -> None:
    figure = find("traversals", codes).figure
    assert isinstance(figure, Samples)
    rows = figure.samples.reshape(3, figure.columns, 3)
    mean, spread = codes.mean(axis=0), codes.std(axis=0)
    for row, number in zip(rows, (1, 0, 2), strict=True):
        others = [place for place in range(3) if place != number]
        np.testing.assert_allclose(row[:, others], np.tile(mean[others], (len(row), 1)), rtol=1e-4)
        steps = np.linspace(-2.0, 2.0, figure.columns)
        np.testing.assert_allclose(
            row[:, number], mean[number] + steps * spread[number], rtol=1e-4, atol=1e-4
        )
    assert len(figure.names) == len(figure.samples)


def test_new_samples_come_from_the_unit_gaussian_and_are_always_the_same(codes: np.ndarray) -> None:
    figure = find("drawn_samples", codes).figure
    assert isinstance(figure, Samples)
    assert abs(float(figure.samples.std()) - 1.0) < 0.15
    np.testing.assert_array_equal(figure.samples, find("drawn_samples", codes).figure.samples)


def test_every_insight_explains_itself() -> None:
    assert len({one.name for one in insights()}) == len(insights())
    for one in insights():
        assert one.title
        assert one.explanation.count(".") >= 2, one.name


def test_insights_of_a_run_and_their_files(digits_run: Path, tmp_path: Path) -> None:
    report = find_insights(digits_run)
    model = TrainedModel.open(digits_run)
    names = [insight.name for insight, _ in report.found]
    assert names == [one.name for one in insights() if one.applies(model)]
    assert {"code_spread", "traversals", "drawn_samples"} <= set(names)
    files = {path.name: path for path in write_insights(report, tmp_path / "new")}
    with Image.open(files["traversals.png"]) as picture:
        assert picture.width > picture.height
    lines = files["code_spread.csv"].read_text().splitlines()
    assert lines[0] == "number of the code,standard deviation"
    assert len(lines) == 1 + model.code_size


def test_only_what_applies_is_found(table_run: Path, tmp_path: Path) -> None:
    report = find_insights(table_run)
    names = [insight.name for insight, _ in report.found]
    assert "drawn_samples" not in names
    # Rows of a table are no pictures.
    files = write_insights(report, tmp_path)
    assert all(path.suffix == ".csv" for path in files)


@pytest.mark.parametrize(
    ("autoencoder_type", "expected"),
    [
        ("denoising", {"restoration"}),
        ("sparse", {"active_share", "activation_histogram", "unit_directions"}),
        ("top_k", {"active_share", "activation_histogram", "unit_directions"}),
        ("contractive", {"stretching"}),
        ("variational", {"information", "drawn_samples"}),
        ("vector_quantised", {"codebook_use"}),
    ],
)
def test_a_type_shows_what_is_special_about_it(
    autoencoder_type: str, expected: set[str], tmp_path: Path
) -> None:
    run = train("digits", tmp_path / "run", autoencoder_type, network__code_size=20)
    report = find_insights(run)
    common = {"code_spread", "traversals"}
    found = {insight.name: finding for insight, finding in report.found}
    assert found.keys() - common == expected
    for name in expected:
        figure = found[name].figure
        values = figure.samples if isinstance(figure, Samples) else np.array(_numbers(figure))
        assert np.isfinite(values).all()
        assert values.std() > 0


def test_shares_of_active_units_are_those_of_the_codes(tmp_path: Path) -> None:
    run = train("digits", tmp_path / "run", "top_k", network__code_size=20, autoencoder__k=3)
    found = {insight.name: finding for insight, finding in find_insights(run).found}
    # Of every sample exactly three units are kept, unless one of them is zero anyway.
    assert found["active_share"].figure.values.sum() <= 300.0 + 1e-3
    assert found["active_share"].figure.values.sum() > 150.0
    assert found["active_share"].sentence.startswith(("3.0 of 20", "2."))


def _numbers(figure: Bars | Lines) -> list[float]:
    return [cell for row in figure.table()[1:] for cell in row if not isinstance(cell, str)]
