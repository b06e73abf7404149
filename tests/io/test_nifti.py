from __future__ import annotations

import gzip
import struct

import nibabel as nib
import numpy as np
import pytest

from ankleviewer.core.errors import Cancelled, ScanError
from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume
from ankleviewer.io import guard
from ankleviewer.io.nifti import HEAT_MAP, description_of, images_among, is_heat_map, without_copies, write_nifti
from ankleviewer.io.reader import open_scan


def grid(shape=(24, 20, 16)) -> Grid:
    from scipy.spatial.transform import Rotation

    affine = np.eye(4)
    affine[:3, :3] = Rotation.from_rotvec([0.1, 0.2, -0.4]).as_matrix() @ np.diag([-0.5, 0.6, 0.8])
    affine[:3, 3] = (10, -20, 300)
    return Grid(shape, affine)


@pytest.mark.parametrize("name", ["a.nii", "ä b & c.nii.gz"])
def test_what_is_written_is_read_back(tmp_path, limb, name):
    volume = Volume(limb(), grid())
    write_nifti(volume, None, tmp_path / name)
    scan = open_scan(tmp_path / name)
    assert scan.format == "nifti"
    assert np.array_equal(scan.volume.hu, volume.hu)
    assert np.allclose(scan.volume.grid.affine, volume.grid.affine, atol=1e-4)
    assert [f.code for f in scan.findings] == ["AGE_UNKNOWN"]
    assert np.allclose(nib.load(tmp_path / name).affine, np.diag([-1, -1, 1, 1]) @ volume.grid.affine, atol=1e-4)


def test_the_same_input_gives_the_same_bytes(tmp_path, limb):
    for name in ("a.nii.gz", "b.nii.gz"):
        write_nifti(limb(), grid(), tmp_path / name)
    assert (tmp_path / "a.nii.gz").read_bytes() == (tmp_path / "b.nii.gz").read_bytes()


@pytest.mark.parametrize("dtype", [np.float32, np.uint8, np.int16, bool])
def test_maps_of_any_kind_are_written(tmp_path, dtype):
    values = (np.arange(24).reshape(2, 3, 4) % 2).astype(dtype)
    write_nifti(values, Grid.axis_aligned((2, 3, 4), 2.0, (0, 0, 0)), tmp_path / "m.nii.gz")
    image = nib.load(tmp_path / "m.nii.gz")
    assert np.array_equal(np.asarray(image.dataobj), values.astype(float))
    assert image.header["sform_code"] == image.header["qform_code"] == 1


def test_gz_in_any_case_is_compressed(tmp_path):
    for name, compressed in (("A.NII.GZ", True), ("b.nii.Gz", True), ("C.NII", False)):
        write_nifti(np.zeros((3, 4, 5), np.uint8), Grid.axis_aligned((3, 4, 5), 1.0, (0, 0, 0)), tmp_path / name)
        assert ((tmp_path / name).read_bytes()[:2] == b"\x1f\x8b") == compressed


@pytest.mark.parametrize("name", ["a.nii", "a.nii.gz"])
def test_the_description_is_read_back(tmp_path, name):
    grid = Grid.axis_aligned((3, 4, 5), 1.0, (0, 0, 0))
    write_nifti(np.zeros(grid.shape, np.uint8), grid, tmp_path / name, description="of a test")
    assert description_of(tmp_path / name) == "of a test" == nib.load(tmp_path / name).header["descrip"].item().decode()
    write_nifti(np.zeros(grid.shape, np.uint8), grid, tmp_path / name)
    assert description_of(tmp_path / name) == ""
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:60])
    assert description_of(tmp_path / name) == ""
    (tmp_path / name).write_bytes(b"%PDF-1.4" + bytes(400))
    assert description_of(tmp_path / name) == ""


def test_heat_maps_are_told_from_scans_by_their_headers_alone(tmp_path, unreadable):
    grid = Grid.axis_aligned((3, 4, 5), 1.0, (0, 0, 0))
    said = {"a.nii": "", "b.nii.gz": HEAT_MAP, "c.nii": HEAT_MAP, "d.nii": f"no {HEAT_MAP}", "e.nii": ""}
    for name, description in said.items():
        write_nifti(np.zeros(grid.shape, np.uint8), grid, tmp_path / name, description=description)
    (tmp_path / "f.pdf").write_bytes(b"%PDF-1.4")
    (tmp_path / "c.nii").write_bytes((tmp_path / "c.nii").read_bytes()[:352])  # the voxels play no part
    unreadable(tmp_path / "e.nii")
    scans, heat_maps = images_among(sorted(tmp_path.iterdir()))
    assert [p.name for p in scans] == ["a.nii", "d.nii"] and heat_maps == 2
    assert is_heat_map(tmp_path / "b.nii.gz") and not is_heat_map(tmp_path / "f.pdf")


def test_what_does_not_fit_its_grid_is_not_written(tmp_path):
    with pytest.raises(ValueError):
        write_nifti(np.zeros((2, 2, 2)), grid(), tmp_path / "m.nii")
    with pytest.raises(ValueError):
        write_nifti(np.zeros((24, 20, 16), complex), grid(), tmp_path / "m.nii")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("dtype", "slope", "inter"),
    [
        ("<i2", 1, 0),
        (">i2", 1, 0),
        ("<f4", 1, 0),
        ("<f8", 1, 0),
        ("<u2", 1, -1024),
        ("<i4", 0.5, -1024),
    ],
)
@pytest.mark.parametrize("version", [nib.Nifti1Image, nib.Nifti2Image])
def test_every_number_type_and_byte_order_gives_the_same_hu(tmp_path, limb, dtype, slope, inter, version):
    hu = np.maximum(limb(), -1024)
    stored = np.rint((hu.astype(float) - inter) / slope).astype(dtype)
    header = version.header_class(endianness=dtype[0])
    header.set_data_dtype(dtype)
    image = version(stored, np.diag([-1, -1, 1, 1.0]), header)
    image.header.set_slope_inter(slope, inter)
    path = tmp_path / "x.nii"
    image.to_filename(path)
    # nibabel rescales on saving: the numbers as stored are what this test is about.
    raw = bytearray(path.read_bytes())
    offset = int(image.header["vox_offset"]) or (352 if version is nib.Nifti1Image else 544)
    raw[offset:] = stored.tobytes(order="F")
    if version is nib.Nifti1Image:
        raw[112:120] = struct.pack(dtype[0] + "ff", slope, inter)
    else:
        raw[176:192] = struct.pack(dtype[0] + "dd", slope, inter)
    path.write_bytes(raw)
    assert np.array_equal(open_scan(path).volume.hu, hu)


def broken(tmp_path, limb, edit, name="x.nii"):
    path = tmp_path / "sound.nii"
    write_nifti(limb(), Grid.axis_aligned((24, 20, 16), (0.5, 0.6, 0.8), (0, 0, 0)), path)
    raw = edit(bytearray(path.read_bytes()))
    target = tmp_path / name
    target.write_bytes(gzip.compress(bytes(raw)) if name.endswith("gz") else bytes(raw))
    return target


def at(offset: int, form: str, *values):
    def edit(raw: bytearray) -> bytearray:
        struct.pack_into("<" + form, raw, offset, *values)
        return raw

    return edit


def all_of(*edits):
    def edit(raw: bytearray) -> bytearray:
        for one in edits:
            raw = one(raw)
        return raw

    return edit


def floats(value: float, count: int):
    def edit(raw: bytearray) -> bytearray:
        raw[70:74] = struct.pack("<hh", 16, 32)
        voxels = np.frombuffer(bytes(raw[352:]), "<i2").astype("<f4")
        voxels[:count] = value
        return raw[:352] + voxels.tobytes()

    return edit


NAN = float("nan")
REFUSED = [
    ("NII_SCALE_INVALID", at(112, "ff", 1.0, NAN)),
    ("NII_SCALE_INVALID", at(112, "ff", float("inf"), 0)),
    ("AFFINE_INVALID", at(280, "12f", *[0.0] * 12)),
    ("AFFINE_INVALID", at(280, "4f", NAN, 0, 0, 0)),
    ("AFFINE_INVALID", at(280, "4f", 1, 0, 0, 1e7)),
    ("SPACING_INVALID", at(80, "f", 0.0)),
    ("SPACING_INVALID", at(80, "f", NAN)),
    ("SPACING_INVALID", at(280, "12f", 30, 0, 0, 0, 0, 30, 0, 0, 0, 0, 30, 0)),
    ("SIZE_IMPLAUSIBLE", at(42, "3h", 32767, 32767, 32767)),
    ("FILE_TRUNCATED", at(42, "3h", 240, 200, 160)),
    ("DIMS_INVALID", at(42, "h", -4)),
    ("DIMS_INVALID", at(40, "h", 0)),
    ("DIMS_INVALID", at(46, "h", 0)),
    ("DIMS_INVALID", at(40, "h", 9)),
    ("FILE_TRUNCATED", lambda raw: raw[:-2000]),
    ("FILE_TRUNCATED", lambda raw: raw[:300]),
    ("NII_OFFSET_INVALID", at(108, "f", -5.0)),
    ("NII_OFFSET_INVALID", at(108, "f", NAN)),
    ("NII_OFFSET_INVALID", at(108, "f", 1e9)),
    ("NOT_3D", at(40, "5h", 4, 12, 20, 16, 2)),
    ("NOT_3D", at(40, "h", 2)),
    ("DTYPE_UNSUPPORTED", at(70, "hh", 128, 24)),
    ("DTYPE_UNSUPPORTED", at(70, "hh", 32, 64)),
    ("VOXELS_NOT_FINITE", floats(NAN, 500)),
    ("HU_IMPLAUSIBLE", floats(50000.0, 1)),
    ("NII_MALFORMED", at(344, "4s", b"ni1\0")),
    ("AFFINE_SHEARED", at(280, "12f", 0.5, 0.1, 0, 0, 0, 0.6, 0, 0, 0, 0, 0.8, 0)),
]


@pytest.mark.parametrize("name", ["x.nii", "x.nii.gz"])
@pytest.mark.parametrize(("code", "edit"), REFUSED)
def test_what_cannot_be_trusted_is_refused_by_its_code(tmp_path, limb, code, edit, name):
    path = broken(tmp_path, limb, edit, name)
    with pytest.raises(ScanError) as caught:
        open_scan(path)
    assert caught.value.code == code
    assert caught.value.message.endswith(".")


CAVEATS = [
    ("withhold", "ORIENTATION_UNKNOWN", at(252, "hh", 0, 0)),
    ("withhold", "NII_FORMS_DISAGREE", at(268, "f", 5.0)),
    ("caveat", "HU_OFFSET_AMBIGUOUS", at(112, "ff", 0.0, -1024.0)),
    ("caveat", "HU_OFFSET_AMBIGUOUS", at(112, "ff", NAN, -1024.0)),
    ("caveat", "VOXELS_NOT_FINITE", floats(NAN, 20)),
    (
        "info",
        "UNITS_CONVERTED",
        all_of(
            at(123, "b", 3),
            at(76, "4f", 1, 500, 600, 800),
            at(268, "3f", 0, 0, 0),
            at(280, "12f", -500, 0, 0, 0, 0, -600, 0, 0, 0, 0, 800, 0),
        ),
    ),
]


@pytest.mark.parametrize(("level", "code", "edit"), CAVEATS)
def test_what_is_doubtful_is_read_and_said(tmp_path, limb, level, code, edit):
    scan = open_scan(broken(tmp_path, limb, edit))
    assert (level, code) in [(f.level, f.code) for f in scan.findings]
    assert np.allclose(scan.volume.grid.spacing, (0.5, 0.6, 0.8), atol=0.01)


def test_a_slight_shear_is_resampled_and_said(tmp_path, limb):
    shape = (96, 80, 40)
    path = tmp_path / "x.nii"
    write_nifti(limb(shape), Grid.axis_aligned(shape, (0.5, 0.6, 0.8), (0, 0, 0)), path)
    raw = bytearray(path.read_bytes())
    path.write_bytes(all_of(at(252, "h", 0), at(280, "12f", -0.5, 0.004, 0, 0, 0, -0.6, 0, 0, 0, 0, 0.8, 0))(raw))
    scan = open_scan(path)
    assert ("caveat", "AFFINE_SHEARED") in [(f.level, f.code) for f in scan.findings]
    axes = scan.volume.grid.affine[:3, :3] / scan.volume.grid.spacing
    assert np.allclose(axes.T @ axes, np.eye(3), atol=1e-9)
    assert np.abs(scan.volume.hu.astype(int) - limb(shape))[30:60, 30:60, 10:30].mean() < 120


def test_the_spacing_of_disagreeing_forms_is_that_of_the_sform(tmp_path, limb):
    scan = open_scan(broken(tmp_path, limb, at(80, "3f", 2.0, 2.0, 2.0)))
    assert "NII_FORMS_DISAGREE" in [f.code for f in scan.findings]
    assert np.allclose(scan.volume.grid.spacing, (0.5, 0.6, 0.8))


def test_a_fourth_dimension_of_one_is_no_obstacle(tmp_path, limb):
    assert open_scan(broken(tmp_path, limb, at(40, "5h", 4, 24, 20, 16, 1))).volume.hu.shape == (24, 20, 16)


def test_a_wrong_checksum_is_refused(tmp_path, limb):
    path = tmp_path / "x.nii.gz"
    write_nifti(limb(), grid(), path)
    raw = bytearray(path.read_bytes())
    raw[-6] ^= 0xFF
    path.write_bytes(raw)
    with pytest.raises(ScanError) as caught:
        open_scan(path)
    assert caught.value.code == "GZIP_CRC"


def test_a_bomb_is_refused_before_it_is_inflated(tmp_path, limb):
    path = broken(tmp_path, limb, lambda raw: at(42, "3h", 1000, 1000, 1000)(raw) + b"\0" * 2_000_000, "x.nii.gz")
    with pytest.raises(ScanError) as caught:
        open_scan(path)
    assert caught.value.code == "ARCHIVE_BOMB"


def test_values_1024_too_low_are_suspected(tmp_path, limb):
    scan = open_scan(broken(tmp_path, limb, at(112, "ff", 1.0, -1024.0)))
    assert ("withhold", "HU_OFFSET_SUSPECT") in [(f.level, f.code) for f in scan.findings]


def test_cancelling_stops_the_reading(tmp_path, limb):
    path = broken(tmp_path, limb, lambda raw: raw)
    with pytest.raises(Cancelled):
        open_scan(path, cancelled=lambda: True)


def test_no_more_is_read_than_tells_copies_apart(tmp_path, monkeypatch):
    read: list[str] = []
    sha256 = guard.sha256_of_file
    monkeypatch.setattr(guard, "sha256_of_file", lambda path: read.append(path.name) or sha256(path))
    for name, data in {"a": b"1234", "b": b"1234", "c": b"1235", "d": b"12345"}.items():
        (tmp_path / name).write_bytes(data)
    a, b, c, d = (tmp_path / name for name in "abcd")
    assert without_copies([a, b]) == [a] and read == ["a", "b"]
    read.clear()
    assert without_copies([a]) == [a] and without_copies([a, b, d]) == [a, b, d] and read == []
    assert without_copies([a, c, b]) == [a, c, b] and read == ["a", "c"]
    with pytest.raises(Cancelled):
        without_copies([a, b], lambda: len(read) == 3)
    assert read == ["a", "c", "a"]
