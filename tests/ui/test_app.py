"""From the command line to the exit code, in a process of its own; and a start that imports nothing heavy."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

START = """
import sys, time
start = time.perf_counter()
from PySide6.QtWidgets import QApplication
from ankleviewer.ui.app import application
from ankleviewer.ui.main_window import MainWindow
app = application()
window = MainWindow()
window.show()
app.processEvents()
heavy = [m for m in "scipy skimage vtkmodules pyvista onnxruntime nibabel pydicom torch".split() if m in sys.modules]
print("heavy", heavy, "seconds", round(time.perf_counter() - start, 2))
window.close()
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=150, check=False)


def test_the_window_is_up_before_anything_heavy_is_imported() -> None:
    done = run(START)
    assert done.returncode == 0, done.stderr
    assert "heavy []" in done.stdout


def test_a_scan_that_cannot_be_read_ends_with_3_and_its_code(tmp_path: Path) -> None:
    bad = tmp_path / "bad.nii.gz"
    bad.write_bytes(b"not a scan")
    picture = tmp_path / "out.png"
    done = run(f"import sys; from ankleviewer.ui.app import run; sys.exit(run({str(bad)!r}, None, {str(picture)!r}))")
    assert done.returncode == 3, done.stderr
    assert "Traceback" not in done.stderr
    code = done.stderr.strip().splitlines()[-1].split(":")[0]
    assert code == code.upper() and len(code) > 3
    assert not picture.exists()


def test_a_picture_of_the_empty_window(tmp_path: Path) -> None:
    picture = tmp_path / "new" / "empty.png"
    done = run(f"import sys; from ankleviewer.ui.app import run; sys.exit(run(None, None, {str(picture)!r}))")
    assert done.returncode == 0, done.stderr
    assert picture.stat().st_size > 5000
