"""What the Runs workspace says about one run, read away from the window's thread."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from aestudio.analysis.pictures import to_rgb8
from aestudio.data.arrays.tokens import texts_of
from aestudio.data.dataset import Kind
from aestudio.errors import RunError
from aestudio.gui.background import TaskReport
from aestudio.gui.durations import clock
from aestudio.gui.workspaces.sample_drawing import brightness_range, stretched
from aestudio.preprocess.tokens import TokenScaling
from aestudio.runs.folder import RunFolder
from aestudio.runs.schema import DataFacts, RunInfo, TrainingFacts

_NUM_PAIRS = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunSheet:
    """One run in words, and the last thing that it has drawn."""

    path: Path
    name: str
    facts: tuple[tuple[str, str], ...]
    problem: str
    #: Originals above reconstructions, (2 N, H, W, 3), for images; otherwise None.
    pictures: npt.NDArray[np.uint8] | None
    #: The same as lines, (2 N, D), for tables and sequences; None where nothing was drawn yet.
    profiles: npt.NDArray[np.float32] | None
    #: The same as texts, an original and its reconstruction in turn, for tokens.
    texts: tuple[str, ...] = ()


def read_run_sheet(path: Path) -> Callable[[TaskReport], RunSheet]:
    """Return the work that reads the run at ``path``."""

    def work(report: TaskReport) -> RunSheet:
        run = RunFolder.open(path)
        info = run.info
        pictures, profiles, texts = _last_drawn(run)
        problem = ""
        if info.problem is not None:
            problem = f"{info.problem.reason} {info.problem.next_step}".strip()
        return RunSheet(
            path=path,
            name=info.name,
            facts=tuple(_facts(info)),
            problem=problem,
            pictures=pictures,
            profiles=profiles,
            texts=texts,
        )

    return work


def _facts(info: RunInfo) -> list[tuple[str, str]]:
    facts = [
        ("Data", info.data.name),
        ("Samples", _samples(info.data)),
        ("Model", f"{info.recipe.autoencoder}, {info.recipe.network}"),
        ("Code", _counted(info.recipe.code_size, "number")),
    ]
    if info.training is not None:
        facts.append(("Size", _counted(info.training.num_parameters, "parameter")))
        facts.append(("Ran on", _ran_on(info.training)))
    if info.progress.epoch:
        facts.append(("Best epoch", f"{info.progress.best_epoch} of {info.progress.epoch}"))
        facts.append(("Took", clock(info.progress.elapsed_s)))
    terms = info.progress.validation or info.progress.train
    known = [(name, f"{value:.4g}") for name, value in terms.items() if value is not None]
    if known:
        where = "samples held back" if info.progress.validation else "samples trained on"
        facts += [("Measured on", where), *known]
    return facts


def _last_drawn(
    run: RunFolder,
) -> tuple[npt.NDArray[np.uint8] | None, npt.NDArray[np.float32] | None, tuple[str, ...]]:
    try:
        samples, epochs = run.samples(), run.preview_epochs()
        if samples is None or not epochs:
            return None, None, ()
        reconstructions = run.preview(epochs[-1]).reconstructions[:_NUM_PAIRS]
    except RunError:
        # A damaged preview is no reason to say nothing about the run.
        return None, None, ()
    originals = np.asarray(samples.picture_samples[: len(reconstructions)])
    if run.info.data.kind == Kind.IMAGES.value:
        both = np.concatenate([originals.astype(np.float32), reconstructions])
        return to_rgb8(both, *brightness_range(originals)), None, ()
    scaling = run.scaling
    if isinstance(scaling, TokenScaling):
        both = np.stack([originals.astype(np.float32), reconstructions], axis=1)
        rows = both.reshape(-1, both.shape[2])
        return None, None, tuple(texts_of(rows, scaling.symbols, scaling.padding))
    lines = [stretched(originals, originals), stretched(reconstructions, originals)]
    return None, np.concatenate(lines).clip(0.0, 1.0), ()


def _samples(data: DataFacts) -> str:
    """Say how many there are, and what each of them is."""
    count, times = f"{data.num_samples:,}", "\N{MULTIPLICATION SIGN}"
    match data.kind, data.shape:
        case "images", (_, height, width):
            return f"{count} images of {width} {times} {height} pixels"
        case "table", (num_columns,):
            return f"{count} rows of {_counted(num_columns, 'column')}"
        case "sequences", (num_steps, num_values):
            return f"{count} of {_counted(num_steps, 'step')} with {_counted(num_values, 'value')}"
        case "tokens", (most_tokens,):
            return f"{count} of up to {_counted(most_tokens, 'symbol')}"
    # A hand-made folder may say anything.
    return f"{count} of {f' {times} '.join(map(str, data.shape))}"


def _ran_on(training: TrainingFacts) -> str:
    num_bits = {"fp32": 32, "bf16": 16}.get(training.precision)
    where = training.device
    return where if num_bits is None else f"{where} in {num_bits} bits ({training.precision})"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
