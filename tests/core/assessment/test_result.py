"""result: the JSON schema key by key, the round trip, and the consensus of several models."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ankleviewer.core.assessment.result import (
    AnkleInfo,
    Box,
    Consensus,
    Looked,
    ModelAnswer,
    Result,
    Runtime,
    ScanInfo,
    consensus,
    many,
)
from ankleviewer.core.assessment.seen import Seen
from ankleviewer.core.findings import Finding

BOX = Box(0.7, (1.5, 2.0, 3.0), (0.0, 0.0, 0.0), (3.0, 4.0, 6.0), (10, 11, 12), (8, 9, 10), (12, 13, 14), (76, 90, 22))


def answer(name="compact", call="fracture", status="released", ankle=0) -> ModelAnswer:
    p = {"fracture": 0.9, "uncertain": 0.5, "no fracture": 0.1, "not assessed": None}[call]
    return ModelAnswer(
        name, "1.0", "ab" * 32, status, ankle, p, call, (BOX,) if call == "fracture" else (), Runtime("CPUExecutionProvider", 0.2)
    )


RESULT = Result(
    scan=ScanInfo("scan.nii.gz", "cd" * 32, "nifti", (512, 512, 150), (0.5, 0.5, 1.0), "LPS"),
    verdict="caveat",
    findings=(Finding("caveat", "METAL", "There is metal."),),
    ankles=(AnkleInfo("L", (0.0, 0.0, 0.0), (1.0, 1.0, 1.0)),),
    models=(answer(), answer("mobilenet", "no fracture")),
    consensus=Consensus("uncertain", 1, 2),
    timings_s={"read": 0.5},
    software={"name": "AnkleViewer"},
)


def test_what_an_answer_speaks_of_comes_back_and_is_left_out_where_it_is_not_told() -> None:
    seen = Seen((1.0, 2.0, 3.0), 72.0, ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)), 50.0)
    told = replace(RESULT, models=(replace(answer(), seen=seen), answer("mobilenet", "no fracture")))
    record = json.loads(json.dumps(told.to_json()))
    assert record["models"][0]["seen"]["below_mm"] == 50.0 and "seen" not in record["models"][1]
    assert Result.from_json(record) == told


def test_keys_are_the_contract() -> None:
    record = RESULT.to_json()
    assert list(record) == [
        "schema",
        "scan",
        "verdict",
        "findings",
        "ankles",
        "models",
        "consensus",
        "timings_s",
        "software",
        "disclaimer",
    ]
    assert list(record["scan"]) == ["path", "sha256", "format", "shape", "spacing_mm", "orientation"]
    assert list(record["models"][0]) == [
        "name",
        "version",
        "sha256",
        "status",
        "ankle",
        "probability",
        "call",
        "boxes",
        "runtime",
        "looked",
    ]
    assert list(record["models"][0]["boxes"][0]) == [
        "score", "center_mm", "min_mm", "max_mm", "center_voxel", "min_voxel", "max_voxel", "center_model_voxel",
    ]  # fmt: skip
    assert record["findings"] == [{"level": "caveat", "code": "METAL", "message": "There is metal."}]
    named = replace(RESULT, findings=(Finding("caveat", "MODEL_FAILED", "No.", "compact"),))
    assert named.to_json()["findings"][0]["model"] == "compact" and Result.from_json(named.to_json()) == named
    assert record["models"][0]["runtime"] == {"provider": "CPUExecutionProvider", "seconds": 0.2}
    assert record["disclaimer"] == "Research use, not for diagnosis"


def test_round_trip_through_text() -> None:
    text = json.dumps(RESULT.to_json(), allow_nan=False)
    assert Result.from_json(json.loads(text)) == RESULT
    told = replace(answer(), looked=(Looked(0.62, "lateral", "", -14.0, "joint line", ""),))
    assert Result.from_json(json.loads(json.dumps(replace(RESULT, models=(told,)).to_json()))).models == (told,)
    older = RESULT.to_json()
    for model in older["models"]:
        del model["looked"]  # written before places were told
    assert Result.from_json(older) == RESULT
    single = Result(ScanInfo("x"), "refuse", (Finding("refuse", "NOT_3D", "Not 3D."),))
    record = single.to_json()
    assert "consensus" not in record and record["models"] == [] and record["scan"]["sha256"] is None
    assert Result.from_json(record) == single


def test_several_results() -> None:
    record = many([RESULT, RESULT])
    assert (
        record["schema"] == "ankleviewer.results/1" and [r["schema"] for r in record["results"]] == ["ankleviewer.result/1"] * 2
    )


@pytest.mark.parametrize(
    "damage", [{"schema": "ankleviewer.result/2"}, {"scan": None}, {"models": [{"name": "x"}]}, {"findings": [{}]}]
)
def test_foreign_records_are_refused(damage: dict) -> None:
    with pytest.raises(ValueError):
        Result.from_json({**RESULT.to_json(), **damage})


@pytest.mark.parametrize(
    ("call", "probability", "boxes"),
    [
        ("no fracture", 0.1, (BOX,)),
        ("not assessed", None, (BOX,)),
        ("not assessed", 0.5, ()),
        ("fracture", None, ()),
        ("maybe", 0.5, ()),
    ],
)
def test_contradictions_cannot_be_built(call, probability, boxes) -> None:
    with pytest.raises(ValueError):
        ModelAnswer("m", "1", "x", "released", 0, probability, call, boxes, Runtime(None, 0.0))


NO = "no fracture"


def each(*calls: str) -> list[ModelAnswer]:
    """Each call is that of another model, for the one ankle."""
    return [answer(f"m{n}", call) for n, call in enumerate(calls)]


def one_of_two(**calls: str) -> list[ModelAnswer]:
    """Each model's call for one ankle, beside another that none assessed."""
    return [a for name, call in calls.items() for a in (answer(name, call), answer(name, "not assessed", ankle=1))]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([answer()], None),
        ([answer("a"), answer("b"), answer("c", "no fracture")], Consensus("fracture", 2, 3)),
        ([answer("a"), answer("b", "no fracture")], Consensus("uncertain", 1, 2)),
        ([answer("a"), answer("b", "uncertain"), answer("c", "no fracture")], Consensus("uncertain", 1, 3)),
        ([answer("a"), answer("b", "no fracture", "preliminary")], Consensus("fracture", 1, 1)),
        ([answer("a", "not assessed"), answer("b", "no fracture")], Consensus("no fracture", 1, 1)),
        ([answer("a", "not assessed"), answer("b", "not assessed")], Consensus("not assessed", 0, 0)),
        # one ankle without a fracture says nothing of the other, which no model saw
        (
            [a for n in "ab" for a in (answer(n, "no fracture"), answer(n, "not assessed", ankle=1))],
            Consensus("not assessed", 0, 0),
        ),
        ([a for n in "ab" for a in (answer(n, "fracture"), answer(n, "not assessed", ankle=1))], Consensus("fracture", 2, 2)),
        ([answer("a", status="preliminary"), answer("b", status="preliminary")], Consensus("not assessed", 0, 0)),
        # beside an ankle that none assessed "no fracture" votes as "fracture" does, and is never the answer for that one too
        (one_of_two(a="fracture", b="no fracture"), Consensus("uncertain", 1, 2)),
        (one_of_two(a="fracture", b="fracture", c="no fracture"), Consensus("fracture", 2, 3)),
        (one_of_two(a="fracture", b="no fracture", c="no fracture"), Consensus("uncertain", 0, 3)),
        (one_of_two(a="uncertain", b="no fracture", c="no fracture"), Consensus("uncertain", 1, 3)),
        (one_of_two(a="no fracture", b="no fracture", c="not assessed"), Consensus("not assessed", 0, 0)),
        # "no fracture" stands against nobody but a minority
        (each(NO, NO, "fracture", "uncertain"), Consensus("uncertain", 2, 4)),
        (each(NO, NO, NO, "fracture", "uncertain"), Consensus(NO, 3, 5)),
        (each("fracture", "fracture", NO, "uncertain"), Consensus("fracture", 2, 4)),
        # what only a preliminary model assessed, no released one did
        (
            [*one_of_two(a="fracture", b="no fracture"), answer("c", "fracture", "preliminary", ankle=1)],
            Consensus("uncertain", 1, 2),
        ),
        # a model that failed on an ankle that another one assessed has no say by the other ankle
        (
            [answer("a", "no fracture"), answer("a", "not assessed", ankle=1), answer("b"), answer("b", ankle=1)],
            Consensus("fracture", 1, 1),
        ),
        ([answer("a", "no fracture"), answer("a", "fracture", ankle=1), answer("b", "fracture")], Consensus("fracture", 2, 2)),
    ],
)
def test_consensus(answers, expected) -> None:
    assert consensus(answers) == expected


def test_no_sentence_says_that_models_agree_on_what_they_did_not_say() -> None:
    for first in ("fracture", "uncertain"):
        found = consensus(one_of_two(a=first, b="no fracture", c="no fracture"))
        assert found is not None and found.divided
