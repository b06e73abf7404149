"""The engines' libraries tell their makers nothing about this computer.

onnxruntime's official builds, since 1.29 on Linux and macOS too, send Microsoft events with names and hashes of the models, and
keep an identifier in the user's cache folder; others for Windows hand events to the system's diagnostics (its Privacy.md).
OpenVINO's Python package reports every import to Google Analytics through `openvino_telemetry`, unless the user has declined in a
file of his home folder, and keeps an identifier there; it does without where that package cannot be imported.
"""

from __future__ import annotations

import os
import sys
from typing import Any, cast


def refuse() -> None:
    """Before either library is imported for the first time. For onnxruntime it holds in processes that this one starts, too."""
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    cast(dict[str, Any], sys.modules).setdefault("openvino_telemetry", None)


def load_onnxruntime() -> Any:
    """The module onnxruntime, with those events off that ask no variable; before a session is made with it."""
    import onnxruntime

    onnxruntime.disable_telemetry_events()
    return onnxruntime
