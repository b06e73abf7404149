"""From file to boxes: a gzipped NIfTI scan of 512 x 512 x 400 opened, its ankle found, cut out, assessed and explained.

Beside it the same way as one would write it with what is at hand: nibabel, SimpleITK's smoothing and resampling of what lies
about the bone, the network in PyTorch as trained, MONAI's GradCAM, scikit-image's Otsu threshold and components. `python -m
benchmarks.scan_to_boxes [NETWORK ...]` prints the table. The paper's networks have random weights, and points of operation so low
that boxes are made in any case.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from unittest import mock

import nibabel
import numpy as np
import SimpleITK
import torch
from skimage.filters import threshold_otsu
from skimage.measure import label, regionprops

from ankleviewer import session
from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.inference.engines.runtime import available
from ankleviewer.inference.packs import ModelPack, list_packs, read_pack
from ankleviewer.ui.state.settings import sample_scan
from benchmarks.bigscan import write_big_scan
from benchmarks.explained import eager, medians, shift_norms
from benchmarks.region import ends, region
from trainer.networks.head import FractureNet
from trainer.networks.registry import build
from trainer.packs.export import Label, export
from trainer.packs.parity import Parity

SPEC = PreprocessSpec("bone", -200.0, 1500.0, 0.1)
PAPERS = ("mobilenet", "resnet101", "efficientnet_b7")
DECISION = {
    "temperature": 1.0,
    "bias": 0.0,
    "sens_threshold": 1e-6,
    "spec_threshold": 2e-6,
    "cam_reference": 1.0,
    "cam_floor": 1e-6,
    "calibration": {"n": 2, "bins": [{"low": 0.0, "high": 1.0, "n": 2, "fractured": 1}]},
}


def rows(models: Sequence[str]) -> Iterator[str]:
    """One line per network as soon as it is measured; rounds in turn, so that a busy machine slows all."""
    engines = ["cpu", *(["openvino"] if available("openvino") else [])]
    yield f"| scan to boxes | by hand | {' | '.join(engines)} | {' | '.join(f'by hand / {e}' for e in engines)} |"
    yield "|" + "---|" * (2 + 2 * len(engines))
    with tempfile.TemporaryDirectory() as folder:
        scan = Path(folder) / "scan.nii.gz"
        sample = sample_scan()
        assert sample is not None, "the sample scan is not there"
        write_big_scan(sample, scan)
        for shipped in list_packs():
            yield _row(f"{shipped.name}, as shipped", scan, shipped, None, engines)
        for name in models:
            net = _random(name)
            yield _row(name, scan, _pack(net, Path(folder) / name), net, engines)


def _row(title: str, scan: Path, pack: ModelPack, net: FractureNet | None, engines: list[str]) -> str:
    sides: dict[str, Callable[[], object]] = {engine: _ours(scan, pack, engine) for engine in engines}
    if net is not None:
        sides["by hand"] = _by_hand(scan, net)
    times = medians(sides)
    hand = times.get("by hand")
    cells = [f"{times[e]:.1f} s" for e in engines]
    ratios = [f"**{hand / times[e]:.1f}**" if hand else "" for e in engines]
    return f"| {title} | {f'{hand:.1f} s' if hand else ''} | {' | '.join(cells + ratios)} |"


def _random(name: str) -> FractureNet:
    torch.manual_seed(0)
    net = build(name).eval()
    shift_norms(net)
    return net


def _pack(net: FractureNet, folder: Path) -> ModelPack:
    """A pack of random weights. They answer alike to all volumes, which the gates of `export` rightly take for no proof."""
    origin = {"data": "none, random weights", "seed": 0, "git_commit": ""}
    label = Label(net.arch.replace("_", "-"), net.arch, "0")
    volumes = [np.zeros((SPEC.size,) * 3, dtype=np.float32)] * 2
    with mock.patch("trainer.packs.export.check_parity", return_value=Parity(0, 0.0, 0.0, 0.0, 0.0, 0.0)):
        return read_pack(export(net, SPEC.to_json(), DECISION, origin, {}, label, folder, volumes))


def _ours(scan: Path, pack: ModelPack, engine: str) -> Callable[[], object]:
    def call() -> object:
        case = session.open_case(scan)
        answer = session.analyse(case, [str(pack.path)], engine).result.models[0]
        assert answer.boxes, answer
        return answer

    return call


def _by_hand(scan: Path, net: FractureNet) -> Callable[[], object]:
    def call() -> object:
        image = nibabel.load(scan)
        assert isinstance(image, nibabel.Nifti1Image)
        hu = np.asarray(image.get_fdata(dtype=np.float32))
        volume = SimpleITK.GetImageFromArray(hu.transpose(2, 1, 0))
        volume.SetSpacing(np.linalg.norm(image.affine[:3, :3], axis=0).tolist())
        low, high = map(volume.TransformIndexToPhysicalPoint, ends(hu > SPEC.bone_threshold))
        spacing = max(b - a for a, b in zip(low, high, strict=True)) / SPEC.size
        sigma = [spacing / 2] * 3
        around = region(volume, low, [at + spacing * (SPEC.size - 1) for at in low], sigma)
        smooth = SimpleITK.SmoothingRecursiveGaussian(around, sigma)
        cube = SimpleITK.Resample(
            smooth,
            [SPEC.size] * 3,
            SimpleITK.Transform(),
            SimpleITK.sitkLinear,
            low,
            [spacing] * 3,
            volume.GetDirection(),
            SPEC.pad_hu,
        )
        prepared = (SimpleITK.GetArrayFromImage(cube).transpose(2, 1, 0).clip(SPEC.lo, SPEC.hi) - SPEC.lo) / (SPEC.hi - SPEC.lo)
        tensor = torch.from_numpy(np.ascontiguousarray(prepared - SPEC.mean))[None, None]
        cam = np.asarray(explain(tensor))[0, 0]
        return [(p.bbox, p.centroid) for p in regionprops(label(cam > threshold_otsu(cam)))]

    explain = eager(net, torch.zeros(1, 1, SPEC.size, SPEC.size, SPEC.size))
    return call


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.scan_to_boxes", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("networks", nargs="*", default=PAPERS, metavar="NETWORK", help="instead of the paper's three")
    for row in rows(parser.parse_args().networks):
        print(row, flush=True)
