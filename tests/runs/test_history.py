"""Lines say of themselves whether they are whole; what is torn or changed is left out."""

from __future__ import annotations

import json
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from aestudio.errors import StorageError
from aestudio.runs.history import Appender, Position, encode_line, sequence_of, split_lines
from aestudio.runs.metrics import Metrics, read_metrics


def a_file(num_lines: int) -> bytes:
    return b"".join(
        encode_line(number, {"kind": "step", "epoch": 1, "step": number, "terms": {"loss": 0.5}})
        for number in range(1, num_lines + 1)
    )


def test_a_line_is_json_with_its_number_and_checksum() -> None:
    line = encode_line(7, {"kind": "x", "text": "ü\n"})
    assert line.endswith(b"}\n")
    values = json.loads(line)
    assert values["seq"] == 7
    assert values["text"] == "ü\n"
    assert sequence_of(line[:-1]) == 7


def test_numbers_that_json_cannot_say_are_refused() -> None:
    with pytest.raises(ValueError, match="JSON"):
        encode_line(1, {"value": float("nan")})


def test_a_file_torn_at_any_byte_keeps_every_whole_line() -> None:
    content = a_file(3)
    ends = [position + 1 for position, byte in enumerate(content) if byte == 10]
    for length in range(len(content) + 1):
        found = split_lines(content[:length])
        whole = sum(end <= length for end in ends)
        assert len(found.lines) == whole
        assert found.end == Position(ends[whole - 1] if whole else 0, whole)
        assert found.is_torn == (length not in (0, *ends))
        assert bool(found.notes) == found.is_torn
        assert read_metrics(content[:length]).steps.tolist() == list(range(1, whole + 1))


def test_a_changed_byte_anywhere_costs_at_most_its_lines() -> None:
    content = a_file(3)
    for position in range(len(content)):
        changed = bytearray(content)
        changed[position] ^= 0x11
        found = split_lines(bytes(changed))
        assert len(found.lines) >= 1
        assert all(sequence_of(line) for line in found.lines)
        assert found.notes
        assert read_metrics(bytes(changed)).notes


def test_a_damaged_line_in_the_middle_is_counted(tmp_path: Path) -> None:
    lines = a_file(3).splitlines(keepends=True)
    lines[1] = lines[1].replace(b"0.5", b"0.6")
    found = split_lines(b"".join(lines))
    assert [sequence_of(line) for line in found.lines] == [1, 3]
    assert found.notes == ("1 damaged lines were left out.",)


def test_lines_are_ordered_by_number_and_repeats_left_out() -> None:
    lines = a_file(3).splitlines(keepends=True)
    found = split_lines(lines[0] + lines[2] + lines[1] + lines[2])
    assert [sequence_of(line) for line in found.lines] == [1, 3]


@given(st.binary(max_size=300))
def test_any_bytes_can_be_read(content: bytes) -> None:
    found = split_lines(content)
    assert found.end.offset <= len(content)
    assert isinstance(read_metrics(content), Metrics)


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["kind", "epoch", "step", "terms", "train", "is_best"]), _values
        )
        | st.fixed_dictionaries(
            {
                "kind": st.just("step"),
                "epoch": st.integers(),
                "step": st.integers(),
                "terms": st.dictionaries(st.text(max_size=5), st.floats() | st.none()),
            }
        ),
        max_size=4,
    )
)
def test_whole_lines_with_any_content_can_be_read(contents: list[dict[str, object]]) -> None:
    written = []
    for content in contents:
        try:
            written.append(encode_line(len(written) + 1, content))
        except (ValueError, OverflowError):
            continue
    metrics = read_metrics(b"".join(written))
    assert len(metrics.steps) + len(metrics.epochs) <= len(written)
    assert all(len(values) == len(metrics.steps) for values in metrics.step_terms.values())
    left_out = len(written) - len(metrics.steps) - len(metrics.epochs)
    assert bool(metrics.notes) == bool(left_out)


def test_appending_goes_on_behind_the_last_whole_line(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(a_file(2) + b'{"seq":3,"ki')
    with closing(Appender(path, split_lines(path.read_bytes()).end)) as appender:
        appender.append([{"kind": "step", "epoch": 1, "step": 3, "terms": {"loss": 0.5}}])
        appender.append([])
        appender.sync()
        assert appender.position == Position(len(a_file(3)), 3)
    assert path.read_bytes() == a_file(3)
    appender.close()


def test_a_file_shorter_than_its_saved_position_is_named(tmp_path: Path) -> None:
    path = tmp_path / "log"
    path.write_bytes(a_file(1))
    with pytest.raises(StorageError, match="5 bytes are missing"):
        Appender(path, Position(len(a_file(1)) + 5, 2))
    assert path.read_bytes() == a_file(1)
