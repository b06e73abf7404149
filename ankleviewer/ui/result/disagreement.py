"""What released models say where they do not say the same: who says what, seen beside the answer of the one that is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ankleviewer.core.assessment.result import ModelAnswer
from ankleviewer.ui.words.translate import tr
from ankleviewer.ui.words.wording import CALL_WORDS

MARK = "⚠"


def who_says_what(answers: Sequence[ModelAnswer], titles: Mapping[str, str]) -> str:
    """A line for each answer, as "Fracture: Compact 3D-CNN", with the models that count; "" where all say the same.

    Args:
        answers: of every model for the ankle shown.
        titles: of the models, by name.
    """
    said: dict[str, list[str]] = {}
    for answer in answers:
        if answer.status != "preliminary" and answer.call != "not assessed":
            said.setdefault(answer.call, []).append(titles.get(answer.name, answer.name))
    if len(said) < 2:
        return ""
    calls = sorted(said, key=list(CALL_WORDS).index)  # the gravest first, whichever model is asked first
    return "\n".join(tr("{head}: {text}", head=tr(CALL_WORDS[call]), text=tr(", ").join(said[call])) for call in calls)
