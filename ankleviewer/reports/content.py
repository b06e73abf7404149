"""What a report says, as plain rows and sentences; how it looks on paper is the business of `pdf`.

No patient name, no file name and no path comes in here: a scan is named by its series description and by the hash of its bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ankleviewer import DISCLAIMER
from ankleviewer.core.assessment.ankle_names import ankle_name
from ankleviewer.core.assessment.caution import preliminary_apart, threshold_just_reached, told_of_ankle
from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.assessment.looked import sentences
from ankleviewer.core.assessment.result import GRAVITY, ModelAnswer, ModelFacts, Result, scan_call
from ankleviewer.core.findings import Finding
from ankleviewer.core.imaging.planes import position_text as spaced_position
from ankleviewer.core.reading.conclusion import ankle_of
from ankleviewer.core.reading.places import Place
from ankleviewer.core.reading.review import JUDGEMENTS, BoxMm, Review
from ankleviewer.core.reading.unshown import not_shown
from ankleviewer.core.words import ASSESSED, decimals, probability_text

CALLS = {  # as the window says them
    "fracture": "Fracture",
    "uncertain": "Uncertain",
    "no fracture": "No fracture found",
    "not assessed": "Not assessed",
}
NOT_ASSESSED = (
    "Not assessed: calcaneus, midfoot and forefoot, soft tissue, and the fibula above the scan. A fracture of the proximal "
    "fibula (Maisonneuve) is not excluded. An answer without a fracture excludes nothing."
)
UNKNOWN = "not known"
_LEVELS = {"refuse": "Refused", "withhold": "Warning", "caveat": "Warning", "info": "Note"}

BESIDE = 3  # warnings that are said beside the answer; all of them stand under Checks of the scan

Rows = list[tuple[str, ...]]


@dataclass(frozen=True, eq=False)
class Report:
    """All that a report is made of.

    Attributes:
        result: of the analysis.
        series: description of the scan without patient data.
        facts: of each model, by its name.
        review: the reader's judgement.
        shown: the answer whose finding is pictured; None pictures the joint alone.
        written: when; the only thing that differs between two reports on the same case.
        outline: level of the outline that is drawn, top of the map's scale, and its peak, logit units; None without a map.
    """

    result: Result
    series: str
    facts: Mapping[str, ModelFacts]
    review: Review
    shown: ModelAnswer | None
    written: datetime
    outline: tuple[float, float, float] | None = None


def position_text(mm: Sequence[float]) -> str:
    """Letters and millimetres, parted by commas."""
    return spaced_position(mm).replace("  ", ", ")


def side(report: Report, ankle: int | None) -> str:
    """The name of an ankle of the result, which no other one has."""
    if ankle is None or ankle >= len(report.result.ankles):
        return "Scan"
    return ankle_name(report.result.ankles, ankle)


def title(report: Report, answer: ModelAnswer) -> str:
    """A model's name for people, with its version."""
    facts = report.facts.get(answer.name)
    mark = " (preliminary)" if answer.status == "preliminary" else ""
    return f"{facts.title if facts else answer.name}, version {answer.version}{mark}"


def _decision(report: Report, answer: ModelAnswer) -> Decision | None:
    facts = report.facts.get(answer.name)
    return facts.decision if facts else None


def _heads(report: Report) -> list[tuple[int | None, ModelAnswer | None]]:
    """Each ankle with the answer that stands at the head: that of the model shown, where that one failed the gravest of those
    that assessed it, as in the window. The gravest answer goes first, whichever ankle is pictured.
    """
    name = report.shown.name if report.shown is not None else ""
    ankles: Sequence[int | None] = range(len(report.result.ankles)) or (None,)
    heads = [(ankle, told_of_ankle(report.result.models, ankle, name)) for ankle in ankles]
    return sorted(heads, key=lambda head: GRAVITY.index(head[1].call if head[1] is not None else "not assessed"))


def chance_text(probability: float, decision: Decision | None) -> str:
    """The number and of what it is: beside "no fracture found" it would read as how sure that is."""
    return f"fracture probability {probability_text(probability, points=decision)}"


def headlines(report: Report) -> list[tuple[str, str, str]]:
    """One line for each ankle: its name, the answer of the model shown (else the first one), what the probability is of."""
    lines = []
    for ankle, answer in _heads(report):
        call = CALLS[answer.call] if answer is not None else "Not assessed"
        chance = ""
        if answer is not None and answer.probability is not None:
            chance = chance_text(answer.probability, _decision(report, answer))
        lines.append((side(report, ankle), call, chance))
    return lines


def under_headlines(report: Report) -> list[str]:
    """What must be read together with the answers: the count behind each, the scan's warnings, agreement, the reader's word."""
    lines = []
    for ankle, answer in _heads(report):
        if answer is not None and answer.probability is not None:
            whose = f"{side(report, ankle)}, " if len(report.result.ankles) > 1 else ""
            count = count_behind(_decision(report, answer), answer.probability)
            lines.append(f"{whose}{title(report, answer)}: {count}.")
    if all(a.probability is None for a in report.result.models):
        kept = [f for f in report.result.findings if f.level in ("refuse", "withhold")]
        lines += [f"{f.message} [{f.code}]" for f in kept]
    warnings = [f for f in report.result.findings if f.level == "caveat"]
    lines += [f"{_LEVELS[f.level]}: {f.message}" for f in warnings[:BESIDE]]
    if len(warnings) > BESIDE:
        lines.append(f"More warnings: {len(warnings) - BESIDE}, under Checks of the scan.")
    told = (
        agreement(report),
        *apart(report),
        reader(report),
        *conclusions(report),
        *not_shown(report.review, report.result.models),
    )
    return [*lines, *(text for text in told if text)]


def reader(report: Report) -> str:
    """What the reader said of the findings, counted; "" where nothing was said."""
    known = {place(a, n) for a in report.result.models for n in range(len(a.boxes))}
    said = [mark.judgement for place, mark in report.review.marks.items() if place in known]
    counts = [f"{said.count(word)} {word}" for word in JUDGEMENTS if word in said]
    counts += [f"{len(report.review.missed)} added"] if report.review.missed else []
    return f"Reader: {', '.join(counts)} (findings marked by the models: {len(known)})." if counts else ""


def conclusions(report: Report, remarks: bool = True) -> list[str]:
    """The reader's own answer for each ankle that has one, and the remark, unless it is to stay out: it may name somebody."""
    lines = []
    for one in report.review.conclusions:
        index = ankle_of(one, report.result.ankles)
        whose = side(report, index).lower() if index is not None else ""
        if index is None and one.joint_mm is not None:
            whose = f"a joint at {position_text(one.joint_mm)} mm that is not found today"
        before = " (given before a model had answered)" if one.unaided else ""
        said = f"{one.verdict}{before}" if one.verdict is not None else "no answer"
        if not remarks and one.verdict is None:
            continue
        remark = f" Remark: {one.remark}" if one.remark and remarks else ""
        lines.append(f"Reader's own reading{', ' if whose else ''}{whose}: {said}.{remark}")
    return lines


def place(answer: ModelAnswer, index: int) -> Place:
    """The finding `index` of an answer, as a review names it."""
    return Place(answer.name, answer.sha256, answer.ankle or 0, index)


def readers_boxes(review: Review, answer: ModelAnswer) -> dict[int, BoxMm]:
    """The reader's own boxes of an answer's findings, by the finding's place in the list."""
    places = {n: place(answer, n) for n in range(len(answer.boxes))}
    return {n: review.edited[where] for n, where in places.items() if where in review.edited}


def outline_text(level: float, reference: float, peak: float) -> str:
    """Where the outline stands on the model's fixed scale; a strong answer's map reaches past its top."""
    if max(level, peak) <= reference:
        return f"{level:.2g} of {reference:.3g} logit units"
    return f"{level:.3g} logit units; top of the scale {reference:.3g}, peak {peak:.3g}"


def finding_title(report: Report) -> str:
    """What is pictured: the first finding of the answer shown with the reader's word on it, or the joint, and of which ankle."""
    shown = report.shown
    if shown is None or not shown.boxes:
        ankle = (shown.ankle if shown is not None else None) or 0
        return f"The joint, {side(report, ankle).lower()}" if ankle < len(report.result.ankles) else "The scan"
    mark = report.review.marks.get(place(shown, 0))
    said = f" ({mark.judgement} by the reader)" if mark else ""
    return f"Finding 1, {side(report, shown.ankle).lower()}{said}"


def _readers_word(report: Report, shown: ModelAnswer, listed: str = ", its place stands under Findings") -> list[str]:
    """What the reader said of the findings in the pictures, and which box is the reader's; `listed`: where its place is told."""
    marks = [report.review.marks.get(place(shown, n)) for n in range(len(shown.boxes))]
    lines = []
    for word in JUDGEMENTS:
        those = [n for n, mark in enumerate(marks) if mark is not None and mark.judgement == word]
        lines += [f"{word.capitalize()} by the reader: {_numbered(those)}."] if those else []
    own = list(readers_boxes(report.review, shown))
    lines += [f"Light blue box: the reader's own for {_numbered(own)}{listed}."] if own else []
    return lines


def _numbered(findings: Sequence[int]) -> str:
    return f"finding{'s' if len(findings) > 1 else ''} {', '.join(str(n + 1) for n in findings)}"


def picture_note(report: Report) -> str:
    """What the pictures show."""
    shown = report.shown
    if shown is None or not shown.boxes:
        told = sentences(shown) if shown is not None else ""
        others = shown is not None and any(a.boxes and a.name != shown.name for a in report.result.models)
        none = f"{title(report, shown)} marks no place; others do, see Findings." if shown and others else "No place is marked."
        return f"{none} {told}".strip()
    level = f" ({outline_text(*report.outline)})" if report.outline is not None else ""
    told = f"{title(report, shown)}. Yellow outline: where the model looked{level}. Orange box: the suspected place."
    return " ".join(text for text in (told, *_readers_word(report, shown), sentences(shown)) if text)


def agreement(report: Report) -> str:
    """What several models say together of the whole scan, "" for a single one; it stands under the answers of all ankles."""
    together = report.result.consensus
    if together is None:
        return ""
    if together.of == 0:
        return "Agreement: none counted, no released model assessed every ankle of this scan."
    of_all = "On the whole scan" if len(report.result.ankles) > 1 else "Agreement:"
    if together.of == 1:
        return f"{of_all} one released model counted: {CALLS[together.call].lower()}."
    if together.divided:
        return f"{of_all} the {together.of} released models do not agree: {_who_says_what(report)}."
    return f"{of_all} {together.agree} of {together.of} released models say: {CALLS[together.call].lower()}."


def _who_says_what(report: Report) -> str:
    """Each model that is counted with its gravest answer of the ankles that were voted on (`result.consensus`)."""
    counted = [a for a in report.result.models if a.status != "preliminary"]
    seen = {a.ankle for a in counted if a.probability is not None}
    told = []
    for name in dict.fromkeys(a.name for a in counted):
        mine = [a for a in counted if a.name == name and a.ankle in seen]
        if mine and (call := scan_call(mine)) != "not assessed":
            told.append(f"{title(report, mine[0])} says {CALLS[call].lower()}")
    return ", ".join(told)


def beside_picture(report: Report) -> list[str]:
    """What a picture of one finding must not be seen without: the reader's word, other ankles' answers, models that differ."""
    shown, lines = report.shown, []
    lines += _readers_word(report, shown, "") if shown is not None and shown.boxes else []
    lines += conclusions(report, remarks=False)
    index = shown.ankle if shown is not None else 0
    for ankle, answer in _heads(report):
        if ankle is not None and ankle != index and answer is not None:
            chance = f" ({chance_text(answer.probability, _decision(report, answer))})" if answer.probability is not None else ""
            lines.append(f"Also: {side(report, ankle).lower()}: {CALLS[answer.call].lower()}{chance}.")
    together = report.result.consensus
    return [*lines, *([agreement(report)] if together is not None and together.divided else []), *apart(report)]


def apart(report: Report) -> list[str]:
    """What preliminary models say that none of the models counted says, a sentence for each."""
    lines = []
    for ankle, _ in _heads(report):
        whose = f"{side(report, ankle)}, p" if len(report.result.ankles) > 1 else "P"
        for answer in preliminary_apart([a for a in report.result.models if a.ankle == ankle]):
            facts = report.facts.get(answer.name)
            said = CALLS[answer.call].lower()
            lines.append(f"{whose}reliminary {facts.title if facts else answer.name} says: {said} (not counted).")
    return lines


def read_rows(report: Report) -> Rows:
    """What was read: name and value."""
    scan = report.result.scan
    rows: Rows = [
        ("Series", report.series or UNKNOWN),
        ("Format", {"nifti": "NIfTI", "dicom": "DICOM"}.get(scan.format or "", UNKNOWN)),
    ]
    if scan.shape is not None and scan.spacing_mm is not None:
        rows.append(("Voxels", f"{times(scan.shape)}, {times(scan.spacing_mm)} mm, axes {scan.orientation} (column, row, slice)"))
    names = [side(report, n) for n in range(len(report.result.ankles))]
    rows.append(("Found", "; ".join(names) or "no ankle"))
    rows.append(("Scan, SHA-256", scan.sha256 or UNKNOWN))
    return rows


def assessed(report: Report) -> list[str]:
    """Sentences: what a model looked at, and what nobody did."""
    lines = []
    for ankle in range(len(report.result.ankles)):
        mine = [a for a in report.result.models if a.ankle == ankle]
        if any(a.probability is not None for a in mine):
            lines.append(f"{side(report, ankle)}: assessed were {ASSESSED}, as far as the scan shows them.")
        else:
            asked = {a.name for a in mine}
            lines.append(f"{side(report, ankle)}: not assessed{_why(report.result.findings, asked)}.")
    if not report.result.ankles:
        lines.append(f"Not assessed: no ankle was found in the scan{_why(report.result.findings)}.")
    return [*lines, NOT_ASSESSED]


def _why(findings: Sequence[Finding], asked: Collection[str] = ()) -> str:
    codes = dict.fromkeys(f.code for f in findings if f.level in ("refuse", "withhold"))  # each once, said of two ankles or one
    if codes:
        return f", because of {', '.join(codes)}"
    failed = dict.fromkeys(f.code for f in findings if f.model in asked)  # on this ankle or on another one
    if failed:
        return f", because the joint is not complete in the scan or a model failed on it ({', '.join(failed)})"
    return ", because no model was run or the joint is not complete in the scan"


def model_rows(report: Report) -> Rows:
    """Ankle, model, answer, probability, the count behind it, the two operating points."""
    rows: Rows = []
    for answer in report.result.models:
        decision = _decision(report, answer)
        rows.append(
            (
                side(report, answer.ankle),
                title(report, answer),
                CALLS[answer.call],
                probability_text(answer.probability, points=decision),
                count_behind(decision, answer.probability),
                operating_points(decision, answer.probability),
            )
        )
    return rows


def count_behind(decision: Decision | None, probability: float | None) -> str:
    """How many scans with a score like this were fractured in validation, and whether it only just calls a fracture."""
    if probability is None:
        return "-"
    calibrated = decision is not None and decision.calibration_n > 0
    row = decision.bin_of(probability) if decision is not None and calibrated else None
    told = "No validation scan had such a score" if calibrated else "Score, not calibrated"
    if row is not None and row.n > 0:
        told = f"Of {row.n} validation scans scored {row.low:.2f}-{row.high:.2f}, {row.fractured} had a fracture"
    threshold = threshold_just_reached(decision, probability)
    return f"{told}; just above the threshold of {threshold}" if threshold else told


def operating_points(decision: Decision | None, probability: float | None = None) -> str:
    """Both thresholds in words, with as many decimals as the probability beside them."""
    if decision is None:
        return UNKNOWN
    n = decimals(probability, decision)
    low, high = f"{decision.sens_threshold:.{n}f}", f"{decision.spec_threshold:.{n}f}"
    return f"No fracture below {low} (sensitive); fracture from {high} (specific); between: uncertain"


def warning_rows(report: Report) -> Rows:
    """Level, code and sentence of everything that the checks said, gravest first."""
    order = ("refuse", "withhold", "caveat", "info")
    found = sorted(report.result.findings, key=lambda f: order.index(f.level))
    return [(_LEVELS[f.level], f.code, f.message) for f in found]


def origin_rows(report: Report) -> Rows:
    """Which program, engine and model files made this: names and values."""
    software = report.result.software
    versions = ", ".join(f"{name} {software[name]}" for name in ("python", "onnxruntime", "openvino") if name in software)
    rows: Rows = [("Program", f"AnkleViewer {software.get('version', UNKNOWN)} ({versions})")]
    for answer in {a.name: a for a in report.result.models}.values():
        engines = dict.fromkeys(a.runtime.provider for a in report.result.models if a.name == answer.name and a.runtime.provider)
        rows.append((title(report, answer), f"engine {', '.join(engines) or 'not run'}; file SHA-256 {answer.sha256}"))
    return rows


def limits(report: Report) -> list[str]:
    """What no reader may forget."""
    lines = [f"{DISCLAIMER}. AnkleViewer is not a medical device."]
    for name in dict.fromkeys(a.name for a in report.result.models):
        facts = report.facts.get(name)
        if facts is None or not facts.data:
            lines.append("What the model learned from is not known; no clinical accuracy is known.")
        elif "simulat" in facts.data.lower():
            lines.append(f"{facts.title}: trained on simulated scans, no clinical accuracy known.")
        else:
            lines.append(f"{facts.title}: trained on {facts.data}; no clinical accuracy is known to this program.")
    if any(a.boxes for a in report.result.models):
        lines.append(
            "The outline is where the model looked, not the edge of a fracture. A box encloses such a place; its share is its "
            "part of the whole heat map, not a probability."
        )
    return list(dict.fromkeys(lines))


def times(values: Sequence[float]) -> str:
    """Numbers of a box or a grid along its three axes."""
    return " \u00d7 ".join(f"{v:.4g}" for v in values)
