"""ONNX files compute what torch computes, on raw data, at any batch size."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
import torch
from torch import Tensor, nn

from aestudio.autoencoders.base import Autoencoder
from aestudio.autoencoders.registry import types
from aestudio.errors import ExportError, OutputError
from aestudio.export.onnx import TOLERANCE, OnnxExport, export_onnx
from aestudio.export.onnx_check import largest_difference
from tests.export.conftest import SHAPES, WAYS


class Halving(nn.Module):
    """The smallest autoencoder: the code is half of each number."""

    def __init__(self, factor: float = 0.5) -> None:
        super().__init__()
        self.factor = nn.Parameter(torch.tensor(factor))

    def encode(self, x: Tensor) -> Tensor:
        return x * self.factor

    def decode(self, z_BL: Tensor) -> Tensor:
        return z_BL / self.factor


OFFSET = np.array([10.0, 20.0], np.float32)
SCALE = np.array([0.1, 0.01], np.float32)
ROWS = np.array([[10, 20], [30, 120], [0, -80]])


def run(path: Path, given: np.ndarray) -> np.ndarray:
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    (result,) = session.run(None, {session.get_inputs()[0].name: given})
    return result


@pytest.fixture(scope="module")
def exported(tmp_path_factory: pytest.TempPathFactory) -> OnnxExport:
    folder = tmp_path_factory.mktemp("onnx")
    module = Halving().train()
    result = export_onnx(module, folder, offset=OFFSET, scale=SCALE, samples=ROWS)
    assert module.training, "the module that was given is left alone"
    return result


def test_raw_data_goes_in_and_comes_out(exported: OnnxExport) -> None:
    raw = ROWS.astype(np.float32)
    # (raw - offset) * scale / 2, by hand.
    codes = np.array([[0, 0], [1, 0.5], [-0.5, -0.5]], np.float32)
    assert run(exported.encoder.path, raw) == pytest.approx(codes, abs=1e-6)
    assert run(exported.decoder.path, codes) == pytest.approx(raw, abs=1e-4)
    assert run(exported.autoencoder.path, raw) == pytest.approx(raw, abs=1e-4)


def test_the_reported_difference_is_the_largest_of_the_files(exported: OnnxExport) -> None:
    assert exported.largest_difference == max(
        exported.encoder.largest_difference,
        exported.decoder.largest_difference,
        exported.autoencoder.largest_difference,
    )
    assert 0 <= exported.relative_difference <= TOLERANCE


def test_each_file_is_complete_in_itself(exported: OnnxExport) -> None:
    for file in exported.files:
        graph = onnx.load(file.path, load_external_data=False)
        onnx.checker.check_model(graph, full_check=True)
        assert all(not tensor.external_data for tensor in graph.graph.initializer)
        assert graph.graph.input[0].type.tensor_type.shape.dim[0].dim_param


def test_missing_values_are_filled_in_inside_the_graph(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    fill = np.array([30.0, 120.0], np.float32)
    result = export_onnx(Halving(), tmp_path, offset=OFFSET, scale=SCALE, samples=ROWS, fill=fill)
    assert capfd.readouterr() == ("", "")
    raw = np.array([[np.nan, np.inf], [-3.4e38, 20]], np.float32)
    assert run(result.encoder.path, raw) == pytest.approx(np.array([[1, 0.5], [1, 0]]), abs=1e-6)


@pytest.mark.parametrize(
    ("type_name", "kind"), [("undercomplete", "convolutional"), ("variational", "dense")]
)
def test_a_network_agrees_with_torch_at_any_batch(
    type_name: str, kind: str, tmp_path: Path, build_autoencoder: Callable[..., Autoencoder]
) -> None:
    _check_agreement(build_autoencoder(type_name, kind, normalization="batch"), kind, tmp_path)


#: Every type with one kind of network, and one type with every kind: what a graph is made of is
#: then in it at least once.
TYPES_AND_KINDS = [(name, "dense") for name in types()] + [
    ("variational", kind) for kind in SHAPES if kind != "dense"
]


@pytest.mark.slow
@pytest.mark.parametrize(("type_name", "kind"), TYPES_AND_KINDS)
def test_every_type_agrees_with_torch_at_any_batch(
    type_name: str, kind: str, tmp_path: Path, build_autoencoder: Callable[..., Autoencoder]
) -> None:
    _check_agreement(build_autoencoder(type_name, kind), kind, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(("kind", "options"), WAYS, ids=str)
def test_every_way_of_building_a_network_is_exported(
    kind: str,
    options: dict[str, object],
    tmp_path: Path,
    build_autoencoder: Callable[..., Autoencoder],
) -> None:
    _check_agreement(build_autoencoder("undercomplete", kind, **options), kind, tmp_path)


def _check_agreement(autoencoder: Autoencoder, kind: str, folder: Path) -> None:
    generator = np.random.default_rng(0)
    raw = generator.integers(0, 256, (300, *SHAPES[kind])).astype(np.uint8)
    broadcast = (1,) * len(SHAPES[kind])
    offset, scale = np.zeros(broadcast, np.float32), np.full(broadcast, 1 / 255, np.float32)
    result = export_onnx(autoencoder, folder, offset=offset, scale=scale, samples=raw)
    assert result.relative_difference <= TOLERANCE
    assert sorted(path.name for path in folder.iterdir()) == [
        "autoencoder.onnx",
        "decoder.onnx",
        "encoder.onnx",
    ]
    autoencoder.eval()
    # Sizes and values other than those that the export checked itself with.
    for size in (1, 31, 257):
        given = generator.uniform(0, 255, (size, *SHAPES[kind])).astype(np.float32)
        with torch.no_grad():
            codes = autoencoder.encode(torch.from_numpy(given / 255))
            wanted = autoencoder.decode(codes).numpy() * 255
        assert np.abs(run(result.encoder.path, given) - codes.numpy()).max() < 1e-4
        assert np.abs(run(result.autoencoder.path, given) - wanted).max() < 255 * 1e-4
        assert np.abs(run(result.decoder.path, codes.numpy()) - wanted).max() < 255 * 1e-4


class Rounding(Halving):
    """Computes something else while it is traced, as a bug in an exporter would."""

    def decode(self, z_BL: Tensor) -> Tensor:
        return z_BL / self.factor + (0.1 if torch.compiler.is_compiling() else 0.0)


def test_a_file_that_computes_something_else_is_never_written(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match="differs from the model") as caught:
        export_onnx(Rounding(), tmp_path / "out", offset=OFFSET, scale=SCALE, samples=ROWS)
    assert caught.value.subject == "decoder.onnx"
    assert not any((tmp_path / "out").iterdir())


class Foreign(Halving):
    """Leaves torch on the way, so that no exporter can follow."""

    def encode(self, x: Tensor) -> Tensor:
        return torch.from_numpy(np.sort(x.detach().numpy(), axis=0))


def test_a_step_outside_torch_is_an_export_error(tmp_path: Path) -> None:
    with pytest.raises(ExportError):
        export_onnx(Foreign(), tmp_path / "out", offset=OFFSET, scale=SCALE, samples=ROWS)
    assert not any((tmp_path / "out").iterdir())


class Picky(Halving):
    """Fails under the newer exporter only."""

    def encode(self, x: Tensor) -> Tensor:
        if torch.compiler.is_exporting():
            raise RuntimeError("not known here")
        return super().encode(x)


def test_the_older_exporter_helps_out(tmp_path: Path) -> None:
    result = export_onnx(Picky(), tmp_path, offset=OFFSET, scale=SCALE, samples=ROWS)
    assert run(result.autoencoder.path, ROWS.astype(np.float32)) == pytest.approx(ROWS, abs=1e-4)


class Unwritable(Halving):
    def encode(self, x: Tensor) -> Tensor:
        if torch.compiler.is_exporting() or torch.onnx.is_in_onnx_export():
            raise RuntimeError("not known anywhere")
        return super().encode(x)


def test_the_reasons_of_both_exporters_are_given(tmp_path: Path) -> None:
    with pytest.raises(ExportError, match=r"cannot be written as ONNX.*not known anywhere"):
        export_onnx(Unwritable(), tmp_path, offset=OFFSET, scale=SCALE, samples=ROWS)


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(OutputError, match="file"):
        export_onnx(Halving(), tmp_path / "file", offset=OFFSET, scale=SCALE, samples=ROWS)


def test_bytes_that_are_no_graph_are_an_export_error() -> None:
    with pytest.raises(ExportError, match="cannot run it"):
        largest_difference(b"no graph", np.zeros((257, 2)), np.zeros((257, 2)), "x.onnx")
