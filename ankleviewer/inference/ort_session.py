"""A model file in onnxruntime, on one of its providers."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.errors import Cancelled
from ankleviewer.inference.watch import watch

FINER = "finer"  # output of models that were exported with a map of an earlier layer
CPU, CUDA = "CPUExecutionProvider", "CUDAExecutionProvider"

_CUDA_OPTIONS = {
    "cudnn_conv_algo_search": "HEURISTIC",  # DEFAULT means fallback kernels, EXHAUSTIVE searches in every process
    "use_tf32": "0",  # ten bits of mantissa would break the equality with the CPU
    "arena_extend_strategy": "kSameAsRequested",
}


def has_cuda() -> bool:
    """Whether onnxruntime was built with CUDA and an NVIDIA driver answers; asking first keeps it from printing a page of
    errors.
    """
    import onnxruntime

    return _has_cuda_driver() and CUDA in onnxruntime.get_available_providers()


def _has_cuda_driver() -> bool:
    try:
        driver: Any = ctypes.CDLL("nvcuda.dll" if sys.platform == "win32" else "libcuda.so.1")
        count = ctypes.c_int(0)
        return driver.cuInit(0) == 0 and driver.cuDeviceGetCount(ctypes.byref(count)) == 0 and count.value > 0
    except (OSError, AttributeError):
        return False


class OrtSession:
    """See `runtime.Session`.

    Args:
        model: bytes of the .onnx file.
        cuda: on the GPU, the CPU behind it for what the GPU lacks.
        threads: of the CPU.

    Raises:
        Exception: whatever onnxruntime raises; it has kinds of its own.
    """

    def __init__(self, model: bytes, cuda: bool, threads: int) -> None:
        import onnxruntime

        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.inter_op_num_threads = 1
        options.log_severity_level = 4  # the engine prints to stderr, which belongs to us; its errors come as exceptions
        providers: list[Any] = [CPU]
        if cuda:
            onnxruntime.preload_dlls()
            providers = [(CUDA, _CUDA_OPTIONS), CPU]
        self._session = onnxruntime.InferenceSession(model, options, providers=providers)
        self._finer = FINER in {out.name for out in self._session.get_outputs()}

    @property
    def provider(self) -> str:
        """The engine's own word for what runs the model, not what was asked for."""
        return str(self._session.get_providers()[0])

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the volume that it takes."""
        return tuple(int(n) for n in self._session.get_inputs()[0].shape)

    def run(self, tensor: NDArray[np.float32], cancelled: Callable[[], bool] | None) -> tuple[Any, Any, Any]:
        """(logit, cam, finer map or None) as they come."""
        import onnxruntime

        options = onnxruntime.RunOptions()
        options.log_severity_level = 4

        def stop() -> None:
            options.terminate = True

        with watch(stop, cancelled) as stopped:
            try:
                names = ["logit", "cam", FINER] if self._finer else ["logit", "cam"]
                logit, cam, *finer = self._session.run(names, {"volume": tensor}, options)
            except Exception:
                if stopped.is_set():
                    raise Cancelled from None
                raise
        return logit, cam, finer[0] if finer else None
