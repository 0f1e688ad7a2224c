"""Inspection of data, the list of runs, the glossary and crash reports."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from aestudio.autoencoders.registry import types
from aestudio.errors import OptionError, RunError
from aestudio.experiment import Experiment, experiment_fields
from aestudio.workflows.catalogue.glossary import glossary
from aestudio.workflows.crash_report import write_crash_report
from aestudio.workflows.datasets.inspection import inspect
from aestudio.workflows.demo import demo_experiment
from aestudio.workflows.runs.run_listing import find_run, list_of_runs


def test_a_report_counts_samples_per_label() -> None:
    report = inspect("digits")
    values = report.to_json()
    assert (values["kind"], values["num_samples"], values["shape"]) == ("images", 1797, [1, 8, 8])
    assert values["labels"] == list("0123456789")
    assert sum(values["label_counts"].values()) == 1797
    assert values["num_unlabelled"] == 0
    json.dumps(values, allow_nan=False)
    assert any("1,797 samples" in line for line in report.lines())


def test_a_test_part_and_missing_labels_are_reported(tested_data: Path, tmp_path: Path) -> None:
    assert inspect(tested_data).to_json()["num_test_samples"] == 20
    np.save(tmp_path / "x.npy", np.random.default_rng(0).normal(size=(30, 4)))
    values = inspect(tmp_path / "x.npy").to_json()
    assert values["labels"] == []
    assert values["num_unlabelled"] == 30


def test_runs_are_listed_and_found_by_name(
    digits_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AESTUDIO_RUNS", str(tmp_path))
    assert list_of_runs().rows() == []
    shutil.copytree(digits_run, tmp_path / "first")
    listing = list_of_runs()
    assert [run["run"] for run in listing.to_json()["runs"]] == [str(tmp_path / "first")]
    assert "3/3 epochs" in " ".join(listing.rows()[0])
    assert find_run("first") == tmp_path / "first"
    assert find_run(str(tmp_path / "first")) == tmp_path / "first"
    with pytest.raises(RunError) as caught:
        find_run("frist")
    assert "first" in caught.value.next_step


def test_two_runs_of_one_name_have_to_be_told_apart(
    digits_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AESTUDIO_RUNS", str(tmp_path))
    shutil.copytree(digits_run, tmp_path / "a")
    shutil.copytree(digits_run, tmp_path / "b")
    with pytest.raises(RunError, match="2 runs"):
        find_run("digits-map")


def test_a_damaged_run_stays_in_the_list(digits_run: Path, tmp_path: Path) -> None:
    shutil.copytree(digits_run, tmp_path / "broken")
    (tmp_path / "broken" / "run.json").write_text("{")
    listing = list_of_runs(tmp_path)
    assert "unreadable" in listing.rows()[0]
    assert listing.to_json()["runs"][0]["problem"]


def test_the_glossary_knows_every_option_of_every_type() -> None:
    entries = glossary()
    keys = [entry.key for entry in entries]
    assert len(keys) == len(set(keys))
    for name in types():
        assert {field.key for field in experiment_fields(name)} <= set(keys)
    beta = next(entry for entry in entries if entry.key == "autoencoder.beta")
    assert beta.types == ("variational",)
    json.dumps([entry.to_json() for entry in entries])


def test_every_option_is_explained_and_its_default_can_be_set() -> None:
    for entry in glossary():
        assert entry.title
        assert entry.help.endswith(".")
        assert entry.allowed
        if entry.default_text != "nothing":
            kind = f"autoencoder.type={entry.types[0]}"
            Experiment().with_settings([kind, f"{entry.key}={entry.default_text}"])


def test_the_glossary_can_be_searched() -> None:
    found = glossary("bottleneck")
    assert [entry.key for entry in found] == ["network.code_size"]
    assert glossary("no such word") == ()
    with pytest.raises(OptionError):
        glossary(autoencoder_type="variatonal")


def test_a_crash_report_holds_the_traceback(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AESTUDIO_LOGS", str(tmp_path / "logs"))
    try:
        raise ZeroDivisionError("for the test")
    except ZeroDivisionError as error:
        path = write_crash_report(error)
    assert path is not None
    text = path.read_text()
    assert "ZeroDivisionError: for the test" in text
    assert "Python 3" in text


def test_a_crash_report_that_cannot_be_written_does_no_harm(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("AESTUDIO_LOGS", str(tmp_path / "file" / "logs"))
    assert write_crash_report(ValueError("x")) is None


def test_the_demonstration_is_a_map_of_two_numbers() -> None:
    experiment = demo_experiment()
    assert experiment.autoencoder.type == "variational"
    assert experiment.network.code_size == 2
    assert experiment.data.source == "digits"
