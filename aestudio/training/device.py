"""Where the arithmetic runs, and in which number format."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from contextlib import AbstractContextManager

import torch

from aestudio.errors import OptionError

#: What torch would use by itself, read before anybody asks for less.
_ALL_THREADS = torch.get_num_threads()


def use_all_threads() -> None:
    """Let the calling thread compute on every processor that torch takes by default."""
    torch.set_num_threads(_ALL_THREADS)


@contextlib.contextmanager
def on_one_thread() -> Iterator[None]:
    """Compute on the calling thread alone, for work too small to share.

    Beside a training this matters: every thread that shares its work keeps a team of helpers, and
    when a process has more of them than there are processors, the OpenMP runtime stops all teams
    from waiting actively for their next part. The training was then seen to lose half its speed.
    """
    before = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        yield
    finally:
        torch.set_num_threads(before)


def choose_device(wanted: str) -> torch.device:
    """Return the device for ``training.device``; one that is not there is an OptionError."""
    available = {
        "cuda": torch.cuda.is_available(),
        "mps": torch.backends.mps.is_available(),
        "cpu": True,
    }
    if wanted == "auto":
        return torch.device(next(name for name, is_there in available.items() if is_there))
    if not available[wanted]:
        raise OptionError(
            f"this computer has no '{wanted}' device that torch can use.",
            subject="training.device",
            next_step="Set training.device to auto.",
        )
    return torch.device(wanted)


def device_name(device: torch.device) -> str:
    """Return what a person calls the device."""
    if device.type == "cuda":
        return torch.cuda.get_device_name(device)
    return {"cpu": "CPU", "mps": "Apple GPU"}.get(device.type, device.type)


def choose_precision(wanted: str, device: torch.device) -> str:
    """Return ``fp32`` or ``bf16`` for ``training.precision``."""
    if wanted != "auto":
        return wanted
    return "bf16" if computes_in_bf16(device) else "fp32"


def computes_in_bf16(device: torch.device) -> bool:
    """Whether the device has bf16 matrix arithmetic of its own, rather than imitating it."""
    if device.type == "cuda":
        return bool(torch.cuda.is_bf16_supported(including_emulation=False))
    if device.type == "cpu":
        capabilities = torch.cpu.get_capabilities()
        return bool(capabilities.get("avx512_bf16") or capabilities.get("amx_bf16"))
    return False


def arithmetic(device: torch.device, precision: str) -> AbstractContextManager[object]:
    """Return the context in which the network runs forward."""
    if precision == "bf16":
        return torch.autocast(device.type, torch.bfloat16)
    return contextlib.nullcontext()
