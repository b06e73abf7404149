"""cli: the contract that scripts depend on: exit codes, what goes to stdout, names of the files written."""

from __future__ import annotations

import json
import os
import runpy
import signal
import subprocess
import sys
import zipfile
from pathlib import Path

import nibabel  # its first import probes for IPv6, which the network guard would lay at a test's door
import pytest

from ankleviewer import saving, session
from ankleviewer.cli import _window_parser, main
from ankleviewer.cli.series import HINTS
from ankleviewer.core.assessment.result import Result
from ankleviewer.core.errors import ModelError
from ankleviewer.inference.predictor import Predictor
from ankleviewer.io.nifti import write_nifti

TINY = runpy.run_path(str(Path(__file__).parent / "inference" / "conftest.py"))
phantom, phantom_ankle, write_pack = TINY["phantom"], TINY["phantom_ankle"], TINY["write_pack"]
ROOT = Path(__file__).parent.parent


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch) -> Path:
    return TINY["two_tiny_packs"](tmp_path, monkeypatch)


@pytest.fixture(scope="module")
def scans(tmp_path_factory) -> Path:
    """a.nii.gz with a crack, b.nii.gz without, bad.nii.gz that is none."""
    folder = tmp_path_factory.mktemp("scans")
    write_nifti(phantom(), None, folder / "a.nii.gz")
    write_nifti(phantom(crack=False), None, folder / "b.nii.gz")
    (folder / "bad.nii.gz").write_bytes(b"\x1f\x8b nothing")
    return folder


def test_analyze_prints_for_people_and_writes_for_programs(scans, tmp_path, capsys) -> None:
    target = tmp_path / "result.json"
    assert main(["analyze", str(scans / "a.nii.gz"), "--json", str(target)]) == 0
    out, err = capsys.readouterr()
    assert "tiny-lse, right ankle: fracture, fracture probability" in out and "box 1: centre" in out
    assert "Research use, not for diagnosis" in out and err == ""
    result = Result.from_json(json.loads(target.read_text()))
    assert result.models[0].call == "fracture" and result.scan.path == str(scans / "a.nii.gz")


def test_json_on_stdout_is_all_there_is(scans, capsys) -> None:
    assert main(["analyze", str(scans / "b.nii.gz"), "--json", "-", "--model", "tiny-gap", "--runtime", "cpu"]) == 0
    out, err = capsys.readouterr()
    record = json.loads(out)
    assert record["schema"] == "ankleviewer.result/1" and record["models"][0]["name"] == "tiny-gap"
    assert record["models"][0]["call"] == "no fracture" and record["models"][0]["boxes"] == [] and err == ""


def test_bad_scan_does_not_stop_the_rest(scans, tmp_path, capsys) -> None:
    names = [str(scans / n) for n in ("a.nii.gz", "bad.nii.gz", "b.nii.gz")]
    heat, pictures, reports = tmp_path / "heat", tmp_path / "pictures", tmp_path / "reports"
    files = ["--heatmap", str(heat), "--picture", str(pictures), "--report", str(reports)]
    code = main(["analyze", *names, "--json", "-", *files, "--model", "all"])
    record = json.loads(capsys.readouterr().out)
    assert code == 3 and record["schema"] == "ankleviewer.results/1"
    assert [r["verdict"] == "refuse" for r in record["results"]] == [False, True, False]
    assert record["results"][1]["models"] == [] and record["results"][0]["consensus"]["of"] == 2
    assert sorted(p.name for p in heat.iterdir()) == [
        "a-tiny-gap.nii.gz", "a-tiny-lse.nii.gz", "b-tiny-gap.nii.gz", "b-tiny-lse.nii.gz",
    ]  # fmt: skip
    assert sorted(p.name for p in pictures.iterdir()) == ["a.png", "b.png"]
    assert sorted(p.name for p in reports.iterdir()) == ["a.pdf", "b.pdf"]


def test_single_scan_names_files(scans, tmp_path) -> None:
    heat, png, pdf = tmp_path / "h.nii.gz", tmp_path / "p.png", tmp_path / "r.pdf"
    files = ["--heatmap", str(heat), "--picture", str(png), "--report", str(pdf)]
    assert main(["analyze", str(scans / "a.nii.gz"), *files]) == 0
    assert heat.is_file() and png.read_bytes().startswith(b"\x89PNG") and pdf.read_bytes().startswith(b"%PDF")


def test_refused_scan_is_exit_3_with_a_result(scans, tmp_path, capsys) -> None:
    for command in ("analyze", "info"):
        target = tmp_path / f"{command}.json"
        assert main([command, str(scans / "bad.nii.gz"), "--json", str(target)]) == 3
        record = json.loads(target.read_text())
        assert record["verdict"] == "refuse" and record["models"] == [] and record["findings"][0]["level"] == "refuse"
        assert "Traceback" not in capsys.readouterr().err
    assert main(["info", str(scans / "missing.nii.gz")]) == 3


def test_not_assessed_is_exit_0(scans, monkeypatch, capsys, tmp_path) -> None:
    monkeypatch.setattr(session, "ankles_in", lambda *_: (phantom_ankle(complete=False),))
    heat = tmp_path / "h.nii.gz"
    assert main(["analyze", str(scans / "a.nii.gz"), "--heatmap", str(heat)]) == 0
    out, err = capsys.readouterr()
    assert "not assessed" in out and "ANKLE_INCOMPLETE" in out and "no heat map" in err
    assert "no fracture" not in out and not heat.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["analyze"],
        ["analyze", "x", "--runtime", "quantum"],
        ["analyze", "SCAN", "--model", "resnet999"],
        ["analyze", "SCAN", "--heatmap", "x.png"],
        ["analyze", "SCAN", "--picture", "x.jpg"],
        ["analyze", "SCAN", "--report", "x.txt"],
        ["analyze", "SCAN", "--heatmap", "SCAN"],
        ["analyze", "SCAN", "--json", "no/such/folder/x.json"],
        ["info"],
        ["models"],
        ["models", "add"],
        ["models", "verify", "resnet999"],
        ["--model", "resnet999"],
        ["SCAN", "--series", "2"],
        ["--series", "1"],
        ["info", "SCAN", "--series", "1.2.3"],
        ["analyze", "SCAN", "--series", "list"],
        ["analyze", "SCAN", "SCAN", "--series", "1"],
        ["--nonsense"],
    ],
)
def test_wrong_usage_is_exit_2(scans, arguments, capsys) -> None:
    before = (scans / "a.nii.gz").read_bytes()
    assert main([str(scans / "a.nii.gz") if a == "SCAN" else a for a in arguments]) == 2
    assert capsys.readouterr().err
    assert (scans / "a.nii.gz").read_bytes() == before


def test_refused_pack_is_exit_4(scans, models, capsys) -> None:
    data = bytearray((models / "tiny-lse" / "model.onnx").read_bytes())
    data[100] ^= 1
    (models / "tiny-lse" / "model.onnx").write_bytes(data)
    assert main(["analyze", str(scans / "a.nii.gz"), "--json", "-"]) == 4
    out, err = capsys.readouterr()
    assert json.loads(out)["models"][0]["call"] == "not assessed" and "MODEL_HASH_MISMATCH" in err
    assert main(["models", "verify"]) == 4
    assert "tiny-gap 1.0.0: sound" in (out := capsys.readouterr().out) and "tiny-lse: REFUSED" in out
    assert main(["models", "add", str(models / "tiny-lse")]) == 4


def test_model_that_gives_no_number_is_exit_4(scans, monkeypatch, capsys) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ModelError("OUTPUT_NOT_FINITE", "No number.")

    monkeypatch.setattr("ankleviewer.inference.predictor.Predictor.predict", fail)
    assert main(["analyze", str(scans / "a.nii.gz"), str(scans / "b.nii.gz"), "--json", "-"]) == 4
    record = json.loads(capsys.readouterr().out)
    assert [r["models"][0]["call"] for r in record["results"]] == ["not assessed"] * 2


def test_where_no_model_answers_each_one_has_its_line(scans, monkeypatch, capsys) -> None:
    why = {"tiny-lse": ("OUTPUT_NOT_FINITE", "No number."), "tiny-gap": ("OUT_OF_MEMORY", "No room.")}

    def infer(predictor: Predictor, *_: object) -> None:
        raise ModelError(*why[predictor.pack.name])

    monkeypatch.setattr(Predictor, "infer", infer)
    assert main(["analyze", str(scans / "a.nii.gz"), "--model", "all"]) == 4
    told = [line for line in capsys.readouterr().err.splitlines() if line.startswith("ankleviewer: ")]
    assert told == ["ankleviewer: tiny-lse: No number. [OUTPUT_NOT_FINITE]", "ankleviewer: tiny-gap: No room. [OUT_OF_MEMORY]"]


def test_info_tells_geometry_and_checks(scans, capsys) -> None:
    assert main(["info", str(scans / "a.nii.gz"), "--json", "-"]) == 0
    record = json.loads(capsys.readouterr().out)
    assert record["scan"]["shape"] == [96, 100, 80] and record["scan"]["format"] == "nifti" and record["models"] == []
    hu = nibabel.load(scans / "a.nii.gz").get_fdata()
    assert record["hu_range"] == [-1024, hu.max()] and hu.min() < -1024 and Result.from_json(record).models == ()
    assert main(["info", str(scans / "a.nii.gz")]) == 0
    assert "96 × 100 × 80 voxels of 1.2 × 1.2 × 1.5 mm, LPS" in (out := capsys.readouterr().out) and "HU" in out
    assert out.endswith("Research use, not for diagnosis\n")


def test_info_needs_no_window(scans) -> None:
    code = (
        "import sys\nfrom ankleviewer.cli import main\n"
        f"code = main(['info', {str(scans / 'a.nii.gz')!r}])\n"
        "heavy = {'PySide6', 'vtk', 'vtkmodules', 'torch', 'pyvista'} & {n.split('.')[0] for n in sys.modules}\n"
        "assert not heavy, heavy\nsys.exit(code)"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0, run.stderr


def test_log_holds_codes_and_hashes_but_no_paths(scans, home) -> None:
    main(["analyze", str(scans / "a.nii.gz")])
    main(["analyze", str(scans / "bad.nii.gz")])
    main(["analyze", str(scans / "a.nii.gz"), "--model", "resnet999"])
    text = (home / "logs" / "ankleviewer.log").read_text()
    assert "tiny-lse fracture" in text and "MODEL_UNKNOWN" in text
    assert "a.nii" not in text and str(scans) not in text


def test_disk_trouble_is_exit_1(scans, tmp_path, monkeypatch, capsys) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("ankleviewer.io.atomic.write_text", full)
    assert main(["analyze", str(scans / "a.nii.gz"), "--json", str(tmp_path / "r.json")]) == 1
    told = f"{tmp_path / 'r.json'}: could not be written: No space left on device. Name another place. [FILE_NOT_WRITTEN]"
    assert capsys.readouterr().err == f"ankleviewer: {told}\n"


def test_scans_are_never_overwritten(scans, tmp_path, capsys) -> None:
    (folder := tmp_path / "d").mkdir()
    data = {name: (scans / "a.nii.gz").read_bytes() for name in ("scan.nii.gz", "scan-out.nii.gz", "s-tiny-gap.nii.gz")}
    for name, stored in data.items():
        (folder / name).write_bytes(stored)
    scan, out = str(folder / "scan.nii.gz"), str(folder / "scan-out.nii.gz")
    assert main(["analyze", str(folder), "--heatmap", scan]) == 2
    assert main(["info", str(folder), "--json", out]) == 2
    assert main(["analyze", str(folder / "s-tiny-gap.nii.gz"), "--model", "all", "--heatmap", str(folder / "s.nii.gz")]) == 2
    assert capsys.readouterr().err.count("An output would overwrite a scan: ") == 3
    assert main(["analyze", scan, out, "--heatmap", str(folder), "--json", str(folder / "r.json")]) == 0
    assert {name: (folder / name).read_bytes() for name in data} == data
    assert {f.name for f in folder.iterdir()} - data.keys() == {"scan-out-2.nii.gz", "scan-out-out.nii.gz", "r.json"}


def test_an_output_that_cannot_be_written_costs_no_other(scans, tmp_path, capsys) -> None:
    pictures, heat, target = tmp_path / "pictures", tmp_path / "heat", tmp_path / "r.json"
    (pictures / "a.png").mkdir(parents=True)
    names = [str(scans / name) for name in ("a.nii.gz", "b.nii.gz")]
    files = ["--picture", str(pictures), "--heatmap", str(heat), "--json", str(target)]
    assert main(["analyze", *names, *files]) == 1
    said = capsys.readouterr().err
    assert (
        f"{pictures / 'a.png'}: the picture could not be written: Is a directory. Name another place. [FILE_NOT_WRITTEN]" in said
        and "Traceback" not in said
    )
    assert (pictures / "b.png").is_file() and sorted(f.name for f in heat.iterdir()) == ["a.nii.gz", "b.nii.gz"]
    assert [r["models"][0]["call"] for r in json.loads(target.read_text())["results"]] == ["fracture", "no fracture"]
    assert main(["analyze", *names, str(scans / "bad.nii.gz"), *files]) == 3


def test_an_older_heat_map_is_not_taken_for_this_scan_s(scans, tmp_path, monkeypatch, capsys) -> None:
    heat = tmp_path / "h.nii.gz"
    assert main(["analyze", str(scans / "a.nii.gz"), "--heatmap", str(heat)]) == 0 and heat.exists()
    assert main(["analyze", str(scans / "missing.nii.gz"), "--heatmap", str(heat)]) == 3
    assert heat.exists() and "the file there is an older one" in capsys.readouterr().err
    monkeypatch.setattr(session, "ankles_in", lambda *_: ())
    assert main(["analyze", str(scans / "b.nii.gz"), "--heatmap", str(heat)]) == 0
    assert not heat.exists() and "the heat map of an earlier run was removed" in capsys.readouterr().err


def test_too_little_memory_is_a_sentence_and_the_next_scan_may_be_smaller(scans, monkeypatch, capsys) -> None:
    def fail(case: session.Case | list[str], *rest: object) -> session.Analysis:
        if isinstance(case, session.Case) and case.scan.path.endswith("b.nii.gz"):
            return real(case, *rest)
        raise MemoryError

    real = session.analyse
    monkeypatch.setattr(session, "analyse", fail)
    assert main(["analyze", str(scans / "a.nii.gz"), str(scans / "b.nii.gz"), "--json", "-"]) == 3
    first, second = json.loads(capsys.readouterr().out)["results"]
    assert first["verdict"] == "refuse" and first["findings"][0]["code"] == "OUT_OF_MEMORY" and second["models"]
    monkeypatch.setattr(session, "choose_packs", fail)
    assert main(["analyze", str(scans / "a.nii.gz")]) == 1
    assert capsys.readouterr().err == "ankleviewer: The work does not fit into this computer's memory. [OUT_OF_MEMORY]\n"


def test_too_little_memory_for_one_file_costs_no_other_and_no_answer(scans, tmp_path, monkeypatch, capsys) -> None:
    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(saving, "save_report", fail)
    heat, report, result = tmp_path / "h.nii.gz", tmp_path / "r.pdf", tmp_path / "r.json"
    line = ["analyze", str(scans / "b.nii.gz"), "--heatmap", str(heat), "--report", str(report), "--json", str(result)]
    assert main(line) == 1
    assert json.loads(result.read_text())["models"] and heat.exists()
    said = capsys.readouterr().err
    assert f"{report}: the report could not be written: MemoryError." in said and "h.nii.gz" not in said


@pytest.mark.skipif(os.name != "posix", reason="a POSIX shell closes the streams")
@pytest.mark.parametrize(("closed", "target"), [("2>&-", "FILE"), (">&-", "FILE"), (">&-", "-"), (">&- 2>&-", "FILE")])
def test_closed_streams_stop_no_work(scans, tmp_path, closed, target) -> None:
    file = tmp_path / "r.json"
    line = f'exec "$0" -m ankleviewer info "$1" --json "$2" {closed}'
    arguments = [sys.executable, str(scans / "a.nii.gz"), str(file) if target == "FILE" else target]
    run = subprocess.run(["sh", "-c", line, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0 and run.stderr == ""
    assert target == "-" or json.loads(file.read_text())["scan"]["format"] == "nifti"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a disk that is full")
def test_a_full_disk_silences_the_log(scans, home) -> None:
    (home / "logs").mkdir()
    (home / "logs" / "ankleviewer.log").symlink_to("/dev/full")
    line = [sys.executable, "-m", "ankleviewer", "info", str(scans / "a.nii.gz")]
    run = subprocess.run(line, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0 and run.stderr == "" and "Verdict: " in run.stdout


@pytest.mark.skipif(os.name != "posix", reason="signals of POSIX")
@pytest.mark.parametrize(("name", "ignored", "code"), [("SIGTERM", False, 143), ("SIGHUP", False, 129), ("SIGHUP", True, 0)])
def test_a_signal_leaves_nothing_unpacked(scans, tmp_path, name, ignored, code) -> None:
    (folder := tmp_path / "tmp").mkdir()
    with zipfile.ZipFile(tmp_path / "scan.zip", "w") as archive:
        archive.write(scans / "a.nii.gz", "a.nii.gz")
    before = "signal.signal(number, signal.SIG_IGN)" if ignored else "pass"
    program = f"""
import os, signal, sys
from pathlib import Path
from ankleviewer.cli import main
from ankleviewer.io import guard
number, kind_of = signal.{name}, guard.kind_of
{before}
def while_unpacked(path):
    if Path({str(folder)!r}) in path.parents:
        os.kill(os.getpid(), number)
    return kind_of(path)
guard.kind_of = while_unpacked
sys.exit(main(["info", {str(tmp_path / "scan.zip")!r}]))
"""
    environment = os.environ | {"TMPDIR": str(folder)}
    line = [sys.executable, "-c", program]
    run = subprocess.run(line, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=60, check=False)
    said = f"ankleviewer: Stopped by signal {code - 128}.\n" if code > 128 else ""
    assert run.returncode == code and run.stderr == said and list(folder.iterdir()) == []


def test_a_signal_ends_a_window_as_the_system_does(monkeypatch) -> None:
    before, seen = signal.getsignal(signal.SIGTERM), []
    monkeypatch.setattr("ankleviewer.ui.app.run", lambda *_: seen.append(signal.getsignal(signal.SIGTERM)) or 0)
    assert main(["scan.nii.gz"]) == 0 and seen == [before]


def test_window_is_the_default_command(monkeypatch) -> None:
    calls: list = []
    monkeypatch.setattr("ankleviewer.ui.app.run", lambda *arguments: calls.append(arguments) or 0)
    assert main(["scan.nii.gz", "--model", "tiny-gap", "--screenshot", "x.png"]) == 0
    assert main([]) == 0
    assert calls == [("scan.nii.gz", "tiny-gap", "x.png", "", HINTS), (None, None, None, "", HINTS)]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["analyse", "SCAN"], "`analyse` is neither a file nor a command; did you mean `analyze`?"),
        (["Model", "list"], "`Model` is neither a file nor a command; did you mean `models`?"),
        (["selftests", "--help"], "`selftests` is neither a file nor a command; did you mean `selftest`?"),
        (["open", "SCAN"], "`open` is neither a file nor a command; the commands are analyze, info, models, selftest."),
        (["--model", "all", "analyze", "SCAN"], "the command comes first: ankleviewer analyze ..."),
        (["SCAN", "SCAN"], "the window takes one PATH; not understood: "),
        (["SCAN", "--modle", "all"], "unrecognized arguments: --modle"),
        (["--foo", "missing.nii"], "unrecognized arguments: --foo"),
    ],
)
def test_a_wrong_word_is_told_and_the_usage_names_the_commands(scans, arguments, said, capsys) -> None:
    assert main([str(scans / "a.nii.gz") if a == "SCAN" else a for a in arguments]) == 2
    err = capsys.readouterr().err
    assert f"ankleviewer: error: {said}" in err and "ankleviewer {analyze,info,models,selftest} ..." in err


def test_the_usage_names_every_option_of_the_window() -> None:
    parser = _window_parser()
    options = {name for action in parser._actions for name in action.option_strings if name.startswith("--")}
    assert options and all(name in parser.format_usage() for name in options)


@pytest.mark.parametrize("path", ["analyse", "missing.nii.gz", "folder/analyse"])
def test_what_is_or_looks_like_a_file_opens_the_window(tmp_path, monkeypatch, path) -> None:
    calls: list = []
    monkeypatch.setattr("ankleviewer.ui.app.run", lambda *arguments: calls.append(arguments[0]) or 0)
    monkeypatch.chdir(tmp_path)
    (tmp_path / "analyse").write_bytes(b"")
    assert main([path]) == 0 and calls == [path]


def test_a_screenshot_never_replaces_a_scan(monkeypatch, tmp_path, capsys) -> None:
    calls: list = []
    monkeypatch.setattr("ankleviewer.ui.app.run", lambda *arguments: calls.append(arguments) or 0)
    folder = tmp_path / "series"
    folder.mkdir()
    scan, piece = tmp_path / "scan.png", folder / "slice.png"
    for file in (scan, piece):  # known by their bytes, whatever their ending
        file.write_bytes(bytes(128) + b"DICM" + bytes(400))
    nifti = tmp_path / "scan.nii"
    nifti.write_bytes(b"scan")
    for path, target, said in (
        (nifti, nifti, "ending in .png"),
        (nifti, "-", "ending in .png"),
        (scan, scan, "overwrite a scan"),
        (folder, piece, "overwrite a scan"),
        (nifti, tmp_path / "gone" / "x.png", f"folder for an output does not exist: {tmp_path / 'gone' / 'x.png'}"),
    ):
        assert main([str(path), "--screenshot", str(target)]) == 2
        assert said in capsys.readouterr().err
    assert calls == [] and not (tmp_path / "gone").exists()
    assert main([str(nifti), "--screenshot", str(tmp_path / "X.PNG")]) == 0 and len(calls) == 1


@pytest.mark.parametrize(
    ("line", "usage"),
    [
        (["analyze", "SCAN", "--nope"], "ankleviewer analyze"),
        (["models", "add", "PACK", "--nope"], "ankleviewer models add"),
        (["selftest", "--nope"], "ankleviewer selftest"),
    ],
)
def test_what_a_command_does_not_know_is_told_with_its_usage(line: list[str], usage: str, capsys) -> None:
    assert main(line) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"usage: {usage} ") and "unrecognized arguments: --nope" in said


def test_a_library_of_the_system_that_is_missing_is_named(monkeypatch, capsys) -> None:
    """PySide6 cannot be imported without libEGL, and the traceback tells nobody what to do."""

    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == "ankleviewer.ui.app":
                raise ImportError("libEGL.so.1: cannot open shared object file")

    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    monkeypatch.delitem(sys.modules, "ankleviewer.ui.app", raising=False)
    monkeypatch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
    assert main(["scan.nii.gz"]) == 1
    said = capsys.readouterr().err
    assert "WINDOW_MISSING" in said and "libEGL.so.1" in said and "packaging/system-libraries.sh" in said


def test_without_a_screen_a_sentence_instead_of_qt_s_end(monkeypatch, capsys) -> None:
    calls: list = []
    monkeypatch.setattr("ankleviewer.ui.app.run", lambda *arguments: calls.append(arguments) or 0)
    monkeypatch.setattr(sys, "platform", "linux")
    screens = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    for name in screens:
        monkeypatch.delenv(name, raising=False)
    for arguments in (["scan.nii.gz"], ["scan.nii.gz", "--screenshot", "x.png"]):
        assert main(arguments) == 1
        said = capsys.readouterr().err
        assert "no screen" in said and "ankleviewer analyze SCAN" in said and said.count("\n") == 1
    assert calls == []
    for name in screens:
        with monkeypatch.context() as patch:
            patch.setenv(name, "offscreen" if name.startswith("QT") else ":0")
            assert main([]) == 0
    monkeypatch.setattr(sys, "platform", "darwin")
    assert main([]) == 0
    assert len(calls) == 4


def test_help_and_version(capsys) -> None:
    assert main(["--version"]) == 0 and main(["--help"]) == 0 and main(["analyze", "--help"]) == 0
    out = capsys.readouterr().out
    assert "analyze" in out and "AnkleViewer 0" in out and "ZIP of a scan" in " ".join(out.split())
