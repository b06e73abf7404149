"""From the command line to the exit code, in a process of its own; and a start that imports nothing heavy."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtGui import QImage

from ankleviewer.cli.series import HOW
from ankleviewer.core.geometry import Grid
from ankleviewer.io.nifti import write_nifti
from ankleviewer.ui.app import Screenshot

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


def test_the_driver_is_waited_for_before_the_screen_is_left(tmp_path: Path) -> None:
    """A window that closes at once, as of a refused scan, was now and then quicker, and the process crashed."""
    (tmp_path / "bad.nii.gz").write_bytes(b"not a scan")
    done = run(
        "import time; from ankleviewer.ui import app; loaded = [];"
        " app.opengl.load_driver = lambda: (time.sleep(4), loaded.append('driver'));"
        f" code = app.run({str(tmp_path / 'bad.nii.gz')!r}, None, {str(tmp_path / 'out.png')!r}); print(code, *loaded)"
    )
    assert done.stdout.split() == ["3", "driver"], done.stderr


def test_settings_that_cannot_be_read_are_told_once_also_beside_a_scan(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The scan that is opened takes earlier notices away; what comes of it may take this one's place."""
    home, bad = tmp_path / "home", tmp_path / "bad.nii.gz"
    home.mkdir()
    bad.write_bytes(b"not a scan")
    monkeypatch.setenv("ANKLEVIEWER_HOME", str(home))
    code = (
        "from ankleviewer.ui import app; from ankleviewer.ui.look.notice_banner import NoticeBanner; "
        "show = NoticeBanner.show_notice; "
        "NoticeBanner.show_notice = lambda banner, notice: (print(notice and notice.code), show(banner, notice))[1]; "
        f"app.run({str(bad)!r}, None, {str(tmp_path / 'out.png')!r})"
    )
    (home / "settings.json").write_text("{")
    first, second = run(code), run(code)
    assert first.stdout.split()[:2] == ["None", "SETTINGS_UNREADABLE"] and len(first.stdout.split()) == 3, first.stderr
    assert "SETTINGS" not in second.stdout and (home / "settings.json.BAK").read_text() == "{"


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


def test_a_folder_of_several_scans_without_a_choice_ends_with_3(tmp_path: Path) -> None:
    for value, name in enumerate(("a.nii", "b.nii")):
        grid = Grid.axis_aligned((8, 8, 8), 1.0, (0, 0, 0))
        write_nifti(np.full(grid.shape, value, np.int16), grid, tmp_path / name)
    picture = tmp_path / "out.png"
    line = [str(tmp_path), "--screenshot", str(picture)]
    done = run(f"import sys; from ankleviewer.cli import main; sys.exit(main({line!r}))")
    assert done.returncode == 3 and "SERIES_AMBIGUOUS: " in done.stderr and not picture.exists()
    assert done.stderr.splitlines()[-1] == HOW  # as `analyze` and `info` say it


def test_a_picture_of_the_empty_window(tmp_path: Path) -> None:
    picture = tmp_path / "empty.png"
    done = run(f"import sys; from ankleviewer.ui.app import run; sys.exit(run(None, None, {str(picture)!r}))")
    assert done.returncode == 0, done.stderr
    assert picture.stat().st_size > 5000 and list(tmp_path.iterdir()) == [picture]


def test_a_picture_that_cannot_be_written_costs_nothing(tmp_path: Path) -> None:
    picture = tmp_path / "gone" / "empty.png"
    done = run(f"import sys; from ankleviewer.ui.app import run; sys.exit(run(None, None, {str(picture)!r}))")
    assert done.returncode == 1 and "could not be written" in done.stderr and "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_picture_never_replaces_the_scan_that_a_session_opened(make_window, backend, tmp_path: Path, capsys) -> None:
    scan = tmp_path / "scan.png"
    scan.write_bytes(b"the scan")
    window = make_window(backend, path=str(scan))
    shot = Screenshot(window, str(scan), "mine.avsession.json")
    shot._on_settled(True)
    shot._take()
    assert shot.code == 1 and "could not be written" in capsys.readouterr().err and scan.read_bytes() == b"the scan"


def test_the_sample_scan_from_file_to_picture(tmp_path: Path) -> None:
    """The real thing: reader, checks, model, 3D and picture, in one process."""
    from ankleviewer import session
    from ankleviewer.ui.state.settings import sample_scan

    sample = sample_scan()
    if sample is None or not session.list_models():
        pytest.skip("needs the sample scan and a model pack in assets/")
    picture = tmp_path / "sample.png"
    done = run(f"import sys; from ankleviewer.ui.app import run; sys.exit(run({str(sample)!r}, None, {str(picture)!r}))")
    assert done.returncode == 0, done.stderr
    image = QImage(str(picture))
    pixels = [image.pixelColor(x, y) for x in range(0, image.width() - 310, 2) for y in range(30, image.height(), 2)]
    orange = [c for c in pixels if abs(c.red() - 255) < 12 and abs(c.green() - 159) < 25 and c.blue() < 70]
    assert len(orange) > 40, "no box on the picture"


def test_a_pack_that_failed_beside_others_is_told_by_the_exit_code(tmp_path: Path) -> None:
    """As `analyze` does it: the picture shows the answers that there are."""
    from ankleviewer.core.paths import assets_dir
    from ankleviewer.ui.state.settings import sample_scan

    sample, shipped = sample_scan(), assets_dir() / "models" / "compact"
    if sample is None or not shipped.is_dir():
        pytest.skip("needs the sample scan and a model pack in assets/")
    spoilt = tmp_path / "home" / "models" / "spoilt"
    shutil.copytree(shipped, spoilt)
    text = (spoilt / "manifest.json").read_text(encoding="utf-8")
    (spoilt / "manifest.json").write_text(text.replace('"name": "compact"', '"name": "spoilt"'), encoding="utf-8")
    (spoilt / "model.onnx").write_bytes(b"no model")
    picture = tmp_path / "sample.png"
    done = run(
        f"import os, sys; os.environ['ANKLEVIEWER_HOME'] = {str(tmp_path / 'home')!r}; from ankleviewer.ui.app import run; "
        f"sys.exit(run({str(sample)!r}, 'all', {str(picture)!r}))"
    )
    assert done.returncode == 4 and done.stderr.count("MODEL_HASH_MISMATCH: ") == 1, done.stderr
    assert QImage(str(picture)).width() > 0
