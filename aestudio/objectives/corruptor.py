"""The choice of a corruption: by name, how strong, and whether it suits the data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from torch import Tensor

from aestudio.errors import OptionError
from aestudio.objectives import corruption
from aestudio.objectives.corruption import Noise
from aestudio.preprocess.table_layout import TableLayout

CorruptionName = Literal[
    "gaussian", "salt_and_pepper", "masking", "speckle", "poisson", "missing_block", "blur"
]

#: Number of axes of one sample -> what such samples are.
_SAMPLES = {1: "tables", 2: "sequences", 3: "pictures"}


@dataclass(frozen=True, slots=True)
class Corruption:
    """One way to damage samples, and what it asks of them."""

    function: Callable[[Tensor, Tensor, Noise], Tensor]
    title: str
    #: What the strength counts, as it follows the number.
    unit: str
    strongest: float = 100.0
    needs_unit_interval: bool = False
    takes: tuple[str, ...] = ("tables", "sequences", "pictures")


CORRUPTIONS: dict[CorruptionName, Corruption] = {
    "gaussian": Corruption(corruption.gaussian, "Gaussian noise", "standard deviation"),
    "salt_and_pepper": Corruption(
        corruption.salt_and_pepper,
        "Salt and pepper",
        "share of the numbers",
        strongest=1.0,
        needs_unit_interval=True,
    ),
    "masking": Corruption(corruption.masking, "Masking", "share of the numbers", strongest=1.0),
    "speckle": Corruption(corruption.speckle, "Speckle", "standard deviation at full brightness"),
    "poisson": Corruption(
        corruption.poisson,
        "Poisson (light) noise",
        "standard deviation at full brightness",
        needs_unit_interval=True,
    ),
    "missing_block": Corruption(
        corruption.missing_block,
        "Missing block",
        "share of the sample",
        strongest=1.0,
        takes=("sequences", "pictures"),
    ),
    "blur": Corruption(
        corruption.blur, "Blur", "standard deviation in pixels", takes=("pictures",)
    ),
}


@dataclass(frozen=True, slots=True)
class Corruptor:
    """A corruption whose strength is drawn for each sample, uniformly from weakest to strongest."""

    name: CorruptionName
    weakest: float
    strongest: float
    #: Of tables with columns of several kinds: masking takes whole cells away.
    layout: TableLayout | None = None

    @property
    def description(self) -> str:
        """What is done, how strongly, and in which unit."""
        chosen = CORRUPTIONS[self.name]
        strength = f"{self.strongest:g}"
        if self.weakest != self.strongest:
            strength = f"{self.weakest:g} to {strength}"
        return f"{chosen.title}, strength {strength} ({chosen.unit})"

    def __call__(self, x: Tensor, noise: Noise) -> Tensor:
        """Return a damaged copy of samples in model scale, (B, *shape)."""
        # One number for all is cheaper to read than the same number many times.
        strength_B = x.new_full((1,), self.strongest).expand(len(x))
        if self.weakest != self.strongest:
            share_B = noise.uniform_like(strength_B)
            strength_B = self.weakest + (self.strongest - self.weakest) * share_B
        if self.layout is not None and self.name == "masking":
            columns, fill = self.layout.columns, self.layout.fill
            return corruption.masked_columns(x, strength_B, noise, columns, fill)
        return CORRUPTIONS[self.name].function(x, strength_B, noise)

    def check(
        self, sample_shape: tuple[int, ...], *, is_unit_interval: bool, option_prefix: str
    ) -> None:
        """Raise :class:`OptionError` where this corruption has no meaning for such samples.

        ``option_prefix`` stands before ``corruption`` and ``strength`` in the names of the options.
        """
        chosen = CORRUPTIONS[self.name]
        samples = _SAMPLES.get(len(sample_shape), f"samples of shape {sample_shape}")
        name_option, strength_option = f"{option_prefix}corruption", f"{option_prefix}strength"
        if samples not in chosen.takes:
            raise OptionError(
                f"'{self.name}' is made for {' and '.join(chosen.takes)}, not for {samples}.",
                subject=name_option,
                next_step=f"Set {name_option} to gaussian or masking.",
            )
        if chosen.needs_unit_interval and not is_unit_interval:
            raise OptionError(
                f"'{self.name}' needs data between 0 and 1, and the scaled data leaves that range.",
                subject=name_option,
                next_step=f"Set preprocess.scaling to minmax, or {name_option} to gaussian.",
            )
        if self.strongest > chosen.strongest:
            raise OptionError(
                f"the strength of '{self.name}' is a {chosen.unit}, and {self.strongest:g} is more "
                f"than {chosen.strongest:g}.",
                subject=strength_option,
                next_step=f"Set {strength_option} to {chosen.strongest:g} or less.",
            )
        if self.weakest > self.strongest:
            raise OptionError(
                f"the weakest strength, {self.weakest:g}, is above the strongest, "
                f"{self.strongest:g}.",
                subject=f"{strength_option}_min",
                next_step=f"Set {strength_option}_min to {self.strongest:g} or less, or leave it out.",
            )
