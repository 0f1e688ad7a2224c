"""A table with a column of texts: messages with their labels, a list of names."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from aestudio.data.columns import ColumnKind
from aestudio.data.files.plain_words import data_error
from aestudio.data.labels import MAX_CLASSES
from aestudio.data.tables.cells import distinct_texts, read_cells
from aestudio.data.tables.plain_use import class_labels
from aestudio.data.tables.raw_table import RawTable, Values, is_text, is_time
from aestudio.data.tables.registry import table_use
from aestudio.data.tables.roles import MAX_NUMBERED_CLASSES
from aestudio.data.text.token_dataset import dataset_from_texts, num_words
from aestudio.errors import OptionError
from aestudio.options import suggest

if TYPE_CHECKING:
    from aestudio.data.dataset import Dataset
    from aestudio.data.request import Request

#: Texts beside more measured columns than this are names of the rows, not what the table is about.
_MOST_MEASURED = 2
#: Beside measured columns, texts have to be sentences.
_WORDS_OF_A_SENTENCE = 4


def _recognises(table: RawTable, request: Request) -> bool:
    if request.options.kind == "tokens":
        return any(map(is_text, table.values))
    if table.num_columns == 1:
        return _is_no_number(table.names[0], table.values[0])
    texts = _free_texts(table)
    if not texts:
        return False
    others = [values for values in table.values if not is_text(values)]
    if not others:
        return True
    longest = max(num_words(table.column(name).tolist()) for name in texts)
    return len(others) <= _MOST_MEASURED and longest >= _WORDS_OF_A_SENTENCE


# Behind lists of pictures and the like, whose texts mean something else.
@table_use(name="text", recognises=_recognises, kinds=("tokens",), priority=-50)
def build(request: Request, table: RawTable) -> Dataset:
    """Build tokens (N, T) of the column of texts, with a column of classes as the label.

    Raises
    ------
    DataError
        There is no text in the column.
    OptionError
        No column is called as ``data.columns`` or ``data.label_field`` says.
    """
    name = _text_column(request, table)
    sizes = {other: _num_classes(table.column(other)) for other in table.names if other != name}
    fields = tuple(other for other, size in sizes.items() if size)
    label = request.options.label_field
    if label not in fields:
        # What is asked for in vain is refused where all labels are, in the same words.
        several = {other: size for other, size in sizes.items() if size > 1}
        label = min(several, key=lambda other: several[other], default="")
    labels = class_labels(table.column(label)) if label else None
    dataset = dataset_from_texts(request, table.column(name).tolist(), labels)
    said = (("Texts", name), *dataset.read_as) if table.num_columns > 1 else dataset.read_as
    return replace(dataset, label_fields=fields, read_as=said)


def _is_no_number(name: str, values: Values) -> bool:
    if not is_text(values):
        return False
    reading = read_cells(name, values)
    # A few words that occur again and again are categories elsewhere; alone they are texts.
    return (
        reading is None
        or reading.column.kind is not ColumnKind.NUMERIC
        or all(value is None for value in values)
    )


def _free_texts(table: RawTable) -> list[str]:
    """Return the columns that hold neither numbers nor categories."""
    return [
        name
        for name, values in zip(table.names, table.values, strict=True)
        if is_text(values) and read_cells(name, values) is None
    ]


def _text_column(request: Request, table: RawTable) -> str:
    wanted = request.options.columns.strip().strip('"')
    texts = [
        name for name, values in zip(table.names, table.values, strict=True) if is_text(values)
    ]
    if wanted:
        if wanted not in texts:
            raise OptionError(
                f"no column of texts is called '{wanted}'.",
                subject="data.columns",
                next_step=suggest(wanted, texts),
            )
        return wanted
    if not texts:
        raise data_error(request.path, "no column holds texts.", "Read it as a table.")
    return max(_free_texts(table) or texts, key=lambda name: _mean_length(table.column(name)))


def _num_classes(values: Values) -> int:
    """Return how many classes a column tells apart; 0 where it holds something else."""
    if is_text(values):
        return len(distinct_texts(values, MAX_CLASSES) or ())
    if is_time(values):
        return 0
    numbers = values.astype(np.float64)
    distinct = np.unique(numbers[np.isfinite(numbers)])
    return len(distinct) if len(distinct) <= MAX_NUMBERED_CLASSES else 0


def _mean_length(values: Values) -> float:
    lengths = [len(value) for value in values[:1000] if value is not None]
    return float(np.mean(lengths)) if lengths else 0.0
