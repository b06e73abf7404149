"""`simulate`: files, tables, the same bytes for the same seed, going on after an interruption."""

from __future__ import annotations

import csv
import json
import shutil
from dataclasses import fields, replace
from pathlib import Path

import nibabel as nib
import numpy as np
import pytest

from ankleviewer.core.assessment.preprocess import BONE, apply
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.geometry import Grid
from ankleviewer.io.reader import open_scan
from trainer.scans import write_scans
from trainer.scans.manifest import read_manifest
from trainer.scans.write_scans import Order, simulate, simulate_one
from trainer.simulate.atlas import Atlas
from trainer.simulate.setting import SHIFTED, STANDARD


@pytest.fixture(autouse=True)
def one_body(atlas: Atlas, monkeypatch: pytest.MonkeyPatch) -> None:
    """The body that is drawn already."""
    monkeypatch.setattr(write_scans, "_atlas", lambda seed, number, bones, setting: atlas)


@pytest.fixture(scope="module")
def made(atlas: Atlas, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("made")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(write_scans, "_atlas", lambda seed, number, bones, setting: atlas)
        assert list(simulate(Order(out, 2, 5, spacing=3.0, twins=True))) == [(1, 2), (2, 2)]
    return out


def test_everything_is_there(made: Path) -> None:
    names = {str(p.relative_to(made)) for p in made.rglob("*") if p.is_file()}
    assert {"truth.json", "manifest.csv", "contact-sheet.png"} <= names
    assert {"scans/ankle-5-00000.nii.gz", "scans/ankle-5-00001.nii.gz", "masks/ankle-5-00000.nii.gz"} <= names
    assert "masks/ankle-5-00001.nii.gz" not in names
    with open(made / "manifest.csv", newline="") as f:
        one, two = csv.DictReader(f)
    assert (one["label"], two["label"]) == ("1", "0")
    assert one["twin"] == two["twin"] != "" and one["patient"] == two["patient"] == "s5-00000"
    assert one["mask"] == "masks/ankle-5-00000.nii.gz" and two["mask"] == ""
    assert one["severity"] in ("hairline", "moderate", "displaced") and two["severity"] == "none"


def test_truth_agrees_with_the_files(made: Path) -> None:
    truth = json.loads((made / "truth.json").read_text())
    assert list(truth) == ["ankle-5-00000", "ankle-5-00001"]
    assert truth["ankle-5-00001"]["label"] == 0 and truth["ankle-5-00001"]["fractures"] == []
    scan, mask = (nib.load(made / folder / "ankle-5-00000.nii.gz") for folder in ("scans", "masks"))
    assert scan.shape == mask.shape and scan.header.get_zooms()[:3] == pytest.approx((3.0, 3.0, 3.0))
    grid = Grid(scan.shape, np.diag([-1.0, -1.0, 1.0, 1.0]) @ scan.affine)  # NIfTI's RAS to LPS
    for fracture in truth["ankle-5-00000"]["fractures"]:
        where = np.argwhere(np.asarray(mask.dataobj) == fracture["mask"])
        np.testing.assert_allclose(grid.to_mm(where).mean(axis=0), fracture["center_mm"], atol=0.01)
    hu = np.asarray(scan.dataobj)
    assert hu.min() < -900 and hu.max() > 600


def test_bones_are_labelled_on_the_scans_grid(made: Path) -> None:
    legend = json.loads((made / "bones" / "labels.json").read_text())
    assert legend["2"] == "tibia" and legend["22"] == "tibia, other leg"
    for name in ("ankle-5-00000", "ankle-5-00001"):
        bones, scan = open_scan(made / "bones" / f"{name}.nii.gz").volume, open_scan(made / "scans" / f"{name}.nii.gz").volume
        np.testing.assert_allclose(bones.grid.affine, scan.grid.affine, atol=1e-6)
        assert {str(n) for n in np.unique(bones.hu)} - {"0"} <= set(legend)
        assert scan.hu[bones.hu == 2].mean() > 150


def test_every_way_of_storing_gives_the_same_hounsfield_units(
    atlas: Atlas, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = Order(tmp_path, 1, 5, spacing=4.0)
    expected = simulate_one(order, 0)[1].volume
    for k, way in enumerate(write_scans.NIFTI_STORAGE):
        monkeypatch.setattr(write_scans, "NIFTI_STORAGE", (way,))
        out = tmp_path / str(k)
        list(simulate(replace(order, out=out)))
        read = open_scan(out / "scans" / "ankle-5-00000.nii.gz").volume
        np.testing.assert_array_equal(read.hu, np.maximum(expected.hu, -1024))


def test_the_same_seed_gives_the_same_bytes(made: Path, tmp_path: Path) -> None:
    list(simulate(Order(tmp_path, 2, 5, spacing=3.0, twins=True)))
    for path in sorted(p for p in made.rglob("*") if p.is_file()):
        assert (tmp_path / path.relative_to(made)).read_bytes() == path.read_bytes(), path.name


def test_another_seed_gives_another_scan(made: Path, tmp_path: Path) -> None:
    list(simulate(Order(tmp_path, 1, 6, spacing=3.0)))
    assert (tmp_path / "scans/ankle-6-00000.nii.gz").read_bytes() != (made / "scans/ankle-5-00000.nii.gz").read_bytes()


def test_an_interrupted_run_goes_on(made: Path, tmp_path: Path) -> None:
    order = Order(tmp_path, 2, 5, spacing=3.0, twins=True)
    run = simulate(order)
    next(run)
    run.close()
    assert not (tmp_path / "truth.json").exists()
    first = tmp_path / "scans/ankle-5-00000.nii.gz"
    stamp = first.stat().st_mtime_ns
    list(simulate(order))
    assert first.stat().st_mtime_ns == stamp, "what is there is not made again"
    assert (tmp_path / "truth.json").read_bytes() == (made / "truth.json").read_bytes()


def test_many_processes_stop_at_once_and_go_on_from_there(tmp_path: Path) -> None:
    order = Order(tmp_path, 16, 5, spacing=4.0, reach_mm=100.0)
    run = simulate(order, jobs=2)
    assert next(run) == (1, 16)
    run.close()
    there = {path.name: path.stat().st_mtime_ns for path in (tmp_path / "truth").glob("*.json")}
    assert 4 <= len(there) < 16, "what was ordered in advance is not waited for"
    assert list(simulate(order, jobs=2))[-1] == (16, 16) and len(read_manifest(tmp_path)) == 16
    assert {name: (tmp_path / "truth" / name).stat().st_mtime_ns for name in there} == there


@pytest.mark.parametrize(
    "other",
    [
        {"severity": "hairline"},
        {"spacing": 2.5},
        {"setting": SHIFTED},
        {"format": "dicom"},
        {"type": "weber-b"},
    ],
)
def test_old_scans_never_pass_for_another_order(made: Path, other: dict[str, object]) -> None:
    before = {file: file.stat().st_mtime_ns for file in made.rglob("*")}
    order = Order(made, 2, 5, spacing=3.0, twins=True)
    with pytest.raises(AnkleViewerError, match=f"differ from these in {next(iter(other))}") as met:
        list(simulate(replace(order, **other)))  # type: ignore[arg-type]
    assert met.value.code == "SET_UNFIT" and {file: file.stat().st_mtime_ns for file in made.rglob("*")} == before


def test_other_bones_are_another_order_wherever_they_lie(made: Path, tmp_path: Path) -> None:
    bones = [tmp_path / name for name in ("one", "moved", "other")]
    for folder in bones:
        folder.mkdir()
        for bone in ("Tibia", "Fibula", "Talus", "Calcaneus"):
            (folder / f"L_{bone}.ply").write_text("other" if folder.name == "other" else "one")
    order = Order(tmp_path / "out", 1, 5, spacing=3.0, bones=bones[0])
    list(simulate(order))
    list(simulate(replace(order, bones=bones[1])))
    with pytest.raises(AnkleViewerError, match="differ from these in bones"):
        list(simulate(replace(order, bones=bones[2])))
    with pytest.raises(AnkleViewerError, match="differ from these in bones"):
        list(simulate(Order(made, 2, 5, spacing=3.0, twins=True, bones=bones[0])))


def test_everything_but_place_and_number_is_part_of_an_order(tmp_path: Path) -> None:
    order = Order(tmp_path, 1, 5)
    assert len(write_scans._decides(order)) == len(fields(order)) - len(("out", "count", "seed")) + len(("version",))
    assert write_scans._decides(order) == write_scans._decides(Order(tmp_path / "x", 9, 6))


def test_scans_of_no_known_order_pass_for_none(made: Path, tmp_path: Path) -> None:
    """As an earlier release left them."""
    shutil.copytree(made, tmp_path / "old")
    (tmp_path / "old" / "orders.json").unlink()
    order = Order(tmp_path / "old", 2, 5, spacing=3.0, twins=True)
    with pytest.raises(AnkleViewerError, match=r"SET_UNFIT: .*tables"):
        list(simulate(order))
    for name in ("manifest.csv", "truth.json"):  # interrupted
        (tmp_path / "old" / name).unlink()
    with pytest.raises(AnkleViewerError, match=r"SET_UNFIT: .*does not say what was ordered"):
        list(simulate(order))


def test_an_order_that_made_nothing_may_be_put_right(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(write_scans, "_write_one", lambda job: int("none"))
        with pytest.raises(ValueError):
            list(simulate(Order(tmp_path, 2, 5, spacing=30.0, twins=True)))
    list(simulate(Order(tmp_path, 2, 5, spacing=3.0, twins=True)))
    assert (tmp_path / "truth.json").read_bytes() == (made / "truth.json").read_bytes()


def test_more_scans_and_other_seeds_join_what_is_there(tmp_path: Path) -> None:
    orders = [Order(tmp_path, 1, seed, spacing=3.0) for seed in (5, 6)]
    list(simulate(*orders))
    first = tmp_path / "scans/ankle-5-00000.nii.gz"
    stamp = first.stat().st_mtime_ns
    list(simulate(replace(orders[0], count=2), orders[1]))
    assert first.stat().st_mtime_ns == stamp and len(read_manifest(tmp_path)) == 3


def test_no_call_takes_scans_of_another_out_of_the_tables(made: Path, tmp_path: Path) -> None:
    out = tmp_path / "set"
    shutil.copytree(made, out)
    before = (out / "manifest.csv").read_text()
    list(simulate(Order(out, 1, 3, spacing=3.0)))
    table = (out / "manifest.csv").read_text()
    assert table.startswith(before) and table.count("\n") == before.count("\n") + 1, "the seeds in the order of their calls"
    assert list(json.loads((out / "truth.json").read_text())) == ["ankle-5-00000", "ankle-5-00001", "ankle-3-00000"]
    list(simulate(Order(out, 1, 5, spacing=3.0, twins=True)))
    assert (out / "manifest.csv").read_text() == table, "a smaller number neither"
    assert (made / "manifest.csv").read_text() == before


def test_bones_of_one_side_are_enough(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    made: list[str] = []

    def from_meshes(_folder: Path, side: str) -> str:
        made.append(side)
        return f"atlas {side}"

    monkeypatch.setattr("trainer.simulate.meshes.from_meshes", from_meshes)
    one, both = tmp_path / "one", tmp_path / "both"
    for folder, sides in ((one, "R"), (both, "LR")):
        folder.mkdir()
        for side in sides:
            for bone in ("Tibia", "Fibula", "Talus", "Calcaneus"):
                (folder / f"{side}_{bone}.ply").write_text("")
    assert [write_scans._atlas(1, body, one, STANDARD) for body in range(3)] == ["atlas R"] * 3
    assert [write_scans._atlas(1, body, both, STANDARD) for body in range(4)] == ["atlas L", "atlas R"] * 2
    assert made == ["R", "L", "R"], "once for each side"


@pytest.mark.parametrize(
    ("bones", "injury", "said"), [("nowhere", None, "no folder"), (".", None, "no L mesh"), ("legs", "navicular", "navicular")]
)
def test_bones_that_lack_are_told_before_anything_is_made(bones: str, injury: str | None, said: str, tmp_path: Path) -> None:
    (tmp_path / "legs").mkdir()
    for bone in ("Tibia", "Fibula", "Talus", "Calcaneus"):
        (tmp_path / "legs" / f"L_{bone}.ply").write_text("")
    with pytest.raises(AnkleViewerError, match=said) as caught:
        list(simulate(Order(tmp_path / "out", 1, 5, type=injury, bones=tmp_path / bones)))
    assert caught.value.code == "BONES_MISSING" and not list((tmp_path / "out").glob("truth/*"))


def test_another_version_of_the_simulator_makes_other_scans(made: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(write_scans, "SIMULATOR_VERSION", 99)
    with pytest.raises(AnkleViewerError, match="differ from these in version"):
        list(simulate(Order(made, 2, 5, spacing=3.0, twins=True)))


@pytest.mark.parametrize("name", ["manifest.csv", "truth.json", "orders.json"])
def test_a_table_that_is_not_ours_stays(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_text("somebody's")
    with pytest.raises(AnkleViewerError) as met:
        list(simulate(Order(tmp_path, 2, 5, spacing=3.0, twins=True)))
    assert met.value.code == "SET_UNFIT" and [p.name for p in tmp_path.iterdir()] == [name]
    assert (tmp_path / name).read_text() == "somebody's"


def test_wishes_are_followed(atlas: Atlas, tmp_path: Path) -> None:
    order = Order(tmp_path, 4, 5, type="talus neck", severity="displaced", spacing=3.0, reach_mm=114.0)
    name, scan = simulate_one(order, 2)
    assert name == "ankle-5-00002" and scan.volume.hu.shape == (38, 38, 38)
    assert scan.truth["type"] == "talus neck" and scan.truth["severity"] == "displaced"
    assert simulate_one(replace(order, setting=SHIFTED), 2)[1].volume.hu.std() != scan.volume.hu.std()
    assert simulate_one(order, 3)[1].truth["label"] == 0


def test_wrong_orders_are_refused_in_words(tmp_path: Path) -> None:
    with pytest.raises(
        AnkleViewerError, match=r"TYPE_UNKNOWN: Unknown injury 'sprain'; known: weber-a, .*pilon, calcaneus body, .*cuboid"
    ):
        Order(tmp_path, 1, 0, type="sprain")
    with pytest.raises(AnkleViewerError, match="COUNT_INVALID"):
        Order(tmp_path, 0, 0)
    with pytest.raises(AnkleViewerError, match="FORMAT_UNKNOWN"):
        Order(tmp_path, 1, 0, format="nrrd")


def test_scans_beyond_the_ankle_are_made_where_asked_for(tmp_path: Path) -> None:
    _, scan = simulate_one(Order(tmp_path, 2, 5, type="cuboid", severity="moderate", spacing=3.0, reach_mm=150.0), 0)
    assert scan.truth["type"] == "cuboid" and {f["bone"] for f in scan.truth["fractures"]} == {"cuboid"}


def test_the_same_scans_as_dicom(made: Path, tmp_path: Path) -> None:
    list(simulate(Order(tmp_path, 2, 5, spacing=3.0, twins=True, format="dicom")))
    assert (tmp_path / "truth.json").read_bytes() == (made / "truth.json").read_bytes()
    one, two = (read_manifest(folder) for folder in (made, tmp_path))
    assert [r.id for r in one] == [r.id for r in two]
    for nifti, dicom in zip(one, two, strict=True):
        a, b = open_scan(nifti.path).volume, open_scan(dicom.path).volume
        x, y = (apply(volume, BONE, (0.0, 0.0, 0.0))[0] for volume in (a, b))
        np.testing.assert_allclose(x, y, atol=1e-5)
