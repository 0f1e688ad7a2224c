"""Several types side by side: same data, same code size, one yardstick."""

from __future__ import annotations

from pathlib import Path

import pytest

from aestudio.autoencoders.registry import types
from aestudio.data.reading import read
from aestudio.errors import OptionError
from aestudio.runs.folder import RunFolder
from aestudio.runs.schema import RunStatus
from aestudio.training.control import Control
from aestudio.training.events import RunFinished
from aestudio.workflows.comparison import comparing
from aestudio.workflows.comparison.comparing import Comparison, chosen_types, compare_types
from aestudio.workflows.judging.evaluation import evaluate
from aestudio.workflows.reporting import WorkCancelledError
from aestudio.workflows.training import TrainingSession, follow_to_end
from tests.workflows.conftest import QUICK

BOTH = ("undercomplete", "variational")


def to_the_end(name: str, session: TrainingSession) -> RunFinished:
    return follow_to_end(session, lambda event: None)


def test_all_means_every_registered_type() -> None:
    assert chosen_types("all") == tuple(types())
    assert chosen_types(["variational", "variational"]) == ("variational",)
    with pytest.raises(OptionError, match="variational"):
        chosen_types(["variatonal"])


def test_types_share_code_size_epochs_and_the_samples_that_judge_them(tmp_path: Path) -> None:
    given = {**QUICK, "network.code_size": 3}
    comparison = compare_types(
        read("digits"), BOTH, follow=to_the_end, given=given, out=tmp_path, control=Control()
    )
    assert [one.squared_error for one in comparison.contestants] == sorted(
        one.squared_error for one in comparison.contestants
    )
    for one in comparison.contestants:
        run = RunFolder.open(one.run)
        assert run.path == tmp_path / one.type
        assert run.experiment.network.code_size == 3
        assert run.experiment.training.epochs == QUICK["training.epochs"]
        judged = evaluate(run.path)
        assert one.squared_error == judged.squared_error
        assert comparison.pca_squared_error == judged.pca_squared_error
        assert comparison.num_samples == judged.num_samples
    assert [row[0] for row in comparison.rows()][1:-1] == [
        one.type for one in comparison.contestants
    ]
    assert comparison.rows()[-1][0] == "PCA"


def test_a_type_that_fails_is_told_of_and_the_others_go_on(tmp_path: Path) -> None:
    failure = OptionError("no.", subject="network.kind", next_step="Choose another.")

    def follow(name: str, session: TrainingSession) -> RunFinished:
        if name == "undercomplete":
            raise failure
        return to_the_end(name, session)

    comparison = compare_types(
        read("digits"), BOTH, follow=follow, given=QUICK, out=tmp_path, control=Control()
    )
    good, bad = comparison.contestants
    assert (good.type, bad.type) == ("variational", "undercomplete")
    assert good.error is None
    assert bad.squared_error is None
    assert "no." in str(bad.error)
    assert "failed: " in comparison.rows()[2][-1]


def test_when_none_can_be_trained_it_says_why(tmp_path: Path) -> None:
    given = {**QUICK, "network.kind": "convolutional"}
    with pytest.raises(OptionError, match="needs pictures"):
        compare_types(
            read("breast-cancer"),
            BOTH,
            follow=to_the_end,
            given=given,
            out=tmp_path,
            control=Control(),
        )


@pytest.mark.parametrize("stops_at", ["undercomplete", "variational"])
def test_a_stop_ends_the_comparison_with_what_is_finished(stops_at: str, tmp_path: Path) -> None:
    control = Control()

    def follow(name: str, session: TrainingSession) -> RunFinished:
        if name == stops_at:
            control.stop()
        return to_the_end(name, session)

    def compare() -> Comparison:
        return compare_types(
            read("digits"), BOTH, follow=follow, given=QUICK, out=tmp_path, control=control
        )

    if stops_at == "undercomplete":
        with pytest.raises(WorkCancelledError):
            compare()
    else:
        comparison = compare()
        assert [one.type for one in comparison.contestants] == ["undercomplete"]
        assert comparison.was_stopped
        assert "Stopped" in comparison.notes()[0]
    assert RunFolder.open(tmp_path / stops_at).info.status is RunStatus.STOPPED


def test_a_type_cannot_be_given_as_well() -> None:
    given = {"autoencoder.type": "variational"}
    with pytest.raises(OptionError, match="--types"):
        compare_types(
            read("digits"), comparing.ALL, follow=to_the_end, given=given, control=Control()
        )
