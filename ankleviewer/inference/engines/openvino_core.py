"""OpenVINO's Core: one for the process, which is never given up.

On Linux every one that holds its CPU plugin moves the stack on which signals are handled in the thread that made it, and frees
that stack in the end. The one before comes back only where they go in the reverse order of their making and in the same thread,
as models that are loaded and rest do not; otherwise the next signal (Ctrl-C, the end of a child process) ends the program
without a word. Measured with OpenVINO 2026.4.
"""

from __future__ import annotations

import threading
from typing import Any

_lock = threading.Lock()
_made: list[Any] = []


def core() -> Any:
    """An `openvino.Core`, the same at every call and in every thread."""
    import openvino

    with _lock:
        if not _made:
            _made.append(openvino.Core())
        return _made[0]
