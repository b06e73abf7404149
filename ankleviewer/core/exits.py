"""Exit codes of all commands, which scripts compare."""

from __future__ import annotations

DONE, FAILED, USAGE, SCAN_REFUSED, MODEL_REFUSED = 0, 1, 2, 3, 4
# errors of a scan or a pack by their kind, but nothing is wrong with one
USAGE_CODES = ("MODEL_UNKNOWN", "SERIES_UNKNOWN", "USAGE")
SIGNALLED = 128  # and the number of the signal
