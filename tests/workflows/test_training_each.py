"""Several data sets, each learned in a run of its own."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from aestudio.data.dataset import Dataset
from aestudio.errors import DataError, OptionError, OutputError
from aestudio.runs.folder import RunFolder
from aestudio.runs.schema import RunStatus
from aestudio.training.control import Control
from aestudio.workflows.datasets.collection import Collection, Entry, read_or_survey
from aestudio.workflows.judging.evaluation import evaluate
from aestudio.workflows.planning.given import Given
from aestudio.workflows.several_sets.onlooker import Onlooker, Stage, Standing
from aestudio.workflows.several_sets.results import EachTrained, End, SetResult
from aestudio.workflows.several_sets.training_each import run_places, train_each

RNG = np.random.default_rng(0)
#: They lie on a line, so that a network does not need long to learn something.
LINE = RNG.normal(size=(60, 1)) @ RNG.normal(size=(1, 4))
GIVEN = Given.collect(
    settings=["network.hidden=[8]"], last={"training.epochs": 2, "training.batch_size": 16}
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A table, one without a value, a damaged file, and a smaller table."""
    made = tmp_path_factory.mktemp("sets")
    np.save(made / "a.npy", LINE)
    np.save(made / "b.npy", np.full((60, 5), np.nan))
    (made / "c.npy").write_bytes(b"\x93NUMPY\x01\x00")
    np.save(made / "d.npy", LINE[:, :3])
    return made


@pytest.fixture(scope="module")
def collection(folder: Path) -> Collection:
    found = read_or_survey(folder)
    assert isinstance(found, Collection)
    return found


class Notes(Onlooker):
    """Keeps what it is told; stops in the middle of the training of ``stops_at``."""

    def __init__(self, control: Control, stops_at: str = "", stage: Stage = Stage.TRAINING) -> None:
        self.control = control
        self.stops_at, self.stage = stops_at, stage
        self.begun: list[str] = []
        self.ended: list[End] = []
        self.standings: list[Standing] = []
        self.found: list[str] = []

    def begins(self, place: int, entry: Entry) -> None:
        self.begun.append(entry.name)

    def finds(self, text: str) -> None:
        self.found.append(text)

    def moves(self, standing: Standing) -> None:
        self.standings.append(standing)
        if (standing.entry.name, standing.stage) == (self.stops_at, self.stage):
            self.control.stop()

    def ends(self, place: int, result: SetResult) -> None:
        self.ended.append(result.end)


def trained(
    collection: Collection, out: Path, *, stops_at: str = "", stage: Stage = Stage.TRAINING
) -> tuple[EachTrained, Notes]:
    control = Control()
    notes = Notes(control, stops_at, stage)
    return train_each(collection, GIVEN, control=control, out=out, onlooker=notes), notes


@pytest.fixture(scope="module")
def whole(
    collection: Collection, tmp_path_factory: pytest.TempPathFactory
) -> tuple[EachTrained, Notes]:
    return trained(collection, tmp_path_factory.mktemp("runs") / "each")


def test_each_that_can_be_trained_has_a_run_of_its_own(whole: tuple[EachTrained, Notes]) -> None:
    a, b, c, d = whole[0].results
    assert [result.end for result in (a, b, c, d)] == [
        End.TRAINED,
        End.FAILED,
        End.FAILED,
        End.TRAINED,
    ]
    for result, name in ((a, "a"), (d, "d")):
        assert result.run is not None
        run = RunFolder.open(result.run)
        assert run.path.name == name
        assert run.info.status is RunStatus.COMPLETED
        assert run.experiment.network.hidden == (8,)
        assert run.experiment.training.epochs == result.epochs == 2
        assert result.code_size == run.experiment.network.code_size
        assert result.evaluation == evaluate(result.run)


def test_what_cannot_be_trained_says_why(whole: tuple[EachTrained, Notes]) -> None:
    _, b, c, _ = whole[0].results
    assert b.error is not None
    assert "300 values are missing" in b.words()
    assert c.error is not None
    assert c.error.reason in c.words()
    assert whole[0].heading == "2 of the 4 data sets are trained; 2 could not be trained."


def test_onlookers_hear_of_every_set_and_stage(whole: tuple[EachTrained, Notes]) -> None:
    found, notes = whole
    assert notes.begun == ["a.npy", "b.npy", "c.npy", "d.npy"]
    assert notes.ended == [result.end for result in found.results]
    of_a = [standing.stage for standing in notes.standings if standing.entry.name == "a.npy"]
    assert list(dict.fromkeys(of_a)) == [Stage.READING, Stage.TRAINING, Stage.MEASURING]
    shares = [standing.share for standing in notes.standings]
    assert shares == sorted(shares)
    assert (shares[0], shares[-1]) == (0.0, 1.0)
    last = [one for one in notes.standings if one.stage is Stage.TRAINING][-1]
    assert (last.epoch, last.num_epochs) == (2, 2)
    assert not last.left.is_at_least
    assert last.left.seconds is not None


def test_the_same_is_told_to_programs_and_people(whole: tuple[EachTrained, Notes]) -> None:
    values = json.loads(json.dumps(whole[0].to_json()))
    assert (values["num_trained"], values["num_failed"], values["was_stopped"]) == (2, 2, False)
    a, b, *_ = values["runs"]
    assert (a["status"], a["error"], a["num_samples"]) == ("trained", None, 60)
    assert a["evaluation"]["squared_error"] > 0
    assert (b["status"], b["run"], b["evaluation"]) == ("failed", None, None)
    assert b["error"]["reason"]
    head, row, *_ = whole[0].rows()
    assert dict(zip(head, row, strict=True))["samples"] == "60"
    assert row[-1] == a["run"]
    assert all(len(line) == len(head) for line in whole[0].rows())


def test_a_stop_keeps_what_is_finished(collection: Collection, tmp_path: Path) -> None:
    found, notes = trained(collection, tmp_path / "each", stops_at="d.npy")
    ends = [result.end for result in found.results]
    assert ends == [End.TRAINED, End.FAILED, End.FAILED, End.STOPPED]
    assert found.was_stopped
    assert found.under_way is not None
    assert found.under_way.run is not None
    assert RunFolder.open(found.under_way.run).info.status is RunStatus.STOPPED
    assert notes.begun[-1] == "d.npy"


@pytest.mark.parametrize("stage", [Stage.READING, Stage.TRAINING])
def test_nothing_more_is_begun_after_a_stop(
    collection: Collection, tmp_path: Path, stage: Stage
) -> None:
    found, notes = trained(collection, tmp_path / "each", stops_at="a.npy", stage=stage)
    assert notes.begun == ["a.npy"]
    first, *others = found.results
    assert first.end is (End.WAITING if stage is Stage.READING else End.STOPPED)
    assert all(result.end is End.WAITING for result in others)
    assert found.waiting[-1].entry.name == "d.npy"


def test_a_run_that_cannot_be_measured_counts_as_trained(
    collection: Collection, tmp_path: Path
) -> None:
    # What measuring reads again is gone by then.
    (entry, *_) = collection.entries
    source = tmp_path / "a.npy"
    source.write_bytes(Path(entry.source).read_bytes())
    moved = replace(collection, entries=(replace(entry, source=str(source)),))

    class Thief(Onlooker):
        def moves(self, standing: Standing) -> None:
            if standing.epoch == 2:
                source.unlink(missing_ok=True)

    found = train_each(moved, GIVEN, control=Control(), out=tmp_path / "each", onlooker=Thief())
    (result,) = found.results
    assert result.end is End.TRAINED
    assert result.evaluation is None
    assert "could not be measured" in result.words()
    assert result.run is not None
    assert result.run in found.rows()[1][-1]


@pytest.mark.parametrize("option", ["data.exclude='3'", "data.exclude_check=abc"])
def test_numbers_of_samples_mean_one_set_only(
    collection: Collection, tmp_path: Path, option: str
) -> None:
    with pytest.raises(OptionError, match="4"):
        train_each(
            collection,
            Given.collect(settings=[option]),
            control=Control(),
            out=tmp_path / "each",
        )
    assert not (tmp_path / "each").exists()


def test_runs_do_not_go_into_another_run(collection: Collection, tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text("{}")
    with pytest.raises(OutputError):
        train_each(collection, GIVEN, control=Control(), out=tmp_path)


def test_every_set_has_a_place_of_its_own() -> None:
    names = ("a.csv", "a.npy", "in/b.csv", "in-b.csv", "c.csv", "C.CSV")
    entries = tuple(Entry(name=name, source=name) for name in names)
    places = [place.name for place in run_places("out", entries) if place is not None]
    assert places == ["a.csv", "a.npy", "in-b.csv-3", "in-b.csv-4", "c.csv-5", "C.CSV-6"]
    assert run_places(None, entries) == (None,) * 6


def test_alike_files_of_which_one_is_damaged_are_refused_as_one(tmp_path: Path) -> None:
    for name in ("a", "b"):
        np.save(tmp_path / f"{name}.npy", LINE)
    (tmp_path / "c.npy").write_bytes(b"\x93NUMPY\x01\x00")
    with pytest.raises(DataError, match=r"c\.npy"):
        read_or_survey(tmp_path)
    (tmp_path / "c.npy").unlink()
    found = read_or_survey(tmp_path)
    assert isinstance(found, Dataset)
    assert found.num_samples == 120
