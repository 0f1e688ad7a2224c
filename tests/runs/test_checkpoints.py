"""There is always a good state once there has been one."""

from __future__ import annotations

import json
import os
import random
import struct
from pathlib import Path

import numpy as np
import pytest

from aestudio.errors import RunError
from aestudio.runs.checkpoints import Checkpoints
from aestudio.runs.history import Position
from aestudio.runs.tensor_file import pack_tensors, unpack_tensors
from aestudio.training.checkpoint import Checkpoint
from tests.runs.hand_made import checkpoint_at


@pytest.fixture
def saved(tmp_path: Path) -> Checkpoints:
    checkpoints = Checkpoints(tmp_path)
    for step in (3, 6, 9):
        checkpoints.save(checkpoint_at(step), Position(100 * step, step))
    return checkpoints


def files(root: Path) -> list[Path]:
    return sorted((root / "checkpoints").glob("step-*.safetensors"))


def test_nothing_saved_is_none(tmp_path: Path) -> None:
    assert Checkpoints(tmp_path).latest() is None
    assert Checkpoints(tmp_path).rewind(0) == Position()


def test_the_newest_two_are_kept(saved: Checkpoints, tmp_path: Path) -> None:
    assert [entry.step for entry in saved.entries()] == [6, 9]
    assert [path.name[:14] for path in files(tmp_path)] == ["step-000000006", "step-000000009"]


def test_what_was_saved_comes_back_to_the_last_bit(tmp_path: Path) -> None:
    tensors = {
        "model/w": np.array([[1 / 3, np.nan], [-0.0, np.inf]], np.float32),
        "model/count": np.array(2**62, np.int64),
        "model/transposed": np.arange(6, dtype=np.float64).reshape(2, 3).T,
        "model/flags": np.array([True, False]),
        "model/empty": np.empty((0, 3), np.float16),
    }
    state = {"loss": 0.1 + 0.2, "meter": {"sums": [1e-320, 3.0]}, "nothing": None}
    checkpoint = Checkpoint(epoch=1, step=5, tensors=tensors, state=state)
    Checkpoints(tmp_path).save(checkpoint, Position(7, 2))
    loaded = Checkpoints(tmp_path).latest()
    assert loaded is not None
    assert (loaded.epoch, loaded.step) == (1, 5)
    assert loaded.state == {**state, "history": {"offset": 7, "sequence": 2}}
    for name, array in tensors.items():
        assert loaded.tensors[name].dtype == array.dtype
        assert loaded.tensors[name].shape == array.shape
        assert loaded.tensors[name].tobytes() == array.tobytes()


def test_a_damaged_newest_state_gives_way_to_the_one_before(
    saved: Checkpoints, tmp_path: Path
) -> None:
    newest = files(tmp_path)[-1]
    original = newest.read_bytes()
    picks = random.Random(0).sample(range(len(original)), 60)
    for position in (0, 7, 8, len(original) - 1, *picks):
        content = bytearray(original)
        content[position] ^= 0xFF
        newest.write_bytes(content)
        checkpoints = Checkpoints(tmp_path)
        loaded = checkpoints.latest()
        assert loaded is not None
        assert loaded.step == 6
        assert newest.name in checkpoints.notes[0]
        assert "step 6 is used" in checkpoints.notes[1]
    newest.write_bytes(original[:-1])
    loaded = Checkpoints(tmp_path).latest()
    assert loaded is not None
    assert loaded.step == 6


def test_a_lost_newest_state_gives_way_too(saved: Checkpoints, tmp_path: Path) -> None:
    files(tmp_path)[-1].unlink()
    loaded = saved.latest()
    assert loaded is not None
    assert loaded.step == 6


def test_when_all_are_damaged_the_newest_is_named(saved: Checkpoints, tmp_path: Path) -> None:
    for path in files(tmp_path):
        path.write_bytes(b"x" * path.stat().st_size)
    with pytest.raises(RunError, match="checksum") as caught:
        saved.latest()
    assert "step-000000009" in caught.value.subject


def test_a_damaged_manifest_is_replaced_by_looking_at_the_files(
    saved: Checkpoints, tmp_path: Path
) -> None:
    (tmp_path / "checkpoints/manifest.json").write_text("{")
    (tmp_path / "checkpoints/notes.txt").touch()
    assert [(entry.step, entry.history) for entry in saved.entries()] == [
        (6, Position(600, 6)),
        (9, Position(900, 9)),
    ]
    files(tmp_path)[-1].write_bytes(b"torn")
    loaded = saved.latest()
    assert loaded is not None
    assert loaded.step == 6


def test_files_without_a_place_in_the_curves_are_not_taken_for_states(
    saved: Checkpoints, tmp_path: Path
) -> None:
    (tmp_path / "checkpoints/manifest.json").write_text("{")
    content = pack_tensors({}, {"epoch": 1, "step": 12, "state": {}})
    (tmp_path / "checkpoints/step-000000012-00000000.safetensors").write_bytes(content)
    assert [entry.step for entry in saved.entries()] == [6, 9]


def test_a_state_of_another_step_is_not_taken(saved: Checkpoints, tmp_path: Path) -> None:
    manifest = tmp_path / "checkpoints/manifest.json"
    values = json.loads(manifest.read_text())
    values["entries"][1]["step"] = 10
    manifest.write_text(json.dumps(values))
    loaded = saved.latest()
    assert loaded is not None
    assert loaded.step == 6
    assert "another step" in saved.notes[0]


def test_rewinding_forgets_what_came_later(saved: Checkpoints, tmp_path: Path) -> None:
    assert saved.rewind(6) == Position(600, 6)
    assert [path.name[:14] for path in files(tmp_path)] == ["step-000000006"]
    saved.save(checkpoint_at(9), Position(900, 9))
    assert [entry.step for entry in saved.entries()] == [6, 9]
    with pytest.raises(RunError, match="no saved state of step 7"):
        saved.rewind(7)
    saved.rewind(0)
    assert saved.latest() is None
    assert files(tmp_path) == []


def test_saving_the_same_step_again_keeps_the_earlier_state(
    saved: Checkpoints, tmp_path: Path
) -> None:
    again = Checkpoint(epoch=3, step=9, tensors=checkpoint_at(1).tensors, state={})
    saved.save(again, Position(900, 9))
    assert [entry.step for entry in saved.entries()] == [6, 9]
    assert len(files(tmp_path)) == 2
    loaded = saved.latest()
    assert loaded is not None
    assert (loaded.tensors["model/weight"] == 1).all()


def test_links_out_of_the_run_are_not_followed(saved: Checkpoints, tmp_path: Path) -> None:
    newest = files(tmp_path)[-1]
    outside = tmp_path / "outside"
    os.replace(newest, outside)
    newest.symlink_to(outside)
    loaded = saved.latest()
    assert loaded is not None
    assert loaded.step == 6
    assert "symbolic link" in saved.notes[0]


def test_a_manifest_cannot_name_files_elsewhere(saved: Checkpoints, tmp_path: Path) -> None:
    manifest = tmp_path / "checkpoints/manifest.json"
    values = json.loads(manifest.read_text())
    values["entries"][1]["file"] = "../../step-000000009-00000000.safetensors"
    manifest.write_text(json.dumps(values))
    # The manifest counts as damaged, and the files speak for themselves.
    assert [entry.step for entry in saved.entries()] == [6, 9]
    assert all("/" not in entry.file for entry in saved.entries())


def _with_header(header: object, data: bytes = b"", claim: int | None = None) -> bytes:
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return struct.pack("<Q", len(text) if claim is None else claim) + text + data


META = {"aestudio": json.dumps({"epoch": 0, "step": 0, "state": {}})}


def _tensor(dtype: str, shape: list[object], offsets: list[object]) -> dict[str, object]:
    return {"dtype": dtype, "shape": shape, "data_offsets": offsets}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"1234567",
        _with_header({}, claim=2**63),
        _with_header({}, claim=2**40),
        _with_header(b"[]"),
        _with_header(b"[" * 100_000),
        _with_header(b'{"a":1,"a":2}'),
        _with_header({}),
        _with_header({"__metadata__": {"aestudio": "[]"}}),
        _with_header({"__metadata__": {"aestudio": "{"}}),
        _with_header({"__metadata__": META}, b"trailing"),
        _with_header({"__metadata__": META, "w": 5}),
        _with_header({"__metadata__": META, "w": _tensor("F32", [1], [0, 8])}, b"12345678"),
        _with_header({"__metadata__": META, "w": _tensor("F32", [2], [4, 12])}, b"x" * 12),
        _with_header({"__metadata__": META, "w": _tensor("F32", [-1, -1], [0, 4])}, b"1234"),
        _with_header({"__metadata__": META, "w": _tensor("F32", ["1"], [0, 4])}, b"1234"),
        _with_header({"__metadata__": META, "w": _tensor("F32", [2**50], [0, 4])}, b"1234"),
        _with_header({"__metadata__": META, "w": _tensor("F32", [1], [0.0, 4])}, b"1234"),
        _with_header({"__metadata__": META, "w": _tensor("F32", [1], [0])}, b"1234"),
        _with_header({"__metadata__": META, "w": _tensor("BF16", [2], [0, 4])}, b"1234"),
        _with_header(
            {
                "__metadata__": META,
                "v": _tensor("F32", [1], [0, 4]),
                "w": _tensor("F32", [1], [0, 4]),
            },
            b"1234",
        ),
    ],
)
def test_bytes_that_are_no_state_are_refused(content: bytes) -> None:
    with pytest.raises(RunError, match="damaged") as caught:
        unpack_tensors(content, "file")
    assert caught.value.subject == "file"


def test_too_many_tensors_are_refused() -> None:
    header = {str(number): _tensor("F32", [0], [0, 0]) for number in range(100_001)}
    with pytest.raises(RunError, match="too many"):
        unpack_tensors(_with_header({"__metadata__": META, **header}), "file")
