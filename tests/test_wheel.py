"""The installed package holds what the source tree holds."""

from __future__ import annotations

import email
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from the tree with the tools already installed (no network)."""
    folder = tmp_path_factory.mktemp("wheel")
    command = [
        sys.executable,
        "-m",
        "pip",
        "wheel",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-build-isolation",
    ]
    run = subprocess.run([*command, "-w", str(folder), str(ROOT)], capture_output=True, text=True, timeout=150, check=False)
    assert run.returncode == 0, run.stderr
    (built,) = folder.glob("ankleviewer-*.whl")
    return built


def test_code_and_assets_are_inside_byte_for_byte(wheel: Path) -> None:
    listed = subprocess.run(
        ["git", "ls-files", "ankleviewer", "trainer", "assets"], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if listed.returncode:
        pytest.skip("not a git clone: which files belong to the project is unknown")
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        for name in listed.stdout.splitlines():
            if not (ROOT / name).exists():
                continue  # removed, not yet committed
            inside = "ankleviewer/_" + name if name.startswith("assets/") else name
            assert inside in names
            assert archive.read(inside) == (ROOT / name).read_bytes()


def test_every_translation_is_inside_compiled(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    sources = {name for name in names if name.endswith(".ts")}
    assert {Path(name).stem for name in sources} == {"ankleviewer_de", "ankleviewer_zh_CN"}
    assert {name.removesuffix(".ts") + ".qm" for name in sources} <= names


def test_nothing_else_is_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        tops = {name.split("/")[0] for name in archive.namelist()}
    assert {top for top in tops if not top.endswith(".dist-info")} == {"ankleviewer", "trainer"}


def test_bare_install_asks_for_no_torch_and_no_gpl_decoder(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        (name,) = (n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        wanted = email.message_from_bytes(archive.read(name)).get_all("Requires-Dist") or []
    bare = {re.split("[;<>=! ]", line)[0].lower() for line in wanted if "extra ==" not in line}
    assert {"pyside6-essentials", "onnxruntime-gpu", "pydicom"} <= bare
    assert bare.isdisjoint({"torch", "onnx", "pylibjpeg-libjpeg", "python-gdcm", "pynetdicom"})


@pytest.mark.long
@pytest.mark.timeout(1200)
def test_wheel_works_in_an_environment_of_its_own(wheel: Path, tmp_path: Path, record_property: pytest.RecordProperty) -> None:
    """Installed without the source tree, the bare program finds its models and sample and passes its own test."""
    folder = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    binaries = folder / ("Scripts" if sys.platform == "win32" else "bin")
    pip = [str(binaries / "python"), "-m", "pip", "install", "--quiet", "--no-input", "--disable-pip-version-check"]
    subprocess.run([*pip, str(wheel), "-c", str(ROOT / "constraints.txt")], check=True, timeout=900)
    size = sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink())
    record_property("size of the bare installation, MB", round(size / 1e6))
    run = subprocess.run(
        [str(binaries / "ankleviewer"), "selftest"], cwd=tmp_path, capture_output=True, text=True, timeout=240, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
