"""What the window asks of the use cases, so that tests can answer in their place."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Protocol

from ankleviewer.core.watching import Progress
from ankleviewer.ui.background import importing

if TYPE_CHECKING:
    from ankleviewer.core.assessment.result import ModelAnswer
    from ankleviewer.core.reading.history import Record
    from ankleviewer.core.reading.review import Review
    from ankleviewer.core.serieschoice import Series
    from ankleviewer.session import Analysis, Case, ModelSummary

# What an analysis needs of large libraries; the engines after what keeps their reports from being sent (inference.telemetry).
_ENGINES = ("scipy.ndimage", "ankleviewer.inference.engines.runtime", "onnxruntime", "openvino")


class Backend(Protocol):
    """The use cases, as `ankleviewer.session` has them; called on a pool thread."""

    def open_case(self, path: str, progress: Progress, cancelled: Callable[[], bool], pick: str = "") -> Case:
        """Read and check a scan, of several the one with the key `pick`; raises ScanError."""

    def list_series(self, path: str, progress: Progress, cancelled: Callable[[], bool]) -> Sequence[Series]:
        """What a folder or ZIP holds (core.serieschoice.Series), the one to take first; raises ScanError."""

    def analyse(self, case: Case, models: list[str], progress: Progress, cancelled: Callable[[], bool]) -> Analysis:
        """Run models on a case; raises ModelError."""

    def rest(self, cancelled: Callable[[], bool]) -> tuple[tuple[str, str], ...]:
        """No scan waits to be analysed: give back what the models hold from their last run, and say which engines gave answers
        that do not count, each with the SHA-256 of its model; raises Cancelled.
        """

    def list_models(self) -> list[ModelSummary]:
        """Summaries of the packs."""

    def read_review(self, case: Case) -> tuple[Sequence[Record], int]:
        """Records of an earlier review of this scan, and how many lines of it could not be read; raises OSError."""

    def add_to_review(self, sha256: str, record: Record) -> None:
        """Write a record; raises OSError."""

    def save_review(self, case: Case, analysis: Analysis | None, review: Review, path: str) -> None:
        """Write result and review to a file; raises OSError."""

    def save_report(self, case: Case, analysis: Analysis | None, review: Review, shown: ModelAnswer | None, path: str) -> None:
        """Write the report, the answer `shown` pictured; raises OSError."""

    def save_dicom(
        self,
        case: Case,
        analysis: Analysis | None,
        review: Review,
        shown: ModelAnswer | None,
        folder: str,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> None:
        """Write results for a PACS, the answer `shown` pictured; raises AnkleViewerError, OSError."""


class SessionBackend:
    """The real use cases, imported when first used so that the window is up at once."""

    def open_case(self, path: str, progress: Progress, cancelled: Callable[[], bool], pick: str = "") -> Case:
        """Read and check a scan, of several the one with the key `pick`; raises ScanError."""
        from ankleviewer import session

        return session.open_case(path, progress, cancelled, pick)

    def list_series(self, path: str, progress: Progress, cancelled: Callable[[], bool]) -> Sequence[Series]:
        """What a folder or ZIP holds, the one to take first; raises ScanError."""
        from ankleviewer import session

        return session.series_in(path, progress, cancelled)

    def analyse(self, case: Case, models: list[str], progress: Progress, cancelled: Callable[[], bool]) -> Analysis:
        """Run models on a case; raises ModelError."""
        for library in _ENGINES:
            with contextlib.suppress(Exception, SystemExit):  # who needs it meets the same, and says so or does without
                importing.load(library)
        from ankleviewer import session
        from ankleviewer.inference.engines.runtime import AT_ONCE

        return session.analyse(case, models, AT_ONCE, progress, cancelled)

    def rest(self, cancelled: Callable[[], bool]) -> tuple[tuple[str, str], ...]:
        """Give back what the models hold from their last run; models and engines whose answers do not count; raises Cancelled."""
        from ankleviewer.inference import loaded

        return loaded.rest(cancelled)

    def list_models(self) -> list[ModelSummary]:
        """Summaries of the packs."""
        from ankleviewer import session

        return list(session.list_models())

    def read_review(self, case: Case) -> tuple[Sequence[Record], int]:
        """Records of an earlier review of this scan, and how many lines of it could not be read; raises OSError."""
        from ankleviewer.io import reviews

        return reviews.read(case.scan.sha256, case.scan.former_sha256)

    def add_to_review(self, sha256: str, record: Record) -> None:
        """Write a record; raises OSError."""
        from ankleviewer.io import reviews

        reviews.add(sha256, record)

    def save_review(self, case: Case, analysis: Analysis | None, review: Review, path: str) -> None:
        """Write result and review to a file; raises OSError."""
        from ankleviewer import saving

        saving.save_review(case, analysis, review, path)

    def save_report(self, case: Case, analysis: Analysis | None, review: Review, shown: ModelAnswer | None, path: str) -> None:
        """Write the report, the answer `shown` pictured; raises OSError."""
        from ankleviewer import saving

        saving.save_report(case, analysis, path, review, shown)

    def save_dicom(
        self,
        case: Case,
        analysis: Analysis | None,
        review: Review,
        shown: ModelAnswer | None,
        folder: str,
        progress: Progress,
        cancelled: Callable[[], bool],
    ) -> None:
        """Write results for a PACS, the answer `shown` pictured; raises AnkleViewerError, OSError."""
        from ankleviewer import saving

        saving.save_dicom(case, analysis, folder, review, shown, progress, cancelled)
