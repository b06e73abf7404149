from __future__ import annotations

import os
import random
import zipfile

import numpy as np
import pytest

from ankleviewer.core.errors import ScanError
from ankleviewer.core.geometry import Grid
from ankleviewer.io import guard, reader
from ankleviewer.io.nifti import HEAT_MAP, write_nifti
from ankleviewer.io.series import list_series


def refused(path) -> str:
    with pytest.raises(ScanError) as caught:
        reader.open_scan(path)
    return caught.value.code


def test_what_is_no_scan_has_a_code(tmp_path):
    assert refused(tmp_path / "none.nii") == "FILE_NOT_FOUND"
    assert refused(tmp_path) == "NO_DICOM"
    (tmp_path / "picture.nii").write_bytes(b"\x89PNG" + b"\0" * 500)
    assert refused(tmp_path / "picture.nii") == "FORMAT_UNKNOWN"


def test_progress_runs_from_start_to_one(tmp_path, limb):
    write_nifti(limb(), Grid.axis_aligned((24, 20, 16), 1.0, (0, 0, 0)), tmp_path / "x.nii.gz")
    told = []
    scan = reader.open_scan(tmp_path / "x.nii.gz", progress=lambda share, what: told.append((share, what)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert shares[-1] == 1.0
    assert all(what for _, what in told)
    assert scan.sha256 == guard.sha256_of_file(tmp_path / "x.nii.gz")


def test_a_folder_is_read_with_its_subfolders_and_a_file_with_what_lies_beside_it(limb, series, tmp_path):
    series(limb(), name="patient")
    study = tmp_path / "above" / "study"
    study.parent.mkdir()
    (tmp_path / "patient").rename(study)
    assert reader.open_scan(tmp_path / "above").volume.hu.shape == (24, 20, 16)
    (study / "more").mkdir()
    for k in range(4):
        (file,) = study.glob(f"* ({k}).dcm")
        file.rename(study / "more" / file.name)
    assert reader.open_scan(study).volume.hu.shape == (24, 20, 16)
    assert reader.open_scan(study / "more" / file.name).volume.hu.shape == (24, 20, 4)


def hash_of(files) -> str:
    return guard.sha256_of_files(guard.sha256_of_file(p) for p in files)


def test_a_series_is_hashed_by_its_slices_however_it_is_opened_and_whatever_is_written_beside_it(limb, series, tmp_path):
    folder = series(limb())
    slices = sorted(folder.iterdir())
    (key,) = (s.key for s in list_series(folder, lambda _share, _what: None, lambda: False))
    before = reader.open_scan(folder)
    assert before.sha256 == hash_of(slices) and before.former_sha256 == ""
    (folder / "report.pdf").write_bytes(b"%PDF")
    write_nifti(limb(), Grid.axis_aligned((24, 20, 16), 1.0, (0, 0, 0)), folder / "heat.nii", description=HEAT_MAP)
    with zipfile.ZipFile(tmp_path / "scan.zip", "w") as packed:
        for file in folder.iterdir():
            packed.write(file, file.name)
    ways = [(folder, ""), (folder, key), (slices[3], ""), (slices[3], key), (tmp_path / "scan.zip", "")]
    assert {reader.open_scan(path, pick=pick).sha256 for path, pick in ways} == {before.sha256}


def test_the_hash_that_an_earlier_release_gave_a_folder_is_known_where_it_costs_little(limb, series, unreadable, monkeypatch):
    folder = series(limb())
    slices = sorted(folder.iterdir())
    for name in ("report.pdf", "r.json", "closed"):
        (folder / name).write_bytes(name.encode())
    unreadable(folder / "closed")
    scan = reader.open_scan(folder)
    assert scan.former_sha256 == hash_of([*slices, folder / "report.pdf", folder / "r.json"]) != scan.sha256
    assert reader.open_scan(slices[0]).former_sha256 == ""  # was hashed by its slices then, too
    monkeypatch.setattr(reader, "_FORMER_BYTES", 10)
    assert reader.open_scan(folder).former_sha256 == ""


def test_the_hash_that_an_earlier_release_gave_a_zip_is_that_of_its_dicom_files(limb, series, one_slice, tmp_path, monkeypatch):
    """It unpacked nothing else: a review of a scan with a localizer and a report beside it is found again."""
    folder = series(limb())
    slices = sorted(folder.iterdir())
    kind = {"series": "1.2.9", "ImageType": ["ORIGINAL", "PRIMARY", "LOCALIZER"]}
    one_slice(limb()[:, :, 0], 99, **kind).save_as(folder / "localizer.dcm", enforce_file_format=True)
    (folder / "report.pdf").write_bytes(b"%PDF")
    (folder / "viewer.exe").write_bytes(b"MZ" + bytes(5000))
    for name in ("scan.zip", "slices.zip"):
        with zipfile.ZipFile(tmp_path / name, "w") as packed:
            for file in folder.iterdir():
                if name == "scan.zip" or file.name != "localizer.dcm":
                    packed.write(file, file.name)
    scan = reader.open_scan(tmp_path / "scan.zip")
    assert scan.former_sha256 == hash_of([*slices, folder / "localizer.dcm"]) != scan.sha256
    assert reader.open_scan(tmp_path / "slices.zip").former_sha256 == "", "it was the same"
    monkeypatch.setattr(reader, "_FORMER_BYTES", 5000)
    assert reader.open_scan(tmp_path / "scan.zip").former_sha256 == scan.former_sha256, "what does not count costs nothing"


def test_a_heat_map_of_our_own_is_no_scan(limb, tmp_path):
    """It lies beside the scan, where `--heatmap` wrote it: counted, not offered, and by itself refused."""
    grid = Grid.axis_aligned((24, 20, 16), 1.0, (0, 0, 0))
    (tmp_path / "one").mkdir()
    scan, heat = tmp_path / "one" / "scan.nii.gz", tmp_path / "one" / "heat.nii.gz"
    write_nifti(limb(), grid, scan)
    write_nifti(limb().astype(np.float32), grid, heat, description=HEAT_MAP)
    found = reader.open_scan(tmp_path / "one")
    assert found.sha256 == guard.sha256_of_file(scan)
    assert [f.message for f in found.findings if f.code == "OBJECTS_SKIPPED"] == [
        "Left out, since they are no slices of this scan: 1 heat maps."
    ]
    assert "OBJECTS_SKIPPED" not in {f.code for f in reader.open_scan(scan).findings}
    assert refused(heat) == "OWN_HEAT_MAP"
    scan.unlink()
    assert refused(tmp_path / "one") == "OWN_HEAT_MAP"


def test_a_neighbour_that_cannot_be_read_is_left_out_and_counted(limb, series, unreadable):
    folder = series(limb())
    whole = reader.open_scan(folder).sha256
    (folder / "closed").write_bytes(b"x")
    unreadable(folder / "closed")
    for path in (folder, min(folder.glob("*.dcm"))):
        scan = reader.open_scan(path)
        assert scan.volume.hu.shape == (24, 20, 16) and scan.sha256 == whole
        assert ["1 unreadable files" in f.message for f in scan.findings if f.code == "OBJECTS_SKIPPED"] == [True]
    assert refused(folder / "closed") == "FILE_UNREADABLE"


def test_an_image_beside_a_file_that_cannot_be_read(tmp_path, limb, unreadable):
    write_nifti(limb(), Grid.axis_aligned((24, 20, 16), 1.0, (0, 0, 0)), tmp_path / "x.nii")
    (tmp_path / "closed").write_bytes(b"x")
    (tmp_path / "loop").symlink_to("loop")
    unreadable(tmp_path / "closed")
    assert reader.open_scan(tmp_path).format == "nifti"
    assert refused(tmp_path / "loop") == "FILE_NOT_FOUND"


def test_a_large_stranger_beside_the_slices_is_not_hashed(limb, series, monkeypatch):
    folder = series(limb())
    whole = reader.open_scan(folder).sha256
    (folder / "vm.iso").touch()
    os.truncate(folder / "vm.iso", guard.MAX_FILE_BYTES + 1)  # takes no room on the disk
    plain = guard.sha256_of_file
    monkeypatch.setattr(guard, "sha256_of_file", lambda path: plain(path) if path.name != "vm.iso" else pytest.fail("hashed"))
    for path in (folder, min(folder.glob("*.dcm"))):
        scan = reader.open_scan(path)
        assert scan.sha256 == whole
        assert ["1 other files" in f.message for f in scan.findings if f.code == "OBJECTS_SKIPPED"] == [True]


def mutate(data: bytes, rng: random.Random) -> bytes:
    raw = bytearray(data)
    for _ in range(rng.randint(1, 6)):
        kind = rng.random()
        at = rng.randrange(min(len(raw), 1200))
        if kind < 0.6:
            raw[at] = rng.randrange(256)
        elif kind < 0.8:
            del raw[at : at + rng.randint(1, 40)]
        else:
            raw[at:at] = os.urandom(rng.randint(1, 20))
    return bytes(raw if rng.random() < 0.8 else raw[: rng.randrange(len(raw))])


def test_damaged_files_are_read_or_refused_and_nothing_else(tmp_path, limb, series):
    rng = random.Random(7)
    folder = series(limb((12, 10, 4)))
    write_nifti(limb((12, 10, 4)), Grid.axis_aligned((12, 10, 4), 1.0, (0, 0, 0)), tmp_path / "x.nii")
    sound = {"dicom": sorted(folder.iterdir())[1], "nifti": tmp_path / "x.nii"}
    for path in sound.values():
        data = path.read_bytes()
        outcomes = set()
        for _ in range(150):
            path.write_bytes(mutate(data, rng))
            try:
                scan = reader.open_scan(path)
            except ScanError as error:
                outcomes.add(error.code)
            else:
                outcomes.add("read")
                assert np.isfinite(scan.volume.grid.affine).all()
        assert len(outcomes) > 3


@pytest.mark.parametrize("beside", ["segmentation", "report", "one stray", "two strays"])
def test_dicom_files_that_are_no_slices_hide_no_image(tmp_path, limb, one_slice, beside):
    def image(name, spacing=1.0):
        write_nifti(limb(), Grid.axis_aligned((24, 20, 16), spacing, (0, 0, 0)), tmp_path / name)

    image("x.nii")
    if "stray" in beside:
        for n in range(1 + (beside == "two strays")):
            (tmp_path / f"stray{n}").write_bytes(b"\x08\0" + bytes(40))
    else:
        ds = one_slice(limb()[:, :, 0], 0, modality="SEG" if beside == "segmentation" else "SR")
        ds.file_meta.MediaStorageSOPClassUID = ds.SOPClassUID = "1.2.840.10008.5.1.4.1.1.66.4"
        ds.save_as(tmp_path / "other.dcm", enforce_file_format=True)

    def quiet(_share: float, _what: str) -> None:
        pass

    def never() -> bool:
        return False

    assert reader.open_scan(tmp_path).format == "nifti"
    assert [s.description for s in list_series(tmp_path, quiet, never)] == ["x.nii"]
    image("y.nii", 1.5)
    assert refused(tmp_path) == "SERIES_AMBIGUOUS"
    assert sorted(s.description for s in list_series(tmp_path, quiet, never)) == ["x.nii", "y.nii"]
