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
from trainer.simulate.scanner import HIGHEST_HU, LOWEST_HU
from trainer.simulate.scene import Scene, draw_scene, render
from trainer.simulate.setting import STANDARD, Setting, draw_log
from trainer.simulate.streams import log_uniform, stream

SMALLEST_MASK = 8  # voxels: a crack with less than that in the field of view is not in the scan


@dataclass(frozen=True)
class SimulatedScan:
    """A scan and what is true of it.

    Attributes:
        volume: HU on the scanner's grid.
        mask: uint8, 0 or the number (from 1) of the fracture in `truth["fractures"]`.
        labels: uint8 bone labels (`atlas.LABELS`).
        truth: label, type, side, severity, fractures, confounders; positions in LPS mm.
    """

    volume: Volume
    mask: NDArray[np.uint8]
    labels: NDArray[np.uint8]
    truth: dict[str, Any]


def scanner_grid(
    rng: np.random.Generator,
    spacing: float | None,
    reach_mm: float | None = None,
    setting: Setting = STANDARD,
    factor: float = 1.0,
) -> Grid:
    """A scanner's field of view around the ankle (which lies at the LPS origin): 105-130 mm wide, fine in the plane, thicker
    slices.

    Args:
        spacing: isotropic voxel size in mm; None draws the setting's.
        reach_mm: edge of the field of view; None draws it.
        factor: on the voxel size, for coarse and quick pictures.
    """
    if spacing is None:
        plane = draw_log(rng, setting.plane_mm)
        slices = float(np.clip(plane * log_uniform(rng, *setting.slice_factor), *setting.slice_mm))
    else:
        plane = slices = spacing
    plane, slices = plane * factor, slices * factor
    across, tall = (float(rng.uniform(105, 130)), float(rng.uniform(105, 130))) if reach_mm is None else (reach_mm, reach_mm)
    shape = (round(across / plane), round(across / plane), round(tall / slices))
    middle = np.array([*rng.normal(0, 6, 2), rng.normal(4, 5)])
    size = np.array([plane, plane, slices])
    return Grid.axis_aligned(shape, size, middle - size * (np.array(shape) - 1) / 2)


def grid_points(grid: Grid) -> torch.Tensor:
    """(X, Y, Z, 3) float32 LPS mm of the voxel centres."""
    axes = [torch.arange(n, dtype=torch.float32) for n in grid.shape]
    affine = torch.tensor(grid.affine, dtype=torch.float32)
    index = torch.stack(torch.meshgrid(*axes, indexing="ij"), dim=-1)
    return index @ affine[:3, :3].T + affine[:3, 3]


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
    grid = scanner_grid(stream(seed, index, "scanner grid"), spacing, reach_mm, setting)
    with torch.no_grad():
        seen = render(scene, grid_points(grid), grid.spacing, fractured)
        hu = scene.scanner.expose(seen.hu, grid.spacing).clamp(LOWEST_HU, HIGHEST_HU).round().to(torch.int16).numpy()
    mask = np.zeros(grid.shape, dtype=np.uint8)
    fractures: list[dict[str, Any]] = []
    for crack, fracture in zip(seen.cracks, [f for f in _in_order(scene) if fractured], strict=True):
        where = np.argwhere(crack.numpy())
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
                "mask": len(fractures) + 1,
            }
        )
    truth = {
        "label": int(bool(fractures)),
        "type": scene.injury if fractures else "none",
        "side": scene.side,
        "severity": scene.severity if fractures else "none",
        "fractures": fractures,
        "confounders": scene.notes["confounders"],
        "patient": atlas.name,
    }
    return SimulatedScan(Volume(np.ascontiguousarray(hu), grid), mask, seen.labels.numpy(), truth)


def _in_order(scene: Scene) -> list[Any]:
    """Fractures in the order in which `render` returns their cracks: by bone, then as drawn."""
    return [f for bone in scene.atlas.bones for f in scene.fractures if f.bone == bone]


def _rounded(values: NDArray[np.float64]) -> list[float]:
    return [round(float(v), 3) for v in values]
