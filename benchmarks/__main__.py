"""Run every pair and print the table: `python -m benchmarks`."""

from __future__ import annotations

import argparse
import os
import platform
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from benchmarks.cases import pairs
from benchmarks.timing import measure, table


def main() -> None:
    """One line per pair; peer / ours above 1 means that we are faster."""
    argparse.ArgumentParser(prog="python -m benchmarks", description=(__doc__ or "").splitlines()[0]).parse_args()
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    print(f"{datetime.now(UTC):%Y-%m-%d}, Python {platform.python_version()}, {platform.machine()}, {cores} cores")
    if not os.environ.get("ANKLEVIEWER_TEST_DATA"):
        print("ANKLEVIEWER_TEST_DATA is not set: the DICOM series is left out")
    with tempfile.TemporaryDirectory() as folder:
        print(table([measure(pair) for pair in pairs(Path(folder))]))


if __name__ == "__main__":
    main()
