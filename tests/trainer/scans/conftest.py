"""Scans to be prepared, and what `prepare` makes of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.io.nifti import write_nifti
from trainer.scans.prepare import prepare
from trainer.scans.split import Prepared
from trainer.simulate.atlas import Atlas
from trainer.simulate.scan import simulate_scan


@pytest.fixture(scope="session")
def scans(atlas: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One good scan, one without an ankle, one that is no scan."""
    folder = tmp_path_factory.mktemp("scans")
    good = simulate_scan(5, 0, atlas, fractured=True, injury="weber-b", severity="displaced", spacing=2.0, reach_mm=130.0)
    write_nifti(good.volume, None, folder / "good.nii.gz")
    water = Volume(np.zeros((60, 60, 60), dtype=np.int16), Grid.axis_aligned((60, 60, 60), (2.0, 2.0, 2.0), (0.0, 0.0, 0.0)))
    write_nifti(water, None, folder / "water.nii.gz")
    (folder / "broken.nii.gz").write_bytes(b"no scan at all")
    (folder / "manifest.csv").write_text("path,label,patient\ngood.nii.gz,1,p1\nwater.nii.gz,0,p2\nbroken.nii.gz,0,p3\n")
    return folder


@pytest.fixture(scope="module")
def done(scans: Path, coarse: PreprocessSpec, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[Prepared]]:
    out = tmp_path_factory.mktemp("data")
    return out, prepare(scans / "manifest.csv", out, coarse)
