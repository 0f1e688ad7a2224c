"""Every format of arrays and pictures, dropped on the window as a person would."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import h5py
import numpy as np
import pytest
import scipy.io
import tifffile
from PySide6.QtCore import QUrl
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from aestudio.gui.main_window import MainWindow
from tests.data.making import save_picture, save_zarr, zip_bytes
from tests.gui.conftest import PATIENCE_MS
from tests.gui.test_main_window import drop

IMAGES = np.random.default_rng(0).integers(0, 256, (60, 12, 10)).astype(np.uint8)
LABELS = np.arange(60) % 3


def hdf5(folder: Path) -> list[Path]:
    with h5py.File(folder / "cells.h5", "w") as file:
        file["spectra"], file["frames"] = np.ones((60, 3)), IMAGES
    return [folder / "cells.h5"]


def mat(folder: Path) -> list[Path]:
    scipy.io.savemat(folder / "cells.mat", {"X": IMAGES.transpose(1, 2, 0), "y": LABELS})
    return [folder / "cells.mat"]


def zarr(folder: Path) -> list[Path]:
    return [save_zarr(folder / "cells.zarr", 3, images=IMAGES, labels=LABELS)]


def stack(folder: Path) -> list[Path]:
    tifffile.imwrite(folder / "cells.tif", IMAGES, photometric="minisblack")
    return [folder / "cells.tif"]


def pictures(folder: Path) -> list[Path]:
    return [save_picture(folder / f"{index}.png", "L", (10, 12)) for index in range(60)]


def archive(folder: Path) -> list[Path]:
    members = {path.name: path.read_bytes() for path in pictures(folder)}
    (folder / "cells.zip").write_bytes(zip_bytes(members))
    return [folder / "cells.zip"]


def picture_list(folder: Path) -> list[Path]:
    rows = [f"{path.name},{'ab'[index % 2]}" for index, path in enumerate(pictures(folder))]
    (folder / "cells.csv").write_text("\n".join(["file,label", *rows]))
    return [folder / "cells.csv"]


@pytest.mark.parametrize("made", [hdf5, mat, zarr, stack, pictures, archive, picture_list])
def test_what_is_dropped_is_read_and_shown(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    made: Callable[[Path], list[Path]],
) -> None:
    paths = made(tmp_path)
    window.opener.allow_reading()
    with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS) as read:
        drop(window, *(QUrl.fromLocalFile(str(path)) for path in paths))
    assert read.args is not None
    content, _ = read.args
    assert content.taken_for.startswith("60 images of 10 \N{MULTIPLICATION SIGN} 12 pixels")
    assert window.data.shows_sheet
    form = window.data.sheet.form
    assert form.row("data.array").isVisibleTo(form) == (made is hdf5)


@pytest.mark.parametrize("count", [1, 3])
def test_files_are_chosen_in_a_dialog(
    qtbot: QtBot,
    window: MainWindow,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    count: int,
) -> None:
    paths = [tmp_path / f"{index}.npy" for index in range(count)]
    for path in paths:
        np.save(path, IMAGES)
    chosen = [str(path) for path in paths]
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: (chosen, ""))
    window.opener.allow_reading()
    with qtbot.waitSignal(window.data.data_ready, timeout=PATIENCE_MS) as read:
        window.commands.action("open_file").trigger()
    assert read.args is not None
    content, options = read.args
    assert content.dataset.num_samples == 60 * count
    assert options.source == "\n".join(chosen)
