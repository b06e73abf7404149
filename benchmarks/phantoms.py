"""Scans that the simulator does not draw: bones of a real body, filled by a plain rule, cut by planes, seen through one of three
cameras. What a model scores here tells whether it learnt fractures or the simulator's way of drawing them.

    python -m benchmarks.phantoms --bones FOLDER --out SET --chain plain --count 24
    ankle-trainer evaluate --models compact --data SET --out FIGURES

`--bones` holds closed surfaces named as for `ankle-trainer simulate --bones`. Each fractured scan is followed by its unfractured
twin. Chains: "plain", blur and noise; "sharp", voxels as they are, with steps at their edges; "projected", parallel-beam
projections with beam hardening, photon noise and rings, filtered and back-projected.
"""

from __future__ import annotations

import argparse
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from scipy import ndimage

from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from trainer.simulate.meshes import fingerprint, mesh_files, sides_of

Array = NDArray[np.float64]
Float = NDArray[np.float32]
Mask = NDArray[np.bool_]

FINE_MM = 0.6  # voxels in which a body is made
FIELD_MM = (150.0, 160.0)  # across; the length is drawn
LOW_MM = (-75.0, -80.0, -72.0)  # corner of the field, from the plafond
CHAINS = ("plain", "sharp", "projected")
SEVERITIES = ("hairline", "moderate", "displaced")
GAP_MM = {"hairline": (0.5, 1.1), "moderate": (0.9, 2.0), "displaced": (1.2, 3.5)}
STEP_MM = {"hairline": (0.0, 0.0), "moderate": (0.6, 2.0), "displaced": (2.0, 6.0)}
BLOOD_HU, WATER_PER_MM = 55.0, 0.02
VIEWS = 240
CRACK_SHARE = 0.25  # of a scan's voxel, from which on it belongs to the crack


@dataclass(frozen=True)
class Site:
    """Where a bone breaks: its part between two heights above its lowest point, mm; the plane's normal and its spread (LPS); how
    far up the break reaches; whether the part with the larger distance along the normal moves, or the other; whether it is
    far back.
    """

    name: str
    bone: str
    heights: tuple[float, float]
    normal: tuple[float, float, float]
    spread: tuple[float, float, float]
    reach: float = np.inf
    upper_moves: bool = False
    at_back: bool = False


SITES = (
    Site("lateral malleolus", "fibula", (0, 15), (0, 0, 1), (0.3, 0.6, 0)),
    Site("fibular shaft", "fibula", (15, 45), (0, 0, 1), (0.3, 0.6, 0)),
    Site("medial malleolus", "tibia", (0, 9), (0, 0, 1), (0.7, 0.4, 0)),
    Site("plafond", "tibia", (12, 25), (1, 0, 0), (0, 0.6, 0.4), 40.0, True),
    Site("posterior malleolus", "tibia", (8, 16), (0, 1, 0), (0.3, 0, 0.4), 40.0, True, True),
    Site("talus", "talus", (0, 99), (0, 1, 0), (0.4, 0, 0.4), np.inf, True),
)


@dataclass
class Body:
    """Bones as voxels of FINE_MM: name to mask (X, Y, Z), along LPS; `low`: centre of the first voxel, mm."""

    side: str
    bones: dict[str, Mask]
    low: Array

    @property
    def shape(self) -> tuple[int, ...]:
        """Voxels along each axis."""
        return next(iter(self.bones.values())).shape


def make_body(folder: Path, seed: int, number: int) -> Body:
    """The real bones, stretched, waved, turned by some degrees; left and right in turn where the folder has both."""
    import pyvista as pv

    rng = np.random.default_rng([seed, number, 0])
    sides = sides_of(folder)
    side = sides[number % len(sides)]
    meshes = {
        bone: [pv.read(f).extract_surface(algorithm="dataset_surface").triangulate() for f in files]
        for bone, files in mesh_files(folder, side).items()
    }
    tibia = np.asarray(meshes["tibia"][0].points)
    height = tibia[:, 2].min()
    distal = tibia[(tibia[:, 2] > height + 12) & (tibia[:, 2] < height + 25)]
    plafond = np.array([*distal[:, :2].mean(axis=0), height + 14])
    deform = _deformation(rng)
    low = np.asarray(LOW_MM) + rng.normal(0, 4, 3)
    shape = tuple(int(x / FINE_MM) for x in (*FIELD_MM, rng.uniform(138, 156)))
    bones = {}
    for bone, parts in meshes.items():
        mask = np.zeros(shape, dtype=bool)
        for part in parts:
            points = deform(np.asarray(part.points, dtype=np.float64) - plafond)
            mask |= _voxels(pv.PolyData(points.astype(np.float32), part.faces), low, shape)
        if mask.any():
            bones[bone] = mask
    return Body(side, bones, low)


def _deformation(rng: np.random.Generator) -> Callable[[Array], Array]:
    """Points (N, 3), mm, to where they lie in a body of their own."""
    stretch, turn = rng.uniform(0.88, 1.14, 3), np.eye(3)
    for axis, angle in enumerate(np.deg2rad(rng.normal(0, 8, 3))):
        one, (j, k) = np.eye(3), [(1, 2), (0, 2), (0, 1)][axis]
        one[j, j] = one[k, k] = np.cos(angle)
        one[j, k], one[k, j] = -np.sin(angle), np.sin(angle)
        turn = one @ turn
    height, phase, length = rng.normal(0, 1.2, (3, 3)), rng.uniform(0, 2 * np.pi, (3, 3)), rng.uniform(40, 90, (3, 3))

    def deform(points: Array) -> Array:
        points = points * stretch
        waves = [(height[i] * np.sin(2 * np.pi * points / length[i] + phase[i])).sum(axis=1) for i in range(3)]
        out: Array = (points + np.stack(waves, axis=1)) @ turn.T
        return out

    return deform


def _voxels(mesh: Any, low: Array, shape: tuple[int, ...]) -> Mask:
    from vtk.util.numpy_support import vtk_to_numpy
    from vtkmodules.vtkImagingStencil import vtkImageStencilToImage, vtkPolyDataToImageStencil

    stencil, image = vtkPolyDataToImageStencil(), vtkImageStencilToImage()
    stencil.SetInputData(mesh)
    stencil.SetOutputOrigin(*low)
    stencil.SetOutputSpacing(FINE_MM, FINE_MM, FINE_MM)
    stencil.SetOutputWholeExtent(0, shape[0] - 1, 0, shape[1] - 1, 0, shape[2] - 1)
    image.SetInputConnection(stencil.GetOutputPort())
    image.SetInsideValue(1)
    image.SetOutsideValue(0)
    image.SetOutputScalarTypeToUnsignedChar()
    image.Update()
    inside: Mask = vtk_to_numpy(image.GetOutput().GetPointData().GetScalars()).reshape(shape[::-1]).transpose(2, 1, 0) > 0
    return inside


def paint(body: Body, rng: np.random.Generator) -> Float:
    """HU (X, Y, Z): a shell of compact bone over even or grainy bone, muscle and fat around them, skin, air."""
    hu = _soft_parts(body, rng)
    grain = np.zeros(body.shape, dtype=np.float32)
    if rng.random() < 0.7:
        grain = _field(rng, body.shape, 1.2) * rng.uniform(20, 110) + _field(rng, body.shape, 5.0) * rng.uniform(10, 60)
    for name, mask in body.bones.items():
        core, shell, thick = rng.uniform(150, 420), rng.uniform(800, 1600), rng.uniform(0.7, 2.2)
        thick *= 1.8 if name in ("tibia", "fibula") else 1.0
        box = tuple(slice(max(0, s.start - 2), s.stop + 2) for s in ndimage.find_objects(mask.view(np.uint8))[0])
        depth = ndimage.distance_transform_edt(mask[box]) * FINE_MM
        share = 1 / (1 + np.exp((depth - thick) / 0.25))
        filled = (1 - share) * (core + grain[box]) + share * shell
        hu[box][mask[box]] = filled[mask[box]]
    return hu


def _soft_parts(body: Body, rng: np.random.Generator) -> Float:
    coarse = ndimage.binary_closing(np.logical_or.reduce(list(body.bones.values()))[::3, ::3, ::3], iterations=3)
    away = ndimage.distance_transform_edt(~coarse) * 3 * FINE_MM
    away = ndimage.zoom(away, [n / m for n, m in zip(body.shape, away.shape, strict=True)], order=1)
    away += _field(rng, body.shape, 25.0) * 2
    muscle, fat = rng.uniform(6, 14), rng.uniform(3, 10)
    hu = np.full(body.shape, -1000.0, dtype=np.float32)
    hu[away < muscle + fat] = 30
    hu[away < muscle + fat - 1.5] = -100
    hu[away < muscle] = rng.uniform(40, 65)
    return hu


def _field(rng: np.random.Generator, shape: tuple[int, ...], length: float) -> Float:
    """Smooth random numbers of unit variance at knots `length` mm apart."""
    knots = [max(2, int(np.ceil(n * FINE_MM / length)) + 1) for n in shape]
    values = torch.from_numpy(rng.normal(size=knots).astype(np.float32))[None, None]
    out: Float = F.interpolate(values, size=list(shape), mode="trilinear", align_corners=True)[0, 0].numpy()
    return out


def break_bone(
    body: Body,
    hu: Float,
    site: Site,
    severity: str,
    rng: np.random.Generator,
    gap_mm: float | None = None,
    step_mm: float | None = None,
) -> tuple[Float, Mask]:
    """HU with a fracture, and its crack: what of the bone lies within the gap. Gap and step are drawn by severity where they
    are not told, and everything else is the same either way.
    """
    bone = body.bones[site.bone]
    inside = np.argwhere(bone)
    height = (inside[:, 2] - inside[:, 2].min()) * FINE_MM
    part = inside[(height >= site.heights[0]) & (height < site.heights[1])]
    centre = part[rng.integers(len(part))]
    if site.at_back:
        centre = part[np.argsort(part[:, 1])[int(len(part) * 0.8)]]
    normal = np.asarray(site.normal) + rng.normal(size=3) * site.spread
    normal /= np.linalg.norm(normal)
    at = np.stack(np.meshgrid(*[np.arange(n, dtype=np.float32) for n in body.shape], indexing="ij"))
    away = np.tensordot(normal.astype(np.float32), at - centre[:, None, None, None].astype(np.float32), 1) * FINE_MM
    away += _field(rng, body.shape, 6.0) * rng.uniform(0.3, 1.0)
    reached = bone & ((at[2] - inside[:, 2].min()) * FINE_MM < site.reach)
    drawn = rng.uniform(*GAP_MM[severity])
    crack = reached & (np.abs(away) < (drawn if gap_mm is None else gap_mm) / 2)
    out = hu.copy()
    out[crack] = BLOOD_HU
    step = np.cross(normal, rng.normal(size=3))
    drawn = rng.uniform(*STEP_MM[severity])
    step *= (drawn if step_mm is None else step_mm) / FINE_MM / np.linalg.norm(step)
    if step.any():
        piece = reached & ~crack & ((away > 0) if site.upper_moves else (away < 0))
        out[piece] = BLOOD_HU
        share = ndimage.shift(piece.astype(np.float32), step, order=1)
        moved = ndimage.shift(np.where(piece, hu, 0).astype(np.float32), step, order=1)
        stays = np.logical_or.reduce([mask for name, mask in body.bones.items() if name != site.bone]) | (bone & ~piece & ~crack)
        put = (share > 0.5) & ~stays
        out[put] = (moved / np.maximum(share, 0.5))[put]
    return out, crack


@dataclass(frozen=True)
class Camera:
    """How a body becomes a scan: voxels in mm, and the seed of all that is random in it, the same for twins."""

    chain: str
    spacing: tuple[float, float, float]
    seed: int

    def see(self, hu: Float) -> tuple[Float, tuple[float, float, float]]:
        """A scan, and its voxels in mm."""
        rng = np.random.default_rng(self.seed)
        if self.chain == "projected":
            return self._projected(hu, rng)
        plane, along = (rng.uniform(0.25, 0.6), rng.uniform(0.3, 0.9)) if self.chain == "plain" else (0.0, 0.0)
        level = rng.uniform(8, 40) if self.chain == "plain" else rng.uniform(3, 13)
        out = ndimage.gaussian_filter(hu, [plane / FINE_MM, plane / FINE_MM, along / FINE_MM])
        out = ndimage.zoom(out, [FINE_MM / mm for mm in self.spacing], order=1, grid_mode=True, mode="nearest")
        noise = ndimage.gaussian_filter(rng.normal(size=out.shape), rng.uniform(0.0, 0.9))
        seen: Float = (out + noise * (level / noise.std())).astype(np.float32)
        x, y, z = (n * FINE_MM / m for n, m in zip(hu.shape, out.shape, strict=True))
        return seen, (x, y, z)

    def _projected(self, hu: Float, rng: np.random.Generator) -> tuple[Float, tuple[float, float, float]]:
        plane = self.spacing[0]
        thick = max(1, round(self.spacing[2] / FINE_MM))
        out: Float = ndimage.zoom(hu, [FINE_MM / plane, FINE_MM / plane, 1], order=1, grid_mode=True, mode="nearest")
        out = out[..., : out.shape[2] // thick * thick].reshape(*out.shape[:2], -1, thick).mean(axis=-1)
        x, y = (n * FINE_MM / m for n, m in zip(hu.shape[:2], out.shape[:2], strict=True))
        return projected(out, x, rng), (x, y, thick * FINE_MM)


def projected(hu: Float, spacing: float, rng: np.random.Generator) -> Float:
    """Slices (X, Y, Z) as parallel-beam projections give them back: each filtered by a ramp with a window and back-projected
    (Kak and Slaney 1988, ch. 3). What lies outside the circle of the field is not seen.
    """
    wide = (max(hu.shape[:2]) + 1) // 2 * 2
    first = [(wide - n) // 2 for n in hu.shape[:2]]
    part = tuple(slice(a, a + n) for a, n in zip(first, hu.shape[:2], strict=True))
    body = np.zeros((hu.shape[2], wide, wide), dtype=np.float32)
    body[(slice(None), *part)] = np.clip(hu / 1000 + 1, 0, None).transpose(2, 0, 1) * WATER_PER_MM
    volume, out = torch.from_numpy(body)[None], torch.zeros(1, *body.shape)
    photons, hardening = 10 ** rng.uniform(4.4, 5.4), rng.uniform(0.0, 0.02)
    frequency = torch.fft.rfftfreq(2 * wide) * 2
    at = torch.arange(2 * wide).minimum(2 * wide - torch.arange(2 * wide))  # of the ramp's kernel, there eq. 61
    kernel = torch.where(at % 2 == 1, -1 / (torch.pi * at.clamp(min=1)) ** 2, 0.0)
    kernel[0] = 0.25
    cut = rng.uniform(0.45, 1.0)
    window = torch.cos(torch.pi * frequency.clamp(max=cut) / (2 * cut)).clamp(min=0) ** rng.uniform(0.01, 2.0)
    ramp = 2 * torch.fft.rfft(kernel).real * window * (frequency < cut)
    generator = torch.Generator().manual_seed(int(rng.integers(2**31)))
    cells = 1 + torch.randn(wide, generator=generator) * rng.uniform(0, 0.002)  # of the detector, which make rings
    for angle in np.arange(VIEWS) * np.pi / VIEWS:
        line = F.grid_sample(volume, _turned(angle, wide), align_corners=False)[0].sum(dim=1) * spacing
        line = line - hardening * line * line
        counts = torch.poisson(photons * torch.exp(-line), generator=generator).clamp(min=1)
        line = -torch.log(counts / photons) * cells
        line = torch.fft.irfft(torch.fft.rfft(line, 2 * wide) * ramp, 2 * wide)[:, :wide]
        spread = line[None, :, None, :].expand(1, -1, wide, wide)
        out += F.grid_sample(spread, _turned(-angle, wide), align_corners=False)
    out *= torch.pi / (2 * VIEWS) / spacing
    seen: Float = ((out[0].numpy().transpose(1, 2, 0)[part] / WATER_PER_MM - 1) * 1000).astype(np.float32)
    return seen


def _turned(angle: float, wide: int) -> torch.Tensor:
    c, s = float(np.cos(angle)), float(np.sin(angle))
    return F.affine_grid(torch.tensor([[[c, -s, 0.0], [s, c, 0.0]]]), [1, 1, wide, wide], align_corners=False)


def scan_of(body: Body, hu: Float, camera: Camera) -> Volume:
    """A body of such HU as a camera sees it, where it lies in the patient."""
    seen, spacing = camera.see(hu)
    grid = Grid.axis_aligned(seen.shape, spacing, body.low + (np.asarray(spacing) - FINE_MM) / 2)
    return Volume(np.clip(np.rint(seen), -1024, 3071).astype(np.int16), grid)


def make(folder: Path, out: Path, chain: str, count: int, seed: int) -> Iterator[str]:
    """Write `count` scans, half of them fractured, with masks and manifest.csv; yields what was made. What is there stays,
    so an interrupted run goes on; names tell the chain, the bones and the seed, so that other scans are never taken for these.
    """
    from ankleviewer.io.atomic import write_text
    from trainer.scans.write_scans import MANIFEST_FIELDS

    for name in ("scans", "masks"):
        (out / name).mkdir(parents=True, exist_ok=True)
    table, bones = io.StringIO(), fingerprint(folder)[:6]
    csv.writer(table, lineterminator="\n").writerow(MANIFEST_FIELDS)
    for number in range(count // 2):
        site, severity = SITES[number % len(SITES)], SEVERITIES[number // len(SITES) % len(SEVERITIES)]
        names = [f"phantom-{chain}-{bones}-{seed}-{2 * number + k:05d}.nii.gz" for k in (0, 1)]
        if not (out / "scans" / names[1]).exists():  # written last
            _write_twins(make_body(folder, seed, number), site, severity, chain, (seed, number), out, names)
        person, twin = f"p{seed}-{number:05d}", f"{seed}-{number:05d}"
        for label, name in zip((1, 0), names, strict=True):
            told = (f"masks/{name}", f"phantom, {chain}", severity) if label else ("", f"phantom, {chain}", "none")
            csv.writer(table, lineterminator="\n").writerow((f"scans/{name}", label, person, *told, twin, ""))
        yield f"{2 * number + 2} of {count}: {site.name}, {severity}"
    write_text(out / "manifest.csv", table.getvalue())


def _write_twins(
    body: Body, site: Site, severity: str, chain: str, seed: tuple[int, int], out: Path, names: Sequence[str]
) -> None:
    from ankleviewer.io.nifti import write_nifti

    rng = np.random.default_rng([*seed, CHAINS.index(chain) + 1])
    whole = paint(body, rng)
    broken, crack = break_bone(body, whole, site, severity, rng)
    plane = float(rng.uniform(0.45, 0.8))
    camera = Camera(chain, (plane, plane, float(rng.uniform(0.6, 1.6))), int(rng.integers(2**31)))
    for hu, name in zip((broken, whole), names, strict=True):
        scan = scan_of(body, hu, camera)
        if hu is broken:
            # projected slices of several fine ones leave out those that are left over at the top
            shape, spacing = scan.grid.shape, scan.grid.spacing
            part = crack[tuple(slice(round(n * mm / FINE_MM)) for n, mm in zip(shape, spacing, strict=True))]
            scale = [a / b for a, b in zip(shape, part.shape, strict=True)]
            share = ndimage.zoom(part.astype(np.float32), scale, order=1, grid_mode=True, mode="nearest")
            write_nifti(Volume((share > CRACK_SHARE).astype(np.int16), scan.grid), None, out / "masks" / name)
        write_nifti(scan, None, out / "scans" / name)


def main() -> None:
    """Make a set."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bones", type=Path, required=True, help="folder of closed surfaces")
    parser.add_argument("--out", type=Path, required=True, help="folder for scans, masks and manifest.csv")
    parser.add_argument("--chain", choices=CHAINS, default="plain")
    parser.add_argument("--count", type=int, default=24, help="scans, half of them fractured")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    for line in make(args.bones, args.out, args.chain, args.count, args.seed):
        print(line, flush=True)


if __name__ == "__main__":
    main()
