"""Memory that this process has freed, handed back to the system."""

from __future__ import annotations

import ctypes
import sys
from typing import Any


def _asked() -> Any:
    """The C library's malloc_trim; None where there is none (only glibc has it)."""
    if not sys.platform.startswith("linux"):
        return None
    try:
        return ctypes.CDLL(None).malloc_trim
    except (OSError, AttributeError):  # another C library
        return None


# Looked up now: ctypes would keep the interpreter while another thread loads a library.
_malloc_trim = _asked()


def trim() -> bool:
    """Ask the C library for what it keeps free for itself; False where it cannot be asked.

    Volumes come and go on several threads, and each thread's heap keeps its holes: some 140 MiB after a few small scans. It takes
    1 to 3 ms.
    """
    if _malloc_trim is None:
        return False
    _malloc_trim(0)
    return True
