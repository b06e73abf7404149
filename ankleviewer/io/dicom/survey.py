"""What the headers of a folder say: its CT images by series, and all else by kind and number. No pixels are read."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePath
from typing import Any, TypeVar

from ankleviewer.core.errors import Cancelled, ScanError
from ankleviewer.core.watching import Progress
from ankleviewer.io import guard
from ankleviewer.io.dicom import headers as dicom_headers
from ankleviewer.io.dicom import pixels as dicom_pixels
from ankleviewer.io.dicom.acquisitions import separated
from ankleviewer.io.dicom.headers import Frame
from ankleviewer.io.nifti import is_heat_map

log = logging.getLogger(__name__)

HEAT_MAPS = "heat maps"  # of this program, as they are counted among what is left out
CUT_OFF, UNREAD = "images that are cut off", "images that cannot be read"
P = TypeVar("P", bound=PurePath)
_NUMBER = re.compile(r"[\da-f.-]+")  # in a name in small letters, with a digit in it: decimal, hexadecimal, or a UID


@dataclass
class Survey:
    """What the headers of a folder say; `broken`: images of which it is known what is wrong with them; `unplaced`: CT images
    without position, by the number of their series.
    """

    frames: list[Frame] = field(default_factory=list)
    syntax: dict[Path, str] = field(default_factory=dict)
    first: dict[str, Any] = field(default_factory=dict)
    skipped: Counter[str] = field(default_factory=Counter)
    origins: dict[str, list[tuple[str, str]]] = field(default_factory=dict)
    broken: dict[Path, ScanError] = field(default_factory=dict)
    unplaced: Counter[str] = field(default_factory=Counter)

    def part_of(self, dataset: Any, series: str) -> str:
        """The series that an image belongs to. Images of another patient or frame of reference (0020,0052) under the same
        number, or under none, lie in no common space: each such set is a series of its own.
        """
        origin = str(dataset.get("PatientID") or ""), str(dataset.get("FrameOfReferenceUID") or "")
        known = self.origins.setdefault(series, [])
        for number, other in enumerate(known):
            if all(a == b or not a or not b for a, b in zip(origin, other, strict=True)):  # what is not told may be anything
                known[number] = origin[0] or other[0], origin[1] or other[1]
                return f"{series}#{number}" if number else series
        known.append(origin)
        return f"{series}#{len(known) - 1}" if len(known) > 1 else series


def survey(files: list[Path], only: Path | None, progress: Progress, cancelled: Callable[[], bool]) -> Survey:
    """What the headers of files say: CT images by frame, all else counted. Raises Cancelled, and ScanError for a lone file."""
    seen = Survey()
    blank: list[Path] = []
    damaged: list[Path] = []
    for n, path in enumerate(files):
        if cancelled():
            raise Cancelled
        if n % 16 == 0:
            progress(0.2 * n / len(files), "Reading headers")
        try:
            if guard.kind_of(path) != "dicom":
                if guard.is_blank(path):
                    blank.append(path)
                else:
                    seen.skipped[HEAT_MAPS if is_heat_map(path) else "other files"] += 1
                continue
            _sort_in(seen, dicom_headers.load(path, pixels=False), path)  # a value that is damaged shows when it is asked for
        except MemoryError:  # no fault of the file's
            raise
        except Exception as error:
            # One unreadable file among many is left out and counted; the only one, or the one asked for, is refused.
            if len(files) == 1 or path == only:
                raise
            _leave_a_trace(error, not damaged)
            damaged.append(path)
    apart = separated(seen.frames)
    for old, new in zip(seen.frames, apart, strict=True):
        seen.first.setdefault(new.series, seen.first[old.series])
    seen.frames = apart
    # what a full disk, or a copy that was broken off, leaves of a slice looks like the slices beside it but for its bytes
    beside = {likeness(f.path) for f in seen.frames}
    for path in blank:
        may_be = not path.name.startswith(".") and likeness(path) in beside  # .nomedia, and what else programs leave behind
        seen.skipped[CUT_OFF if may_be else "other files"] += 1
    for path in damaged:
        seen.skipped[UNREAD if likeness(path) in beside else "unreadable files"] += 1
    return seen


def _leave_a_trace(error: Exception, first: bool) -> None:
    """In the log: it may be a fault of this program's own. Of the first alone, since there may be thousands."""
    if first:
        log.info("a DICOM file is left out", exc_info=error)


def likeness(path: P) -> tuple[P, str]:
    """Equal for files of which a blank one passes for a slice beside the others: folder and ending. Of one without (the last
    number of a UID is none) the whole name but for its numbers, since locks, notes and marks of a folder have no ending either.
    """
    name, ending = path.name.lower(), path.suffix.lower()
    if ending and not ending[1:].isdigit():
        return path.parent, ending
    # the digit is not asked for in the pattern, which would then take minutes for one of a ZIP's longest names
    return path.parent, _NUMBER.sub(lambda run: "0" if re.search(r"\d", run[0]) else run[0], name)


def _sort_in(seen: Survey, dataset: Any, path: Path) -> None:
    kind = dicom_headers.class_of(dataset)
    modality = str(dataset.get("Modality", "")).strip().upper()
    if kind == dicom_headers.DIRECTORY:
        seen.skipped["directories"] += 1
    elif dicom_headers.is_cut_off(dataset):
        seen.skipped[CUT_OFF] += 1
        seen.broken[path] = ScanError("DICOM_MALFORMED", "The file ends within its header; copy it once more.")
    elif modality == "SR":
        seen.skipped["files without pixels"] += 1
    elif modality != "CT":
        seen.skipped["images of other methods"] += 1
    elif dicom_headers.is_localizer(dataset):
        seen.skipped["localizers"] += 1
    elif not dataset.get("Rows") or not dataset.get("Columns"):
        seen.skipped["files without pixels"] += 1
    elif (error := dicom_headers.miscounted(dataset)) is not None:
        seen.skipped["images with a wrong number of frames"] += 1
        seen.broken[path] = error
    else:
        frames = dicom_headers.frames_of(dataset, path)
        if not frames:
            seen.skipped["images without position"] += 1
            seen.unplaced[str(dataset.get("SeriesInstanceUID", ""))] += 1
            return
        syntax = dicom_pixels.syntax_of(dataset)  # first, lest a damaged one leaves its frames behind
        frames = [replace(f, series=seen.part_of(dataset, f.series)) for f in frames]
        seen.frames += frames
        lost = int(dicom_headers.number(dataset.get("NumberOfFrames", 1)) or 1) - len(frames)
        seen.unplaced[str(dataset.get("SeriesInstanceUID", ""))] += lost
        seen.syntax[path] = syntax
        seen.first.setdefault(frames[0].series, dataset)
