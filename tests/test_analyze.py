"""What `analyze` and `info` leave where they are ended early, and what programs read from their standard output."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ankleviewer import session
from ankleviewer.cli import analyze, main
from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.assessment.result import AnkleInfo, Consensus, ModelAnswer, Result, Runtime, ScanInfo
from ankleviewer.core.errors import ScanError

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize(("stop", "code"), [(KeyboardInterrupt(), 1), (SystemExit(143), 143)])
def test_the_json_of_a_stopped_batch_holds_what_was_done(tmp_path, monkeypatch, capsys, stop, code) -> None:
    def one(path: str, *_rest: object) -> tuple[object, int, tuple[()]]:
        if path == "c":
            raise stop
        return session.refused(path, ScanError("FILE_NOT_FOUND", "There is no such file.")), 3, ()

    monkeypatch.setattr(session, "choose_packs", lambda _: ())
    monkeypatch.setattr(analyze, "_one", one)
    target = tmp_path / "all.json"
    try:
        ended = main(["analyze", "a", "b", "c", "d", "--json", str(target)])
    except SystemExit as end:
        ended = end.code
    assert ended == code
    assert [r["scan"]["path"] for r in json.loads(target.read_text())["results"]] == ["a", "b"]
    assert "The JSON holds 2 of 4 scans." in capsys.readouterr().err


def test_nothing_done_is_no_json(tmp_path, monkeypatch) -> None:
    def one(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(session, "choose_packs", lambda _: ())
    monkeypatch.setattr(analyze, "_one", one)
    assert main(["analyze", "a", "b", "--json", str(tmp_path / "all.json")]) == 1
    assert not any(tmp_path.iterdir())


@pytest.mark.skipif(sys.platform != "linux", reason="names of files that are no UTF-8")
@pytest.mark.parametrize("encoding", ["cp1252", "ascii", "utf-8"])
def test_json_on_stdout_is_utf_8_and_the_same_as_in_a_file(tmp_path, encoding: str) -> None:
    scan = os.fsencode(tmp_path) + b"/\xe4\xb8\xad \xc3\xa4 \xff.nii.gz"
    command = [sys.executable, "-m", "ankleviewer", "info", scan, "--json"]
    environment = {**os.environ, "PYTHONIOENCODING": encoding}
    shown, kept = (
        subprocess.run([*command, target], cwd=ROOT, env=environment, capture_output=True, timeout=60, check=False)
        for target in ("-", str(tmp_path / "x.json"))
    )
    assert shown.returncode == kept.returncode == 3
    record = json.loads(shown.stdout.decode("utf-8"))
    assert record == json.loads((tmp_path / "x.json").read_text("utf-8"))
    assert os.fsencode(record["scan"]["path"]) == scan


@pytest.mark.parametrize(
    ("together", "said"),
    [
        (Consensus("not assessed", 0, 0), "Together: nothing, no released model assessed every ankle of this scan"),
        (Consensus("fracture", 1, 1), "Together: fracture; one released model counted"),
        (Consensus("no fracture", 2, 3), "Together: no fracture, say 2 of 3 released models"),
        (Consensus("uncertain", 2, 3), "Together: uncertain, say 2 of 3 released models"),
        (Consensus("uncertain", 1, 2), "Together: uncertain; the 2 released models do not agree"),
        (None, None),
    ],
)
def test_agreement_says_which_models_were_counted(together: Consensus | None, said: str | None) -> None:
    lines = analyze.text(Result(ScanInfo("a.nii"), "accept", (), consensus=together)).splitlines()
    assert [line.strip() for line in lines if "Together" in line] == ([said] if said else [])


def test_two_ankles_of_unknown_side_are_told_apart() -> None:
    ankles = tuple(AnkleInfo("unknown", (0.0, y, 0.0), (50.0, y + 50.0, 50.0)) for y in (0.0, 90.0))
    runtime = Runtime("CPU", 0.1)
    answers = tuple(ModelAnswer("m", "1", "s", "released", n, 0.05, "no fracture", (), runtime) for n in (0, 1))
    lines = [line.strip() for line in analyze.text(Result(ScanInfo("a.nii"), "accept", (), ankles, answers)).splitlines()]
    for word in ("front", "back"):
        name = f"ankle of unknown side, towards the patient's {word}"
        assert f"Found: {name}" in lines and f"m, {name}: no fracture, fracture probability 0.05 (CPU)" in lines


def test_a_probability_is_not_written_like_a_threshold_of_its_model() -> None:
    answer = ModelAnswer("m", "1", "s", "released", None, 0.1987, "no fracture", (), Runtime("CPU", 0.1))
    result, decision = Result(ScanInfo("a.nii"), "accept", (), (), (answer,)), Decision(1.0, 0.0, 0.2, 0.8, 8.0, 0.5)
    assert "probability 0.199 (" in analyze.text(result, {"m": decision}) and "probability 0.20 (" in analyze.text(result)
