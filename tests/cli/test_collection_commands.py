"""A folder of several data sets on the command line: told of by info, refused by all that train."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

import numpy as np
import pytest

from tests.cli.conftest import Run


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
    refused = run("train", "two sets", "--epochs", "1", "--json")
    assert refused.code == 2
    error = refused.json["error"]
    assert error["choices"] == [str(folder / "a.npy"), str(folder / "b.npy")]
    assert "a.npy, b.npy" in error["next_step"]
    program, *arguments = shlex.split(error["next_step"].partition("For example: ")[2])
    assert program == "aestudio"
    assert arguments == ["train", os.path.join("two sets", "a.npy"), "--epochs", "1", "--json"]
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
