"""A journal on disk: one JSON record a line, on the disk before the next thing happens. A crash costs at most the last line."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_EMPTY = b" \t\r\0"  # a machine that loses its power may leave zeros at the end


def append(path: Path, record: Mapping[str, Any]) -> None:
    """Add a record, flushed to the disk. A line that a crash cut short before is ended first, so that it stays alone. Where that
    fails, the file is as it was, as far as the disk allows.

    Raises:
        OSError: the folder cannot be made or written, or the disk is full.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    line = json.dumps(record, ensure_ascii=False, sort_keys=True).encode() + b"\n"
    with open(path, "ab+", buffering=0) as stream:
        if stream.tell() > 0:
            stream.seek(-1, os.SEEK_END)
            if stream.read(1) != b"\n":
                line = b"\n" + line
        size = stream.seek(0, os.SEEK_END)
        try:
            rest = memoryview(line)
            while rest:  # unbuffered, or closing would write what failed once more
                rest = rest[stream.write(rest) :]
            os.fsync(stream.fileno())
        except OSError:
            with contextlib.suppress(OSError):  # who is told that it failed writes it again: it must not stand twice
                os.ftruncate(stream.fileno(), size)
            raise


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
