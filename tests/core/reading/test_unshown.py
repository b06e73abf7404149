"""What a reader said of findings that are in no answer is told, once for each model and reason."""

from __future__ import annotations

from types import SimpleNamespace

from ankleviewer.core.reading.places import Place
from ankleviewer.core.reading.review import BoxMm, Mark, Review
from ankleviewer.core.reading.unshown import not_shown

BOX = BoxMm((0.0, 0.0, 0.0), (1.0, 1.0, 1.0))


def answer(name: str, sha256: str, boxes: int) -> SimpleNamespace:
    return SimpleNamespace(name=name, sha256=sha256, ankle=0, boxes=(None,) * boxes)


def test_each_model_and_reason_has_a_sentence() -> None:
    here, gone = Place("compact", "a", 0, 0), Place("compact", "a", 0, 4)
    other = [Place("mobilenet", "b", 0, n) for n in (0, 1)]
    review = Review(
        {here: Mark("accepted"), gone: Mark("rejected"), **dict.fromkeys(other, Mark("accepted"))}, edited={other[0]: BOX}
    )
    assert not_shown(review, [answer("compact", "a", 2), answer("mobilenet", "b", 2)]) == (
        "1 judgement of compact is not shown: its answer has no such finding.",
    )
    assert not_shown(review, [answer("compact", "z", 2)]) == (
        "2 judgements of compact are not shown: that file of it was not run.",
        "2 judgements and 1 edited box of mobilenet are not shown: it was not run on this scan.",
    )
    assert not_shown(Review(), []) == ()
