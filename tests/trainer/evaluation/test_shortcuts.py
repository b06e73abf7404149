"""The shortcut test itself: it finds a leak where there is one, and none where there is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.io.nifti import write_nifti
from trainer.evaluation.shortcuts import figures, main, of_folder, reached

SCANS = 200


def study(leak: float) -> tuple[np.ndarray, np.ndarray, list[str]]:
    rng = np.random.default_rng(3)
    labels = np.arange(SCANS) % 2
    bodies = [f"b{i // 4:02d}" for i in range(SCANS)]
    table = rng.normal(size=(SCANS, 6))
    table[:, 2] += leak * labels
    return table, labels, bodies


def test_a_leak_is_found_and_chance_stays_chance() -> None:
    assert reached(*study(1.0)).low > 0.62
    found = reached(*study(0.0))
    assert found.low < 0.5 < found.high and found.high < 0.62


def test_an_even_leak_is_found_too() -> None:
    table, labels, bodies = study(0.0)
    table[:, 1] *= 1 + 2 * labels  # both ends of the figure belong to fractures
    assert reached(table, labels, bodies).low > 0.6


def test_scores_come_from_other_bodies() -> None:
    """Figures that name the body, all of whose scans have one label: no use for a body that was not seen."""
    _, _, bodies = study(0.0)
    number = np.array([int(b[1:]) for b in bodies])
    own = np.random.default_rng(5).normal(size=(number.max() + 1, 6))[number]
    labels = np.random.default_rng(6).integers(0, 2, number.max() + 1)[number]
    found = reached(own, labels, bodies)
    assert found.low < 0.5 < found.high, found
    x = own - own.mean(axis=0)
    assert np.abs(np.corrcoef(x @ np.linalg.lstsq(x, labels - labels.mean(), rcond=None)[0], labels)[0, 1]) > 0.2, "fitted to all"


def test_figures_count_what_they_say() -> None:
    hu = np.full((20, 20, 20), -3024, dtype=np.int16)
    hu[5:15, 5:15, 5:15] = 50
    hu[8:12, 8:12, 8:12] = 900
    found = figures(Volume(hu, Grid.axis_aligned(hu.shape, (2.0, 2.0, 2.0), (-10.0, 0.0, 5.0))), 8000)
    assert found["bone ml"] == pytest.approx(64 * 8 / 1000) and found["body ml"] == pytest.approx(8.0)
    assert found["bytes a voxel"] == 1.0 and found["size x"] == 40.0 and found["corner z"] == 5.0
    assert found["bone x"] == pytest.approx(9.0) and found["mean"] > -1024, "padding counts as air"
    assert sum(v for k, v in found.items() if k.startswith("histogram")) == pytest.approx(1.0)


def test_a_folder_is_measured_through_the_reader(tmp_path: Path) -> None:
    rows = ["path,label,patient"]
    rng = np.random.default_rng(1)
    for i in range(24):
        hu = rng.normal(40, 20, (12, 12, 12)).astype(np.int16)
        if i % 2:
            hu[:6] = 900
        write_nifti(Volume(hu, Grid.axis_aligned(hu.shape, (3.0, 3.0, 3.0), (0.0, 0.0, 0.0))), None, tmp_path / f"s{i}.nii.gz")
        rows.append(f"s{i}.nii.gz,{i % 2},p{i // 2}")
    (tmp_path / "manifest.csv").write_text("\n".join(rows))
    assert of_folder(tmp_path).value > 0.99


def test_a_folder_of_one_class_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = ["path,label,patient"]
    for i in range(4):
        hu = np.random.default_rng(i).normal(40, 20, (12, 12, 12)).astype(np.int16)
        write_nifti(Volume(hu, Grid.axis_aligned(hu.shape, (3.0, 3.0, 3.0), (0.0, 0.0, 0.0))), None, tmp_path / f"s{i}.nii.gz")
        rows.append(f"s{i}.nii.gz,1,p{i}")
    (tmp_path / "manifest.csv").write_text("\n".join(rows))
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err == "DATA_TOO_FEW: 4 positive and 0 negative scans: both are needed\n"
