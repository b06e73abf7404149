"""The program's log as one text that can be sent: all kept files, oldest first, scrubbed again."""

from __future__ import annotations

from pathlib import Path

from ankleviewer.core.scrub import scrub

NAME = "ankleviewer.log"
CRASH = "crash.txt"
_MAX_BYTES = 8_000_000


def collect(folder: Path, head: str) -> str:
    """A head, then the log files and what a crash left. Files that cannot be read are named as such, never fatal."""
    parts = [head.rstrip() + "\n"]
    rotated = sorted(folder.glob(f"{NAME}.*"), key=lambda p: p.name, reverse=True)
    for file in (*rotated, folder / NAME, folder / CRASH):
        try:
            with open(file, "rb") as stream:
                text = stream.read(_MAX_BYTES).decode("utf-8", errors="replace")
        except FileNotFoundError:
            continue
        except OSError as error:
            text = f"not readable ({error.strerror or type(error).__name__})"
        if text.strip():
            parts.append(f"\n---- {file.name}\n{scrub(text).rstrip()}\n")
    return "".join(parts) if len(parts) > 1 else parts[0] + "\nThe log is empty.\n"
