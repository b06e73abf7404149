"""From planes to a stack: order, spacing, gaps, tilt. Pure geometry on `Frame` values; no file is opened here."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ankleviewer.core.errors import ScanError
from ankleviewer.core.findings import Finding
from ankleviewer.core.geometry import FARTHEST_MM, Array
from ankleviewer.io import guard
from ankleviewer.io.dicom.headers import Frame

ORIENTATION_TOLERANCE = 1e-3
UNEVEN_SHARE, UNEVEN_MM = 0.01, 0.05
UNEVEN_REPAIRED = 0.10
SAME_PLACE_MM = 0.01
MAX_FILLED = 2
BESIDE = 0.25  # of a slice distance, within which of a measured slice one between is mostly that slice
TILT_SEEN_DEG, TILT_REFUSED_DEG = 0.2, 30.0
OFF_LINE_MM = 0.05
DRIFT_VOXELS, EVENED_SHARE = 0.5, 0.1  # from which on slices are moved within their plane, interpolated along the stack
# a slice that stands beside its neighbours: from the first on nothing is detected, beyond the second the scan is refused
JUMP_WITHHELD_MM, JUMP_REFUSED_MM = 1.0, 10.0


@dataclass(frozen=True)
class Stack:
    """Planes in ascending order along their normal.

    Attributes:
        frames: sorted; a repeated place follows its twin directly (`repeats`).
        rotation: 3 x 3, columns: direction of a row (index i), of a column (j), the normal (k).
        positions: (n,), mm along the normal, ascending.
        targets: (m,), evenly spaced positions of the slices of the result; equal to `positions` where nothing is repaired.
        filled: indices into `targets` that have no plane of their own (missing slices).
        shifts: (n, 2), voxels along i and j by which each slice must move to stand square above the first; None if none.
        findings: what was remarkable.
    """

    frames: tuple[Frame, ...]
    rotation: Array
    positions: Array
    targets: Array
    filled: tuple[int, ...]
    shifts: Array | None
    findings: tuple[Finding, ...]

    @property
    def spacing(self) -> float:
        """Mm between the slices of the result."""
        return float((self.targets[-1] - self.targets[0]) / (len(self.targets) - 1))

    @property
    def resampled(self) -> bool:
        """Whether slices of the result lie so far from the planes that they are interpolated between them."""
        if len(self.targets) != len(self.positions):
            return True
        return float(np.abs(self.targets - self.positions).max()) > EVENED_SHARE * self.spacing

    def affine(self) -> Array:
        """4 x 4 of the result before any in-plane growth: index (i, j, k) to LPS mm (PS3.3 C.7.6.2.1.1)."""
        first = self.frames[0]
        assert first.spacing is not None
        matrix = np.eye(4)
        matrix[:3, :3] = self.rotation * np.array([first.spacing[1], first.spacing[0], self.spacing])
        matrix[:3, 3] = first.position
        return matrix


def largest_group(frames: list[Frame]) -> tuple[list[Frame], list[Finding]]:
    """The largest set of planes with one orientation (tolerance 1e-3), size and pixel spacing."""
    groups: list[list[Frame]] = []
    for frame in frames:
        for group in groups:
            if _alike(group[0], frame):
                group.append(frame)
                break
        else:
            groups.append([frame])
    groups.sort(key=len, reverse=True)
    rest = sum(len(group) for group in groups[1:])
    if not rest:
        return groups[0], []
    return groups[0], [
        Finding(
            "caveat",
            "ORIENTATION_MIXED",
            f"{rest} of {len(frames)} images lie in another direction or have another size and were left out.",
        )
    ]


def _alike(a: Frame, b: Frame) -> bool:
    if (a.rows, a.columns) != (b.rows, b.columns) or (a.spacing is None) != (b.spacing is None):
        return False
    if a.spacing is not None and b.spacing is not None and not np.allclose(a.spacing, b.spacing, rtol=1e-3):
        return False
    return bool(np.abs(np.subtract(a.orientation, b.orientation)).max() <= ORIENTATION_TOLERANCE)


def build(frames: list[Frame], repeated: set[int] | None = None) -> Stack:
    """Order planes of one group and judge their places.

    Args:
        frames: one group of `largest_group`.
        repeated: ids (of `frames`' elements, `id(frame)`) that are known copies of another plane and are to be dropped.

    Raises:
        ScanError: TOO_FEW_SLICES, SPACING_MISSING, SPACING_INVALID, AFFINE_INVALID, SLICE_GAP, SPACING_UNEVEN, GANTRY_TILT,
            POSITION_UNEVEN.
    """
    frames = [f for f in frames if repeated is None or id(f) not in repeated]
    if len(frames) < 3:
        raise ScanError("TOO_FEW_SLICES", f"The series has {len(frames)} usable slices; at least 3 are needed.")
    spacing = frames[0].spacing
    if spacing is None:
        raise ScanError("SPACING_MISSING", "The images do not say how large a pixel is (Pixel Spacing); it is not guessed.")
    if not guard.is_spacing(*spacing):
        raise ScanError("SPACING_INVALID", f"A pixel measures {spacing[0]:g} × {spacing[1]:g} mm; 0.01 to 20 mm are expected.")
    rotation = _rotation(frames)
    places = np.array([f.position for f in frames], dtype=np.float64)
    order = np.argsort(places @ rotation[:, 2], kind="stable")
    frames = [frames[int(n)] for n in order]
    places = places[order]
    positions = places @ rotation[:, 2]
    if np.abs(places).max() > FARTHEST_MM:
        raise guard.too_far()
    usual = float(np.median(np.diff(positions)))
    if usual > 0 and not guard.is_spacing(usual):
        raise ScanError("SPACING_INVALID", f"The slices are {usual:g} mm apart; 0.01 to 20 mm are expected.")
    findings: list[Finding] = []
    drift = (places - places[0]) @ rotation[:, :2]
    shifts = _shifts(positions, drift, np.array([spacing[1], spacing[0]]), findings)
    targets, filled = _targets(positions, findings)
    stack = Stack(tuple(frames), rotation, positions, targets, filled, shifts, tuple(findings))
    if not findings and (shifts is not None or stack.resampled):
        return replace(stack, findings=(_evened(stack),))
    return stack


def _evened(stack: Stack) -> Finding:
    spacing = stack.frames[0].spacing
    assert spacing is not None
    beside = 0.0 if stack.shifts is None else float(np.linalg.norm(stack.shifts * (spacing[1], spacing[0]), axis=1).max())
    along = float(np.abs(stack.targets - stack.positions).max()) if stack.resampled else 0.0
    return Finding(
        "info",
        "GRID_EVENED",
        f"The slices were moved by up to {max(beside, along):.1f} mm to stand square and evenly; voxels count on that grid.",
    )


def repeated_places(frames: list[Frame]) -> list[tuple[Frame, Frame]]:
    """Pairs of planes at the same place (0.01 mm along the normal)."""
    rotation = _rotation(frames)
    ranked = sorted(((float(np.dot(f.position, rotation[:, 2])), n) for n, f in enumerate(frames)))
    pairs = []
    keep = 0
    for here in range(1, len(ranked)):
        if ranked[here][0] - ranked[keep][0] < SAME_PLACE_MM:
            pairs.append((frames[ranked[keep][1]], frames[ranked[here][1]]))
        else:
            keep = here
    return pairs


def _rotation(frames: list[Frame]) -> Array:
    row, column = np.median(np.array([f.orientation for f in frames]), axis=0).reshape(2, 3)
    sizes = np.linalg.norm(row), np.linalg.norm(column)
    if max(abs(s - 1) for s in sizes) > 0.01 or abs(np.dot(row, column)) > 0.0087:
        raise ScanError("AFFINE_INVALID", "The orientation of the images is not a pair of right-angled directions.")
    row = row / sizes[0]
    column = column - row * np.dot(row, column)
    column = column / np.linalg.norm(column)
    return np.column_stack([row, column, np.cross(row, column)])


def _shifts(positions: Array, drift: Array, pixel: Array, findings: list[Finding]) -> Array | None:
    """In-plane drift of the slices, mm -> voxels to move; judged from the positions alone, never from the tilt tag."""
    height = positions - positions[0]
    if height[-1] <= 0:
        raise ScanError("TOO_FEW_SLICES", "All images of the series lie at the same place.")
    slope = _slope(height, drift)
    beside = drift - height[:, None] * slope
    tilt = float(np.degrees(np.arctan(np.linalg.norm(slope))))
    off_line = float(np.linalg.norm(beside - np.median(beside, axis=0), axis=1).max())
    jump = float(np.linalg.norm(np.diff(beside, axis=0), axis=1).max())
    if jump > JUMP_REFUSED_MM:
        raise ScanError(
            "POSITION_UNEVEN", f"A slice lies {jump:.0f} mm beside the next one; at most {JUMP_REFUSED_MM:.0f} is accepted."
        )
    if tilt > TILT_REFUSED_DEG:
        raise ScanError(
            "GANTRY_TILT",
            f"The slices are tilted by {tilt:.1f} degrees against the stack; at most {TILT_REFUSED_DEG:.0f} is accepted.",
        )
    if tilt > TILT_SEEN_DEG:
        findings.append(
            Finding(
                "caveat",
                "GANTRY_TILT",
                f"The gantry was tilted by {tilt:.1f} degrees; the slices were moved back into a right-angled stack.",
            )
        )
    if jump > JUMP_WITHHELD_MM:
        findings.append(
            Finding(
                "withhold",
                "POSITION_UNEVEN",
                f"A slice lies {jump:.1f} mm beside the next one; the slices were moved to their stated places, "
                "and nothing is detected in such a scan.",
            )
        )
    elif off_line > OFF_LINE_MM:
        findings.append(
            Finding(
                "caveat",
                "POSITION_UNEVEN",
                f"Slices lie up to {off_line:.2f} mm beside the line of the others; they were moved to their stated places.",
            )
        )
    # also where tilt and line are worth no word of their own, drift that adds up over a long stack is put right
    far = np.abs(drift / pixel).max() > DRIFT_VOXELS
    return drift / pixel if tilt > TILT_SEEN_DEG or off_line > OFF_LINE_MM or far else None


def _slope(height: Array, drift: Array) -> Array:
    """In-plane drift for each mm along the normal, (2,): the median over pairs of slices half the stack apart (after Theil and
    Sen), so that a slice with a wrong place bends nothing.
    """
    half = len(height) // 2
    run = height[half:] - height[:-half]
    apart = run > 0
    rise = (drift[half:] - drift[:-half])[apart]
    slope: Array = np.median(rise / run[apart, None], axis=0)
    return slope


def _targets(positions: Array, findings: list[Finding]) -> tuple[Array, tuple[int, ...]]:
    steps = np.diff(positions)
    usual = float(np.median(steps))
    limit = max(UNEVEN_MM, UNEVEN_SHARE * usual)
    multiple = np.maximum(1, np.rint(steps / usual))
    wide = np.flatnonzero(multiple > 1)
    even_but_gaps = bool((np.abs(steps / multiple - usual) <= np.maximum(limit, UNEVEN_REPAIRED * usual)).all())
    if len(wide) and even_but_gaps:
        missing = int((multiple - 1).sum())
        if len(wide) > 1 or missing > MAX_FILLED:
            raise ScanError(
                "SLICE_GAP", f"{missing} slices are missing in {len(wide)} place(s); one gap of at most {MAX_FILLED} is accepted."
            )
        targets = positions[0] + (positions[-1] - positions[0]) * np.linspace(0, 1, len(positions) + missing)
        # where steps differ, places drift against numbers: what lies in the gap, and away from its measured ends, was filled
        low, high = positions[wide[0]] + BESIDE * usual, positions[wide[0] + 1] - BESIDE * usual
        filled = tuple(int(k) for k in np.flatnonzero((targets > low) & (targets < high)))
        if float(np.abs(steps / multiple - usual).max()) > limit:
            findings.append(_uneven(steps / multiple, targets[1] - targets[0]))
        findings.append(
            Finding(
                "caveat",
                "SLICE_GAP",
                f"{missing} slice(s) are missing after slice {int(wide[0]) + 1}; they are "
                "filled in and marked, and nothing is detected there.",
            )
        )
        return targets, filled
    worst = float(np.abs(steps - usual).max())
    even = positions[0] + (positions[-1] - positions[0]) * np.linspace(0, 1, len(positions))
    if worst <= limit:
        return even, ()
    if worst > UNEVEN_REPAIRED * usual:
        also = "".join(f" Also: {f.message}" for f in findings)
        raise ScanError(
            "SPACING_UNEVEN",
            f"The distance between slices runs from {steps.min():.2f} to {steps.max():.2f} mm; at "
            f"most {UNEVEN_REPAIRED:.0%} of difference is accepted.{also}",
        )
    findings.append(_uneven(steps, even[1] - even[0]))
    return even, ()


def _uneven(steps: Array, to: float) -> Finding:
    return Finding(
        "caveat",
        "SPACING_UNEVEN",
        f"The distance between slices runs from {steps.min():.2f} to "
        f"{steps.max():.2f} mm; the scan was resampled to {to:.2f} mm.",
    )
