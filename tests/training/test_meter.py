"""The running means of the terms, against plain sums."""

from __future__ import annotations

import json

import numpy as np
import torch

from aestudio.training.meter import TermMeter

CPU = torch.device("cpu")
#: Three steps, the last of them smaller, with two terms.
MEANS = [[1.0, 10.0], [2.0, 20.0], [5.0, 50.0]]
SAMPLES = [4, 4, 2]


def add(meter: TermMeter, steps: slice = slice(None)) -> None:
    for means, num_samples in zip(MEANS[steps], SAMPLES[steps], strict=True):
        meter.add([torch.tensor(mean) for mean in means], num_samples)


def test_steps_weigh_as_many_samples_as_they_had() -> None:
    meter = TermMeter(2, CPU)
    add(meter)
    meter.end_block(3)
    meter.add([torch.tensor(8.0), torch.tensor(80.0)], 10)
    meter.end_block(4)
    steps, means_TK = meter.take_blocks()
    assert steps.tolist() == [3, 4]
    np.testing.assert_allclose(means_TK, [[2.2, 8.0], [22.0, 80.0]])
    assert meter.epoch_means() == [(22 + 80) / 20, (220 + 800) / 20]
    assert not meter.has_blocks


def test_what_was_kept_in_the_middle_of_a_block_goes_on_exactly() -> None:
    whole, first, rest = (TermMeter(2, CPU) for _ in range(3))
    add(whole)
    add(first, slice(0, 1))
    state = first.state()
    add(first, slice(1, 3))
    rest.restore(json.loads(json.dumps(state)))
    add(rest, slice(1, 3))
    for meter in (whole, rest):
        meter.end_block(3)
    assert rest.state() == whole.state()
    np.testing.assert_array_equal(rest.take_blocks()[1], whole.take_blocks()[1])


def test_the_sums_that_older_checkpoints_hold_are_taken_up() -> None:
    meter = TermMeter(2, CPU)
    meter.restore(
        {"epoch": [6.0, 60.0], "epoch_samples": 6, "block": [12.0, 120.0], "block_samples": 8}
    )
    add(meter, slice(2, 3))
    meter.end_block(9)
    np.testing.assert_allclose(meter.take_blocks()[1], [[2.2], [22.0]])
    np.testing.assert_allclose(meter.epoch_means(), [28 / 16, 280 / 16])


def test_a_broken_term_is_told_before_its_block_ends() -> None:
    meter = TermMeter(2, CPU)
    add(meter)
    assert meter.are_finite() == [True, True]
    meter.add([torch.tensor(1.0), torch.tensor(torch.nan)], 4)
    assert meter.are_finite() == [True, False]
    meter.start_epoch()
    assert meter.are_finite() == [True, True]
