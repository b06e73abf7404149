"""The pairs that are measured. A scan is made here, so that the figures can be had on any machine."""

from __future__ import annotations

import os
import time
from importlib.metadata import version
from pathlib import Path

import nibabel
import numpy as np
import scipy.ndimage
import SimpleITK
from numpy.typing import NDArray

from ankleviewer.core.assessment.explain import upsample
from ankleviewer.core.assessment.preprocess import BONE, apply, model_grid, normalise
from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.resample import lowpass_sigma
from ankleviewer.core.volume import Volume
from ankleviewer.io.nifti import write_nifti
from ankleviewer.io.reader import open_scan
from benchmarks.region import region
from benchmarks.timing import Pair

PAIRS, AIM_PER_S = 16, 2.0


def phantom(shape: tuple[int, int, int] = (512, 512, 200)) -> Volume:
    """A limb with two bones and a scanner's noise, 0.4 x 0.4 x 0.7 mm."""
    x, y = np.meshgrid(np.linspace(-1, 1, shape[0]), np.linspace(-1, 1, shape[1]), indexing="ij")
    plane = np.full(x.shape, -1000.0)
    plane[np.hypot(x, y) < 0.6] = 50
    plane[np.hypot(x + 0.1, y) < 0.22] = 1100
    plane[np.hypot(x + 0.1, y) < 0.18] = 250
    plane[np.hypot(x - 0.3, y) < 0.08] = 1200
    noise = np.random.default_rng(7).normal(0, 12, (*shape[:2], 8))
    hu = (plane[:, :, None] + np.tile(noise, (1, 1, -(-shape[2] // 8)))[:, :, : shape[2]]).clip(-1024, 3000).astype(np.int16)
    return Volume(hu, Grid.axis_aligned(shape, (0.4, 0.4, 0.7), (-100.0, -100.0, -70.0)))


def pairs(folder: Path) -> list[Pair]:
    """All pairs; files are written to `folder`."""
    volume = phantom()
    path = folder / "phantom.nii.gz"
    write_nifti(volume, None, path)
    found = [*_nifti(path, volume), _heat_map(), *preprocessing(phantom((512, 512, 400))), _simulator()]
    data = os.environ.get("ANKLEVIEWER_TEST_DATA")
    if data and (Path(data) / "ct" / "vhf-foot").is_dir():
        found.append(_dicom(Path(data) / "ct" / "vhf-foot"))
    return found


def _same_hu(ours: object, theirs: object) -> str:
    assert isinstance(ours, np.ndarray)
    assert isinstance(theirs, np.ndarray)
    worst = float(np.abs(ours - theirs).max())
    assert worst <= 1
    return f"max {worst:.0f} HU apart"


def _nifti(path: Path, volume: Volume) -> list[Pair]:
    task = f"open and check a NIfTI scan, {' x '.join(map(str, volume.hu.shape))}, gzip (ours also hashes it)"

    def ours() -> NDArray[np.int16]:
        return open_scan(path).volume.hu

    def with_nibabel() -> NDArray[np.float64]:
        image = nibabel.load(path)
        assert isinstance(image, nibabel.Nifti1Image)
        return np.asarray(image.get_fdata())

    def with_itk() -> NDArray[np.int16]:
        return np.asarray(SimpleITK.GetArrayFromImage(SimpleITK.ReadImage(str(path)))).transpose(2, 1, 0)

    return [
        Pair(task, f"nibabel {nibabel.__version__} get_fdata", ours, with_nibabel, _same_hu),
        Pair(task, f"SimpleITK {version('SimpleITK')} ReadImage", ours, with_itk, _same_hu),
    ]


def _dicom(series: Path) -> Pair:
    def ours() -> NDArray[np.int16]:
        return open_scan(series).volume.hu

    def with_itk() -> NDArray[np.int16]:
        reader = SimpleITK.ImageSeriesReader()
        reader.SetFileNames(reader.GetGDCMSeriesFileNames(str(series)))
        return np.asarray(SimpleITK.GetArrayFromImage(reader.Execute())).transpose(2, 1, 0)

    task = f"open and check a DICOM series, {len(list(series.iterdir()))} files (ours also hashes them)"
    return Pair(task, f"SimpleITK {version('SimpleITK')} ImageSeriesReader", ours, with_itk, _same_hu)


def _heat_map() -> Pair:
    cam = np.random.default_rng(3).normal(size=(16, 16, 16)).astype(np.float32)

    def theirs() -> NDArray[np.float32]:
        return np.asarray(scipy.ndimage.zoom(cam, 8, order=3, mode="nearest", grid_mode=True))

    def agree(a: object, b: object) -> str:
        assert isinstance(a, np.ndarray)
        assert isinstance(b, np.ndarray)
        worst = float(np.abs(a - b).max())
        assert worst < 1e-3
        return f"max {worst:.1e} apart"

    peer = f"scipy {version('scipy')} ndimage.zoom, order 3"
    return Pair("activation map to full size, 16³ to 128³", peer, lambda: upsample(cam), theirs, agree)


def preprocessing(volume: Volume) -> list[Pair]:
    """A scan to the network's input, against SimpleITK on the whole scan, as its filters are called, and on the part it takes."""
    target = model_grid(volume, BONE, (0.0, 0.0, 0.0))
    image = SimpleITK.GetImageFromArray(volume.hu.transpose(2, 1, 0))
    image.SetSpacing(volume.grid.spacing)
    image.SetOrigin(tuple(volume.grid.affine[:3, 3]))
    sigma = [lowpass_sigma(s, BONE.spacing_mm) * s for s in volume.grid.spacing]  # the same blur, mm

    def ours() -> NDArray[np.float32]:
        return apply(volume, BONE, (0.0, 0.0, 0.0))[0]

    first, last = target.bounds_mm()

    def whole() -> NDArray[np.float32]:
        return resampled(image)

    def cropped() -> NDArray[np.float32]:
        return resampled(region(image, first.tolist(), last.tolist(), sigma))

    def resampled(part: SimpleITK.Image) -> NDArray[np.float32]:
        smooth = SimpleITK.SmoothingRecursiveGaussian(SimpleITK.Cast(part, SimpleITK.sitkFloat32), sigma)
        resample = SimpleITK.ResampleImageFilter()
        resample.SetSize([int(n) for n in target.shape])
        resample.SetOutputSpacing(target.spacing)
        resample.SetOutputOrigin(tuple(target.affine[:3, 3]))
        resample.SetDefaultPixelValue(float(BONE.pad_hu))
        array = np.asarray(SimpleITK.GetArrayFromImage(resample.Execute(smooth))).transpose(2, 1, 0)
        return normalise(array, BONE)[None, None]

    def agree(a: object, b: object) -> str:
        assert isinstance(a, np.ndarray)
        assert isinstance(b, np.ndarray)
        assert a.shape == b.shape
        apart = (a - b)[0, 0, 8:-8, 8:-8, 8:-8]
        rms = float(np.sqrt(np.mean(apart**2))) * (BONE.hi - BONE.lo)
        assert rms <= 2.0
        return f"interior {rms:.1f} HU RMS apart"

    shape = " x ".join(map(str, volume.hu.shape))
    peer = f"SimpleITK {version('SimpleITK')} SmoothingRecursiveGaussian + Resample"
    task = f"scan of {shape} to the network's input, 128³ at 1 mm, anti-aliased"
    return [Pair(task, peer, ours, whole, agree), Pair(task, f"{peer}, cropped first", ours, cropped, agree)]


def _simulator() -> Pair:
    """Both cores make pairs as training does; the peer is the stated aim of two volumes of 128^3 a second."""
    from concurrent.futures import ProcessPoolExecutor

    from trainer.simulate.pairs import PAIRS_PER_BODY

    pool = ProcessPoolExecutor(2, initializer=_one_thread)
    numbers = iter(range(10_000))

    def ours() -> int:
        made = list(pool.map(_pair_of_volumes, [next(numbers) for _ in range(PAIRS)], chunksize=PAIRS_PER_BODY))
        return sum(made)

    def theirs() -> int:
        time.sleep(2 * PAIRS / AIM_PER_S)
        return 2 * PAIRS

    task = f"simulate {2 * PAIRS} volumes of 128³ at 1 mm as twins, two processes (new bodies included)"
    return Pair(task, f"the aim of {AIM_PER_S:g} volumes/s", ours, theirs, lambda a, b: f"{a} and {b} volumes")


def _one_thread() -> None:
    import torch

    torch.set_num_threads(1)


def _pair_of_volumes(index: int) -> int:
    from trainer.simulate.pairs import make_pair

    pair = make_pair(31, index)
    return int(pair.fractured.shape == (128, 128, 128)) + int(pair.intact.shape == (128, 128, 128))
