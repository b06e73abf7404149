"""Whole simulated scans: a scene on a scanner's own grid, with its exact truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from trainer.simulate.atlas import Atlas
from trainer.simulate.landmarks import landmarks_of
from trainer.simulate.render import render
from trainer.simulate.scene import Scene, draw_scene
from trainer.simulate.setting import STANDARD, Setting, draw_log
from trainer.simulate.streams import log_uniform, stream

SMALLEST_MASK = 8  # voxels: a crack with less than that in the field of view is not in the scan


@dataclass(frozen=True)
class SimulatedScan:
    """A scan and what is true of it.

    Attributes:
        volume: HU on the scanner's grid, below -1024 where the scanner wrote padding.
        mask: uint8, 0 or the number (from 1) of the fracture in `truth["fractures"]`.
        labels: uint8 bone labels (`atlas.LABELS`; those of the other leg have `render.OTHER_LEG` added).
        focus_mm: about where the fracture is, or would be in the twin; for pictures.
        truth: label, type, side, severity, displacement, fractures, ankles, confounders, age, patient; positions in LPS mm.
    """

    volume: Volume
    mask: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    truth: dict[str, Any]
    focus_mm: tuple[float, float, float] = (0.0, 0.0, 0.0)


def scanner_grid(
    rng: np.random.Generator,
    spacing: float | None,
    reach_mm: float | None = None,
    setting: Setting = STANDARD,
    factor: float = 1.0,
    other_mm: float = 0.0,
) -> Grid:
    """A scanner's field of view around the ankle (which lies at the LPS origin): 105-130 mm wide, or as wide as both ankles need;
    fine in the plane, thicker slices.

    Args:
        spacing: isotropic voxel size in mm; None draws the setting's.
        reach_mm: edge of the field of view; None draws it.
        factor: on the voxel size, for coarse and quick pictures.
        other_mm: where along x the other ankle lies, 0 for none.
    """
    if spacing is None:
        plane = draw_log(rng, setting.plane_mm)
        slices = float(np.clip(plane * log_uniform(rng, *setting.slice_factor), *setting.slice_mm))
    else:
        plane = slices = spacing
    across, tall = (float(rng.uniform(105, 130)), float(rng.uniform(105, 130))) if reach_mm is None else (reach_mm, reach_mm)
    middle = np.array([*rng.normal(0, 6, 2), rng.normal(4, 5)])
    wide = across
    if reach_mm is None:
        wide, middle[0] = across + abs(other_mm), middle[0] + other_mm / 2
    if spacing is None:  # too many voxels: thicker slices, as scanners deliver them, then coarser ones
        many = wide * across * tall / (plane * plane * slices * setting.most_voxels)
        thicker = float(np.clip(many, 1.0, max(1.0, setting.slice_mm[1] / slices)))
        plane, slices = plane * max(1.0, many / thicker) ** 0.5, slices * thicker
    plane, slices = plane * factor, slices * factor
    shape = (round(wide / plane), round(across / plane), round(tall / slices))
    size = np.array([plane, plane, slices])
    return Grid.axis_aligned(shape, size, middle - size * (np.array(shape) - 1) / 2)


def grid_points(grid: Grid) -> torch.Tensor:
    """(X, Y, Z, 3) float32 LPS mm of the voxel centres."""
    affine = torch.tensor(grid.affine, dtype=torch.float32)
    steps = [affine[:3, axis, None] * torch.arange(n) for axis, n in enumerate(grid.shape)]  # (3, n) mm along each axis
    x, y, z = steps
    planes = (affine[:3, 3, None] + x)[:, :, None, None] + y[:, None, :, None] + z[:, None, None, :]
    return planes.movedim(0, -1)


def simulate_scan(
    seed: int,
    index: int,
    atlas: Atlas,
    *,
    fractured: bool,
    injury: str | None = None,
    severity: str | None = None,
    spacing: float | None = None,
    reach_mm: float | None = None,
    setting: Setting = STANDARD,
) -> SimulatedScan:
    """Scan `index` of run `seed`, with its fracture or as the unfractured twin."""
    scene = draw_scene(seed, index, atlas, injury, severity, setting)
    other = float(scene.other.pose.centre[0]) if scene.other else 0.0
    grid = scanner_grid(stream(seed, index, "scanner grid"), spacing, reach_mm, setting, other_mm=other)
    return scan_scene(scene, grid, fractured)


def scan_scene(scene: Scene, grid: Grid, fractured: bool) -> SimulatedScan:
    """A scene on a grid, with its truth."""
    with torch.no_grad():
        seen = render(scene, grid_points(grid), grid.spacing, fractured)
        hu = scene.scanner.expose(seen.hu, grid.spacing).to(torch.int16).numpy()
    unseen = np.broadcast_to(scene.scanner.unseen(grid.shape, grid.spacing).numpy(), grid.shape)
    hu = np.where(unseen, np.int16(scene.scanner.padding_hu), hu)
    labels = np.where(unseen, np.uint8(0), seen.labels.numpy())
    mask = np.zeros(grid.shape, dtype=np.uint8)
    fractures: list[dict[str, Any]] = []
    for crack, fracture in zip(seen.cracks, scene.breaks() if fractured else [], strict=True):
        where = np.argwhere(crack.numpy() & ~unseen)
        if len(where) < SMALLEST_MASK:
            continue
        mask[tuple(where.T)] = len(fractures) + 1
        corners = np.stack([grid.to_mm(where.min(axis=0) - 0.5), grid.to_mm(where.max(axis=0) + 0.5)])
        fractures.append(
            {
                "type": fracture.type,
                "bone": fracture.bone,
                "center_mm": _rounded(grid.to_mm(where).mean(axis=0)),
                "min_mm": _rounded(corners.min(axis=0)),
                "max_mm": _rounded(corners.max(axis=0)),
                "gap_mm": round(fracture.gap_mm, 3),
                "step_mm": round(fracture.step_mm, 3),
                "displacement_mm": round(fracture.displacement_mm, 3),
                "mask": len(fractures) + 1,
            }
        )
    truth = {
        "label": int(bool(fractures)),
        "type": scene.injury if fractures else "none",
        "side": scene.side,
        "severity": scene.severity if fractures else "none",
        "displacement_mm": max((f["displacement_mm"] for f in fractures), default=0.0),
        "fractures": fractures,
        "ankles": _ankles(scene, grid),
        "confounders": list(scene.confounders),
        "age": scene.age,
        "patient": scene.atlas.name,
    }
    return SimulatedScan(Volume(np.ascontiguousarray(hu), grid), mask, labels, truth, _focus(scene))


def _focus(scene: Scene) -> tuple[float, float, float]:
    x, y, z = scene.crack_mm().mean(dim=0).tolist()
    return x, y, z


def _ankles(scene: Scene, grid: Grid) -> list[dict[str, Any]]:
    """Side, middle of the joint (canonical origin) and landmarks of each ankle whose joint lies in the field of view; of the
    landmarks those that do too.
    """
    low, high = (np.asarray(corner) for corner in grid.bounds_mm())
    found = []
    for leg in (scene, scene.other):
        if leg is not None:
            centre = leg.pose.to_lps(torch.zeros(3)).numpy().astype(np.float64)
            if ((centre > low) & (centre < high)).all():
                points = {name: point.numpy().astype(np.float64) for name, point in landmarks_of(leg).items()}
                seen = {name: _rounded(point) for name, point in points.items() if ((point > low) & (point < high)).all()}
                found.append({"side": leg.side, "center_mm": _rounded(centre), "landmarks_mm": seen})
    return found


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [round(float(v), 3) for v in values]
