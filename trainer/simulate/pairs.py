"""Training pairs: a fractured volume and its unfractured twin on the network's grid, and a bank of them on disk.

A pair is stored as the intact volume, the box in which the twin differs, and the crack's mask there: the rest is equal by
construction.
"""

from __future__ import annotations

import functools
import json
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.resample import axis_matrices
from ankleviewer.core.volume import AIR_HU
from trainer.simulate.atlas import Atlas
from trainer.simulate.bones import built_in
from trainer.simulate.fields import along
from trainer.simulate.render import render_twins
from trainer.simulate.scan import grid_points, scanner_grid
from trainer.simulate.scene import Scene, draw_scene, to_device
from trainer.simulate.setting import LIFELIKE, TRAINING, Setting
from trainer.simulate.streams import stream
from trainer.simulate.workers import Workers

PAIRS_PER_BODY = 8
WHOLE_CUBE_MM, FINER_CUBE_MM = 128.0, 144.0  # the viewer's cube, of voxels of 1 mm and of finer ones
WHOLE_MM = 120.0  # edge of a cube from which on it shows the whole ankle
RIM_MM = 5.0  # rendered around a close-up, for what the resampling reaches
TRIES = 20
CRACK_SHARE = 0.3  # of a voxel of the cube, from which on it belongs to the crack
NEAR_SHARE = 0.75  # of close-ups that look at the crack; the rest look anywhere on the ankle


@dataclass(frozen=True)
class Pair:
    """Two HU volumes (int16, X x Y x Z) and the mask of the crack (bool), on one grid; `meta` states injury, severity, gap, step
    and body.
    """

    fractured: NDArray[np.int16]
    intact: NDArray[np.int16]
    crack: NDArray[np.bool_]
    meta: dict[str, object]


def whole_size(spacing: float) -> int:
    """Edge of a cube around the whole ankle, voxels: a multiple of 8, as networks with stride 8 like it."""
    return 8 * int((WHOLE_CUBE_MM if spacing >= 1.0 else FINER_CUBE_MM) / spacing / 8)


def setting_of(number: int) -> Setting:
    """Ranges for base shape `number`: every other one as real scans are, the rest wider than reality (SynthSeg's lesson)."""
    return (LIFELIKE, TRAINING)[number % 2]


@functools.lru_cache(maxsize=2)
def body(seed: int, number: int) -> Atlas:
    """Base shape `number` of run `seed`."""
    return built_in(seed, number, setting_of(number))


def make_pair(
    seed: int,
    index: int,
    size: int = 128,
    spacing: float = 1.0,
    atlas: Atlas | None = None,
    setting: Setting | None = None,
    device: torch.device | str = "cpu",
) -> Pair:
    """Simulate pair `index` of run `seed` as a scanner sees it and as the viewer prepares it: rendered on the scanner's own grid,
    then resampled onto the network's cube.

    Rendered straight on the cube, a pair would lack what thick slices and the resampling do to noise and edges, and the network
    would meet them for the first time in the viewer. The full cube (128 mm, 144 of finer voxels) lies about the joint as the
    viewer's does, off by what its finder may err; a smaller one is a close-up of a crack or of any other place, at a fraction of
    the cost.

    Args:
        size: edge of the cube, voxels; spacing: edge of its voxels, mm; above 1 mm the scanner's voxels grow with them (coarse
            cubes for quick trials), below it the scanner stays what it is.
        atlas: base shape; None takes the run's own. setting: None takes that of the base shape.
        device: where it is worked out; a GPU draws other noise than the CPU does.
    """
    number = index // PAIRS_PER_BODY
    setting = setting or setting_of(number)
    scene = draw_scene(seed, index, atlas if atlas is not None else body(seed, number), setting=setting)
    centre = _view(stream(seed, index, "view"), scene, size * spacing)
    close = size * spacing < WHOLE_MM
    # a part of a scan can afford finer voxels
    finer = replace(setting, most_voxels=setting.most_voxels * (WHOLE_CUBE_MM / (size * spacing)) ** 3) if close else setting
    grid = scanner_grid(stream(seed, index, "scanner grid"), None, None, finer, max(1.0, spacing))
    if close:
        grid = _part(grid, centre, size * spacing + 2 * RIM_MM)
    target = Grid.axis_aligned((size, size, size), spacing, centre - spacing * (size - 1) / 2)
    with torch.no_grad():
        fractured, intact, crack = _on_cube(to_device(scene, device), grid, target, padded=not close)
    meta: dict[str, object] = {
        "injury": scene.injury,
        "severity": scene.severity,
        "gap_mm": max(f.gap_mm for f in scene.fractures),
        "step_mm": max(f.step_mm for f in scene.fractures),
        "body": scene.atlas.name,
        "side": scene.side,
        "spacing": spacing,
        "confounders": list(scene.confounders),
        "setting": setting.name,
    }
    return Pair(fractured.cpu().numpy(), intact.cpu().numpy(), crack.cpu().numpy(), meta)


def _on_cube(scene: Scene, grid: Grid, target: Grid, padded: bool) -> tuple[Tensor, Tensor, Tensor]:
    """(fractured, intact) int16 and crack bool, scanned on `grid` and resampled to `target`."""
    device = scene.pose.matrix.device
    points = grid_points(grid).to(device)
    broken, whole = render_twins(scene, points, grid.spacing)
    mask = torch.stack(broken.cracks).any(dim=0) if broken.cracks else torch.zeros(grid.shape, dtype=torch.bool, device=device)
    unseen = scene.scanner.unseen(grid.shape, grid.spacing).to(device) if padded else None
    matrices = [(torch.from_numpy(matrix).to(device), first) for matrix, first in axis_matrices(grid, target)]

    def seen(values: Tensor, outside: float) -> Tensor:
        """As the viewer resamples; it shows padding as air."""
        out = values - outside
        if unseen is not None:
            out = out.masked_fill(unseen, 0.0)
        for axis, (matrix, first) in enumerate(matrices):
            out = along(axis, matrix, out.narrow(axis, first, matrix.shape[1]))
        return out + outside

    scans = scene.scanner.expose_all([broken.hu, whole.hu], grid.spacing)
    hu = [seen(scan, float(AIR_HU)).round().to(torch.int16) for scan in scans]
    # a sheet one fine voxel thick fills only part of a coarse one
    return hu[0].contiguous(), hu[1].contiguous(), (seen(mask.float(), 0.0) > CRACK_SHARE).contiguous()


def _view(rng: np.random.Generator, scene: Scene, edge: float) -> NDArray[np.float64]:
    """Centre (LPS mm) of a cube of `edge` mm: the whole ankle, off by what the viewer's finder may err, or a close-up of a crack
    or of any other place.
    """
    if edge >= WHOLE_MM:
        return np.asarray(np.clip(rng.normal(0.0, (5.0, 5.0, 7.0)), -15, 15))
    if rng.random() < NEAR_SHARE:
        cracks = scene.crack_mm().numpy()
        return np.asarray(cracks[rng.integers(len(cracks))] + rng.uniform(-0.22, 0.22, 3) * edge)
    if not scene.lifelike:
        return np.asarray(rng.uniform((-28, -45, -60), (28, 45, 55)))
    return _in_bone(rng, scene)


def _in_bone(rng: np.random.Generator, scene: Scene) -> NDArray[np.float64]:
    """LPS mm of a place in any bone near the joint, small ones as often as large ones, wherever the foot points."""
    names, place = sorted(scene.atlas.bones), np.zeros(3)
    for _ in range(TRIES):
        bone = names[int(rng.integers(len(names)))]
        solids = [grid for name, grid in scene.atlas.solids() if name == bone]
        grid = solids[int(rng.integers(len(solids)))]
        inside = torch.nonzero(grid.values < -1.0)
        if not len(inside):
            continue
        local = grid.origin + grid.spacing * inside[int(rng.integers(len(inside)))]
        rotation, pivot, shift = scene.joints[bone]
        place = scene.pose.to_lps((local - pivot) @ rotation + pivot + shift).numpy().astype(np.float64)
        if np.abs(place).max() < FINER_CUBE_MM / 2:
            break
    return place


def _part(grid: Grid, centre: NDArray[np.float64], edge: float) -> Grid:
    """The scanner's voxels about a close-up, on the same lattice; the scan's own borders play no part in it."""
    low = np.floor(grid.to_voxel(centre - edge / 2)).astype(int)
    high = np.ceil(grid.to_voxel(centre + edge / 2)).astype(int)
    shape = (int(high[0] - low[0]) + 1, int(high[1] - low[1]) + 1, int(high[2] - low[2]) + 1)
    return Grid.axis_aligned(shape, grid.spacing, grid.to_mm(low))


def save_pair(pair: Pair, path: Path) -> None:
    """Write atomically."""
    changed = np.abs(pair.fractured.astype(np.int32) - pair.intact) > 4
    changed |= pair.crack
    where = np.argwhere(changed)
    low = np.maximum(where.min(axis=0) - 1, 0) if len(where) else np.zeros(3, dtype=int)
    high = np.minimum(where.max(axis=0) + 2, pair.intact.shape) if len(where) else np.ones(3, dtype=int)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with open(temporary, "wb") as f:
            np.savez(
                f,
                intact=pair.intact,
                part=pair.fractured[box],
                crack=np.packbits(pair.crack[box]),
                low=low,
                meta=json.dumps(pair.meta),
            )
            f.flush()
            os.fsync(f.fileno())  # or a power failure leaves the name and nothing in it
        os.replace(temporary, path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


def load_pair(path: Path) -> Pair:
    """Read what `save_pair` wrote."""
    with np.load(path) as data:
        intact, part, low = data["intact"], data["part"], data["low"]
        box = tuple(slice(int(a), int(a) + n) for a, n in zip(low, part.shape, strict=True))
        fractured, crack = intact.copy(), np.zeros(intact.shape, dtype=bool)
        fractured[box] = part
        crack[box] = np.unpackbits(data["crack"], count=part.size).reshape(part.shape).astype(bool)
        return Pair(fractured, intact, crack, json.loads(str(data["meta"])))


def pair_path(folder: Path, index: int) -> Path:
    """Where pair `index` lies."""
    return folder / f"pair-{index:06d}.npz"


@dataclass(frozen=True)
class BankOrder:
    """A bank to be filled: seed, number of pairs, edge of the close-ups in voxels, and how many pairs there are to each whole
    ankle (0: close-ups only).
    """

    seed: int
    count: int
    size: int = 128
    whole_every: int = 0
    spacing: float = 1.0

    def size_of(self, index: int) -> int:
        """Edge of pair `index`, voxels."""
        return whole_size(self.spacing) if self.whole_every and index % self.whole_every == 0 else self.size


def _work(job: tuple[str, BankOrder, int]) -> int:
    folder, order, index = job
    torch.set_num_threads(1)
    path = pair_path(Path(folder), index)
    if not zipfile.is_zipfile(path):  # none yet, or what a power failure left
        save_pair(make_pair(order.seed, index, order.size_of(index), order.spacing), path)
    return index


def fill_bank(folder: Path, order: BankOrder, jobs: int = 1) -> Iterator[int]:
    """Make the pairs that are still missing, in order, `jobs` processes at a time; yields each index when it lies on disk."""
    folder.mkdir(parents=True, exist_ok=True)
    # neighbours share a body, so one process should take them together
    work = [(str(folder), order, i) for i in range(order.count)]
    if jobs <= 1:
        yield from map(_work, work)
        return
    with Workers(jobs) as pool:
        yield from pool.map(_work, work, chunksize=PAIRS_PER_BODY)
