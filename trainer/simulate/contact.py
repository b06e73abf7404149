"""Contact sheet: three planes through each fracture of a run on one picture, so that a person can look."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from trainer.simulate.scan import SimulatedScan

EDGE = 96
REACH_MM = 48.0
WINDOW_HU = (-250.0, 1400.0)


def planes(scan: SimulatedScan) -> NDArray[np.uint8]:
    """Axial (from the feet), coronal (from the front) and sagittal (A at the left) plane through the first fracture, or through
    where a twin has it: (EDGE, 3 * EDGE) grey.
    """
    fractures = scan.truth["fractures"]
    centre = np.asarray(fractures[0]["center_mm"] if fractures else scan.focus_mm)
    steps = (np.arange(EDGE) - (EDGE - 1) / 2) * (2 * REACH_MM / EDGE)
    down, right = np.meshgrid(steps, steps, indexing="ij")
    zero = np.zeros_like(down)
    axes = ((right, down, zero), (right, zero, -down), (zero, right, -down))
    low, high = WINDOW_HU
    out = []
    for offsets in axes:
        index = np.round(scan.volume.grid.to_voxel(centre + np.stack(offsets, axis=-1))).astype(int)
        inside = ((index >= 0) & (index < np.asarray(scan.volume.hu.shape))).all(axis=-1)
        i, j, k = np.clip(index, 0, np.asarray(scan.volume.hu.shape) - 1).transpose(2, 0, 1)
        grey = np.clip((scan.volume.hu[i, j, k] - low) / (high - low), 0, 1) * 255
        out.append(np.where(inside, grey, 0))
    return np.concatenate(out, axis=1).astype(np.uint8)


def contact_sheet(tiles: list[tuple[str, NDArray[np.uint8]]], path: Path, columns: int = 4) -> None:
    """Write a PNG of titled tiles."""
    from PIL import Image, ImageDraw

    height, width = EDGE + 18, 3 * EDGE + 8
    rows = -(-len(tiles) // columns)
    sheet = Image.new("L", (columns * width, rows * height), 20)
    draw = ImageDraw.Draw(sheet)
    for n, (title, tile) in enumerate(tiles):
        x, y = (n % columns) * width, (n // columns) * height
        sheet.paste(Image.fromarray(tile), (x + 4, y + 16))
        draw.text((x + 4, y + 2), title, fill=235)
    temporary = path.with_name(f".{path.name}")
    sheet.save(temporary, format="PNG")
    temporary.replace(path)
