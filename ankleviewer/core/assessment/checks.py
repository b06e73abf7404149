"""Checks on a volume and on the ankles found in it. Each is pure and returns findings; none repairs anything."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.anatomy.facing import faces_away, stance
from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.anatomy.landmarks import LATERAL, MEDIAL
from ankleviewer.core.anatomy.measured import is_blank, length_axis
from ankleviewer.core.assessment.ankle_names import ankle_name
from ankleviewer.core.assessment.preprocess import FINE, model_grid
from ankleviewer.core.errors import stop_if
from ankleviewer.core.findings import Finding
from ankleviewer.core.geometry import UP, Array
from ankleviewer.core.volume import Volume
from ankleviewer.core.words import percent

AIR_PEAK = (-1100, -900)
TISSUE_HU = -300
BONE_HU = 200
BONE_SHARE = (0.001, 0.60)
P999_HU = 500
METAL_HU = 3000
METAL_SHARE = 1e-4
# around the joint, where a malleolus may be: to its sides, below and above it; how near the rim of a round field may come; bone
# that is cut by a side of the scan
WIDE_MM, DEEP_MM, HIGH_MM, FIELD_MM = 45.0, 30.0, 10.0, 35.0
DENSE_HU, FACE_MM2, ASIDE = 300, 20.0, 0.7
CUT_OFF_SHARE = 0.1  # of all voxels at the lowest value: what was below is gone; the lightest tissue of a limb spreads wider
# slices as the models learned from, as far as a maker's rounding goes beyond that; and from where on they find clearly less
# (AUC .76, below 1.5 mm .92 to .95, on simulated scans that none had seen: docs/training.md)
LEARNED_MM, MOST_MM, THICK_MM = 3.0, 3.3, 2.0
SPARSE = 1.5  # times their thickness, beyond which slices leave something out
ALONE = 0.9  # share of one number among those around it from which on it is no measured air, which has noise
SHIFTED_AIR_HU = -2048
OTHER_SIDE = {"L": "R", "R": "L"}
OTHER_SIDE_SAID = {
    "L": "The header calls this a left ankle, the bones look like a right one: one of them is wrong, or the scan is mirrored.",
    "R": "The header calls this a right ankle, the bones look like a left one: one of them is wrong, or the scan is mirrored.",
}
Counts = NDArray[np.int64]


def hu_counts(hu: NDArray[np.int16], cancelled: Callable[[], bool] | None = None) -> Counts:
    """How often each HU value occurs: int64 (65536,), entry 0 is -32768 HU. Raises Cancelled."""
    counts: Counts = np.zeros(65536, dtype=np.int64)
    for k in range(hu.shape[2]):
        stop_if(cancelled)
        counts += np.bincount(hu[:, :, k].ravel().view(np.uint16), minlength=65536)
    return np.roll(counts, 32768)


def _share(counts: Counts, low: int, high: int) -> float:
    """Share of the voxels with low <= HU < high."""
    inside = counts[np.clip(low + 32768, 0, 65536) : np.clip(high + 32768, 0, 65536)].sum()
    return float(inside / max(1, counts.sum()))


def _lowest_peak(counts: Counts, share: float = 0.01) -> int | None:
    """HU of the lowest cluster of values: first local maximum, in bins of 20 HU, with at least `share` of all voxels."""
    bins = counts[8:65528].reshape(-1, 20).sum(axis=1).astype(np.float64)
    smooth = bins + 0.5 * np.r_[0.0, bins[:-1]] + 0.5 * np.r_[bins[1:], 0.0]
    peak = (smooth >= np.r_[0.0, smooth[:-1]]) & (smooth >= np.r_[smooth[1:], 0.0]) & (smooth > share * counts.sum())
    hits = np.flatnonzero(peak)
    return int(hits[0] * 20 + 8 - 32768 + 10) if len(hits) else None


def looks_like_ct(counts: Counts, shift: int = 0) -> bool:
    """Whether values, after adding `shift`, show air at -1000 HU and soft tissue at about 0 HU.

    Soft tissue must make up a quarter of all that is denser than lung, with next to nothing between air and it. Where values
    are wrong by 1024 HU, what lies there is the cortical bone, with as much cancellous bone below it.
    """
    moved = np.roll(counts, shift)
    dense, soft = _share(moved, -850, 32768), _share(moved, -150, 150)
    return _share(moved, *AIR_PEAK) > 0.01 and soft > 0.25 * dense and _share(moved, -450, -150) < 0.5 * soft


def offset_hu(counts: Counts) -> int:
    """By how much all values seem to be wrong: +-1024 where they make sense only after moving them by about that, else 0."""
    if looks_like_ct(counts):
        return 0
    counts = _without_padding(counts)
    return next((-shift for shift in (-1024, 1024) if looks_like_ct(counts, shift)), 0)


def _without_padding(counts: Counts) -> Counts:
    """The counts without one number that stands alone far below air, as scanners mark what they did not measure (-2000): moved by
    1024 it would pass for air. At SHIFTED_AIR_HU it may be the air of values that are too low, cut off at -1024.
    """
    low = slice(32768 - 3100, 32768 - 1500)
    at = int(counts[low].argmax()) + low.start
    around = int(counts[at - 50 : at + 51].sum())
    if counts[at] <= ALONE * around or at - 32768 == SHIFTED_AIR_HU:
        return counts
    rest = counts.copy()
    rest[at] = 0
    return rest


def offset_findings(counts: Counts) -> list[Finding]:
    """HU_OFFSET_SUSPECT where `offset_hu` sees an offset. The values are never moved."""
    offset = offset_hu(counts)
    if not offset:
        return []
    return [
        Finding(
            "withhold",
            "HU_OFFSET_SUSPECT",
            f"All values seem to be about {offset:+d} HU off: air is expected at "
            f"{AIR_PEAK[0]} to {AIR_PEAK[1]} HU. Export the scan again with its rescale intercept.",
        )
    ]


def check_volume(volume: Volume, cancelled: Callable[[], bool] | None = None) -> list[Finding]:
    """Are these Hounsfield units of a limb? Air, bone, range and metal; padding counts as outside.

    Start values follow the reference figures of a real foot CT: air -1024, muscle 48, cancellous bone 298, cortex 600 to 1500.

    Raises:
        Cancelled: on request.
    """
    counts = hu_counts(volume.hu, cancelled)
    if volume.padding is not None:
        counts[32768 - 1024] = max(0, int(counts[32768 - 1024]) - int(volume.padding.sum()))
    if counts.sum() == 0:
        return [Finding("refuse", "HU_IMPLAUSIBLE", "The scan holds no values at all, only padding.")]
    offset = offset_findings(counts)
    if offset:
        return offset
    findings = _air_findings(counts)
    # of what is no air, so that a wide field of view around the same leg makes no difference
    tissue = counts.copy()
    tissue[: TISSUE_HU + 32768] = 0
    bone = _share(counts, BONE_HU + 1, 32768)
    if bone > BONE_SHARE[1] or _share(tissue, BONE_HU + 1, 32768) < BONE_SHARE[0]:
        findings.append(
            Finding(
                "refuse",
                "HU_IMPLAUSIBLE",
                f"{percent(100 * bone, 2)} of the voxels are denser than {BONE_HU} HU; "
                f"{percent(100 * BONE_SHARE[0], 1)} to {percent(100 * BONE_SHARE[1])} are expected in a CT of bones.",
            )
        )
    dense = np.cumsum(tissue) / max(1, tissue.sum())
    p999 = int(np.searchsorted(dense, 0.999)) - 32768
    if p999 <= P999_HU:
        findings.append(
            Finding(
                "refuse",
                "HU_IMPLAUSIBLE",
                f"The densest bone has only {p999} HU; more than {P999_HU} is "
                "expected. This may be a picture with changed grey values, not a CT.",
            )
        )
    metal = _share(tissue, METAL_HU + 1, 32768)
    if metal > METAL_SHARE:
        findings.append(
            Finding(
                "caveat",
                "METAL",
                f"{percent(100 * metal, 2)} of what is not air is denser than {METAL_HU} HU: metal. "
                "Its streaks can hide or imitate a fracture.",
            )
        )
    return findings


def resolution_findings(spacing: Sequence[float], thickness_mm: float | None = None) -> list[Finding]:
    """SLICES_THICK where the models overlook more than in other scans ("caveat"), or where none has learned from such slices
    ("withhold"); SLICES_SPARSE as "caveat" where much lies between slices that none of them shows.

    Args:
        spacing: of the voxels, mm; the largest is taken for the distance of the slices.
        thickness_mm: of the slices, as the scanner told it; None if it did not.
    """
    apart = max(spacing)
    found: list[Finding] = []
    coarse = max(apart, thickness_mm or 0.0)
    if coarse > MOST_MM:
        found.append(
            Finding(
                "withhold",
                "SLICES_THICK",
                f"Slices of {coarse:.1f} mm (distance or thickness) are coarser than any from which the models learned "
                f"({LEARNED_MM:.0f} mm); none is run. Open thinner slices.",
            )
        )
    elif coarse > THICK_MM:
        found.append(
            Finding(
                "caveat",
                "SLICES_THICK",
                f"Slices of {coarse:.1f} mm (distance or thickness): above {THICK_MM:.0f} mm the models overlook more fractures. "
                "Open thinner ones if there are any.",
            )
        )
    if thickness_mm and apart > THICK_MM and apart > SPARSE * thickness_mm:
        found.append(
            Finding(
                "caveat",
                "SLICES_SPARSE",
                f"The slices are {thickness_mm:.1f} mm thick, but {apart:.1f} mm apart: what lies between is in none of them.",
            )
        )
    return found


def _air_findings(counts: Counts) -> list[Finding]:
    if _share(counts, *AIR_PEAK) > 0.01:
        return []
    lowest = int(np.flatnonzero(counts)[0])
    if lowest - 32768 >= TISSUE_HU and counts[lowest] > CUT_OFF_SHARE * counts.sum():
        return [
            Finding(
                "refuse",
                "HU_IMPLAUSIBLE",
                f"Nothing is lighter than {lowest - 32768} HU, and much is just that: the values below seem to have been cut off "
                "(air is expected at -1000 HU, fat at -100). Export the scan again as signed numbers.",
            )
        ]
    peak = _lowest_peak(counts)
    # the little air there is must not speak against itself: only what lies between air and tissue, or below air, does
    between = _share(counts, -32768, -300) - _share(counts, *AIR_PEAK)
    if between < 0.01 and peak is not None and -300 <= peak <= 700:
        return [Finding("caveat", "HU_NO_AIR", "The scan shows too little air around the leg to check its values against it.")]
    at = "nowhere" if peak is None else f"at about {peak} HU"
    return [
        Finding(
            "refuse", "HU_IMPLAUSIBLE", f"The lightest material lies {at}; air is expected at {AIR_PEAK[0]} to {AIR_PEAK[1]} HU."
        )
    ]


def anatomy_findings(ankles: Sequence[Ankle], volume: Volume | None = None) -> list[Finding]:
    """What the ankles found mean for the detection.

    Args:
        ankles: of `find_ankles`.
        volume: where given, slices of padding, or of one value all over, in the shipped model's cube withhold the detection too.

    Returns:
        NOT_AN_ANKLE or ANKLE_INCOMPLETE as "withhold" where no ankle can be assessed; ANKLE_INCOMPLETE as "caveat" for
        the incomplete ones beside a complete one; LEG_ACROSS as "caveat" for legs that the models see turned, LEG_REVERSED for
        those that face the patient's back.
    """
    if not ankles:
        return [Finding("withhold", "NOT_AN_ANKLE", "No ankle joint was found in this scan; the models are made for ankles.")]
    names = {"L": "Left ankle", "R": "Right ankle", "unknown": "Ankle of unknown side"}
    named = [(ankle_name(ankles, n, names), a) for n, a in enumerate(ankles)]
    level = "caveat" if any(a.complete for a in ankles) else "withhold"
    findings = [
        Finding("caveat" if level == "caveat" else "withhold", "ANKLE_INCOMPLETE", f"{name}: {a.reason}")
        for name, a in named
        if not a.complete
    ]
    findings += [
        Finding(
            "caveat",
            "LEG_ACROSS",
            f"{name}: the leg is {_lean(a):.0f}° from upright in the scan; it was turned for the models, "
            "which may overlook more in it. Check whether the scan's orientation is right.",
        )
        for name, a in named
        if a.up != UP and a.complete
    ]
    findings += [
        Finding(
            "caveat",
            "LEG_REVERSED",
            f"{name}: the heel lies towards the patient's front, as if the patient had lain the other way than the file says; "
            "its letters for left, right, front and back may be wrong.",
        )
        for name, a in named
        if faces_away(a.side, a.up, a.landmarks)
    ]
    findings += [
        Finding("caveat", "ANKLE_INCOMPLETE", f"{name}: {doubt}")
        for name, a in named
        if a.complete and (doubt := a.doubt or _cut_beside(volume, a))
    ]
    if volume is not None:
        blank = _blank_within(volume)
        findings += [
            Finding(
                "withhold",
                "SLICE_GAP",
                f"{name}: slices are missing in the cube around the joint that the models see and were filled in.",
            )
            for name, a in named
            if a.complete and _gap_near(volume, a, blank)
        ]
    return findings


def _cut_beside(volume: Volume | None, ankle: Ankle) -> str:
    """Where the field of view comes close to the malleoli, or bone at their height reaches its side, as a sentence; "" for
    neither, and of a leg that lies across.
    """
    if volume is None or ankle.up != UP:
        return ""
    grid, at = volume.grid, np.asarray(ankle.center_mm)
    lower, upper = at - np.array([WIDE_MM, WIDE_MM, DEEP_MM]), at + np.array([WIDE_MM, WIDE_MM, HIGH_MM])
    corners = np.array(list(product(*zip(lower, upper, strict=True))))
    voxels = grid.to_voxel(corners)
    if (voxels.max(axis=0) < -0.5).any() or (voxels.min(axis=0) > np.asarray(grid.shape) - 0.5).any():
        return ""
    low = np.clip(np.floor(voxels.min(axis=0)), 0, np.asarray(grid.shape) - 1).astype(int)
    high = np.clip(np.ceil(voxels.max(axis=0)) + 1, low + 1, grid.shape).astype(int)
    part = tuple(slice(int(a), int(b)) for a, b in zip(low, high, strict=True))
    if volume.padding is not None:
        blank = np.asarray(volume.padding.all(axis=(0, 1)))[part[2]]  # a slice that is missing is told apart
        places = np.argwhere(volume.padding[part] & ~blank)
        away = np.linalg.norm((grid.to_mm(places + low) - at)[:, :2], axis=1)
        if len(away) and away.min() < FIELD_MM:
            return "the field of view ends close to the joint; a malleolus may be cut off."
    across = _across(ankle)
    for axis in range(3):
        if np.abs(grid.affine[:3, axis] @ across) < ASIDE * grid.spacing[axis]:  # heel and midfoot end in front and behind
            continue
        for index in {0, grid.shape[axis] - 1} & set(range(int(low[axis]), int(high[axis]))):
            face = list(part)
            face[axis] = slice(index, index + 1)
            pixel = float(np.prod([grid.spacing[n] for n in range(3) if n != axis]))
            if (volume.hu[tuple(face)] > DENSE_HU).sum() * pixel > FACE_MM2:
                return "bone beside the joint reaches the side of the scan; a malleolus may be cut off."
    return ""


def _across(ankle: Ankle) -> Array:
    """Unit vector from one malleolus to the other, LPS; the patient's left where they were not seen."""
    there = dict(ankle.landmarks)
    if MEDIAL not in there or LATERAL not in there:
        return np.array([1.0, 0.0, 0.0])
    way = np.subtract(there[LATERAL], there[MEDIAL])
    return np.asarray(way / max(float(np.linalg.norm(way)), 1e-6))


def side_findings(ankles: Sequence[Ankle], laterality: str) -> list[Finding]:
    """SIDE_CONTRADICTED as "caveat" where no ankle can be of the side that the scan's header names ("L", "R" or "")."""
    if laterality not in OTHER_SIDE or not ankles or any(a.side != OTHER_SIDE[laterality] for a in ankles):
        return []
    return [Finding("caveat", "SIDE_CONTRADICTED", OTHER_SIDE_SAID[laterality])]


def _lean(ankle: Ankle) -> float:
    return float(np.degrees(np.arccos(np.clip(ankle.up[2], -1.0, 1.0))))


def _blank_within(volume: Volume) -> list[tuple[int, int]]:
    """Axis and index of layers in the midst of a scan of which nothing was measured: padding, or one value all over, as a
    converter or an archive leaves where it lacked an image. At an end the scan ends there: none is missing.
    """
    along = length_axis(volume)
    layers = [(along, np.array([is_blank(volume, along, k) for k in range(volume.hu.shape[along])]))]
    if volume.padding is not None:
        layers.append((2, np.asarray(volume.padding.all(axis=(0, 1)))))
    found = []
    for axis, blank in layers:
        stored = np.flatnonzero(~blank)
        found += [(axis, int(k)) for k in np.flatnonzero(blank) if stored.size and stored[0] < k < stored[-1]]
    return found


def _gap_near(volume: Volume, ankle: Ankle, blank: Sequence[tuple[int, int]]) -> bool:
    # a cube that is turned against the slices reaches farther through them than half its edge
    cube = model_grid(volume, FINE, ankle.center_mm, stance(ankle.side, ankle.up, ankle.landmarks))
    corners = cube.to_mm(np.array(list(product(*((-0.5, n - 0.5) for n in cube.shape)))))
    voxels = volume.grid.to_voxel(corners)
    low, high = voxels.min(axis=0), voxels.max(axis=0)
    return any(low[axis] < k < high[axis] for axis, k in blank)
