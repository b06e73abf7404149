"""The engines' libraries tell their makers nothing about this computer.

OpenVINO's Python package reports every import to Google Analytics through `openvino_telemetry`, unless the user has declined in a
file of his home folder, and keeps an identifier there; it does without where that package cannot be imported. onnxruntime's
builds for Windows hand events to the system's diagnostics.
"""

from __future__ import annotations

import sys
from typing import Any, cast


def refuse_openvino() -> None:
    """Before OpenVINO is imported for the first time: its reporter cannot be. What is imported already stays."""
    cast(dict[str, Any], sys.modules).setdefault("openvino_telemetry", None)


def load_onnxruntime() -> Any:
    """The module onnxruntime, with its events off; before a session is made with it."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    return onnxruntime
