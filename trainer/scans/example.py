"""What one scan becomes: the network's input as the viewer would make it, the marks on the same voxels, or why it is left out."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.geometry import closest_axes
from ankleviewer.core.volume import Volume
from trainer.scans.intake import Intake, take_in
from trainer.scans.manifest import Row
from trainer.scans.marks import marks_on, read_marks

WHICH_ANKLE = "WHICH_ANKLE"  # two ankles, fractured, and no mark that tells which of them
CUT_OFF = "ANKLE_INCOMPLETE"  # the marks lie in an ankle that the scan does not show whole


def pixels_of(volume: Volume) -> str:
    """SHA-256 of a scan's voxels (HU), which knows a scan again under any name or form, also with its axes in another order or
    turned about, as programs store them that make NIfTI of DICOM; hexadecimal.
    """
    grid = volume.grid
    direction = grid.affine[:3, :3] / np.asarray(grid.spacing)
    axes = closest_axes(direction)
    order = [axes.index(patient) for patient in range(3)]
    back = tuple(patient for patient, axis in enumerate(order) if direction[patient, axis] < 0)
    return hashlib.sha256(np.ascontiguousarray(np.flip(volume.hu.transpose(order), back)).tobytes()).hexdigest()


def make_example(row: Row, target: Path, marks: Path, spec: PreprocessSpec) -> dict[str, Any]:
    """Read a scan and write what the network sees of the ankle that its label speaks of, and where it is marked.

    Args:
        target: file of the input, float32 of `spec.size` along each axis; not written where the scan is left out.
        marks: file of the marks, bool of the same shape; one that is there is removed first.

    Returns:
        excluded (code, "" where it takes part), pixels (SHA-256 of the HU, "" where it could not be read), ankle (LPS mm, or
        None), and marked, whether there are marks that the network can see.

    Raises:
        DataError: see `read_marks`.
    """
    from ankleviewer.core.anatomy.facing import stance
    from ankleviewer.core.anatomy.neighbours import of_another_leg
    from ankleviewer.core.assessment.preprocess import apply, model_grid

    marks.unlink(missing_ok=True)  # of an earlier table
    found = take_in(row.path)
    if found.scan is None:
        return {"excluded": found.reason, "pixels": "", "ankle": None}
    volume = found.scan.volume
    pixels = pixels_of(volume)
    marked = read_marks(row, row.mask, volume) if row.mask is not None else None
    ankle = meant(found, row.label, marked)
    if ankle is None or not ankle.complete:
        reason = CUT_OFF if ankle is not None else WHICH_ANKLE if found.ankles else found.reason
        return {"excluded": reason, "pixels": pixels, "ankle": None, "marked": marked is not None}
    others = [(other.center_mm, other.up) for other in found.beside(ankle)]
    turn = stance(ankle.side, ankle.up, ankle.landmarks)
    tensor, _ = apply(volume, spec, ankle.center_mm, turn, others)
    _save(target, tensor[0, 0])
    grid = model_grid(volume, spec, ankle.center_mm, turn)
    seen = None if marked is None else marks_on(marked, grid)
    elsewhere = of_another_leg(grid, (ankle.center_mm, ankle.up), others)
    if seen is not None and elsewhere is not None:
        seen[elsewhere] = False  # the other leg's fracture: what the network sees there is blank
    # marks of nothing would teach that no cell of a fractured scan holds a fracture
    has_marks = seen is not None and (not row.label or bool(seen.any()))
    if seen is not None and has_marks:
        _save(marks, seen)
    return {"excluded": "", "pixels": pixels, "ankle": [float(c) for c in ankle.center_mm], "marked": has_marks}


def meant(found: Intake, label: int, marked: Volume | None) -> Ankle | None:
    """The ankle that a scan's label speaks of: of several it is the one with the marks, which may be an incomplete one; without
    marks an unfractured scan means any complete one, a fractured one leaves it open between two (None).
    """
    ankles = found.ankles
    if not ankles or not label:
        return ankles[0] if ankles else None
    where = np.argwhere(marked.hu > 0) if marked is not None else np.zeros((0, 3))
    if marked is None or not len(where):
        return ankles[0] if len(ankles) == 1 else None
    middle = marked.grid.to_mm(where).mean(axis=0)
    every = (*ankles, *found.incomplete)
    return min(every, key=lambda ankle: float(np.linalg.norm(np.subtract(ankle.center_mm, middle))))


def _save(target: Path, values: NDArray[Any]) -> None:
    from ankleviewer.io.atomic import atomic_file

    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(target) as stream:
        np.save(stream, values)
