"""What the Data workspace does in the background. The data room is imported there, not before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import numpy.typing as npt

    from aestudio.data.options import DataOptions
    from aestudio.data.samples.registry import Sample
    from aestudio.gui.background import TaskReport
    from aestudio.gui.workspaces.sheet_content import SheetContent
    from aestudio.workflows.datasets.collection import Collection

_PREVIEW_TILES = 16


@dataclass(frozen=True, slots=True, eq=False)
class SamplePreview:
    """A built-in sample with a few of its pictures, of its rows as lines, or of its texts."""

    sample: Sample
    pictures: npt.NDArray[np.uint8] | None
    profiles: npt.NDArray[np.float32] | None
    texts: tuple[str, ...] = ()


def read_for_sheet(
    options: DataOptions,
) -> Callable[[TaskReport], tuple[SheetContent | Collection, DataOptions]]:
    """Return the work that reads ``options.source`` and describes it, or the data sets in it."""

    def work(report: TaskReport) -> tuple[SheetContent | Collection, DataOptions]:
        from aestudio.data.readers.registry import readers
        from aestudio.gui.workspaces.sheet_content import describe
        from aestudio.workflows.datasets.collection import Collection, survey

        found = survey(
            options.source, options, progress=report.progress, is_cancelled=report.is_cancelled
        )
        if isinstance(found, Collection):
            return found, options
        dataset = found.dataset
        titles = {reader.name: reader.title for reader in readers()}
        # So that the numbers of what is left out are refused once they name other samples.
        read_so = options.changed(exclude_check=dataset.exclude_check)
        return describe(dataset, titles.get(dataset.reader, "")), read_so

    return work


def load_sample_previews(report: TaskReport) -> tuple[SamplePreview, ...]:
    """Return the built-in samples, images first."""
    import numpy as np

    from aestudio.data.arrays.tokens import texts_of
    from aestudio.data.dataset import Kind
    from aestudio.data.samples import list_samples
    from aestudio.data.splitting import evenly_spaced
    from aestudio.gui.workspaces.sample_drawing import pictures_of, profiles_of

    previews = []
    for sample in sorted(list_samples(), key=lambda sample: (sample.kind, sample.name)):
        if report.is_cancelled():
            break
        dataset = sample.load()
        rows = evenly_spaced(np.arange(dataset.num_samples), _PREVIEW_TILES)
        if sample.kind == Kind.IMAGES:
            preview = SamplePreview(sample, pictures_of(dataset, rows), None)
        elif sample.kind == Kind.TOKENS:
            texts = texts_of(dataset.x[rows], dataset.symbols, dataset.padding)
            preview = SamplePreview(sample, None, None, tuple(texts))
        else:
            preview = SamplePreview(sample, None, profiles_of(dataset, rows))
        previews.append(preview)
    return tuple(previews)
