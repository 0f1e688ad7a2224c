"""Sensible choices for the data at hand.

The rules of thumb follow from the number of samples and what a sample is; everything they choose
can be changed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from aestudio.data.columns import ColumnKind
from aestudio.data.dataset import Dataset, Kind
from aestudio.data.files.path_text import as_text
from aestudio.data.options import DataOptions
from aestudio.experiment import Experiment
from aestudio.networks.fully_convolutional import code_step, num_steps
from aestudio.networks.options import NetworkOptions
from aestudio.workflows.planning.likelihood_choices import (
    FEW_FEATURES,
    has_clouds,
    lies_in_unit_interval,
    likelihood_choices,
)
from aestudio.workflows.planning.text_recipes import text_choices

#: Steps beyond this are too many to go through one after the other.
_RECURRENT_UP_TO = 64
#: From this side on, local filters learn pictures faster than all-to-all layers do.
_CONVOLUTIONAL_FROM = 32
#: Pictures larger than this many numbers for each number of the code would lose what they show.
_NUMBERS_PER_CODE = 96
_FAITHFUL_CODE_SIZES = (32, 128)
#: Columns repeat each other less than pixels do: a code of this size may be half of a row.
_HALF_OF_A_ROW_UP_TO = 8
#: Halvings and numbers at each place of a code that lies over a picture: one number for 8 pixels.
_DEPTH_OF_PLACES, _NUMBERS_PER_PLACE = 3, 8
#: Kinds of networks that look at pictures through filters.
OF_PICTURES = ("convolutional", "fully_convolutional")
#: Sparse codes are as long as the sample, up to this.
_LONG_CODE_SIZE = 256
#: Up to this many pictures, mirrored copies are worth more than what they take away.
_MIRRORED_UP_TO = 2_000
#: (up to this many samples, epochs, batch size): about the same number of steps for all.
_PACE = ((500, 200, 16), (2_000, 100, 32), (10_000, 50, 64), (50_000, 20, 128))
_PACE_OF_LARGE = (10, 128)
_FEW_SAMPLES = 10_000
#: From so many categories in all columns on, half the time is worth a point or two of accuracy.
_LOOKED_UP_FROM = 1_000


def recommend(
    dataset: Dataset,
    autoencoder_type: str = "undercomplete",
    *,
    given: Mapping[str, Any] | None = None,
    data_options: DataOptions | None = None,
) -> Experiment:
    """Return a recipe for the data; ``given`` holds dotted keys that are decided already.

    Whatever is chosen fits what is given: a loss that needs values in [0, 1] is only chosen where
    the scaling leads there, layer sizes only where their kind of network is meant.
    """
    fixed = dict(given or {})
    likelihood = likelihood_choices(dataset, autoencoder_type, fixed)
    values: dict[str, Any] = {
        "autoencoder.type": autoencoder_type,
        **_data_choices(dataset),
        **_network_choices(dataset, autoencoder_type, fixed),
        **_training_choices(dataset, autoencoder_type, fixed, learns_width=bool(likelihood)),
        **_variational_choices(dataset, autoencoder_type, fixed, learns_width=bool(likelihood)),
        **likelihood,
        **_corruption_choices(dataset, autoencoder_type),
        **_column_choices(dataset, autoencoder_type, fixed, has_likelihood=bool(likelihood)),
        **text_choices(dataset, autoencoder_type, fixed),
    }
    if data_options is not None:
        read_so = data_options.model_dump(exclude={"source", "validation_fraction"})
        values.update({f"data.{name}": value for name, value in read_so.items()})
    return Experiment().with_values({**values, **fixed, "data.source": as_text(dataset.source)})


def _data_choices(dataset: Dataset) -> dict[str, Any]:
    if dataset.num_samples < 500:
        return {"data.validation_fraction": 0.2}
    # A few thousand samples tell the loss precisely enough; the rest is better learned from.
    if dataset.num_samples >= 20_000:
        return {"data.validation_fraction": 0.05}
    return {}


def _network_choices(
    dataset: Dataset, autoencoder_type: str, fixed: Mapping[str, Any]
) -> dict[str, Any]:
    kind = _network_kind(dataset, fixed)
    is_any_size = kind == "fully_convolutional"
    code_size = _code_size(dataset, autoencoder_type)
    if is_any_size and dataset.kind is Kind.IMAGES:
        code_size = _code_size_of_places(dataset, fixed)
    # Few samples do not teach a third layer: it only slows down what two can learn.
    is_filters = kind in ("convolutional", "temporal")
    depth = 4 if is_filters else 2 if dataset.num_samples < _FEW_SAMPLES else 3
    if is_any_size:
        depth = _DEPTH_OF_PLACES
    # Without it, deep filters often spend their first epochs on drawing the mean picture.
    # The contraction is a property of one sample, which the rest of a batch must not change.
    is_contractive = autoencoder_type == "contractive"
    best = "layer" if is_contractive else "batch"
    normalization = best if kind in OF_PICTURES else "none"
    return {
        "network.kind": kind,
        "network.code_size": code_size,
        "network.depth": depth,
        "network.normalization": normalization,
        # A decoder of its own could undo a code that has only shrunk.
        "network.tied": is_contractive and kind == "dense" and not fixed.get("network.residual"),
    }


def _training_choices(
    dataset: Dataset, autoencoder_type: str, fixed: Mapping[str, Any], *, learns_width: bool
) -> dict[str, Any]:
    epochs, batch_size = _pace(dataset, fixed)
    ends_linear = fixed.get("network.output") == "linear"
    # Squared error treats grey levels as a Gaussian of fixed width, against which the divergence of
    # a variational model wins too easily; cross-entropy keeps the balance for values in [0, 1].
    is_unit = lies_in_unit_interval(dataset, fixed)
    has_fixed_width = has_clouds(autoencoder_type) and not learns_width
    use_bce = has_fixed_width and is_unit and not ends_linear
    # Small dense networks take larger steps well; filters and long epochs do not need them.
    # Symbols are right or wrong: their loss is far steeper than that of nearly right numbers.
    is_quick = dataset.num_samples < _FEW_SAMPLES and (
        _is_dense(dataset, fixed) or dataset.kind is Kind.TOKENS
    )
    return {
        "training.epochs": epochs,
        "training.batch_size": batch_size,
        "training.learning_rate": 3e-3 if is_quick else 1e-3,
        "training.loss": _loss(dataset, use_bce=use_bce),
        "training.flips": "horizontal" if _may_mirror(dataset, fixed) else "none",
    }


def _loss(dataset: Dataset, *, use_bce: bool) -> str:
    if dataset.kind is Kind.TOKENS:
        return "categorical"
    return "bce" if use_bce else "mse"


def _variational_choices(
    dataset: Dataset, autoencoder_type: str, fixed: Mapping[str, Any], *, learns_width: bool
) -> dict[str, Any]:
    if autoencoder_type != "variational":
        return {}
    epochs = int(fixed.get("training.epochs", _pace(dataset, fixed)[0]))
    return {
        "autoencoder.beta": 1.0 if learns_width or dataset.num_features >= FEW_FEATURES else 0.25,
        # Codes spread out first and are packed afterwards; packed at once they may stay in one heap.
        "autoencoder.warmup_epochs": float(epochs // 10),
    }


def _corruption_choices(dataset: Dataset, autoencoder_type: str) -> dict[str, Any]:
    """Take symbols and categories away: nothing can be done to them by degrees."""
    has_names = dataset.kind is Kind.TOKENS or any(column.categories for column in dataset.columns)
    if autoencoder_type != "denoising" or not has_names:
        return {}
    return {"autoencoder.corruption": "masking", "autoencoder.strength": 0.2}


def _column_choices(
    dataset: Dataset, autoencoder_type: str, fixed: Mapping[str, Any], *, has_likelihood: bool
) -> dict[str, Any]:
    """Compare categories and truth values of a table by what they are, and look many of them up."""
    kinds = {column.kind for column in dataset.columns}
    values: dict[str, Any] = {}
    if not kinds:
        return values
    if ColumnKind.CATEGORICAL in kinds:
        values["training.category_loss"] = "cross_entropy"
    if ColumnKind.BOOLEAN in kinds:
        values["training.truth_loss"] = "cross_entropy"
    likelihood = fixed.get("autoencoder.likelihood", "loss")
    if likelihood != "loss" or has_likelihood:
        # Nats beside nats.
        values["training.category_weight"] = 1.0
    num_categories = sum(len(column.categories) for column in dataset.columns)
    # Shared weights cannot be looked up.
    may_look_up = autoencoder_type != "contractive" and not fixed.get("network.tied")
    if num_categories >= _LOOKED_UP_FROM and may_look_up and _is_dense(dataset, fixed):
        values["network.categories"] = "embedded"
    return values


def _pace(dataset: Dataset, fixed: Mapping[str, Any]) -> tuple[int, int]:
    """Epochs and batch size."""
    epochs, batch_size = usual_pace(dataset.num_samples)
    if _is_dense(dataset, fixed):
        return epochs, batch_size
    # Shared filters learn more from each sample, and each step costs more.
    return max(10, epochs // 2), batch_size // 2 if dataset.num_samples < 500 else batch_size


def usual_pace(num_samples: int) -> tuple[int, int]:
    """Return epochs and batch size for dense networks, which others begin from."""
    return next(
        ((epochs, batch) for limit, epochs, batch in _PACE if num_samples < limit), _PACE_OF_LARGE
    )


def _is_dense(dataset: Dataset, fixed: Mapping[str, Any]) -> bool:
    return _network_kind(dataset, fixed) == "dense"


def _may_mirror(dataset: Dataset, fixed: Mapping[str, Any]) -> bool:
    is_convolutional = _network_kind(dataset, fixed) in OF_PICTURES
    is_few_pictures = dataset.kind is Kind.IMAGES and dataset.num_samples < _MIRRORED_UP_TO
    return is_convolutional and is_few_pictures


def _network_kind(dataset: Dataset, fixed: Mapping[str, Any]) -> str:
    if "network.kind" in fixed:
        return str(fixed["network.kind"])
    # A code with a size of its own need not divide into places.
    if dataset.patches is not None and "network.code_size" not in fixed:
        return "fully_convolutional"
    if dataset.kind is Kind.SEQUENCES:
        return _sequence_network(dataset)
    if dataset.kind is Kind.TOKENS:
        return "temporal"
    if dataset.kind is Kind.IMAGES and shortest_side(dataset) >= _CONVOLUTIONAL_FROM:
        return "convolutional"
    return "dense"


def quick_network(dataset: Dataset) -> str:
    """What shows something soonest."""
    if dataset.kind is Kind.SEQUENCES:
        return _sequence_network(dataset)
    return "temporal" if dataset.kind is Kind.TOKENS else "dense"


def _sequence_network(dataset: Dataset) -> str:
    """Recurrent for a few steps; filters along time learn windows and long sequences far quicker."""
    is_long = dataset.shape[0] > _RECURRENT_UP_TO
    return "temporal" if is_long or dataset.windows is not None else "recurrent"


def _code_size_of_places(dataset: Dataset, fixed: Mapping[str, Any]) -> int:
    """A few numbers at each place of the code, and fewer than there are pixels around it."""
    names = ("network.hidden", "network.depth")
    chosen = {name.removeprefix("network."): fixed[name] for name in names if name in fixed}
    options = NetworkOptions(**{"depth": _DEPTH_OF_PLACES, **chosen})
    _, height, width = dataset.shape
    num_places = math.prod(num_steps((height, width), code_step(options, dataset.shape)))
    most = max(1, (dataset.num_features - 1) // num_places)
    return num_places * min(_NUMBERS_PER_PLACE, most)


def _code_size(dataset: Dataset, autoencoder_type: str) -> int:
    if autoencoder_type == "variational":
        return 2
    faithful = faithful_code_size(dataset)
    if autoencoder_type in ("sparse", "top_k"):
        # Few of many numbers are used for a sample: there have to be many.
        return int(np.clip(dataset.num_features, faithful, max(faithful, _LONG_CODE_SIZE)))
    return faithful


def faithful_code_size(dataset: Dataset) -> int:
    """A quarter of the features (half of a short row of a table), and at most 32 to 128."""
    smallest, largest = _FAITHFUL_CODE_SIZES
    if dataset.kind is Kind.TOKENS:
        # A number for every other symbol: they are harder to blur than numbers are.
        return int(np.clip(dataset.num_features // 2, 2, largest))
    most = int(np.clip(dataset.num_features // _NUMBERS_PER_CODE, smallest, largest))
    least = 2
    if dataset.kind is Kind.TABLE:
        least = int(np.clip(-(-dataset.num_features // 2), least, _HALF_OF_A_ROW_UP_TO))
    quarter = int(np.clip(dataset.num_features // 4, least, most))
    return smaller_than_a_sample(dataset, quarter)


def smaller_than_a_sample(dataset: Dataset, code_size: int) -> int:
    """A code as long as its sample would be a copy of it."""
    return max(1, min(code_size, dataset.num_features - 1))


def shortest_side(dataset: Dataset) -> int:
    return min(dataset.shape[-2:])
