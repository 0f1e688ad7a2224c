"""Several data sets on the command line: told of by info, trained on one by one, refused by others."""

from __future__ import annotations

import os
import shlex
import signal
from pathlib import Path

import numpy as np
import pytest

from aestudio.cli.several_sets_view import Shown
from aestudio.runs.folder import RunFolder
from aestudio.runs.schema import RunStatus
from aestudio.workflows.datasets.collection import Entry
from tests.cli.conftest import Run

QUICK = ("--epochs", "1", "--set", "network.hidden=[8]")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "two sets"
    made.mkdir()
    np.save(made / "a.npy", np.random.default_rng(0).normal(size=(60, 4)))
    np.save(made / "b.npy", np.random.default_rng(1).normal(size=(60, 5)))
    return made


def test_info_lists_what_is_in_the_folder(run: Run, folder: Path) -> None:
    shown = run("info", folder)
    assert shown.code == 0
    assert shown.out.splitlines()[0].startswith("two sets: a collection of 2 data sets")
    values = run("info", folder, "--json").json
    assert values["kind"] == "collection"
    assert [entry["shape"] for entry in values["entries"]] == [[4], [5]]


def test_the_refusal_names_the_command_that_works(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(folder.parent)
    refused = run("network", "two sets", "--set", "network.code_size=2", "--json")
    assert refused.code == 2
    error = refused.json["error"]
    assert error["choices"] == [str(folder / "a.npy"), str(folder / "b.npy")]
    assert "a.npy, b.npy" in error["next_step"]
    program, *arguments = shlex.split(error["next_step"].partition("For example: ")[2])
    assert program == "aestudio"
    first = os.path.join("two sets", "a.npy")
    assert arguments == ["network", first, "--set", "network.code_size=2", "--json"]
    assert run(*arguments).code == 0


def test_of_several_files_the_first_is_the_example(run: Run, folder: Path) -> None:
    refused = run("network", folder / "b.npy", folder / "a.npy", "--set", "network.code_size=2")
    assert refused.code == 2
    example = shlex.join(
        ["aestudio", "network", str(folder / "b.npy"), "--set", "network.code_size=2"]
    )
    assert refused.err.strip().endswith(example)


def test_no_command_is_made_up_where_the_data_was_not_named(run: Run, folder: Path) -> None:
    recipe = folder.parent / "run" / "experiment.toml"
    assert run("train", folder / "a.npy", "--epochs", "1", "--out", recipe.parent).code == 0
    recipe.write_text(recipe.read_text().replace("a.npy", ""))
    refused = run("evaluate", recipe.parent)
    assert refused.code == 2
    assert "hold different data" in refused.err
    assert "For example" not in refused.err


def test_train_learns_each(run: Run, folder: Path) -> None:
    out = folder.parent / "each"
    shown = run("train", folder, *QUICK, "--out", out)
    assert shown.code == 0, shown.err
    first, second, *_ = shown.err.splitlines()
    assert first.startswith("two sets holds 2 different data sets. Each gets a run of its own")
    assert second == "To train on one alone: " + shlex.join(
        ["aestudio", "train", str(folder / "a.npy")]
    )
    assert "1 of 2: a.npy (table, 60 samples of 4" in shown.err
    assert "2 of 2: b.npy" in shown.err
    head, a, b, heading, *_ = shown.out.splitlines()
    assert head.split()[:4] == ["data", "set", "kind", "samples"]
    assert a.split()[:3] == ["a.npy", "table", "60"]
    assert b.endswith(str(out / "b"))
    assert heading == "All 2 data sets are trained."
    assert run("evaluate", out / "a").code == 0


def test_train_tells_programs_of_each(run: Run, folder: Path) -> None:
    (folder / "c.npy").write_bytes(b"\x93NUMPY\x01\x00")
    shown = run("train", folder, *QUICK, "--json")
    # One of them could not be trained.
    assert shown.code == 1
    values = shown.json
    assert [one["status"] for one in values["runs"]] == ["trained", "trained", "failed"]
    a, _, c = values["runs"]
    assert run("evaluate", a["run"], "--json").json == a["evaluation"]
    assert c["error"]["reason"]


def test_where_none_can_be_trained_the_first_reason_decides(run: Run, folder: Path) -> None:
    shown = run("train", folder, "--set", "network.kind=convolutional")
    assert shown.code == 2
    assert shown.out.count("not trained: a convolutional network needs pictures") == 2


def test_settings_of_the_data_hold_for_each(run: Run, folder: Path) -> None:
    settings = ("--set", "data.exclude='3'")
    refused = run("train", folder, *QUICK, *settings)
    assert refused.code == 2
    assert "data.exclude" in refused.err
    values = run("train", folder, *QUICK, "--set", "data.validation_fraction=0.5", "--json").json
    for one in values["runs"]:
        assert one["evaluation"]["num_samples"] == 30


def test_files_named_together_are_told_of_and_learned_alike(run: Run, folder: Path) -> None:
    names = folder.parent / "names.txt"
    names.write_text("\n".join(f"name {row}" for row in range(60)))
    shown = run("info", folder / "a.npy", names)
    assert shown.code == 0
    assert shown.out.splitlines()[0].startswith("a.npy and 1 other: a collection of 2 data sets")
    values = run("info", names, folder, "--json").json
    assert [one["kind"] for one in values["entries"]] == ["tokens", "table", "table"]
    assert [Path(one["name"]).name for one in values["entries"]] == ["names.txt", "a.npy", "b.npy"]
    values = run("train", folder / "b.npy", folder / "a.npy", *QUICK, "--json").json
    assert [Path(one["source"]).name for one in values["runs"]] == ["b.npy", "a.npy"]
    assert values["num_trained"] == 2


def test_ctrl_c_keeps_the_runs_that_are_finished(
    run: Run, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begins = Shown.begins

    def interrupted(shown: Shown, place: int, entry: Entry) -> None:
        begins(shown, place, entry)
        if place == 1:
            signal.raise_signal(signal.SIGINT)

    monkeypatch.setattr(Shown, "begins", interrupted)
    shown = run("train", folder, *QUICK, "--json")
    assert shown.code == 130
    a, b = shown.json["runs"]
    assert (a["status"], b["status"]) == ("trained", "waiting")
    assert RunFolder.open(a["run"]).info.status is RunStatus.COMPLETED
    assert run("train", folder, *QUICK).out.splitlines()[-2].startswith("Not begun: b.npy")
