"""What models say where they do not say the same: who says what, seen beside the answer of the one that is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ankleviewer.core.assessment.caution import preliminary_apart
from ankleviewer.core.assessment.result import ModelAnswer
from ankleviewer.ui.words.translate import tr
from ankleviewer.ui.words.wording import CALL_WORDS, call_in_sentence

MARK = "⚠"


def who_says_what(answers: Sequence[ModelAnswer], titles: Mapping[str, str]) -> str:
    """A line for each answer, as "Fracture: Compact 3D-CNN", with the models that count, where they do not say the same; then a
    line for each preliminary model that says what none of those says. "" where there is neither.

    Args:
        answers: of every model for the ankle shown.
        titles: of the models, by name.
    """
    said: dict[str, list[str]] = {}
    for answer in answers:
        if answer.status != "preliminary" and answer.call != "not assessed":
            said.setdefault(answer.call, []).append(titles.get(answer.name, answer.name))
    calls = [] if len(said) < 2 else sorted(said, key=list(CALL_WORDS).index)  # the gravest first, whichever model is asked first
    lines = [tr("{head}: {text}", head=tr(CALL_WORDS[call]), text=tr(", ").join(said[call])) for call in calls]
    for answer in preliminary_apart(answers):
        name = titles.get(answer.name, answer.name)
        lines.append(tr("Preliminary {name} says: {call} (not counted)", name=name, call=call_in_sentence(answer.call)))
    return "\n".join(lines)
