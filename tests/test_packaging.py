"""The scripts in packaging/: what they say when something is missing, and how they leave the machine."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

import pytest

PACKAGING = Path(__file__).parent.parent / "packaging"
linux_only = pytest.mark.skipif(sys.platform != "linux", reason="these scripts look at Linux libraries and Xvfb")


def bash(script: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    command = ["bash", str(script), *arguments]
    env = {**os.environ, **environment}
    return subprocess.run(command, env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL, timeout=60, check=False)


@linux_only
def test_nothing_is_said_where_nothing_is_missing() -> None:
    run = bash(PACKAGING / "system-libraries.sh", "screen", ANKLEVIEWER_NO_APT="1")
    assert (run.returncode, run.stdout, run.stderr) == (0, "", "")


@linux_only
def test_a_missing_library_is_named_with_its_package_and_the_command(tmp_path: Path) -> None:
    text = (PACKAGING / "system-libraries.sh").read_text()
    script = tmp_path / "system-libraries.sh"
    script.write_text(
        text.replace("libxcb-cursor.so.0|", "libxcb-cursor.so.77|").replace("program:Xvfb|", "program:no-such-Xvfb|")
    )

    run = bash(script, "screen", ANKLEVIEWER_NO_APT="1")
    assert run.returncode == 1
    assert "libxcb-cursor.so.77  (package libxcb-cursor0)" in run.stderr
    assert "no-such-Xvfb  (package xvfb)" in run.stderr
    assert "libEGL" not in run.stderr
    if shutil.which("dnf") is None:
        assert "sudo apt-get install libxcb-cursor0 xvfb" in run.stderr

    window_only = bash(script, ANKLEVIEWER_NO_APT="1")
    assert "no-such-Xvfb" not in window_only.stderr


@linux_only
def test_a_list_of_libraries_that_fails_does_not_end_the_search(tmp_path: Path) -> None:
    tools = tmp_path / "tools"
    tools.mkdir()
    (tools / "ldconfig").write_text("#!/bin/bash\nexit 1\n")
    (tools / "ldconfig").chmod(0o755)
    script = tmp_path / "system-libraries.sh"
    text = (PACKAGING / "system-libraries.sh").read_text()
    script.write_text(text.replace("libxcb-cursor.so.0|", "libxcb-cursor.so.77|"))
    run = bash(script, ANKLEVIEWER_NO_APT="1", PATH=f"{tools}:{os.environ['PATH']}")
    assert run.returncode == 1
    assert "libxcb-cursor.so.77  (package libxcb-cursor0)" in run.stderr


STAND_IN = """#!/bin/bash
# A Python that makes environments whose pip installs nothing but the program.
place=$(cd "$(dirname "$0")/.." && pwd)
case "$*" in
    *"-m venv"*)
        for target; do :; done
        echo "venv $*" >>"$CALLS"
        [ "$3" != --clear ] || rm -rf "$target"
        mkdir -p "$target/bin"
        touch "$target/pyvenv.cfg"
        cp "$0" "$target/bin/python"
        target=$(cd "$target" && pwd)
        printf '#!/bin/bash\nexec "%s/bin/python" -m pip "$@"\n' "$target" >"$target/bin/pip"
        chmod 755 "$target/bin/pip" ;;
    *"pip --version"*) mkdir -p "$place/lib/pip"; echo "pip 26.0 from $place/lib/pip (python 3.11)" ;;
    *"pip install"*) echo install >>"$CALLS" ;;
    --version) echo "Python 3.11.7" ;;
esac
"""


def tree_to_set_up(folder: Path) -> None:
    """A project tree with the scripts that set it up, and a Python that stands in for the real one."""
    (folder / "packaging").mkdir(parents=True)
    shutil.copy(PACKAGING / "setup.sh", folder / "packaging")
    (folder / "packaging" / "system-libraries.sh").write_text("exit 0\n")
    for name in ("Makefile", "pyproject.toml", "constraints.txt"):
        shutil.copy(PACKAGING.parent / name, folder)
    python = folder / "tools" / "python3.11"
    python.parent.mkdir()
    python.write_text(STAND_IN)
    python.chmod(0o755)


def set_up(folder: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    more = {"PYTHON": str(folder / "tools" / "python3.11"), "CALLS": str(folder / "calls"), "VENV": ".venv"} | environment
    return bash(folder / "packaging" / "setup.sh", "viewer", **more)


def wants_setup(folder: Path, **environment: str) -> bool:
    """Would `make run` set the checkout up first?"""
    more = {name: value for name, value in os.environ.items() if name not in ("VENV", "MAKEFLAGS", "MAKELEVEL")} | environment
    planned = subprocess.run(["make", "-n", "run"], cwd=folder, env=more, capture_output=True, text=True, timeout=60, check=False)
    assert planned.returncode == 0, planned.stderr
    return "packaging/setup.sh viewer" in planned.stdout


def test_an_environment_that_was_made_is_kept_and_one_that_was_moved_or_copied_is_made_anew(tmp_path: Path) -> None:
    if shutil.which("make") is None:
        pytest.skip("needs make")
    first, moved, copied = (tmp_path / name for name in ("first", "moved away", "copied"))
    tree_to_set_up(first)
    assert wants_setup(first)
    assert set_up(first).returncode == 0
    assert not wants_setup(first)
    assert set_up(first).returncode == 0
    assert (first / "calls").read_text() == "venv -m venv .venv\ninstall\ninstall\n", "the second time it was kept"

    shutil.copytree(first, copied)  # its programs would start those of the first
    first.rename(moved)  # its programs would start nothing
    for folder in (moved, copied):
        (folder / "calls").unlink()
        assert wants_setup(folder)
        assert set_up(folder).returncode == 0
        assert (folder / "calls").read_text() == "venv -m venv --clear .venv\ninstall\n"
        assert not wants_setup(folder)


def test_an_environment_of_another_kind_is_taken_as_it_is(tmp_path: Path) -> None:
    tree_to_set_up(tmp_path)
    assert set_up(tmp_path).returncode == 0
    (tmp_path / ".venv" / "pyvenv.cfg").unlink()  # as conda makes them
    assert set_up(tmp_path).returncode == 0
    assert (tmp_path / "calls").read_text() == "venv -m venv .venv\ninstall\ninstall\n"


def test_a_folder_that_is_no_environment_is_left_as_it_is(tmp_path: Path) -> None:
    tree_to_set_up(tmp_path / "tree")
    precious = tmp_path / "my data"
    precious.mkdir()
    (precious / "thesis.txt").write_text("years")
    for name in (precious, precious / "thesis.txt"):
        run = set_up(tmp_path / "tree", VENV=str(name))
        assert run.returncode == 1
        assert f"{name} is there, and is no environment of Python's" in run.stderr
    assert (precious / "thesis.txt").read_text() == "years"
    assert not (tmp_path / "tree" / "calls").exists()
    (tmp_path / "empty one").mkdir()
    assert set_up(tmp_path / "tree", VENV=str(tmp_path / "empty one")).returncode == 0


def test_make_refuses_an_environment_whose_path_holds_a_space(tmp_path: Path) -> None:
    if shutil.which("make") is None:
        pytest.skip("needs make")
    tree_to_set_up(tmp_path / "tree")
    run = subprocess.run(
        ["make", "-n", "run", "VENV=my env"], cwd=tmp_path / "tree", capture_output=True, text=True, timeout=60, check=False
    )
    assert run.returncode == 2
    assert "VENV must name one folder without a space" in run.stderr


def tree_with_program(folder: Path, status: int) -> Path:
    """A project tree whose installed program notes how it was called."""
    (folder / "packaging").mkdir()
    (folder / "assets" / "sample").mkdir(parents=True)
    (folder / "bin").mkdir()
    shutil.copy(PACKAGING / "run.sh", folder / "packaging")
    program = folder / "bin" / "ankleviewer"
    program.write_text(f'#!/bin/bash\necho "$* on ${{DISPLAY:-none}}" >> "{folder}/calls"\nexit {status}\n')
    program.chmod(0o755)
    return folder / "packaging" / "run.sh"


@linux_only
def test_run_without_a_screen_takes_the_picture_and_says_where_it_lies(tmp_path: Path) -> None:
    script = tree_with_program(tmp_path, status=0)
    (tmp_path / "assets" / "sample" / "one.nii.gz").touch()
    run = bash(script, VENV=str(tmp_path), DISPLAY="", WAYLAND_DISPLAY="")
    assert run.returncode == 0, run.stderr
    window, analysis = (tmp_path / "calls").read_text().splitlines()
    assert window.startswith("assets/sample/one.nii.gz --screenshot out/sample.png on :")
    assert analysis.startswith("analyze assets/sample/one.nii.gz --json out/sample.json on :")
    assert f"{tmp_path}/out/sample.png" in run.stdout
    assert f"{tmp_path}/out/sample.json" in run.stdout


@linux_only
def test_run_passes_a_failure_on(tmp_path: Path) -> None:
    script = tree_with_program(tmp_path, status=4)
    (tmp_path / "assets" / "sample" / "one.nii.gz").touch()
    run = bash(script, VENV=str(tmp_path), DISPLAY="", WAYLAND_DISPLAY="")
    assert run.returncode == 4
    assert "Picture" not in run.stdout


@linux_only
def test_run_whose_screen_has_gone_since_the_setup_says_what_is_missing(tmp_path: Path) -> None:
    script = tree_with_program(tmp_path, status=0)
    (tmp_path / "assets" / "sample" / "one.nii.gz").touch()
    (script.parent / "system-libraries.sh").write_text('echo "missing: $1" >&2; exit 1\n')
    tools = tmp_path / "tools"
    tools.mkdir()
    for name in ("bash", "dirname", "uname", "mktemp", "rm", "seq", "sleep", "cat", "mkdir"):
        (tools / name).symlink_to(shutil.which(name) or "")
    run = bash(script, VENV=str(tmp_path), DISPLAY="", WAYLAND_DISPLAY="", PATH=str(tools))
    assert run.returncode == 1 and "missing: screen" in run.stderr and not (tmp_path / "calls").exists()


def test_run_on_a_screen_opens_the_window(tmp_path: Path) -> None:
    script = tree_with_program(tmp_path, status=0)
    (tmp_path / "assets" / "sample" / "one.nii.gz").touch()
    run = bash(script, VENV=str(tmp_path), DISPLAY=":7")
    assert run.returncode == 0, run.stderr
    assert (tmp_path / "calls").read_text() == "assets/sample/one.nii.gz on :7\n"


def test_run_without_a_sample_says_so(tmp_path: Path) -> None:
    run = bash(tree_with_program(tmp_path, status=0), VENV=str(tmp_path))
    assert run.returncode == 1
    assert "assets/sample holds no scan" in run.stderr


def load_verify() -> ModuleType:
    spec = importlib.util.spec_from_file_location("verify", PACKAGING / "verify.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["verify"] = module
    spec.loader.exec_module(module)
    return module


REPORT = """<testsuites><testsuite>
<testcase classname="tests.io.test_fuzz" name="test_mutants" time="41.2">
  <properties><property name="mutants" value="1000000"/></properties></testcase>
<testcase classname="tests.test_soak" name="test_memory" time="3"><failure message="grew">grew</failure></testcase>
<testcase classname="tests.test_gpu" name="test_memory" time="0"><skipped message="needs a CUDA device"/></testcase>
</testsuite></testsuites>"""


def test_verification_page_tells_outcome_and_figures(tmp_path: Path) -> None:
    verify = load_verify()
    (tmp_path / "report.xml").write_text(REPORT)
    text = verify.page(verify.read(tmp_path / "report.xml"), "abc123", datetime(2026, 2, 3, 4, 5, tzinfo=UTC))
    assert "- Date: 2026-02-03 04:05 UTC\n- Commit: abc123\n" in text
    assert "| io.test_fuzz: mutants | passed | 41 | mutants: 1000000 |" in text
    assert "| test_soak: memory | **failed** | 3 |  |" in text
    assert "| test_gpu: memory | skipped: needs a CUDA device | 0 |  |" in text
    assert all(f"{name} " in text for name in verify.RELEASES)
