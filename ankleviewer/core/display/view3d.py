"""View3D: what the reader can change about the 3D view alone, frozen; and the bone preset of the volume rendering."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.assessment.heat_raster import heat_colours

PLANES_SHOWN = ("off", "frames", "slices")

# Bone preset: HU to colour and to opacity per millimetre. Opacity starts where flesh ends and is full in compact bone.
BONE_COLOURS = (
    (-1024, (70, 45, 38)),
    (150, (150, 92, 70)),
    (350, (214, 180, 146)),
    (900, (240, 228, 208)),
    (1800, (255, 252, 246)),
)
BONE_OPACITY = ((120, 0.0), (220, 0.05), (420, 0.35), (900, 0.8), (1600, 1.0))
LOWEST_HU, HIGHEST_HU = 120.0, 1600.0


@dataclass(frozen=True)
class View3D:
    """How the 3D view shows the scan.

    Attributes:
        volume: volume rendering instead of the bone surface.
        planes: the three slice planes, "off", as "frames" or as "slices" with their picture.
        crop: the handles of the crop box are shown.
        foot: everything below the ankle joint is shown; False after disarticulation.
        spin: the view turns by itself.
        cast: what lies around the leg and is as dense as bone (`core/anatomy/cast.py`) is shown too, and hides it.
    """

    volume: bool = False
    planes: str = "off"
    crop: bool = False
    foot: bool = True
    spin: bool = False
    cast: bool = False

    def __post_init__(self) -> None:
        if self.planes not in PLANES_SHOWN:
            raise ValueError(f"planes must be one of {PLANES_SHOWN}, is {self.planes!r}")

    def next_planes(self) -> View3D:
        """The next way to show the slice planes, round and round."""
        return replace(self, planes=PLANES_SHOWN[(PLANES_SHOWN.index(self.planes) + 1) % len(PLANES_SHOWN)])


def bone_rgba(hu: NDArray[np.float32], heat: NDArray[np.float32] | None, level: float, reference: float) -> NDArray[np.uint8]:
    """Voxels of the volume rendering, (..., 4) uint8: colour by the bone preset, tinted where the heat map passes a level, and
    in the fourth channel HU on the scale of LOWEST_HU to HIGHEST_HU.

    Args:
        hu: Hounsfield units.
        heat: map values at the same voxels, None for no tint.
        level, reference: threshold and bright end of the map's colours, in its own units.
    """
    share = np.clip((hu - LOWEST_HU) / (HIGHEST_HU - LOWEST_HU), 0.0, 1.0)
    index = np.rint(share * 255.0).astype(np.uint8)
    scale = LOWEST_HU + np.arange(256) / 255.0 * (HIGHEST_HU - LOWEST_HU)
    at = [n for n, _ in BONE_COLOURS]
    table = np.stack([np.interp(scale, at, [rgb[c] for _, rgb in BONE_COLOURS]) for c in range(3)], axis=1).astype(np.uint8)
    rgba = np.empty((*hu.shape, 4), dtype=np.uint8)
    rgba[..., :3] = table[index]
    rgba[..., 3] = index
    if heat is not None:
        hot = heat > level
        tint = heat_colours(heat[hot], reference).astype(np.float32)
        rgba[hot, :3] = (0.3 * rgba[hot, :3] + 0.7 * tint).astype(np.uint8)
    return rgba


def bone_opacity(index: NDArray[np.float64]) -> NDArray[np.float64]:
    """Opacity per millimetre of values 0 to 255 of the fourth channel of `bone_rgba`."""
    hu = LOWEST_HU + np.asarray(index) / 255.0 * (HIGHEST_HU - LOWEST_HU)
    return np.asarray(np.interp(hu, [n for n, _ in BONE_OPACITY], [o for _, o in BONE_OPACITY]))
