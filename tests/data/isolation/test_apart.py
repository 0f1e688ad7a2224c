"""Decoders in a process of their own that die, hang, lie or try what they may not."""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from pathlib import Path

import numpy as np
import pytest

from aestudio.data.decoders.registry import decoder_of, formats
from aestudio.data.isolation import apart
from aestudio.data.isolation.apart import DecoderApart, pieces_apart, read_apart
from aestudio.errors import DataError, HelperError

#: Answers every request by the lines of Python that follow.
STUB = """
import os, signal, subprocess, sys, time
import numpy as np
from aestudio.data.isolation.confinement import confine
from aestudio.data.isolation.frames import FRAME, send
from aestudio.data.decoders.pieces import ArrayPiece, StoredPiece, TextsPiece, send_piece

confine(4 * 2**30)
out = sys.stdout.buffer
send(out, {"ready": True})
for line in sys.stdin.buffer:
"""
DONE = "send(out, {'done': True})"


def told(path: Path, *lines: str, timeout_s: float = 30.0) -> dict[str, np.ndarray]:
    """What arrives from a decoder that runs these lines."""
    program = STUB + "\n".join(f"    {line}" for line in lines)
    return read_apart("stub", path, timeout_s=timeout_s, command=[sys.executable, "-c", program])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "foreign.bin"
    file.write_bytes(bytes(range(100)))
    return file


def test_arrays_and_texts_arrive_as_they_were_sent(path: Path) -> None:
    arrays = told(
        path,
        "send_piece(out, ArrayPiece.whole('numbers', np.arange(6, dtype='>f4').reshape(2, 3)))",
        "send_piece(out, ArrayPiece.whole('moments', np.array(['2020-02-29', 'NaT'], 'M8[ns]')))",
        "send_piece(out, ArrayPiece.whole('none', np.zeros((0, 3))))",
        "send_piece(out, TextsPiece('texts', ['a', None, 'ü\\0b', '']))",
        DONE,
    )
    assert list(arrays) == ["numbers", "moments", "none", "texts"]
    np.testing.assert_array_equal(arrays["numbers"], np.arange(6).reshape(2, 3))
    np.testing.assert_array_equal(arrays["moments"], np.array(["2020-02-29", "NaT"], "M8[ns]"))
    assert arrays["none"].shape == (0, 3)
    assert arrays["texts"].tolist() == ["a", None, "ü\0b", ""]


def test_a_large_array_arrives_in_parts(path: Path) -> None:
    parts = "(np.full((1000, 500), i, 'i8') for i in range(3))"
    arrays = told(
        path, f"send_piece(out, ArrayPiece('x', np.dtype('i8'), (3000, 500), {parts}))", DONE
    )
    np.testing.assert_array_equal(arrays["x"], np.repeat([0, 1, 2], 1000)[:, None] * np.ones(500))


def test_what_lies_in_the_file_is_read_there(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    piece = "send_piece(out, StoredPiece('x', np.dtype('u1'), (3, 4), 10, 'F'))"
    expected = np.arange(10, 22, dtype=np.uint8).reshape(3, 4, order="F")
    np.testing.assert_array_equal(told(path, piece, DONE)["x"], expected)
    monkeypatch.setattr(apart, "MAP_FROM_BYTES", 12)
    mapped = told(path, piece, DONE)["x"]
    assert isinstance(mapped, np.memmap)
    np.testing.assert_array_equal(mapped, expected)


@pytest.mark.parametrize(
    ("lines", "reason"),
    [
        (["os.kill(os.getpid(), signal.SIGSEGV)"], "the decoder crashed on it"),
        (["sys.exit()"], "the decoder crashed on it"),
        (["time.sleep(600)"], "took longer than 1 s"),
        (["out.write(b'\\xff' * 64); out.flush()"], "crashed"),
        (["send(out, [1])"], "crashed"),
        (["send(out, {'surprise': 1})"], "crashed"),
        (["send(out, {'name': 'x', 'is': 'array', 'dtype': '|O', 'shape': [1]})"], "crashed"),
        (["send(out, {'name': 'x', 'is': 'array', 'dtype': 'f8', 'shape': [-1]})"], "crashed"),
        (["send(out, {'name': 'x', 'is': 'array', 'dtype': 'f8', 'shape': [1]}, b'1')"], "crashed"),
        (
            ["send(out, {'name': 'x', 'is': 'array', 'dtype': 'f8', 'shape': [10**6] * 2})"],
            "do not fit the memory",
        ),
        (["send_piece(out, StoredPiece('x', np.dtype('f8'), (9, 9), 0))"], "cut off"),
        (["send_piece(out, StoredPiece('x', np.dtype('f8'), (1,), -8))"], "cut off"),
        (
            [
                "send(out, {'name': 'x', 'is': 'array', 'dtype': 'u1', 'shape': [2]})",
                "send(out, {}, b'123')",
            ],
            "crashed",
        ),
        (
            [
                "send(out, {'name': 't', 'is': 'texts', 'shape': [1], 'bytes': 6})",
                "send(out, {}, b'\\x09\\0\\0\\0ab')",
            ],
            "crashed",
        ),
        (["send(out, {'error': 'it is odd.', 'next_step': 'Do that.'})"], "it is odd. Do that"),
        (["send_piece(out, TextsPiece('t', ['a']))"] * 2, "crashed"),
    ],
)
def test_the_file_is_named_and_the_program_lives_on(
    path: Path, lines: list[str], reason: str
) -> None:
    with pytest.raises(DataError) as caught:
        told(path, *lines, timeout_s=1.0 if "sleep" in lines[0] else 30.0)
    assert reason in str(caught.value)
    assert caught.value.subject == str(path)
    assert caught.value.next_step


@pytest.mark.parametrize(
    "attempt",
    [
        "__import__('socket').create_connection(('127.0.0.1', 9))",
        "subprocess.run(['true'])",
        "os.system('true')",
        "__import__('pickle').loads(b'cos\\nsystem\\n.')",
    ],
)
def test_a_decoder_may_use_no_network_no_program_and_no_pickle(path: Path, attempt: str) -> None:
    lines = [
        "try:",
        f"    {attempt}",
        "except PermissionError as error:",
        "    send(out, {'error': str(error)})",
    ]
    with pytest.raises(DataError, match="a decoder may not do this"):
        told(path, *lines)


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no limit of memory")
def test_a_decoder_has_little_memory_and_no_more(path: Path) -> None:
    lines = [
        "try:",
        "    np.ones(2**30)",
        "except MemoryError:",
        "    send(out, {'error': 'full'})",
    ]
    with pytest.raises(DataError, match="full"):
        told(path, *lines)


def test_cancelling_ends_a_decoder_in_the_middle_of_its_work(path: Path) -> None:
    class CancelledError(Exception):
        pass

    def check_cancelled() -> None:
        raise CancelledError

    program = STUB + "    time.sleep(600)"
    started = time.monotonic()
    with pytest.raises(CancelledError):
        read_apart(
            "stub",
            path,
            check_cancelled=check_cancelled,
            command=[sys.executable, "-c", program],
        )
    assert time.monotonic() - started < 5


def test_files_are_decoded_by_one_process_as_long_as_nothing_goes_wrong(path: Path) -> None:
    lines = [
        "import json",
        "asked = json.loads(line)['settings'].get('do', 'pid')",
        "pid = np.array([os.getpid()])",
        "answers = {",
        f"    'pid': lambda: (send_piece(out, ArrayPiece.whole('pid', pid)), {DONE}),",
        "    'refuse': lambda: send(out, {'error': 'it is odd.'}),",
        "    'claim': lambda: send_piece(out, StoredPiece('x', np.dtype('f8'), (9, 9), 0)),",
        "    'die': lambda: os.kill(os.getpid(), signal.SIGSEGV),",
        "}",
        "answers[asked]()",
    ]
    program = STUB + "\n".join(f"    {line}" for line in lines)
    with DecoderApart("stub", command=[sys.executable, "-c", program]) as decoder:
        pids = [int(decoder.read(path)["pid"][0]) for _ in range(3)]
        assert len(set(pids)) == 1
        for fault in ("refuse", "claim", "die"):
            with pytest.raises(DataError):
                decoder.read(path, {"do": fault})
            pids.append(int(decoder.read(path)["pid"][0]))
    assert len(set(pids)) == 4


def streamed(path: Path, *lines: str) -> Generator[tuple[str, np.ndarray]]:
    program = STUB + "\n".join(f"    {line}" for line in lines)
    command = [sys.executable, "-c", program]
    return pieces_apart("stub", path, {}, lambda: None, 30.0, command=command)


def test_pieces_arrive_while_the_decoder_waits_and_end_with_it(path: Path) -> None:
    endless = [
        "for at in range(10**9):",
        "    send_piece(out, ArrayPiece.whole('x', np.full(10**6, at)))",
        f"    open({str(path.with_name('at'))!r}, 'w').write(str(at))",
    ]
    pieces = streamed(path, *endless)
    for place in range(9):
        name, values = next(pieces)
        assert name == "x"
        assert values[0] == place
        # It is no further ahead than what waits, what is on its way, and what fills the pipe.
        assert int(path.with_name("at").read_text() or 0) <= place + 5
    pieces.close()
    with pytest.raises(StopIteration):
        next(pieces)


def test_a_stream_of_pieces_ends_like_a_file(path: Path) -> None:
    piece = "send_piece(out, TextsPiece('t', ['a']))"
    assert [texts.tolist() for _, texts in streamed(path, piece, piece, DONE)] == [["a"], ["a"]]
    with pytest.raises(DataError, match="crashed"):
        list(streamed(path, piece, "sys.exit()"))
    with pytest.raises(DataError, match="a part of it takes"):
        list(
            streamed(
                path, "send(out, {'name': 'x', 'is': 'array', 'dtype': 'f8', 'shape': [2**26]})"
            )
        )


@pytest.mark.parametrize("command", [("/no/such/program",), (sys.executable, "-S", "-c", "pass")])
def test_a_decoder_that_cannot_start_is_reported(path: Path, command: tuple[str, ...]) -> None:
    with pytest.raises(HelperError, match="cannot be started"):
        read_apart("stub", path, command=command)


def test_what_nobody_foresaw_is_raised_and_not_taken_for_the_end(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(apart, "_checked_shape", broken)
    with pytest.raises(ZeroDivisionError):
        told(path, "send_piece(out, ArrayPiece.whole('numbers', np.arange(6)))", DONE)


def test_every_decoder_is_found_by_its_name() -> None:
    assert {"hdf5", "mat", "zarr"} <= set(formats())
    assert callable(decoder_of("zarr"))
    with pytest.raises(ValueError, match="no decoder"):
        decoder_of("os")
