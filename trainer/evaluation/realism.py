"""How near simulated scans come to a real one: Hounsfield units of each tissue, measured alike on both.

`python -m trainer.evaluation.realism --scan DIR --labels FILE.nii.gz --out docs/realism.md` measures a real foot CT with its
bone labels beside unfractured simulated scans and writes the table. Nothing is fitted to it: it shows where the simulator is off.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.volume import AIR_HU, Volume
from trainer.evaluation.cortex import Range, over_bodies
from trainer.evaluation.noise_spectrum import BANDS, Spectrum, spectrum

SPACING_MM = 1.0  # both are measured through the same voxel
CORE_MM = 4.0  # depth from which on bone is core
SHELL_MM = 1.5  # depth up to which a bone's surface is looked for its densest voxel
AWAY_MM = 4.0  # soft tissue is measured so far from bone
FAT_HU, MUSCLE_HU = (-150.0, -20.0), (10.0, 120.0)
FEWEST = 60  # voxels: less is not measured
# name -> labels of the real scan's map, and the simulator's bone
BONES = {
    "talus": ((3, 23), "talus"),
    "calcaneus": ((4, 24), "calcaneus"),
    "navicular": ((5, 25), "navicular"),
    "cuboid": ((6, 26), "cuboid"),
    "metatarsals": ((10, 30), "metatarsals"),
}

Figures = dict[str, tuple[float, float, float]]


def measure(hu: NDArray[np.float32], bones: Mapping[str, NDArray[np.bool_]]) -> Figures:
    """(p5, median, p95) of each tissue that is there, HU; "muscle noise" is the median, and the quantiles, of the local SD.

    Args:
        hu: (X, Y, Z) at SPACING_MM.
        bones: masks by name; together all the bone there is.
    """
    from scipy import ndimage

    out: Figures = {}
    every = np.zeros(hu.shape, dtype=bool)
    for mask in bones.values():
        every |= mask
    every |= hu > 250.0  # bones without a label of their own
    for name, mask in bones.items():
        if name not in BONES or not mask.any():
            continue
        depth = ndimage.distance_transform_edt(mask) * SPACING_MM
        core = depth >= CORE_MM
        _add(out, f"{name}, core", hu[core])
        _add(out, f"{name}, core texture", _local_sd(hu)[core])
        densest = ndimage.maximum_filter(np.where(mask, hu, AIR_HU), 3)
        _add(out, f"{name}, shell", densest[mask & (depth <= SHELL_MM)])
    soft = ndimage.distance_transform_edt(~every) * SPACING_MM >= AWAY_MM
    body = ndimage.binary_erosion(ndimage.binary_opening(hu > -250.0, iterations=2), iterations=3)
    soft &= body
    _add(out, "fat", hu[soft & (hu > FAT_HU[0]) & (hu < FAT_HU[1])])
    muscle = soft & (hu > MUSCLE_HU[0]) & (hu < MUSCLE_HU[1])
    _add(out, "muscle", hu[muscle])
    inner = ndimage.binary_erosion(muscle, np.ones((3, 3, 3)))
    _add(out, "muscle, noise", _local_sd(hu)[inner])
    return out


def _local_sd(hu: NDArray[np.float32]) -> NDArray[np.float64]:
    """Standard deviation in 3 x 3 x 3 voxels."""
    from scipy import ndimage

    values = hu.astype(np.float64)
    mean = ndimage.uniform_filter(values, 3)
    return np.sqrt(np.maximum(ndimage.uniform_filter(values * values, 3) - mean * mean, 0.0) * 27 / 26)


def _add(out: Figures, name: str, values: NDArray[np.floating]) -> None:
    if values.size >= FEWEST:
        low, middle, high = np.percentile(values, (5, 50, 95))
        out[name] = (float(low), float(middle), float(high))


def real(scan: Path, labels: Path) -> tuple[Figures, Spectrum | None]:
    """Figures of a real scan of 1 mm voxels, and its noise; `labels` is a NIfTI map on its grid."""
    from ankleviewer.io.reader import open_scan

    volume = open_scan(scan).volume
    marks = open_labels(labels, volume)
    bones = {name: np.isin(marks, numbers) for name, (numbers, _) in BONES.items()}
    rest = (marks > 0) & ~np.logical_or.reduce(list(bones.values()))
    hu = volume.hu.astype(np.float32)
    return measure(hu, {**bones, "rest": rest}), spectrum(hu)


def open_labels(path: Path, volume: Volume) -> NDArray[np.int64]:
    """A label map as the scan's array is laid out.

    Raises:
        ValueError: it lies on another grid.
    """
    from ankleviewer.io.dicom.library import prepare_pydicom
    from ankleviewer.io.nifti_header import RAS_TO_LPS

    prepare_pydicom()
    import nibabel
    from nibabel.nifti1 import Nifti1Image

    image = nibabel.load(path)
    if not isinstance(image, Nifti1Image) or image.affine is None:
        raise ValueError(f"{path.name} is no NIfTI label map")
    affine = RAS_TO_LPS @ image.affine
    if image.shape != volume.hu.shape or not np.allclose(affine, volume.grid.affine, atol=1e-3):
        raise ValueError(f"{path.name} does not lie on the scan's grid")
    return np.asarray(image.dataobj).astype(np.int64)


def simulated(seed: int, count: int) -> Iterator[Figures]:
    """Figures of unfractured scans, one body each, sampled at SPACING_MM."""
    yield from (measure(hu, bones) for hu, bones in _simulated_scans(seed, count))


def _simulated_scans(seed: int, count: int) -> Iterator[tuple[NDArray[np.float32], dict[str, NDArray[np.bool_]]]]:
    from trainer.simulate.atlas import LABELS
    from trainer.simulate.bones import built_in
    from trainer.simulate.scan import simulate_scan

    for index in range(count):
        scan = simulate_scan(seed, index, built_in(seed, index), fractured=False, spacing=SPACING_MM, reach_mm=130.0)
        bones = {name: scan.labels == LABELS[own] for name, (_, own) in BONES.items()}
        rest = (scan.labels > 0) & ~np.logical_or.reduce(list(bones.values()))
        yield np.maximum(scan.volume.hu, AIR_HU).astype(np.float32), {**bones, "rest": rest}


@dataclass(frozen=True)
class Row:
    """One tissue: the real scan's figures, and over the simulated scans the median of each figure and the range (5th to 95th
    percentile) of their medians.
    """

    name: str
    real: tuple[float, float, float]
    simulated: tuple[float, float, float]
    range: tuple[float, float]
    scans: int

    @property
    def off(self) -> float:
        """How far the typical simulated median lies from the real one, as a share of it."""
        return (self.simulated[1] - self.real[1]) / abs(self.real[1])

    @property
    def inside(self) -> bool:
        """Whether the real median lies in the range of the simulated ones."""
        return self.range[0] <= self.real[1] <= self.range[1]


def compare(true: Figures, made: Sequence[Figures]) -> list[Row]:
    """Rows for the tissues that both hold."""
    rows = []
    for name, figures in true.items():
        values = np.array([m[name] for m in made if name in m])
        if len(values):
            low, middle, high = np.median(values, axis=0)
            first, last = np.percentile(values[:, 1], (5, 95))
            rows.append(Row(name, figures, (float(low), float(middle), float(high)), (float(first), float(last)), len(values)))
    return rows


def table(rows: Sequence[Row]) -> str:
    """Markdown."""
    lines = [
        "| tissue | real: median (p5, p95) | simulated, typical scan | medians of 5 to 95 % of scans | off | real one inside |",
        "|---|---|---|---|---|---|",
    ]
    for r in rows:
        true, made = (f"{m:.0f} ({a:.0f}, {b:.0f})" for a, m, b in (r.real, r.simulated))
        inside = "yes" if r.inside else "**no**"
        lines.append(f"| {r.name} | {true} | {made} | {r.range[0]:.0f} to {r.range[1]:.0f} | {r.off:+.0%} | {inside} |")
    return "\n".join(lines)


# what publications say of the same places; none of it was used to set the simulator
PUBLISHED = {
    "tibia, 50 to 80 mm above the joint": "below 3.5 mm in every osteoporotic and in 75 % of the other patients "
    "(radiographs, n = 167, 62 years; Patterson et al. 2016, Cortical Bone Thickness of the Distal Part of the Tibia)",
    "tibia, 20 to 25 mm above the joint": "falls by 12 % over a woman's life (HR-pQCT, n = 450, 20 to 85 years; "
    "Alvarenga et al., Age-related reference curves of volumetric bone density, structure, and biomechanical parameters)",
    "calcaneus": "thinner in osteopenia and osteoporosis (17 calcanei, doi 10.1177/2473011421S00274)",
}


def cortex_table(found: Mapping[str, Range]) -> str:
    """Markdown."""
    lines = ["| place | simulated: median (p5, p95), mm | from young to old | published |", "|---|---|---|---|"]
    for name, r in found.items():
        published = PUBLISHED.get(name, "no figure found")
        lines.append(f"| {name} | {r.middle:.1f} ({r.low:.1f}, {r.high:.1f}) | {r.with_age:+.0%} | {published} |")
    return "\n".join(lines)


def noise_table(true: Spectrum | None, made: Sequence[Spectrum]) -> str:
    """Markdown; power of each band relative to the mean over all."""
    heads = [f"{low:g}-{high:g} /mm" for low, high in BANDS]
    lines = ["| | mean frequency, 1/mm | " + " | ".join(heads) + " |", "|---|---|" + "---|" * len(heads)]
    if true is not None:
        lines.append(f"| real | {true.mean:.2f} | " + " | ".join(f"{s:.2f}" for s in true.shares) + " |")
    for name, q in (("simulated, p5", 5), ("simulated, median", 50), ("simulated, p95", 95)):
        mean = np.percentile([m.mean for m in made], q)
        shares = np.percentile([m.shares for m in made], q, axis=0)
        lines.append(f"| {name} | {mean:.2f} | " + " | ".join(f"{s:.2f}" for s in shares) + " |")
    return "\n".join(lines)


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and write the page."""
    from ankleviewer.io.atomic import write_text

    p = argparse.ArgumentParser(prog="python -m trainer.evaluation.realism", description=__doc__)
    p.add_argument("--scan", type=Path, required=True, help="real CT: DICOM folder or NIfTI")
    p.add_argument("--labels", type=Path, required=True, help="its bone labels (NIfTI)")
    p.add_argument("--out", type=Path, required=True, help="page to write")
    p.add_argument("--count", type=int, default=50)
    p.add_argument("--seed", type=int, default=98001)
    args = p.parse_args(argv)
    made, spectra = [], []
    for hu, bones in _simulated_scans(args.seed, args.count):
        made.append(measure(hu, bones))
        spectra.append(spectrum(hu))
    true, true_spectrum = real(args.scan, args.labels)
    text = PAGE.format(
        count=args.count,
        seed=args.seed,
        table=table(compare(true, made)),
        noise=noise_table(true_spectrum, [s for s in spectra if s is not None]),
        cortex=cortex_table(over_bodies(args.seed, args.count)),
    )
    write_text(args.out, text)
    return 0


PAGE = """# How near the simulator comes

Hounsfield units of {count} unfractured simulated scans (seed {seed}, standard setting, one body each, 1 mm voxels) beside one
real foot CT of a cadaver (NLM Visible Human Project, female; 1 mm voxels; bone labels from Andreassen et al. 2022,
doi:10.1038/s41597-022-01905-2, CC BY 4.0). Made by `python -m trainer.evaluation.realism`.

Core: bone deeper than 4 mm; its texture: standard deviation in 3 x 3 x 3 voxels. Shell: the densest voxel next to each surface
voxel. Noise: standard deviation in 3 x 3 x 3 voxels of muscle. The simulator draws density from osteoporotic to dense; the real
scan is one body of one age, so its median should lie in the range.

{table}

## Noise power spectrum

Differences of neighbouring slices in the quietest patches of soft tissue, 16 x 16 voxels of 1 mm; power of each band relative to
the mean over all bands. Filtered back projection makes noise that rises from zero frequency to a peak and falls with the kernel
(Kijewski and Judy 1987, doi 10.1088/0031-9155/32/5/003); the peaks of common kernels lie up to 0.74 /mm apart (doi
10.1118/1.4752209). The real scan was resliced to 1 mm voxels, which takes its high frequencies away.

{noise}

## Cortical thickness

Of the adults among the same bodies, as drawn, in patient millimetres; "from young to old" compares the oldest third with the
youngest.

{cortex}
"""


if __name__ == "__main__":
    raise SystemExit(main())
