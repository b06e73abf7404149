"""Evaluation through the exported file and the viewer's own code: what is measured is what the user gets.

Reads a manifest.csv (path, label, patient, mask, site; severity and twin where known). Where a fracture lies is said by a
truth.json beside it, as the simulator writes it, or else by the scan's mask.
"""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankleviewer import __version__
from ankleviewer.core.assessment.explain import RULES, paper_map
from ankleviewer.core.errors import AnkleViewerError, ModelError
from ankleviewer.core.geometry import Point
from ankleviewer.core.words import printable
from ankleviewer.inference.packs import load_pack
from ankleviewer.inference.predictor import Predictor
from ankleviewer.io.atomic import write_text
from trainer.evaluation.answers import Answers, Places, Prediction
from trainer.evaluation.figures import measure
from trainer.evaluation.localise import Pointing
from trainer.evaluation.tables import draw_roc, write_predictions
from trainer.scans.example import pixels_of
from trainer.scans.intake import NO_LOCATOR, Intake, take_in
from trainer.scans.manifest import SIMULATOR, DataError, Row, check_table, read_manifest
from trainer.scans.marks import marked_fractures, read_marks
from trainer.scans.prepare import check_reachable
from trainer.scans.source import TAKING_IN, fingerprint
from trainer.scans.split import SPLITS

if TYPE_CHECKING:
    from ankleviewer.core.assessment.explain import HeatMap
    from ankleviewer.core.volume import Volume
    from ankleviewer.inference.packs import ModelPack

Progress = Callable[[int, int, str], None]


def evaluate(
    models: Sequence[str | Path],
    data: str | Path,
    out: str | Path,
    runtime: str = "cpu",
    resamples: int = 1000,
    progress: Progress | None = None,
) -> dict[str, Any]:
    """Run packs over a manifest and write predictions.csv, metrics.json and roc.png into `out`.

    Answers are kept in `out` scan by scan (`Answers`): a run that was cut, or is given one model more, asks for what is missing.

    Args:
        models: pack names or paths.
        data: manifest.csv, or a folder that holds one.
        out: folder, made if missing.
        runtime: see `Predictor`.
        resamples: of the bootstrap.
        progress: called with (scans done, of all, scan).

    Returns:
        What metrics.json holds: {"schema", "scans", "models": {name: figures}}, and "without_truth": the fractured
        scans of which no place is known while it is of others (beside the models, whose figures go into packs: names of a
        hospital's scans must not), and "pictures": hashes of the scans' voxels, by which `export` knows again those that the
        network has learnt from, and "pictured": of how many of each model's assessed scans they are (two may be equal). "set"
        among a model's figures says in words on which scans they were measured, see `scans_named`.

    Raises:
        DataError: see `check_table`, `read_manifest` and `read_marks`; a label and truth.json contradict each other.
        ModelError: a pack is refused.
        AnkleViewerError: MODELS_SAME_NAME, figures go by the models' names.
        OSError: `out` cannot be written.
    """
    check_table(data, "--data", SPLITS[-1][0])  # the part that no training and no threshold has seen
    rows = read_manifest(data)
    truth_file = (Path(data) if Path(data).is_dir() else Path(data).parent) / "truth.json"
    truth = json.loads(truth_file.read_text("utf-8")) if truth_file.is_file() else None
    _check_truth(rows, truth or {})
    check_reachable(rows)
    packs = _packs(models)
    folder = Path(out)
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):  # a folder that cannot be written is told now, not after hours
        pass
    predictors = {pack.name: Predictor(pack, runtime) for pack in packs}
    for predictor in predictors.values():
        predictor.start()  # what no engine takes is told now, not after scans have been read
    kept = Answers(folder, f"{__version__} {runtime} {TAKING_IN} {RULES}")
    answers, marked = _ask(rows, Path(data), truth or {}, predictors, kept, progress or (lambda *_: None))
    places = _places(rows, truth, marked)
    record: dict[str, Any] = {"schema": "ankleviewer.evaluation/1", "scans": len(rows), **_pictures(answers), "models": {}}
    assessed = zip(rows, *([p.probability is not None for p in found] for found in answers.values()), strict=True)
    if places is not None and (lacking := [row.id for row, *found in assessed if row.id not in places and any(found)]):
        record["without_truth"] = lacking
    for name, predictor in predictors.items():
        decision = predictor.pack.manifest.record["decision"]
        thresholds = float(decision["spec_threshold"]), float(decision["sens_threshold"])
        figures = measure(rows, answers[name], *thresholds, places, resamples)
        about = {"version": predictor.pack.version, "sha256": predictor.pack.sha256, "set": scans_named(rows, data)}
        record["models"][name] = about | figures
    write_predictions(folder / "predictions.csv", rows, answers)
    draw_roc(folder / "roc.png", rows, answers)
    write_text(folder / "metrics.json", json.dumps(record, indent=1, sort_keys=True) + "\n")
    return record


def _packs(models: Sequence[str | Path]) -> list[ModelPack]:
    """The packs that are asked.

    Raises:
        ModelError: a pack is refused.
        AnkleViewerError: MODELS_SAME_NAME, figures go by the models' names.
    """
    packs = [load_pack(model) for model in models]
    for name, times in Counter(pack.name for pack in packs).items():
        if times > 1:
            raise AnkleViewerError(
                "MODELS_SAME_NAME",
                f"{times} of the packs are named {name}, so that their figures could not be told apart: evaluate them one by "
                "one, or export one under another name (--name).",
            )
    return packs


def _ask(
    rows: Sequence[Row],
    data: Path,
    truth: Mapping[str, Any],
    predictors: Mapping[str, Predictor],
    kept: Answers,
    progress: Progress,
) -> tuple[dict[str, list[Prediction]], dict[str, Places]]:
    """Every model's answers in the order of the rows, and the marked fractures of the scans that `truth` does not tell of."""
    answers: dict[str, list[Prediction]] = {name: [] for name in predictors}
    marked: dict[str, Places] = {}
    for i, row in enumerate(rows):
        progress(i, len(rows), row.id)
        # a simulated patient may be of any age; whom a hospital's table leaves out, it leaves out here too
        left_out = row.not_eligible if not row.site.startswith(SIMULATOR) else ""
        with_marks = row.mask is not None and row.id not in truth
        found, marks = (
            (dict.fromkeys(predictors, _none(left_out)), None)
            if left_out
            else _answers(kept, row, fingerprint(row, data), predictors, with_marks)
        )
        if marks is not None:
            marked[row.id] = marks
        for name, prediction in found.items():
            answers[name].append(prediction)
    progress(len(rows), len(rows), "")
    return answers, marked


def _pictures(answers: Mapping[str, Sequence[Prediction]]) -> dict[str, Any]:
    """Hashes of the scans' voxels, and of how many of each model's assessed scans they are."""
    seen = [next((p.pixels for p in of_scan if p.pixels), "") for of_scan in zip(*answers.values(), strict=True)]
    pictured = {
        name: sum(p.probability is not None and pixels != "" for p, pixels in zip(found, seen, strict=True))
        for name, found in answers.items()
    }
    return {"pictures": sorted({*seen} - {""}), "pictured": pictured}


def scans_named(rows: Sequence[Row], data: str | Path) -> str:
    """The scans of a table for a pack's card: the file's name, how many scans of how many patients, and today's date. No folder
    and no patient's name, since packs are passed on.
    """
    table = Path(data) / "manifest.csv" if Path(data).is_dir() else Path(data)
    patients, alone = len({row.patient for row in rows}), len({row.patient for row in rows if not row.patient_named})
    whose = f"{len(rows)} scans of {patients} patients"
    if alone:
        whose += f" ({alone} of them not named)"
    return f"{printable(table.name)}: {whose}, {datetime.now(UTC).date()}"


def _answers(
    kept: Answers, row: Row, source: str, predictors: Mapping[str, Predictor], with_marks: bool
) -> tuple[dict[str, Prediction], Places | None]:
    """Every model's answer and the marked fractures, from what is kept or else from the scan."""
    before = {name: kept.prediction(row.id, source, predictor.pack.sha256) for name, predictor in predictors.items()}
    marks = kept.fractures(row.id, source) if with_marks else None
    missing = {name: predictor for name, predictor in predictors.items() if before[name] is None}
    unread = with_marks and marks is None
    if missing or unread:
        found, new = predict_scan(row, missing, unread)
        kept.add(row.id, source, {predictors[name].pack.sha256: p for name, p in found.items()}, new)
        before |= found
        marks = new if unread else marks
    return {name: prediction for name, prediction in before.items() if prediction is not None}, marks


def _places(rows: Sequence[Row], truth: Mapping[str, Any] | None, marked: Mapping[str, Places]) -> dict[str, Places] | None:
    """The fractures of each scan of which they are known; None where nothing tells of places. Marks of nothing on a fractured
    scan tell nothing.
    """
    if truth is None and not any(marked.values()):
        return None
    known = {row.id: (truth or {}).get(row.id, {}).get("fractures") or marked.get(row.id) or [] for row in rows}
    return {row.id: known[row.id] for row in rows if known[row.id] or not row.label}


def _check_truth(rows: Sequence[Row], truth: Mapping[str, Any]) -> None:
    wrong = [r.id for r in rows if r.id in truth and bool(r.label) != bool(truth[r.id].get("fractures"))]
    if wrong:
        raise DataError(
            "LABELS_CONTRADICT", f"label and truth.json contradict each other for {len(wrong)} scans, the first is {wrong[0]}"
        )


def predict_scan(
    row: Row, predictors: Mapping[str, Predictor], with_marks: bool = False
) -> tuple[dict[str, Prediction], Places | None]:
    """Every model's answer for one scan, and its marked fractures if asked for; scans that the viewer refuses or withholds from
    the models are "not assessed", and where one cannot be read, neither can its marks be placed (None).

    Raises:
        DataError: see `read_marks`.
    """
    taken = take_in(row.path)
    if taken.scan is None:
        return dict.fromkeys(predictors, _none(taken.reason, lasting=False)), None
    marks = marked_fractures(read_marks(row, row.mask, taken.scan.volume)) if with_marks and row.mask is not None else None
    pixels = pixels_of(taken.scan.volume)
    if not taken.ankles:
        return dict.fromkeys(predictors, replace(_none(taken.reason, lasting=taken.reason != NO_LOCATOR), pixels=pixels)), marks
    found = {}
    for name, predictor in predictors.items():
        try:
            found[name] = replace(_predict(predictor, taken.scan.volume, taken), pixels=pixels)
        except ModelError as error:
            found[name] = _none(error.code, lasting=False)
    return found, marks


def _none(reason: str, lasting: bool = True) -> Prediction:
    return Prediction(None, "not assessed", Pointing((), None), reason, lasting)


def _predict(predictor: Predictor, volume: Volume, taken: Intake) -> Prediction:
    best = _none("NO_COMPLETE_ANKLE")
    for i, ankle in enumerate(taken.ankles):
        answer, heat = predictor.predict(volume, ankle, ankle_index=i, others=taken.beside(ankle))
        if answer.probability is None or (best.probability is not None and answer.probability <= best.probability):
            continue
        boxes = tuple((b.min_mm, b.max_mm) for b in answer.boxes)
        centres = (ankle.center_mm, *(other.center_mm for other in taken.beside(ankle)))
        pointing = Pointing(boxes, _peak(heat), _peak(paper_map(heat) or heat), centres)
        best = Prediction(answer.probability, answer.call, pointing)
    return best


def _peak(heat: HeatMap) -> Point | None:
    x, y, z = (float(v) for v in heat.peak_mm)
    return (x, y, z) if heat.peak > 0 else None
