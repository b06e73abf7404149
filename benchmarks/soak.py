"""Opens many scans in a row in the real window, with analysis, and asserts that memory, threads and VTK objects stay flat.

`python -m benchmarks.soak [COUNT]` (200 by default) starts its own virtual screen and prints a row every 20 scans.
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ankleviewer.core.geometry import Grid

EVERY = 20
WARM = 40  # scans before the first row that counts: caches, thread pools and the allocator's arenas have grown by then
MOST_MIB, MOST_OBJECTS, MOST_THREADS = 40.0, 25, 2


@dataclass(frozen=True)
class Row:
    """The process after a number of scans: resident MiB, the system's threads, VTK, Qt and all Python objects."""

    scans: int
    mib: float
    threads: int
    vtk: int
    qt: int
    objects: int


def flat(rows: list[Row]) -> list[str]:
    """What grew from the first row after the warm-up to the last one, as sentences; [] when all is flat."""
    warm = [row for row in rows if row.scans >= WARM]
    if len(warm) < 2:
        return ["too few scans to tell"]
    first, last = warm[0], warm[-1]
    found = []
    if last.mib - first.mib > MOST_MIB:
        found.append(f"memory grew by {last.mib - first.mib:.0f} MiB")
    for what, most in (("threads", MOST_THREADS), ("vtk", MOST_OBJECTS), ("qt", MOST_OBJECTS)):
        grown = getattr(last, what) - getattr(first, what)
        if grown > most:
            found.append(f"{what} grew by {grown}")
    return found


def table(rows: list[Row]) -> str:
    """Markdown."""
    lines = [
        "| scans opened | resident memory | threads | VTK objects | Qt objects | Python objects |",
        "|---|---|---|---|---|---|",
    ]
    lines += [f"| {r.scans} | {r.mib:.0f} MiB | {r.threads} | {r.vtk} | {r.qt} | {r.objects} |" for r in rows]
    return "\n".join(lines)


def look(scans: int) -> Row:
    """Count what is alive in this process."""
    gc.collect()
    alive = gc.get_objects()
    homes = [str(type(o).__module__) for o in alive]
    vtk = sum(home.startswith(("vtkmodules", "pyvista")) for home in homes)
    qt = sum(home.startswith(("PySide6", "ankleviewer.ui")) for home in homes)
    system = Path("/proc/self/task")
    threads = len(list(system.iterdir())) if system.exists() else threading.active_count()
    return Row(scans, _resident(), threads, vtk, qt, len(alive))


def _resident() -> float:
    from benchmarks.stalls import memory_mib

    return memory_mib()[0]


def make_scans(folder: Path, sample: Path) -> list[Path]:
    """The sample, and the same ankle cut off above, with thicker slices and with coarser pixels."""
    from ankleviewer.core.volume import Volume
    from ankleviewer.io.nifti import write_nifti
    from ankleviewer.io.reader import open_scan

    volume = open_scan(sample).volume
    low, high = (0, 0, 0), (volume.hu.shape[0], volume.hu.shape[1], volume.hu.shape[2] - 20)
    cut = Volume(np.ascontiguousarray(volume.hu[:, :, :-20]), volume.grid.crop(low, high))
    coarse = Volume(np.ascontiguousarray(volume.hu[::2, ::2, :]), _strided(volume.grid, (2, 2, 1)))
    thick = Volume(np.ascontiguousarray(volume.hu[:, :, ::2]), _strided(volume.grid, (1, 1, 2)))
    paths = [sample]
    for name, made in (("thick", thick), ("cut", cut), ("coarse", coarse)):
        path = folder / f"{name}.nii.gz"
        write_nifti(made, None, path)
        paths.append(path)
    return paths


def _strided(grid: Grid, step: tuple[int, int, int]) -> Grid:
    """Every second voxel, or whatever step is asked, along each axis."""
    affine = grid.affine.copy()
    affine[:3, :3] *= step
    x, y, z = (-(-n // s) for n, s in zip(grid.shape, step, strict=True))
    return Grid((x, y, z), affine)


def run(count: int, folder: Path) -> list[Row]:
    """Open scans one after another in one window; every answer and every surface is waited for."""
    from ankleviewer.ui.state.settings import sample_scan
    from benchmarks.viewer_window import open_scan, opened, wait

    sample = sample_scan()
    assert sample is not None
    paths = make_scans(folder, sample)
    window = opened(1280, 800)
    rows = []
    start = time.perf_counter()
    for n in range(1, count + 1):
        open_scan(window, str(paths[n % len(paths)]))
        if n % 7 == 0:  # the rest of the 3D view takes part
            window.pane3d.set_options(planes="slices", foot=False)
            wait(lambda: not window.pane3d.tools.job.running)
            window.pane3d.set_options(planes="off", foot=True)
        if n % EVERY == 0:
            rows.append(look(n))
            print(rows[-1], f"{time.perf_counter() - start:.0f} s", file=sys.stderr, flush=True)
    window.close()
    return rows


def main() -> int:
    """0 when all is flat, 1 when something grew."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.soak", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=200, metavar="COUNT", help="scans to open, 200 by default")
    count = int(parser.parse_args().count)
    if os.environ.get("ANKLEVIEWER_SOAK") is None:
        from benchmarks.screen import virtual_screen

        with tempfile.TemporaryDirectory() as home, virtual_screen() as surroundings:
            surroundings |= {"ANKLEVIEWER_HOME": home, "ANKLEVIEWER_SOAK": "1"}
            command = [sys.executable, "-m", "benchmarks.soak", str(count)]
            return subprocess.run(command, env=surroundings, check=False).returncode  # noqa: S603  our own words
    with tempfile.TemporaryDirectory() as folder:
        rows = run(count, Path(folder))
    print(table(rows))
    grown = flat(rows)
    print("Flat after the warm-up." if not grown else "Not flat: " + "; ".join(grown))
    return 1 if grown else 0


if __name__ == "__main__":
    sys.exit(main())
