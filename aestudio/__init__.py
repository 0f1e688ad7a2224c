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

Three lines use a trained model from Python::

    import aestudio
    model = aestudio.load("path/to/run")
    codes = model.encode(images)
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from aestudio.workflows.trained_model import TrainedModel

__all__ = ["__version__", "load"]

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
    from aestudio.workflows.trained_model import TrainedModel

    return TrainedModel.open(run)
