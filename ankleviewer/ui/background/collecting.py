"""When Python looks for garbage in cycles: never in full while libraries come, and never again among what came with them.

A full search passes over every object while it holds the interpreter. With VTK, pyvista and the engines those are 280,000 objects
and 60 to 150 ms, again and again in the first seconds, and the window gets no turn meanwhile.
"""

from __future__ import annotations

import gc

_NEVER = 1_000_000  # searches among younger objects, in Python's own count
_USUAL = gc.get_threshold()


def put_off() -> None:
    """No full searches until `settle`; what is young is searched as ever."""
    gc.set_threshold(*_USUAL[:2], _NEVER)


def settle() -> None:
    """Full searches again, and none among what there is at the first call: libraries and the window, which stay to the end.

    A later call is for a window that took another's place; the one that went, with its scan, must still be found.
    """
    if not gc.get_freeze_count():
        gc.freeze()
    gc.set_threshold(*_USUAL)
