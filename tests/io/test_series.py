"""series: a folder or ZIP with several scans is listed with pictures, and each of them can be opened by its key alone."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path

import numpy as np
import pytest

from ankleviewer.core.errors import Cancelled, ScanError
from ankleviewer.core.geometry import Grid
from ankleviewer.core.serieschoice import reason
from ankleviewer.io.nifti import HEAT_MAP, write_nifti
from ankleviewer.io.reader import open_scan
from ankleviewer.io.series import PICTURE_PX, around_bone, key_of_file, list_series, named, picture


def listed(path: Path, **more: object) -> tuple:
    return list_series(path, lambda _share, _what: None, more.pop("cancelled", lambda: False))


@pytest.fixture
def study(limb, series) -> Path:
    """A thick soft series, a thin bone series, a coronal reformat and a scout, in one folder."""

    def named(text: str, kernel: str):
        def edit(_k, ds):
            ds.SeriesDescription, ds.ConvolutionKernel = text, kernel
            return ds

        return edit

    folder = series(limb((24, 20, 22)), series="1.2.1", step=3.0, edit=named("Soft 3.0", "B30s"))
    series(limb((24, 20, 40)), series="1.2.2", step=0.6, edit=named("Ankle\n 0.6", "B60s"))
    series(limb((24, 20, 30)), series="1.2.3", step=0.5, orientation=(1, 0, 0, 0, 0, -1), edit=coronal)
    series(limb((24, 20, 1)), series="1.2.4", edit=scout)
    return folder


def coronal(k, ds):
    ds.ImagePositionPatient = [-10.0, -20.0 + 0.5 * k, 5.0]
    return ds


def scout(_k, ds):
    ds.ImageType = ["ORIGINAL", "PRIMARY", "LOCALIZER"]
    return ds


def test_every_series_with_what_a_reader_wants_to_know(study) -> None:
    found = listed(study)
    assert [(s.description, s.slices, s.plane, s.lack) for s in found] == [
        ("Ankle 0.6", 40, "axial", ""),
        ("Soft 3.0", 22, "axial", ""),
        ("", 30, "coronal", "reformat"),
    ]
    assert found[0].spacing_mm == pytest.approx((0.5, 0.5, 0.6)) and found[0].size == (24, 20) and found[0].kernel == "B60s"
    assert reason(found) == "the thinnest slices"
    assert "Secret" not in repr(found) and not any("1.2." in s.key for s in found)
    for s in found:
        assert s.picture.dtype == np.uint8 and max(s.picture.shape) == PICTURE_PX and s.picture.std() > 20


def test_a_series_is_named_by_number_key_or_uid_and_told_without_the_patients_name(study) -> None:
    found = listed(study)
    assert [named(found, name) for name in ("1", "2", "1.2.1", found[2].key)] == [found[0], found[1], found[1], found[2]]
    for wrong in ("0", "4", "-1", "1.2.9", "", "list"):
        with pytest.raises(ScanError) as caught:
            named(found, wrong)
        assert caught.value.code == "SERIES_UNKNOWN"


def test_words_of_the_patients_name_and_number_are_left_out_of_a_description(limb, series) -> None:
    def edit(_k, ds):
        ds.SeriesDescription = "OSG re secret/NAME 0.6 (SECRET-ID) Br64"
        return ds

    assert listed(series(limb(), edit=edit))[0].description == "OSG re 0.6 Br64"


def test_a_name_in_another_character_set_is_left_out(limb, series) -> None:
    def edit(_k, ds):
        ds.SpecificCharacterSet = "ISO_IR 192"
        ds.PatientName, ds.SeriesDescription = "Wang^Wei=王^伟", "王伟 ankle"
        return ds

    assert listed(series(limb(), edit=edit))[0].description == "ankle"


def test_a_place_that_is_not_there_is_refused_by_its_code(tmp_path) -> None:
    with pytest.raises(ScanError) as caught:
        listed(tmp_path / "gone")
    assert caught.value.code == "FILE_NOT_FOUND"


def test_each_can_be_opened_by_its_key_and_hashes_like_a_file_of_it(study) -> None:
    with pytest.raises(ScanError) as caught:
        open_scan(study)
    assert caught.value.code == "SERIES_AMBIGUOUS"
    for s in listed(study):
        assert open_scan(study, pick=s.key).volume.grid.shape[2] == s.slices
    thin = listed(study)[0]
    one = next(study.glob("1.2.2_*"))
    assert open_scan(one).sha256 == open_scan(study, pick=thin.key).sha256 == open_scan(one, pick=thin.key).sha256
    other = open_scan(one, pick=listed(one)[1].key)  # from a file to another series of its folder
    assert other.volume.grid.shape[2] == 22 and other.path == str(one)
    with pytest.raises(ScanError) as caught:
        open_scan(study, pick="0" * 16)
    assert caught.value.code == "SERIES_GONE"


def test_a_chosen_image_that_is_gone_is_told_so(tmp_path, limb) -> None:
    """Not as a folder that never held DICOM images."""
    for n in range(2):
        write_nifti(limb() + n, Grid.axis_aligned((24, 20, 16), 1.0, (0, 0, 0)), tmp_path / f"{n}.nii.gz")
    gone, _ = listed(tmp_path)
    for file in tmp_path.iterdir():
        if key_of_file(file) == gone.key:
            file.unlink()
    with pytest.raises(ScanError) as caught:
        open_scan(tmp_path, pick=gone.key)
    assert caught.value.code == "SERIES_GONE"


def test_a_chosen_image_that_was_replaced_is_not_opened_under_the_old_choice(limb, tmp_path) -> None:
    """In a ZIP that holds one image now, and by itself: of another name or place nothing tells that it is another scan."""
    for name, count in (("a.nii", 30), ("b.nii", 40)):
        hu = limb((24, 20, count))
        write_nifti(hu, Grid.axis_aligned(hu.shape, 1.0, (0, 0, 0)), tmp_path / name)
    packed = tmp_path / "two.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        archive.write(tmp_path / "a.nii", "a.nii")
        archive.write(tmp_path / "b.nii", "b.nii")
    chosen = next(s for s in listed(packed) if s.slices == 30)
    for file, other in ((packed, "a.nii"), (packed, "b.nii"), (tmp_path / "a.nii", "a.nii"), (tmp_path / "b.nii", "b.nii")):
        if file == packed:
            with zipfile.ZipFile(packed, "w") as archive:
                archive.write(tmp_path / other, "a.nii")
        if other == "a.nii":
            assert open_scan(file, pick=chosen.key).volume.hu.shape == (24, 20, 30)
            continue
        with pytest.raises(ScanError) as caught:
            open_scan(file, pick=chosen.key)
        assert caught.value.code == "SERIES_GONE"


def test_a_refused_folder_tells_its_series_in_the_order_of_the_list(limb, series, tmp_path) -> None:
    """The first one is the proposed one, here and there, and not the one with the most slices."""
    folder = series(limb((24, 20, 45)), series="1.2.1", step=3.0)
    series(limb((24, 20, 22)), series="1.2.2", step=2.0)
    series(limb((24, 20, 30)), series="1.2.3", step=1.0)
    assert [s.slices for s in listed(folder)] == [30, 22, 45]
    with pytest.raises(ScanError, match=r"3 series \(of 30, 22, 45 slices\)"):
        open_scan(folder)


def test_a_zip_of_the_study_is_the_same(study, tmp_path) -> None:
    packed = tmp_path / "study.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in study.iterdir():
            archive.write(file, f"DOE^JANE/{file.name}")
    found = listed(packed)
    assert [s.key for s in found] == [s.key for s in listed(study)]
    scan = open_scan(packed, pick=found[1].key)
    assert scan.volume.grid.shape == (24, 20, 22) and scan.path == str(packed)


def test_nifti_files_of_a_folder_and_of_a_zip(limb, tmp_path) -> None:
    folder = tmp_path / "two"
    folder.mkdir()
    for name, count, apart in (("a.nii.gz", 30, 2.0), ("b.nii", 40, 0.5)):
        hu = limb((24, 20, count))
        write_nifti(hu, Grid.axis_aligned(hu.shape, (0.5, 0.5, apart), (0, 0, 0)), folder / name)
    found = listed(folder)
    assert [(s.description, s.slices, s.spacing_mm) for s in found] == [
        ("b.nii", 40, (0.5, 0.5, 0.5)),
        ("a.nii.gz", 30, (0.5, 0.5, 2.0)),
    ]
    assert open_scan(folder, pick=found[1].key).volume.hu.shape == (24, 20, 30)
    with pytest.raises(ScanError):
        open_scan(folder)
    packed = tmp_path / "two.zip"
    with zipfile.ZipFile(packed, "w") as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    assert [s.key for s in listed(packed)] == [s.key for s in found] and {s.description for s in listed(packed)} == {""}
    assert open_scan(packed, pick=found[0].key).volume.hu.shape == (24, 20, 40)
    (folder / "b.nii").unlink()
    assert open_scan(folder).volume.hu.shape == (24, 20, 30)  # a single one needs no choice


def test_a_file_and_its_copy_are_one_scan(limb, tmp_path) -> None:
    (folder := tmp_path / "scan").mkdir()
    hu = limb((24, 20, 30))
    write_nifti(hu, Grid.axis_aligned(hu.shape, 1.0, (0, 0, 0)), folder / "scan.nii.gz")
    (folder / "scan (1).nii.gz").write_bytes((folder / "scan.nii.gz").read_bytes())
    (one,) = listed(folder)
    whole = open_scan(folder)
    assert open_scan(folder, pick=one.key).sha256 == whole.sha256 == open_scan(folder / "scan.nii.gz").sha256
    other = limb((24, 20, 40))
    write_nifti(other, Grid.axis_aligned(other.shape, 1.0, (0, 0, 0)), folder / "other.nii")
    assert len(listed(folder)) == 2 and open_scan(folder, pick=one.key).sha256 == whole.sha256
    with pytest.raises(ScanError, match="SERIES_AMBIGUOUS"):
        open_scan(folder)


def test_a_heat_map_of_our_own_is_not_offered(limb, tmp_path) -> None:
    grid = Grid.axis_aligned((24, 20, 30), 1.0, (0, 0, 0))
    (tmp_path / "one").mkdir()
    write_nifti(limb((24, 20, 30)), grid, tmp_path / "one" / "scan.nii.gz")
    write_nifti(limb((24, 20, 30)), grid, tmp_path / "one" / "heat.nii.gz", description=HEAT_MAP)
    assert [s.description for s in listed(tmp_path / "one")] == ["scan.nii.gz"]
    with pytest.raises(ScanError) as caught:
        listed(tmp_path / "one" / "heat.nii.gz")
    assert caught.value.code == "OWN_HEAT_MAP"


def test_a_series_that_cannot_be_decoded_is_listed_without_a_picture(limb, series) -> None:
    def cut(_k, ds):
        ds.PixelData = ds.PixelData[:10]
        return ds

    folder = series(limb((24, 20, 22)), series="1.2.1")
    series(limb((24, 20, 25)), series="1.2.2", edit=cut)
    assert {s.slices: s.picture is None for s in listed(folder)} == {22: False, 25: True}


def test_one_odd_series_or_file_keeps_nobody_from_the_others(limb, series, tmp_path) -> None:
    folder = series(limb((24, 20, 21)), name="d", series="1.2.1")
    for count, spacing in ((22, (0.0, 0.0)), (23, (0.5, 0.0)), (24, (-0.5, -0.5))):
        series(limb((24, 20, count)), name="d", series=f"1.2.{count}", spacing=spacing)
    found = {s.slices: s for s in listed(folder)}
    assert {n: s.spacing_mm is None for n, s in found.items()} == {21: False, 22: True, 23: True, 24: True}
    assert all(s.picture is not None for s in found.values())
    images = tmp_path / "n"
    images.mkdir()
    for name in ("sound.nii", "odd.nii"):
        write_nifti(limb(), Grid.axis_aligned((24, 20, 16), 1.0, (0, 0, 0)), images / name)
    raw = bytearray((images / "odd.nii").read_bytes())
    raw[112:120] = struct.pack("<ff", 1.0, 1e10)
    (images / "odd.nii").write_bytes(raw)
    assert [s.description for s in listed(images)] == ["sound.nii"]


def test_a_slice_that_claims_any_size_gets_no_picture(limb, series, monkeypatch) -> None:
    monkeypatch.setattr("ankleviewer.io.series.MOST_PIXELS", 24 * 20 - 1)
    assert [s.picture for s in listed(series(limb()))] == [None]


def test_a_file_that_cannot_be_read_is_left_out(study, limb, unreadable) -> None:
    whole = listed(study)
    (study / "a").write_bytes(b"x")
    unreadable(study / "a")
    assert [s.key for s in listed(study)] == [s.key for s in whole]
    image = study.parent / "image"
    image.mkdir()
    write_nifti(limb(), Grid.axis_aligned((24, 20, 16), 1.0, (0, 0, 0)), image / "x.nii")
    (image / "y").write_bytes(b"x")
    unreadable(image / "y")
    assert [s.description for s in listed(image)] == ["x.nii"]


def test_cancel(study) -> None:
    with pytest.raises(Cancelled):
        listed(study, cancelled=lambda: True)


def test_a_picture_shows_the_bone_and_a_rim() -> None:
    hu = np.full((200, 200), -1000, dtype=np.float32)
    hu[50:70, 120:150] = 800
    assert around_bone(hu, (1.0, 1.0)).shape == (60, 70)
    assert around_bone(hu, (2.0, 1.0)).shape == (40, 70)
    assert around_bone(np.full((9, 9), 40, dtype=np.float32), (1.0, 1.0)).shape == (9, 9)


def test_a_picture_has_square_pixels_and_the_bone_window() -> None:
    hu = np.full((40, 80), -1000, dtype=np.float32)
    hu[:, 40:] = 350
    shown = picture(hu, (1.0, 0.5))
    assert shown.shape == (PICTURE_PX, PICTURE_PX)
    assert shown[0, 0] == 0 and shown[0, -1] in (127, 128)


def test_real_files_of_many_kinds(third_party) -> None:
    found = listed(third_party / "dicom")
    assert len(found) > 3 and sum(s.picture is not None for s in found) > 3
    tilted = next(s for s in found if s.slices == 28)
    assert tilted.plane == "axial" and tilted.picture.std() > 20
    with pytest.raises(ScanError) as caught:
        open_scan(third_party / "dicom", pick=tilted.key)
    assert caught.value.code == "SPACING_UNEVEN"  # the series that was picked, and not a word about the others


def test_a_real_series_is_listed_as_it_is_read(third_party) -> None:
    (foot,) = listed(third_party / "ct" / "vhf-foot")
    assert (foot.slices, foot.size, foot.spacing_mm, foot.lack) == (150, (512, 512), pytest.approx((1.0, 1.0, 1.0)), "")
    assert reason([foot]) == ""
