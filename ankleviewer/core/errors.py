"""The exceptions of the project. Each carries a stable code and a sentence for the person at the screen."""

from __future__ import annotations

from collections.abc import Callable


class AnkleViewerError(Exception):
    """Base of all errors that are meant to be shown.

    Args:
        code: upper snake case, stable for ever (scripts compare it).
        message: one sentence a clinician understands, without patient data; gives the value met and the one expected.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code, message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return f"{self.code}: {self.message}"


class ScanError(AnkleViewerError):
    """A scan that cannot be read or may not be trusted (exit code 3)."""


class NoSlices(ScanError):
    """DICOM files, none of which is an image of a CT series: a scan of another kind may lie beside them."""


class ModelError(AnkleViewerError):
    """A model pack that is refused, or a model that failed (exit code 4)."""


class Cancelled(AnkleViewerError):
    """Raised inside long work after the user asked it to stop."""

    def __init__(self) -> None:
        super().__init__("CANCELLED", "Stopped on request.")


def stop_if(cancelled: Callable[[], bool] | None) -> None:
    """Raise Cancelled where somebody asks for it; long work calls this every few tenths of a second."""
    if cancelled is not None and cancelled():
        raise Cancelled
