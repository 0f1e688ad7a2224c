"""AE Studio: train and explore autoencoders on one's own data.

The rooms, in the order in which data flows through them:

    errors, options    the ground: what can go wrong, and what an option is
    data               files -> Dataset (numpy, memory-mapped where large)
    preprocess         fitted on the training split, invertible, saved with the model
    networks           encoders and decoders as modules, without losses
    objectives         pure per-sample functions: reconstruction, divergence, schedules
    autoencoders       one file per type: how a network and objectives compose
    training           the loop as a generator of events
    analysis           the numerics behind the views: arrays in, arrays out
    experiment         the whole recipe, composed of the rooms' options; TOML in and out
    runs, export       the run folder; safetensors, ONNX, codes, figures, model card
    workflows          the use cases, shared by both doors
    cli, gui           the two doors

Three lines use a trained model from Python, and as many train one::

    import aestudio
    model = aestudio.load("path/to/run")
    codes = model.encode(images)

    dataset = aestudio.dataset_from(images, labels)
    model = aestudio.train(dataset, "path/to/new/run", {"network.code_size": 8})
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from aestudio.data.dataset import Dataset
    from aestudio.workflows.models.trained_model import TrainedModel

__all__ = ["__version__", "dataset_from", "load", "train"]

__version__ = "0.1.0"

# Read once, when torch is imported: how long a thread that has finished its part of a matrix product
# spins for the others before it sleeps. Without a limit it spins against the window, or any other
# program, for as long as that wants a processor, and training was seen to fall to a thirtieth of
# its speed; with no spinning at all every small operation pays for a sleep and a wake.
os.environ.setdefault("GOMP_SPINCOUNT", "10000")


def load(run: str | os.PathLike[str]) -> TrainedModel:
    """Open the trained model of a run folder, or of a folder exported as safetensors.

    Raises :class:`aestudio.errors.RunError` when the folder is neither, or is damaged.
    """
    # Imported here because torch takes seconds to import and the window must not wait for it.
    from aestudio.workflows.models.trained_model import TrainedModel

    return TrainedModel.open(run)


def dataset_from(data: Any, labels: Any = None, **options: Any) -> Dataset:
    """Return a dataset of arrays, tensors, tables or samples that a program holds.

    ``labels`` are one per sample, or the name of a column; ``options`` say how to read it, as under
    ``[data]`` in a recipe. Raises :class:`aestudio.errors.DataError` when there are no samples in it.
    """
    from aestudio.data.arrays.python_objects import dataset_from as collect

    return collect(data, labels, **options)


def train(
    data: Dataset | str | os.PathLike[str],
    out: str | os.PathLike[str] | None = None,
    settings: Mapping[str, Any] | None = None,
) -> TrainedModel:
    """Train on a dataset or a path to the end, in a run folder, and return the model.

    ``settings`` are those of ``aestudio train --set``; what is left open is chosen for the data.
    """
    # Imported here because torch takes seconds to import and the window must not wait for it.
    from aestudio.workflows.python_training import train as train_to_the_end

    return train_to_the_end(data, out, settings)
