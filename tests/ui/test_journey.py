"""The journey by keyboard alone, on three screens and in both themes; each of its steps has a short test of its own elsewhere."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.long
@pytest.mark.timeout(900)
@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize(("screen", "scale"), [("1280x800", "1"), ("1920x1080", "1"), ("2560x1600", "2")])
def test_from_the_start_page_to_a_saved_review_by_keys_alone(screen: str, scale: str, theme: str, record_property) -> None:
    command = [sys.executable, "-m", "benchmarks.journey", "--screen", screen, "--scale", scale, "--theme", theme]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, (done.stdout + done.stderr)[-3000:]
    steps = [line for line in done.stdout.splitlines() if " s  " in line]
    record_property("steps", len(steps))
    record_property("seconds", steps[-1].split()[0])
