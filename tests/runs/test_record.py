"""Recording writes what a later reader needs, and passes every event on."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from aestudio.errors import FailureError, MemoryFullError, RunError, StorageError
from aestudio.runs import failpoints
from aestudio.runs.failpoints import Failpoint
from aestudio.runs.folder import RunFolder
from aestudio.runs.record import record
from aestudio.runs.schema import RunStatus
from aestudio.training.events import CheckpointReady, Event, FinishReason, RunFinished
from tests.runs.hand_made import MAP_ROWS, PICTURE_ROWS, events, make_run, train


def test_every_event_is_passed_on_unchanged_and_in_order(run: RunFolder) -> None:
    original = list(events(3))
    passed_on = list(record(run, iter(original)))
    assert [id(event) for event in passed_on] == [id(event) for event in original]


def test_a_recorded_run_can_be_read_back(tmp_path: Path) -> None:
    train(tmp_path / "run", 3)
    run = RunFolder.open(tmp_path / "run")
    metrics = run.metrics()
    assert metrics.steps.tolist() == list(range(1, 10))
    assert metrics.step_terms["loss"].astype(np.float32).tolist() == [
        np.float32(1 / step) for step in range(1, 10)
    ]
    assert metrics.train["loss"].tolist() == [1 / 3, 1 / 6, 1 / 9]
    assert metrics.validation["loss"].tolist() == [2 / 3, 2 / 6, 2 / 9]
    assert metrics.best_epoch == 3
    assert metrics.notes == ()
    assert run.preview_epochs() == (0, 1, 2, 3)
    assert (run.preview(2).reconstructions == 21.0).all()
    assert run.preview(2).codes == pytest.approx(0.2)
    samples = run.samples()
    assert samples is not None
    assert samples.picture_rows.tolist() == PICTURE_ROWS.tolist()
    assert samples.picture_samples.dtype == np.uint8
    assert samples.picture_samples[1].ravel().tolist() == [30, 31, 32, 33, 34, 35]
    assert samples.map_labels.tolist() == [row % 3 for row in MAP_ROWS]
    assert run.info.status is RunStatus.COMPLETED
    assert run.info.progress.epoch == 3
    assert run.info.progress.validation == {"loss": 2 / 9}
    assert run.info.training is not None
    assert run.info.training.term_names == ("loss", "reconstruction")


def test_a_resumed_run_leaves_the_same_curves_byte_by_byte(tmp_path: Path) -> None:
    train(tmp_path / "whole", 4)
    train(tmp_path / "parts", 2)
    # What a killed session wrote after its last saved state, torn in the middle of a line.
    with (tmp_path / "parts" / "metrics.jsonl").open("ab") as stream:
        stream.write(b'{"seq":9,"kind":"step","epoch":3,"st')
    train(tmp_path / "parts", 4)
    assert (tmp_path / "parts/metrics.jsonl").read_bytes() == (
        tmp_path / "whole/metrics.jsonl"
    ).read_bytes()


def test_a_run_killed_before_its_first_saved_state_begins_anew(tmp_path: Path) -> None:
    train(tmp_path / "whole", 2)
    run = make_run(tmp_path / "parts")
    stream = record(run, events(2))
    while not isinstance(next(stream), CheckpointReady):
        pass
    stream.close()
    for path in (tmp_path / "parts/checkpoints").iterdir():
        path.unlink()
    train(tmp_path / "parts", 2)
    assert (tmp_path / "parts/metrics.jsonl").read_bytes() == (
        tmp_path / "whole/metrics.jsonl"
    ).read_bytes()


def test_previews_after_the_saved_state_are_forgotten_on_resume(tmp_path: Path) -> None:
    train(tmp_path / "run", 2)
    (tmp_path / "run/preview/epoch-000007.npz").write_bytes(b"left by a killed session")
    stream = record(RunFolder.open(tmp_path / "run"), events(3, None))
    next(stream)
    assert RunFolder.open(tmp_path / "run").preview_epochs() == (0,)
    stream.close()


def test_closing_the_stream_frees_the_run_and_reads_as_interrupted(run: RunFolder) -> None:
    closed = []

    def source():  # type: ignore[no-untyped-def]  # a generator that notes its end
        try:
            yield from events(3)
        finally:
            closed.append(True)

    stream = record(run, source())
    next(stream)
    assert RunFolder.open(run.path).status is RunStatus.RUNNING
    stream.close()
    assert closed == [True]
    assert RunFolder.open(run.path).status is RunStatus.INTERRUPTED


@pytest.mark.parametrize("nth", [1, 2, 5, 9, 14])
@pytest.mark.parametrize("is_lasting", [False, True])
def test_a_disk_error_ends_the_run_with_one_failure(
    run: RunFolder, nth: int, is_lasting: bool
) -> None:
    stream = record(run, events(4))
    seen = [next(stream)]
    failpoints.plan(Failpoint("raise", "write", nth, is_lasting))
    seen += list(stream)
    failpoints.plan(None)
    finished = [event for event in seen if isinstance(event, RunFinished)]
    assert len(finished) == 1
    assert finished[0] is seen[-1]
    assert finished[0].reason is FinishReason.FAILED
    assert isinstance(finished[0].error, StorageError)
    assert str(run.path) in finished[0].error.subject
    assert not RunFolder.open(run.path).lock.is_held
    status = RunFolder.open(run.path).status
    assert status is (RunStatus.INTERRUPTED if is_lasting else RunStatus.FAILED)


def test_a_folder_that_vanishes_is_a_disk_error(run: RunFolder, tmp_path: Path) -> None:
    stream = record(run, events(4))
    seen: list[Event] = [next(stream)]
    run.path.rename(tmp_path / "elsewhere")
    seen += list(stream)
    last = seen[-1]
    assert isinstance(last, RunFinished)
    assert isinstance(last.error, StorageError)


def _raising(error: Exception):  # type: ignore[no-untyped-def]  # a generator that fails
    stream = events(2)
    yield next(stream)
    raise error


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (MemoryError("too much"), MemoryFullError),
        (RunError("no"), RunError),
        (ZeroDivisionError("oops"), FailureError),
    ],
)
def test_an_error_of_the_training_becomes_its_end(
    run: RunFolder, error: Exception, expected: type[Exception]
) -> None:
    seen = list(record(run, _raising(error)))
    last = seen[-1]
    assert len(seen) == 2
    assert isinstance(last, RunFinished)
    assert type(last.error) is expected
    info = RunFolder.open(run.path).info
    assert info.status is RunStatus.FAILED
    assert info.problem is not None
    assert info.problem.kind == expected.__name__


def test_a_training_that_never_says_how_it_ended_has_failed(run: RunFolder) -> None:
    seen = list(record(run, list(events(1))[:-1]))
    last = seen[-1]
    assert isinstance(last, RunFinished)
    assert last.reason is FinishReason.FAILED
    assert last.epoch == 1


def test_nothing_can_be_reported_before_the_start(run: RunFolder) -> None:
    last = list(record(run, list(events(1))[2:]))[-1]
    assert isinstance(last, RunFinished)
    assert "before it said that it had started" in str(last.error)


def test_a_state_that_was_never_saved_cannot_be_resumed(run: RunFolder) -> None:
    from tests.runs.hand_made import checkpoint_at

    last = list(record(run, events(4, checkpoint_at(6))))[-1]
    assert isinstance(last, RunFinished)
    assert isinstance(last.error, RunError)
    assert "step 6" in last.error.reason


def test_the_list_of_runs_can_follow_a_long_training(
    run: RunFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("aestudio.runs.record._INFO_INTERVAL_S", 0.0)
    epochs = []
    for event in record(run, events(2)):
        if isinstance(event, CheckpointReady):
            info = RunFolder.open(run.path).info
            epochs.append(info.progress.epoch)
            assert info.status is RunStatus.RUNNING
    assert epochs == [1, 2]
