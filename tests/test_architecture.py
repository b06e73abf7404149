"""The layers hold: contracts on the import graph, and what a fresh interpreter really loads."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = sorted(p for top in ("ankleviewer", "trainer") for p in (ROOT / top).rglob("*.py"))
MOST_MODULES = 25  # in one folder
HEAVY = ("PySide6", "qtpy", "vtk", "vtkmodules", "pyvista", "pyvistaqt", "torch", "trainer")


def loaded_after(statement: str) -> set[str]:
    """Top-level names in sys.modules of a fresh interpreter after one statement."""
    code = f"{statement}\nimport sys\nprint(*sorted({{name.split('.')[0] for name in sys.modules}}))"
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stderr
    return set(run.stdout.split())


def test_import_contracts() -> None:
    tool = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    run = subprocess.run([sys.executable, "-c", tool], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
    assert " 0 broken" in run.stdout


def test_session_loads_neither_window_nor_trainer() -> None:
    assert loaded_after("import ankleviewer.session").isdisjoint(HEAVY)


def test_session_loads_readers_and_engine_only_when_needed() -> None:
    late = {"scipy", "skimage", "nibabel", "pydicom", "onnxruntime", "imagecodecs"}
    assert loaded_after("import ankleviewer.session").isdisjoint(late)


def test_command_line_starts_light() -> None:
    late = {*HEAVY, "scipy", "skimage", "nibabel", "pydicom", "onnxruntime"}
    assert loaded_after("import ankleviewer.cli").isdisjoint(late)


def test_inference_needs_no_torch() -> None:
    assert loaded_after("import ankleviewer.inference.predictor").isdisjoint(HEAVY)


@pytest.mark.parametrize("package", ["trainer.simulate", "trainer.networks"])
def test_simulator_and_networks_load_no_reader_and_no_engine(package: str) -> None:
    statement = (
        f"import importlib, pkgutil, {package} as p\n"
        "for m in pkgutil.iter_modules(p.__path__, p.__name__ + '.'): importlib.import_module(m.name)"
    )
    loaded = loaded_after(statement)
    assert "torch" in loaded
    assert loaded.isdisjoint({"nibabel", "pydicom", "onnxruntime", "PySide6", "vtk", "pyvista", "matplotlib"})


@pytest.mark.parametrize("path", MODULES, ids=lambda p: str(p.relative_to(ROOT)))
def test_module_says_what_it_is_and_stays_small(path: Path) -> None:
    text = path.read_text()
    if text.strip():
        assert ast.get_docstring(ast.parse(text)), "a module says in its docstring what may live in it"
    assert len(text.splitlines()) <= 400


@pytest.mark.parametrize("package", ["core", "ui", "io", "inference", "reports"])
def test_every_room_stands_on_the_page(package: str) -> None:
    """docs/architecture.md names every room; no folder without rooms holds more than a person overlooks."""
    folder = ROOT / "ankleviewer" / package
    there = {path.parent.name for path in folder.glob("*/__init__.py")}
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.split(f"| `{package}/` |")[1].split("\n\n")[0] if there else ""
    named = re.findall(r"^\| `(\w+)` \|", table, re.MULTILINE)
    assert sorted(named) == sorted(there)
    for room in (folder, *(folder / name for name in there)):
        assert len(list(room.glob("*.py"))) <= MOST_MODULES, room


@pytest.mark.skipif(sys.platform != "linux", reason="reads the threads from /proc")
def test_numpy_multiplies_in_the_thread_that_asks() -> None:
    code = (
        "import ankleviewer, os, numpy as np; a = np.ones((2000, 2000)); b = a @ a;"
        " print(len(os.listdir('/proc/self/task')), os.environ['OPENBLAS_NUM_THREADS'])"
    )
    bare = {k: v for k, v in os.environ.items() if not k.endswith("_NUM_THREADS")}
    for given, wanted in ({}, "1 1"), ({"OPENBLAS_NUM_THREADS": "2"}, "2 2"):
        run = subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, env=bare | given, capture_output=True, text=True, timeout=60, check=True
        )
        assert run.stdout.strip() == wanted


def test_matplotlib_leaves_nothing_outside_the_program_s_own_folder(tmp_path) -> None:
    (tmp_path / "file").write_text("")
    (user := tmp_path / "user").mkdir()
    code = (
        "from ankleviewer.cli import main; main(['models', 'list'])\n"
        "import matplotlib.font_manager; print(matplotlib.get_cachedir(), matplotlib.get_configdir(), sep='\\n')"
    )
    bare = {k: v for k, v in os.environ.items() if k not in {"MPLCONFIGDIR", "XDG_CACHE_HOME", "XDG_CONFIG_HOME"}}

    def folders(home: Path, **given: str) -> set[str]:
        """Where it keeps its files."""
        environment = bare | {"HOME": str(user), "ANKLEVIEWER_HOME": str(home)} | given
        line = [sys.executable, "-c", code]
        run = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=True)
        assert run.stderr == ""
        return set(run.stdout.splitlines()[-2:])

    home, own = tmp_path / "home", tmp_path / "own"
    assert folders(home) == {str(home / "matplotlib")} and list((home / "matplotlib").iterdir())
    assert not any(folder.startswith(str(user)) for folder in folders(tmp_path / "file" / "home"))  # a temporary one, and no word
    assert folders(home, MPLCONFIGDIR=str(own)) == {str(own)}
    assert list(user.iterdir()) == []
