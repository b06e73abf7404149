"""How long an event loop goes without a turn, and how long the machine itself would have kept anyone waiting meanwhile."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer

TICK_MS = 2

_CONTROL = """
import sys, time
import select
worst, last = 0.0, time.perf_counter()
while not select.select([sys.stdin], [], [], 0.002)[0]:
    now = time.perf_counter()
    worst, last = max(worst, now - last), now
print(worst)
"""


class StallWatch(QObject):
    """Ticks every 2 ms in the event loop; a gap between ticks is time in which the window answered nobody.

    Beside it a process that does nothing but tick shows how long the machine's other work keeps a waiting program from a core.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[tuple[float, float, float]] = []  # wall s, own processor s, moment
        self._last, self._own = 0.0, 0.0
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._control: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._control = subprocess.Popen(  # noqa: S603  our own words
            [sys.executable, "-c", _CONTROL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._last, self._own = time.perf_counter(), time.thread_time()
        self._timer.start()

    def _tick(self) -> None:
        now, own = time.perf_counter(), time.thread_time()
        self.gaps.append((now - self._last, own - self._own, now))
        self._last, self._own = now, own

    def stop(self) -> tuple[float, float, float, int]:
        """Longest gap of the event loop, longest work of its own in a gap, longest gap of the control process, all in s; and the
        number of gaps above 50 ms.
        """
        self._timer.stop()
        assert self._control is not None
        control, _ = self._control.communicate("\n")
        gaps, own, _ = zip(*self.gaps, strict=True)
        return max(gaps), max(own), float(control), sum(gap > 0.05 for gap in gaps)


def memory_mib() -> tuple[float, float]:
    """Resident memory of this process now, and its peak since `forget_peak`, MiB (Linux; 0 elsewhere)."""
    try:
        lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    except OSError:
        return 0.0, 0.0
    found = {line.split(":")[0]: line.split()[1] for line in lines if line.startswith(("VmRSS", "VmHWM"))}
    return float(found["VmRSS"]) / 1024, float(found["VmHWM"]) / 1024


def forget_peak() -> None:
    """Let the peak start anew from what is resident now (Linux)."""
    if sys.platform == "linux":
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
