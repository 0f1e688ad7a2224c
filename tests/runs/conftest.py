"""A run to record without training: hand-made events and a dataset of a few tiny pictures."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from aestudio.data.dataset import Dataset
from aestudio.runs import failpoints
from aestudio.runs.folder import RunFolder
from tests.runs.hand_made import a_dataset, make_run


@pytest.fixture
def dataset() -> Dataset:
    return a_dataset()


@pytest.fixture
def run(tmp_path: Path) -> RunFolder:
    return make_run(tmp_path / "run")


@pytest.fixture(autouse=True)
def no_fault_left_planned() -> Iterator[None]:
    yield
    failpoints.plan(None)
