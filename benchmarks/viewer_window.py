"""Measures one window on a real screen and prints its figures as JSON: `python -m benchmarks.viewer_window SAMPLE BIG_SCAN`.

With SAMPLE alone: what happens when it is opened the moment the window is there.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Sequence

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from ankleviewer.ui.app import WARM_AFTER_MS, application
from ankleviewer.ui.background import collecting, opengl
from ankleviewer.ui.main_window import MainWindow
from ankleviewer.ui.state.phase import Phase
from benchmarks.stalls import Stalls, StallWatch, forget_peak, memory_mib

PANE_PX = 512
FRAMES = 240
TURNS = 60


def opened(width: int, height: int) -> MainWindow:
    """A window of that size that has found its models."""
    application()
    window = MainWindow()
    window.resize(width, height)
    window.show()
    window.controller.list_models()
    wait(lambda: window.controller.models is not None)
    return window


def main(sample: str, big: str, stalls_alone: bool = False) -> dict[str, float]:
    """All figures of one life of the window, in seconds, frames/s and MiB; or those of loading alone."""
    app = application()
    window = opened(1460, 1110)
    found: dict[str, float] = {"memory_empty": memory_mib()[0]}
    found |= _named("stall_cold", _first_scan(window, sample))
    found["memory_sample"] = memory_mib()[0]
    forget_peak()
    found |= _loading(window, big)
    now, peak = memory_mib()
    assert window.view.scene is not None
    found |= {"memory_now": now, "memory_peak": peak, "volume": window.view.scene.volume.hu.nbytes / 2**20}
    if not stalls_alone:
        found |= _redraws(app, window)
        found |= _turning(app, window)
    window.close()
    return found


def at_once(sample: str) -> dict[str, float]:
    """Stalls of a scan opened with the window, as `ankleviewer SCAN` does; libraries and the 3D view are made meanwhile."""
    collecting.put_off()
    application()
    threading.Thread(target=opengl.load_driver, daemon=True).start()
    window = MainWindow()
    window.resize(1460, 1110)
    window.show()
    ended: list[bool] = []
    moments: dict[str, float] = {}
    watch, start = StallWatch(), time.perf_counter()
    window.controller.opened.connect(lambda _path: moments.setdefault("at_once_slices", time.perf_counter() - start))
    window.controller.settled.connect(lambda _ok: moments.setdefault("at_once_answer", time.perf_counter() - start))
    watch.start()
    QTimer.singleShot(0, window.controller.list_models)
    QTimer.singleShot(0, lambda: window.open(sample))
    QTimer.singleShot(WARM_AFTER_MS, lambda: _warm(window, ended))
    wait(lambda: window.controller.case is not None and _rested(window) and bool(ended))
    stalls = watch.stop()
    window.close()
    return {**_named("stall_at_once", stalls), **moments}


def _warm(window: MainWindow, ended: list[bool]) -> None:
    window.warm()
    assert window.warming is not None
    window.warming.ended.connect(lambda: ended.append(True))


def _first_scan(window: MainWindow, sample: str) -> Stalls:
    """Stalls at the first scan, opened after the start page was looked at."""
    ended: list[bool] = []
    _warm(window, ended)
    wait(lambda: bool(ended))
    watch = StallWatch()
    watch.start()
    open_scan(window, sample)
    return watch.stop()


def _named(name: str, stalls: Stalls) -> dict[str, float]:
    return {
        name: stalls.longest.wall, f"{name}_gap_own": stalls.longest.own, f"{name}_queued": stalls.longest.queued,
        f"{name}_own": stalls.own, f"{name}_count": float(stalls.above_50_ms), f"{name}_disk": float(stalls.longest.disk),
    }  # fmt: skip


def wait(ready: Callable[[], bool], seconds: float = 300.0) -> None:
    """Run the event loop until something is so; TimeoutError if it does not become so."""
    loop, end = QEventLoop(), time.perf_counter() + seconds
    timer = QTimer(interval=2)
    timer.timeout.connect(lambda: loop.quit() if ready() or time.perf_counter() > end else None)
    timer.start()
    loop.exec()
    timer.stop()
    if not ready():
        raise TimeoutError("the window did not come to rest")


def _rested(window: MainWindow) -> bool:
    controller, pane = window.controller, window.pane3d
    jobs = (controller.reading, controller.analysing, controller.listing, pane.job)
    return controller.phase in (Phase.ANSWER, Phase.SCAN) and not any(job.running for job in jobs) and not pane.pending


def open_scan(window: MainWindow, path: str) -> None:
    """Open a scan and wait for its answer and its surface."""
    window.controller.open(path)
    wait(lambda: _rested(window))


def _loading(window: MainWindow, path: str) -> dict[str, float]:
    """Opening and analysing the large scan: stalls, and the surface's time after the first slices."""
    moments: dict[str, float] = {}
    start = time.perf_counter()
    window.controller.opened.connect(lambda _path: moments.setdefault("slices", time.perf_counter() - start))
    window.pane3d.first_shown.connect(lambda: moments.setdefault("first", time.perf_counter() - start))
    window.pane3d.settled.connect(lambda: moments.setdefault("surface", time.perf_counter() - start))
    window.controller.settled.connect(lambda _ok: moments.setdefault("answer", time.perf_counter() - start))
    watch = StallWatch()
    watch.start()
    open_scan(window, path)
    stalls = watch.stop()
    if "-v" in sys.argv:
        late = [(round(g.wall * 1000), round(g.own * 1000), round(g.end - start, 2)) for g in watch.gaps if g.wall > 0.04]
        print(late, {k: round(v, 2) for k, v in moments.items()}, file=sys.stderr)
    return {
        "slices": moments["slices"], "answer": moments["answer"], "surface": moments["surface"] - moments["slices"],
        "surface_first": moments["first"] - moments["slices"],
        "stall_machine": stalls.control, **_named("stall", stalls),
    }  # fmt: skip


def _frames(app: QApplication, window: MainWindow, move: Callable[[int], None]) -> tuple[float, float, float]:
    """Redraws/s of three panes of 512 px, the 99th percentile of one redraw in s, and its processor time in s.

    A redraw is a move and the paint events of all three panes, through the event loop as in use.
    """
    times, paints = [], Paints(list(window.panes.values()))
    busy = time.thread_time()
    for n in range(FRAMES):
        start = time.perf_counter()
        paints.seen.clear()
        move(n)
        while len(paints.seen) < len(window.panes) and time.perf_counter() < start + 2:
            app.processEvents()
        assert len(paints.seen) == len(window.panes), f"move {n} changed {len(paints.seen)} panes"
        times.append(time.perf_counter() - start)
    busy = time.thread_time() - busy
    paints.stop()
    return 1 / float(np.mean(times)), float(np.percentile(times, 99)), busy / FRAMES


def _redraws(app: QApplication, window: MainWindow) -> dict[str, float]:
    pane = window.panes["axial"]
    dx, dy = PANE_PX - pane.width(), PANE_PX - pane.height()
    window.resize(window.width() + 2 * dx, window.height() + 2 * dy)  # two panes side by side share what is added
    wait(lambda: pane.width() == PANE_PX and pane.height() == PANE_PX, 10)
    view = window.view
    heat = view.scene.heat if view.scene is not None else None
    assert heat is not None, "the large scan gave no heat map to draw"
    view.update(fill=True)
    centre = np.array(view.state.cursor_mm)
    wave = np.array([np.sin((np.arange(FRAMES) + 1) / rate) for rate in (9.0, 11.0, 13.0)]).T * 12.0
    found = {}
    moves: dict[str, Callable[[int], None]] = {
        "redraw": lambda n: view.move_cursor(centre + wave[n]),
        "opacity": lambda n: view.update(opacity=0.05 + 0.44 * (n % 49) / 50),
        "threshold": lambda n: view.update(threshold=heat.reference * (0.2 + 0.6 * (n % 60) / 60)),
    }
    for name, move in moves.items():
        _settle(app)
        found[f"{name}_rate"], found[f"{name}_p99"], found[f"{name}_busy"] = _frames(app, window, move)
        view.update(threshold=None)
    return found


def _turning(app: QApplication, window: MainWindow) -> dict[str, float]:
    """Frames/s of the bone surface while the mouse turns it, in its quarter of the window and filling it; the still frame's s."""
    found = {}
    for layout in ("grid", "3d"):
        window.view.update(layout=layout)
        _settle(app)
        render = window.pane3d.render3d
        assert render is not None, "no 3D view on this screen"
        shown = Paints([render.widget])
        middle = render.widget.rect().center()
        QTest.mousePress(render.widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
        start = time.perf_counter()
        for n in range(TURNS):
            x = middle.x() + round(120 * np.sin(n / 9))
            QTest.mouseMove(render.widget, QPoint(x, middle.y()), 0)
            app.processEvents()
        found[f"turn_{layout}"] = shown.count / (time.perf_counter() - start)
        QTest.mouseRelease(render.widget, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, middle)
        assert shown.count >= TURNS - 1, f"{shown.count} frames on the screen for {TURNS} moves of the mouse"
        shown.stop()
        _settle(app)
        found[f"still_{layout}"] = window.pane3d.draw(fine=True) / 1000
    return found


class Paints(QObject):
    """Notes which panes were painted, and how often."""

    def __init__(self, panes: Sequence[QWidget]) -> None:
        super().__init__()
        self.seen: set[QObject] = set()
        self.count = 0
        self._panes = panes
        for pane in self._panes:
            pane.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Note a paint event and let it pass."""
        if event.type() == QEvent.Type.Paint:
            self.seen.add(watched)
            self.count += 1
        return False

    def stop(self) -> None:
        """Watch no longer."""
        for pane in self._panes:
            pane.removeEventFilter(self)


def _settle(app: QApplication) -> None:
    end = time.perf_counter() + 0.6
    while time.perf_counter() < end:
        app.processEvents()
        time.sleep(0.005)


if __name__ == "__main__":
    paths = [a for a in sys.argv[1:] if not a.startswith("-")]
    print(json.dumps(main(paths[0], paths[1], "--stalls" in sys.argv) if len(paths) == 2 else at_once(paths[0])))
