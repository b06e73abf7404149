"""Reviews on disk: a journal for each scan, by the hash of its bytes. It names no patient, and knows the scan again wherever it
lies.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from ankleviewer.core.paths import home
from ankleviewer.io import journal


def read(sha256: str, former_sha256: str = "") -> tuple[list[dict[str, Any]], int]:
    """What was judged of this very scan before (records of `core.reading.review`), and how many lines could not be read. What an
    earlier release kept under its hash of the folder is the scan's own from now on. Raises OSError.
    """
    file = _file(sha256)
    if former_sha256 and not file.exists():
        with contextlib.suppress(FileNotFoundError):  # the rule: there is none
            _file(former_sha256).replace(file)
    return journal.read(file)


def add(sha256: str, record: Mapping[str, Any]) -> None:
    """Write one step of a scan's review, dated where it is not yet; it is on the disk when this returns. Raises OSError."""
    journal.append(_file(sha256), {"at": datetime.now(UTC).isoformat(timespec="seconds"), **record})


def _file(sha256: str) -> Path:
    return home() / "reviews" / f"{sha256[:32]}.jsonl"
