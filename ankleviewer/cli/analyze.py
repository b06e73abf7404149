"""The commands `analyze` and `info`: one scan or many, results for people and for programs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from ankleviewer import DISCLAIMER, session
from ankleviewer.cli import console, series
from ankleviewer.cli.console import UsageError
from ankleviewer.core.errors import ModelError, ScanError
from ankleviewer.core.looked import sentences
from ankleviewer.core.planes import position_text
from ankleviewer.core.result import ModelAnswer, Result, many
from ankleviewer.core.serieschoice import SEVERAL

ENDINGS = {"heatmap": (".nii.gz", ".nii"), "picture": (".png",), "report": (".pdf",)}
SIDES = {"L": "left ankle", "R": "right ankle", "unknown": "ankle of unknown side"}


def info(path: str, json_target: str | None, name: str | None = None) -> int:
    """Print what a scan is and what the checks say; returns the exit code. The JSON is a result and, beside it, the HU range.

    `name`: of a series (`cli.series`), or LIST for the list of them in place of all else.
    """
    _refuse_overwriting([path], [json_target])
    if name == series.LIST:
        return series.show(path, json_target)
    pick = series.chosen(path, name)
    extra: dict[str, list[int]] = {}
    try:
        with console.Progress() as progress:
            case = session.open_case(path, progress, pick=pick)
        result = session.describe(case)
        extra = {"hu_range": [int(case.scan.volume.hu.min()), int(case.scan.volume.hu.max())]}
    except ScanError as error:
        result = _refused(path, error)
    console.write_json({**result.to_json(), **extra}, json_target)
    if json_target != console.STDOUT:
        print(text(result))
        for low, high in extra.values():
            print(f"  Values: {low} to {high} HU")
    return console.SCAN_REFUSED if result.verdict == "refuse" else console.DONE


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
        files: of ENDINGS, what to write where: a file, or for several scans a folder.
        name: of a series of the one scan (`cli.series`).

    Raises:
        ModelError: a pack is unknown or refused, before any scan is read.
        ScanError: SERIES_UNKNOWN.
        UsageError: output names that do not fit.
        OSError: an output cannot be written.
    """
    _check_outputs(inputs, json_target, files)
    if name is not None and len(inputs) > 1:
        raise UsageError("--series names a series of one scan; give one PATH.")
    session.choose_packs(models)
    pick = series.chosen(inputs[0], name)
    results: list[Result] = []
    code = console.DONE
    for number, path in enumerate(inputs):
        label = f"{number + 1}/{len(inputs)} " if len(inputs) > 1 else ""
        places = {kind: _place(target, inputs, number, ENDINGS[kind][0]) for kind, target in files.items() if target is not None}
        result, met = _one(path, pick, models, runtime, label, places)
        results.append(result)
        code = max(code, met)
        if json_target != console.STDOUT:
            print(text(result))
    console.write_json(results[0].to_json() if len(inputs) == 1 else many(results), json_target)
    if json_target != console.STDOUT:
        print(DISCLAIMER)
    return code


def _one(path: str, pick: str, models: Sequence[str], runtime: str, label: str, places: Mapping[str, Path]) -> tuple[Result, int]:
    """One scan's result and exit code, its files written."""
    with console.Progress(label) as progress:
        try:
            case = session.open_case(path, lambda share, what: progress(0.4 * share, what), pick=pick)
        except ScanError as error:
            return _refused(path, error), console.SCAN_REFUSED
        if case.verdict == "refuse":
            return session.describe(case), console.SCAN_REFUSED
        try:
            analysis = session.analyse(case, models, runtime, lambda share, what: progress(0.4 + 0.5 * share, what))
        except ModelError as error:
            console.complain(f"{error.message} [{error.code}]")
            return session.failed(case, models, error), console.exit_code(error)
        if "heatmap" in places:
            progress(0.92, "Writing the heat map")
            if not session.save_heatmaps(case, analysis, places["heatmap"]):
                console.complain("No model assessed the scan, so there is no heat map to write.")
        if "picture" in places:
            progress(0.95, "Writing the picture")
            session.save_picture(case, analysis, places["picture"])
        if "report" in places:
            progress(0.97, "Writing the report")
            session.save_report(case, analysis, places["report"], models=models)
        return analysis.result, console.DONE


def _refused(path: str, error: ScanError) -> Result:
    if error.code in SEVERAL:
        console.complain(series.HOW)
    return session.refused(path, error)


def _check_outputs(inputs: Sequence[str], json_target: str | None, files: Mapping[str, str | None]) -> None:
    """Refuse names that cannot work before an hour of work is done, and never overwrite a scan."""
    several = len(inputs) > 1
    for kind, target in files.items():
        endings = ENDINGS[kind]
        if target is not None and not several and not target.lower().endswith(endings):
            raise UsageError(f"--{kind} must name a file ending in {' or '.join(endings)}.")
        if target is not None and several:
            if Path(target).is_file():
                raise UsageError(f"With several scans --{kind} must name a folder.")
            Path(target).mkdir(parents=True, exist_ok=True)
    _refuse_overwriting(inputs, [json_target] if several else [json_target, *files.values()])


def _refuse_overwriting(inputs: Sequence[str], targets: Sequence[str | None]) -> None:
    scans = {Path(p).resolve() for p in inputs}
    for target in targets:
        if target is None or target == console.STDOUT:
            continue
        if Path(target).resolve() in scans:
            raise UsageError("An output would overwrite a scan.")
        if not Path(target).resolve().parent.is_dir():
            raise UsageError("The folder for an output does not exist.")


def _place(target: str, inputs: Sequence[str], number: int, suffix: str) -> Path:
    """The output file of one scan: as named for a single one, in the named folder for several (numbered where names repeat)."""
    if len(inputs) == 1:
        return Path(target)
    stems = [_stem(path) for path in inputs]
    stem = stems[number] if stems.count(stems[number]) == 1 else f"{stems[number]}-{number + 1}"
    file = Path(target) / f"{stem}{suffix}"
    if file.resolve() in {Path(p).resolve() for p in inputs}:
        file = Path(target) / f"{stem}-out{suffix}"
    return file


def _stem(path: str) -> str:
    name = Path(path).resolve().name
    return name.removesuffix(".gz").removesuffix(".nii").removesuffix(".dcm") or "scan"


def text(result: Result) -> str:
    """A result for people."""
    scan = result.scan
    lines = [scan.path]
    if scan.shape and scan.spacing_mm:
        shape, spacing = " × ".join(map(str, scan.shape)), " × ".join(f"{s:.3g}" for s in scan.spacing_mm)
        lines.append(f"  {scan.format}, {shape} voxels of {spacing} mm, {scan.orientation}")
    lines.append(f"  Verdict: {result.verdict}")
    lines += [f"  {f.level}: {f.message} [{f.code}]" for f in result.findings]
    lines += [f"  Found: {SIDES[a.side]}" for a in result.ankles]
    for answer in result.models:
        lines += _answer_lines(answer, result)
    if result.consensus is not None:
        lines.append(f"  Together: {result.consensus.call} ({result.consensus.agree} of {result.consensus.of} models)")
    return "\n".join(lines)


def _answer_lines(answer: ModelAnswer, result: Result) -> list[str]:
    where = SIDES[result.ankles[answer.ankle].side] if answer.ankle is not None else "scan"
    model = answer.name + (" (preliminary)" if answer.status == "preliminary" else "")
    if answer.probability is None:
        return [f"  {model}, {where}: not assessed"]
    lines = [f"  {model}, {where}: {answer.call}, probability {answer.probability:.3f} ({answer.runtime.provider})"]
    for n, box in enumerate(answer.boxes, start=1):
        size = " × ".join(f"{b - a:.0f}" for a, b in zip(box.min_mm, box.max_mm, strict=True))
        voxel, model_voxel = (", ".join(map(str, v)) for v in (box.center_voxel, box.center_model_voxel))
        lines.append(
            f"    box {n}: centre {position_text(box.center_mm)} mm, voxel ({voxel}), model voxel ({model_voxel}), "
            f"{size} mm, {box.score:.0%} of the heat"
        )
    told = sentences(answer) if answer.looked else ""
    return [*lines, f"    {told}"] if told else lines
