"""Settings: the ranges from which a run draws bones, tissue, scanner and voxels. Training, validation and the shifted test sets
differ in nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from trainer.simulate.streams import log_uniform

Range = tuple[float, float]


@dataclass(frozen=True)
class Setting:
    """Ranges of one kind of run. Where several ranges stand, one of them is drawn first.

    Attributes:
        name: for the record.
        bone_spread: factor on the spread of every dimension of the built-in bones.
        bone_warp_mm: standard deviation of the smooth deformation of the base shape.
        plane_mm, slice_factor, slice_mm: voxel size in the plane; slices as a multiple of it, and their limits.
        blur_mm, slice_blur_mm: point spread; sharpen: edge enhancement, where there is any; noise_hu: see `scanner.Scanner`.
        sharpened: scans with edge enhancement to each one without.
        density: see `tissue.BoneTexture`, as are cortex_hu, trabecular_hu, grain_mm (shortest wavelength) and grain_hu.
    """

    name: str
    bone_spread: float = 1.0
    bone_warp_mm: Range = (0.6, 1.8)
    plane_mm: tuple[Range, ...] = ((0.6, 1.0),)
    slice_factor: Range = (0.9, 2.2)
    slice_mm: Range = (0.6, 2.0)
    blur_mm: tuple[Range, ...] = ((0.2, 0.75),)
    slice_blur_mm: Range = (0.2, 1.0)
    sharpen: Range = (0.1, 0.9)
    sharpened: int = 1
    noise_hu: tuple[Range, ...] = ((4.0, 60.0),)
    density: tuple[Range, ...] = ((0.45, 1.45),)
    cortex_hu: Range = (950.0, 1750.0)
    trabecular_hu: Range = (180.0, 420.0)
    grain_mm: Range = (0.8, 2.2)
    grain_hu: Range = (15.0, 90.0)


STANDARD = Setting("standard")
# training sees a wider range of voxels than the scans on which it is measured
TRAINING = Setting("training", plane_mm=((0.5, 1.1),), slice_factor=(0.9, 2.5), slice_mm=(0.6, 2.5))
# the other half of the validation set: bodies, bone and scanners from the rim of what training holds, and beyond
SHIFTED = Setting(
    "shifted",
    bone_spread=1.4,
    bone_warp_mm=(1.5, 2.6),
    plane_mm=((0.45, 0.55), (1.0, 1.25)),
    slice_factor=(1.0, 2.8),
    slice_mm=(0.6, 2.6),
    blur_mm=((0.15, 0.25), (0.6, 0.9)),
    slice_blur_mm=(0.3, 1.2),
    sharpen=(0.4, 1.2),
    sharpened=2,
    noise_hu=((15.0, 70.0),),
    density=((0.35, 0.6), (1.2, 1.6)),
    cortex_hu=(850.0, 1900.0),
    trabecular_hu=(140.0, 480.0),
    grain_mm=(1.6, 3.2),
)
# shifts of the last test's own, in other directions
RELEASE = Setting(
    "release",
    bone_spread=1.25,
    bone_warp_mm=(1.2, 2.2),
    plane_mm=((0.7, 1.3),),
    slice_factor=(1.0, 1.6),
    slice_mm=(0.8, 2.0),
    blur_mm=((0.4, 0.85),),
    slice_blur_mm=(0.2, 0.6),
    sharpen=(0.8, 1.6),
    sharpened=4,
    noise_hu=((3.0, 6.0), (40.0, 80.0)),
    density=((0.4, 1.6),),
    cortex_hu=(800.0, 1500.0),
    trabecular_hu=(200.0, 520.0),
    grain_mm=(0.6, 1.2),
    grain_hu=(50.0, 130.0),
)
SETTINGS = {s.name: s for s in (STANDARD, TRAINING, SHIFTED, RELEASE)}


def draw_log(rng: np.random.Generator, ranges: tuple[Range, ...]) -> float:
    """A number from one of `ranges`, its logarithm uniform."""
    low, high = ranges[0] if len(ranges) == 1 else ranges[int(rng.integers(len(ranges)))]
    return log_uniform(rng, low, high)
