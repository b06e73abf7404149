"""What leaves the program: review, heat maps, picture, report, and results for a PACS. No Qt; libraries when they are needed."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ankleviewer.core.assessment.result import ModelAnswer
from ankleviewer.core.errors import AnkleViewerError, stop_if
from ankleviewer.core.reading.review import Review
from ankleviewer.core.reading.review import to_json as review_json
from ankleviewer.core.reading.unshown import not_shown
from ankleviewer.core.watching import Progress, never, silent
from ankleviewer.io.atomic import write_text
from ankleviewer.session import Analysis, Cancel, Case, default_model, describe

if TYPE_CHECKING:
    from PIL import Image


def review_of(case: Case, analysis: Analysis | None = None) -> tuple[Review, int]:
    """What was said of a scan in the window, in its place on the findings of an analysis, and how many lines of it could not be
    read. Raises OSError.
    """
    from ankleviewer.core.reading.history import History
    from ankleviewer.core.reading.places import today
    from ankleviewer.io import reviews

    records, unreadable = reviews.read(case.scan.sha256, case.scan.former_sha256)
    history = History(records)
    if analysis is not None:
        history.seat(today(analysis.result.models))
    return history.review, unreadable + history.not_understood


def save_review(case: Case, analysis: Analysis | None, review: Review, path: str | Path) -> None:
    """Write the result and what the reader says of it as JSON (schema "ankleviewer.review/1"). The scan is named by the hash of
    its bytes alone, since a path may hold a patient's name. Raises OSError.
    """
    result = analysis.result if analysis is not None else describe(case)
    unnamed = replace(result, scan=replace(result.scan, path=""))
    record = {
        "schema": "ankleviewer.review/1",
        "saved_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "result": unnamed.to_json(),
        "review": review_json(review, unnamed.ankles),
    }
    record |= {"not_shown": list(unshown)} if (unshown := not_shown(review, result.models)) else {}
    write_text(path, json.dumps(record, indent=1) + "\n")


def save_heatmaps(case: Case, analysis: Analysis, path: str | Path) -> dict[str, Path]:
    """Write each model's heat map as NIfTI on the scan's own voxels (0 where it did not look).

    Args:
        path: ends in .nii or .nii.gz; with several models each file's name gets "-NAME".

    Returns:
        The file of each model that assessed the scan.

    Raises:
        OSError: not writable.
    """
    from ankleviewer.io.nifti import HEAT_MAP, write_nifti
    from ankleviewer.reports.heatmap import on_scan

    several = len({a.name for a in analysis.result.models}) > 1
    written = {}
    for name in dict.fromkeys(name for name, _ in analysis.heatmaps):
        file = named(Path(path), name) if several else Path(path)
        maps = [heat for (model, _), heat in analysis.heatmaps.items() if model == name]
        write_nifti(on_scan(maps, case.scan.volume.grid), case.scan.volume.grid, file, description=HEAT_MAP)
        written[name] = file
    return written


def named(path: Path, name: str) -> Path:
    """`path` with "-name" before its suffix, .nii.gz counting as one."""
    suffix = path.name[-7:] if path.name.lower().endswith(".nii.gz") else path.suffix
    return path.with_name(f"{path.name.removesuffix(suffix)}-{name}{suffix}")


def save_picture(case: Case, analysis: Analysis, path: str | Path, review: Review | None = None) -> None:
    """Write a PNG of the three planes through the strongest answer's first finding, or the joint without one, with what the
    reader said of it. Raises OSError.
    """
    from ankleviewer.io.atomic import write_bytes
    from ankleviewer.reports.picture import png
    from ankleviewer.reports.subject import strongest

    write_bytes(path, png(_pictured(case, analysis, strongest(analysis.result.models, default_model()), review)))


def _pictured(case: Case, analysis: Analysis | None, answer: ModelAnswer | None, review: Review | None) -> Image.Image:
    """The three planes through an answer's first finding, with what must not be missed beside it."""
    from ankleviewer.reports.content import Report, beside_picture, readers_boxes
    from ankleviewer.reports.picture import picture
    from ankleviewer.reports.subject import scene_of

    maps, facts = (analysis.heatmaps, analysis.facts) if analysis is not None else ({}, {})
    scene, at, side = scene_of(case.scan.volume, case.ankles, maps, answer)
    about = facts.get(answer.name) if answer is not None else None
    result, said = analysis.result if analysis is not None else describe(case), review or Review()
    notes = beside_picture(Report(result, case.scan.series, facts, said, answer, datetime.now(UTC)))
    own = list(readers_boxes(said, answer).values()) if answer is not None else []
    return picture(scene, answer, at, side, about.decision if about is not None else None, notes, own)


def check_study(case: Case) -> None:
    """Whether there is a study that results could belong to; asked before anybody waits for models.

    Raises:
        AnkleViewerError: NO_DICOM_STUDY.
    """
    if case.scan.format != "dicom":
        raise AnkleViewerError(
            "NO_DICOM_STUDY", "This scan is not a DICOM series: there is no study that results could belong to."
        )


def save_dicom(
    case: Case,
    analysis: Analysis | None,
    folder: str | Path,
    review: Review | None = None,
    shown: ModelAnswer | None = None,
    progress: Progress | None = None,
    cancelled: Cancel | None = None,
) -> list[Path]:
    """Write the answer for a PACS: a structured report, the boxes as segmentations, a picture (`reports.dicom.results`). They
    carry the patient's name and number as the scan's own files do, since they belong into the same study.

    Args:
        folder: made if missing; holds nothing but results of an earlier run on the same study, which are replaced.
        review, shown: as in `save_report`; the picture is of `shown`.

    Returns:
        The files: answer.dcm, boxes.dcm (with a number from the second on; none without a box) and picture.dcm.

    Raises:
        AnkleViewerError: FILE_NOT_WRITTEN, the folder holds other files; those of `check_study`, `originals` and `results`.
        OSError: not writable.
        Cancelled: on request.
    """
    from ankleviewer.io import own_results
    from ankleviewer.io.originals import originals
    from ankleviewer.reports.dicom.results import results
    from ankleviewer.reports.subject import strongest

    check_study(case)
    report = progress or silent
    images = originals(case.scan.path, case.scan.images, lambda share, what: report(0.4 * share, what), cancelled or never)
    result = analysis.result if analysis is not None else describe(case)
    answer = shown if shown is not None else strongest(result.models, default_model())
    picture = _pictured(case, analysis, answer, review)
    pictured = answer.ankle if answer is not None and answer.ankle is not None else 0
    whose = result.ankles[pictured].side if pictured < len(result.ankles) else ""
    report(0.5, "Writing results")
    facts = analysis.facts if analysis is not None else {}
    made = results(images, result, facts, review or Review(), picture, whose, cancelled or never)
    if own_results.strangers_in(Path(folder), str(images[0].StudyInstanceUID)):
        raise AnkleViewerError("FILE_NOT_WRITTEN", "The folder holds other files. Name a new one for the results.")
    stop_if(cancelled)
    return own_results.replace(Path(folder), {f"{name}.dcm": data for name, data in made.items()})


def save_report(
    case: Case,
    analysis: Analysis | None,
    path: str | Path,
    review: Review | None = None,
    shown: ModelAnswer | None = None,
    written: datetime | None = None,
) -> None:
    """Write a report as PDF; it names no patient and no file. Raises OSError.

    Args:
        case, analysis: what was read and answered; None for no answer.
        path: of the PDF.
        review: the reader's judgement.
        shown: the answer that is pictured first, None = the strongest; then the other ankles that its model suspects.
        written: the date on it, None = now.
    """
    from ankleviewer.io.atomic import write_bytes
    from ankleviewer.reports.build import build
    from ankleviewer.reports.subject import scene_of, strongest, with_other_ankles

    result = analysis.result if analysis is not None else describe(case)
    first = shown if shown is not None else strongest(result.models, default_model())
    maps = analysis.heatmaps if analysis is not None else {}
    pictured = [
        (answer, *scene_of(case.scan.volume, case.ankles, maps, answer)[:2]) for answer in with_other_ankles(result.models, first)
    ]
    when = written or datetime.now(UTC)
    facts = analysis.facts if analysis is not None else {}
    write_bytes(path, build(result, case.scan.series, facts, review or Review(), pictured, when))
