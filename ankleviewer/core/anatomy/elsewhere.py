"""Bone of a scan that belongs to none of the legs whose ankle is beyond doubt: of another leg, which may lie across the scan
while the first one stands. Its ankle then looks like none to bones and locator, or like one in a wrong place.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.anatomy.ankles import SAME_MM, apart, named
from ankleviewer.core.anatomy.boneshape import Coarse
from ankleviewer.core.anatomy.finder import ONE_LEG_MM, Ankle, right_first
from ankleviewer.core.anatomy.landmarks import Located
from ankleviewer.core.anatomy.upright import agree
from ankleviewer.core.findings import Finding
from ankleviewer.core.geometry import Array

LEAST_CM3 = 40.0  # of bone in one piece: a quarter of what an ankle's scan shows of a leg, more than any bone of a forefoot
OWN_MM = 60.0  # bone that comes that near to an ankle is of its leg
FLESH_HU = 40.0  # what the bone of the legs that were found is replaced by
GROWN = 2  # voxels of the search that are taken along around each piece


def bone_elsewhere(coarse: Coarse, ankles: Sequence[Ankle]) -> Coarse | None:
    """The scan without the bone of the legs that were found, where much bone beside them is left; None where there is not.

    Bone along an ankle's shaft or on from it below is of its leg, whether it hangs together with it or not.

    Args:
        coarse: of `boneshape.coarsen`.
        ankles: that were found.
    """
    from scipy.ndimage import binary_dilation, find_objects, generate_binary_structure, label

    thin = coarse.bone[::2, ::2, ::2]
    everywhere = generate_binary_structure(3, 3)  # every second voxel of a cortex hangs together by corners only
    pieces, count = label(thin, structure=everywhere)
    cm3 = np.bincount(pieces.ravel(), minlength=count + 1) * float(np.prod(coarse.step)) * 8 / 1000
    left = np.zeros(thin.shape, dtype=bool)
    for piece, place in enumerate(find_objects(pieces), start=1):
        if place is None or cm3[piece] < LEAST_CM3:
            continue
        inside = pieces[place] == piece
        mm = coarse.grid.to_mm((np.argwhere(inside) + [s.start for s in place]) * 2)
        if all(_is_of_another_leg(mm, ankle) for ankle in ankles):
            left[place] |= inside
    if not left.any():
        return None
    kept = binary_dilation(left, structure=everywhere, iterations=GROWN)
    for axis in range(3):
        kept = np.repeat(kept, 2, axis=axis)
    return without(coarse, coarse.bone & ~kept[tuple(slice(0, n) for n in coarse.bone.shape)])


def without(coarse: Coarse, bone: NDArray[np.bool_]) -> Coarse:
    """The scan with some of its bone (a mask of its shape) turned to flesh."""
    return replace(coarse, hu=np.where(bone, np.float32(FLESH_HU), coarse.hu), bone=coarse.bone & ~bone)


def _is_of_another_leg(mm: Array, ankle: Ankle) -> bool:
    away, up = mm - np.asarray(ankle.center_mm), np.asarray(ankle.up)
    middle = away.mean(axis=0)
    beside = float(np.linalg.norm(middle - (middle @ up) * up))
    return beside > ONE_LEG_MM and float(np.linalg.norm(away, axis=1).min()) > OWN_MM


def beside(ankles: Sequence[Ankle], others: Sequence[Ankle]) -> tuple[Ankle, ...]:
    """The ankles found first and those of other legs, right first. Two of one side cannot be: then neither side is known."""
    new = [b for b in others if all(apart(a.center_mm, b.center_mm) >= SAME_MM for a in ankles)]
    both = [*ankles, *new]
    if new and len(both) == 2 and both[0].side == both[1].side:
        both = [replace(a, side="unknown") for a in both]
    return right_first(both)


def of_landmarks(ankles: Sequence[Ankle], located: Sequence[Located]) -> tuple[Ankle, ...]:
    """Those of the ankles that rest on what was located."""
    told = [named(seen) for seen in located]
    return tuple(a for a in ankles if a.landmarks in told)


def not_found(ankles: Sequence[Ankle], doubtful: Collection[Ankle], seen: Sequence[Located]) -> list[Finding]:
    """ANKLE_UNSURE as a caveat where the other leg's ankle is uncertain, however one looks at it.

    Args:
        ankles: of the whole scan; doubtful: those that are not beyond doubt.
        seen: what the locator sees, in the scan and in the other leg alone.
    """
    if any(a.complete and not any(agree(a, s) for s in seen) for a in doubtful):
        text = "The ankle of another leg in the scan is uncertain; check that the ankle itself was assessed."
    elif all(min((apart(a.center_mm, s.center_mm) for a in ankles), default=np.inf) < SAME_MM for s in seen):
        return []
    else:
        text = "Another leg lies in the scan; its ankle could not be found for certain, and was not assessed."
    return [Finding("caveat", "ANKLE_UNSURE", text)]
