"""Keeps the four views on one epoch of one run."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from typing import Protocol

import numpy as np
import numpy.typing as npt
from PySide6.QtCore import QObject, QTimer, Signal

from aestudio.data.dataset import Dataset, Kind
from aestudio.data.series.sample_times import Moments
from aestudio.errors import StudioError
from aestudio.gui.background import Background
from aestudio.gui.plots.code_path import Anchor
from aestudio.gui.plots.comparison import Comparison
from aestudio.gui.plots.curve_pages import CurvePages
from aestudio.gui.plots.curve_points import CurvePoints
from aestudio.gui.plots.decoding import Decoder, Decoding
from aestudio.gui.plots.frames import Frame, Frames, PreviewFolder
from aestudio.gui.plots.gradient_curves import GradientCurves
from aestudio.gui.plots.latent_map import LatentMap, MapSamples
from aestudio.gui.plots.loss_curves import LossCurves
from aestudio.gui.plots.sample_art import SampleArt, Samples
from aestudio.gui.theme import Theme
from aestudio.gui.widgets.live.interpolation_panel import InterpolationPanel
from aestudio.gui.widgets.live.scrubber import Scrubber
from aestudio.runs.metrics import Metrics
from aestudio.training.events import PreviewReady

Weights = Mapping[str, npt.NDArray[np.generic]]

#: The pause between the steps of showing a new epoch: one frame at 60 Hz.
_STEP_MS = 16

SampleGetter = Callable[[int], Samples | None]


class ReplayDecoder(Decoder, Protocol):
    def update(self, weights: Weights) -> None: ...


class RunDisplay(QObject):
    """Owns the views and the scrubber; is told what there is and shows one epoch of it."""

    #: An epoch could not be shown; the argument is the error.
    failed = Signal(object)

    def __init__(self, theme: Theme, background: Background, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.decoding = Decoding(self)
        self.curves = LossCurves(theme)
        self.gradients = GradientCurves(theme)
        self.curve_pages = CurvePages(self.curves, self.gradients)
        self.comparison = Comparison(theme)
        self.map = LatentMap(theme, self.decoding)
        self.interpolation = InterpolationPanel(theme, self.decoding, background)
        self.scrubber = Scrubber(theme)
        self._frames: Frames | None = None
        self._art: SampleArt | None = None
        self._newest: Decoder | None = None
        self._newest_epoch = -1
        self._replay: ReplayDecoder | None = None
        self._pictures: Samples | None = None
        self._picture_names: list[str] = []
        self._map_samples: MapSamples | None = None
        self._shown_epoch: int | None = None
        self._waiting: list[Callable[[], None]] = []
        self._steps_timer = QTimer(self)
        self._steps_timer.setInterval(_STEP_MS)
        self._steps_timer.timeout.connect(self._take_step)

        self.scrubber.epoch_chosen.connect(self._show_epoch)
        self.scrubber.live_changed.connect(self._on_live_changed)
        self.map.clicked.connect(self._on_map_clicked)
        self.comparison.sample_chosen.connect(self._on_picture_chosen)
        self.interpolation.path_changed.connect(self.map.set_path)

    @property
    def shown_epoch(self) -> int | None:
        return self._shown_epoch

    # What there is

    def clear(self) -> None:
        """Show nothing but a hint in each view."""
        self._frames = None
        self._waiting = []
        self._shown_epoch = None
        self.decoding.set_model(None)
        self.scrubber.set_epochs(())
        self.curves.start((), 1)
        self.gradients.start(1)
        # Shown before Train is pressed and until the first step is done.
        self.curves.set_hint(self.tr("The loss falls here once training has begun."))
        self.comparison.set_hint(
            self.tr("Originals and what the network makes of them, after every epoch.")
        )
        self.map.set_hint(self.tr("A map of the codes, arranged anew after every epoch."))
        self.interpolation.set_hint(
            self.tr("What lies between two samples, once there is a model.")
        )

    def begin(
        self,
        folder: PreviewFolder,
        art: SampleArt,
        newest: Decoder,
        replay: ReplayDecoder | None,
        newest_epoch: int = -1,
    ) -> None:
        """Take another run; ``newest`` decodes its newest epoch, ``replay`` earlier ones."""
        self._frames = Frames(folder)
        self._waiting = []
        self._art = art
        self._newest, self._replay = newest, replay
        self._newest_epoch = newest_epoch
        self._shown_epoch = None
        self.decoding.set_model(newest)
        self.interpolation.set_art(art)

    def set_curves(self, names: tuple[str, ...], steps_per_epoch: int) -> None:
        self.curves.set_hint("")
        self.curves.start(names, steps_per_epoch)
        self.gradients.start(steps_per_epoch)

    def load_curves(self, metrics: Metrics) -> None:
        """Put what a run has recorded before the first new point."""
        points = CurvePoints()
        points.append(metrics.steps, metrics.step_terms)
        self.curves.add_points(points)
        self.curves.add_validation(metrics.epoch_steps, metrics.validation)
        gradients = CurvePoints()
        gradients.append(metrics.gradient_steps, metrics.gradients)
        self.gradients.add_points(gradients)

    def set_pictures(
        self,
        pictures: Samples,
        rows: list[int],
        names: list[str],
        moments: Moments | None = None,
    ) -> None:
        """The fixed samples (P, *shape) whose reconstructions are followed, and when they were."""
        if self._art is None:
            return
        self._pictures, self._picture_names = pictures, names
        self.comparison.set_hint("")
        self.comparison.set_samples(self._art, pictures, rows, names, moments)

    def set_map_samples(self, samples: MapSamples) -> None:
        if self._art is None:
            return
        self._map_samples = samples
        self.map.set_hint("")
        self.map.set_samples(self._art, samples)

    def add_data(self, dataset: Dataset) -> None:
        """The data has been found: points of the map can show their samples, and what they are called."""
        if self._map_samples is not None:
            rows = self._map_samples.rows
            self._map_samples = replace(
                self._map_samples,
                sample=sample_getter(dataset, rows),
                name=name_getter(dataset, rows),
            )
            self.map.replace_samples(self._map_samples)

    def set_epochs(self, epochs: tuple[int, ...]) -> None:
        """The epochs that can be replayed; the newest is shown."""
        self.scrubber.set_epochs(epochs)
        if epochs:
            self._show_epoch(epochs[-1])

    # What happens

    def add_preview(self, event: PreviewReady) -> None:
        """A newer epoch has arrived; it is shown unless a person looks at an earlier one."""
        if self._frames is None:
            return
        frame = self._frames.add(event)
        self._newest_epoch = event.epoch
        self.scrubber.add_epoch(event.epoch)
        if self.scrubber.is_live:
            self._show_step_by_step(frame)

    def _on_live_changed(self, live: bool) -> None:
        epoch = self.scrubber.epoch
        if live and epoch is not None:
            self._show_epoch(epoch)

    def _show_epoch(self, epoch: int) -> None:
        if self._frames is None or epoch == self._shown_epoch:
            return
        try:
            frame = self._frames.frame(epoch)
        except StudioError as error:
            self.failed.emit(error)
            return
        self._show(frame)

    def _show(self, frame: Frame) -> None:
        for step in self._steps(frame):
            step()

    def _show_step_by_step(self, frame: Frame) -> None:
        """Show a new epoch over a few turns of the window, so that none of them is long."""
        self._waiting = self._steps(frame)
        # The first now: it is painted together with what else has just arrived.
        self._take_step()
        self._steps_timer.start()

    def _take_step(self) -> None:
        if self._waiting:
            self._waiting.pop(0)()
        if not self._waiting:
            self._steps_timer.stop()

    def _steps(self, frame: Frame) -> list[Callable[[], None]]:
        # What is shown now replaces what was waiting to be shown.
        self._waiting = []
        self._shown_epoch = frame.epoch
        return [
            partial(self._show_reconstructions, frame),
            partial(self.map.set_codes, frame.codes, frame.code_spread),
            self._show_path,
        ]

    def _show_reconstructions(self, frame: Frame) -> None:
        self._choose_model(frame)
        for curves in (self.curves, self.gradients):
            curves.mark_epoch(frame.epoch)
        self.comparison.set_reconstructions(frame.reconstructions, frame.certainties)

    def _show_path(self) -> None:
        self.interpolation.set_hint("")
        if self.interpolation.path.anchor("A") is None:
            self._choose_first_ends()
        else:
            self.interpolation.refresh()

    def _choose_model(self, frame: Frame) -> None:
        """Decode with the weights of the epoch on display, or say why that is not possible."""
        why_not = ""
        if frame.epoch >= self._newest_epoch:
            self.decoding.set_model(self._newest)
        elif self._replay is not None and frame.weights is not None:
            self._replay.update(frame.weights)
            self.decoding.set_model(self._replay)
        else:
            why_not = self.tr("The decoder of this epoch was not kept: go to the newest one.")
        self.map.set_no_decoding(why_not)
        self.interpolation.set_no_decoding(why_not)

    def _choose_first_ends(self) -> None:
        """Begin with two samples of different labels, so that the path is alive from the start."""
        if self._pictures is None or len(self._pictures) < 2:
            self.interpolation.refresh()
            return
        for place in (0, 1):
            self.interpolation.choose(self._picture_anchor(place))

    def _on_picture_chosen(self, place: int) -> None:
        if self._pictures is not None and place < len(self._pictures):
            self.interpolation.choose(self._picture_anchor(place))

    def _picture_anchor(self, place: int) -> Anchor:
        if self._pictures is None:
            raise IndexError(place)
        return Anchor(self._picture_names[place], sample=self._pictures[place : place + 1])

    def _on_map_clicked(self, place: int, code: npt.NDArray[np.float32]) -> None:
        sample = None
        if place >= 0 and self._map_samples is not None:
            sample = self._map_samples.sample(place)
        if sample is not None:
            self.interpolation.choose(Anchor(self.map.name_of(place), sample=sample))
        elif place >= 0:
            self.interpolation.choose(Anchor(self.map.name_of(place), code=code))
        else:
            self.interpolation.choose(Anchor(self.tr("a place on the map"), code=code))

    def close(self) -> None:
        self.decoding.close()


def sample_getter(dataset: Dataset, rows: npt.NDArray[np.int64]) -> SampleGetter:
    """Give the sample (1, *shape) of each point of the map."""

    def sample(place: int) -> Samples | None:
        row = int(rows[place])
        return np.asarray(dataset.x[row : row + 1])

    return sample


def name_getter(dataset: Dataset, rows: npt.NDArray[np.int64]) -> Callable[[int], str]:
    """Say what the sample of each point of the map is called; of texts that is the sample itself."""
    names = dataset.sample_names if dataset.kind is not Kind.TOKENS else ()

    def name(place: int) -> str:
        return names[int(rows[place])] if names else ""

    return name
