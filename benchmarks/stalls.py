"""How long an event loop goes without a turn, and how long the machine itself would have kept anyone waiting meanwhile."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Gap:
    """Between two ticks, s: on the clock, on the processor, ready and waiting for a core; the moment of its end; and how many
    times some thread of the program waited for the disk, since a page of a program's file was not in memory.

    What remains of `wall` went into waiting for something else: another thread with the interpreter's lock, the disk, the screen.
    """

    wall: float
    own: float
    queued: float
    end: float
    disk: int


@dataclass(frozen=True)
class Stalls:
    """The longest gap, the most work of its own in any gap, the longest gap of the control process (s), and gaps above 50 ms."""

    longest: Gap
    own: float
    control: float
    above_50_ms: int


class StallWatch(QObject):
    """Ticks every 2 ms in the event loop; a gap between ticks is time in which the window answered nobody.

    Beside it a process that does nothing but tick shows how long the machine's other work keeps a waiting program from a core.
    """

    def __init__(self) -> None:
        super().__init__()
        self.gaps: list[Gap] = []
        self._last, self._own, self._queued, self._disk = 0.0, 0.0, 0.0, 0
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._control: subprocess.Popen[str] | None = None

    def start(self) -> None:
        """Begin to watch."""
        self._control = subprocess.Popen(  # noqa: S603  our own words
            [sys.executable, "-c", _CONTROL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._last, self._own, self._queued, self._disk = time.perf_counter(), time.thread_time(), queued_s(), disk_waits()
        self._timer.start()

    def _tick(self) -> None:
        now, own, queued, disk = time.perf_counter(), time.thread_time(), queued_s(), disk_waits()
        self.gaps.append(Gap(now - self._last, own - self._own, queued - self._queued, now, disk - self._disk))
        self._last, self._own, self._queued, self._disk = now, own, queued, disk

    def stop(self) -> Stalls:
        """What was seen since `start`."""
        self._timer.stop()
        assert self._control is not None
        control, _ = self._control.communicate("\n")
        longest = max(self.gaps, key=lambda gap: gap.wall)
        return Stalls(longest, max(gap.own for gap in self.gaps), float(control), sum(gap.wall > 0.05 for gap in self.gaps))


def queued_s() -> float:
    """How long the calling thread has been ready to run and waited for a core, s (Linux; 0 elsewhere)."""
    try:
        return int(Path(f"/proc/self/task/{threading.get_native_id()}/schedstat").read_text(encoding="ascii").split()[1]) / 1e9
    except OSError:
        return 0.0


def disk_waits() -> int:
    """How often a page of a mapped file had to come from the disk so far, for any thread (major page faults; 0 on Windows)."""
    if sys.platform == "win32":
        return 0
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_majflt


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
