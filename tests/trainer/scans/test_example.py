"""What a scan becomes: input and marks on the same voxels, of the ankle that its label speaks of."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.assessment.preprocess import PreprocessSpec, apply
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.io.nifti import write_nifti
from ankleviewer.io.reader import open_scan
from trainer.scans import example as module
from trainer.scans.example import meant, pixels_of
from trainer.scans.intake import Intake
from trainer.scans.manifest import DataError, Row
from trainer.scans.prepare import prepare
from trainer.scans.split import Prepared
from trainer.simulate.atlas import Atlas
from trainer.simulate.scan import simulate_scan


def test_of_two_ankles_the_marks_tell_which_is_meant() -> None:
    grid = Grid.axis_aligned((30, 4, 4), 5.0, (-75.0, 0.0, 0.0))
    right, left = (Ankle(side, (x, 5.0, 5.0), (x - 9, 0, 0), (x + 9, 9, 9), True, "") for side, x in (("R", -50.0), ("L", 50.0)))
    hu = np.zeros(grid.shape, dtype=np.int16)
    nothing = Volume(hu.copy(), grid)
    hu[26:28, 1, 1] = 1
    marked = Volume(hu, grid)

    def the_one(ankles: tuple[Ankle, ...], label: int, marks: Volume | None, incomplete: tuple[Ankle, ...] = ()) -> Ankle | None:
        return meant(Intake(None, ankles, "", incomplete), label, marks)

    assert the_one((right, left), 1, marked) is left and the_one((right,), 1, marked) is right
    assert the_one((right, left), 1, None) is None and the_one((right, left), 1, nothing) is None
    assert the_one((right, left), 0, None) is right and the_one((), 1, None) is None
    cut = replace(left, complete=False)
    assert the_one((right,), 1, marked, (cut,)) is cut, "the fracture is not in the whole one"
    assert the_one((right,), 0, None, (cut,)) is right and the_one((right,), 1, None, (cut,)) is right


def test_a_fracture_in_an_ankle_that_is_cut_off_is_none_of_the_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec
) -> None:
    grid = Grid.axis_aligned((60, 20, 40), 5.0, (-150.0, -50.0, -100.0))
    hu = np.full(grid.shape, -1000, dtype=np.int16)
    right = Ankle("R", (-80.0, 0.0, 0.0), (-110, -40, -90), (-50, 40, 90), True, "")
    cut = Ankle("L", (80.0, 0.0, 0.0), (50, -40, -90), (110, 40, 10), False, "too short.")
    scan = SimpleNamespace(volume=Volume(hu, grid))
    marks = np.zeros(grid.shape, dtype=np.int16)
    marks[46:48, 10, 20] = 1
    monkeypatch.setattr(module, "take_in", lambda _path: Intake(scan, (right,), "", (cut,)))
    monkeypatch.setattr(module, "read_marks", lambda *_: Volume(marks, grid))
    row = Row("s", tmp_path / "s.nii", 1, "p", "", "", "", mask=tmp_path / "m.nii")
    entry = module.make_example(row, tmp_path / "s.npy", tmp_path / "marks.npy", coarse)
    assert entry["excluded"] == "ANKLE_INCOMPLETE" and not (tmp_path / "s.npy").exists()


def test_marks_of_the_other_leg_lie_on_nothing_that_is_seen(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec
) -> None:
    """The other leg is blanked in the input; its marks would teach that air is broken."""
    grid = Grid.axis_aligned((110, 60, 50), 2.0, (-60.0, -60.0, -50.0))
    marks = np.zeros(grid.shape, dtype=np.int16)
    marks[30:38, 28:32, 22:30] = 1
    marks[54:59, 28:32, 22:30] = 1
    right, left = (Ankle(side, (x, 0.0, 0.0), (0, 0, 0), (0, 0, 0), True, "") for side, x in (("R", 0.0), ("L", 80.0)))
    scan = SimpleNamespace(volume=Volume(np.full(grid.shape, 40, dtype=np.int16), grid))
    monkeypatch.setattr(module, "take_in", lambda _path: Intake(scan, (right, left), ""))
    monkeypatch.setattr(module, "read_marks", lambda *_: Volume(marks, grid))
    row = Row("s", tmp_path / "s.nii", 1, "p", "", "", "", mask=tmp_path / "m.nii")
    made = module.make_example(row, tmp_path / "s.npy", tmp_path / "m.npy", coarse)
    seen, tensor = np.load(tmp_path / "m.npy"), np.load(tmp_path / "s.npy")
    assert made["marked"] and seen.any() and (tensor == tensor.min()).any()
    assert not seen[tensor == tensor.min()].any()


def test_marks_lie_where_the_fracture_is(scans: Path, atlas: Atlas, tmp_path: Path, coarse: PreprocessSpec) -> None:
    good = simulate_scan(5, 0, atlas, fractured=True, injury="weber-b", severity="displaced", spacing=2.0, reach_mm=130.0)
    write_nifti(good.mask, good.volume.grid, tmp_path / "mask.nii.gz")
    (tmp_path / "m.csv").write_text(f"path,label,patient,mask\n{scans / 'good.nii.gz'},1,p,mask.nii.gz\n")
    (item,) = prepare(tmp_path / "m.csv", tmp_path / "out", replace(coarse, size=64, spacing_mm=2.0))
    assert item.marks_path is not None and item.input_path is not None
    marks, values = np.load(item.marks_path), np.load(item.input_path)
    assert marks.shape == values.shape and 0.4 < marks.sum() / (good.mask > 0).sum() < 2.5
    with open(tmp_path / "out" / "index.csv", newline="") as f:
        middle = np.array([float(v) for v in next(csv.DictReader(f))["ankle"].split()])
    centre = middle + 2.0 * (np.argwhere(marks).mean(axis=0) - 31.5)
    np.testing.assert_allclose(centre, good.truth["fractures"][0]["center_mm"], atol=2.0)
    write_nifti(good.mask[:-1], Grid.axis_aligned((64, 65, 65), 2.0, (0.0, 0.0, 0.0)), tmp_path / "mask.nii.gz")
    with pytest.raises(DataError, match=r"the marks mask.nii.gz do not lie on the scan's grid"):
        prepare(tmp_path / "m.csv", tmp_path / "other", coarse)
    (tmp_path / "mask.nii.gz").write_bytes(b"no marks")
    with pytest.raises(DataError, match=r"scan good: the marks mask\.nii\.gz cannot be read"):
        prepare(tmp_path / "m.csv", tmp_path / "third", coarse)


def test_marks_of_nothing_are_no_marks(scans: Path, tmp_path: Path, coarse: PreprocessSpec) -> None:
    """They would teach that no cell of a fractured scan holds a fracture."""
    volume = open_scan(scans / "good.nii.gz").volume
    mask = np.zeros(volume.hu.shape, dtype=np.uint8)

    def prepared(label: int) -> tuple[Prepared, list[str]]:
        write_nifti(mask, volume.grid, tmp_path / "mask.nii.gz")
        (tmp_path / "m.csv").write_text(f"path,label,patient,mask\n{scans / 'good.nii.gz'},{label},p,mask.nii.gz\n")
        said: list[str] = []
        (item,) = prepare(tmp_path / "m.csv", tmp_path / "out", coarse, say=said.append)
        few = [line for line in said if "too few patients" in line]
        assert len(few) == 3 and "no scan fell to the test part: there are too few patients" in few
        return item, [line for line in said if line not in few]

    item, said = prepared(1)
    assert item.marks_path is None and not (tmp_path / "out" / "marks" / "good.npy").exists()
    assert said == ["good: its marks hold nothing that the network could see; its fracture counts as not marked"]
    assert prepared(1)[1] == said and said[0] in (tmp_path / "out" / "flow.md").read_text(encoding="utf-8")
    assert prepared(0)[0].marks_path is not None and prepared(0)[1] == []
    mask[0, 0, 0] = 1  # a corner of 2 mm, less than MARKED_SHARE of a voxel of 4 mm
    item, said = prepared(1)
    assert item.marks_path is None and len(said) == 1
    mask[20:40, 20:40, 20:40] = 1
    item, said = prepared(1)
    assert item.marks_path is not None and said == []
    with pytest.raises(DataError, match=r"scan good: the marks mask\.nii\.gz hold a fracture, but the label is 0"):
        prepared(0)


def test_inputs_are_the_viewers(scans: Path, done: tuple[Path, list[Prepared]], coarse: PreprocessSpec) -> None:
    out, items = done
    with open(out / "index.csv", newline="") as f:
        centre = tuple(float(v) for v in next(csv.DictReader(f))["ankle"].split())
    expected, _ = apply(open_scan(scans / "good.nii.gz").volume, coarse, centre)
    assert items[0].input_path is not None
    stored = np.load(items[0].input_path)
    assert stored.shape == (32, 32, 32) and stored.dtype == np.float32
    np.testing.assert_allclose(stored, expected[0, 0], atol=0.02)
    assert np.linalg.norm(centre) < 25


@pytest.mark.parametrize("flips", [(), (1,), (0, 1), (0, 1, 2)])
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 0, 2)])
def test_a_scan_is_known_again_whatever_the_order_of_its_axes(order: tuple[int, ...], flips: tuple[int, ...]) -> None:
    """A DICOM series and the NIfTI that a program makes of it are one scan, which must not come into two parts."""
    hu = np.random.default_rng(1).integers(-1000, 1000, (5, 6, 7)).astype(np.int16)
    scan = Volume(hu, Grid.axis_aligned(hu.shape, (0.5, 0.6, 0.7), (1.0, 2.0, 3.0)))
    affine = scan.grid.affine.copy()
    for axis in flips:
        affine[:3, 3] += affine[:3, axis] * (hu.shape[axis] - 1)
        affine[:3, axis] *= -1
    affine = affine[:, [*order, 3]]
    stored = np.flip(hu, flips).transpose(order)
    other = Volume(np.asfortranarray(stored), Grid(stored.shape, affine))
    assert pixels_of(other) == pixels_of(scan)
    assert pixels_of(Volume(hu[::-1].copy(), scan.grid)) != pixels_of(scan), "mirrored it is another one"
