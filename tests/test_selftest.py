"""selftest: says what works, fails when the models or the sample's answer are wrong, and survives a missing OpenGL."""

from __future__ import annotations

import json
import operator
import runpy
import shutil
import sys
from pathlib import Path

import nibabel.nifti1  # noqa: F401 - its first import probes for IPv6, which the network guard would lay at a test's door
import pytest

from ankleviewer import session
from ankleviewer.cli import main, selftest
from ankleviewer.cli.console import UsageError
from ankleviewer.core import paths
from ankleviewer.inference import loaded, packs
from ankleviewer.inference.engines import runtime
from ankleviewer.io.nifti import write_nifti

NOT_TRIED = {"window": "warn", "OpenGL": "warn"}
TINY = runpy.run_path(str(Path(__file__).parent / "inference" / "conftest.py"))


@pytest.fixture
def installation(tmp_path, monkeypatch) -> Path:
    """Assets with a tiny model and a sample whose crack is known; no window and no OpenGL is tried."""
    monkeypatch.setattr(packs, "SHIPPED", ("tiny",))
    monkeypatch.setattr(selftest, "_window", lambda: ("warn", "not tried"))
    monkeypatch.setattr(paths, "assets_dir", lambda: tmp_path / "assets")
    monkeypatch.setattr(session, "ankles_in", lambda *_: (TINY["phantom_ankle"](),))
    monkeypatch.setattr(selftest, "_opengl", lambda: ("warn", "not tried"))
    loaded._predictors.clear()
    TINY["write_pack"](tmp_path / "assets" / "models" / "tiny", "tiny", default=True)
    sample = tmp_path / "assets" / "sample"
    sample.mkdir()
    write_nifti(TINY["phantom"](), None, sample / "sample.nii.gz")
    write_truth(sample, [float(v) for v in TINY["CRACK_MM"]])
    return tmp_path / "assets"


def write_truth(sample: Path, centre: list[float]) -> None:
    record = {"sample": {"label": 1, "fractures": [{"center_mm": centre}]}}
    (sample / "truth.json").write_text(json.dumps(record))


def states(capsys) -> tuple[bool, dict[str, str]]:
    record = json.loads(capsys.readouterr().out)
    assert record["schema"] == "ankleviewer.selftest/1"
    return record["ok"], {c["name"]: c["state"] for c in record["checks"]}


def test_all_is_well(installation, capsys) -> None:
    assert main(["selftest", "--json", "-"]) == 0
    assert states(capsys) == (
        True,
        {"write access": "ok", "engine": "ok", "models": "ok", "locator": "warn", "sample": "ok"} | NOT_TRIED,
    )  # fmt: skip
    assert main(["selftest"]) == 0
    assert "boxed where it is" in capsys.readouterr().out


def test_a_damaged_locator_fails(installation, capsys) -> None:
    shutil.copytree(Path(__file__).parents[1] / "assets" / "locator", installation / "locator")
    assert main(["selftest", "--json", "-"]) == 0
    assert states(capsys)[1]["locator"] == "ok"
    data = bytearray((installation / "locator" / "locator.onnx").read_bytes())
    data[len(data) // 2] ^= 1
    (installation / "locator" / "locator.onnx").write_bytes(bytes(data))
    assert main(["selftest", "--json", "-"]) == 1
    assert states(capsys)[1]["locator"] == "fail"


def test_box_at_the_wrong_place_fails(installation, capsys) -> None:
    write_truth(installation / "sample", [0.0, 0.0, 0.0])
    assert main(["selftest", "--json", "-"]) == 1
    assert states(capsys)[1]["sample"] == "fail"


def test_the_hospital_s_own_default_is_not_judged_by_a_simulated_scan(installation, home, capsys) -> None:
    decision = {**TINY["DECISION"], "sens_threshold": 0.998, "spec_threshold": 0.999}
    model = TINY["gap_detector"]("lse", metadata={"decision": json.dumps(decision)})
    TINY["write_pack"](home / "models" / "own", "own", default=True, model=model, decision=decision)
    assert packs.default_pack().name == "own"
    assert main(["selftest"]) == 0
    out = capsys.readouterr().out
    assert "tiny says fracture" in out and "own 1.0.0, tiny 1.0.0" in out


def test_damaged_model_fails(installation, capsys) -> None:
    file = installation / "models" / "tiny" / "model.onnx"
    file.write_bytes(file.read_bytes() + b"x")
    assert main(["selftest", "--json", "-"]) == 1
    found = states(capsys)[1]
    assert (found["models"], found["sample"]) == ("fail", "fail") and found["engine"] == "ok"


@pytest.mark.parametrize("raised", ["SystemError('x')", "AttributeError('_ARRAY_API')", "SystemExit(1)"])
def test_an_engine_that_cannot_be_loaded_is_a_failed_row(installation, capsys, monkeypatch, tmp_path, raised: str) -> None:
    shutil.copytree(Path(__file__).parents[1] / "assets" / "locator", installation / "locator")
    (tmp_path / "onnxruntime.py").write_text(f"raise {raised}")
    monkeypatch.syspath_prepend(tmp_path)
    for name in [name for name in sys.modules if name.partition(".")[0] == "onnxruntime"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setattr(runtime, "available", lambda name: name == "cpu")
    assert main(["selftest"]) == 1
    out = capsys.readouterr().out
    assert [f"  fail  {row}: " in out for row in ("engine", "locator", "sample", "models")] == [True, True, True, False]
    assert out.count("cannot be loaded on this computer") == 3 and out.count("[ENGINE_MISSING]") == 3


def test_whatever_a_check_meets_the_others_are_made(installation, capsys, monkeypatch) -> None:
    def fails() -> str:
        raise ZeroDivisionError("of whole numbers")

    monkeypatch.setattr(selftest, "describe_engine", fails)
    assert main(["selftest", "--json", "-"]) == 1
    found = states(capsys)[1]
    assert (found["engine"], found["models"], found["sample"]) == ("fail", "ok", "ok")


def test_empty_installation_fails(installation, capsys, monkeypatch, tmp_path) -> None:
    monkeypatch.setattr(paths, "assets_dir", lambda: tmp_path / "nothing")
    assert main(["selftest", "--json", "-"]) == 1
    assert states(capsys)[1]["models"] == "fail"


def test_home_that_cannot_be_written_is_a_warning(installation, capsys, monkeypatch, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ANKLEVIEWER_HOME", str(tmp_path / "file" / "home"))
    assert main(["selftest", "--json", "-"]) == 0
    assert states(capsys)[1]["write access"] == "warn"


def test_the_program_s_own_folder_is_named(home, monkeypatch, tmp_path) -> None:
    assert selftest._write_access() == ("ok", f"{home} can be written")
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("ANKLEVIEWER_HOME", str(tmp_path / "file" / "home"))
    state, detail = selftest._write_access()
    assert state == "warn" and detail.startswith(f"settings and added models cannot be kept in {tmp_path / 'file' / 'home'}: ")


def test_a_window_is_tried_in_a_process_of_its_own(monkeypatch, capsys) -> None:
    """Without a library that it needs, or a screen behind the name of one, Qt ends the process."""
    if sys.platform.startswith("linux"):
        for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
            monkeypatch.delenv(name, raising=False)
        assert selftest._window() == ("warn", "there is no screen for a window; analyze works without one")
        monkeypatch.setenv("DISPLAY", ":93")
        state, detail = selftest._window()
        assert (state, "does not answer" in detail) == ("warn", True) and capsys.readouterr().err
        with monkeypatch.context() as broken:
            broken.setattr(selftest, "_apart", lambda _do: "")
            assert selftest._window()[0] == "fail"
    monkeypatch.setenv("QT_QPA_PLATFORM", "offscreen")
    assert selftest._window() == ("ok", "offscreen")


def test_opengl_is_tried_in_a_process_of_its_own() -> None:
    state, detail = selftest._opengl()
    assert (state, bool(detail)) == ("ok", True)


@pytest.mark.skipif(sys.platform != "linux", reason="a screen is always there")
def test_what_vtk_says_of_a_missing_screen_is_not_shown_where_it_draws_all_the_same(monkeypatch, capfd) -> None:
    monkeypatch.delenv("DISPLAY")
    state, _ = selftest._opengl()
    if state != "ok":
        pytest.skip("OpenGL needs a screen here")
    assert capfd.readouterr() == ("", "")


def test_what_the_driver_says_is_shown_where_nothing_was_drawn(monkeypatch, capsys) -> None:
    monkeypatch.setattr(selftest, "_draw", operator.attrgetter("broken_driver"))
    assert selftest._opengl()[0] == "warn"
    assert "has no attribute 'broken_driver'" in capsys.readouterr().err


def crash(_: object) -> None:
    import os

    os._exit(11)


def test_crash_of_the_driver_is_a_warning(monkeypatch) -> None:
    monkeypatch.setattr(selftest, "_draw", crash)
    assert selftest._opengl()[0] == "warn"


def test_a_json_without_a_folder_is_refused_before_the_checks(tmp_path, monkeypatch) -> None:
    def check() -> None:
        raise AssertionError("runs")

    monkeypatch.setattr(selftest, "_write_access", check)
    with pytest.raises(UsageError):
        selftest.selftest(str(tmp_path / "none" / "x.json"))


def test_what_was_found_is_printed_though_the_json_cannot_be_written(installation, capsys, monkeypatch, tmp_path) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(selftest.console, "write_json", full)
    with pytest.raises(OSError, match="No space"):
        selftest.selftest(str(tmp_path / "x.json"))
    assert "write access" in capsys.readouterr().out
