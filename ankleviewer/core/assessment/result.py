"""The result of an analysis as plain values, to and from JSON (schemas "ankleviewer.result/1" and "ankleviewer.results/1").

Positions are patient millimetres, LPS; voxel ranges are 0-based, inclusive, in the scan as stored (column, row, slice).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ankleviewer import DISCLAIMER
from ankleviewer.core.assessment.decision import CALLS, Call, Decision
from ankleviewer.core.assessment.seen import Seen
from ankleviewer.core.findings import Finding, Verdict

SCHEMA = "ankleviewer.result/1"
SCHEMA_MANY = "ankleviewer.results/1"

Triple = tuple[float, float, float]
Index = tuple[int, int, int]


@dataclass(frozen=True)
class Box:
    """One suspected place. `score` is the share of its part of the map in the map's hot region (`explain`), 0..1; it is no
    probability.
    """

    score: float
    center_mm: Triple
    min_mm: Triple
    max_mm: Triple
    center_voxel: Index
    min_voxel: Index
    max_voxel: Index
    center_model_voxel: Index


@dataclass(frozen=True)
class Looked:
    """Where one part of a heat map lies, told from the joint (`core.assessment.looked`).

    Attributes:
        share: of the map, as a box's score.
        across: "medial" or "lateral"; "left" or "right" where the side is unknown or the malleoli contradict it; "aside", with
            an empty `along`, where a leg lies across the scan and which way is not known; "" in the middle.
        along: "anterior", "posterior" or "" in the middle.
        height_mm: above (+) or below (-) the joint along the patient's long axis; 0 at its height.
        joint: what heights are told from: "plafond centre" where that landmark was seen, else "joint line".
        near: the name of a landmark beside it, "" for none.
    """

    share: float
    across: str
    along: str
    height_mm: float
    joint: str
    near: str


@dataclass(frozen=True)
class Runtime:
    """What really ran the model (the engine's own word, None when it was not run) and for how long."""

    provider: str | None
    seconds: float


@dataclass(frozen=True)
class ModelAnswer:
    """One model's answer for one ankle.

    Attributes:
        status: "released" or "preliminary".
        ankle: index into the result's ankles; None when no ankle was found.
        probability: 0..1; None when not assessed.
        looked: where the parts of the heat map lie, one for each box; () in results written before it was told.
        seen: the part of the scan that the answer speaks of; None when not assessed, and in results written before it was told.
    """

    name: str
    version: str
    sha256: str
    status: str
    ankle: int | None
    probability: float | None
    call: Call
    boxes: tuple[Box, ...]
    runtime: Runtime
    looked: tuple[Looked, ...] = ()
    seen: Seen | None = None

    def __post_init__(self) -> None:
        if self.call not in CALLS:
            raise ValueError(f"call must be one of {CALLS}, is {self.call!r}")
        if (self.probability is None) != (self.call == "not assessed"):
            raise ValueError(f"a probability and {self.call!r} do not go together: {self.probability}")
        if self.boxes and self.call in ("no fracture", "not assessed"):
            raise ValueError(f"{self.call!r} carries no box")


@dataclass(frozen=True)
class AnkleInfo:
    """Side "L", "R" or "unknown", the LPS box around the ankle's bones, and the landmarks that the locator saw by name, mm."""

    side: str
    min_mm: Triple
    max_mm: Triple
    landmarks_mm: Mapping[str, Triple] = field(default_factory=dict)


@dataclass(frozen=True)
class ScanInfo:
    """What the scan is; all but the path are None when it could not be read.

    sha256 of a DICOM series is the hash of the sorted hashes of the files that were read.
    """

    path: str
    sha256: str | None = None
    format: str | None = None
    shape: Index | None = None
    spacing_mm: Triple | None = None
    orientation: str | None = None


@dataclass(frozen=True)
class ModelFacts:
    """What is told of a model beyond its answers: title, decision values and the data it learned from in its own words ("" where
    it does not say). As its pack stood when it answered.
    """

    title: str
    decision: Decision | None = None
    data: str = ""


@dataclass(frozen=True)
class Consensus:
    """`agree` of `of` models share the call; where it is divided the call is "uncertain" and `agree` counts the largest group. It
    can be 0: see `consensus`.
    """

    call: Call
    agree: int
    of: int

    @property
    def divided(self) -> bool:
        """No more than half of several models say the same, so the "uncertain" is nobody's."""
        return self.call == "uncertain" and self.of > 1 and 2 * self.agree <= self.of


@dataclass(frozen=True)
class Result:
    """Everything the program has to say about one scan."""

    scan: ScanInfo
    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    ankles: tuple[AnkleInfo, ...] = ()
    models: tuple[ModelAnswer, ...] = ()
    consensus: Consensus | None = None
    timings_s: Mapping[str, float] = field(default_factory=dict)
    software: Mapping[str, str] = field(default_factory=dict)
    disclaimer: str = DISCLAIMER

    def to_json(self) -> dict[str, Any]:
        """Plain lists, dicts, numbers and strings, keys as in the schema."""
        record = {"schema": SCHEMA, **_plain(asdict(self))}
        if self.consensus is None:
            del record["consensus"]
        for answer in record["models"]:
            if answer["seen"] is None:
                del answer["seen"]
        for finding in record["findings"]:
            if not finding["model"]:
                del finding["model"]
        return record

    @staticmethod
    def from_json(record: Mapping[str, Any]) -> Result:
        """Inverse of to_json.

        Raises:
            ValueError: another schema, a missing key or a value out of range.
        """
        if record.get("schema") != SCHEMA:
            raise ValueError(f"schema must be {SCHEMA}, is {record.get('schema')!r}")
        try:
            return Result(
                scan=ScanInfo(**_tuples(record["scan"])),
                verdict=record["verdict"],
                findings=tuple(Finding(**f) for f in record["findings"]),
                ankles=tuple(_ankle(a) for a in record["ankles"]),
                models=tuple(_answer(m) for m in record["models"]),
                consensus=Consensus(**record["consensus"]) if record.get("consensus") else None,
                timings_s=dict(record["timings_s"]),
                software=dict(record["software"]),
                disclaimer=record["disclaimer"],
            )
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not a result of schema {SCHEMA}: {error}") from error


def _ankle(record: Mapping[str, Any]) -> AnkleInfo:
    points = {str(name): (float(x), float(y), float(z)) for name, (x, y, z) in record.get("landmarks_mm", {}).items()}
    return AnkleInfo(**_tuples({**record, "landmarks_mm": {}}) | {"landmarks_mm": points})


def many(results: Iterable[Result]) -> dict[str, Any]:
    """Several results in one record."""
    return {"schema": SCHEMA_MANY, "results": [r.to_json() for r in results]}


GRAVITY: tuple[Call, ...] = ("fracture", "uncertain", "not assessed", "no fracture")


def scan_call(answers: Iterable[ModelAnswer]) -> Call:
    """One model's call for a whole scan: the gravest of its ankles' calls. An ankle that was not assessed is graver than one
    without a fracture, since nothing is known of it.
    """
    found = {a.call for a in answers}
    return next((call for call in GRAVITY if call in found), "not assessed")


def consensus(answers: Sequence[ModelAnswer]) -> Consensus | None:
    """What several models say together.

    The models that are not preliminary vote on the ankles that at least one of them assessed, or one that says "no fracture" of
    the only such ankle would lose its vote and one that says "fracture" keep it. The most frequent call counts; a tie is
    "uncertain", and so is "no fracture" unless more than half say it. "No fracture" never stands for an ankle that none of them
    assessed: it is "not assessed", 0 of 0, where all say it, as where none may vote, and else "uncertain", shared by those who
    say just that. None with fewer than two models.
    """
    names = list(dict.fromkeys(a.name for a in answers))
    if len(names) < 2:
        return None
    voters = [name for name in names if _counts(name, answers)]
    seen = {a.ankle for a in answers if a.name in voters and a.probability is not None}
    calls = [scan_call(a for a in answers if a.name == name and a.ankle in seen) for name in voters]
    votes = Counter(call for call in calls if call != "not assessed")
    if not votes:
        return Consensus("not assessed", 0, 0)
    (call, most), *others = votes.most_common()
    if any(n == most for _, n in others) or (call == "no fracture" and 2 * most <= votes.total()):
        return Consensus("uncertain", most, votes.total())
    if call == "no fracture" and any(a.ankle not in seen for a in answers):
        return Consensus("uncertain", votes["uncertain"], votes.total()) if others else Consensus("not assessed", 0, 0)
    return Consensus(call, most, votes.total())


def _counts(name: str, answers: Sequence[ModelAnswer]) -> bool:
    return all(a.status != "preliminary" for a in answers if a.name == name)


def _answer(record: Mapping[str, Any]) -> ModelAnswer:
    parts = {**record, "boxes": tuple(Box(**_tuples(b)) for b in record["boxes"]), "runtime": Runtime(**record["runtime"])}
    parts["looked"] = tuple(Looked(**place) for place in record.get("looked", ()))
    parts["seen"] = _seen(record["seen"]) if record.get("seen") else None
    return ModelAnswer(**parts)


def _seen(record: Mapping[str, Any]) -> Seen:
    x, y, z = (tuple(float(v) for v in axis) for axis in record["axes"])
    return Seen(**_tuples({**record, "axes": (x, y, z)}))


def _tuples(record: Mapping[str, Any]) -> dict[str, Any]:
    return {key: tuple(value) if isinstance(value, list) else value for key, value in record.items()}


def _plain(value: Any) -> Any:
    """Tuples to lists, so that what is written equals what is read back."""
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, (list, tuple)) else value
