"""Training pairs: a fractured volume and its unfractured twin, straight on the network's grid, and a bank of them on disk.

A pair is stored as the intact volume, the box in which the twin differs, and the crack's mask there: the rest is equal by
construction.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from trainer.simulate.atlas import Atlas
from trainer.simulate.bones import built_in
from trainer.simulate.scanner import HIGHEST_HU, LOWEST_HU
from trainer.simulate.scene import Scene, draw_scene, render
from trainer.simulate.streams import stream

PAIRS_PER_BODY = 8
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


@functools.lru_cache(maxsize=2)
def body(seed: int, number: int) -> Atlas:
    """Base shape `number` of run `seed`."""
    return built_in(seed, number)


def cube(size: int, spacing: float, centre: NDArray[np.float64]) -> torch.Tensor:
    """LPS mm of the voxel centres of a cube, (size, size, size, 3)."""
    axis = (torch.arange(size, dtype=torch.float32) - (size - 1) / 2) * spacing
    return torch.stack(torch.meshgrid(axis, axis, axis, indexing="ij"), dim=-1) + torch.tensor(centre, dtype=torch.float32)


def make_pair(
    seed: int, index: int, size: int = 128, spacing: float = 1.0, atlas: Atlas | None = None, shifted: bool = False
) -> Pair:
    """Simulate pair `index` of run `seed`.

    The full cube (128 voxels) lies about the joint as the viewer's crop does, off by what its finder may err. A smaller one is a
    close-up of a crack or of any other place, which costs a fraction of the time.
    """
    scene = draw_scene(seed, index, atlas if atlas is not None else body(seed, index // PAIRS_PER_BODY), shifted=shifted)
    rng = stream(seed, index, "view")
    whole_ankle = size * spacing >= 120
    if whole_ankle:
        centre = np.clip(rng.normal(0.0, (5.0, 5.0, 7.0)), -15, 15)
    elif rng.random() < NEAR_SHARE:
        cracks = scene.crack_mm().numpy()
        centre = cracks[rng.integers(len(cracks))] + rng.uniform(-0.22, 0.22, 3) * size * spacing
    else:
        centre = rng.uniform((-28, -45, -60), (28, 45, 55))
    points = cube(size, spacing, centre)
    widths = (spacing, spacing, spacing)
    with torch.no_grad():
        broken = render(scene, points, widths, fractured=True)
        whole = render(scene, points, widths, fractured=False)
        crack = torch.stack(broken.cracks).any(dim=0).numpy() if broken.cracks else np.zeros((size,) * 3, dtype=bool)
        fractured, intact = (_finish(scene, r.hu, spacing) for r in (broken, whole))
    if whole_ankle:
        _truncate(rng, crack, fractured, intact)
    meta: dict[str, object] = {
        "injury": scene.injury,
        "severity": scene.severity,
        "gap_mm": max(f.gap_mm for f in scene.fractures),
        "step_mm": max(f.step_mm for f in scene.fractures),
        "body": scene.atlas.name,
        "side": scene.side,
        "spacing": spacing,
    }
    return Pair(fractured, intact, crack, meta)


def _finish(scene: Scene, hu: torch.Tensor, spacing: float) -> NDArray[np.int16]:
    out = scene.scanner.expose(hu, (spacing, spacing, spacing)).clamp(LOWEST_HU, HIGHEST_HU)
    return np.asarray(out.round().to(torch.int16).numpy())


def _truncate(rng: np.random.Generator, crack: NDArray[np.bool_], *volumes: NDArray[np.int16]) -> None:
    """The field of view ends somewhere: cut both twins alike, never through the crack."""
    size = crack.shape[2]
    top, bottom, draw = rng.uniform(0.68, 1.0) * size, rng.uniform(0.0, 0.22) * size, rng.random(2)
    levels = np.flatnonzero(crack.any(axis=(0, 1)))
    low, high = (int(levels[0]), int(levels[-1])) if len(levels) else (size // 2, size // 2)
    for volume in volumes:
        if draw[0] < 0.35 and top > high + 6:
            volume[:, :, int(top) :] = LOWEST_HU
        if draw[1] < 0.2 and bottom < low - 6:
            volume[:, :, : int(bottom)] = LOWEST_HU


def save_pair(pair: Pair, path: Path) -> None:
    """Write atomically."""
    changed = np.abs(pair.fractured.astype(np.int32) - pair.intact) > 4
    changed |= pair.crack
    where = np.argwhere(changed)
    low = np.maximum(where.min(axis=0) - 1, 0) if len(where) else np.zeros(3, dtype=int)
    high = np.minimum(where.max(axis=0) + 2, pair.intact.shape) if len(where) else np.ones(3, dtype=int)
    box = tuple(slice(a, b) for a, b in zip(low, high, strict=True))
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    with open(temporary, "wb") as f:
        np.savez(
            f,
            intact=pair.intact,
            part=pair.fractured[box],
            crack=np.packbits(pair.crack[box]),
            low=low,
            meta=json.dumps(pair.meta),
        )
    os.replace(temporary, path)


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


def _work(job: tuple[str, int, int, int, float]) -> int:
    folder, seed, index, size, spacing = job
    torch.set_num_threads(1)
    path = pair_path(Path(folder), index)
    if not path.exists():
        save_pair(make_pair(seed, index, size, spacing), path)
    return index


def fill_bank(folder: Path, seed: int, count: int, size: int = 128, spacing: float = 1.0, jobs: int = 1) -> Iterator[int]:
    """Make the pairs that are still missing, in order, `jobs` processes at a time; yields each index when it lies on disk."""
    folder.mkdir(parents=True, exist_ok=True)
    # neighbours share a body, so one process should take them together
    work = [(str(folder), seed, i, size, spacing) for i in range(count)]
    if jobs <= 1:
        yield from map(_work, work)
        return
    with ProcessPoolExecutor(jobs) as pool:
        yield from pool.map(_work, work, chunksize=PAIRS_PER_BODY)
