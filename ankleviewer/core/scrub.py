"""Scrubbing of log text: paths and the words of foreign exceptions go, since both may hold a patient's name. No Qt."""

from __future__ import annotations

import copy
import logging
import re
import traceback
from pathlib import PurePosixPath, PureWindowsPath
from types import TracebackType

HIDDEN = "<path>"

_CODE = re.compile(r'File "(?:[^"]*[/\\])?([^"/\\]+\.py)"')  # a frame of a traceback: the name of the module may stay
_QUOTED = re.compile(r"'[^'\n]*[/\\][^'\n]*'|\"[^\"\n]*[/\\][^\"\n]*\"")
# A path without quotes may hold blanks: where it ends is unknown, so all that follows on the line goes with it.
_BARE = re.compile(r"(?<![\w.<])(?:~?/(?=\S)|[A-Za-z]:[\\/]|\\\\)[^\n]*|(?<=file:)//[^\n]*")
_KEPT = "\0"


def scrub(text: str) -> str:
    """Text without paths; frames of a traceback keep module, line and function."""
    text = text.replace(_KEPT, "")
    text = _CODE.sub(rf"File {_KEPT}\1{_KEPT}", text)
    text = _QUOTED.sub(HIDDEN, text)
    return _BARE.sub(HIDDEN, text).replace(_KEPT, '"')


class ScrubbingFormatter(logging.Formatter):
    """Time, level, logger and message; of an exception its kind and the places in the code, never its words."""

    def __init__(self) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s %(message)s")

    def formatException(  # noqa: N802 - the standard library's own name
        self, ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None]
    ) -> str:
        """One line for each place, the kind of the exception last; causes follow."""
        return frames(ei[1]) if ei[1] is not None else ""

    def format(self, record: logging.LogRecord) -> str:
        """The whole record, scrubbed."""
        own = copy.copy(record)
        own.exc_text = None  # another handler may have left an exception's words there
        return scrub(super().format(own))


def frames(error: BaseException, depth: int = 0) -> str:
    """Where an exception came from, without its words."""
    lines = []
    for frame in traceback.extract_tb(error.__traceback__):
        module = PureWindowsPath(PurePosixPath(frame.filename).name).name
        lines.append(f'  File "{module}", line {frame.lineno}, in {frame.name}')
    lines.append(type(error).__name__)
    cause = error.__cause__ or (error.__context__ if not error.__suppress_context__ else None)
    if cause is not None and depth < 5:
        lines += ["caused by", frames(cause, depth + 1)]
    return "\n".join(lines)
