"""What a row of a table says, beside what a model makes of it, for tool tips."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from aestudio.data.columns import Column, cell_text
from aestudio.data.missing_values import is_missing

#: More lines than this would not fit a screen.
_MOST_LINES = 24


def row_texts(
    names: Sequence[str],
    columns: Sequence[Column],
    originals_PD: npt.NDArray[np.generic],
    reconstructions_PD: npt.NDArray[np.generic] | None,
) -> list[str]:
    r"""Return the name and the cells of each of P rows, a column a line, in the table's own terms.

    >>> row_texts(["row 0"], [Column("age")], np.array([[30.0]]), np.array([[31.25]]))
    ['row 0\nage: 30, reconstructed 31.25']
    """
    absent_PD = is_missing(np.asarray(originals_PD))
    texts = []
    for place, name in enumerate(names[: len(originals_PD)]):
        lines = [name]
        for number, column in enumerate(columns[:_MOST_LINES]):
            shown = "missing"
            if not absent_PD[place, number]:
                shown = cell_text(column, float(originals_PD[place, number]))
            if reconstructions_PD is not None:
                shown += (
                    f", reconstructed {cell_text(column, float(reconstructions_PD[place, number]))}"
                )
            lines.append(f"{column.name}: {shown}")
        more = len(columns) - _MOST_LINES
        texts.append("\n".join([*lines, f"and {more:,} more columns"] if more > 0 else lines))
    return texts
