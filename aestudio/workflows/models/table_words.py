"""Reconstructed rows of a table as the table itself would write them."""

from __future__ import annotations

from collections.abc import Iterator

from aestudio.data.dataset import Dataset
from aestudio.export.csv_table import csv_bytes
from aestudio.export.filled_table import cell_texts
from aestudio.export.spreadsheet_text import neutral_text
from aestudio.preprocess.table import TableScaling
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
    heads = []
    for column in columns:
        heads.append(neutral_text(column.name))
        if model.gives_chances and column.categories:
            heads.append(neutral_text(f"{column.name}: probability"))
    yield csv_bytes([heads])
    for rows in model.blocks(dataset.num_samples):
        output = model.reconstruct_scaled(model.to_model_scale(dataset.x[rows]))
        cells = scaling.inverse(output)
        texts: list[list[str]] = []
        parts = scaling.categories_of(output) if model.gives_chances else {}
        for place, column in enumerate(columns):
            texts.append(cell_texts(cells[:, place], column))
            if place in parts:
                texts.append([f"{chance:.4f}" for chance in parts[place].max(axis=1)])
        yield csv_bytes(zip(*texts, strict=True))
        report(rows.stop, dataset.num_samples)
