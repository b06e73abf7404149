"""Where no model answered every model's reason is told: named, each once, under the first one's code."""

from __future__ import annotations

from ankleviewer.core.assessment.failures import NoneAnswered, each, none_answered
from ankleviewer.core.errors import ModelError, ScanError

NO_NUMBER = ("OUTPUT_NOT_FINITE", "No number.")
NO_ROOM = ("OUT_OF_MEMORY", "No room.")


def told(error: ModelError) -> list[tuple[str, str]]:
    return [(one.code, one.message) for one in each(error)]


def test_a_model_alone_is_not_named() -> None:
    error = ModelError(*NO_NUMBER)
    assert none_answered([("one", error)]) is error
    assert none_answered([("one", error), ("one", ModelError(*NO_NUMBER))]) is error, "on both ankles"
    assert told(error) == [NO_NUMBER]
    refusal = ScanError(*NO_ROOM)
    assert each(refusal) == (refusal,)


def test_every_reason_is_told_by_name_under_the_first_code() -> None:
    error = none_answered([("one", ModelError(*NO_NUMBER)), ("two", ModelError(*NO_ROOM))])
    assert isinstance(error, NoneAnswered) and error.code == "OUTPUT_NOT_FINITE"
    assert told(error) == [("OUTPUT_NOT_FINITE", "one: No number."), ("OUT_OF_MEMORY", "two: No room.")]
    assert error.message == "one: No number. two: No room."


def test_one_reason_of_several_models_is_told_once() -> None:
    failed = [(name, ModelError(*NO_NUMBER)) for name in ("one", "one", "two", "three")]
    assert told(none_answered(failed)) == [("OUTPUT_NOT_FINITE", "one, two, three: No number.")]


def test_reasons_that_differ_between_the_ankles_are_both_told() -> None:
    error = none_answered([("one", ModelError(*NO_NUMBER)), ("one", ModelError(*NO_ROOM))])
    assert told(error) == [("OUTPUT_NOT_FINITE", "one: No number."), ("OUT_OF_MEMORY", "one: No room.")]


def test_what_was_left_out_is_told_beside_them() -> None:
    left_out = ModelError("MODEL_MANIFEST_INVALID", "The model pack mine was left out. Why.")
    error = none_answered([("one", ModelError(*NO_NUMBER))], [left_out])
    assert error.code == "OUTPUT_NOT_FINITE"
    assert told(error)[1:] == [("MODEL_MANIFEST_INVALID", "The model pack mine was left out. Why.")]
    assert told(error)[0] == ("OUTPUT_NOT_FINITE", "one: No number.")


def test_a_reason_that_names_its_model_is_not_named_again() -> None:
    failed = [
        ("one", ModelError("OUTPUT_NOT_FINITE", "Model one gave no number for this scan; it was not assessed.")),
        ("one-b", ModelError("OUTPUT_NOT_FINITE", "Model one gave no number.")),
    ]
    assert [message for _, message in told(none_answered(failed))] == [failed[0][1].message, "one-b: Model one gave no number."]
