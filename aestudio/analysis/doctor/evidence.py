"""What the verdicts are given: figures of one run, frozen.

Errors are squared, summed over features and averaged over samples, in model scale, so that they
compare with ``spread``, the error of the best constant guess. Shapes: E epochs, K points within
epochs, U units of a layer, L numbers of a code.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.floating]
NOTHING = np.empty(0)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Curves:
    """The loss as it was recorded; ``validation`` is empty where nothing was held back."""

    train: Floats = field(default_factory=lambda: NOTHING)  #: (E,)
    validation: Floats = field(default_factory=lambda: NOTHING)  #: (E,) or (0,)
    steps: Floats = field(default_factory=lambda: NOTHING)  #: (K,) means over blocks of steps
    #: (G,) the steps whose gradients are on record, and by layer the norms, (G,), before clipping;
    #: NaN where a layer had none.
    gradient_steps: npt.NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    gradients: Mapping[str, Floats] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LayerSignal:
    """How strongly the loss pulls at one layer's weights.

    ``sensitivity`` is the norm of the gradient times the norm of the weights, in units of the
    data's spread: how far the loss would move, at most, if the weights changed by their own size.
    It does not depend on the unit of the data or of the weights.
    """

    name: str
    sensitivity: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ModelEvidence:
    """What was measured by running the model on a few hundred samples that it has learned from."""

    code_size: int
    num_features: int
    is_generative: bool
    #: Whether a term other than the reconstruction holds the code back.
    is_regularised: bool
    #: The error of the mean sample.
    spread: float
    error: float
    #: The error of PCA with as many components as the code has numbers, on the same samples.
    pca_error: float
    #: The same two, of samples whose features were each shuffled among the samples.
    shuffled_spread: float
    shuffled_error: float
    #: Weight matrices from the data to the code and on to the output.
    layers: tuple[LayerSignal, ...] = ()
    #: Standard deviation of each hidden unit over the samples, (U,), by layer.
    unit_spreads: Mapping[str, Floats] = field(default_factory=dict)
    #: Standard deviation of each number of the code over the samples, (L,).
    code_spread: Floats = field(default_factory=lambda: NOTHING)
    #: Mean divergence from the prior in nats, (L,); None where codes are points.
    kl: Floats | None = None
    #: The share of output values that are wrong and where the last activation is flat.
    stuck_outputs: float = 0.0

    @property
    def unexplained(self) -> float:
        """The share of the spread that the reconstruction misses: 0 perfect, 1 the mean sample."""
        return self.error / self.spread if self.spread > 0 else 0.0

    @property
    def shuffled_unexplained(self) -> float:
        return self.shuffled_error / self.shuffled_spread if self.shuffled_spread > 0 else 0.0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class RunEvidence:
    """Everything that was found out about one run."""

    curves: Curves
    learning_rate: float
    #: Whether the loss or a gradient stopped being a finite number.
    has_diverged: bool = False
    #: Whether large gradients were cut off, so that their jumps did no harm.
    is_clipped: bool = False
    #: None where a run ended before it had a model.
    model: ModelEvidence | None = None
