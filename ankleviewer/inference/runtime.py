"""Running a model file with onnxruntime: choice of provider, threads, cancelling, and the way back to the CPU after a fault."""

from __future__ import annotations

import ctypes
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.errors import Cancelled, ModelError

RUNTIMES = ("auto", "cpu", "cuda", "openvino")
CPU = "CPUExecutionProvider"
PROVIDERS = {"cpu": CPU, "cuda": "CUDAExecutionProvider", "openvino": "OpenVINOExecutionProvider"}
POLL_S = 0.02  # how often a running model looks whether it should stop
MAX_THREADS = 16

Float32 = NDArray[np.float32]

_CUDA_OPTIONS = {
    "cudnn_conv_algo_search": "HEURISTIC",  # DEFAULT means fallback kernels, EXHAUSTIVE searches in every process
    "use_tf32": "0",  # ten bits of mantissa would break the equality with the CPU
    "arena_extend_strategy": "kSameAsRequested",
}


@dataclass(frozen=True)
class Output:
    """One run: logit, signed map (n, n, n) in logit units, the provider that did the work, its seconds, and a remark or ""."""

    logit: float
    cam: Float32
    provider: str
    seconds: float
    note: str = ""


def available(runtime: str) -> bool:
    """Whether a runtime can be tried on this machine: its provider is built in and its device library is there."""
    import onnxruntime

    if runtime == "cuda" and not _has_cuda_driver():
        return False
    return PROVIDERS[runtime] in onnxruntime.get_available_providers()


def describe_engine() -> str:
    """Version of onnxruntime and the providers it was built with."""
    import onnxruntime

    providers = ", ".join(p.removesuffix("ExecutionProvider") for p in onnxruntime.get_available_providers())
    return f"onnxruntime {onnxruntime.__version__}, built with {providers}"


def _has_cuda_driver() -> bool:
    """Whether an NVIDIA driver answers; asking first keeps onnxruntime from printing a page of errors."""
    try:
        driver: Any = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
        count = ctypes.c_int(0)
        return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
    except (OSError, AttributeError):
        return False


class Engine:
    """One loaded model.

    Args:
        model: bytes of the .onnx file, already verified.
        runtime: "auto" (the fastest that works), "cpu", "cuda" or "openvino". What cannot be had falls back to the CPU, and the
            output says so.

    Raises:
        ModelError: MODEL_FILE_INVALID, the engine refuses the model; RUNTIME_UNKNOWN.
    """

    def __init__(self, model: bytes, runtime: str = "auto") -> None:
        if runtime not in RUNTIMES:
            raise ModelError("RUNTIME_UNKNOWN", f"The runtime must be one of {', '.join(RUNTIMES)}, is {runtime!r}.")
        self._model = model
        self._note = ""
        wanted = runtime if runtime != "auto" else "cuda" if available("cuda") else "cpu"
        if wanted != "cpu" and not available(wanted):
            self._note = f"{wanted} is not available on this computer; the CPU was used."
            wanted = "cpu"
        self._session = self._build(wanted)

    @property
    def provider(self) -> str:
        """The engine's own word for what runs the model, not what was asked for."""
        return str(self._session.get_providers()[0])

    @property
    def note(self) -> str:
        """Why something else runs than what was asked for; "" when all is as asked."""
        return self._note

    def _build(self, runtime: str) -> Any:
        """A session on one provider (the CPU always behind it); where that fails, on the CPU alone."""
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = thread_count()
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # the engine prints to stderr, which belongs to us; its errors come as exceptions
        providers: list[Any] = [CPU]
        if runtime == "cuda":
            onnxruntime.preload_dlls()
            providers = [(PROVIDERS["cuda"], _CUDA_OPTIONS), CPU]
        elif runtime == "openvino":
            providers = [PROVIDERS["openvino"], CPU]
        try:
            session = onnxruntime.InferenceSession(self._model, options, providers=providers)
        except Exception as error:  # onnxruntime raises kinds of its own, derived from Exception
            if runtime != "cpu":
                self._note = f"{runtime} did not start; the CPU was used."
                return self._build("cpu")
            raise ModelError("MODEL_FILE_INVALID", f"The engine refuses the model ({type(error).__name__}).") from error
        if runtime != "cpu" and session.get_providers()[0] == CPU:
            self._note = f"{runtime} did not start; the CPU was used."
        return session

    def run(self, tensor: Float32, cancelled: Callable[[], bool] | None = None) -> Output:
        """Logit and map of one volume.

        Args:
            tensor: float32 (1, 1, size, size, size).
            cancelled: asked every few hundredths of a second, also while the model runs.

        Raises:
            Cancelled: on request; the engine stays usable.
            ModelError: MODEL_FAILED, the engine failed on the CPU; MODEL_OUTPUT_INVALID, other outputs than logit and cam.
        """
        start = time.perf_counter()
        try:
            raw = self._run(tensor, cancelled)
        except Cancelled:
            raise
        except Exception as error:  # onnxruntime raises kinds of its own, derived from Exception
            if self.provider == CPU:
                raise ModelError("MODEL_FAILED", f"The model could not be run ({type(error).__name__}).") from error
            # after a fault such as full device memory the session keeps failing: drop it, and answer on the CPU
            self._note = f"{self.provider} failed; the CPU was used."
            self._session = None
            self._session = self._build("cpu")
            return self.run(tensor, cancelled)
        seconds = time.perf_counter() - start
        logit, cam = raw
        if logit.size != 1 or cam.ndim != 5 or len(set(cam.shape[2:])) != 1 or cam.shape[:2] != (1, 1):
            raise ModelError("MODEL_OUTPUT_INVALID", f"The model answers in shapes {logit.shape} and {cam.shape}.")
        return Output(float(logit.reshape(())), np.asarray(cam[0, 0], dtype=np.float32), self.provider, seconds, self._note)

    def _run(self, tensor: Float32, cancelled: Callable[[], bool] | None) -> list[Any]:
        import onnxruntime

        options = onnxruntime.RunOptions()
        options.log_severity_level = 4
        with _watch(options, cancelled) as stopped:
            try:
                return list(self._session.run(["logit", "cam"], {"volume": tensor}, options))
            except Exception:
                if stopped.is_set():
                    raise Cancelled from None
                raise


@contextmanager
def _watch(options: Any, cancelled: Callable[[], bool] | None) -> Iterator[threading.Event]:
    """Sets options.terminate as soon as `cancelled` says so; yields the event that tells that it did."""
    stopped, done = threading.Event(), threading.Event()
    if cancelled is None:
        yield stopped
        return
    if cancelled():
        raise Cancelled

    def poll() -> None:
        while not done.wait(POLL_S):
            if cancelled():
                stopped.set()
                options.terminate = True
                return

    thread = threading.Thread(target=poll, name="ankleviewer-cancel", daemon=True)
    thread.start()
    try:
        yield stopped
    finally:
        done.set()
        thread.join()


def thread_count() -> int:
    """Threads for one model: the cores this process may use, at most 16 (3D convolutions gain nothing from more)."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(usable, MAX_THREADS))
