"""What a reader said that no answer of today carries: told, so that nothing falls away in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from ankleviewer.core.assessment.result import ModelAnswer
from ankleviewer.core.reading.places import Place
from ankleviewer.core.reading.review import Review
from ankleviewer.core.words import printable


def not_shown(review: Review, answers: Iterable[ModelAnswer]) -> tuple[str, ...]:
    """One sentence for each model, and each reason, with judgements or edited boxes that belong to no finding of the answers."""
    given = tuple(answers)
    names, files = {a.name for a in given}, {(a.name, a.sha256) for a in given}
    known = {Place(a.name, a.sha256, a.ankle or 0, n) for a in given for n in range(len(a.boxes))}

    def why(place: Place) -> str:
        if place.model not in names:
            return "it was not run on this scan"
        return "its answer has no such finding" if (place.model, place.sha256) in files else "that file of it was not run"

    def counted(places: Iterable[Place]) -> Counter[tuple[str, str]]:
        return Counter((place.model, why(place)) for place in places if place not in known)

    marks, boxes = counted(review.marks), counted(review.edited)
    return tuple(_sentence(marks[key], boxes[key], *key) for key in sorted(marks.keys() | boxes.keys()))


def _sentence(marks: int, boxes: int, model: str, why: str) -> str:
    parts = [f"{marks} judgement{'s' if marks > 1 else ''}"] if marks else []
    parts += [f"{boxes} edited box{'es' if boxes > 1 else ''}"] if boxes else []
    verb = "are" if marks + boxes > 1 else "is"
    return f"{' and '.join(parts)} of {printable(model)[:80]} {verb} not shown: {why}."
