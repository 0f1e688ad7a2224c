"""Running an ONNX file beside the model that it was made from."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import onnxruntime

from aestudio.errors import ExportError

#: One sample alone, and a number that no fixed batch size divides.
BATCH_SIZES = (1, 257)
_ERRORS_ONLY = 3


def largest_difference(
    content: bytes,
    given: npt.NDArray[Any],
    expected: npt.NDArray[np.float32],
    name: str,
) -> float:
    """Load ``content`` in onnxruntime and return the largest absolute difference from ``expected``.

    ``given`` and ``expected`` hold at least 257 rows. Raises :class:`ExportError` when the file
    cannot be loaded or run, or gives another shape.
    """
    options = onnxruntime.SessionOptions()
    options.log_severity_level = _ERRORS_ONLY
    largest = 0.0
    try:
        session = onnxruntime.InferenceSession(content, options, providers=["CPUExecutionProvider"])
        input_name = session.get_inputs()[0].name
        for size in BATCH_SIZES:
            (result,) = session.run(None, {input_name: given[:size]})
            if result.shape != expected[:size].shape:
                raise ExportError(
                    f"it gives {result.shape} for a batch of {size}, not {expected[:size].shape}.",
                    subject=name,
                    next_step="Export as safetensors instead.",
                )
            largest = max(largest, float(np.abs(result - expected[:size]).max(initial=0.0)))
    except ExportError:
        raise
    except Exception as error:
        # The runtime's errors share no base class of their own.
        raise ExportError(
            f"onnxruntime cannot run it: {str(error).splitlines()[0]}.",
            subject=name,
            next_step="Export as safetensors instead.",
        ) from error
    return largest
