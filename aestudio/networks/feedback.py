"""Decoders that write a sequence step by step and see what they wrote before.

While training, some steps see the true step before them instead: Williams & Zipser 1989, Neural
Computation 1, https://doi.org/10.1162/neco.1989.1.2.270 (all steps), and Bengio et al. 2015,
https://arxiv.org/abs/1506.03099 (a random share of them).
Shapes: B batch, T time, C channels, L code size, H width of the last layer.
"""

from __future__ import annotations

from typing import Any, cast

import torch
from torch import Tensor, nn

from aestudio.networks.embedding import Embedding
from aestudio.networks.layers import dropout, normalization
from aestudio.networks.recurrent_layers import recurrent_layers
from aestudio.networks.registry import NetworkPlan


class FeedbackDecoder(nn.Module):
    """Writes each step from the code and the step before; before the first step are zeros.

    ``teacher`` is (B, T, C), the truth in the scale of the decoder's own output. It is looked at
    while training only, so that validation and use show what the decoder can do by itself.

    A decoder that ``writes_symbols`` sees which symbol it found most probable, as one-hot; its
    teacher is one-hot too. No gradient goes through that choice (Bengio et al. 2015, section 2.4).
    """

    writes_symbols = False

    def __init__(self, plan: NetworkPlan, widths: tuple[int, ...]) -> None:
        super().__init__()
        options = plan.options
        self._num_steps, self._num_channels = plan.sample_shape
        self._taught_share = options.teacher_forcing
        self._noise = plan.noise
        size = options.embedding_size
        self.reading = nn.Identity() if size is None else Embedding(self._num_channels, size)
        num_in = plan.num_decoder_inputs + (size or self._num_channels)
        self.layers = recurrent_layers(options, num_in, widths, plan.noise)
        self.after = nn.Sequential(
            *normalization(options, widths[-1], "steps"), *dropout(options, plan.noise)
        )
        self.head = nn.Linear(widths[-1], self._num_channels)

    def forward(self, z_BL: Tensor, teacher: Tensor | None = None) -> Tensor:
        if not self.training or teacher is None or self._taught_share == 0:
            return self._by_itself(z_BL)
        if self._taught_share == 1:
            return self.write_at_once(z_BL, teacher)
        before_BTC = _one_step_later(teacher)
        # One draw for each step of each sample.
        is_taught_BT1 = self._noise.uniform_like(before_BTC[:, :, :1]) < self._taught_share
        return self._by_itself(z_BL, before_BTC, is_taught_BT1)

    def write_at_once(self, z_BL: Tensor, teacher: Tensor) -> Tensor:
        """Return what follows when every step sees the true step before it, (B, T, C)."""
        return self._write(_one_step_later(teacher), z_BL)[0]

    def _by_itself(
        self, z_BL: Tensor, truth_BTC: Tensor | None = None, is_taught_BT1: Tensor | None = None
    ) -> Tensor:
        """Write step after step; where ``is_taught_BT1`` holds, a step sees the truth."""
        shown = z_BL.new_zeros(z_BL.shape[0], 1, self._num_channels)
        state: Any = None
        written: list[Tensor] = []
        for step in range(self._num_steps):
            if truth_BTC is not None and is_taught_BT1 is not None:
                here = slice(step, step + 1)
                shown = torch.where(is_taught_BT1[:, here], truth_BTC[:, here], shown)
            output, state = self._write(shown, z_BL, state)
            written.append(output)
            shown = _chosen(output) if self.writes_symbols else output
        return torch.cat(written, 1)

    def _write(self, shown_BTC: Tensor, z_BL: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        """Return what follows each step shown, and the state at the end."""
        # Far values are drawn in, so that neither a saturated logit nor one wild step takes over.
        seen_BTC = shown_BTC if self.writes_symbols else shown_BTC.sign() * shown_BTC.abs().log1p()
        z_BTL = z_BL.unsqueeze(1).expand(-1, shown_BTC.shape[1], -1)
        states_BTH, state = self.layers(torch.cat([self.reading(seen_BTC), z_BTL], 2), state)
        return cast(Tensor, self.head(self.after(states_BTH))), state


def _one_step_later(x_BTC: Tensor) -> Tensor:
    """Return what stands before each step: zeros, then all steps but the last."""
    return nn.functional.pad(x_BTC[:, :-1], (0, 0, 1, 0))


def _chosen(logits_B1V: Tensor) -> Tensor:
    """Return the most probable symbol as one-hot, (B, 1, V)."""
    # By comparison with every number, which any runtime of exported models knows.
    numbers_V = torch.arange(logits_B1V.shape[2], device=logits_B1V.device)
    return (logits_B1V.argmax(2, keepdim=True) == numbers_V).to(logits_B1V.dtype)
