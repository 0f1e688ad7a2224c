"""What every judgement of a repair has in common: which damage is done, and what is told of it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aestudio.autoencoders.denoising import DenoisingOptions
from aestudio.objectives.corruptor import CorruptionName, Corruptor
from aestudio.options import parse_options
from aestudio.preprocess.table import TableScaling
from aestudio.workflows.judging.judged_samples import describe_judged
from aestudio.workflows.models.trained_model import TrainedModel


@dataclass(frozen=True, slots=True, kw_only=True)
class RepairEvaluation:
    """Which samples of which run were damaged, and how."""

    run: str
    data: str
    split: str
    num_samples: int
    corruption: CorruptionName
    #: Strengths were drawn for each sample from here to here.
    strength_min: float
    strength: float
    files: tuple[Path, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Return all figures and the files that were written."""
        return {**asdict(self), "files": [str(path) for path in self.files]}

    def judged_line(self) -> str:
        return describe_judged(self.num_samples, self.split, self.data)

    def damage(self) -> str:
        """Describe what was done to the samples."""
        return Corruptor(self.corruption, self.strength_min, self.strength).description


def chosen_corruptor(
    model: TrainedModel,
    corruption: str | None,
    strength: float | None,
    *,
    usual: DenoisingOptions,
    is_unit_interval: bool,
) -> Corruptor:
    """Return the damage that is wanted, or else what the model learned to repair, or else ``usual``.

    Raises :class:`OptionError` for damage that does not suit the model's samples.
    """
    learned = model.experiment.autoencoder
    if not isinstance(learned, DenoisingOptions) or corruption not in (None, learned.corruption):
        # What the other damage counts its strength in says nothing about this one's.
        learned = usual
    given: dict[str, Any] = learned.model_dump()
    if corruption is not None:
        given["corruption"] = corruption
    if strength is not None:
        given |= {"strength": strength, "strength_min": None}
    layout = model.scaling.layout if isinstance(model.scaling, TableScaling) else None
    chosen = parse_options(DenoisingOptions, given).corruptor(layout)
    chosen.check(
        model.autoencoder.sample_shape, is_unit_interval=is_unit_interval, option_prefix=""
    )
    return chosen
