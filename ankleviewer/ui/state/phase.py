"""What the window is doing, and what it tells of what did not work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class Phase(Enum):
    """What the window is doing."""

    EMPTY = "empty"
    READING = "reading"
    SCAN = "scan open, no answer yet"
    ANALYSING = "analysing"
    ANSWER = "answer"


@dataclass(frozen=True)
class Notice:
    """Something that did not work: stable code, sentence, and the name of the file or "" ."""

    code: str
    message: str
    file: str = ""
