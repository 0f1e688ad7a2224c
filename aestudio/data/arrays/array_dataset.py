"""From bare arrays to a :class:`~aestudio.data.dataset.Dataset`; shared by the array readers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from aestudio.data.arrays.array_kind import SERIES, arrange
from aestudio.data.arrays.tokens import with_symbols
from aestudio.data.conspicuous import conspicuous
from aestudio.data.dataset import Dataset, Finding, Kind, Severity
from aestudio.data.files.plain_words import printable
from aestudio.data.images.numbers import as_image_numbers
from aestudio.data.images.resizing import resized_and_recoloured
from aestudio.data.labels import Labels, labels_from, renamed
from aestudio.data.series.own_scale import in_own_scale
from aestudio.data.series.windows import in_windows

if TYPE_CHECKING:
    from aestudio.data.request import Request

Array = npt.NDArray[Any]


def dataset_from_arrays(
    request: Request,
    reader: str,
    x: Array,
    labels: Array | None = None,
    *,
    name: str = "",
    feature_names: tuple[str, ...] = (),
    symbols: tuple[str, ...] = (),
    test: Dataset | None = None,
) -> Dataset:
    """Guess what ``x`` holds, bring it to the stored layout and note what is odd about it.

    Whole numbers (N, T) beside ``symbols`` are tokens, unless something else is wanted.

    Raises
    ------
    DataError
        The array is no set of samples, or there is not one label per sample.
    """
    source = printable(request.path)
    wanted = request.options.kind
    if symbols and wanted == "auto" and x.ndim == 2 and x.dtype.kind in "iu":
        wanted = "tokens"
    kind, arranged, notes = arrange(x, wanted, source)
    found = Labels() if labels is None else labels_from(labels, len(arranged), source)
    dataset = Dataset(
        name=printable(name or request.path.name),
        kind=kind,
        x=_numbers(kind, arranged, source),
        source=str(request.path),
        labels=found.indices,
        label_names=found.names,
        feature_names=feature_names if len(feature_names) == arranged.shape[-1] else (),
        symbols=symbols if kind is Kind.TOKENS else (),
        findings=(*notes, *found.findings),
        reader=reader,
    )
    return finished(dataset if test is None else with_test(dataset, test), request)


def finished(dataset: Dataset, request: Request) -> Dataset:
    """Apply the options on kind, windows, size and colour, then look for what is conspicuous.

    Raises
    ------
    DataError
        The samples cannot be read as the wanted kind.
    """
    is_as_wanted = request.options.kind == SERIES and dataset.kind is Kind.SEQUENCES
    if request.options.kind not in ("auto", dataset.kind) and not is_as_wanted:
        kind, x, _ = arrange(dataset.x, request.options.kind, printable(request.path))
        dataset = replace(
            dataset,
            kind=kind,
            x=x,
            feature_names=(),
            columns=(),
            symbols=(),
            padding=None,
            _fingerprint=[],
        )
    if dataset.kind is Kind.TOKENS:
        dataset = with_symbols(dataset, request.options.padding, printable(request.path))
    if request.options.kind == SERIES or request.options.window is not None:
        dataset = in_windows(dataset, request.options)
    if request.options.series_scale == "own":
        dataset = in_own_scale(dataset)
    dataset = _with_fitting_test(resized_and_recoloured(dataset, request))
    return replace(dataset, findings=(*dataset.findings, *conspicuous(dataset, request)))


def with_test(dataset: Dataset, test: Dataset) -> Dataset:
    """Join the test part; both parts then mean the same class by the same index."""
    if dataset.labels is None or test.labels is None:
        return replace(dataset, test=test)
    new = tuple(name for name in test.label_names if name not in dataset.label_names)
    names = dataset.label_names + new
    labels = renamed(test.labels, test.label_names, names)
    return replace(dataset, label_names=names, test=replace(test, labels=labels, label_names=names))


def _with_fitting_test(dataset: Dataset) -> Dataset:
    """Leave out a test part that no model of the other samples can be tried on, and say so."""
    test = dataset.test
    if test is None or (test.kind, test.shape) == (dataset.kind, dataset.shape):
        return dataset
    of_test, of_others = (" x ".join(map(str, part.shape)) for part in (test, dataset))
    finding = Finding(
        Severity.WARNING,
        f"The part for testing was left out: its samples are {test.kind} of {of_test}, the others {dataset.kind} of {of_others}.",
        "Save both parts in the same shape.",
    )
    return replace(dataset, test=None, findings=(*dataset.findings, finding))


def _numbers(kind: Kind, x: Array, source: str) -> Array:
    if kind is Kind.IMAGES:
        return as_image_numbers(x, source)
    return x.astype(np.float32) if x.dtype == np.float16 else x
