"""The coded words of DICOM results: standard ones where they say what is meant, else this program's own (PS3.3 table 8.8-1)."""

from __future__ import annotations

from typing import Any

from highdicom.sr.coding import CodedConcept

from ankleviewer.core.assessment.decision import Call
from ankleviewer.core.findings import Finding
from ankleviewer.core.reading.conclusion import Verdict

OWN = "99ANKLEVIEWER"  # coding scheme designator: 99 marks a private one (PS3.16 chapter 8.2)


def own(value: str, meaning: str) -> Any:
    """A code of this program's own: at most 16 signs (SH), its meaning at most 64 (LO)."""
    return CodedConcept(value[:16], OWN, meaning[:64])


def check(finding: Finding) -> Any:
    """A check of the scan: its stable code, and what it says, as far as 64 signs go."""
    return CodedConcept(finding.code, OWN, f"{finding.code}: {finding.message}"[:64])


def named(text: str) -> Any:
    """The same of a name: "medial clear space" becomes MEDIAL-CLEAR-SPA."""
    return own("".join(sign if sign.isalnum() else "-" for sign in text.upper()), text)


CT = CodedConcept("77477000", "SCT", "Computed tomography")
ANKLE = CodedConcept("344001", "SCT", "Ankle")
SIDES = {"L": CodedConcept("7771000", "SCT", "Left"), "R": CodedConcept("24028007", "SCT", "Right")}
SPATIAL = CodedConcept("309825002", "SCT", "Spatial and Relational Concept")  # a box says where, not what
NETWORK = CodedConcept("123110", "DCM", "Artificial Intelligence")  # family of algorithms (PS3.16 CID 7162)
UNITS = {  # of measures and figures, by the program's own words for them
    "mm": CodedConcept("mm", "UCUM", "millimeter"),
    "mm2": CodedConcept("mm2", "UCUM", "square millimeter"),
    "degrees": CodedConcept("deg", "UCUM", "degree"),
    "%": CodedConcept("%", "UCUM", "percent"),
    "HU": CodedConcept("[hnsf'U]", "UCUM", "Hounsfield unit"),
    "": CodedConcept("1", "UCUM", "no units"),
}

# None of these says more than the window does: a call is a model's answer, not a diagnosis, and a box where it looked.
ANSWER, CALL = own("ANSWER", "Answer of a model for one ankle"), own("CALL", "Call at the model's thresholds")
CALLS: dict[Call, Any] = {
    "fracture": own("FRACTURE", "Fracture suspected by the model"),
    "uncertain": own("UNCERTAIN", "Uncertain"),
    "no fracture": own("NO-FRACTURE", "No fracture found by the model; excludes nothing"),
    "not assessed": own("NOT-ASSESSED", "Not assessed"),
}
CHECK = own("CHECK", "Warning of the checks of the scan")
PROBABILITY = own("PROBABILITY", "Probability of a fracture, as the model tells it")
SENSITIVE, SPECIFIC = own("SENSITIVE", "Threshold: below it no fracture"), own("SPECIFIC", "Threshold: from it on fracture")
PLACE, READERS = own("PLACE", "Place that the model looked at"), own("READERS-BOX", "Box drawn by a reader")
SHARE = own("SHARE", "Share of the heat map's hot region; no probability")
EXTENTS = tuple(own(f"EXTENT-{axis}", f"Extent of the box along the patient's {axis} axis") for axis in "XYZ")
JUDGEMENT = own("JUDGEMENT", "Reader's judgement of the place")
JUDGEMENTS = {"accepted": own("ACCEPTED", "Accepted by a reader"), "rejected": own("REJECTED", "Rejected by a reader")}
READING, VERDICT = own("READING", "Reader's own answer for one ankle"), own("VERDICT", "What the reader concludes")
VERDICTS: dict[Verdict, Any] = {
    "fracture": own("READ-FRACTURE", "Fracture, by a reader"),
    "no fracture": own("READ-NONE", "No fracture, by a reader"),
    "unsure": own("READ-UNSURE", "Unsure, by a reader"),
}
UNAIDED = own("UNAIDED", "Given before a model had answered")
YES, NO = CodedConcept("373066001", "SCT", "Yes"), CodedConcept("373067005", "SCT", "No")
MISSED, MARKED = own("MISSED", "Place that a reader marked and no model shows"), own("MARKED", "Place that a reader marked")
