"""Long series, each with a length of its own, before windows are cut out of them.

Shapes: L steps of one series, C channels; the series of one set share C and the number type.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.dataset import Finding, Kind
from aestudio.data.files.plain_words import printable
from aestudio.errors import OptionError

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset

Array = npt.NDArray[Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OneSeries:
    """What was measured, step by step."""

    name: str
    values: Array  #: (L, C)
    #: (L,) when each step was; None where steps are a fixed time apart, or nothing is known.
    moments: npt.NDArray[np.float64] | None = None
    #: Steps before which time is missing: a window must not lie across one.
    breaks: tuple[int, ...] = ()
    #: (L,) a label for every step; None without.
    step_labels: npt.NDArray[np.int64] | None = None

    @property
    def pieces(self) -> tuple[tuple[int, int], ...]:
        """The first step and the end of each part without a break."""
        edges = (0, *self.breaks, len(self.values))
        return tuple(itertools.pairwise(edges))


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SeriesSet:
    """One or more series of the same channels."""

    name: str
    source: str
    reader: str
    series: tuple[OneSeries, ...]
    channel_names: tuple[str, ...] = ()
    #: Whether moments are seconds since 1970.
    is_date: bool = False
    #: The usual time between two steps; None where nothing is known of the time.
    step: float | None = None
    #: The unit of moments that are no dates.
    unit: str = ""
    #: One for each series, -1 without one.
    labels: npt.NDArray[np.int64] | None = None
    label_names: tuple[str, ...] = ()
    #: What the labels of steps are called.
    step_label_names: tuple[str, ...] = ()
    findings: tuple[Finding, ...] = ()
    read_as: tuple[tuple[str, str], ...] = ()


def series_of(dataset: Dataset) -> SeriesSet:
    """Return each sample of a dataset of sequences as a series of its own; nothing is copied.

    Raises
    ------
    OptionError
        The samples are no sequences.
    """
    if dataset.kind is not Kind.SEQUENCES:
        raise OptionError(
            f"windows are cut out of series, and {printable(dataset.name)} holds {dataset.kind}.",
            subject="data.window",
            next_step="Leave it empty for this data.",
        )
    count = dataset.num_samples
    alone = (dataset.name,) if count == 1 else tuple(f"series {i + 1}" for i in range(count))
    names = dataset.sample_names or alone
    return SeriesSet(
        name=dataset.name,
        source=dataset.source,
        reader=dataset.reader,
        series=tuple(
            OneSeries(name=name, values=values)
            for name, values in zip(names, dataset.x, strict=True)
        ),
        channel_names=dataset.feature_names,
        labels=dataset.labels,
        label_names=dataset.label_names,
        findings=dataset.findings,
        read_as=dataset.read_as,
    )
