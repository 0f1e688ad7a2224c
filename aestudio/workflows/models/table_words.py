"""Reconstructed rows of a table as the table itself would write them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from aestudio.data.dataset import Dataset
from aestudio.export.csv_table import csv_bytes
from aestudio.export.filled_table import cell_texts
from aestudio.export.spreadsheet_text import neutral_text
from aestudio.preprocess.table import TableScaling
from aestudio.training.preview import evaluation_batch_size
from aestudio.workflows.models.trained_model import TrainedModel
from aestudio.workflows.reporting import Progress


def words_of_rows(
    model: TrainedModel, scaling: TableScaling, dataset: Dataset, report: Progress
) -> Iterator[bytes]:
    """Yield a CSV file of what the model makes of each row: categories by name, dates by calendar.

    Behind each column of categories stands how probable the one that is named is, where the model
    gives probabilities.
    """
    columns = scaling.table_columns
    with_chances = {column.name for column in columns if column.categories}
    if not model.gives_chances:
        with_chances = set()
    heads = []
    for column in columns:
        heads.append(neutral_text(column.name))
        if column.name in with_chances:
            heads.append(neutral_text(f"{column.name}: probability"))
    yield csv_bytes([heads])
    step = evaluation_batch_size(sum(scaling.widths))
    for start in range(0, dataset.num_samples, step):
        rows = slice(start, start + step)
        output = model.reconstruct_scaled(model.to_model_scale(dataset.x[rows]))
        cells = scaling.inverse(output)
        texts: list[list[str]] = []
        for place, (column, (first, stop)) in enumerate(
            zip(columns, scaling.layout.columns, strict=True)
        ):
            texts.append(cell_texts(cells[:, place], column))
            if column.name in with_chances:
                chances = np.max(output[:, first:stop], axis=1)
                texts.append([f"{chance:.4f}" for chance in chances])
        yield csv_bytes(zip(*texts, strict=True))
        report(min(rows.stop, dataset.num_samples), dataset.num_samples)
