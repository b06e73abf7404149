"""Which of several series of one examination the program would take, and why. No file format, no Qt.

Thin bone reconstructions show fine fracture lines, so the thinnest axial series with enough slices comes first; of equally thin
ones that with a bone kernel, then that with most slices.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer import DISCLAIMER

SCHEMA = "ankleviewer.series/1"
SEVERAL = ("SERIES_AMBIGUOUS", "ARCHIVE_SEVERAL")  # refusals that the choice of a series mends
ENOUGH_SLICES = 20
LIKE_MM = 0.15  # slice distances that differ by no more count as equal
# Reconstruction kernels for bone, as the makers name them: by word (GE: BONE, BONEPLUS, EDGE), Siemens' letter and number from 60
# on (B60s, Br64, Hr60u, U90u, iterative I70f and J70h), Canon's FC30 to FC39 and FC80 to FC89.
_BONE = re.compile(r"bone|knochen|(?<![a-z])edge|\b[bhuij][a-z]?[6-9]\d|\bfc[38]\d\b", re.IGNORECASE)


@dataclass(frozen=True, eq=False)
class Series:
    """One series (or one NIfTI file) that could be opened.

    Attributes:
        key: names it within its folder or ZIP (`io.series`).
        description: the words of the scanner, or the file's name; may be personal.
        plane: "axial", "coronal", "sagittal" or "" where the slices do not say.
        slices: number of images.
        size: columns and rows.
        spacing_mm: between columns, rows and slices; None where the headers do not say.
        kernel: of the reconstruction, "" unknown.
        thickness_mm: of the slices, as the scanner told it; None if it did not.
        derived: projections, or images of one material or without one: no model is run on them.
        picture: the middle slice in the bone window, uint8 (rows, columns) with square pixels; None where it cannot be shown.
    """

    key: str
    description: str
    plane: str
    slices: int
    size: tuple[int, int]
    spacing_mm: tuple[float, float, float] | None
    kernel: str = ""
    picture: NDArray[np.uint8] | None = field(default=None, repr=False)
    thickness_mm: float | None = None
    derived: bool = False

    @property
    def bone(self) -> bool:
        """Whether kernel or description speak of a reconstruction for bone."""
        return bool(_BONE.search(f"{self.kernel} {self.description}"))

    @property
    def overlapping(self) -> bool:
        """Whether the slices are clearly thicker than they are apart."""
        return self.spacing_mm is not None and (self.thickness_mm or 0.0) > self.spacing_mm[2] + LIKE_MM

    @property
    def lack(self) -> str:
        """What speaks against it, as a code of `LACKS`; "" for nothing."""
        if self.spacing_mm is None:
            return "unknown"
        if self.derived:
            return "derived"
        if self.slices < ENOUGH_SLICES:
            return "few"
        return "" if self.plane in ("axial", "") else "reformat"


LACKS = {
    "unknown": "its headers do not say how far the slices are apart",
    "derived": "no plain slices: projections, or images of one material or without one",
    "few": f"fewer than {ENOUGH_SLICES} slices",
    "reformat": "not axial",
}
ONLY = "the only one without a fault"
THINNEST = "the thinnest slices"
BONE = "as thin as others, with a bone kernel"
MOST = "as thin as others, none of which has more slices"
LEAST_BAD = "none is without a fault, and no other has more slices"
KNOWN = "none is without a fault; of those whose slice distance is known, no other has more slices"


def ranked(found: Sequence[Series]) -> list[Series]:
    """The series, the one that the program would take first; last those whose slice distance is not known."""
    sound = [s for s in found if not s.lack]
    thinnest = min((_apart(s) for s in sound), default=0.0)

    def order(s: Series) -> tuple[float, ...]:
        if s.lack:
            return (1.0, list(LACKS).index(s.lack) == 0, float(-s.slices), 0.0)
        like = _apart(s) <= thinnest + LIKE_MM
        return (0.0, 0.0 if like else _apart(s), float(not s.bone), float(-s.slices))

    return sorted(found, key=order)


def reason(found: Sequence[Series]) -> str:
    """Why the first of `ranked` comes first; "" where there is no choice."""
    if len(found) < 2:
        return ""
    first, sound = ranked(found)[0], [s for s in found if not s.lack]
    if first.lack:
        return KNOWN if any(s.slices > first.slices for s in found) else LEAST_BAD
    if len(sound) == 1:
        return ONLY
    like = [s for s in sound if _apart(s) <= min(map(_apart, sound)) + LIKE_MM]
    if len(like) == 1 or all(s is first for s in like):
        return THINNEST
    if first.bone and not all(s.bone for s in like):
        return BONE
    return MOST


def to_json(path: str, found: Sequence[Series]) -> dict[str, Any]:
    """A list of series as plain values (schema "ankleviewer.series/1"); pictures are left out.

    `proposed` says why the first one comes first, `lack` what speaks against one; both are null where there is nothing to say.
    """
    why = reason(found)
    return {
        "schema": SCHEMA,
        "path": path,
        "series": [
            {
                "number": n + 1,
                "key": s.key,
                "description": s.description,
                "plane": s.plane or None,
                "slices": s.slices,
                "size": list(s.size),
                "spacing_mm": list(s.spacing_mm) if s.spacing_mm is not None else None,
                "thickness_mm": s.thickness_mm,
                "kernel": s.kernel or None,
                "proposed": (why or None) if n == 0 else None,
                "lack": LACKS[s.lack] if s.lack else None,
            }
            for n, s in enumerate(found)
        ],
        "disclaimer": DISCLAIMER,
    }


def _apart(s: Series) -> float:
    """Mm that a slice of its own adds: slices that overlap are as coarse as they are thick."""
    assert s.spacing_mm is not None
    return max(s.spacing_mm[2], s.thickness_mm or 0.0)
