"""What the window is doing, and what it tells of what did not work."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from ankleviewer.core.assessment.failures import each
from ankleviewer.core.errors import AnkleViewerError

if TYPE_CHECKING:
    from ankleviewer.session import Case


class Phase(Enum):
    """What the window is doing."""

    EMPTY = "empty"
    READING = "reading"
    SCAN = "scan open, no answer yet"
    ANALYSING = "analysing"
    ANSWER = "answer"


def that_is_open(case: Case | None) -> Case:
    """The open case, for what is asked only while there is one."""
    if case is None:
        raise RuntimeError("no scan is open")
    return case


@dataclass(frozen=True)
class Notice:
    """Something that did not work: stable code, sentence or sentences, a line each, and the name of the file or ""."""

    code: str
    message: str
    file: str = ""


def notice_of(error: AnkleViewerError, file: str = "") -> Notice:
    """What is told of an error; of several models that failed each one's reason has its line."""
    return Notice(error.code, "\n".join(one.message for one in each(error)), file)
