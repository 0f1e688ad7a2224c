"""Where the arithmetic runs, and in which number format."""

from __future__ import annotations

import contextlib
from contextlib import AbstractContextManager

import torch

from aestudio.errors import OptionError


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
