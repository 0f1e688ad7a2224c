"""Listing samples and following one through preprocessing, on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.conftest import Run

ROWS = "price;shade;town\n" + "".join(
    f"{10 * n + 0.5};{['dark', '', 'light'][n % 3]};{'ab'[n % 2]}\n" for n in range(40)
)


@pytest.fixture
def table(tmp_path: Path) -> str:
    path = tmp_path / "prices.csv"
    path.write_text(ROWS)
    return str(path)


def test_samples_are_found_ordered_and_listed(run: Run, table: str) -> None:
    found = run(
        "look", table, "--search", "price > 300", "--sort", "price", "--descending", "--json"
    ).json
    assert (found["num_found"], found["num_samples"]) == (10, 40)
    assert [one["Row"] for one in found["samples"]][:2] == ["39", "38"]
    # What is missing is nothing in JSON, and said in words.
    assert run("look", table, "--search", "shade =", "--json").json["samples"][0]["shade"] is None
    said = run("look", table, "--search", "shade =", "--limit", "2").out
    assert "(missing)" in said
    assert "13 of 40 samples, the first 2 of them are listed." in said


def test_what_is_called_otherwise_is_refused(run: Run, table: str) -> None:
    outcome = run("look", table, "--sort", "prize")
    assert outcome.code == 2
    assert "price" in outcome.err
    assert run("look", "digits", "--label", "ten").code == 2
    assert run("look", "digits", "--limit", "0").code == 2
    outcome = run("look", "digits", "--sample", "1797")
    assert outcome.code == 2
    assert "no sample 1,797" in outcome.err
    assert run("look", "digits", "--sample", "-1").code == 2


def test_one_sample_is_followed_there_and_back(run: Run, table: str) -> None:
    way = run(
        "look", table, "--sample", "4", "--set", "data.kind=table",
        "--set", "preprocess.scaling=minmax", "--set", "data.validation_fraction=0", "--json",
    ).json  # fmt: skip
    assert way["sample"] == 4
    assert way["stored"][0] == 40.5
    assert way["seen"][0] == pytest.approx(4 / 39)
    assert way["rows"][1]["stored"] == "(missing)"
    assert way["restored"][0] == pytest.approx(40.5)
    assert way["largest_difference"] == pytest.approx(0.0, abs=1e-4)
    said = run("look", table, "--sample", "4", "--set", "data.kind=table").out
    head, first, *_ = said.splitlines()[1:]
    assert "as the model sees it" in head
    # The columns begin below their heads.
    assert first.index("40.5") == head.index("as stored")
    said = run("look", "number-words", "--sample", "7").out
    assert said.splitlines()[1].startswith("As stored             seven")


def test_numbers_stay_those_of_the_source(run: Run) -> None:
    left = ("--set", "data.exclude=0-9")
    assert run("look", "digits", "--json", *left).json["samples"][0]["Row"] == "10"
    assert run("look", "digits", "--sample", "3", *left).code == 2
    assert run("look", "digits", "--sample", "10", "--json", *left).json["sample"] == 10
