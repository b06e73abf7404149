"""cli: outputs that fail, runs that are stopped, words that are empty."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from ankleviewer.cli import analyze, main
from ankleviewer.io.nifti import write_nifti

TINY = runpy.run_path(str(Path(__file__).parent / "inference" / "conftest.py"))
ROOT = Path(__file__).parent.parent
HEAD_OF_MODELS = "import sys; from ankleviewer.cli import main; sys.exit(main(['models', 'list']))"
full = pytest.mark.skipif(not os.path.exists("/dev/full"), reason="needs /dev/full")  # noqa: PTH110


@pytest.fixture(autouse=True)
def models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    return TINY["two_tiny_packs"](tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def scan(tmp_path_factory: pytest.TempPathFactory) -> str:
    file = tmp_path_factory.mktemp("scans") / "a.nii.gz"
    write_nifti(TINY["phantom"](), None, file)
    return str(file)


@pytest.mark.parametrize(
    "command",
    [["analyze", ""], ["analyze", "SCAN", "--json", ""], ["analyze", "SCAN", "--model", ""], ["info", ""], ["models", "add", ""]],
)
def test_an_empty_word_is_not_the_current_folder(
    command: list[str], scan: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main([scan if word == "SCAN" else word for word in command]) == 2
    out, err = capsys.readouterr()
    assert out == "" and "An empty" in err and "[USAGE]" in err


def test_a_json_of_a_run_that_was_stopped_says_so(
    scan: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real, target, asked = analyze._one, tmp_path / "r.json", []

    def one(path: str, *rest: Any) -> Any:
        asked.append(path)
        if len(asked) in stop_at:
            raise SystemExit(143)
        return real(path, *rest)

    monkeypatch.setattr(analyze, "_one", one)
    stop_at = {2}
    with pytest.raises(SystemExit):
        main(["analyze", scan, "nowhere.nii", "--json", str(target)])
    record = json.loads(target.read_text())
    assert (record["complete"], record["asked"], len(record["results"])) == (False, 2, 1)
    assert capsys.readouterr().err.endswith("Stopped by signal 15.\n")
    asked.clear()
    stop_at = {1}
    with pytest.raises(SystemExit):
        main(["analyze", scan, "--json", str(target)])
    assert json.loads(target.read_text()) == record and f"{target}: " in capsys.readouterr().err
    asked.clear()
    stop_at = set()
    assert main(["analyze", scan, "nowhere.nii", "--json", str(target)]) == 3
    assert set(json.loads(target.read_text())) == {"schema", "results"}


def test_an_output_that_cannot_be_written_is_named(
    scan: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def write_text(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ankleviewer.io.atomic.write_text", write_text)
    assert main(["info", scan, "--json", str(tmp_path / "r.json")]) == 1
    assert f"{tmp_path / 'r.json'}: could not be written: No space left on device" in capsys.readouterr().err
    if os.path.exists("/proc/self"):  # noqa: PTH110
        assert main(["analyze", scan, "nowhere.nii", "--report", "/proc/self/new"]) == 1
        assert "/proc/self/new: could not be written" in (err := capsys.readouterr().err) and "[FILE_NOT_WRITTEN]" in err


@full
def test_standard_output_that_fails_costs_no_file(scan: str, tmp_path: Path) -> None:
    target = tmp_path / "r.json"
    program = "import sys; from ankleviewer.cli import main; sys.exit(main(sys.argv[1:]))"
    with open("/dev/full", "w") as out:
        done = subprocess.run(
            [sys.executable, "-c", program, "analyze", scan, "nowhere.nii", "--json", str(target)],
            cwd=ROOT, stdout=out, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert done.returncode == 3 and done.stderr.count("Standard output cannot be written") == 1
    assert len(json.loads(target.read_text())["results"]) == 2
    with open("/dev/full", "w") as out:
        done = subprocess.run(
            [sys.executable, "-c", program, "info", scan], cwd=ROOT, stdout=out, stderr=subprocess.PIPE, text=True, check=False
        )
    assert done.returncode == 1


def test_a_pipe_that_has_read_enough_is_no_failure_to_tell_of() -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HEAD_OF_MODELS], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None and program.stderr is not None
        program.stdout.close()
        assert program.stderr.read() == ""
        assert program.wait(60) in (0, 1)
