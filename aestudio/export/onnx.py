"""ONNX files that compute what the program computes, raw data in and raw data out.

    encoder.onnx       sample (batch, *shape) -> code (batch, L)
    decoder.onnx       code (batch, L) -> reconstruction (batch, *shape)
    autoencoder.onnx   sample -> reconstruction

Scaling and the replacement of missing values are part of the graphs; the batch may have any size;
each file is complete in itself. Before a file is written it is run beside the model it came from.
"""

from __future__ import annotations

import contextlib
import copy
import io
import logging
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, cast

import numpy as np
import numpy.typing as npt
import onnx
import torch
from torch import Tensor, nn

import aestudio
from aestudio.data.missing_values import MISSING_FROM
from aestudio.data.series.own_scale import ROUNDING
from aestudio.errors import ExportError, StudioError
from aestudio.export.onnx_check import largest_difference
from aestudio.runs import atomic

#: Larger differences, relative to the range of the data, are an error.
TOLERANCE = 1e-4
_MOST_BYTES = 2**31 - 1
#: Two graphs are made and three files tried.
NUM_STEPS = 5


class EncodesAndDecodes(Protocol):
    """A module with both directions in the model's scale."""

    def encode(self, x: Tensor) -> Tensor: ...

    def decode(self, z_BL: Tensor) -> Tensor: ...


class ScalesTables(Protocol):
    """A module that brings cells to model scale, and says which are there, and brings them back."""

    def __call__(self, cells_BD: Tensor) -> tuple[Tensor, Tensor]: ...

    def inverse(self, scaled_BM: Tensor) -> Tensor: ...


@dataclass(frozen=True, slots=True)
class OnnxFile:
    """One written file and how far it is from the model, at batch sizes 1 and 257."""

    path: Path
    largest_difference: float  #: absolute: in the data's own scale, or the code's
    relative_difference: float  #: relative to the range of the data, or of the codes


@dataclass(frozen=True, slots=True)
class OnnxExport:
    encoder: OnnxFile
    decoder: OnnxFile
    autoencoder: OnnxFile

    @property
    def files(self) -> tuple[OnnxFile, ...]:
        return (self.encoder, self.decoder, self.autoencoder)

    @property
    def largest_difference(self) -> float:
        return max(file.largest_difference for file in self.files)

    @property
    def relative_difference(self) -> float:
        return max(file.relative_difference for file in self.files)


def export_onnx(
    autoencoder: nn.Module,
    folder: Path,
    *,
    offset: npt.NDArray[np.float32],
    scale: npt.NDArray[np.float32],
    samples: npt.NDArray[np.generic],
    fill: npt.NDArray[np.float32] | None = None,
    num_symbols: int = 0,
    table: ScalesTables | None = None,
    in_own_scale: bool = False,
    report: Callable[[int, int], None] = lambda done, total: None,
) -> OnnxExport:
    """Write the three files into ``folder``, which is made if need be.

    A ``table`` of columns of several kinds goes in as cells, (batch, D), and comes out so; it takes
    the place of the two numbers below. Tokens of ``num_symbols`` symbols go in as 64-bit whole numbers, (batch, T), and their
    probabilities come out, (batch, T, V).

    With ``in_own_scale`` samples (batch, T, C) of any level go in, and their reconstructions come out at
    mean 0 and spread 1, as the model was trained.

    ``offset`` and ``scale`` broadcast against one sample: model scale = (raw - offset) * scale.
    ``fill`` replaces missing values (NaN, infinite, giant). ``samples`` (N, *shape), at least one, are the raw data
    that the files are checked with. The autoencoder is left as it is. ``report`` is called between
    the ``NUM_STEPS`` steps; an error that it raises ends the export, and no file is written.

    Raises :class:`ExportError` when a graph cannot be made or differs from the model by more than
    ``TOLERANCE`` of the data's range; then no file is written.
    """
    # First, because tracing takes seconds and a wrong place is known at once.
    atomic.make_folder(folder, parents=True, exist_ok=True)
    model = copy.deepcopy(autoencoder).cpu().float().eval()
    inner = cast(EncodesAndDecodes, model)
    raw: npt.NDArray[Any] = np.resize(samples, (257, *samples.shape[1:])).astype(
        np.int64 if num_symbols else np.float32
    )
    encoder: nn.Module = _Encoder(inner, offset, scale, offset if fill is None else fill).eval()
    decoder: nn.Module = _Decoder(inner, offset, scale).eval()
    if num_symbols:
        encoder = _TokenEncoder(inner, num_symbols).eval()
    elif table is not None:
        encoder, decoder = _TableEncoder(inner, table).eval(), _TableDecoder(inner, table).eval()
    if in_own_scale:
        encoder = nn.Sequential(_OwnScale(), encoder).eval()
    with torch.no_grad():
        codes = encoder(torch.from_numpy(raw)).numpy()
        wanted = decoder(torch.from_numpy(codes)).numpy()
    report(0, NUM_STEPS)
    encoder_graph, decoder_graph = _traced(encoder, decoder, raw, codes, report)
    whole_graph = _joined(encoder_graph, decoder_graph)
    data_range = 1.0 if num_symbols else float(np.ptp(raw[np.isfinite(raw)])) or 1.0
    code_range = max(1.0, float(np.ptp(codes)))
    checks = (
        ("encoder.onnx", encoder_graph, raw, codes, code_range),
        ("decoder.onnx", decoder_graph, codes, wanted, data_range),
        ("autoencoder.onnx", whole_graph, raw, wanted, data_range),
    )
    contents: list[bytes] = []
    files: list[OnnxFile] = []
    for place, (name, graph, given, expected, span) in enumerate(checks):
        report(NUM_STEPS - len(checks) + place, NUM_STEPS)
        content = _serialized(graph, name)
        difference = largest_difference(content, given, expected, name)
        if not difference <= TOLERANCE * span:
            raise ExportError(
                f"it differs from the model by {difference:.3g}, which is {difference / span:.1e} "
                f"of the range; at most {TOLERANCE:g} is allowed.",
                subject=name,
                next_step="Export as safetensors instead, and report the recipe of this run.",
            )
        contents.append(content)
        files.append(OnnxFile(folder / name, difference, difference / span))
    report(NUM_STEPS, NUM_STEPS)
    for file, content in zip(files, contents, strict=True):
        atomic.write_bytes(file.path, content)
    return OnnxExport(*files)


class _Encoder(nn.Module):
    offset: Tensor
    scale: Tensor
    fill: Tensor

    def __init__(
        self,
        autoencoder: EncodesAndDecodes,
        offset: npt.NDArray[np.float32],
        scale: npt.NDArray[np.float32],
        fill: npt.NDArray[np.float32],
    ) -> None:
        super().__init__()
        self.autoencoder = autoencoder
        self.register_buffer("offset", torch.from_numpy(offset.copy()))
        self.register_buffer("scale", torch.from_numpy(scale.copy()))
        self.register_buffer("fill", torch.from_numpy(fill.copy()))

    def forward(self, sample: Tensor) -> Tensor:
        # Written so that NaN, which compares false, counts as missing too.
        present = torch.where(sample.abs() < MISSING_FROM, sample, self.fill)
        return self.autoencoder.encode((present - self.offset) * self.scale)


class _OwnScale(nn.Module):
    """Brings each channel of each sample to mean 0 and spread 1, as OwnScale does with arrays."""

    def forward(self, sample_BTC: Tensor) -> Tensor:
        present = sample_BTC.abs() < MISSING_FROM
        values = torch.where(present, sample_BTC, 0.0)
        counts = present.float().sum(1, keepdim=True).clamp(min=1.0)
        deviations = torch.where(present, values - values.sum(1, keepdim=True) / counts, 0.0)
        spread = (deviations.square().sum(1, keepdim=True) / counts).sqrt()
        is_constant = spread <= ROUNDING * values.abs().amax(1, keepdim=True)
        scaled = deviations / torch.where(is_constant, 1.0, spread)
        return torch.where(present, scaled, float("nan"))


class _TableEncoder(nn.Module):
    def __init__(self, autoencoder: EncodesAndDecodes, table: ScalesTables) -> None:
        super().__init__()
        self.autoencoder = autoencoder
        self.table = table

    def forward(self, sample: Tensor) -> Tensor:
        return self.autoencoder.encode(self.table(sample)[0])


class _TableDecoder(nn.Module):
    def __init__(self, autoencoder: EncodesAndDecodes, table: ScalesTables) -> None:
        super().__init__()
        self.autoencoder = autoencoder
        self.table = table

    def forward(self, code: Tensor) -> Tensor:
        return self.table.inverse(self.autoencoder.decode(code))


class _TokenEncoder(nn.Module):
    numbers: Tensor

    def __init__(self, autoencoder: EncodesAndDecodes, num_symbols: int) -> None:
        super().__init__()
        self.autoencoder = autoencoder
        self.register_buffer("numbers", torch.arange(num_symbols))

    def forward(self, sample: Tensor) -> Tensor:
        return self.autoencoder.encode((sample.unsqueeze(2) == self.numbers).float())


class _Decoder(nn.Module):
    offset: Tensor
    scale: Tensor

    def __init__(
        self,
        autoencoder: EncodesAndDecodes,
        offset: npt.NDArray[np.float32],
        scale: npt.NDArray[np.float32],
    ) -> None:
        super().__init__()
        self.autoencoder = autoencoder
        self.register_buffer("offset", torch.from_numpy(offset.copy()))
        self.register_buffer("scale", torch.from_numpy(scale.copy()))

    def forward(self, code: Tensor) -> Tensor:
        return self.autoencoder.decode(code) / self.scale + self.offset


def _traced(
    encoder: nn.Module,
    decoder: nn.Module,
    raw: npt.NDArray[Any],
    codes: npt.NDArray[np.float32],
    report: Callable[[int, int], None],
) -> tuple[onnx.ModelProto, onnx.ModelProto]:
    """Turn both modules into graphs whose batch may have any size.

    Both by the same exporter, so that they fit together: the newer one, or the older one, which
    knows some operations that the newer one does not.
    """
    # A batch of one, or one that equals another size, could be taken for a constant.
    sample, code = torch.from_numpy(raw[:3]), torch.from_numpy(codes[:3])
    failures: list[str] = []
    for export in (_export_by_tracing, _export_by_scripting):
        try:
            with _quiet():
                encoder_graph = export(encoder, sample, "sample", "code")
                report(1, NUM_STEPS)
                return encoder_graph, export(decoder, code, "code", "reconstruction")
        except StudioError:
            raise  # from the report: the person has changed their mind
        except Exception as error:
            # The exporters raise whatever their passes raise; there is no common base but this.
            failures.append(f"{type(error).__name__}: {str(error).partition(chr(10))[0][:200]}")
    raise ExportError(
        f"the network cannot be written as ONNX ({'; '.join(failures)}).",
        subject="onnx",
        next_step="Export as safetensors instead, and report the recipe of this run.",
    )


def _export_by_tracing(
    module: nn.Module, example: Tensor, input_name: str, output_name: str
) -> onnx.ModelProto:
    program = torch.onnx.export(
        module,
        (example,),
        dynamo=True,
        dynamic_shapes=({0: torch.export.Dim("batch", min=1)},),
        external_data=False,
        verbose=False,
        input_names=[input_name],
        output_names=[output_name],
    )
    return cast("torch.onnx.ONNXProgram", program).model_proto


def _export_by_scripting(
    module: nn.Module, example: Tensor, input_name: str, output_name: str
) -> onnx.ModelProto:
    buffer = io.BytesIO()
    torch.onnx.export(
        module,
        (example,),
        buffer,  # type: ignore[arg-type]  # files in memory are documented but not declared
        dynamo=False,
        dynamic_axes={input_name: {0: "batch"}, output_name: {0: "batch"}},
        verbose=False,
        input_names=[input_name],
        output_names=[output_name],
    )
    return onnx.load_from_string(buffer.getvalue())


def _joined(encoder: onnx.ModelProto, decoder: onnx.ModelProto) -> onnx.ModelProto:
    """Feed the encoder's code to the decoder; tracing a third time would take as long again."""
    joined = onnx.compose.merge_models(
        onnx.compose.add_prefix(encoder, "encoder/", rename_inputs=False, rename_outputs=False),
        onnx.compose.add_prefix(decoder, "decoder/", rename_inputs=False, rename_outputs=False),
        io_map=[("code", "code")],
    )
    return joined


def _serialized(graph: onnx.ModelProto, name: str) -> bytes:
    graph.producer_name, graph.producer_version = "AE Studio", aestudio.__version__
    try:
        return bytes(graph.SerializeToString())
    except ValueError as error:
        raise ExportError(
            f"the model is too large for one ONNX file ({_MOST_BYTES:,} bytes).",
            subject=name,
            next_step="Export as safetensors instead.",
        ) from error


@contextlib.contextmanager
def _quiet() -> Iterator[None]:
    """Keep the exporter's remarks about its own inner workings from the person."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    # The tracer's hidden progress bar would start a watching thread that never ends.
    progress_bar = torch.hub.__dict__["tqdm"]
    interval = getattr(progress_bar, "monitor_interval", 0)
    progress_bar.monitor_interval = 0
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        progress_bar.monitor_interval = interval
        logger.setLevel(level)
