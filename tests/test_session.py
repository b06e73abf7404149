"""session: from a file to a result without a window; what may not be assessed is not run and never looks like "no fracture"."""

from __future__ import annotations

import json
import math
import runpy
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest

from ankleviewer import session
from ankleviewer.core.assessment.result import Consensus, Result
from ankleviewer.core.errors import Cancelled, ModelError, ScanError
from ankleviewer.core.findings import Finding
from ankleviewer.inference import loaded
from ankleviewer.inference.engines.runtime import Engine
from ankleviewer.inference.packs import read_pack
from ankleviewer.inference.predictor import Predictor
from ankleviewer.io import reviews
from ankleviewer.io.nifti import write_nifti

TINY = runpy.run_path(str(Path(__file__).parent / "inference" / "conftest.py"))
phantom, phantom_ankle, write_pack = TINY["phantom"], TINY["phantom_ankle"], TINY["write_pack"]


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch) -> Path:
    return TINY["two_tiny_packs"](tmp_path, monkeypatch)


@pytest.fixture
def scan(tmp_path) -> Path:
    path = tmp_path / "scan.nii.gz"
    write_nifti(phantom(), None, path)
    return path


def test_file_to_result(scan) -> None:
    steps: list[tuple[float, str]] = []
    case = session.open_case(scan, lambda share, what: steps.append((share, what)))
    assert case.verdict == "accept" or {f.code for f in case.findings if f.level == "caveat"} <= {"HU_NO_AIR"}
    analysis = session.analyse(case, progress=lambda share, what: steps.append((1 + share, what)))
    result = analysis.result
    (answer,) = result.models
    assert (answer.name, answer.call, answer.ankle, result.consensus) == ("tiny-lse", "fracture", 0, None)
    assert all(a <= c <= b for a, c, b in zip(answer.boxes[0].min_mm, TINY["CRACK_MM"], answer.boxes[0].max_mm, strict=True))
    assert result.scan.sha256 == case.scan.sha256 and result.scan.shape == (96, 100, 80)
    assert [place.share for place in answer.looked] == [box.score for box in answer.boxes]
    assert result.scan.spacing_mm == (1.2, 1.2, 1.5) and result.ankles[0].side == "R"
    assert {"read", "check", "tiny-lse"} <= set(result.timings_s) and result.software["version"]
    assert set(analysis.heatmaps) == {("tiny-lse", 0)}
    shares = [share for share, _ in steps if not math.isnan(share)]
    assert shares == sorted(shares) and shares[-1] == 2.0
    assert Result.from_json(json.loads(json.dumps(result.to_json()))) == result


def test_shares_of_several_models_come_from_what_each_took(scan, monkeypatch) -> None:
    monkeypatch.setattr(loaded, "_predictors", type(loaded._predictors)())
    case, told = session.open_case(scan), []
    session.analyse(case, ["all"], progress=lambda share, what: told.append((share, what)))
    assert all(math.isnan(share) for share, what in told if what != "Done"), "nobody knows yet"
    took = [loaded.seconds_of(pack, "auto") for pack in session.choose_packs(["all"])]
    told.clear()
    session.analyse(case, ["all"], progress=lambda share, what: told.append((share, what)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares) and shares[0] == pytest.approx(0.0, abs=0.01) and shares[-1] == 1.0
    second = [share for share, what in told if what == "Preparing the scan"][1]
    assert second == pytest.approx(took[0] / sum(took), abs=0.01)


def test_same_scan_same_result(scan) -> None:
    records = []
    for _ in range(2):
        record = session.analyse(session.open_case(scan), ["all"]).result.to_json()
        del record["timings_s"]
        for model in record["models"]:
            del model["runtime"]["seconds"]
        records.append(json.dumps(record))
    assert records[0] == records[1]


def test_several_models_and_their_consensus(scan) -> None:
    result = session.analyse(session.open_case(scan), ["all"]).result
    assert [m.name for m in result.models] == ["tiny-lse", "tiny-gap"]
    assert result.consensus == Consensus("fracture", 2, 2)
    again = session.analyse(session.open_case(scan), ["tiny-gap", "tiny-gap"]).result
    assert [m.name for m in again.models] == ["tiny-gap"] and again.consensus is None


def test_a_model_gives_its_memory_back_before_the_next_one_runs(scan, monkeypatch) -> None:
    """Two shipped models on 512 x 512 x 1000 voxels took 3.0 GB, of which 0.9 were what the first kept for its next run."""
    monkeypatch.setattr(session, "ankles_in", lambda *_: (phantom_ankle("R"), phantom_ankle("L")))
    happened: list[str] = []
    run, rest = Engine.run, Engine.rest
    monkeypatch.setattr(Engine, "run", lambda *arguments: happened.append("run") or run(*arguments))
    monkeypatch.setattr(Engine, "rest", lambda engine: happened.append("rest") or rest(engine))
    both = session.analyse(session.open_case(scan), ["all"]).result
    assert [(m.name, m.ankle) for m in both.models] == [(name, n) for name in ("tiny-lse", "tiny-gap") for n in (0, 1)]
    assert happened == ["run", "run", "rest", "run", "run"], "once, and what runs last keeps what it has for the next scan"
    happened.clear()
    session.analyse(session.open_case(scan))
    assert happened == ["run", "run"]
    cut_off = replace(phantom_ankle("L"), complete=False)
    monkeypatch.setattr(session, "ankles_in", lambda *_: (phantom_ankle("R"), cut_off))
    happened.clear()
    session.analyse(session.open_case(scan), ["all"])
    assert happened == ["run", "rest", "run"], "also where its last ankle was not assessed"


def test_each_model_is_told_of_by_the_pack_that_answered(scan, tmp_path) -> None:
    case = session.open_case(scan)
    mine = TINY["DECISION"] | {"spec_threshold": 0.97}
    bare = TINY["gap_detector"]("lse", metadata={"decision": json.dumps(mine)})
    paths = [
        write_pack(tmp_path / "mine" / name, name, model=bare, title=name.title(), decision=mine) for name in ("tiny-lse", "copy")
    ]
    analysis = session.analyse(case, list(map(str, paths)))
    assert len({a.sha256 for a in analysis.result.models}) == 1  # the same weights
    assert {name: facts.title for name, facts in analysis.facts.items()} == {"tiny-lse": "Tiny-Lse", "copy": "Copy"}
    assert analysis.facts["copy"].decision.spec_threshold == 0.97
    assert session.analyse(case, ["tiny-lse"]).facts["tiny-lse"].decision.spec_threshold != 0.97  # the installed one of that name


def test_a_model_that_is_replaced_meanwhile_is_told_of_by_its_new_pack(scan, tmp_path, monkeypatch) -> None:
    case, folder = session.open_case(scan), tmp_path / "mine" / "swapped"
    read = read_pack(write_pack(folder, "swapped", title="Old"))
    mine = TINY["DECISION"] | {"spec_threshold": 0.97}
    write_pack(
        folder, "swapped", model=TINY["gap_detector"]("lse", metadata={"decision": json.dumps(mine)}), title="New", decision=mine
    )
    monkeypatch.setattr(session, "choose_packs", lambda models: (read,))
    analysis = session.analyse(case, ["swapped"])
    assert (analysis.facts["swapped"].title, analysis.facts["swapped"].decision.spec_threshold) == ("New", 0.97)


def test_withheld_is_not_assessed(scan, monkeypatch) -> None:
    monkeypatch.setattr(session, "check_volume", lambda *_: [Finding("withhold", "HU_OFFSET_SUSPECT", "Off by 1024.")])
    monkeypatch.setattr(session, "predictor_of", lambda *_: pytest.fail("the model may not run"))
    case = session.open_case(scan)
    analysis = session.analyse(case)
    (answer,) = analysis.result.models
    assert case.verdict == "caveat"
    assert (answer.call, answer.probability, answer.boxes, answer.runtime.provider) == ("not assessed", None, (), None)
    assert analysis.heatmaps == {}


def test_no_ankle_is_not_assessed(scan, monkeypatch) -> None:
    monkeypatch.setattr(session, "ankles_in", lambda *_: ())
    result = session.analyse(session.open_case(scan), ["all"]).result
    assert "NOT_AN_ANKLE" in {f.code for f in result.findings}
    assert [(m.call, m.ankle) for m in result.models] == [("not assessed", None)] * 2
    assert result.consensus == Consensus("not assessed", 0, 0)


def test_incomplete_ankle_beside_a_complete_one(scan, monkeypatch) -> None:
    monkeypatch.setattr(session, "ankles_in", lambda *_: (phantom_ankle("R", complete=False), phantom_ankle("L")))
    result = session.analyse(session.open_case(scan)).result
    assert "ANKLE_INCOMPLETE" in {f.code for f in result.findings}
    assert [(m.call, m.ankle) for m in result.models] == [("not assessed", 0), ("fracture", 1)]


def test_an_ankle_does_not_answer_for_the_other(scan, monkeypatch) -> None:
    broken = phantom_ankle("L")
    x, y, z = broken.center_mm
    monkeypatch.setattr(session, "ankles_in", lambda *_: (replace(phantom_ankle("R"), center_mm=(x - 58.0, y, z)), broken))
    result = session.analyse(session.open_case(scan)).result
    assert [m.call for m in result.models] == ["no fracture", "fracture"] and result.models[0].boxes == ()


def test_refused_by_its_checks_has_no_model_entries(scan, monkeypatch) -> None:
    monkeypatch.setattr(session, "check_volume", lambda *_: [Finding("refuse", "HU_IMPLAUSIBLE", "No CT.")])
    case = session.open_case(scan)
    assert case.verdict == "refuse" and case.ankles == ()
    result = session.analyse(case).result
    assert result.models == () and result.verdict == "refuse"


def test_unreadable_scan(tmp_path) -> None:
    (tmp_path / "x.nii.gz").write_bytes(b"nothing")
    with pytest.raises(ScanError) as error:
        session.open_case(tmp_path / "x.nii.gz")
    result = session.refused(tmp_path / "x.nii.gz", error.value)
    assert result.verdict == "refuse" and result.models == () and result.findings[0].code == error.value.code


def test_failed_model_is_not_assessed(scan) -> None:
    case = session.open_case(scan)
    result = session.failed(case, ["tiny-gap"], ModelError("OUTPUT_NOT_FINITE", "No number."))
    assert [m.call for m in result.models] == ["not assessed"] and result.verdict == "caveat"
    assert ("withhold", "OUTPUT_NOT_FINITE") in {(f.level, f.code) for f in result.findings}


def test_fallback_is_told(scan, monkeypatch) -> None:
    monkeypatch.setattr("ankleviewer.inference.engines.runtime.available", lambda _: False)
    result = session.analyse(session.open_case(scan), runtime="openvino").result
    assert [f.level for f in result.findings if f.code == "RUNTIME_FALLBACK"] == ["info"]
    assert result.models[0].runtime.provider == "CPUExecutionProvider"


def test_choosing_packs(models, tmp_path) -> None:
    assert [p.name for p in session.choose_packs()] == ["tiny-lse"]
    assert [p.name for p in session.choose_packs([str(models / "tiny-gap")])] == ["tiny-gap"]
    with pytest.raises(ModelError, match="MODEL_UNKNOWN"):
        session.choose_packs(["resnet999"])
    summaries = session.list_models()
    assert [(s.name, s.default) for s in summaries] == [("tiny-lse", True), ("tiny-gap", False)]


def test_changed_pack_is_not_served_from_memory(scan, models) -> None:
    case = session.open_case(scan)
    assert session.analyse(case, ["tiny-gap"]).result.models[0].call == "fracture"
    decision = {**TINY["DECISION"], "sens_threshold": 1.0, "spec_threshold": 1.0, "temperature": 5.0}
    model = TINY["gap_detector"]("gap", metadata={"decision": json.dumps(decision)})
    write_pack(models / "tiny-gap", "tiny-gap", "gap", model=model, decision=decision)
    assert session.analyse(case, ["tiny-gap"]).result.models[0].call == "no fracture"
    write_pack(models / "tiny-gap", "tiny-gap", "gap", model=model)  # other thresholds than the model file states
    with pytest.raises(ModelError, match="MODEL_SPEC_MISMATCH"):
        session.analyse(case, ["tiny-gap"])


def test_a_refused_pack_is_told_beside_the_answers_of_the_others(scan, models, home) -> None:
    case = session.open_case(scan)
    damaged = write_pack(home / "models" / "mine", "mine") / "manifest.json"
    damaged.write_bytes(damaged.read_bytes()[:100])
    for chosen in (["all"], [], ["tiny-lse", "tiny-gap"]):
        result = session.analyse(case, chosen).result
        assert {m.call for m in result.models} == {"fracture"} and result.verdict == "caveat"
        (told,) = [f for f in result.findings if f.code == "MODEL_MANIFEST_INVALID"]
        assert told.level == "caveat" and told.message.startswith("The model pack mine was left out.")
    result = session.analyse(case, ["tiny-lse"]).result
    assert "MODEL_MANIFEST_INVALID" not in {f.code for f in result.findings} and result.verdict == case.verdict
    for pack in ("tiny-lse", "tiny-gap"):
        (models / pack / "manifest.json").write_text("{")
    for chosen in (["all"], []):
        with pytest.raises(ModelError, match="MODEL_MANIFEST_INVALID"):
            session.analyse(case, chosen)


def test_an_ankle_on_which_a_model_fails_costs_no_other_answer(scan, monkeypatch) -> None:
    monkeypatch.setattr(session, "ankles_in", lambda *_: (phantom_ankle("R"), phantom_ankle("L")))
    case, real, fails = session.open_case(scan), Predictor.infer, {("tiny-lse", 1)}

    def infer(predictor: Predictor, *rest: object) -> object:
        asked[predictor.pack.name] += 1
        if (predictor.pack.name, asked[predictor.pack.name] - 1) in fails:
            raise error
        return real(predictor, *rest)

    monkeypatch.setattr(Predictor, "infer", infer)
    asked, error = Counter(), ModelError("OUTPUT_NOT_FINITE", "No number.")
    analysis = session.analyse(case, ["all"], "cpu")
    calls = [(m.name, m.ankle, m.call) for m in analysis.result.models]
    assert calls[:2] == [("tiny-lse", 0, "fracture"), ("tiny-lse", 1, "not assessed")]
    assert calls[2:] == [("tiny-gap", 0, "fracture"), ("tiny-gap", 1, "fracture")]
    assert set(analysis.heatmaps) == {(name, ankle) for name, ankle, call in calls if call == "fracture"}
    (told,) = [f for f in analysis.result.findings if f.code == "OUTPUT_NOT_FINITE"]
    assert (told.level, told.message) == ("caveat", "Model tiny-lse did not assess every ankle. No number.")
    assert analysis.result.verdict == "caveat" and analysis.result.consensus == Consensus("fracture", 2, 2)
    assert {name: e.code for name, e in analysis.errors.items()} == {"tiny-lse": "OUTPUT_NOT_FINITE"}
    for alone in ({("tiny-lse", 0), ("tiny-lse", 1)}, {(name, n) for name in ("tiny-lse", "tiny-gap") for n in (0, 1)}):
        asked, fails = Counter(), alone
        if len(alone) == 4:  # nothing answered
            with pytest.raises(ModelError, match="OUTPUT_NOT_FINITE"):
                session.analyse(case, ["all"], "cpu")
            continue
        result = session.analyse(case, ["all"], "cpu").result
        assert [m.call for m in result.models] == ["not assessed"] * 2 + ["fracture"] * 2
        assert [f.message for f in result.findings if f.code == error.code] == [
            "The model pack tiny-lse was left out. No number."
        ]
        assert result.consensus == Consensus("fracture", 1, 1)
    asked, fails, error = Counter(), {("tiny-lse", 1)}, Cancelled()
    with pytest.raises(Cancelled):
        session.analyse(case, ["all"], "cpu")


def test_a_model_for_which_the_memory_is_too_little_costs_no_other_answer(scan, monkeypatch) -> None:
    """Preparing and explaining take it where no engine turns it into words."""
    case, real = session.open_case(scan), Predictor.prepare

    def prepare(predictor: Predictor, *rest: object) -> object:
        if predictor.pack.name == "tiny-gap":
            raise MemoryError
        return real(predictor, *rest)

    monkeypatch.setattr(Predictor, "prepare", prepare)
    analysis = session.analyse(case, ["all"], "cpu")
    assert {m.name: m.call for m in analysis.result.models} == {"tiny-lse": "fracture", "tiny-gap": "not assessed"}
    assert analysis.errors["tiny-gap"].code == "OUT_OF_MEMORY" and analysis.result.verdict == "caveat"


def test_where_no_model_answers_every_one_says_why(scan, models, home, monkeypatch) -> None:
    why = {"tiny-lse": ModelError("OUTPUT_NOT_FINITE", "No number."), "tiny-gap": ModelError("OUT_OF_MEMORY", "No room.")}

    def infer(predictor: Predictor, *_: object) -> object:
        raise why[predictor.pack.name]

    monkeypatch.setattr(Predictor, "infer", infer)
    case = session.open_case(scan)
    damaged = write_pack(home / "models" / "mine", "mine") / "manifest.json"
    damaged.write_bytes(damaged.read_bytes()[:100])
    with pytest.raises(ModelError, match="OUTPUT_NOT_FINITE") as raised:
        session.analyse(case, ["all"], "cpu")
    result = session.failed(case, ["all"], raised.value)
    told = result.findings[len(case.findings) :]
    assert [(f.level, f.code) for f in told] == [
        ("withhold", "OUTPUT_NOT_FINITE"),
        ("withhold", "OUT_OF_MEMORY"),
        ("withhold", "MODEL_MANIFEST_INVALID"),
    ]
    assert [f.message for f in told][:2] == ["tiny-lse: No number.", "tiny-gap: No room."]
    assert told[2].message.startswith("The model pack mine was left out. ")
    assert raised.value.message == " ".join(f.message for f in told), "what the command line says of it"
    assert [(m.name, m.call) for m in result.models] == [("tiny-lse", "not assessed"), ("tiny-gap", "not assessed")]
    with pytest.raises(ModelError) as alone:
        session.analyse(case, ["tiny-gap"], "cpu")
    assert str(alone.value) == "OUT_OF_MEMORY: No room.", "a model alone needs no name"


def test_cancel_anywhere(scan) -> None:
    with pytest.raises(Cancelled):
        session.open_case(scan, cancelled=lambda: True)
    case = session.open_case(scan)
    with pytest.raises(Cancelled):
        session.analyse(case, cancelled=lambda: True)


def test_side_from_the_tag_only_where_the_bones_do_not_tell() -> None:
    assert session._with_side((phantom_ankle("unknown"),), "L")[0].side == "L"
    assert session._with_side((phantom_ankle("R"),), "L")[0].side == "R"
    assert session._with_side((phantom_ankle("unknown"),), "")[0].side == "unknown"


def test_a_review_is_found_again_wherever_the_scan_lies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scan: Path) -> None:
    monkeypatch.setenv("ANKLEVIEWER_HOME", str(tmp_path / "home"))
    reviews.add(session.open_case(scan).scan.sha256, {"step": 1})
    moved = tmp_path / f"moved-{scan.name}"
    moved.write_bytes(scan.read_bytes())
    (record,), _ = reviews.read(session.open_case(moved).scan.sha256)
    (file,) = (tmp_path / "home" / "reviews").iterdir()
    assert record["step"] == 1 and scan.name not in file.name + file.read_text()
