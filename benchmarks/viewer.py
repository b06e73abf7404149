"""The viewer against its targets, on a virtual screen drawn in software: `python -m benchmarks.viewer` prints the table,
with `--stalls` the rows of the stalls alone, medians of several rounds.

One window lives through it all (`benchmarks.viewer_window`), with the sample scan and one of 512 x 512 x 400 made from it. A
miss is printed as a miss and does not stop the run; on a machine with other work read the processor's times.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from benchmarks.screen import virtual_screen

STARTS = 5
STALL_ROUNDS = 5

# Starts the program by its own door, prints the moment at which its window was painted first, and closes it.
_START = """
import sys, time
from PySide6.QtCore import QEvent, QObject, QTimer
from ankleviewer import cli
from ankleviewer.ui import app
class Watch(QObject):
    def eventFilter(self, watched, event):
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            QTimer.singleShot(0, self.done)
        return False
    def done(self):
        print(time.time(), flush=True)
        self.parent().close()
class Watched(app.MainWindow):
    def __init__(self, *arguments, **named):
        super().__init__(*arguments, **named)
        self.centralWidget().installEventFilter(Watch(self))
app.MainWindow = Watched
sys.exit(cli.main([]))
"""


@dataclass(frozen=True)
class Row:
    """One figure: what, its value with unit, the target in words, and whether it is met."""

    what: str
    value: str
    target: str
    met: bool


def rows(found: Mapping[str, float], window_s: float) -> list[Row]:
    """The figures of `viewer_window` beside their targets."""
    over_empty = (found["memory_peak"] - found["memory_empty"]) / found["volume"]
    over_sample = (found["memory_peak"] - found["memory_sample"]) / found["volume"]
    made = [Row("window painted, from the start of the process, warm", f"{window_s:.2f} s", "<= 1.5 s", window_s <= 1.5)]
    names = {"redraw": "crosshair moves in three panes of 512 x 512", "opacity": "opacity of the fill", "threshold": "threshold"}
    for name, what in names.items():
        rate, p99, busy = (found[f"{name}_{part}"] for part in ("rate", "p99", "busy"))
        text = f"{rate:.0f}/s, p99 {1000 * p99:.0f} ms (processor {1000 * busy:.1f} ms a redraw)"
        made.append(Row(f"{what}, with overlay", text, ">= 60/s, p99 <= 25 ms", rate >= 60 and p99 <= 0.025))
    first = found["surface_first"]
    made += [
        Row(
            "bone surface after the slices: first, fine",
            f"{first:.2f} s, {found['surface']:.2f} s",
            "<= 2 s",
            found["surface"] <= 2,
        ),
        Row(
            "bone surface while turning, quarter of the window",
            f"{found['turn_grid']:.0f}/s",
            ">= 30/s",
            found["turn_grid"] >= 30,
        ),
        Row("the same, filling the window", f"{found['turn_3d']:.0f}/s", ">= 30/s", found["turn_3d"] >= 30),
        *stall_rows(found),
        Row(
            "the fine surface drawn at rest: quarter, filling the window",
            f"{1000 * found['still_grid']:.0f} ms, {1000 * found['still_3d']:.0f} ms",
            "",
            True,
        ),
        Row("peak memory above the program with the sample open", f"{over_sample:.1f} volumes", "<= 3 volumes", over_sample <= 3),
        Row("peak memory above the empty window, libraries and model included", f"{over_empty:.1f} volumes", "", True),
        Row("slices and answer of the large scan", f"{found['slices']:.1f} s, {found['answer']:.1f} s", "", True),
    ]
    return made


def stall_rows(found: Mapping[str, float]) -> list[Row]:
    """The longest gap of each way to open a scan: what of it was work of the window's own, and what a wait for a core."""
    made = []
    for name, what in (
        ("stall", "longest stall while the scan loads and is analysed"),
        ("stall_cold", "the same at the first scan after the start, the sample, opened some seconds after the window came"),
        (
            "stall_at_once",
            "the same, opened with the window (`ankleviewer SCAN`), while libraries and the 3D view are being made",
        ),
    ):
        made.append(Row(what, _gap_text(found, name), "<= 50 ms", found[name] <= 0.05))
    first = "the same in the first life of this run, the program's files from the disk as far as its cache no longer held them"
    made.append(Row(first, _gap_text(found, "stall_first"), "", True))
    return made


def _gap_text(found: Mapping[str, float], name: str) -> str:
    wall, own, queued, most = (1000 * found[name + part] for part in ("", "_gap_own", "_queued", "_own"))
    parts = f"own work {own:.0f} ms, waiting for a core {queued:.0f} ms, for the disk {found[name + '_disk']:.0f} times"
    return f"{wall:.0f} ms ({parts}; most own work in a gap {most:.0f} ms; {found[name + '_count']:.0f} above 50 ms)"


def table(made: list[Row]) -> str:
    """Markdown."""
    lines = ["| what | measured | target | met |", "|---|---|---|---|"]
    lines += [f"| {r.what} | {r.value} | {r.target} | {('yes' if r.met else '**no**') if r.target else ''} |" for r in made]
    return "\n".join(lines)


def window_seconds(surroundings: Mapping[str, str]) -> float:
    """Median time from the start of the process to the first painted window, after one start that warms the disk's cache.

    It is the whole program: command line, log, OpenGL's driver on its thread, the listing of models.
    """
    times = []
    for _ in range(STARTS + 1):
        start = time.time()
        shown = subprocess.run([sys.executable, "-c", _START], env=surroundings, capture_output=True, text=True, check=True)  # noqa: S603
        times.append(float(shown.stdout) - start)
    return statistics.median(times[1:])


def main(stalls_alone: bool = False) -> None:
    """Measure and print; with `stalls_alone` the window's start and the stalls, several times."""
    from ankleviewer.ui.state.settings import sample_scan
    from benchmarks.bigscan import write_big_scan

    sample = sample_scan()
    assert sample is not None
    with tempfile.TemporaryDirectory() as folder, virtual_screen() as surroundings:
        surroundings |= {"ANKLEVIEWER_HOME": folder}
        window_s = window_seconds(surroundings)
        big = Path(os.environ.get("ANKLEVIEWER_BIG_SCAN") or Path(folder) / "big.nii.gz")
        if not big.exists():
            write_big_scan(sample, big)

        def life(*scans: str | Path) -> dict[str, float]:
            options = ["--stalls"] if stalls_alone else []
            command = [sys.executable, "-m", "benchmarks.viewer_window", *map(str, scans), *options]
            printed = subprocess.run(command, env=surroundings, stdout=subprocess.PIPE, text=True, check=True).stdout  # noqa: S603
            measured: dict[str, float] = json.loads(printed)
            return measured

        # It also brings the program's files into memory, as the first start does for the time to the window.
        first = {name.replace("at_once", "first"): value for name, value in life(sample).items()}
        rounds = [first | life(sample) | life(sample, big) for _ in range(STALL_ROUNDS if stalls_alone else 1)]
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"\nThe viewer, scan of 512 x 512 x 400, Mesa in software, {os.cpu_count()} cores, load {load:.1f}\n")
    if stalls_alone:
        median = {name: statistics.median(one[name] for one in rounds) for name in rounds[0]}
        print(f"Medians of {STALL_ROUNDS} rounds; the window came after {window_s:.2f} s; opened with it, slices after")
        print(f"{median['at_once_slices']:.2f} s, answer after {median['at_once_answer']:.2f} s; the large scan's slices after")
        print(f"{median['slices']:.2f} s, answer after {median['answer']:.2f} s; each longest gap in ms:")
        for name in ("stall", "stall_cold", "stall_at_once"):
            print(name, sorted(round(1000 * one[name]) for one in rounds))
        print(table(stall_rows(median)))
        return
    print(table(rows(rounds[0], window_s)))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.viewer", description="The viewer against its targets.")
    parser.add_argument("--stalls", action="store_true", help="the rows of the stalls alone, medians of several rounds")
    main(parser.parse_args().stalls)
