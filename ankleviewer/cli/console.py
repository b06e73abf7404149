"""What the commands share: exit codes, the progress bar on stderr, JSON to a file or stdout, the log file."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import logging.handlers
import math
import os
import shutil
import sys
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from ankleviewer.core import exits, paths
from ankleviewer.core.errors import AnkleViewerError, ModelError, ScanError
from ankleviewer.core.scrub import ScrubbingFormatter

STDOUT = "-"
_SCREENS = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
_LOG_BYTES = 2**20


class UsageError(AnkleViewerError):
    """The arguments do not go together (exit code 2)."""

    def __init__(self, message: str) -> None:
        super().__init__("USAGE", message)


def has_screen() -> bool:
    """Whether a window can be asked for: on Linux the environment names its screen."""
    return not sys.platform.startswith("linux") or any(os.environ.get(name) for name in _SCREENS)


def exit_code(error: AnkleViewerError) -> int:
    """The exit code that scripts compare."""
    if error.code in exits.USAGE_CODES:
        return exits.USAGE
    if isinstance(error, ScanError):
        return exits.SCAN_REFUSED
    return exits.MODEL_REFUSED if isinstance(error, ModelError) else exits.FAILED


def complain(text: str) -> None:
    """One line for people on stderr."""
    print(f"ankleviewer: {text}", file=sys.stderr)


def open_missing_streams() -> None:
    """A stream that is closed (`2>&-`, or a Windows program without a console) leads nowhere, so that the work is still done."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 - open for as long as the program runs


def never_fail_on_a_sign() -> None:
    """A terminal or file whose encoding lacks a sign (an old Windows code page has no \u00d7) gets "?" in its place, no error."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def write_json(record: Mapping[str, Any], target: str | None) -> None:
    """JSON to a file (atomically) or, for "-", to stdout; nothing for None.

    Raises:
        AnkleViewerError: FILE_NOT_WRITTEN, by name and reason.
        OSError: standard output cannot be written.
    """
    if target is None:
        return
    text = json.dumps(record, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    if target == STDOUT:
        # for programs: UTF-8 whatever the terminal's encoding, and a path's odd bytes as in a file
        sys.stdout.flush()
        sys.stdout.buffer.write(text.encode("utf-8", "backslashreplace"))
        sys.stdout.flush()
        return
    from ankleviewer.io.atomic import write_text

    try:
        write_text(target, text)
    except OSError as error:
        raise not_written(target, error) from error


def not_written(target: str, error: OSError) -> AnkleViewerError:
    """What is said of a file or folder that cannot be written."""
    why = error.strerror or type(error).__name__
    return AnkleViewerError("FILE_NOT_WRITTEN", f"{target}: could not be written: {why}. Name another place.")


class Standing:
    """Standard output that may fail, a full disk or a closed pipe behind it, where the work goes to files all the same."""

    def __init__(self) -> None:
        self.failed = ""

    def print(self, text: str) -> None:
        """A text for people, at once; after a failure nothing."""
        if self.failed:
            return
        try:
            print(text, flush=True)
        except OSError as error:
            self.failed = error.strerror or type(error).__name__
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - what waits in the old one fails again at the end
            complain(f"Standard output cannot be written: {self.failed}. The files are written all the same.")


def log_to_file() -> None:
    """Log to ANKLEVIEWER_HOME/logs: codes, hashes and times, never names or paths. Without write access there is no log."""
    logger = logging.getLogger("ankleviewer")
    for old in [h for h in logger.handlers if isinstance(h, logging.handlers.RotatingFileHandler | logging.NullHandler)]:
        logger.removeHandler(old)
        with contextlib.suppress(OSError):
            old.close()
    logger.propagate = False
    logger.addHandler(logging.NullHandler())  # with no handler at all logging writes to stderr, beside the sentence for people
    try:
        folder = paths.log_dir()
        folder.mkdir(parents=True, exist_ok=True)
        handler = _LogFile(folder / "ankleviewer.log", maxBytes=_LOG_BYTES, backupCount=3, encoding="utf-8")
    except OSError:
        return
    handler.setFormatter(ScrubbingFormatter())
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)


class _LogFile(logging.handlers.RotatingFileHandler):
    """A log file that falls silent on a full disk: the work matters more than its log. Where another process holds it, so that
    Windows lets nobody rename it, it grows on; the older files would be moved on at each line, and the last one lost.
    """

    def doRollover(self) -> None:  # noqa: N802 - logging's name
        if self.stream:
            self.stream.close()
        free = f"{self.baseFilename}.moved"
        try:
            os.replace(self.baseFilename, free)
            os.replace(free, self.baseFilename)
        except OSError:
            self.maxBytes += _LOG_BYTES
            self.stream = self._open()
            return
        super().doRollover()

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging's name
        if not isinstance(sys.exc_info()[1], OSError):
            super().handleError(record)


class Progress:
    """A bar on stderr while work is under way; silent where stderr is no terminal. A context manager that clears its line."""

    WIDTH = 28
    PAUSE_S = 0.05

    def __init__(self, label: str = "") -> None:
        self._shown = sys.stderr.isatty()
        self._label = label
        self._last = 0.0

    def __call__(self, share: float, what: str) -> None:
        """Progress `share` (0 to 1; NaN where that is not known) of the work, and what is being done."""
        now = time.monotonic()
        if not self._shown or (now - self._last < self.PAUSE_S and not share >= 1.0):
            return
        self._last = now
        known = 0.0 if math.isnan(share) else min(max(share, 0.0), 1.0)
        full = round(self.WIDTH * known)
        bar = "#" * full + "." * (self.WIDTH - full)
        line = f"[{bar}] {'' if math.isnan(share) else format(known, '.0%'):>4}  {self._label}{what}"
        columns = shutil.get_terminal_size().columns
        sys.stderr.write("\r\x1b[K" + line[: columns - 1])
        sys.stderr.flush()

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
