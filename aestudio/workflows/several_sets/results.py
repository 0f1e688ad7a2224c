"""What came of training on several data sets: a row for each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from aestudio.errors import StudioError
from aestudio.workflows.datasets.collection import Entry
from aestudio.workflows.judging.evaluation import Evaluation

#: An error that is higher by more is told as a multiple.
_MOST_PERCENT = 200


class End(StrEnum):
    """What came of one of the sets."""

    TRAINED = "trained"
    #: Training was under way when it was stopped; the run can be resumed.
    STOPPED = "stopped"
    FAILED = "failed"
    #: It was stopped before its turn.
    WAITING = "waiting"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetResult:
    """What came of one set."""

    entry: Entry
    end: End
    #: Why there is no run, or no figures for it.
    error: StudioError | None = None
    run: str | None = None
    type: str = ""
    code_size: int | None = None
    epochs: int = 0
    seconds: float | None = None
    evaluation: Evaluation | None = None

    @property
    def beside_pca(self) -> str:
        """How much lower or higher the error is than PCA's; nothing where that has no meaning."""
        percent = self.evaluation.beats_pca_percent if self.evaluation is not None else None
        if percent is None:
            return ""
        if percent < -_MOST_PERCENT:
            return f"{1 - percent / 100:,.1f} times as high"
        return f"{abs(percent):.1f} % {'lower' if percent >= 0 else 'higher'}"

    def to_json(self) -> dict[str, Any]:
        error = self.error
        return {
            "name": self.entry.name,
            "source": self.entry.source,
            "kind": self.entry.kind,
            "num_samples": self.entry.num_samples,
            "status": str(self.end),
            "run": self.run,
            "type": self.type or None,
            "code_size": self.code_size,
            "epochs": self.epochs,
            "elapsed_s": None if self.seconds is None else round(self.seconds, 3),
            "evaluation": None if self.evaluation is None else self.evaluation.to_json(),
            "error": None
            if error is None
            else {"reason": error.reason, "next_step": error.next_step},
        }

    def words(self) -> str:
        """Return what it came to, in one line."""
        evaluation = self.evaluation
        if self.end is End.WAITING:
            return "not begun"
        if self.end is End.FAILED:
            return f"not trained: {_reason(self.error)}"
        if self.end is End.STOPPED:
            return f"stopped after epoch {self.epochs}"
        if evaluation is None:
            return f"trained, but could not be measured: {_reason(self.error)}"
        return (
            f"squared error {error_in_words(evaluation)}; that of PCA with as long a code is "
            f"{evaluation.pca_squared_error:.4g}"
        )

    def row(self) -> tuple[str, ...]:
        entry, evaluation = self.entry, self.evaluation
        num_samples = f"{entry.num_samples:,}" if entry.kind else ""
        code_size = "" if self.code_size is None else f"{self.code_size:,}"
        if evaluation is None:
            words = self.words()
            if self.end is End.FAILED and self.error is not None:
                # What to do about it was said when it happened, and would make the table very wide.
                words = f"not trained: {self.error.reason}"
            words = f"{words}; {self.run}" if self.run else words
            return (entry.name, entry.kind, num_samples, code_size, "", "", "", words)
        return (
            entry.name,
            entry.kind,
            num_samples,
            code_size,
            error_in_words(evaluation),
            f"{evaluation.pca_squared_error:.4g}",
            self.beside_pca,
            self.run or "",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class EachTrained:
    """What came of all of them, in their order."""

    name: str
    source: str
    results: tuple[SetResult, ...]

    @property
    def was_stopped(self) -> bool:
        return any(result.end in (End.STOPPED, End.WAITING) for result in self.results)

    @property
    def trained(self) -> tuple[SetResult, ...]:
        return self._with(End.TRAINED)

    @property
    def failed(self) -> tuple[SetResult, ...]:
        return self._with(End.FAILED)

    @property
    def waiting(self) -> tuple[SetResult, ...]:
        return self._with(End.WAITING)

    @property
    def under_way(self) -> SetResult | None:
        """The one that was being trained when it was stopped."""
        return next(iter(self._with(End.STOPPED)), None)

    @property
    def heading(self) -> str:
        """How many are trained, and how many cannot be."""
        done, count = len(self.trained), len(self.results)
        of_all = f"All {count:,}" if done == count else f"{done:,} of the {count:,}"
        failed = f"; {len(self.failed):,} could not be trained" if self.failed else ""
        return f"{of_all} data sets are trained{failed}."

    @property
    def num_behind_pca(self) -> int:
        """How many make larger errors than PCA does."""
        percents = (one.evaluation.beats_pca_percent for one in self.trained if one.evaluation)
        return sum(percent is not None and percent < 0 for percent in percents)

    def to_json(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "source": self.source,
            "kind": "collection",
            "num_entries": len(self.results),
            "num_trained": len(self.trained),
            "num_failed": len(self.failed),
            "was_stopped": self.was_stopped,
            "runs": [result.to_json() for result in self.results],
        }

    def rows(self) -> list[tuple[str, ...]]:
        """Return a table: its head and one row for each set."""
        head = (
            "data set",
            "kind",
            "samples",
            "code",
            "squared error",
            "PCA's",
            "beside PCA",
            "run",
        )
        return [head, *(result.row() for result in self.results)]

    def _with(self, end: End) -> tuple[SetResult, ...]:
        return tuple(result for result in self.results if result.end is end)


def error_in_words(evaluation: Evaluation) -> str:
    """Return the squared error, and beside it what tells more of pictures and texts."""
    words = f"{evaluation.squared_error:.4g}"
    if evaluation.token_accuracy is not None:
        words += f" ({100 * evaluation.token_accuracy:.1f} % of symbols right)"
    if evaluation.psnr_db is not None:
        words += f" ({evaluation.psnr_db:.1f} dB)"
    return words


def _reason(error: StudioError | None) -> str:
    return "" if error is None else f"{error.reason} {error.next_step}".strip()
