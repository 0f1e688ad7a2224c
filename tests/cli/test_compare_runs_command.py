"""The command that compares trained runs."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run


def test_the_table_says_what_differs_and_marks_the_best(
    run: Run, digits_run: Path, tmp_path: Path
) -> None:
    quick = ("--set", "training.batch_size=256", "--set", "network.code_size=8")
    assert run("train", "digits", "--epochs", 3, *quick, "--out", tmp_path / "wide").code == 0
    values = run("compare-runs", digits_run, tmp_path / "wide", "--json").json
    assert [one["name"] for one in values["runs"]] == ["digits-map", "wide"]
    differing = {row["key"]: row["values"] for row in values["differences"]}
    assert differing["network.code_size"] == [2, 8]
    assert differing["autoencoder.type"] == ["variational", "undercomplete"]
    assert "training.batch_size" not in differing
    (error,) = (row for row in values["results"] if row["key"] == "squared_error")
    judged = run("evaluate", tmp_path / "wide", "--json").json["squared_error"]
    assert abs(error["values"][1] - judged) < 1e-6 * judged
    assert error["best"] == [1]
    text = run("compare-runs", digits_run, tmp_path / "wide").out
    (line,) = (line for line in text.splitlines() if line.startswith("Squared error"))
    assert line.endswith(" *")


def test_too_few_and_unknown_runs_are_refused(run: Run, digits_run: Path) -> None:
    assert run("compare-runs", digits_run).code == 2
    outcome = run("compare-runs", digits_run, digits_run)
    assert outcome.code == 2
    assert "twice" in outcome.err
    assert run("compare-runs", digits_run, "no-such-run").code == 2
