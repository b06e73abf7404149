"""Memory that a training step frees is kept for the next one instead of being given back to the system.

glibc returns large blocks (above 32 MiB always) to the kernel when they are freed; the next step asks for the same blocks and
pays for their pages anew, one fault per 4 KiB. A step frees and asks for the same few hundred megabytes each time, so it costs
a quarter of a small network's step (docs/speed.md) and saves nothing.
"""

from __future__ import annotations

import ctypes
import platform
from functools import lru_cache

# malloc.h of glibc: mallopt's parameters
_TRIM_THRESHOLD, _TOP_PAD, _MMAP_MAX = -1, -2, -4
_LARGE = 2**31 - 1  # bytes; mallopt takes an int
_AHEAD = 64 * 1024**2  # bytes asked of the system at a time


@lru_cache(maxsize=1)
def keep_freed_memory() -> bool:
    """Tell the C library so, once per process; False where it is not glibc (others keep more by themselves)."""
    if platform.system() != "Linux" or platform.libc_ver()[0] != "glibc":
        return False
    try:
        mallopt = ctypes.CDLL("libc.so.6").mallopt
    except (OSError, AttributeError):
        return False
    return all(mallopt(*pair) == 1 for pair in ((_MMAP_MAX, 0), (_TRIM_THRESHOLD, _LARGE), (_TOP_PAD, _AHEAD)))
