"""Decoders that crash, hang, lie or cannot start; and people who change their minds."""

from __future__ import annotations

import os
import sys
import threading
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from aestudio.data.images.plan import ImagePlan
from aestudio.data.isolation import decoder_pool, decoding
from aestudio.data.isolation.decoder_pool import DecoderPool
from aestudio.data.isolation.decoder_process import Accident, DecoderProcess, Outcome
from aestudio.errors import HelperError
from tests.data.making import save_picture

PLAN = ImagePlan(
    width=2, height=1, channels=1, numbers="uint8", fit="letterbox", background="white"
)

#: Speaks the protocol without any decoder behind it; what it does depends on the file's name.
STUB = """
import json, os, signal, struct, sys, time

def send(content, pixels=b""):
    text = json.dumps(content).encode()
    sys.stdout.buffer.write(struct.pack("<II", len(text), len(pixels)) + text + pixels)
    sys.stdout.buffer.flush()

FACTS = dict(width=2, height=1, channels=1, numbers="uint8")
send({"ready": True})
for line in sys.stdin.buffer:
    request = json.loads(line)
    answers, pixels = [], b""
    for path in request["paths"]:
        if "segfault" in path:
            os.kill(os.getpid(), signal.SIGSEGV)
        if "hang" in path:
            time.sleep(600)
        if "nonsense" in path:
            sys.stdout.buffer.write(b"\\xff" * 64)
            sys.stdout.buffer.flush()
        if "endless" in path:
            sys.stdout.buffer.write(struct.pack("<II", 2**31, 0))
            sys.stdout.buffer.flush()
        if "unknown" in path:
            answers.append(dict(FACTS, surprise=1))
        elif "ahead" in path:
            answers.append(len(answers))
        elif "beside" in path:
            answers += [{"error": "it is refused."}, len(answers)]
        elif "again" in path:
            answers.append(0)
            pixels += bytes([len(path), 7])
        elif "refused" in path:
            answers.append({"error": "it is refused."})
        else:
            answers.append(FACTS)
            num_bytes = 0 if request["plan"] is None else 1 if "short" in path else 2
            pixels += bytes([len(path), 7])[:num_bytes]
        if "piece" in path:
            send(answers, pixels)
            answers, pixels = [], b""
        if "empty" in path:
            send([])
    if answers:
        send(answers, pixels)
"""


linux_only = pytest.mark.skipif(
    sys.platform != "linux", reason="other systems have other files and no limit of memory"
)


@pytest.fixture
def stub(tmp_path: Path) -> tuple[str, ...]:
    path = tmp_path / "stub.py"
    path.write_text(STUB)
    return sys.executable, "-S", str(path)


def outcomes(
    stub: tuple[str, ...], names: list[str], *, timeout_s: float = 20.0
) -> list[str | list[int]]:
    """The pixels or the reason for every name, in order."""
    found: dict[int, str | list[int]] = {}
    with DecoderPool(command=stub, timeout_s=timeout_s) as pool:
        for index, outcome in pool.run(names, PLAN):
            assert index not in found
            found[index] = outcome.reason or list(outcome.pixels or b"")
    return [found[index] for index in range(len(names))]


def test_every_file_has_one_outcome(stub: tuple[str, ...]) -> None:
    names = ["x" * (1 + index % 50) for index in range(300)]
    assert outcomes(stub, names) == [[len(name), 7] for name in names]


def test_a_refused_file_leaves_the_others_in_place(stub: tuple[str, ...]) -> None:
    assert outcomes(stub, ["a", "refused", "ccc"]) == [[1, 7], "it is refused.", [3, 7]]


@pytest.mark.parametrize(
    "accident",
    ["segfault", "nonsense", "endless", "unknown", "short", "ahead", "beside", "empty"],
)
def test_the_file_over_which_a_decoder_dies_is_named_and_the_rest_is_read(
    stub: tuple[str, ...], accident: str
) -> None:
    names = ["a", "bb", f"{accident}.png", "dddd"]
    assert outcomes(stub, names) == [[1, 7], [2, 7], "the decoder crashed on it.", [4, 7]]


def asked_at_once(stub: tuple[str, ...], names: list[str]) -> list[list[Outcome] | Accident]:
    process = DecoderProcess(stub, 20.0)
    try:
        return list(process.ask(names, PLAN))
    finally:
        process.reap()


def test_answers_may_come_in_pieces_and_point_at_earlier_ones(stub: tuple[str, ...]) -> None:
    names = ["a", "again", "piece", "dddd", "again.", "again.."]
    parts = asked_at_once(stub, names)
    assert [len(part) for part in parts if isinstance(part, list)] == [3, 3]
    found = [one for part in parts if isinstance(part, list) for one in part]
    assert [list(one.pixels or b"") for one in found] == [[len(name), 7] for name in names]
    # A hundred thousand pictures that are alike share what is known of them.
    assert len({id(one.facts) for one in found}) == 1


def test_what_came_before_an_accident_is_kept(stub: tuple[str, ...]) -> None:
    first, accident = asked_at_once(stub, ["a", "piece", "segfault", "bb"])
    assert isinstance(first, list)
    assert len(first) == 2
    assert isinstance(accident, Accident)
    names = ["a" * 3, "piece", "segfault", *["bb"] * 13]
    found = outcomes(stub, names)
    assert found[2] == "the decoder crashed on it."
    assert found[:2] + found[3:] == [[3, 7], [5, 7], *[[2, 7]] * 13]


def test_a_decoder_that_hangs_is_ended(stub: tuple[str, ...]) -> None:
    found = outcomes(stub, ["a", "hang"], timeout_s=0.5)
    assert found == [[1, 7], "decoding took longer than 0.5 s."]


def test_decoders_that_keep_dying_end_the_reading(
    stub: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(decoder_pool, "MAX_ACCIDENTS", 2)
    with pytest.raises(HelperError, match="failed 3 times"):
        outcomes(stub, ["segfault"] * 5)


@pytest.mark.parametrize("command", [("/no/such/program",), (sys.executable, "-S", "-c", "pass")])
def test_a_decoder_that_cannot_start_is_reported(command: tuple[str, ...]) -> None:
    with pytest.raises(HelperError, match="cannot be started"):
        outcomes(command, ["a"])


def test_what_nobody_foresaw_ends_the_reading_and_is_not_waited_for(
    stub: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setattr(DecoderProcess, "ask", broken)
    with pytest.raises(ZeroDivisionError):
        outcomes(stub, ["a"])


def test_cancelling_ends_a_decoder_in_the_middle_of_its_work(stub: tuple[str, ...]) -> None:
    class CancelledError(Exception):
        pass

    asked = 0

    def check_cancelled() -> None:
        nonlocal asked
        asked += 1
        if asked == 3:
            raise CancelledError

    with DecoderPool(check_cancelled, command=stub) as pool, pytest.raises(CancelledError):
        list(pool.run(["hang"] * 200, PLAN))


def test_a_caller_that_stops_early_leaves_nothing_running(stub: tuple[str, ...]) -> None:
    before = set(threading.enumerate())
    with DecoderPool(command=stub) as pool:
        with closing(pool.run(["a"] * 5000, PLAN)) as running:
            next(running)
            started = [one._process for one in pool._processes if one._process is not None]
        assert set(threading.enumerate()) == before
    assert started
    assert all(process.poll() is not None for process in started)


def test_processes_are_kept_for_the_next_files(stub: tuple[str, ...]) -> None:
    with DecoderPool(command=stub) as pool:
        list(pool.run(["a"] * 5, None))
        (first,) = pool._processes
        process = first._process
        list(pool.run(["a"] * 5, PLAN))
        assert pool._processes[0]._process is process


def test_no_files_need_no_process() -> None:
    with DecoderPool(command=("/no/such/program",)) as pool:
        assert list(pool.run([], PLAN)) == []


def test_few_files_are_shared_out_and_many_travel_together() -> None:
    assert [len(batch) for batch in decoder_pool._batches(5, 1)] == [1] * 5
    assert [len(batch) for batch in decoder_pool._batches(70, 2)] == [4] * 17 + [2]
    assert {len(batch) for batch in decoder_pool._batches(100_000, 2)} == {128, 100_000 % 128}


# --- the real decoder -----------------------------------------------------------------------------


@linux_only
def test_the_real_decoder_reads_names_of_any_bytes(tmp_path: Path) -> None:
    names = [os.fsdecode(b"\xff\xfe.png"), "\u202egnp.png", "new\nline.png", "x" * 250 + ".png"]
    paths = [str(save_picture(tmp_path / name, "L", (2, 1))) for name in names]
    with DecoderPool() as pool:
        found = dict(pool.run(paths, PLAN))
    assert [found[index].reason for index in range(4)] == [""] * 4


@linux_only
def test_the_real_decoder_has_little_memory_and_no_more(tmp_path: Path) -> None:
    path = save_picture(tmp_path / "small.png", "L", (64, 64))
    # Enlarged to 32-bit numbers it would take 3.6 GB.
    plan = ImagePlan(
        width=30_000,
        height=30_000,
        channels=1,
        numbers="float32",
        fit="stretch",
        background="white",
    )
    with DecoderPool() as pool:
        ((_, outcome),) = pool.run([str(path)], plan)
    assert "memory" in outcome.reason


@linux_only
def test_the_real_decoder_follows_no_links_and_reads_no_pipes(tmp_path: Path) -> None:
    save_picture(tmp_path / "real.png")
    (tmp_path / "link.png").symlink_to(tmp_path / "real.png")
    os.mkfifo(tmp_path / "pipe.png")
    with DecoderPool() as pool:
        found = dict(pool.run([str(tmp_path / "link.png"), str(tmp_path / "pipe.png")], None))
    assert "links inside a folder" in found[0].reason
    assert "not a regular file" in found[1].reason


def test_pixels_arrive_as_they_were_saved(tmp_path: Path) -> None:
    paths = []
    for index in range(8):
        path = tmp_path / f"{index}.png"
        Image.fromarray(np.array([[index, 255 - index]], np.uint8)).save(path)
        paths.append(str(path))
    with DecoderPool() as pool:
        found = dict(pool.run(paths, PLAN))
    assert [list(found[index].pixels or b"") for index in range(8)] == [
        [index, 255 - index] for index in range(8)
    ]


def test_long_replies_are_sent_in_pieces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sound = [str(save_picture(tmp_path / f"{index}.png", "L", (2, 1))) for index in range(4)]
    paths = [sound[0], str(tmp_path / "none.png"), *sound[1:]]
    ((answers, pixels),) = decoding._frames(paths, PLAN, 100)
    assert answers[0]["width"] == 2
    assert "no such file" in answers[1]["error"]
    assert answers[2:] == [0, 0, 0]
    assert len(pixels) == 4 * PLAN.num_bytes
    monkeypatch.setattr(decoding, "_FRAME_BYTES", 2 * PLAN.num_bytes)
    frames = list(decoding._frames(paths, PLAN, 100))
    assert [len(answers) for answers, _ in frames] == [3, 2]
    assert b"".join(pixels for _, pixels in frames) == pixels
    monkeypatch.setattr(decoding, "_FRAME_S", 0.0)
    assert [len(answers) for answers, _ in decoding._frames(paths, PLAN, 100)] == [1] * 5


def test_a_closed_process_does_not_start_again(stub: tuple[str, ...]) -> None:
    process = DecoderProcess(stub, 20.0)
    process.close()
    with pytest.raises(HelperError, match="has been closed"):
        next(process.ask(["a"], PLAN))
