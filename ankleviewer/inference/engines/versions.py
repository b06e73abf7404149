"""Which engines there are here, in words."""

from __future__ import annotations

import contextlib

from ankleviewer.inference.engines.openvino_session import has_openvino
from ankleviewer.inference.engines.ort_session import library


def describe_engine() -> str:
    """Versions of the engines and what they run on. Raises ModelError as `ort_session.library`."""
    onnxruntime = library()
    providers = ", ".join(p.removesuffix("ExecutionProvider") for p in onnxruntime.get_available_providers())
    text = f"onnxruntime {onnxruntime.__version__}, built with {providers}"
    if has_openvino():
        from importlib.metadata import PackageNotFoundError, version

        with contextlib.suppress(PackageNotFoundError):
            text += f"; OpenVINO {version('openvino')}"
    return text
