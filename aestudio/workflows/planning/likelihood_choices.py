"""How reconstructions are weighed against the divergence where codes are clouds.

Cross-entropy takes a pixel v for the chance of black or white. That is right for ink and for flat
drawings. In the tones between, it expects deviations of sqrt(v (1 - v)), up to half of the whole
range, ten times as much as in photographs; whatever is finer then never pays for its place in the
code. A Gaussian whose one width is learned (Rybkin et al. 2021, https://arxiv.org/abs/2006.13202)
expects what it finds. So the rule asks one figure of the pictures, how far their pixels lie from
black and white: :func:`share_of_tones`.

Root mean square errors on held-back pictures, with values in [0, 1] and one seed; in brackets the
nats of the code (tests/benchmarks has all figures, and how to get them):

    pictures     tones  code  cross-entropy   learned width
    blood cells   0.59    32  0.0546 (12)     0.0509 (122): red cells appear, beside the dark ones
    blood cells   0.59     2  0.0609 (3)      0.0590 (13)
    photographs   0.51    32  0.1015 (5)      0.0950 (24)
    photographs   0.51     2  0.1092 (4)      0.1077 (8)
    emoji         0.27    32  0.1643 (91)     0.1635 (279)
    emoji         0.27     2  0.2593 (8)      0.2599 (16)
    MNIST         0.07    20  0.1308 (20)     0.1202 (57)
    MNIST         0.07     2  0.2067 (7)      0.2055 (10)

What the code carries more has its price: pictures drawn from the prior get further from real ones,
for blood cells by 9 and 20 % of the distance, for photographs by 27 and 42 %, for emoji by 42 and 67 %,
for MNIST by 19 and 94 %. So ink and flat drawings keep cross-entropy, and pictures full of tones, of
which it leaves out what is finer, get a width that is learned.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.autoencoders.registry import autoencoder_class
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.splitting import evenly_spaced
from aestudio.preprocess.scaling import offset_and_scale
from aestudio.preprocess.statistics import measure

#: Below this many features the reconstruction term is so small that a full beta would empty the code.
FEW_FEATURES = 256
#: Pictures with a larger share of tones are compared by a width that is learned.
_MANY_TONES = 0.45
#: So many pictures tell it precisely enough.
_LOOKED_AT = 64
#: Where a learned width starts, for values in [0, 1] and for values of spread one: narrow, because a
#: wide start lets the code empty before the width has followed.
_NARROW_UNIT, _NARROW_STANDARD = 0.1, 0.5
#: Options with which somebody has decided how reconstructions are weighed against the divergence.
_WEIGHED_BY = (
    "training.loss",
    "autoencoder.likelihood",
    "autoencoder.likelihood_scale",
    "autoencoder.learn_scale",
)
#: Types that weigh reconstructions against a divergence of clouds. What the others match by is weighed
#: against the usual losses, beside which the nats of a narrow width would leave it next to nothing.
_CONCERNED = ("dip", "importance_weighted", "total_correlation", "variational")
_IN_TONES = "Much here lies between dark and bright, as in photographs: how closely to draw it is learned too."


def has_clouds(autoencoder_type: str) -> bool:
    """Whether each sample gets a cloud of codes, whose divergence stands beside the reconstruction."""
    return issubclass(autoencoder_class(autoencoder_type), GaussianCode)


def lies_in_unit_interval(dataset: Dataset, fixed: Mapping[str, Any]) -> bool:
    """Whether the scaling that was chosen leads to values in [0, 1]."""
    scaling = fixed.get("preprocess.scaling", "auto")
    return scaling in ("unit", "minmax") or (scaling == "auto" and dataset.kind is Kind.IMAGES)


def likelihood_choices(
    dataset: Dataset, autoencoder_type: str, fixed: Mapping[str, Any]
) -> dict[str, Any]:
    """Let the width of the deviations be learned, in pictures full of tones and in small samples.

    Reconstructions are a sum over the features, the divergence is one over the code. With a fixed
    loss a number of the code pays only if it explains more than that loss's own width times its
    cost (Lucas et al. 2019, https://arxiv.org/abs/1911.02469, section 4), which in samples of few
    features none does. A learned width shrinks until it fits, whatever the number of features. The
    variational type has its beta for this.
    """
    is_decided = any(name in fixed for name in _WEIGHED_BY)
    if dataset.kind is Kind.TOKENS or is_decided or autoencoder_type not in _CONCERNED:
        return {}
    is_small = autoencoder_type != "variational" and dataset.num_features < FEW_FEATURES
    if not is_small and not is_full_of_tones(dataset):
        return {}
    is_unit = lies_in_unit_interval(dataset, fixed)
    return {
        "autoencoder.likelihood": "gaussian",
        "autoencoder.likelihood_scale": _NARROW_UNIT if is_unit else _NARROW_STANDARD,
        "autoencoder.learn_scale": True,
    }


def why_likelihood(dataset: Dataset) -> str:
    """Return in a sentence why types with clouds of codes learn a width; nothing where they do not."""
    return _IN_TONES if is_full_of_tones(dataset) else ""


def is_full_of_tones(dataset: Dataset) -> bool:
    """Whether the samples are pictures such as photographs, of which little is black or white."""
    return share_of_tones(dataset) > _MANY_TONES


def share_of_tones(dataset: Dataset) -> float:
    """Return how far pixels lie from black and white: 0 for ink on paper, 1 for nothing but middle grey.

    It is the mean of 4 v (1 - v) over the values v of some pictures, scaled to [0, 1]; 0 for what is
    no picture.
    """
    if dataset.kind is not Kind.IMAGES or dataset.num_samples == 0:
        return 0.0
    rows = evenly_spaced(np.arange(dataset.num_samples), _LOOKED_AT)
    offset, scale = offset_and_scale(
        "unit", dataset.x.dtype, seen := measure(dataset.x, rows, (0,))
    )
    mean, spread = (seen.mean - offset) * scale, seen.spread * scale
    return float(np.mean(4 * (mean - mean**2 - spread**2)))
