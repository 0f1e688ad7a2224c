from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from aestudio.data.files import doors
from aestudio.data.reading import read
from aestudio.errors import DataError, OptionError, OutputError, RunError
from aestudio.runs.folder import RunFolder
from aestudio.training.control import Control
from aestudio.training.events import EpochDone, FinishReason, PreviewReady, RunFinished
from aestudio.workflows.judging.evaluation import evaluate
from aestudio.workflows.planning.recommendation import recommend
from aestudio.workflows.training import prepare, resume_training, start_training
from tests.workflows.conftest import QUICK
from tests.workflows.resuming import check_goes_on_bit_by_bit, digests


def _experiment(**given):
    values = {**QUICK, **{key.replace("__", "."): value for key, value in given.items()}}
    return recommend(read("digits"), given=values)


def test_preparation_scales_on_the_training_part_and_keeps_the_source() -> None:
    preparation = prepare(_experiment())
    assert preparation.experiment.data.source == "digits"
    assert len(preparation.split.train) + len(preparation.split.validation) == 1797
    assert preparation.autoencoder.sample_shape == (1, 8, 8)
    assert preparation.scaling.is_unit_interval


def test_the_live_model_follows_the_previews(tmp_path: Path) -> None:
    session = start_training(prepare(_experiment()), tmp_path / "run", Control())
    x = None
    for event in session.events:
        if isinstance(event, PreviewReady):
            samples = session.run.samples()
            assert samples is not None
            x = session.preparation.dataset.x[samples.map_rows]
            np.testing.assert_allclose(session.live_model.encode(x), event.codes, atol=1e-3)
    assert x is not None


def test_a_stopped_run_goes_on_as_if_it_had_never_stopped(tmp_path: Path) -> None:
    check_goes_on_bit_by_bit(_experiment(training__epochs=4), tmp_path)


def test_a_finished_run_takes_more_epochs(digits_run: Path, tmp_path: Path) -> None:
    run = tmp_path / "more"
    shutil.copytree(digits_run, run)
    with pytest.raises(RunError, match="nothing is left") as caught:
        resume_training(run, Control())
    assert "--epochs" in caught.value.next_step
    *_, event = resume_training(run, Control(), epochs=4).events
    assert isinstance(event, RunFinished)
    assert (event.reason, event.epoch) == (FinishReason.COMPLETED, 4)
    assert RunFolder.open(run).experiment.training.epochs == 4


def test_changed_data_is_not_trained_on(tmp_path: Path) -> None:
    data = tmp_path / "data.npy"
    x = np.random.default_rng(0).normal(size=(50, 6)).astype(np.float32)
    np.save(data, x)
    control = Control()
    experiment = recommend(read(data), given={**QUICK, "network.code_size": 2})
    for event in start_training(prepare(experiment), tmp_path / "run", control).events:
        if isinstance(event, EpochDone):
            control.stop()
    np.save(data, x + 1)
    with pytest.raises(RunError, match="has changed"):
        resume_training(tmp_path / "run", Control())
    data.unlink()
    with pytest.raises(DataError):
        resume_training(tmp_path / "run", Control())


@pytest.mark.parametrize("scaling", ["standard", "none"])
def test_cross_entropy_is_refused_where_data_leaves_the_unit_interval(scaling: str) -> None:
    experiment = _experiment(training__loss="bce", preprocess__scaling=scaling)
    with pytest.raises(OptionError) as caught:
        prepare(experiment)
    assert caught.value.subject == "training.loss"


def test_a_place_that_cannot_be_written_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("in the way")
    preparation = prepare(_experiment())
    with pytest.raises(OutputError):
        start_training(preparation, file / "run", Control())
    with pytest.raises(OutputError):
        start_training(preparation, tmp_path, Control())


def test_two_trainings_of_one_recipe_are_equal(tmp_path: Path) -> None:
    for name in ("a", "b"):
        for _ in start_training(prepare(_experiment()), tmp_path / name, Control()).events:
            pass
    assert digests(tmp_path / "a") == digests(tmp_path / "b")


def test_what_is_not_as_it_was_is_said(
    digits_run: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = tmp_path / "moved"
    shutil.copytree(digits_run, run)
    assert resume_training(run, Control(), epochs=4).notes == ()
    monkeypatch.setattr("torch.get_num_threads", lambda: 77)
    (note,) = resume_training(run, Control(), epochs=4).notes
    assert "threads" in note
    assert "77" in note


@pytest.mark.skipif(sys.platform != "linux", reason="names are text on other systems")
def test_a_path_that_is_no_text_can_be_trained_on_and_found_again(tmp_path: Path) -> None:
    data = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe\\udc \xc3\xa4/caf\xe9.npy")
    os.mkdir(os.path.dirname(data))
    np.save(data, np.random.default_rng(0).normal(size=(40, 4)))
    given = {**QUICK, "network.code_size": 2}
    experiment = recommend(read(data), given=given)
    session = start_training(prepare(experiment, read(data)), tmp_path / "run", Control())
    *_, event = session.events
    assert isinstance(event, RunFinished)
    assert event.error is None
    assert "caf" in RunFolder.open(tmp_path / "run").experiment.data.source
    assert evaluate(tmp_path / "run").num_samples == 8
    last = list(resume_training(tmp_path / "run", Control(), epochs=4).events)[-1]
    assert isinstance(last, RunFinished)
    assert last.reason is FinishReason.COMPLETED
    assert prepare(RunFolder.open(tmp_path / "run").experiment).dataset.num_samples == 40
    os.unlink(data)
    with pytest.raises(DataError, match="no such file"):
        evaluate(tmp_path / "run")


def test_a_file_cut_off_while_training_ends_the_run_and_not_the_program(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(doors, "MAP_FROM_BYTES", 1000)
    path = tmp_path / "x.npy"
    np.save(path, np.random.default_rng(0).normal(size=(2000, 8)).astype(np.float32))
    whole = path.read_bytes()
    dataset = read(path)
    given = {**QUICK, "training.epochs": 4, "training.checkpoint_interval": 0.01}
    experiment = recommend(dataset, "undercomplete", given=given)
    session = start_training(prepare(experiment, dataset), tmp_path / "run", Control())
    for event in session.events:
        if isinstance(event, EpochDone) and event.epoch == 2:
            os.truncate(path, 4096)
    assert isinstance(event, RunFinished)
    assert event.reason is FinishReason.FAILED
    assert isinstance(event.error, DataError)
    assert event.error.subject == str(path)
    checkpoint = RunFolder.open(tmp_path / "run").latest_checkpoint()
    assert checkpoint is not None
    path.write_bytes(whole)
    assert list(resume_training(tmp_path / "run", Control()).events)[-1].reason is (
        FinishReason.COMPLETED
    )
