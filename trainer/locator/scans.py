"""Coarse simulated scans for the locator: any part of one or two legs in view, with the landmarks that lie in it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ankleviewer.core.anatomy.landmarks import INPUT_MM, MULTIPLE, NAMES
from ankleviewer.core.geometry import Grid
from trainer.simulate.atlas import FOOT
from trainer.simulate.bones import SHAFT_TOP, built_in
from trainer.simulate.landmarks import landmarks_of
from trainer.simulate.scan import scan_scene
from trainer.simulate.scene import Scene, draw_scene, euler
from trainer.simulate.setting import TRAINING, Setting
from trainer.simulate.streams import stream

SCANS_PER_BODY = 4
BOTH = 0.5  # share of scans with the other leg
WIDE = 0.6  # share of scans wider than one ankle
TOP_MM = SHAFT_TOP - 12.0  # the simulated leg ends above
POINTED = 0.5  # share of scans in which the feet are flexed and turned as they hang, or as an injury leaves them
AT_THE_JOINT = 0.25  # share of wide scans that end at the joint: a scan of the foot
LEANING = 0.3  # share of scans in which the whole leg leans, a knee bent


@dataclass(frozen=True)
class LocatorScan:
    """HU int16 (x, y, z) at INPUT_MM, and for each leg the landmarks: (legs, 5, 3) in voxels of it, in the order of NAMES; NaN
    where a landmark lies outside of what the scanner saw.
    """

    hu: NDArray[np.int16]
    points: NDArray[np.float32]


def simulate(seed: int, index: int, setting: Setting = TRAINING) -> LocatorScan:
    """Scan `index` of run `seed`."""
    setting = replace(setting, both_ankles=BOTH)
    atlas = built_in(seed, index // SCANS_PER_BODY, setting)
    scene = draw_scene(seed, index, atlas, setting=setting)
    scene = posed(stream(seed, index, "locator pose"), scene)
    grid = field_of_view(stream(seed, index, "locator"), scene)
    seen = scan_scene(scene, grid, fractured=index % 2 == 0)
    hu = np.maximum(seen.volume.hu, -1024)
    legs = [leg for leg in (scene, scene.other) if leg is not None]
    return LocatorScan(hu, np.stack([in_view(leg, grid, seen.volume.hu) for leg in legs]))


def posed(rng: np.random.Generator, scene: Scene) -> Scene:
    """The scene with feet and legs held as nobody holds them for a scan of the ankle, but patients and cadavers do: pointed toes,
    the foot turned in or out, the leg leaning. The frame of the scan stays; the joint's middle stays its origin.
    """
    if rng.random() < POINTED:
        flex, tilt = rng.uniform(-38, 12), rng.normal(0, 12)
        scene = _with_joints(scene, np.deg2rad(flex), np.deg2rad(np.clip(tilt, -25, 25)))
    if rng.random() < LEANING:
        lean = torch.tensor(euler(np.deg2rad(rng.uniform(-40, 40)), np.deg2rad(rng.normal(0, 10)), 0.0), dtype=torch.float32)
        scene = _leaning(scene, lean)
    return scene


def _with_joints(scene: Scene, flex: float, tilt: float) -> Scene:
    turn = {True: euler(flex, 0.0, 0.0), False: euler(flex, 0.0, 0.0) @ euler(0.0, tilt, 0.4 * tilt)}
    more = {name: torch.tensor(turn[name == "talus"], dtype=torch.float32) for name in FOOT}
    joints = {
        name: (rotation @ more[name] if name in more else rotation, pivot, shift)
        for name, (rotation, pivot, shift) in scene.joints.items()
    }
    other = None if scene.other is None else _with_joints(scene.other, flex, tilt)
    return replace(scene, joints=joints, other=other)


def _leaning(scene: Scene, lean: Tensor) -> Scene:
    pose = replace(scene.pose, matrix=scene.pose.matrix @ lean)
    other = None if scene.other is None else _leaning(scene.other, lean)
    return replace(scene, pose=pose, other=other)


def field_of_view(rng: np.random.Generator, scene: Scene) -> Grid:
    """A scanner's field of view at INPUT_MM: around one ankle or wide, whole or cut off anywhere."""
    wide = rng.random() < WIDE
    across = rng.uniform(180, 330) if wide else rng.uniform(95, 170)
    deep = across * rng.uniform(0.6, 1.0) if wide else across
    tall = rng.uniform(70, 260) if wide else rng.uniform(80, 160)
    middle = np.array([rng.normal(0, 12), rng.normal(0, 12), 0.0])
    if scene.other is not None and wide:
        middle[0] += float(scene.other.pose.centre[0]) / 2
    if wide:  # the foot lies in front; how far, the scanner's operator decides
        middle[1] -= rng.uniform(0, 60)
    low = rng.uniform(-120, 20) if wide else rng.uniform(-75, 10)
    high = min(TOP_MM, low + tall)
    if wide and rng.random() < AT_THE_JOINT:
        high = rng.uniform(-14, 12)
        low = high - max(tall, 90.0)
    size = np.array([across, deep, max(high - low, 40.0)])
    shape = [MULTIPLE * max(2, round(extent / INPUT_MM / MULTIPLE)) for extent in size]
    middle[2] = low + size[2] / 2
    first = middle - INPUT_MM * (np.asarray(shape) - 1) / 2
    first[2] = min(first[2], TOP_MM - INPUT_MM * (shape[2] - 1))
    return Grid.axis_aligned((shape[0], shape[1], shape[2]), INPUT_MM, first)


def in_view(leg: Scene, grid: Grid, hu: NDArray[np.int16]) -> NDArray[np.float32]:
    """(5, 3) voxels of the landmarks, NaN outside of the grid and where the scanner wrote padding."""
    points = landmarks_of(leg)
    out = np.full((len(NAMES), 3), np.nan, dtype=np.float32)
    for n, name in enumerate(NAMES):
        voxel = grid.to_voxel(points[name].numpy().astype(np.float64))
        nearest = np.rint(voxel).astype(int)
        if (nearest >= 0).all() and (nearest < np.asarray(grid.shape)).all() and hu[tuple(nearest)] >= -1024:
            out[n] = voxel
    return out


def fill(folder: Path, seed: int, count: int, first: int = 0, setting: Setting = TRAINING) -> None:
    """Write scans `first` to `count` - 1 as .npz; what is there already stays."""
    from ankleviewer.io.atomic import write_bytes

    torch.set_num_threads(1)
    folder.mkdir(parents=True, exist_ok=True)
    for index in range(first, count):
        path = folder / f"{index:05d}.npz"
        if not path.exists():
            scan = simulate(seed, index, setting)
            write_bytes(path, _npz(scan))


def load(path: Path) -> LocatorScan:
    """A scan written by `fill`."""
    with np.load(path) as held:
        return LocatorScan(held["hu"], held["points"])


def _npz(scan: LocatorScan) -> bytes:
    import io

    held = io.BytesIO()
    np.savez_compressed(held, hu=scan.hu, points=scan.points)
    return held.getvalue()
