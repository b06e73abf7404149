"""Settings: the ranges from which a run draws bones, tissue, scanner and voxels. Training, validation and the shifted test sets
differ in nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from trainer.simulate.streams import log_uniform

Range = tuple[float, float]
TRAINING_DRAWS = 3  # another number: other training pairs of the same seeds, where the named sets stay what they are


@dataclass(frozen=True)
class Lifelike:
    """What real feet have and the first ranges left out, for training draws: the named sets were made without it and stay what
    they are. Everything in it draws from streams of its own.

    Attributes:
        joint_mm: space between cuneiforms and between the bases of metatarsals, each a bone of its own; one solid each else.
        close: factor on the spaces of the foot's other joints; packed: on the size of the tarsal bones in front of talus and
            calcaneus, which take what room their neighbours leave.
        cortex_scale, cortex_varies: see `tissue.BoneTexture`.
        bare: share of the surface outside the shafts where the cortex fades into what lies below; bare_mm: width of such places.
        subchondral, subchondral_mm: see `tissue.BoneTexture`.
        spongy: how much of a shaft's spongy bone is there that fat takes else.
        unevenness, grain: see `tissue.BoneTexture`.
        streaks: how many times longer than thick trabeculae are, which run another way in every bone.
        relief: factor on the height of the bones' ridges and hollows.
        flex_deg: mean and standard deviation of the foot's flexion, positive upwards, and its limits.
    """

    joint_mm: Range = (0.9, 2.4)
    close: Range = (0.4, 1.0)
    packed: Range = (1.0, 1.2)
    cortex_scale: Range = (0.5, 1.2)
    cortex_varies: Range = (0.1, 0.7)
    bare: Range = (0.0, 0.6)
    bare_mm: Range = (3.0, 12.0)
    subchondral: Range = (0.2, 2.8)
    subchondral_mm: Range = (1.5, 8.0)
    spongy: Range = (0.0, 0.7)
    unevenness: Range = (0.05, 0.5)
    grain: Range = (0.05, 0.35)
    streaks: Range = (1.0, 6.0)
    relief: Range = (0.2, 1.0)
    flex_deg: tuple[float, float, float, float] = (-14.0, 17.0, -55.0, 24.0)


@dataclass(frozen=True)
class Setting:
    """Ranges of one kind of run. Where several ranges stand, one of them is drawn first.

    Attributes:
        name: for the record.
        bone_spread: factor on the spread of every dimension of the built-in bones.
        bone_warp_mm: standard deviation of the smooth deformation of the base shape.
        plane_mm, slice_factor, slice_mm: voxel size in the plane; slices as a multiple of it, and their limits.
        most_voxels: of a scan; fine voxels get thicker slices rather than more of them.
        blur_mm, slice_blur_mm: point spread; sharpen: edge enhancement, where there is any; noise_hu: see `scanner.Scanner`.
        sharpened: scans with edge enhancement to each one without.
        noise_cut: cut-off of the noise, 1/mm.
        density: see `tissue.BoneTexture`, as are cortex_hu, trabecular_hu, unevenness, grain_mm (shortest wavelength) and grain.
        both_ankles, metal, moving, circle: share of scans with the other ankle in a wider field of view, with metal, with motion,
            and with nothing but padding outside the scanner's circle.
        lifelike: what is drawn closer to real feet than in the named sets; with it the joint's part of a broken shaft stays where
            it is, and a crack is as faint as the voxel's width across it makes it.
    """

    name: str
    bone_spread: float = 1.0
    bone_warp_mm: Range = (0.6, 1.8)
    plane_mm: tuple[Range, ...] = ((0.5, 1.0),)
    slice_factor: Range = (0.8, 2.4)
    slice_mm: Range = (0.5, 2.2)
    most_voxels: float = 8e6
    blur_mm: tuple[Range, ...] = ((0.2, 0.75),)
    slice_blur_mm: Range = (0.2, 1.0)
    sharpen: Range = (0.1, 0.9)
    sharpened: int = 1
    noise_hu: tuple[Range, ...] = ((4.0, 60.0),)
    noise_cut: Range = (0.25, 1.1)
    density: tuple[Range, ...] = ((0.45, 1.45),)
    cortex_hu: Range = (950.0, 1750.0)
    trabecular_hu: Range = (150.0, 330.0)
    unevenness: Range = (0.2, 0.65)
    grain_mm: Range = (0.8, 2.2)
    grain: Range = (0.04, 0.22)
    both_ankles: float = 0.12
    metal: float = 0.05
    moving: float = 0.08
    circle: float = 0.2
    lifelike: Lifelike | None = None


STANDARD = Setting("standard")
# wider than reality: a network does not carry over what it has met in one form only
TRAINING = Setting(
    "training",
    most_voxels=4e6,
    bone_spread=1.3,
    bone_warp_mm=(0.5, 2.6),
    plane_mm=((0.3, 1.3),),
    slice_factor=(0.8, 3.0),
    slice_mm=(0.4, 3.0),
    blur_mm=((0.15, 0.95),),
    slice_blur_mm=(0.15, 1.3),
    sharpen=(0.1, 1.5),
    sharpened=2,
    noise_hu=((3.0, 80.0),),
    noise_cut=(0.2, 1.3),
    density=((0.35, 1.6),),
    cortex_hu=(800.0, 1900.0),
    trabecular_hu=(110.0, 400.0),
    unevenness=(0.1, 0.85),
    grain_mm=(0.6, 3.2),
    grain=(0.03, 0.45),
    both_ankles=0.15,
    metal=0.08,
    moving=0.1,
    circle=0.25,
    lifelike=Lifelike(
        cortex_scale=(0.35, 1.4),
        cortex_varies=(0.1, 0.9),
        bare=(0.0, 0.8),
        spongy=(0.0, 1.0),
        unevenness=(0.04, 0.8),
        grain=(0.03, 0.5),
    ),
)
# what every other training pair is drawn from: scanners and bone as in the standard half of the named sets, closer to real feet
LIFELIKE = replace(STANDARD, name="lifelike", lifelike=Lifelike())
# the other half of the validation set: bodies, bone and scanners from the rim of what training holds, and beyond
SHIFTED = Setting(
    "shifted",
    bone_spread=1.4,
    bone_warp_mm=(1.5, 2.6),
    plane_mm=((0.42, 0.5), (1.0, 1.25)),
    slice_factor=(1.0, 2.8),
    slice_mm=(0.5, 3.0),
    blur_mm=((0.15, 0.25), (0.6, 0.9)),
    slice_blur_mm=(0.3, 1.2),
    sharpen=(0.4, 1.2),
    sharpened=2,
    noise_hu=((15.0, 70.0),),
    noise_cut=(0.2, 0.4),
    density=((0.35, 0.6), (1.2, 1.6)),
    cortex_hu=(850.0, 1900.0),
    trabecular_hu=(120.0, 380.0),
    unevenness=(0.5, 0.9),
    grain_mm=(1.6, 3.2),
    metal=0.1,
    moving=0.15,
    circle=0.4,
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
    noise_cut=(0.8, 1.4),
    density=((0.4, 1.6),),
    cortex_hu=(800.0, 1500.0),
    trabecular_hu=(160.0, 420.0),
    unevenness=(0.1, 0.4),
    grain_mm=(0.6, 1.2),
    grain=(0.12, 0.35),
    both_ankles=0.3,
)
SETTINGS = {s.name: s for s in (STANDARD, LIFELIKE, TRAINING, SHIFTED, RELEASE)}


def draw_log(rng: np.random.Generator, ranges: tuple[Range, ...]) -> float:
    """A number from one of `ranges`, its logarithm uniform."""
    low, high = ranges[0] if len(ranges) == 1 else ranges[int(rng.integers(len(ranges)))]
    return log_uniform(rng, low, high)
