"""Exit codes that scripts compare are the documented ones."""

from __future__ import annotations

import re
from pathlib import Path

from ankleviewer.core import errors, exits
from ankleviewer.core.errors import ModelError, ScanError

DOCS = Path(__file__).parents[2] / "docs"


def test_codes_differ_and_stand_in_the_documentation() -> None:
    codes = (exits.DONE, exits.FAILED, exits.USAGE, exits.SCAN_REFUSED, exits.MODEL_REFUSED)
    assert codes == (0, 1, 2, 3, 4) and max(codes) < exits.SIGNALLED
    told = (DOCS / "codes.md").read_text(encoding="utf-8")
    assert all(re.search(rf"^\| {code} (and its number )?\|", told, re.MULTILINE) for code in (*codes, exits.SIGNALLED))


def test_what_is_the_callers_own_mistake_is_no_fault_of_a_scan_or_a_pack() -> None:
    assert set(exits.USAGE_CODES) >= {"MODEL_UNKNOWN", "SERIES_UNKNOWN"}
    assert issubclass(ScanError, errors.AnkleViewerError) and issubclass(ModelError, errors.AnkleViewerError)
