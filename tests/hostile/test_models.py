"""Rows of groups D and H that no other test shows by itself; each begins with its row's name."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

import h5py
import numpy as np
import onnx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from PySide6.QtCore import QByteArray, QMimeData, QUrl

import aestudio
from aestudio.data.options import DataOptions
from aestudio.data.reading import read
from aestudio.errors import DataError, OptionError, RunError, StudioError
from aestudio.experiment import Experiment
from aestudio.gui.drops import read_drop
from aestudio.runs.checkpoints import Checkpoints
from aestudio.runs.folder import RunFolder
from aestudio.runs.history import Position
from aestudio.runs.tensor_file import pack_tensors, read_tensors
from aestudio.training.checkpoint import Checkpoint
from aestudio.training.control import Control
from aestudio.workflows.models.exporting import export
from aestudio.workflows.training import resume_training
from tests.cli.conftest import Run, run, window
from tests.hostile.gadgets import gadgets, is_live
from tests.workflows.conftest import digits_run

__all__ = ["digits_run", "run", "window"]

GOLDEN = Path(__file__).parents[1] / "workflows" / "golden" / "version-1"
KINDS = sorted(gadgets(Path("canary")))
TEXTS = (
    "protocol 0", "GLOBAL", "INST", "OBJ", "stopped and gone on", "broken behind the call",
    "through another module",
)  # fmt: skip
#: In none of these would anybody expect a pickle, and in some everybody.
SUFFIXES = (
    ".npy",
    ".npz",
    ".gz",
    ".zip",
    ".h5",
    ".mat",
    ".parquet",
    ".png",
    ".csv",
    ".pt",
    ".bin",
    "",
)
#: Of a run, with what reads each.
RUN_FILES = (
    "run.json", "experiment.toml", "preprocessing.json", "metrics.jsonl", "preview/samples.npz",
    "checkpoints/manifest.json", "checkpoints/step-000000014-9b128a56.safetensors",
)  # fmt: skip


@pytest.fixture(scope="module")
def bundle(digits_run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The digits run as exported. Tests work on copies of it."""
    folder = tmp_path_factory.mktemp("bundles") / "digits"
    export(digits_run, "safetensors", folder)
    return folder


# --- D01, D02: pickles ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["protocol 0", "protocol 4", "INST", "OBJ", "NEWOBJ", "BUILD"])
def test_d01_the_gadgets_are_live(tmp_path: Path, kind: str) -> None:
    """A trap that would not spring shows nothing."""
    canary = tmp_path / "canary"
    assert is_live(gadgets(canary)[kind], canary)


@pytest.mark.parametrize("kind", KINDS)
def test_d01_d02_gadgets_are_never_loaded_as_data(tmp_path: Path, kind: str, run: Run) -> None:
    """Opened from Python, dropped on the window and named on the command line."""
    canary = tmp_path / "canary"
    content = gadgets(canary)[kind]
    for number, suffix in enumerate(SUFFIXES):
        path = tmp_path / f"{number}{suffix}"
        path.write_bytes(content)
        # Older protocols are lines of text, which is all that they are ever taken for.
        with suppress(DataError):
            assert (read(path).reader in ("csv", "text"), kind in TEXTS) == (True, True)
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(str(path))])
        with suppress(DataError):
            assert read_drop(mime).path == path
    outcome = run("info", tmp_path / "0.npy")
    assert outcome.code == 2 or kind in TEXTS
    assert "Traceback" not in outcome.err
    assert not canary.exists()


@pytest.mark.parametrize(
    "kind", ["protocol 0", "protocol 5", "zip", "tar", "through another module"]
)
def test_d01_gadgets_are_never_loaded_with_a_run(tmp_path: Path, kind: str) -> None:
    """In place of each file of a run that is opened and gone on with."""
    canary = tmp_path / "canary"
    for name in RUN_FILES:
        root = Path(shutil.copytree(GOLDEN, tmp_path / name.replace("/", "-")))
        (root / name).write_bytes(gadgets(canary)[kind])
        with suppress(StudioError):
            opened = RunFolder.open(root)
            opened.metrics()
            opened.preview(1)
            list(resume_training(root, Control(), epochs=3).events)
    assert not canary.exists()


@pytest.mark.parametrize("name", ["model.safetensors", "experiment.toml", "preprocessing.json"])
@pytest.mark.parametrize("kind", ["protocol 2", "zip", "tar", "GLOBAL"])
def test_d01_d17_gadgets_are_never_loaded_with_an_exported_model(
    bundle: Path, tmp_path: Path, kind: str, name: str
) -> None:
    """Whoever changes a file can write its checksum into the manifest as well."""
    canary = tmp_path / "canary"
    folder = _forged(bundle, tmp_path, name, gadgets(canary)[kind])
    with pytest.raises(RunError):
        aestudio.load(folder)
    assert not canary.exists()


def _forged(bundle: Path, tmp_path: Path, name: str, content: bytes) -> Path:
    folder = Path(shutil.copytree(bundle, tmp_path / "forged"))
    (folder / name).write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"][name] = {
        "bytes": len(content),
        "sha256": hashlib.sha256(content).hexdigest(),
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return folder


# --- D06, D07: weights and recipes that do not fit ------------------------------------------------


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda weights: weights.pop(_a_matrix(weights)), "do not fit"),
        (lambda weights: weights.update(surprise=np.zeros(1, np.float32)), "surprise"),
        (lambda weights: _change_first(weights, lambda w: w[..., :-1]), "do not fit"),
        (lambda weights: _change_first(weights, lambda w: w * np.float32(np.nan)), "not finite"),
    ],
)
def test_d06_weights_that_do_not_fit_are_refused_by_name(
    bundle: Path, tmp_path: Path, change: Callable[[dict[str, Any]], object], words: str
) -> None:
    weights = dict(read_tensors((bundle / "model.safetensors").read_bytes(), "model"))
    first = _a_matrix(weights)
    change(weights)
    folder = _forged(bundle, tmp_path, "model.safetensors", pack_tensors(weights, {}))
    with pytest.raises(RunError, match=words) as caught:
        aestudio.load(folder)
    assert first in str(caught.value) or "surprise" in str(caught.value)


def _a_matrix(weights: dict[str, Any]) -> str:
    # In which order a file names its tensors is not said, and some are single numbers.
    return next(name for name, values in weights.items() if values.ndim == 2)


def _change_first(weights: dict[str, Any], change: Callable[[Any], Any]) -> None:
    first = _a_matrix(weights)
    weights[first] = np.ascontiguousarray(change(weights[first]))


@pytest.mark.parametrize(
    "recipe",
    [
        "[network]\nkind = 'quantum'",
        "[network]\nmodule = 'os'",
        "[network]\ncode_size = 1000000000000",
        "[network]\nhidden = [1000000000000]",
        f"[network]\nhidden = [{'8, ' * 1_000_000}8]",
        "[network]\ndepth = 1000000",
        f"[network]\nhidden = {'[' * 100_000}",
        f"a{'.a' * 100_000} = 1",
        "[training]\nepochs = " + "9" * 5000,
    ],
)
def test_d07_impossible_recipes_are_refused_before_anything_is_built(recipe: str) -> None:
    with pytest.raises(OptionError) as caught:
        Experiment.from_toml(recipe, "experiment.toml")
    assert caught.value.reason


_values = st.recursive(
    st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3),
    max_leaves=6,
)


@given(
    section=st.sampled_from(["network", "training", "autoencoder", "data", "preprocess"]),
    key=st.sampled_from(
        ["kind", "hidden", "code_size", "type", "loss", "depth", "source", "module"]
    ),
    value=_values,
)
def test_d07_any_value_is_a_recipe_or_an_option_error(section: str, key: str, value: Any) -> None:
    with suppress(OptionError):
        Experiment.from_toml(f"[{section}]\n{key} = {json.dumps(value)}", "experiment.toml")


# --- D08, D09, H07: ONNX, which is never opened ---------------------------------------------------

_opened: list[str] = []


def _listen(event: str, args: tuple[object, ...]) -> None:
    if event == "open":
        _opened.append(str(args[0]))


sys.addaudithook(_listen)


@pytest.mark.parametrize(
    "location", ["../secret", "/etc/passwd", "link", "sub/../../secret", "__init__", "hard"]
)
@pytest.mark.parametrize("suffix", [".onnx", ".dat", ".bin"])
def test_d08_values_outside_an_onnx_file_are_never_opened(
    tmp_path: Path, location: str, suffix: str
) -> None:
    folder = tmp_path / "model"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(bytes(64))
    (folder / "link").symlink_to(tmp_path / "secret")
    os.link(tmp_path / "secret", folder / "hard")
    path = folder / f"net{suffix}"
    path.write_bytes(_onnx(location))
    _opened.clear()
    with pytest.raises(DataError) as caught:
        read(path)
    assert caught.value.next_step
    elsewhere = [opened for opened in _opened if "secret" in opened or "passwd" in opened]
    assert elsewhere + [one for one in _opened if one.endswith(("/link", "/hard"))] == []


def _onnx(location: str = "", num_nodes: int = 1) -> bytes:
    weights = onnx.TensorProto(name="w", data_type=onnx.TensorProto.FLOAT, dims=[4, 4])
    if location:
        weights.data_location = onnx.TensorProto.EXTERNAL
        entries = {"location": location, "offset": "0", "length": str(2**62), "__class__": "x"}
        for key, value in entries.items():
            weights.external_data.add(key=key, value=value)
    nodes = [
        onnx.helper.make_node("Run", [f"a{n}"], [f"a{n + 1}"], domain="com.example")
        for n in range(num_nodes)
    ]
    graph = onnx.helper.make_graph(nodes, "g", [], [], [weights])
    return bytes(onnx.helper.make_model(graph).SerializeToString())


@pytest.mark.parametrize("suffix", [".onnx", ".dat"])
def test_d09_onnx_graphs_of_any_size_and_depth_are_refused_unread(
    tmp_path: Path, suffix: str
) -> None:
    deep = b"\x0a\x00"
    for _ in range(2000):
        length = len(deep)
        deep = (
            b"\x3a" + bytes([length & 0x7F | 0x80, length >> 7 & 0x7F | 0x80, length >> 14]) + deep
        )
    for content in (_onnx(num_nodes=20_000), deep):
        path = tmp_path / f"net{suffix}"
        path.write_bytes(content)
        with pytest.raises(DataError) as caught:
            read(path)
        assert caught.value.next_step


# --- D10: models of others ------------------------------------------------------------------------


def test_d10_a_model_of_keras_is_no_data(tmp_path: Path) -> None:
    path = tmp_path / "model.h5"
    with h5py.File(path, "w") as file:
        file.attrs["keras_version"] = "2.15.0"
        file.attrs["model_config"] = '{"class_name": "Sequential"}'
        file["model_weights/dense/kernel:0"] = np.ones((64, 32), np.float32)
    with pytest.raises(DataError, match="Keras") as caught:
        read(path)
    assert "Choose the data" in caught.value.next_step
    # Who names an array means it.
    chosen = read(path, DataOptions(array="model_weights/dense/kernel:0"))
    assert chosen.num_samples == 64


# --- D14, H08: saved states -----------------------------------------------------------------------


def test_d14_a_thousand_changed_bytes_never_make_another_state(tmp_path: Path) -> None:
    states = Checkpoints(tmp_path)
    for step in (3, 6):
        tensors = {"model/w": np.full((3, 2), step, np.float32)}
        states.save(Checkpoint(epoch=1, step=step, tensors=tensors, state={}), Position(step, step))
    newest = max(tmp_path.glob("checkpoints/*.safetensors"))
    original = newest.read_bytes()
    dice = np.random.default_rng(0)
    for _ in range(1000):
        content = bytearray(original)
        content[dice.integers(len(content))] ^= int(dice.integers(1, 256))
        newest.write_bytes(content)
        found = Checkpoints(tmp_path)
        loaded = found.latest()
        assert loaded is not None
        assert loaded.step == 3
        assert newest.name in found.notes[0]


SOUND = pack_tensors({"w": np.arange(6, dtype=np.float32).reshape(2, 3)}, {"a": 1})


@given(place=st.integers(0, len(SOUND)), piece=st.binary(max_size=12), num_cut=st.integers(0, 40))
@example(place=8, piece=b"[" * 12, num_cut=0)
def test_h05_h08_damaged_tensors_are_refused_or_read(
    place: int, piece: bytes, num_cut: int
) -> None:
    with suppress(RunError):
        found = read_tensors(SOUND[:place] + piece + SOUND[place + num_cut :], "file")
        assert all(values.dtype.kind in "biuf" for values in found.values())


# --- D15, H10: what is dropped --------------------------------------------------------------------


def test_d15_ten_thousand_addresses_are_refused_at_once() -> None:
    mime = QMimeData()
    mime.setUrls([QUrl(f"file:///nowhere/{number}.png") for number in range(10_000)])
    with pytest.raises(DataError, match="10,000 things"):
        read_drop(mime)


@given(
    addresses=st.lists(st.text(max_size=30) | st.sampled_from(["file://", "file:///", "data:,x"])),
    text=st.text(max_size=30),
    payload=st.binary(max_size=60),
)
def test_h10_any_drag_is_opened_or_refused(addresses: list[str], text: str, payload: bytes) -> None:
    mime = QMimeData()
    mime.setText(text)
    mime.setData("text/uri-list", QByteArray(payload))
    parsed = QMimeData()
    parsed.setUrls([QUrl(address) for address in addresses])
    for dropped in (mime, parsed):
        with suppress(StudioError):
            assert read_drop(dropped).path.exists()


# --- D18: what the command line is given ----------------------------------------------------------


@pytest.mark.parametrize(
    "argument", ["~", "~root", "*.npy", "$HOME", "a\nb", "-", "--", "`id`", "a;b"]
)
def test_d18_arguments_are_taken_literally(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argument: str
) -> None:
    monkeypatch.chdir(tmp_path)
    np.save(tmp_path / "x.npy", np.arange(40.0).reshape(20, 2))
    outcome = run("info", argument)
    assert outcome.code == 2
    assert outcome.err.count("Error: ") == 1
    assert outcome.err[outcome.err.index("Error: ") :].count("\n") == 1


def test_d18_files_may_be_called_like_that(run: Run, tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("~", "-x.npy", "*.npy"):
        np.save(tmp_path / "x.npy", np.arange(40.0).reshape(20, 2))
        (tmp_path / "x.npy").rename(tmp_path / name)
        assert run("info", f"./{name}").code == 0
