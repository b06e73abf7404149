"""Judging: the reader's word for a finding goes to the one that was meant, and seen; and the reader's own answer for an ankle."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ankleviewer.core.reading.conclusion import Conclusion, Verdict
from ankleviewer.core.reading.review import Judgement
from ankleviewer.ui.words.translate import noop, tr

if TYPE_CHECKING:
    from ankleviewer.ui.state.controller import CaseController

_SAID = {
    "accepted": noop("Finding {number} accepted"),
    "rejected": noop("Finding {number} rejected"),
    "": noop("Finding {number}: what was said of it is taken back"),
}

VERDICTS: dict[Verdict, str] = {"fracture": noop("Fracture"), "no fracture": noop("No fracture"), "unsure": noop("Unsure")}


def judge(controller: CaseController, judgement: Judgement, index: int | None) -> str:
    """Accept or reject a finding of the answer shown; the same again takes it back.

    Args:
        controller: of the case.
        judgement: the reader's word.
        index: of the finding. None, as by a key: the one that is selected. Where none is, the first is shown, and nothing is said
            of it, since nobody has seen it yet.

    Returns:
        What is to be told: of a key it is not seen everywhere what it did. "" where nothing is, and where nothing is judged,
        there being no finding, or all of them hidden.
    """
    answer = controller.answer
    if answer is None or not answer.boxes or controller.view.state.hide_ai:
        return ""
    one = controller.view.state.selected if index is None else index
    if one < 0:
        controller.go_to_finding(0)
        return tr("Finding 1 is shown now. Press again to judge it.")
    now = controller.reviewing.mark(answer, one)
    again = now is not None and now.judgement == judgement
    controller.reviewing.judge(answer, one, None if again else judgement)
    return tr(_SAID["" if again else judgement], number=one + 1) if index is None else ""


def add_missed(controller: CaseController) -> str:
    """Mark the place under the crosshair as a fracture that no model marked; what is to be told where that cannot be."""
    if controller.case is None:
        return ""
    if not controller.case.scan.volume.grid.holds(controller.view.state.cursor_mm):  # turned planes reach beyond it
        return tr("The crosshair lies outside of the scan")
    controller.reviewing.add_missed(controller.view.state.cursor_mm)
    return ""


def verdict_text(verdict: Verdict) -> str:
    """The reader's own answer, in the window's language."""
    return tr(VERDICTS[verdict])


def conclusion(controller: CaseController) -> Conclusion | None:
    """The reader's own answer for the ankle shown, None where none was given."""
    return controller.reviewing.conclusion(controller.view.state.ankle) if controller.case is not None else None


def conclude(controller: CaseController, verdict: Verdict) -> str:
    """The reader's own answer for the ankle shown; the same again takes it back, and leaves the remark. Returns what is to be
    told of a key; "" where no scan is open.
    """
    if controller.case is None:
        return ""
    now, answer = conclusion(controller), controller.answer
    wanted = None if now is not None and now.verdict == verdict else verdict
    unaided = answer is None or answer.probability is None
    controller.reviewing.conclude(controller.view.state.ankle, wanted, now.remark if now is not None else "", unaided)
    return tr("Your own reading: {verdict}", verdict=verdict_text(verdict)) if wanted else tr("Your own reading is taken back")


def remark(controller: CaseController, ankle: int, text: str) -> None:
    """The reader's words on an ankle; "" takes them back."""
    if controller.case is not None:
        now = controller.reviewing.conclusion(ankle)
        controller.reviewing.conclude(ankle, now.verdict if now is not None else None, text.strip(), False)
