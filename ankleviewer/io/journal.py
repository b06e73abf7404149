"""A journal on disk: one JSON record a line, on the disk before the next thing happens. A crash costs at most the last line."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_EMPTY = b" \t\r\0"  # a machine that loses its power may leave zeros at the end


def append(path: Path, record: Mapping[str, Any]) -> None:
    """Add a record, flushed to the disk. A line that a crash cut short before is ended first, so that it stays alone.

    Raises:
        OSError: the folder cannot be made or written, or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(record, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    with open(path, "ab+") as stream:
        if stream.tell() > 0:
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":
                line = b"\n" + line
        stream.write(line)
        stream.flush()
        os.fsync(stream.fileno())


def read(path: Path) -> tuple[list[dict[str, Any]], int]:
    """All whole records, in order, none where there is no file; and how many lines hold none. The last line is not counted where
    a crash cut it short. Raises OSError.
    """
    try:
        lines = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return [], 0
    found, skipped = [], 0
    for n, line in enumerate(lines):
        if not line.strip(_EMPTY):
            continue
        try:
            record = json.loads(line)
        except (ValueError, RecursionError):
            skipped += n < len(lines) - 1 or not _cut_short(line)
            continue
        if isinstance(record, dict):
            found.append(record)
        else:
            skipped += 1
    return found, skipped


def _cut_short(line: bytes) -> bool:
    """Whether a line without an end is the beginning of one record; a whole record and more means that the ends were lost."""
    text = line.decode(errors="replace")
    try:
        json.JSONDecoder().raw_decode(text)
    except (ValueError, RecursionError):
        return text.startswith("{")
    return False
