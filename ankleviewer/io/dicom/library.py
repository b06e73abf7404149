"""Loading pydicom without its side effects. Nothing else lives here."""

from __future__ import annotations

import importlib
import logging
import sys


def prepare_pydicom() -> None:
    """Import pydicom, once, so that it opens no socket and logs no tag values.

    pydicom imports requests, if installed, to download its own test files; that costs 0.2 s and binds a socket to see
    whether IPv6 works. A viewer of patients' scans has no business doing so.
    """
    if "pydicom" in sys.modules:
        return
    hide = "requests" not in sys.modules
    if hide:
        sys.modules["requests"] = None  # type: ignore[assignment]
    try:
        importlib.import_module("pydicom")
    finally:
        if hide:
            del sys.modules["requests"]
    # pydicom's messages quote tag values, which may name a patient.
    logging.getLogger("pydicom").setLevel(logging.CRITICAL + 1)
