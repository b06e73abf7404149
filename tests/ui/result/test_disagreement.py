"""Who says what: each answer with the models that count, the gravest first; nothing where all say the same."""

from __future__ import annotations

from ankleviewer.ui.result.disagreement import who_says_what

TITLES = {"compact": "Compact 3D-CNN", "deep": "3D-ResNet"}


def test_each_answer_with_its_models(fakes) -> None:
    answers = [
        fakes.answer("no fracture"),
        fakes.answer("fracture", name="deep"),
        fakes.answer("no fracture", name="own"),
        fakes.answer("not assessed", name="broken"),
        fakes.answer("uncertain", name="young", status="preliminary"),
    ]
    assert who_says_what(answers, TITLES) == (
        "Fracture: 3D-ResNet\nNo fracture found: Compact 3D-CNN, own\nPreliminary young says: uncertain (not counted)"
    )


def test_nothing_where_all_say_the_same(fakes) -> None:
    same = [fakes.answer(), fakes.answer(name="deep"), fakes.answer("not assessed", name="broken")]
    young = fakes.answer(name="young", status="preliminary")
    assert who_says_what(same, TITLES) == who_says_what([*same, young], TITLES) == who_says_what([], TITLES) == ""


def test_a_preliminary_model_alone_against_the_ones_counted(fakes) -> None:
    young = fakes.answer("no fracture", name="young", status="preliminary")
    said = who_says_what([fakes.answer(), young], TITLES | {"young": "Young net"})
    assert said == "Preliminary Young net says: no fracture found (not counted)"
