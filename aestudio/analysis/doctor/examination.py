"""What is measured by running a model on some of its samples.

Shapes: S samples, D features, U units of a layer, L numbers of a code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from aestudio.analysis.doctor.evidence import Floats, LayerSignal, ModelEvidence
from aestudio.analysis.pca import PcaBaseline
from aestudio.analysis.posterior import examine_posterior
from aestudio.autoencoders.base import Autoencoder, Batch
from aestudio.autoencoders.gaussian_code import GaussianCode
from aestudio.networks.layers import ACTIVATIONS
from aestudio.objectives.reconstruction import summed

#: Takes the autoencoder and a batch, returns the scalar that training minimises.
Loss = Callable[[Autoencoder, Batch], Tensor]

#: Where the slope of a sigmoid has fallen below this, an error hardly reaches the weights.
_FLAT_SLOPE = 2e-3
#: In model scale, where the outputs of a sigmoid reach from 0 to 1.
_WRONG_BY = 0.1


def examine(
    autoencoder: Autoencoder,
    batch: Batch,
    train: npt.NDArray[np.float32],
    loss: Loss,
) -> ModelEvidence:
    """Measure on ``batch``, samples in model scale that the model has learned from.

    ``train`` (T, *shape) is what PCA is fitted on. One pass forward on the samples, one on a
    shuffled copy, one backward for the gradients. Weights stay as they are.
    """
    autoencoder.eval()
    x = batch.x
    flat = x.flatten(1).numpy()
    with torch.no_grad(), _listening(autoencoder) as heard:
        codes = autoencoder.encode(x)
        raw = autoencoder.decoder_output(codes)
        output = autoencoder.finish(raw)
    unit_spreads = {name: _unit_spread(values) for name, values in heard.items()}
    shuffled = torch.from_numpy(_shuffled(flat)).reshape(x.shape)
    with torch.no_grad():
        shuffled_output = autoencoder.decode(autoencoder.encode(shuffled))
    pca = PcaBaseline.fit(train.reshape(len(train), -1), autoencoder.code_size)
    return ModelEvidence(
        code_size=autoencoder.code_size,
        num_features=flat.shape[1],
        is_generative=autoencoder.is_generative,
        is_regularised=autoencoder.is_regularised,
        spread=_spread(flat),
        error=_squared_error(output, x, batch.present),
        pca_error=_squared_error(torch.from_numpy(pca.reconstruct(flat)), x, batch.present),
        shuffled_spread=_spread(shuffled.flatten(1).numpy()),
        shuffled_error=_squared_error(shuffled_output, shuffled),
        layers=layer_signals(autoencoder, batch, loss, _spread_in_loss(autoencoder, x)),
        unit_spreads=unit_spreads,
        code_spread=codes.numpy().std(axis=0),
        kl=_kl_per_number(autoencoder, x),
        stuck_outputs=_stuck_outputs(*(_measured(autoencoder, part) for part in (raw, output, x))),
    )


def layer_signals(
    autoencoder: Autoencoder, batch: Batch, loss: Loss, spread: float
) -> tuple[LayerSignal, ...]:
    """Return the pull of the loss at every weight matrix or filter bank, in the order of use.

    ``spread`` is that of the data, in the unit of the loss.
    """
    weights = {
        name: parameter
        for part in ("encoder", "decoder")
        for name, parameter in autoencoder.named_parameters()
        if name.startswith(f"{part}.") and parameter.dim() > 1
    }
    gradients = torch.autograd.grad(
        loss(autoencoder, batch), list(weights.values()), allow_unused=True
    )
    return tuple(
        LayerSignal(
            name.removesuffix(".weight"),
            float(gradient.norm() * weight.detach().norm()) / max(spread, 1e-12),
        )
        for (name, weight), gradient in zip(weights.items(), gradients, strict=True)
        if gradient is not None
    )


@contextmanager
def _listening(autoencoder: Autoencoder) -> Iterator[dict[str, Tensor]]:
    """Note what every activation of the hidden layers gives while the context is open."""
    heard: dict[str, Tensor] = {}
    kinds = tuple({type(make()) for make in ACTIVATIONS.values()})

    def listen(name: str) -> Callable[[nn.Module, object, Tensor], None]:
        def note(_module: nn.Module, _inputs: object, output: Tensor) -> None:
            heard[name] = output.detach()

        return note

    handles = [
        module.register_forward_hook(listen(name))
        for name, module in autoencoder.named_modules()
        if isinstance(module, kinds)
    ]
    try:
        yield heard
    finally:
        for handle in handles:
            handle.remove()


def _unit_spread(values: Tensor) -> Floats:
    """Return the standard deviation of each unit, or channel, over samples and places, (U,)."""
    rows = values.movedim(1, -1).reshape(-1, values.shape[1]) if values.dim() > 2 else values
    return np.asarray(rows.double().std(dim=0, correction=0).numpy())


def _shuffled(flat_SD: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Shuffle each feature by itself: every value stays usual, what samples have in common goes."""
    return np.random.default_rng(0).permuted(flat_SD, axis=0)


def _spread(flat_SD: npt.NDArray[np.float32]) -> float:
    return float(flat_SD.var(axis=0, dtype=np.float64).sum())


def _spread_in_loss(autoencoder: Autoencoder, x: Tensor) -> float:
    """Return what the mean sample costs more than a perfect reconstruction.

    That is the spread where errors are squared, and about as much with the other losses; but nats
    beside a width are as many times more as the width is narrow.
    """
    spread = _spread(x.flatten(1).numpy())
    likelihood = autoencoder.likelihood if isinstance(autoencoder, GaussianCode) else None
    if likelihood is None or not likelihood.family.has_scale:
        return spread
    numbers = _measured(autoencoder, x)
    with torch.no_grad():
        mean = numbers.mean(0, keepdim=True).expand_as(numbers)
        nats = float((likelihood(mean, numbers) - likelihood(numbers, numbers)).mean())
    return spread - _spread(numbers.flatten(1).numpy()) + nats


def _squared_error(output: Tensor, target: Tensor, present: Tensor | None = None) -> float:
    """Return the squared error summed over what is there of a sample, averaged over samples."""
    squares = (output.flatten(1) - target.flatten(1)).double().square()
    return float(summed(squares, None if present is None else present.flatten(1)).mean())


def _kl_per_number(autoencoder: Autoencoder, x: Tensor) -> Floats | None:
    """Return the mean of KL(q(z|x) || N(0, 1)) of each number of the code, in nats."""
    if not isinstance(autoencoder, GaussianCode) or not autoencoder.has_clouds:
        return None
    with torch.no_grad():
        mean, log_variance = autoencoder.posterior(x)
    return examine_posterior(mean.numpy(), log_variance.numpy()).kl


def _measured(autoencoder: Autoencoder, x: Tensor) -> Tensor:
    """Leave out what has a cross-entropy of its own, which pulls however sure an output is."""
    return x if autoencoder.columns is None else autoencoder.columns.numbers(x)


def _stuck_outputs(raw: Tensor, output: Tensor, target: Tensor) -> float:
    if torch.equal(raw, output):
        # No last activation, nothing that could be flat.
        return 0.0
    slope = output * (1.0 - output)
    is_stuck = (slope < _FLAT_SLOPE) & ((output - target).abs() > _WRONG_BY)
    return float(is_stuck.double().mean())
