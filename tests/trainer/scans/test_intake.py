"""From a path to the ankles that may be assessed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.findings import Finding, Level
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.inference import locator
from ankleviewer.io import reader
from ankleviewer.io.nifti import write_nifti
from trainer.scans.intake import take_in
from trainer.scans.prepare import PASSING
from trainer.simulate.atlas import Atlas
from trainer.simulate.scan import simulate_scan


def test_an_ankle_is_taken_in(atlas: Atlas, tmp_path: Path) -> None:
    scan = simulate_scan(5, 0, atlas, fractured=False, spacing=2.0, reach_mm=130.0)
    write_nifti(scan.volume, None, tmp_path / "ankle.nii.gz")
    found = take_in(tmp_path / "ankle.nii.gz")
    assert found.reason == "" and found.scan is not None
    assert [a.complete for a in found.ankles] == [True]
    assert found.incomplete == () and found.beside(found.ankles[0]) == []


def test_incomplete_ankles_stand_beside_the_complete(atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = simulate_scan(5, 0, atlas, fractured=False, spacing=2.0, reach_mm=130.0)
    write_nifti(scan.volume, None, tmp_path / "ankle.nii.gz")
    cut = Ankle(
        "L", (90.0, 0.0, 0.0), (60.0, -30.0, -30.0), (120.0, 30.0, 30.0), False, "The distal tibia lies outside the scan."
    )
    real = locator.ankles_in
    monkeypatch.setattr(locator, "ankles_in", lambda *a: (*real(*a), cut))
    found = take_in(tmp_path / "ankle.nii.gz")
    assert len(found.ankles) == 1 and found.incomplete == (cut,) and found.beside(found.ankles[0]) == [cut]


def test_where_the_locator_fails_a_scan_is_left_for_another_time(
    atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The bones alone lay the cube elsewhere than the viewer will."""
    scan = simulate_scan(5, 0, atlas, fractured=False, spacing=2.0, reach_mm=130.0)
    write_nifti(scan.volume, None, tmp_path / "ankle.nii.gz")

    def fails(*_: object) -> None:
        raise MemoryError

    with monkeypatch.context() as short:
        short.setattr(locator.LocatorModel, "locate", fails)
        found = take_in(tmp_path / "ankle.nii.gz")
    assert (found.reason, found.ankles) == ("LOCATOR_MISSING", ()) and found.reason in PASSING
    assert take_in(tmp_path / "ankle.nii.gz").reason == ""


def test_a_refused_file_has_its_code_and_no_scan(tmp_path: Path) -> None:
    (tmp_path / "broken.nii.gz").write_bytes(b"no scan at all")
    found = take_in(tmp_path / "broken.nii.gz")
    assert found.scan is None and found.ankles == () and found.reason


def test_a_scan_without_an_ankle_is_read_but_not_assessed(tmp_path: Path) -> None:
    hu = np.full((48, 48, 48), -1000, dtype=np.int16)
    hu[12:36, 12:36, 12:36] = 40
    hu[20:28, 20:28, 20:28] = 900
    write_nifti(Volume(hu, Grid.axis_aligned((48, 48, 48), 2.0, (0, 0, 0))), None, tmp_path / "block.nii.gz")
    found = take_in(tmp_path / "block.nii.gz")
    assert found.scan is not None and found.ankles == () and found.reason == "NO_COMPLETE_ANKLE"


def test_slices_that_are_missing_where_a_model_looks_are_a_reason(
    atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in the window, which does not assess such a scan."""
    scan = simulate_scan(5, 0, atlas, fractured=False, spacing=2.0, reach_mm=130.0)
    write_nifti(scan.volume, None, tmp_path / "ankle.nii.gz")
    centre = take_in(tmp_path / "ankle.nii.gz").ankles[0].center_mm
    for away, reason in ((0.0, "SLICE_GAP"), (120.0, "")):
        padding = np.zeros(scan.volume.hu.shape, dtype=np.bool_)
        k = round(float(scan.volume.grid.to_voxel(centre)[2]) + away / 2.0)
        padding[:, :, min(k, padding.shape[2] - 1)] = True
        opened = reader.open_scan(tmp_path / "ankle.nii.gz")
        gap = replace(opened, volume=Volume(opened.volume.hu, opened.volume.grid, padding))
        with monkeypatch.context() as patch:
            patch.setattr(reader, "open_scan", lambda path, gap=gap: gap)
            assert take_in(tmp_path / "ankle.nii.gz").reason == reason


def test_what_the_window_would_not_assess_is_not_taken_in(atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scan = simulate_scan(5, 0, atlas, fractured=False, spacing=2.0, reach_mm=130.0)
    write_nifti(scan.volume, None, tmp_path / "ankle.nii.gz")
    real = locator.ankles_in

    def doubtful(volume: Volume, cancelled: None, findings: list[Finding], level: Level = "withhold") -> tuple[Ankle, ...]:
        findings.append(Finding(level, "ANKLE_UNSURE", "It is not certain where the ankle lies."))
        return real(volume)

    monkeypatch.setattr(locator, "ankles_in", doubtful)
    found = take_in(tmp_path / "ankle.nii.gz")
    assert found.scan is not None and found.ankles == () and found.reason == "ANKLE_UNSURE"
    monkeypatch.setattr(locator, "ankles_in", lambda *a: doubtful(*a, level="caveat"))
    assert take_in(tmp_path / "ankle.nii.gz").reason == "", "a caveat is no reason"
