"""What a run folder refuses, and what it lets others do."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.errors import OptionError, OutputError, RunError
from aestudio.experiment import Experiment
from aestudio.runs.folder import RunFolder
from aestudio.runs.schema import RunStatus
from tests.runs.hand_made import a_scaling, make_run, train


def test_a_new_run_knows_its_recipe_and_its_data(tmp_path: Path) -> None:
    make_run(tmp_path / "my run")
    run = RunFolder.open(tmp_path / "my run")
    assert run.experiment == Experiment()
    assert run.info.name == "my run"
    assert run.info.status is RunStatus.CREATED
    assert run.info.data.shape == (1, 3, 2)
    assert run.info.data.num_labels == 3
    assert run.label_names == ("a", "b", "c")
    assert run.feature_names == ()
    assert run.scaling.scale.tolist() == a_scaling().scale.tolist()
    assert run.latest_checkpoint() is None
    assert run.metrics().epochs.size == 0
    assert run.preview_epochs() == ()
    assert run.samples() is None
    assert run.picture_samples is None
    assert run.read_only_reason == ""


def test_a_run_without_a_place_gets_a_telling_name_in_the_default_folder(
    isolated_home: Path,
) -> None:
    first, second = make_run(None), make_run(None)
    assert first.path.parent == isolated_home / "runs"
    assert first.path.name.startswith("dots-undercomplete-")
    assert first.path != second.path


def test_a_copied_run_opens_elsewhere(tmp_path: Path) -> None:
    train(tmp_path / "run", 2)
    shutil.copytree(tmp_path / "run", tmp_path / "elsewhere" / "copy")
    shutil.rmtree(tmp_path / "run")
    run = RunFolder.open(tmp_path / "elsewhere" / "copy")
    checkpoint = run.latest_checkpoint()
    assert checkpoint is not None
    assert checkpoint.step == 6
    assert run.picture_samples is not None


@pytest.mark.parametrize("content", [{"notes.txt": "mine"}, {"run.json": "{}"}])
def test_a_folder_with_something_in_it_is_never_used(
    tmp_path: Path, content: dict[str, str]
) -> None:
    for name, text in content.items():
        (tmp_path / name).write_text(text)
    with pytest.raises(OutputError, match="not empty"):
        make_run(tmp_path)
    assert sorted(os.listdir(tmp_path)) == sorted(content)


def test_a_file_in_the_way_of_a_new_run_is_named(tmp_path: Path) -> None:
    (tmp_path / "run").write_text("")
    with pytest.raises(OutputError, match="exists already"):
        make_run(tmp_path / "run")


def test_what_is_no_run_is_said(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no such run folder"):
        RunFolder.open(tmp_path / "missing")
    with pytest.raises(RunError, match="holds no run"):
        RunFolder.open(tmp_path)


def test_links_are_not_followed(run: RunFolder, tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(run.path)
    with pytest.raises(RunError, match="symbolic link"):
        RunFolder.open(tmp_path / "link")
    outside = tmp_path / "outside.toml"
    (run.path / "experiment.toml").rename(outside)
    (run.path / "experiment.toml").symlink_to(outside)
    with pytest.raises(RunError, match="symbolic link"):
        _ = RunFolder.open(run.path).experiment


def test_what_is_no_plain_file_does_not_hang(run: RunFolder) -> None:
    (run.path / "metrics.jsonl").unlink(missing_ok=True)
    os.mkfifo(run.path / "metrics.jsonl")
    with pytest.raises(RunError, match="not a plain file"):
        run.metrics()


def _change(run: RunFolder, **changes: Any) -> None:
    values = json.loads((run.path / "run.json").read_text())
    for key, value in changes.items():
        *path, last = key.split("__")
        inner = values
        for part in path:
            inner = inner[part]
        inner[last] = value
    (run.path / "run.json").write_text(json.dumps(values))


@pytest.mark.parametrize(
    "changes",
    [
        {"status": "flying"},
        {"name": ""},
        {"name": 5},
        {"run_id": "../../etc"},
        {"surprise": 1},
        {"data__shape": []},
        {"data__shape": [10**12]},
        {"data__shape": [True]},
        {"data__num_samples": -1},
        {"data__num_samples": "5"},
        {"data__kind": "videos"},
        {"data__fingerprint": "abc"},
        {"recipe__code_size": 10**12},
        {"recipe__surprise": 1},
        {"progress__elapsed_s": "long"},
        {"schema_version": 0},
        {"schema_version": "2"},
        {"schema_version": None},
    ],
)
def test_a_changed_description_is_refused_with_its_field(
    run: RunFolder, changes: dict[str, Any]
) -> None:
    _change(run, **changes)
    with pytest.raises(RunError, match="damaged") as caught:
        RunFolder.open(run.path)
    assert caught.value.subject.endswith("run.json")
    assert next(iter(changes)).replace("__", ".") in caught.value.reason


@given(st.binary(max_size=200))
def test_any_bytes_as_description_are_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    root = tmp_path_factory.mktemp("run")
    (root / "run.json").write_bytes(content)
    with pytest.raises(RunError):
        RunFolder.open(root)


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["schema_version", "data", "shape", "name"]), inner)
    ),
    max_leaves=8,
)


@given(version=st.integers() | _json, values=_json)
def test_any_json_as_description_is_refused(
    tmp_path_factory: pytest.TempPathFactory, version: object, values: object
) -> None:
    root = tmp_path_factory.mktemp("run")
    if isinstance(values, dict):
        values["schema_version"] = version
    (root / "run.json").write_text(json.dumps(values))
    with pytest.raises(RunError):
        RunFolder.open(root)


@pytest.mark.parametrize("content", [b"[" * 200_000, b'{"a":' * 200_000, b"9" * 200_000])
def test_deep_and_long_json_is_refused(run: RunFolder, content: bytes) -> None:
    (run.path / "run.json").write_bytes(content)
    with pytest.raises(RunError):
        RunFolder.open(run.path)


def test_a_giant_description_is_refused_before_it_is_read(run: RunFolder) -> None:
    with (run.path / "run.json").open("ab") as stream:
        stream.truncate(2**40)
    with pytest.raises(RunError, match="larger"):
        RunFolder.open(run.path)


def test_a_run_of_a_newer_version_can_be_looked_at_but_not_changed(tmp_path: Path) -> None:
    train(tmp_path / "run", 2)
    run = RunFolder.open(tmp_path / "run")
    _change(run, schema_version=2, surprise=[1], data__surprise={"a": 1}, training__surprise=1)
    before = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
    newer = RunFolder.open(run.path)
    assert "newer version" in newer.read_only_reason
    assert newer.metrics().epochs.tolist() == [1, 2]
    assert newer.info.training is not None
    assert newer.info.data.name == "dots"
    for change in (
        newer.acquire,
        lambda: newer.rename("x"),
        lambda: newer.update(status=RunStatus.FAILED),
        lambda: newer.replace_experiment(Experiment()),
    ):
        with pytest.raises(RunError, match="newer version"):
            change()
    after = {path: path.read_bytes() for path in run.path.rglob("*") if path.is_file()}
    assert after == before


def test_a_newer_version_that_lacks_what_we_need_is_damaged(run: RunFolder) -> None:
    _change(run, schema_version=2, data=None)
    with pytest.raises(RunError, match="damaged"):
        RunFolder.open(run.path)


@pytest.mark.parametrize(
    ("name", "content", "attribute"),
    [
        ("experiment.toml", b"\xff\xfe", "experiment"),
        ("experiment.toml", b"[network]\ncode_size = 0", "experiment"),
        ("experiment.toml", b"surprise = 1", "experiment"),
        ("experiment.toml", b"= =", "experiment"),
        ("preprocessing.json", b"{", "scaling"),
        ("preprocessing.json", b'{"scaling": {}}', "scaling"),
        ("preprocessing.json", b'{"scaling": {}, "label_names": [5]}', "label_names"),
    ],
)
def test_a_damaged_file_is_named(run: RunFolder, name: str, content: bytes, attribute: str) -> None:
    (run.path / name).write_bytes(content)
    with pytest.raises(RunError, match="damaged") as caught:
        getattr(RunFolder.open(run.path), attribute)
    assert caught.value.subject == str(run.path / name)


def test_a_lost_file_is_named(run: RunFolder) -> None:
    (run.path / "preprocessing.json").unlink()
    with pytest.raises(RunError, match="missing") as caught:
        _ = RunFolder.open(run.path).scaling
    assert caught.value.subject.endswith("preprocessing.json")


def test_renaming_changes_what_is_shown_and_nothing_else(run: RunFolder) -> None:
    run.rename("  seven\n digits ")
    assert RunFolder.open(run.path).info.name == "seven digits"
    assert run.path.name == "run"
    for bad in ("", "   ", "x" * 201, "bell\x07"):
        with pytest.raises(OptionError, match="1 to 200"):
            run.rename(bad)


def test_a_run_made_longer_says_so(run: RunFolder) -> None:
    longer = Experiment().with_values({"training.epochs": 77})
    run.replace_experiment(longer)
    reopened = RunFolder.open(run.path)
    assert reopened.experiment.training.epochs == 77
    assert reopened.info.recipe.epochs == 77


def test_pictures_keep_their_levels_and_other_numbers_all_their_digits(tmp_path: Path) -> None:
    from aestudio.runs.previews import Previews
    from aestudio.training.events import PreviewReady

    (tmp_path / "preview").mkdir()
    previews = Previews(tmp_path)

    def stored(values: np.ndarray) -> np.ndarray:
        previews.save(
            PreviewReady(
                run_id="",
                epoch=1,
                step=1,
                reconstructions=values.astype(np.float32),
                codes=np.full((1, 2), 1 / 3, np.float32),
                weights={},
            )
        )
        assert previews.load(1).codes.tolist() == [[np.float32(1 / 3)] * 2]
        return previews.load(1).reconstructions

    grey = np.linspace(0, 255, 600).reshape(1, 1, 20, 30)
    assert np.abs(stored(grey) - grey).max() <= 1 / 16
    for exact in (grey * 257, np.linspace(0, 1, 7)[None], np.full((1, 1, 2, 2), np.nan)):
        assert np.array_equal(stored(exact), exact.astype(np.float32), equal_nan=True)


def test_a_very_long_run_keeps_a_bounded_number_of_epochs(tmp_path: Path) -> None:
    from aestudio.runs import previews as module
    from tests.runs.hand_made import preview_of

    (tmp_path / "preview").mkdir()
    previews = module.Previews(tmp_path)
    for epoch in range(2500):
        previews.save(preview_of(epoch))
        if epoch in (999, 1000, 1001):
            assert len(previews.epochs()) == {999: 1000, 1000: 501, 1001: 502}[epoch]
    assert previews.epochs() == (*range(0, 2500, 4), 2499)
    # Going on from an earlier epoch ends with the same ones.
    for epoch in range(2400, 2500):
        previews.save(preview_of(epoch))
    assert previews.epochs() == (*range(0, 2500, 4), 2499)


def test_previews_keep_the_clouds_of_codes_where_there_are_any(tmp_path: Path) -> None:
    from dataclasses import replace

    from aestudio.runs.previews import Previews
    from tests.runs.hand_made import preview_of

    (tmp_path / "preview").mkdir()
    previews = Previews(tmp_path)
    # As every version before this one, and every type without clouds, has written it.
    previews.save(preview_of(1))
    assert previews.load(1).code_spread is None
    spread = np.array([[0.1, 2.0], [1 / 3, 1.0], [0.5, 1e-4]], np.float32)
    previews.save(replace(preview_of(2), code_spread=spread))
    found = previews.load(2)
    assert found.code_spread is not None
    assert np.array_equal(found.code_spread, spread)
    assert np.array_equal(found.codes, preview_of(2).codes)


@pytest.mark.parametrize("spread", [np.ones((3, 1), np.float32), np.ones((3, 2), np.int64)])
def test_clouds_that_do_not_fit_their_codes_are_refused(tmp_path: Path, spread: np.ndarray) -> None:
    from aestudio.runs.npz import pack_npz
    from aestudio.runs.previews import Previews
    from tests.runs.hand_made import preview_of

    (tmp_path / "preview").mkdir()
    event = preview_of(1)
    arrays = {"reconstructions": event.reconstructions, "codes": event.codes, "code_spread": spread}
    (tmp_path / "preview/epoch-000001.npz").write_bytes(pack_npz(arrays))
    with pytest.raises(RunError, match="wrong form"):
        Previews(tmp_path).load(1)


@pytest.mark.parametrize("epoch", [1, 5])
def test_a_damaged_or_missing_preview_is_named(tmp_path: Path, epoch: int) -> None:
    train(tmp_path / "run", 1)
    path = tmp_path / "run/preview/epoch-000001.npz"
    path.write_bytes(path.read_bytes()[:-5])
    with pytest.raises(RunError) as caught:
        RunFolder.open(tmp_path / "run").preview(epoch)
    assert f"epoch-00000{epoch}.npz" in caught.value.subject
