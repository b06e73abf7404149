"""A model file in OpenVINO, on the CPU, in float32. The package is optional (extra `openvino`)."""

from __future__ import annotations

import importlib.util
import io
import threading
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.errors import Cancelled
from ankleviewer.inference.engines.openvino_core import core
from ankleviewer.inference.engines.openvino_means import in_two_steps
from ankleviewer.inference.engines.openvino_planes import to_volumes
from ankleviewer.inference.engines.ort_session import FINER
from ankleviewer.inference.engines.watch import POLL_S, aside

OPENVINO = "OpenVINO CPU"


def has_openvino() -> bool:
    """Whether the package is there (it is not loaded for that). A folder that was left of it has no origin."""
    found = importlib.util.find_spec("openvino")
    return found is not None and found.origin is not None


class OpenVinoSession:
    """See `runtime.Session`.

    Args:
        model: bytes of the .onnx file; threads: of the CPU.

    Raises:
        Exception: whatever OpenVINO raises.
    """

    provider = OPENVINO

    def __init__(self, model: bytes, threads: int) -> None:
        from openvino.frontend import FrontEndManager

        # bfloat16, which it would choose by itself on some processors, moves probabilities by up to a hundredth
        options = {"PERFORMANCE_HINT": "LATENCY", "INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": threads}
        # by name: asked to find out itself, it would take what another format may hold within the file's own texts
        onnx = FrontEndManager().load_by_framework("onnx")
        read = onnx.convert(onnx.load(io.BytesIO(model)))
        to_volumes(read)
        in_two_steps(read)
        compiled = core().compile_model(read, "CPU", options)
        self.input_shape: tuple[int, ...] = tuple(int(n) for n in compiled.input(0).shape)
        self._finer = any(FINER in out.get_names() for out in compiled.outputs)
        self._compiled: Any = compiled
        self._request: Any = compiled.create_infer_request()
        self._lock = threading.Lock()  # a request serves one run at a time, and none while its memory goes

    def run(self, tensor: NDArray[np.float32], cancelled: Callable[[], bool] | None) -> tuple[Any, Any, Any]:
        """(logit, cam, finer map or None) as they come."""
        ours, unwanted = threading.Event(), threading.Event()
        guard = threading.Lock()  # our run does not end, and another's begin, while it is being stopped

        def work() -> tuple[Any, Any, Any]:
            while not self._lock.acquire(timeout=POLL_S):  # another thread's run may take long
                if unwanted.is_set():
                    raise Cancelled
            try:
                ours.set()
                try:
                    self._request.infer({"volume": tensor})
                finally:
                    with guard:
                        ours.clear()
                # copies: the tensors belong to the request and change with its next run
                names = ("logit", "cam", FINER) if self._finer else ("logit", "cam")
                logit, cam, *finer = (np.array(self._request.get_tensor(name).data) for name in names)
            finally:
                self._lock.release()
            return logit, cam, finer[0] if finer else None

        def stop() -> None:
            unwanted.set()
            with guard:
                if ours.is_set():  # else it is another run that would end
                    self._request.cancel()

        return aside(work, cancelled, stop)

    def rest(self) -> None:
        """Give back the memory between the layers; the next run asks for it anew. A run that is under way needs it still, and is
        not waited for: whoever asked for it lets it rest in turn.
        """
        if self._lock.acquire(blocking=False):
            try:
                self._compiled.release_memory()
            finally:
                self._lock.release()
