"""The words of the window: calls, positions, sizes. Text from plain values, in the window's language; no decisions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ankleviewer import DISCLAIMER
from ankleviewer.core import words
from ankleviewer.core.assessment.ankle_names import PLACES, Boxed, ankle_name, place_of
from ankleviewer.core.assessment.caution import threshold_just_reached
from ankleviewer.core.imaging.planes import position_text
from ankleviewer.core.reading.measure import Measure
from ankleviewer.core.reading.measure_tools import VALUE_NAMES, summary
from ankleviewer.ui.words.translate import noop, said, tr

if TYPE_CHECKING:
    from ankleviewer.core.assessment.decision import CalibrationBin, Decision
    from ankleviewer.core.assessment.result import Box, Consensus, ModelAnswer, ModelFacts
    from ankleviewer.core.findings import Finding

CALL_WORDS = {
    "fracture": noop("Fracture"),
    "uncertain": noop("Uncertain"),
    "no fracture": noop("No fracture found"),
    "not assessed": noop("Not assessed"),
}
DOT = "  ·  "  # between things that are said side by side
# A shape for each call, so that the answer is never told by colour alone.
CALL_SHAPES = {"fracture": "■", "uncertain": "◧", "no fracture": "□", "not assessed": "—"}
_CALLS_IN_SENTENCES = {
    "fracture": noop("fracture"),
    "uncertain": noop("uncertain"),
    "no fracture": noop("no fracture found"),
    "not assessed": noop("not assessed"),
}
_LONG, _PART = re.compile(r"[!-~]{30,}"), re.compile(r"[^_./-]{20}|[_./-]")  # characters
_PLANES_IN_SENTENCES = {"axial": noop("axial"), "coronal": noop("coronal"), "sagittal": noop("sagittal")}
_SHORT_SIDES = {"L": noop("Left side"), "R": noop("Right side"), "unknown": noop("Side unknown")}
# The place goes first: it is what tells such ankles apart, and the end is what gives way where there is no room.
_UNKNOWN_SIDES = {
    "right": noop("Patient's right, side unknown"),
    "left": noop("Patient's left, side unknown"),
    "front": noop("Patient's front, side unknown"),
    "back": noop("Patient's back, side unknown"),
    "feet": noop("Nearer the feet, side unknown"),
    "head": noop("Nearer the head, side unknown"),
    "between": noop("Between the others, side unknown"),
}
LOOKED = noop("Where the model looked")
SCOPE = noop(
    "Assessed: {parts}. Not assessed: calcaneus, midfoot, soft tissue, and the fibula above the scan; "
    "a Maisonneuve injury is not excluded."
)

_HELP = {
    "ANKLE_INCOMPLETE": noop("A scan that shows the distal tibia, the fibula and the talus together can be assessed."),
    "NOT_AN_ANKLE": noop("A scan that shows the distal tibia, the fibula and the talus together can be assessed."),
    "MODALITY_NOT_CT": noop("Open the CT series of this examination."),
}


def research_line() -> str:
    """The research-use line in the window's language, and always as it stands on pictures and reports."""
    line = tr(DISCLAIMER)
    return line if line == DISCLAIMER else f"{line}  ·  {DISCLAIMER}"


def call_in_sentence(call: str) -> str:
    """The call as it stands within a sentence."""
    return tr(_CALLS_IN_SENTENCES[call])


def scope_text() -> str:
    """What was assessed and what was not."""
    return tr(SCOPE, parts=said(words.ASSESSED))


def origin_text(data: str) -> str:
    """What a model learned from, and what nobody knows of it. `data`: the pack's own words, "" where it has none."""
    if not data:
        return tr("What the model learned from is not known, nor its accuracy in patients.")
    if "simulat" in data.lower():
        return tr("The model learned from simulated scans; its accuracy in patients is not known.")
    if data == words.OWN_SCANS:
        return tr("The model learned from a hospital's own scans; its accuracy in patients is not known to this program.")
    return tr("The model learned from: {data}. Its accuracy in patients is not known to this program.", data=data)


def planes_text(planes: Sequence[str]) -> str:
    """Planes to choose from, within a sentence: "sagittal or coronal"."""
    return tr(" or ").join(tr(_PLANES_IN_SENTENCES[plane]) for plane in planes)


def short(title: str) -> str:
    """A measure's title up to its first comma, in the window's language."""
    return re.split("[,，]", said(title))[0]


def value_text(text: str) -> str:
    """A value as a measure's label writes it ("gap 1.2 mm"), with its name in the window's language."""
    name = next((n for n in VALUE_NAMES if text.startswith(n + " ")), "")
    return f"{said(name)} {text[len(name) + 1 :]}" if name else said(text)


def measure_text(measure: Measure) -> str:
    """A measure's values in one line, in the window's language."""
    return tr(", ").join(value_text(text) for text in summary(measure).split(", "))


def breakable(text: str) -> str:
    """The same with places at which a word that no line holds, as a pack's name can be, may go on in the next one."""
    return _LONG.sub(lambda word: _PART.sub("\\g<0>\u200b", word.group()), text)


def ankle_word(ankles: Sequence[Boxed], index: int) -> str:
    """The name for people of one of a scan's ankles, which no other one has."""
    return ankle_name(ankles, index, say=tr)


def short_ankle_word(ankles: Sequence[Boxed], index: int) -> str:
    """The same where there is little room: the side alone, or of several of unknown side the place first."""
    side, place = ankles[index].side, place_of(ankles, index)
    if place and side not in ("L", "R"):
        return tr(_UNKNOWN_SIDES[place])
    short = tr(_SHORT_SIDES.get(side, _SHORT_SIDES["unknown"]))
    return tr(PLACES[place]) + tr(", ") + short if place else short


def ankle_in_row(ankles: Sequence[Boxed], index: int) -> str:
    """The same as a part of a row or a line: as long as in a heading only where the side is name enough."""
    return short_ankle_word(ankles, index) if place_of(ankles, index) else ankle_word(ankles, index)


def probability_text(probability: float | None, facts: ModelFacts | None = None) -> str:
    """As on paper, with a longer dash where there is none. `facts`: of the model (`ModelFacts`), None where not known."""
    return words.probability_text(probability, "\u2013", facts.decision if facts is not None else None)


def calibration_text(decision: Decision | None, probability: float | None) -> str:
    """How often scans with such a score were fractured in validation; says plainly when there is no such count, and when a
    fracture is only just called.
    """
    if probability is None:
        return ""
    calibrated = decision is not None and decision.calibration_n > 0
    row = decision.bin_of(probability) if decision is not None and calibrated else None
    none = tr("No validation scan had such a score") if calibrated else tr("Score, not calibrated")
    told = none if row is None or row.n == 0 else _count(row)
    threshold = threshold_just_reached(decision, probability)
    return tr("{count}; just above the threshold of {threshold}", count=told, threshold=threshold) if threshold else told


def _count(row: CalibrationBin) -> str:
    return tr(
        "Of {count} validation scans scored {low}–{high}, {fractured} had a fracture",
        fractured=row.fractured,
        count=row.n,
        low=f"{row.low:.2f}",
        high=f"{row.high:.2f}",
    )


def agreement_text(consensus: Consensus | None) -> str:
    """What several models say together; "" with a single one."""
    if consensus is None:
        return ""
    if consensus.of == 0:
        return tr("No agreement counted: no released model assessed every ankle of this scan")
    if consensus.of == 1:
        return tr("One released model counted: {call}", call=call_in_sentence(consensus.call))
    if consensus.divided:
        return tr("The {of} released models do not agree", of=consensus.of)
    return tr(
        "{agree} of {of} models agree: {call}", agree=consensus.agree, of=consensus.of, call=call_in_sentence(consensus.call)
    )


def model_text(answer: ModelAnswer, titles: dict[str, str]) -> str:
    """Model title and version."""
    title = titles.get(answer.name, answer.name)
    return tr("{title}, version {version}", title=title, version=answer.version) if answer.version else title


def box_lines(box: Box) -> tuple[str, str, str]:
    """A box's centre in the model's grid, in the scan's voxels and in patient millimetres, each named."""
    mx, my, mz = box.center_model_voxel
    sx, sy, sz = box.center_voxel
    return f"x {mx}  y {my}  z {mz}", f"x {sx}  y {sy}  z {sz}", position_text(box.center_mm)


def spacing_text(spacing: Sequence[float]) -> str:
    """Voxel size, one number when isotropic."""
    values = [f"{v:.2f}".rstrip("0").rstrip(".") for v in spacing]
    return f"{values[0]} mm" if len(set(values)) == 1 else " × ".join(values) + " mm"


def reason(findings: Sequence[Finding]) -> tuple[str, str, str]:
    """Why nothing was assessed: code, sentence, and what would help ("" when unknown)."""
    for finding in findings:
        if finding.level in ("refuse", "withhold"):
            return finding.code, finding.message, tr(_HELP[finding.code]) if finding.code in _HELP else ""
    return "", "", ""


def engine_text(provider: str | None) -> str:
    """The engine that really ran, as a short word; "" where none has."""
    if not provider:
        return ""
    low = provider.lower()
    for mark, word in (("cuda", "GPU"), ("tensorrt", "GPU"), ("openvino", "OpenVINO"), ("coreml", "CoreML")):
        if mark in low:
            return word
    return "CPU"
