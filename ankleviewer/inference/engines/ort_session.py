"""A model file in onnxruntime, on one of its providers."""

from __future__ import annotations

import contextlib
import io
import logging
import time
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.inference.engines.computer import nvidia
from ankleviewer.inference.engines.faults import missing
from ankleviewer.inference.engines.telemetry import load_onnxruntime
from ankleviewer.inference.engines.watch import aside

log = logging.getLogger(__name__)

FINER = "finer"  # output of models that were exported with a map of an earlier layer
CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"

# told no format, the engine goes by marks in the bytes, and may read them as its own
AS_ONNX = "session.load_model_format", "ONNX"
_CUDA_OPTIONS = {
    "cudnn_conv_algo_search": "HEURISTIC",  # DEFAULT means fallback kernels, EXHAUSTIVE searches in every process
    "use_tf32": "0",  # ten bits of mantissa would break the equality with the CPU
    "arena_extend_strategy": "kSameAsRequested",
}
_QUICK_S = 0.5  # of processor time, in which a session must be built to be let go between two scans


def has_cuda() -> bool:
    """Whether onnxruntime was built with CUDA and an NVIDIA driver answers; asking first keeps it from printing a page of
    errors. False where it cannot be loaded; who needs it on the CPU says so.
    """
    if not nvidia():
        return False
    try:
        return CUDA in aside(lambda: load_onnxruntime().get_available_providers())
    except Exception as error:  # noqa: BLE001 (a library that does not load may raise anything)
        log.warning("onnxruntime cannot be loaded: %s", type(error).__name__)
        return False


def library() -> Any:
    """The module onnxruntime.

    Raises:
        ModelError: ENGINE_MISSING, it cannot be loaded, whatever it raises or though it ends the program; OUT_OF_MEMORY.
    """
    try:
        return aside(load_onnxruntime)  # on the main thread it could not be told who ends the program, the library or a signal
    except Exception as error:  # such as SystemError or AttributeError, where its binaries do not fit those of numpy
        raise missing(error) from error


class OrtSession:
    """See `runtime.Session`.

    Args:
        model: bytes of the .onnx file.
        cuda: on the GPU, the CPU behind it for what the GPU lacks.
        threads: of the CPU.

    Raises:
        ModelError: as `library`.
        Exception: whatever onnxruntime raises; it has kinds of its own.
    """

    def __init__(self, model: bytes, cuda: bool, threads: int) -> None:
        self._model, self._cuda, self._threads = model, cuda, threads
        library()  # once for all sessions; its time is none of this one's
        start = time.thread_time()  # what else this computer does just now takes none of it
        session = self._session = self._build()
        self._lets_go = not cuda and time.thread_time() - start < _QUICK_S
        #: the engine's own word for what runs the model, not what was asked for
        self.provider = str(session.get_providers()[0])
        self.input_shape: tuple[int, ...] = tuple(int(n) for n in session.get_inputs()[0].shape)
        self._finer = FINER in {out.name for out in session.get_outputs()}

    def _build(self) -> Any:
        onnxruntime = library()
        onnxruntime.set_default_logger_severity(4)  # what belongs to no session, such as a device that is not there
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = self._threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # the engine prints to stderr, which belongs to us; its errors come as exceptions
        options.add_session_config_entry(*AS_ONNX)
        providers: list[Any] = [CPU]
        if self._cuda:
            said = io.StringIO()
            with contextlib.redirect_stdout(said):  # which may be where the result goes
                onnxruntime.preload_dlls()
            if said.getvalue():
                log.warning("libraries for CUDA: %s", said.getvalue().strip())
            providers = [(CUDA, _CUDA_OPTIONS), CPU]
        # its Python layer would print what failed, to stdout, and fall back by itself, in starting and in running; `runtime` does
        return onnxruntime.InferenceSession(self._model, options, providers=providers, enable_fallback=0)

    def run(self, tensor: NDArray[np.float32], cancelled: Callable[[], bool] | None) -> tuple[Any, Any, Any]:
        """(logit, cam, finer map or None) as they come."""
        import onnxruntime

        options = onnxruntime.RunOptions()
        options.log_severity_level = 4

        def work() -> tuple[Any, Any, Any]:
            session = self._session = self._session or self._build()
            names = ["logit", "cam", FINER] if self._finer else ["logit", "cam"]
            out = session.run(names, {"volume": tensor}, options)
            logit, cam, *finer = (np.array(array) for array in out)  # copies: theirs hold the whole memory of the session
            return logit, cam, finer[0] if finer else None

        def stop() -> None:
            options.terminate = True

        return aside(work, cancelled, stop)

    def rest(self) -> None:
        """Let the session go where a new one is quickly built, and with it the memory that it keeps for its next run: onnxruntime
        has no other way to give back all of it.
        """
        if self._lets_go:
            self._session = None
