"""The one place where threads meet.

A run lives in a :class:`TrainingThread` that only ever puts events into a :class:`Channel`. The
window takes them out with a timer, so a fast run cannot flood it: several times a second in a run's
first moments, and once a second when it has gone on for a while, because everything that is drawn
takes time from the training. What a person waits for, the beginning and the end, comes at once.
Widgets stay on the window's side and models on the other; what crosses is frozen.
"""

from __future__ import annotations

import gc
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from aestudio.errors import FailureError, StudioError
from aestudio.gui.plots.curve_points import CurvePoints
from aestudio.training.control import Control
from aestudio.training.events import (
    CheckpointReady,
    EpochDone,
    Event,
    PreviewReady,
    RunFinished,
    RunStarted,
    StepsDone,
)

logger = logging.getLogger(__name__)

#: The window looks this often at a run that has just begun, and more and more seldom later: between
#: two looks the run grows by a tenth, but a second is never exceeded.
SHORTEST_PAUSE_MS = 100
LONGEST_PAUSE_MS = 1_000
_GROWTH_BETWEEN_LOOKS = 0.1
#: How often Python offers another thread its turn while a run is going; the default of 5 ms is
#: long enough to be felt in the window.
SWITCH_INTERVAL_S = 0.0005
#: The training thread yields to the window when both want the processor (Linux niceness).
TRAINING_NICENESS = 15

_POINTS_CAPACITY = 16_384
_EPOCHS_CAPACITY = 4_096


class RunState(StrEnum):
    IDLE = "idle"
    PREPARING = "preparing"
    TRAINING = "training"
    PAUSED = "paused"
    STOPPING = "stopping"


class Session(Protocol):
    """What the thread iterates; workflows hand it out."""

    @property
    def events(self) -> Iterable[Event]: ...


SessionOpener = Callable[[Control], Session]


class Points:
    """New points of the curves, of one run."""

    def __init__(self, run_id: str) -> None:
        self.run_id = run_id
        self.columns = CurvePoints(_POINTS_CAPACITY)
        self.gradients = CurvePoints(_POINTS_CAPACITY)


class Channel:
    """What a run has reported and the window has not yet taken, in bounded memory.

    One slot per kind keeps the newest event; the points of the curves and the epochs, where every
    one counts, wait in bounded rings.
    """

    def __init__(self, call: Callable[[], None] = lambda: None) -> None:
        """``call`` is called, in the training thread, when something arrives that cannot wait."""
        self._call = call
        self._lock = threading.Lock()
        self._slots: dict[type, Any] = {}
        self._epochs: deque[EpochDone] = deque(maxlen=_EPOCHS_CAPACITY)
        self._points: Points | None = None

    def put(self, item: object) -> None:
        """Leave one event, session or error; called by the training thread."""
        if isinstance(item, CheckpointReady):
            return  # Recorded already; the window has no use for its arrays.
        with self._lock:
            if isinstance(item, EpochDone):
                self._epochs.append(item)
                return
            if isinstance(item, StepsDone):
                if self._points is None or self._points.run_id != item.run_id:
                    self._points = Points(item.run_id)
                self._points.columns.append(item.steps, item.terms)
                self._points.gradients.append(item.gradient_steps, item.gradients)
            self._slots[_slot(item)] = item
        if isinstance(item, _URGENT):
            self._call()

    def take(self) -> list[object]:
        """Return what waits, in the order in which a run happens, and forget it."""
        with self._lock:
            slots, self._slots = self._slots, {}
            epochs, self._epochs = self._epochs, deque(maxlen=_EPOCHS_CAPACITY)
            points, self._points = self._points, None
        found: list[object] = [slots[kind] for kind in (Opened, RunStarted) if kind in slots]
        found += [points] if points is not None else []
        found += [slots[StepsDone]] if StepsDone in slots else []
        found += epochs
        found += [slots[kind] for kind in (PreviewReady, RunFinished, Ended) if kind in slots]
        return found


class Opened:
    """The session is ready; nothing has been trained yet."""

    def __init__(self, session: Session) -> None:
        self.session = session


class Ended:
    """The thread is done; ``error`` says why when no RunFinished could."""

    def __init__(self, error: StudioError | None) -> None:
        self.error = error


_KINDS: tuple[type, ...] = (Opened, RunStarted, StepsDone, PreviewReady, RunFinished, Ended)
_URGENT = (Opened, RunStarted, Ended)


def _slot(item: object) -> type:
    return next(kind for kind in _KINDS if isinstance(item, kind))


class TrainingThread(threading.Thread):
    """Opens a session, iterates its events and puts them into the channel."""

    def __init__(self, open_session: SessionOpener, control: Control, channel: Channel) -> None:
        # A daemon, so that a run that does not answer cannot keep the program from ending.
        super().__init__(name="training", daemon=True)
        self._open_session = open_session
        self._control = control
        self._channel = channel

    def run(self) -> None:
        error: StudioError | None = None
        has_opened = False
        try:
            lower_priority()
            session = self._open_session(self._control)
            has_opened = True
            self._channel.put(Opened(session))
            for event in session.events:
                self._channel.put(event)
        except StudioError as expected:
            # What is stopped before there is a run ends with a word of its own, which is no error.
            if has_opened or not self._control.is_stopping:
                error = expected
        except MemoryError:
            error = FailureError(
                "The computer has too little memory for this run.",
                next_step="Choose a smaller batch size, network or data set.",
            )
        except Exception as unexpected:
            logger.exception("the training thread failed")
            error = FailureError(
                f"Training failed unexpectedly: {type(unexpected).__name__}: {unexpected}",
                next_step="The log holds the details; the last checkpoint is kept.",
            )
        finally:
            self._channel.put(Ended(error))


def lower_priority() -> None:
    """Let the calling thread, and those it starts, yield to the window."""
    if sys.platform == "linux":
        # On Linux the niceness of a thread id concerns that thread and those it starts later.
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), TRAINING_NICENESS)


Payload = TypeVar("Payload")


class TrainingBridge(QObject):
    """Starts a run in its thread and delivers what it reports to the views."""

    state_changed = Signal(object)
    opened = Signal(object)
    ended = Signal(object)
    _called = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._listeners: dict[type, list[Callable[[Any], None]]] = {}
        self._broken: set[Callable[[Any], None]] = set()
        self._thread: TrainingThread | None = None
        self._channel = Channel()
        self._control = Control()
        self._state = RunState.IDLE
        self._former_switch_interval_s = sys.getswitchinterval()
        self._began_s = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self.drain)
        self._called.connect(self.drain)

    @property
    def state(self) -> RunState:
        return self._state

    @property
    def is_running(self) -> bool:
        return self._thread is not None

    def listen(self, kind: type[Payload], callback: Callable[[Payload], None]) -> None:
        """Call ``callback`` with each event of ``kind``; what it raises is logged, not passed on."""
        self._listeners.setdefault(kind, []).append(callback)

    def start(self, open_session: SessionOpener) -> None:
        """Run ``open_session`` and then its events in a new thread; the former run must be over."""
        if self._thread is not None:
            raise RuntimeError("a run is going already")
        self._channel = Channel(self._called.emit)
        self._control = Control()
        self._broken.clear()
        self._thread = TrainingThread(open_session, self._control, self._channel)
        self._former_switch_interval_s = sys.getswitchinterval()
        sys.setswitchinterval(SWITCH_INTERVAL_S)
        self._set_state(RunState.PREPARING)
        self._began_s = time.perf_counter()
        self._thread.start()
        self._wait()

    def pause(self) -> None:
        if self._state is RunState.TRAINING:
            self._control.pause()
            self._set_state(RunState.PAUSED)

    def go_on(self) -> None:
        if self._state is RunState.PAUSED:
            self._control.resume()
            self._set_state(RunState.TRAINING)

    def stop(self) -> None:
        """Ask the run to end after its current batch; returns at once."""
        if self.is_running and self._state is not RunState.STOPPING:
            self._control.stop()
            self._set_state(RunState.STOPPING)

    def stop_and_join(self, timeout_s: float = 5.0) -> bool:
        """Stop and wait; return whether the thread ended in time. The last events are delivered."""
        thread = self._thread
        if thread is None:
            return True
        self.stop()
        thread.join(timeout_s)
        if thread.is_alive():
            logger.warning("training did not stop within %.0f s", timeout_s)
            return False
        self.drain()
        return True

    def drain(self) -> None:
        """Deliver what waits in the channel."""
        for item in self._channel.take():
            if isinstance(item, Opened):
                self.opened.emit(item.session)
            elif isinstance(item, Ended):
                self._finish(item)
            else:
                if isinstance(item, RunStarted) and self._state is RunState.PREPARING:
                    self._set_state(RunState.TRAINING)
                self._deliver(item)
                if isinstance(item, RunStarted):
                    # To look for garbage among everything that torch and Qt have brought along
                    # takes a fifth of a second, and window and training both stand still.
                    gc.freeze()
        if self.is_running:
            self._wait()

    def _wait(self) -> None:
        """Look again when the run has grown by enough to be worth it."""
        grown_ms = 1000.0 * _GROWTH_BETWEEN_LOOKS * (time.perf_counter() - self._began_s)
        self._timer.start(round(min(LONGEST_PAUSE_MS, max(SHORTEST_PAUSE_MS, grown_ms))))

    def _deliver(self, item: object) -> None:
        for callback in self._listeners.get(type(item), ()):
            try:
                callback(item)
            except Exception:
                # A view that cannot draw must not end hours of training; one report is enough.
                if callback not in self._broken:
                    self._broken.add(callback)
                    logger.exception("a view failed on %s; the run goes on", type(item).__name__)

    def _finish(self, item: Ended) -> None:
        if self._thread is not None:
            self._thread.join()
            self._thread = None
        self._timer.stop()
        gc.unfreeze()
        sys.setswitchinterval(self._former_switch_interval_s)
        self._set_state(RunState.IDLE)
        self.ended.emit(item.error)

    def _set_state(self, state: RunState) -> None:
        if state is not self._state:
            self._state = state
            self.state_changed.emit(state)
