"""The words of the window: calls, positions, sizes. Pure text from plain values; no Qt, no decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ankleviewer.core import words
from ankleviewer.core.planes import position_text

CALL_WORDS = {
    "fracture": "Fracture",
    "uncertain": "Uncertain",
    "no fracture": "No fracture found",
    "not assessed": "Not assessed",
}
# A shape for each call, so that the answer is never told by colour alone.
CALL_SHAPES = {"fracture": "■", "uncertain": "◧", "no fracture": "□", "not assessed": "—"}
SIDE_WORDS = {"L": "Left ankle", "R": "Right ankle", "unknown": "Ankle, side unknown"}
LOOKED = "Where the model looked"
SCOPE = (
    f"Assessed: {words.ASSESSED}. Not assessed: calcaneus, midfoot, soft tissue, and the fibula above the scan; "
    "a Maisonneuve injury is not excluded."
)

_HELP = {
    "ANKLE_INCOMPLETE": "A scan that shows the distal tibia, the fibula and the talus together can be assessed.",
    "NO_ANKLE": "A scan that shows the distal tibia, the fibula and the talus together can be assessed.",
    "NOT_CT": "Open the CT series of this examination.",
}


def side_word(side: str) -> str:
    """The ankle's name for people."""
    return SIDE_WORDS.get(side, SIDE_WORDS["unknown"])


def probability_text(probability: float | None) -> str:
    """As on paper, with a longer dash where there is none."""
    return words.probability_text(probability, "\u2013")


def calibration_text(decision: Any, probability: float | None) -> str:
    """How often scans with such a score were fractured in validation; says plainly when there is no such count."""
    if probability is None:
        return ""
    row = decision.bin_of(probability) if decision is not None and decision.calibration_n > 0 else None
    if row is None or row.n == 0:
        return "Score, not calibrated"
    return f"{row.fractured} of {row.n} validation scans scored {row.low:.2f}–{row.high:.2f} were fractured"


def agreement_text(consensus: Any) -> str:
    """What several models say together; "" with a single one."""
    if consensus is None:
        return ""
    if consensus.of == 0:
        return "No agreement counted: no released model assessed this scan"
    if consensus.of == 1:
        return f"One released model counted: {CALL_WORDS[consensus.call].lower()}"
    return f"{consensus.agree} of {consensus.of} models agree: {CALL_WORDS[consensus.call].lower()}"


def model_text(answer: Any, titles: dict[str, str]) -> str:
    """Model title and version."""
    title = titles.get(answer.name, answer.name)
    return f"{title}, version {answer.version}" if answer.version else title


def box_lines(box: Any) -> tuple[str, str, str]:
    """A box's centre in the model's grid, in the scan's voxels and in patient millimetres, each named."""
    mx, my, mz = box.center_model_voxel
    sx, sy, sz = box.center_voxel
    return f"x {mx}  y {my}  z {mz}", f"{sx}  {sy}  {sz}", position_text(box.center_mm)


def spacing_text(spacing: Sequence[float]) -> str:
    """Voxel size, one number when isotropic."""
    values = [f"{v:.2f}".rstrip("0").rstrip(".") for v in spacing]
    return f"{values[0]} mm" if len(set(values)) == 1 else " × ".join(values) + " mm"


def reason(findings: Sequence[Any]) -> tuple[str, str, str]:
    """Why nothing was assessed: code, sentence, and what would help ("" when unknown)."""
    for finding in findings:
        if finding.level in ("refuse", "withhold"):
            return finding.code, finding.message, _HELP.get(finding.code, "")
    return "", "", ""


def engine_text(provider: str | None) -> str:
    """The engine that really ran, as a short word."""
    if not provider:
        return "CPU"
    low = provider.lower()
    for mark, word in (("cuda", "GPU"), ("tensorrt", "GPU"), ("openvino", "OpenVINO"), ("coreml", "CoreML")):
        if mark in low:
            return word
    return "CPU"
