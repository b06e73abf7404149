"""The use cases without a window: open a scan, analyse it (`saving` writes what came out). No Qt, no file format, no runtime.

Heavy libraries are imported by the modules below when they are first needed, so that importing this one costs nothing.
"""

from __future__ import annotations

import contextlib
import logging
import platform
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib import metadata
from pathlib import Path

from ankleviewer import __version__
from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.assessment.checks import anatomy_findings, check_volume, side_findings
from ankleviewer.core.assessment.explain import HeatMap
from ankleviewer.core.assessment.failures import each, none_answered
from ankleviewer.core.assessment.looked import looked
from ankleviewer.core.assessment.result import AnkleInfo, ModelAnswer, ModelFacts, Result, Runtime, ScanInfo, Triple, consensus
from ankleviewer.core.errors import AnkleViewerError, ModelError, stop_if
from ankleviewer.core.findings import Finding, Verdict, verdict, withheld
from ankleviewer.core.serieschoice import Series
from ankleviewer.core.watching import Progress, never, silent
from ankleviewer.core.words import printable
from ankleviewer.inference import selection
from ankleviewer.inference.engines.faults import TOO_LARGE
from ankleviewer.inference.loaded import predictor_of, seconds_of
from ankleviewer.inference.locator import ankles_in, in_use
from ankleviewer.inference.pace import part
from ankleviewer.inference.packs import ModelPack, list_packs
from ankleviewer.inference.predictor import Predictor
from ankleviewer.io.reader import Scan, open_scan

Cancel = Callable[[], bool]

choose_packs = selection.choose_packs  # for who has to know the names before anything is analysed

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Case:
    """An open scan with all that was found out about it before any model runs; ankles right first."""

    scan: Scan
    findings: tuple[Finding, ...]
    verdict: Verdict
    ankles: tuple[Ankle, ...]
    timings_s: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Analysis:
    """The result; where each model looked, by (model name, index of the ankle); what each model's pack says of itself, by the
    model's name; and what stopped models beside those that answered, by name, which the result's findings tell to people, too.
    """

    result: Result
    heatmaps: Mapping[tuple[str, int], HeatMap]
    facts: Mapping[str, ModelFacts] = field(default_factory=dict)
    errors: Mapping[str, ModelError] = field(default_factory=dict)


@dataclass(frozen=True)
class ModelSummary:
    """What a chooser needs to know of a pack; `data` is what it learned from in its own words, "" where it does not say;
    `hu_range` the lowest and the highest HU that it tells apart.
    """

    name: str
    title: str
    version: str
    status: str
    default: bool
    data: str
    hu_range: tuple[int, int]


def open_case(path: str | Path, progress: Progress | None = None, cancelled: Cancel | None = None, pick: str = "") -> Case:
    """Read a scan, check it and find its ankles.

    A scan whose checks refuse it comes back with the verdict "refuse" and no ankles. `pick`: as in `open_scan`.

    Raises:
        ScanError: it cannot be read.
        Cancelled: on request.
    """
    report = progress or silent
    start = time.perf_counter()
    scan = open_scan(path, lambda share, what: report(0.7 * share, what), cancelled, pick)
    read = time.perf_counter()
    stop_if(cancelled)
    report(0.7, "Checking the scan")
    findings = (*scan.findings, *check_volume(scan.volume, cancelled))
    ankles: tuple[Ankle, ...] = ()
    if verdict(findings) != "refuse":
        stop_if(cancelled)
        report(0.8, "Looking for the ankle")
        said: list[Finding] = []
        ankles = _with_side(ankles_in(scan.volume, cancelled, said), scan.laterality)
        findings = (*findings, *said, *anatomy_findings(ankles, scan.volume), *side_findings(ankles, scan.laterality))
    timings = {"read": round(read - start, 3), "check": round(time.perf_counter() - read, 3)}
    case = Case(scan, findings, verdict(findings), ankles, timings)
    log.info("scan %s: %s, %s, %s", scan.sha256[:16], case.verdict, [f.code for f in findings], timings)
    report(1.0, "Scan open")
    return case


def series_in(path: str | Path, progress: Progress | None = None, cancelled: Cancel | None = None) -> tuple[Series, ...]:
    """What a folder or ZIP holds, the series to take first. Raises ScanError, Cancelled."""
    from ankleviewer.io.series import list_series

    return list_series(path, progress or silent, cancelled or never)


def analyse(
    case: Case,
    models: Sequence[str] = (),
    runtime: str = "auto",
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
) -> Analysis:
    """Run models on every ankle of a case that may be assessed.

    Args:
        case: from `open_case`.
        models: names or paths of packs; "all" for every pack; none for the default one.
        runtime: "auto", "cpu", "cuda" or "openvino".
        progress: called with (0 to 1, NaN where no share is known, and what is being done).

    Returns:
        The result; without model entries for a refused scan, "not assessed" where the findings withhold the models or where one
        failed, which costs no other answer.

    Raises:
        ModelError: a pack is unknown or refused as a whole; or models failed, and none answered: the first one's code,
            and every one's reason (`core.assessment.failures`).
        Cancelled: on request.
    """
    report = progress or silent
    packs = choose_packs(models)
    if case.verdict == "refuse":
        return Analysis(describe(case), {})
    jobs: list[tuple[ModelPack, int | None]] = [(pack, n) for pack in packs for n in range(len(case.ankles)) or (None,)]
    shares = _Shares(report, [pack for pack, n in jobs if _runs(case, n)], runtime)
    said = _Said(case, packs)
    last: tuple[ModelPack, Predictor] | None = None
    for pack, index in jobs:
        stop_if(cancelled)
        if index is None or not _runs(case, index):
            said.nothing(pack, index)
            continue
        start = time.perf_counter()
        ankle, mine = case.ankles[index], shares.next()
        others = [other for other in case.ankles if other is not ankle]
        try:
            if last is not None and last[0] is not pack:
                last[1].engine.rest()  # or this model's memory would come on top of what that one keeps for its next run
            predictor = predictor_of(pack, runtime)
            last = pack, predictor
            answer, heat = predictor.predict(case.scan.volume, ankle, mine, cancelled, ankle_index=index, others=others)
        except ModelError as error:
            said.failed(pack, index, error)
            continue
        except MemoryError:
            said.failed(pack, index, ModelError("OUT_OF_MEMORY", TOO_LARGE))
            continue
        said.answer(predictor, replace(answer, looked=looked(heat, answer.boxes, ankle)), heat, time.perf_counter() - start)
    analysis = said.all(selection.left_out(models, packs))
    report(1.0, "Done")
    return analysis


class _Shares:
    """The share of the progress that each run gets, by how long runs of its model took before."""

    def __init__(self, report: Progress, runs: Sequence[ModelPack], runtime: str) -> None:
        self._report, self._runs, self._runtime = report, runs, runtime
        self._times: list[float | None] = [None]
        self._ran = 0

    def next(self) -> Progress:
        """Progress of the next run."""
        if None in self._times:  # once all are known they stay, or the share could go back
            self._times = [seconds_of(one, self._runtime) for one in self._runs]
        self._ran += 1
        return part(self._report, self._times, self._ran - 1)


class _Said:
    """What the models of one analysis have said so far, ankle after ankle."""

    def __init__(self, case: Case, packs: Sequence[ModelPack]) -> None:
        self._case = case
        self._answers: list[ModelAnswer] = []
        self._heatmaps: dict[tuple[str, int], HeatMap] = {}
        self._facts = {pack.name: _facts(pack) for pack in packs}
        self._failed: list[tuple[str, ModelError]] = []
        self._notes: dict[str, None] = {}
        self._timings = dict(case.timings_s)

    def nothing(self, pack: ModelPack, index: int | None) -> None:
        """A model was not run."""
        self._answers.append(not_assessed(pack, index))

    def failed(self, pack: ModelPack, index: int, error: ModelError) -> None:
        """A model failed."""
        log.warning("scan %s: %s %s", self._case.scan.sha256[:16], pack.name, error.code)
        self._failed.append((pack.name, ModelError(error.code, error.message)))  # the error's own frames hold the scan's arrays
        self.nothing(pack, index)

    def answer(self, predictor: Predictor, answer: ModelAnswer, heat: HeatMap, seconds: float) -> None:
        """A model answered, of one ankle."""
        name = predictor.pack.name
        self._answers.append(answer)
        self._facts[name] = _facts(predictor.pack)  # a newer one may have taken its place since it was listed
        if answer.ankle is not None:
            self._heatmaps[name, answer.ankle] = heat
        self._notes.update(dict.fromkeys([predictor.note] if predictor.note else []))
        self._timings[name] = round(self._timings.get(name, 0.0) + seconds, 3)
        log.info("scan %s: %s %s on %s", self._case.scan.sha256[:16], name, answer.call, answer.runtime.provider)

    def all(self, left_out: Sequence[Finding]) -> Analysis:
        """The analysis; `left_out`: findings of packs that could not be taken. Raises ModelError: some failed, none answered."""
        if self._failed and not self._heatmaps:
            raise none_answered(self._failed, [ModelError(finding.code, finding.message) for finding in left_out])
        told_of = (*left_out, *selection.failures(self._failed, {name for name, _ in self._heatmaps}))
        notes = (Finding("info", "RUNTIME_FALLBACK", note) for note in self._notes)
        findings = (*self._case.findings, *told_of, *notes)
        told = replace(describe(self._case), verdict=verdict(findings), findings=findings)
        answers = tuple(self._answers)
        result = replace(told, models=answers, consensus=consensus(answers), timings_s=self._timings)
        return Analysis(result, self._heatmaps, self._facts, dict(reversed(self._failed)))  # failed on both ankles: the first


def describe(case: Case) -> Result:
    """What the scan is, as a result without model entries."""
    grid = case.scan.volume.grid
    x, y, z = grid.spacing
    return Result(
        scan=ScanInfo(
            path=case.scan.path,
            sha256=case.scan.sha256,
            format=case.scan.format,
            shape=grid.shape,
            spacing_mm=(round(x, 6), round(y, 6), round(z, 6)),
            orientation=grid.orientation,
        ),
        verdict=case.verdict,
        findings=case.findings,
        ankles=tuple(
            AnkleInfo(a.side, _rounded(a.min_mm), _rounded(a.max_mm), {name: _rounded(mm) for name, mm in a.landmarks})
            for a in case.ankles
        ),
        timings_s=dict(case.timings_s),
        software=software(),
    )


def refused(path: str | Path, error: AnkleViewerError) -> Result:
    """The result of a scan that could not be opened."""
    finding = Finding("refuse", error.code, error.message)
    return Result(ScanInfo(str(path)), "refuse", (finding,), software=software())


def failed(case: Case, models: Sequence[str], error: AnkleViewerError) -> Result:
    """The result of a scan on which a model failed: not assessed by any, and why, of each model. Raises ModelError like
    `choose_packs`.
    """
    packs = choose_packs(models)
    findings = (*case.findings, *(Finding("withhold", why.code, why.message) for why in each(error)))
    answers = tuple(not_assessed(p, n) for p in packs for n in range(len(case.ankles)) or (None,))
    return replace(describe(case), verdict=verdict(findings), findings=findings, models=answers, consensus=consensus(answers))


def default_model() -> str:
    """The default pack's name, "" without one."""
    return next((pack.name for pack in list_packs()), "")


def _facts(pack: ModelPack) -> ModelFacts:
    return ModelFacts(pack.title, pack.decision, _data(pack))


def _data(pack: ModelPack) -> str:
    origin = pack.manifest.record.get("origin")
    return printable(origin.get("data", "")) if isinstance(origin, dict) else ""


def not_assessed(pack: ModelPack, ankle: int | None) -> ModelAnswer:
    """The answer of a model that was not run."""
    nothing = Runtime(None, 0.0)
    return ModelAnswer(pack.name, pack.version, pack.sha256, pack.status, ankle, None, "not assessed", (), nothing)


def list_models() -> list[ModelSummary]:
    """The packs that can be chosen by name, the default first. Raises ModelError: there are some, and all are refused."""
    broken: list[tuple[str, ModelError]] = []
    packs = list_packs(broken)
    if broken and not packs:
        raise broken[0][1]
    return [
        ModelSummary(
            name=p.name,
            title=p.title,
            version=p.version,
            status=p.status,
            default=n == 0,
            data=_data(p),
            hu_range=(round(p.preprocessing.lo), round(p.preprocessing.hi)),
        )
        for n, p in enumerate(packs)
    ]


def software() -> dict[str, str]:
    """Names and versions behind a result; of the locator the first digits of its hash."""
    versions = {"name": "AnkleViewer", "version": __version__, "python": platform.python_version()}
    for package in ("onnxruntime", "onnxruntime-gpu", "openvino"):  # of the first two one is installed
        with contextlib.suppress(metadata.PackageNotFoundError):
            versions[package.removesuffix("-gpu")] = metadata.version(package)
    return versions | ({"locator": in_use()[:16]} if in_use() else {})


def _with_side(ankles: tuple[Ankle, ...], laterality: str) -> tuple[Ankle, ...]:
    """A single ankle whose side the bones do not tell takes it from the scan's laterality tag."""
    if len(ankles) == 1 and ankles[0].side == "unknown" and laterality in ("L", "R"):
        return (replace(ankles[0], side="L" if laterality == "L" else "R"),)
    return ankles


def _rounded(point: Triple) -> Triple:
    x, y, z = (round(float(v), 3) for v in point)
    return x, y, z


def _runs(case: Case, ankle: int | None) -> bool:
    """Whether a model is run on an ankle of a case, by its index; None where there is none."""
    return ankle is not None and case.ankles[ankle].complete and not withheld(case.findings)
