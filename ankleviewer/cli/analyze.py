"""The commands `analyze` and `info`: one scan or many, results for people and for programs."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path

from ankleviewer import DISCLAIMER, saving, session
from ankleviewer.cli import console, outputs, series, stopping
from ankleviewer.cli.console import UsageError
from ankleviewer.core import exits
from ankleviewer.core.assessment.ankle_names import ankle_name
from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.assessment.failures import each
from ankleviewer.core.assessment.looked import sentences
from ankleviewer.core.assessment.result import Consensus, ModelAnswer, Result, many
from ankleviewer.core.errors import AnkleViewerError, Cancelled, ModelError, ScanError, stop_if
from ankleviewer.core.imaging.planes import position_text
from ankleviewer.core.reading.review import Review
from ankleviewer.core.words import probability_text

SIDES = {"L": "left ankle", "R": "right ankle", "unknown": "ankle of unknown side"}

log = logging.getLogger(__name__)


def info(path: str, json_target: str | None, name: str | None = None) -> int:
    """Print what a scan is and what the checks say; returns the exit code. The JSON is a result and, beside it, the HU range.

    `name`: of a series (`cli.series`), or LIST for the list of them in place of all else.
    """
    outputs.check_json([path], json_target)
    if name == series.LIST:
        return series.show(path, json_target)
    pick = series.chosen(path, name)
    extra: dict[str, list[int]] = {}
    try:
        with console.Progress() as progress:
            case = session.open_case(path, progress, stopping.requested, pick)
        stop_if(stopping.requested)
        result = session.describe(case)
        extra = {"hu_range": [int(case.scan.volume.hu.min()), int(case.scan.volume.hu.max())]}
    except ScanError as error:
        result = _refused(path, error)
    console.write_json({**result.to_json(), **extra}, json_target)
    if json_target != console.STDOUT:
        print(text(result))
        for low, high in extra.values():
            print(f"  Values: {low} to {high} HU")
        print(DISCLAIMER)
    return exits.SCAN_REFUSED if result.verdict == "refuse" else exits.DONE


def analyze(
    inputs: Sequence[str],
    models: Sequence[str],
    runtime: str,
    json_target: str | None,
    files: Mapping[str, str | None],
    name: str | None = None,
) -> int:
    """Analyse scans one after the other; a bad one does not stop the rest. Returns the highest exit code met.

    Args:
        inputs: scans.
        models, runtime: as in `session.analyse`.
        json_target: file for the JSON, "-" for standard output, None for none.
        files: of `outputs.ENDINGS`, what to write where: a file, or for several scans a folder.
        name: of a series of the one scan (`cli.series`).

    Raises:
        ModelError: a pack is unknown or refused, before any scan is read.
        ScanError: SERIES_UNKNOWN.
        UsageError: output names that do not fit.
        AnkleViewerError: FILE_NOT_WRITTEN, the JSON cannot be written, or a folder not made.
        OSError: standard output cannot be written, and no file was asked for.
    """
    outputs.check_names(inputs, files)
    if name is not None and len(inputs) > 1:
        raise UsageError("--series names a series of one scan; give one PATH.")
    decisions = {pack.name: pack.decision for pack in session.choose_packs(models)}
    packs = list(decisions)
    for folder in (target for target in files.values() if target is not None and len(inputs) > 1):
        try:
            Path(folder).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise console.not_written(folder, error) from error
    places = outputs.places(inputs, packs, json_target, files)
    pick = series.chosen(inputs[0], name)
    results: list[Result] = []
    code, out = exits.DONE, console.Standing()
    to_files = json_target not in (None, console.STDOUT) or any(target is not None for target in files.values())
    say = out.print if to_files else print
    try:
        for number, path in enumerate(inputs):
            label = f"{number + 1}/{len(inputs)} " if len(inputs) > 1 else ""
            result, met, left = _one(path, pick, models, runtime, label, places[number])
            older = [file for kind in left for file in outputs.written(kind, places[number][kind], packs)]
            outputs.tell_older(older, remove=bool(result.scan.shape))  # a name that was mistyped costs no heat map
            results.append(result)
            code = max(code, met)
            if json_target != console.STDOUT:
                say(text(result, decisions))
    except BaseException:  # a signal, as a rule: what is done is not lost with what is not
        if results and json_target is not None:
            console.complain(f"The JSON holds {len(results)} of {len(inputs)} scans.")
            console.write_json({**many(results), "complete": False, "asked": len(inputs)}, json_target)
        elif json_target is not None and json_target != console.STDOUT:
            outputs.tell_older([Path(json_target)], remove=False)
        raise
    console.write_json(results[0].to_json() if len(inputs) == 1 else many(results), json_target)
    if json_target != console.STDOUT:
        say(DISCLAIMER)
    return max(code, exits.FAILED) if out.failed else code


def _one(
    path: str, pick: str, models: Sequence[str], runtime: str, label: str, places: Mapping[str, Path]
) -> tuple[Result, int, Collection[str]]:
    """One scan's result and exit code, and the kinds of files for which there was nothing to write."""
    try:
        return _tried(path, pick, models, runtime, label, places)
    except MemoryError:  # after reading, which says the same; the next scan may be smaller
        error = ScanError("OUT_OF_MEMORY", "The scan does not fit into this computer's memory.")
        log.warning("%s", error.code)
        return _refused(path, error), exits.SCAN_REFUSED, places


def _tried(
    path: str, pick: str, models: Sequence[str], runtime: str, label: str, places: Mapping[str, Path]
) -> tuple[Result, int, Collection[str]]:
    with console.Progress(label) as progress:
        try:
            case = session.open_case(path, lambda share, what: progress(0.4 * share, what), stopping.requested, pick)
        except ScanError as error:
            return _refused(path, error), exits.SCAN_REFUSED, places
        if case.verdict == "refuse":
            return session.describe(case), exits.SCAN_REFUSED, places
        nowhere = set[str]()
        if "dicom" in places:
            try:
                saving.check_study(case)
            except AnkleViewerError as error:
                console.complain(f"{path}: {error.message} [{error.code}]")
                nowhere = {"dicom"}
        try:
            analysis = session.analyse(
                case, models, runtime, lambda share, what: progress(0.4 + 0.5 * share, what), stopping.requested
            )
        except ModelError as error:
            for why in each(error):
                console.complain(f"{why.message} [{why.code}]")
            return session.failed(case, models, error), console.exit_code(error), places
        failed = _tell_failed(analysis, places)
        left = nowhere | ({"heatmap"} & places.keys() if not analysis.heatmaps else set())
        if "heatmap" in left:
            console.complain("No model assessed the scan, so there is no heat map to write.")
        code = _save(case, analysis, {kind: file for kind, file in places.items() if kind not in left}, progress)
    return analysis.result, max(code, failed, exits.FAILED if nowhere else exits.DONE), left


def _tell_failed(analysis: session.Analysis, places: Mapping[str, Path]) -> int:
    """Say what stopped models beside those that answered; no heat map of an earlier run stands for theirs. The exit code."""
    for line in dict.fromkeys(f"{error.message} [{error.code}]" for error in analysis.errors.values()):
        console.complain(line)
    if analysis.errors and "heatmap" in places:
        silent = {a.name for a in analysis.result.models} - {name for name, _ in analysis.heatmaps}
        outputs.tell_older([saving.named(places["heatmap"], name) for name in sorted(silent)], remove=True)
    return max(map(console.exit_code, analysis.errors.values()), default=exits.DONE)


def _save(case: session.Case, analysis: session.Analysis, places: Mapping[str, Path], progress: console.Progress) -> int:
    """Write one scan's files and return the exit code; one that cannot be written is told and costs no other."""
    stop = stopping.requested
    review = _review(case, analysis) if {"report", "dicom", "picture"} & places.keys() else None
    writers: dict[str, tuple[str, Callable[[Path], object]]] = {
        "heatmap": ("the heat map", lambda file: saving.save_heatmaps(case, analysis, file)),
        "picture": ("the picture", lambda file: saving.save_picture(case, analysis, file, review)),
        "report": ("the report", lambda file: saving.save_report(case, analysis, file, review)),
        "dicom": (
            "the results for a PACS",
            lambda folder: saving.save_dicom(case, analysis, folder, review, cancelled=stop),
        ),
    }
    code = exits.DONE
    for kind, file in places.items():
        what, write = writers[kind]
        progress(0.95, f"Writing {what}")
        try:
            write(file)
        except Cancelled:
            raise
        except AnkleViewerError as error:
            console.complain(f"{file}: {what} could not be written: {error.message} [{error.code}]")
            log.error("%s", error.code)
            code = exits.FAILED
        except (OSError, MemoryError) as error:
            why = getattr(error, "strerror", None) or type(error).__name__
            console.complain(f"{file}: {what} could not be written: {why}. Name another place. [FILE_NOT_WRITTEN]")
            log.error("system error %s", getattr(error, "errno", None) or type(error).__name__)
            code = exits.FAILED
    return code


def _review(case: session.Case, analysis: session.Analysis) -> Review | None:
    """What was said of the scan in the window; None where it cannot be read, which is told."""
    try:
        review, lost = saving.review_of(case, analysis)
    except OSError as error:
        why = error.strerror or type(error).__name__
        console.complain(f"The review of this scan could not be read ({why}); it is written without.")
        return None
    if lost:
        console.complain(
            f"{lost} step(s) of the review of this scan could not be read or understood; it is written without them."
        )
    return review


def _refused(path: str, error: ScanError) -> Result:
    if error.code in series.HINTS:
        console.complain(series.HINTS[error.code])
    return session.refused(path, error)


def text(result: Result, decisions: Mapping[str, Decision] | None = None) -> str:
    """A result for people. `decisions`: of the models by name, whose thresholds a probability is not written like by chance."""
    scan = result.scan
    lines = [scan.path]
    if scan.shape and scan.spacing_mm:
        shape, spacing = " × ".join(map(str, scan.shape)), " × ".join(f"{s:.3g}" for s in scan.spacing_mm)
        lines.append(f"  {scan.format}, {shape} voxels of {spacing} mm, {scan.orientation}")
    lines.append(f"  Verdict: {result.verdict}")
    lines += [f"  {f.level}: {f.message} [{f.code}]" for f in result.findings]
    lines += [f"  Found: {ankle_name(result.ankles, n, SIDES)}" for n in range(len(result.ankles))]
    for answer in result.models:
        lines += _answer_lines(answer, result, (decisions or {}).get(answer.name))
    if result.consensus is not None:
        whose = "Together, of the whole scan" if len(result.ankles) > 1 else "Together"
        lines.append(f"  {whose}: {_agreement(result.consensus)}")
    return "\n".join(lines)


def _agreement(together: Consensus) -> str:
    """As the window says it: a preliminary model is not counted."""
    if together.of == 0:
        return "nothing, no released model assessed every ankle of this scan"
    if together.of == 1:
        return f"{together.call}; one released model counted"
    if together.divided:
        return f"{together.call}; the {together.of} released models do not agree"
    return f"{together.call}, say {together.agree} of {together.of} released models"


def _answer_lines(answer: ModelAnswer, result: Result, decision: Decision | None = None) -> list[str]:
    where = ankle_name(result.ankles, answer.ankle, SIDES) if answer.ankle is not None else "scan"
    model = answer.name + (" (preliminary)" if answer.status == "preliminary" else "")
    if answer.probability is None:
        return [f"  {model}, {where}: not assessed"]
    chance = probability_text(answer.probability, points=decision)
    lines = [f"  {model}, {where}: {answer.call}, fracture probability {chance} ({answer.runtime.provider})"]
    for n, box in enumerate(answer.boxes, start=1):
        size = " × ".join(f"{b - a:.0f}" for a, b in zip(box.min_mm, box.max_mm, strict=True))
        voxel, model_voxel = (", ".join(map(str, v)) for v in (box.center_voxel, box.center_model_voxel))
        lines.append(
            f"    box {n}: centre {position_text(box.center_mm)} mm, voxel ({voxel}) and model voxel ({model_voxel}), "
            f"both from 0, {size} mm, {box.score:.0%} of the heat"
        )
    told = sentences(answer) if answer.looked else ""
    return [*lines, f"    {told}"] if told else lines
