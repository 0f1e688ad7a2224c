"""The command that trains one recipe with several seeds."""

from __future__ import annotations

from pathlib import Path

from tests.cli.conftest import Run

QUICK = ("--epochs", 1, "--set", "training.batch_size=256", "--set", "network.code_size=2")


def test_ensemble_reports_mean_and_spread(run: Run, tmp_path: Path) -> None:
    outcome = run("ensemble", "digits", "--seeds", 2, "--seed", 3, *QUICK, "--json")
    assert outcome.code == 0, outcome.err
    values = outcome.json
    assert [member["seed"] for member in values["members"]] == [3, 4]
    assert {"train_loss", "validation_loss", "squared_error"} <= values["figures"].keys()
    assert values["figures"]["squared_error"]["std"] > 0
    listed = run("runs", "--json").json["runs"]
    assert len(listed) == 2
    assert {one["name"].rpartition(" ")[2] for one in listed} == {"3", "4"}


def test_ensemble_prints_a_table(run: Run, tmp_path: Path) -> None:
    outcome = run("ensemble", "digits", "--seeds", 2, *QUICK, "--out", tmp_path / "e")
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    assert lines[1].split()[:3] == ["figure", "mean", "std"]
    assert lines[-1].endswith("seed-1")
    again = run("ensemble", "digits", "--seeds", 2, *QUICK, "--out", tmp_path / "e")
    assert again.code == 2
    assert run("ensemble", "digits", "--seeds", 1).code == 2
