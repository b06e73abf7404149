"""The soak of `benchmarks.soak` as a long proof; what it calls flat is tested in test_benchmarks."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]


@pytest.mark.long
@pytest.mark.timeout(5400)
def test_two_hundred_scans_in_a_row_leave_memory_threads_and_objects_flat(record_property) -> None:
    command = [sys.executable, "-m", "benchmarks.soak"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    lines = [line.strip("|").split("|") for line in done.stdout.splitlines() if line[:3].strip("| ").isdigit()]
    rows = [[cell.strip() for cell in line] for line in lines]
    for scans, memory, threads, vtk, qt, _ in (rows[1], rows[-1]) if len(rows) > 2 else rows:
        record_property(f"after {scans} scans", f"{memory}, {threads} threads, {vtk} VTK objects, {qt} Qt objects")
    assert done.returncode == 0, (done.stdout + done.stderr)[-2000:]
    assert rows[-1][0] == "200"
