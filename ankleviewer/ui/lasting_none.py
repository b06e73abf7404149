"""Keeps Python 3.11 alive under PySide6 6.12, whose calls that return nothing each take one reference of None too many.

From Python 3.12 on None is not counted (PEP 683), and the wheels of PySide6 rely on it; on 3.11 the interpreter aborts with
"deallocating None" after some ten thousand calls, that is, after a minute of scrolling.
"""

from __future__ import annotations

import ctypes
import sys

_ENOUGH = 1 << 40  # references: a million calls a second use them up in 12 days


def keep() -> None:
    """Give None more references than any session takes. Does nothing where None is not counted, or counted elsewhere."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    count = ctypes.c_ssize_t.from_address(id(None))
    # Debug builds have other fields first: only a number that is the count may be changed.
    if abs(count.value - sys.getrefcount(None)) < 100 and count.value < _ENOUGH // 2:
        count.value += _ENOUGH
