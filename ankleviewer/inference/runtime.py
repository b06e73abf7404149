"""Running a model file: choice of engine, threads, cancelling, and the way back to the CPU after a fault."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.errors import Cancelled, ModelError, stop_if
from ankleviewer.inference.choice import fastest, known
from ankleviewer.inference.openvino_session import OpenVinoSession, has_openvino
from ankleviewer.inference.ort_session import CPU, OrtSession, has_cuda
from ankleviewer.inference.watch import POLL_S, aside

RUNTIMES = ("auto", "cpu", "cuda", "openvino")
AT_ONCE = "at-once"  # as "auto", but what has not been measured yet is measured after the first answer (`Engine.measure`)
MAX_THREADS = 16

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Output:
    """One run: logit, signed map (n, n, n) in logit units, the provider that did the work, its seconds, a remark or "",
    and the map of an earlier layer (m, m, m), >= 0 on no fixed scale, where the model gives one.
    """

    logit: float
    cam: Float32
    provider: str
    seconds: float
    note: str = ""
    finer: Float32 | None = None


class Session(Protocol):
    """A model loaded into one engine."""

    @property
    def provider(self) -> str:
        """What runs the model, by the engine's own word."""
        ...

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the volume that it takes."""
        ...

    def run(self, tensor: Float32, cancelled: Callable[[], bool] | None) -> tuple[Any, Any, Any]:
        """(logit, cam, finer map or None) of a volume; raises Cancelled on request, and whatever the engine raises."""
        ...

    def rest(self) -> None:
        """Give back what memory can be had again quickly; the next run may be a little slower. Any thread."""
        ...


def available(runtime: str) -> bool:
    """Whether a runtime can be tried on this computer: its library is there, and the device it needs."""
    return {"cpu": lambda: True, "cuda": has_cuda, "openvino": has_openvino}[runtime]()


def describe_engine() -> str:
    """Versions of the engines and what they run on."""
    import onnxruntime

    providers = ", ".join(p.removesuffix("ExecutionProvider") for p in onnxruntime.get_available_providers())
    text = f"onnxruntime {onnxruntime.__version__}, built with {providers}"
    if has_openvino():
        from importlib.metadata import version

        text += f"; OpenVINO {version('openvino')}"
    return text


class Engine:
    """One loaded model.

    Args:
        model: bytes of the .onnx file, already verified.
        runtime: "auto" (the fastest on this computer, measured once per model and remembered), "cpu", "cuda" or "openvino". What
            cannot be had falls back to the CPU, and the output says so. AT_ONCE: for a window, in which somebody waits. Where the
            choice is left to us the engine starts with the first run, which can be cancelled.

    Raises:
        ModelError: MODEL_FILE_INVALID, the engine refuses the model; RUNTIME_UNKNOWN.
    """

    def __init__(self, model: bytes, runtime: str = "auto") -> None:
        if runtime not in (*RUNTIMES, AT_ONCE):
            raise ModelError("RUNTIME_UNKNOWN", f"The runtime must be one of {', '.join(RUNTIMES)}, is {runtime!r}.")
        self._model = model
        self._note = ""
        self._session: Session | None = None
        self._starting = threading.Lock()
        self._unmeasured = False
        self._wanted = self._likeliest() if runtime == AT_ONCE else runtime
        if runtime not in ("auto", AT_ONCE):
            self._started(None)

    @property
    def provider(self) -> str:
        """The engine's own word for what runs the model, not what was asked for."""
        return self._started(None).provider

    @property
    def note(self) -> str:
        """Why something else runs than what was asked for; "" when all is as asked."""
        return self._note

    def _started(self, cancelled: Callable[[], bool] | None) -> Session:
        """The session, which begins now where there is none. Raises ModelError as `Engine`, Cancelled."""
        while not self._starting.acquire(timeout=POLL_S):  # another thread may be measuring, for many seconds
            stop_if(cancelled)
        try:
            if self._session is None:
                if self._wanted == "auto":
                    self._wanted = self._fastest(cancelled)
                wanted = self._wanted
                if wanted != "cpu" and not available(wanted):
                    self._note = f"{wanted} is not available on this computer; the CPU was used."
                    wanted = "cpu"
                self._session = self._build(wanted, cancelled)
            return self._session
        finally:
            self._starting.release()

    def _fastest(self, cancelled: Callable[[], bool] | None = None) -> str:
        return fastest(self._model, _candidates(), thread_count(), lambda name: self._seconds(name, cancelled))

    def _likeliest(self) -> str:
        """The fastest where that is known, else the one that mostly is."""
        found = known(self._model, _candidates(), thread_count())
        self._unmeasured = found is None
        return found or _candidates()[0]

    def measure(self, cancelled: Callable[[], bool] | None = None) -> bool:
        """Find the fastest engine, for the next engine of this model; True where it is another one than this. Takes seconds, and
        nothing where it has been done.

        Raises:
            Cancelled: on request; nothing is found out, and the next call begins anew.
        """
        if not self._unmeasured:
            return False
        best = self._fastest(cancelled)
        self._unmeasured = False
        return best != self._wanted

    def _seconds(self, runtime: str, cancelled: Callable[[], bool] | None = None) -> float:
        """Of one run on an engine, after one to warm up; infinity where it does not work."""
        stop_if(cancelled)
        try:
            session = aside(lambda: _open(self._model, runtime), cancelled)
            if runtime != "cpu" and session.provider == CPU:
                return float("inf")
            tensor = np.zeros(session.input_shape, dtype=np.float32)
            session.run(tensor, cancelled)
            start = time.perf_counter()
            session.run(tensor, cancelled)
        except Cancelled:
            raise
        except Exception:  # noqa: BLE001 (engines raise kinds of their own)
            return float("inf")
        return time.perf_counter() - start

    def _build(self, runtime: str, cancelled: Callable[[], bool] | None) -> Session:
        """A session of one engine; where that fails, on the CPU."""
        try:
            session = aside(lambda: _open(self._model, runtime), cancelled)
        except Cancelled:
            raise
        except Exception as error:  # engines raise kinds of their own, derived from Exception
            if runtime != "cpu":
                self._note = f"{runtime} did not start; the CPU was used."
                return self._build("cpu", cancelled)
            raise ModelError("MODEL_FILE_INVALID", f"The engine refuses the model ({type(error).__name__}).") from error
        if runtime != "cpu" and session.provider == CPU:
            self._note = f"{runtime} did not start; the CPU was used."
        return session

    def run(self, tensor: Float32, cancelled: Callable[[], bool] | None = None) -> Output:
        """Logit and map of one volume.

        Args:
            tensor: float32 (1, 1, size, size, size).
            cancelled: asked every few hundredths of a second, also while the model runs.

        Raises:
            Cancelled: on request; the engine stays usable.
            ModelError: MODEL_FAILED, the engine failed on the CPU; MODEL_OUTPUT_INVALID, other outputs than logit and cam, or
                none in numbers; as `Engine`.
        """
        self._started(cancelled)  # its time is none of the run's
        start = time.perf_counter()
        answer = None
        try:
            answer = self._started(cancelled).run(tensor, cancelled)
        except Cancelled:
            raise
        except Exception as error:  # engines raise kinds of their own, derived from Exception
            if self.provider == CPU:
                raise ModelError("MODEL_FAILED", f"The model could not be run ({type(error).__name__}).") from error
        if answer is None:
            # after a fault such as full device memory the session keeps failing: drop it, and answer on the CPU. Here, not above,
            # since the error's own frames hold the session, and with it the memory that was too little
            self._note = f"{self.provider} failed; the CPU was used."
            self._session = None
            self._session = self._build("cpu", None)
            return self.run(tensor, cancelled)
        logit, cam, finer = answer
        seconds = time.perf_counter() - start
        if not (_has_numbers(logit) and logit.size == 1 and _is_map(cam) and (finer is None or _is_map(finer))):
            raise ModelError("MODEL_OUTPUT_INVALID", f"The model answers in shapes {_shape(logit)} and {_shape(cam)}.")
        with np.errstate(over="ignore"):  # doubles that no float32 holds become infinite, and are refused as such
            cells = np.asarray(cam[0, 0], dtype=np.float32)
            fine = None if finer is None else np.asarray(finer[0, 0], dtype=np.float32)
        return Output(float(logit.reshape(())), cells, self.provider, seconds, self._note, fine)

    def rest(self) -> None:
        """No scan is waiting: give back the memory of the last run (some 870 MiB of the shipped model)."""
        if self._session is not None:
            self._session.rest()


def _candidates() -> list[str]:
    """Engines that this computer may have, the likeliest to be fast first, the safest last."""
    return [name for name in ("cuda", "openvino") if available(name)] + ["cpu"]


def _has_numbers(array: Any) -> bool:
    return isinstance(array, np.ndarray) and array.dtype.kind in "fiu"


def _is_map(array: Any) -> bool:
    if not _has_numbers(array) or array.ndim != 5 or not array.size:
        return False
    return len(set(array.shape[2:])) == 1 and array.shape[:2] == (1, 1)


def _shape(output: Any) -> Any:
    return getattr(output, "shape", type(output).__name__)


def _open(model: bytes, runtime: str) -> Session:
    if runtime == "openvino":
        return OpenVinoSession(model, thread_count())
    return OrtSession(model, runtime == "cuda", thread_count())


def thread_count() -> int:
    """Threads for one model: the cores this process may use, at most 16 (3D convolutions gain nothing from more)."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(usable, MAX_THREADS))
