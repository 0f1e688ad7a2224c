"""What several runs differ in, row by row: their recipes, and what came of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from aestudio.experiment import Experiment, experiment_fields
from aestudio.options import OptionField
from aestudio.training.options import TrainingOptions
from aestudio.training.terms import LOSS
from aestudio.workflows.catalogue.glossary import written

#: What stands where a run has no value.
ABSENT = "-"
Wanted = Literal["low", "high", ""]


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedRow:
    """One row: a value for each run, None where a run has none, and which runs are the best."""

    key: str
    title: str
    values: tuple[Any, ...]
    texts: tuple[str, ...]
    #: Places of the best runs; empty where none is better, or where they cannot be compared.
    best: tuple[int, ...] = ()
    help: str = ""

    def to_json(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "title": self.title,
            "values": list(self.values),
            "best": list(self.best),
        }

    def cells(self) -> tuple[str, ...]:
        """Return the title and a text for each run, the best ones marked with a star."""
        marked = (
            f"{text} *" if place in self.best else text for place, text in enumerate(self.texts)
        )
        return (self.title, *marked)


def recipe_differences(experiments: Sequence[Experiment]) -> tuple[ComparedRow, ...]:
    """Return a row for each option in which the recipes differ, in the order of the form.

    An option that only some types have differs from having none.
    """
    fields: dict[str, OptionField] = {}
    own: list[Mapping[str, Any]] = []
    for experiment in experiments:
        known = {field.key: field for field in experiment_fields(experiment.autoencoder.type)}
        fields.update(known)
        own.append({key: experiment.value(key) for key in known})
    # Options of one type stand with those of the other types, not at the end.
    sections = list(dict.fromkeys(field.section for field in fields.values()))
    rows = []
    for key in sorted(fields, key=lambda key: sections.index(fields[key].section)):
        texts = tuple(written(values[key]) if key in values else ABSENT for values in own)
        if len(set(texts)) > 1:
            rows.append(
                ComparedRow(
                    key=key,
                    title=fields[key].title,
                    values=tuple(values.get(key) for values in own),
                    texts=texts,
                    help=fields[key].help,
                )
            )
    return tuple(rows)


def number_row(
    key: str,
    title: str,
    values: Sequence[float | None],
    *,
    wanted: Wanted = "",
    form: Callable[[float], str] = "{:.5g}".format,
    help: str = "",
) -> ComparedRow:
    """Return a row of figures; ``wanted`` says whether a low or a high one is the best."""
    found = [value for value in values if value is not None]
    best: tuple[int, ...] = ()
    if wanted and len(set(found)) > 1:
        winner = min(found) if wanted == "low" else max(found)
        best = tuple(place for place, value in enumerate(values) if value == winner)
    return ComparedRow(
        key=key,
        title=title,
        values=tuple(values),
        texts=tuple(ABSENT if value is None else form(value) for value in values),
        best=best,
        help=help,
    )


def term_rows(
    part: str,
    terms: Sequence[Mapping[str, float]],
    experiments: Sequence[Experiment],
    *,
    is_same_scale: bool,
) -> tuple[ComparedRow, ...]:
    """Return a row for each term of the loss; ``part`` is "train" or "validation".

    The best one is marked only where all runs mean the same by a term: the same type, the same loss
    on the same scale, and for the sum of the terms the same weights too.
    """
    means_same = is_same_scale and len({_loss_in_use(e.training) for e in experiments}) == 1
    is_same_type = len({e.autoencoder.type for e in experiments}) == 1
    is_same_sum = len({e.autoencoder.model_dump_json() for e in experiments}) == 1
    names = dict.fromkeys(name for values in terms for name in values)
    # Where the loss is its only term, one of the two says everything.
    if set(names) == {LOSS, "reconstruction"} and all(
        values.get(LOSS) == values.get("reconstruction") for values in terms
    ):
        del names["reconstruction"]
    rows = []
    for name in names:
        is_comparable = means_same and (is_same_sum if name == LOSS else is_same_type)
        rows.append(
            number_row(
                f"{part}.{name}",
                f"{name}, {_PARTS[part]}",
                [values.get(name) for values in terms],
                wanted="low" if is_comparable else "",
                help=f"At the best epoch, averaged over the {_PARTS[part]} samples.",
            )
        )
    return tuple(rows)


def _loss_in_use(options: TrainingOptions) -> tuple[str, str, str, float]:
    """Return all that decides how reconstructions are compared with their originals."""
    return options.loss, options.category_loss, options.truth_loss, options.category_weight


_PARTS = {"train": "training", "validation": "validation"}
