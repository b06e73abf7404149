"""How far an analysis is, by the time that its steps took when the same model last ran. Where none has been measured no share is
known, and none is told: what share of the time a step takes depends on the model, its engine and the computer.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from ankleviewer.core.watching import Progress

UNKNOWN = math.nan  # in the place of a share of the work, 0 to 1
_EVERY_S = 0.2  # an engine is asked more often than anybody looks


class Pace:
    """What the steps of one model's work took, the last time.

    Args:
        took: seconds each; none where they have not been measured.
    """

    def __init__(self, took: Sequence[float] = ()) -> None:
        self._took = tuple(took)

    @property
    def seconds(self) -> float | None:
        """All steps together, None where they have not been measured."""
        return sum(self._took) if self._took else None

    def share(self, step: int, passed: float) -> float:
        """Share of the work that is done `passed` seconds into a step, of which that share ends where the step did the last time;
        UNKNOWN where nothing has been measured.
        """
        if not self._took or step >= len(self._took):
            return UNKNOWN
        whole = sum(self._took)
        return (sum(self._took[:step]) + min(passed, self._took[step])) / whole if whole > 0 else UNKNOWN

    def keep(self, took: Sequence[float]) -> None:
        """Remember what the steps took, seconds each."""
        self._took = tuple(took)

    def now(self) -> Pace:
        """The same, of which nothing changes any more."""
        return Pace(self._took)


class Steps:
    """One run through the steps: tells how far it is, and measures. What `report` raises while a step lasts ends the work as if
    it had been cancelled, and is raised again by `blame`: within an engine it would be taken for the engine's fault.

    Args:
        pace: of the same work before; gets what is measured when all is done.
        report: called with (0 to 1, or UNKNOWN, and what is being done).
        cancelled: asked by whom does the work.
    """

    def __init__(self, pace: Pace, report: Progress, cancelled: Callable[[], bool] | None = None) -> None:
        self._pace, self._report, self._cancelled = pace, report, cancelled
        self._before = pace.now()  # another thread's run may end meanwhile, and the share would go back
        self._took: list[float] = []
        self._what = ""
        self._began = self._told = 0.0
        self._raised: Exception | None = None  # by `report`

    def begin(self, what: str) -> None:
        """The next step begins; `what` is being done."""
        self._end()
        self._what, self._began = what, time.perf_counter()
        self._tell()

    def asked(self) -> bool:
        """Whether the work shall stop. Asked again and again while a step lasts, so that it also tells how far the step is."""
        if self._raised is None and self._before.seconds is not None and time.perf_counter() - self._told >= _EVERY_S:
            try:
                self._tell()
            except Exception as error:  # noqa: BLE001 (raised again by `blame`)
                self._raised = error
        return self._raised is not None or (self._cancelled is not None and self._cancelled())

    def blame(self) -> None:
        """Raise what `report` raised while a step lasted, if it did."""
        if self._raised is not None:
            raise self._raised

    def took(self, seconds: float) -> None:
        """The step under way took that long by its own account, which leaves out what only a first run waits for."""
        self._took.append(seconds)
        self._what = ""

    def done(self) -> None:
        """All is done."""
        self._end()
        self._pace.keep(self._took)
        self._report(1.0, "Done")

    def _end(self) -> None:
        if self._what:
            self.took(time.perf_counter() - self._began)

    def _tell(self) -> None:
        self._told = time.perf_counter()
        self._report(self._before.share(len(self._took), self._told - self._began), self._what)


def part(report: Progress, seconds: Sequence[float | None], at: int) -> Progress:
    """Progress of one of several works, as progress of all of them.

    Args:
        report: of all.
        seconds: that each takes, None where that has not been measured: then no share of several is known either.
        at: which of them.
    """
    if len(seconds) == 1:
        return report
    known = [one for one in seconds if one is not None]
    whole = sum(known)
    if len(known) < len(seconds) or whole <= 0:
        return lambda _share, what: report(UNKNOWN, what)
    return lambda share, what: report((sum(known[:at]) + share * known[at]) / whole, what)
