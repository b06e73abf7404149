"""A ZIP is unpacked within limits, whatever its names say; every refusal has its code, and nothing is left behind."""

from __future__ import annotations

import errno
import os
import stat
import struct
import tempfile
import time
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from ankleviewer.core.errors import Cancelled, ScanError
from ankleviewer.core.geometry import Grid
from ankleviewer.io import archive, guard, reader
from ankleviewer.io.dicom import headers as dicom_headers
from ankleviewer.io.nifti import HEAT_MAP, write_nifti


@pytest.fixture
def temporary(tmp_path, monkeypatch) -> Path:
    """The folder in which temporary folders are made; it must be empty in the end."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


@pytest.fixture
def image(tmp_path, limb) -> Path:
    write_nifti(limb(), Grid.axis_aligned((24, 20, 16), 1.0, (0, 0, 0)), tmp_path / "x.nii.gz")
    return tmp_path / "x.nii.gz"


def packed(target: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(target, "w", method) as file:
        for name, data in members.items():
            file.writestr(name, data)
    return target


def refused(path: Path) -> str:
    with pytest.raises(ScanError) as caught:
        reader.open_scan(path)
    assert caught.value.message.endswith((".", ";"))
    return caught.value.code


def test_a_heat_map_of_our_own_is_no_scan(tmp_path, image, limb, temporary) -> None:
    heat = tmp_path / "heat.nii.gz"
    write_nifti(limb(), Grid.axis_aligned((24, 20, 16), 1.0, (0, 0, 0)), heat, description=HEAT_MAP)
    both = packed(tmp_path / "both.zip", {"heat.nii.gz": heat.read_bytes(), "x.nii.gz": image.read_bytes()})
    assert reader.open_scan(both).sha256 == guard.sha256_of_file(image)
    assert refused(packed(tmp_path / "one.zip", {"heat.nii.gz": heat.read_bytes()})) == "OWN_HEAT_MAP"
    assert not list(temporary.iterdir())


def test_an_image_is_read_as_if_it_lay_there(tmp_path, image, temporary) -> None:
    zipped = packed(
        tmp_path / "Knöchel 北.zip",
        {"a/b/x.nii.gz": image.read_bytes(), "__MACOSX/a/b/._x.nii.gz": b"\1", "readme.txt": b"hello"},
    )
    told: list[float] = []
    scan, plain = reader.open_scan(zipped, progress=lambda share, _: told.append(share)), reader.open_scan(image)
    np.testing.assert_array_equal(scan.volume.hu, plain.volume.hu)
    assert scan.sha256 == plain.sha256 and scan.path == str(zipped) and scan.format == "nifti"
    assert told == sorted(told) and told[-1] == 1.0
    assert not list(temporary.iterdir())


def test_a_dicom_series_is_read_as_if_it_lay_there(tmp_path, series, limb, temporary) -> None:
    folder = series(limb())
    members = {f"DICOMDIR/{n}/{p.name}": p.read_bytes() for n, p in enumerate(sorted(folder.iterdir()))}
    members |= {"DICOMDIR/DICOMDIR": b"index", "__MACOSX/DICOMDIR/0/._a": b"\1"}
    scan, plain = reader.open_scan(packed(tmp_path / "s.zip", members)), reader.open_scan(folder)
    np.testing.assert_array_equal(scan.volume.hu, plain.volume.hu)
    assert scan.sha256 == plain.sha256 and scan.format == "dicom"
    assert not list(temporary.iterdir())


@pytest.mark.parametrize(
    "name", ["../x.nii", "a/../../x.nii", "/etc/x.nii", "C:\\x.nii", "C:x.nii", "..\\x.nii", "\\\\server\\share\\x.nii"]
)
def test_names_that_lead_out(tmp_path, image, temporary, name: str) -> None:
    assert refused(packed(tmp_path / "s.zip", {name: image.read_bytes()})) == "ARCHIVE_UNSAFE_PATH"
    assert not list(temporary.iterdir()) and not (tmp_path / "x.nii").exists()


def test_links(tmp_path, temporary) -> None:
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as file:
        link = zipfile.ZipInfo("x.nii")
        link.create_system = 3
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        file.writestr(link, "/etc/passwd")
    assert refused(tmp_path / "s.zip") == "ARCHIVE_UNSAFE_PATH"


def test_bombs(tmp_path, image, temporary, monkeypatch) -> None:
    monkeypatch.setattr(guard, "RATIO_FREE_BYTES", 1_000_000)
    assert refused(packed(tmp_path / "zeros.zip", {"x.nii": bytes(3_000_000)})) == "ARCHIVE_BOMB"
    monkeypatch.setattr(guard, "MAX_BYTES", 10_000)
    assert refused(packed(tmp_path / "large.zip", {"x.nii": image.read_bytes() * 9})) == "ARCHIVE_BOMB"
    assert not list(temporary.iterdir())


def test_a_size_that_lies(tmp_path, temporary) -> None:
    zipped = packed(tmp_path / "s.zip", {"x.nii": bytes(5000)})
    raw = bytearray(zipped.read_bytes())
    place = raw.rindex(b"PK\x01\x02") + 24  # the uncompressed size in the central directory
    raw[place : place + 4] = struct.pack("<I", 10)
    zipped.write_bytes(bytes(raw))
    assert refused(zipped) in ("ARCHIVE_BOMB", "ARCHIVE_DAMAGED")
    assert not list(temporary.iterdir())


def test_members_that_overlap(tmp_path, image, temporary) -> None:
    zipped = packed(tmp_path / "s.zip", {"a.nii": image.read_bytes()})
    raw = zipped.read_bytes()
    start = raw.index(b"PK\x01\x02")
    entry = raw[start : raw.rindex(b"PK\x05\x06")]
    end = bytearray(raw[raw.rindex(b"PK\x05\x06") :])
    end[8:12] = struct.pack("<HH", 50, 50)
    end[12:16] = struct.pack("<I", 50 * len(entry))
    zipped.write_bytes(raw[:start] + entry * 50 + bytes(end))
    assert refused(zipped) == "ARCHIVE_BOMB"


def test_too_many_files(tmp_path, temporary, monkeypatch) -> None:
    monkeypatch.setattr(guard, "MAX_FILES", 3)
    zipped = packed(tmp_path / "s.zip", {f"{n}": b"x" for n in range(4)})
    assert refused(zipped) == "ARCHIVE_TOO_LARGE"
    monkeypatch.setattr(guard, "zip_entries", lambda path: 0)  # where the last record does not tell, the directory does
    assert refused(zipped) == "ARCHIVE_TOO_LARGE"


def test_a_list_of_files_that_the_last_record_does_not_tell_of(tmp_path, image, temporary, monkeypatch) -> None:
    """The library would read it whole: seconds for some hundred thousand, in which nobody can stop it."""
    zipped = packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes()})
    raw = zipped.read_bytes()
    start, last = raw.index(b"PK\x01\x02"), raw.index(b"PK\x05\x06")
    entry, end = raw[start:last], bytearray(raw[last:])
    struct.pack_into("<I", end, 12, len(entry) * 100_000)
    zipped.write_bytes(raw[:start] + entry * 100_000 + end)  # it claims one file
    monkeypatch.setattr(zipfile.ZipInfo, "_decodeExtra", lambda *_: pytest.fail("entries are read"))
    with pytest.raises(ScanError, match="ARCHIVE_TOO_LARGE: The ZIP file holds 100000 files"):
        reader.open_scan(zipped)
    long = b"PK\x01\x02" + bytes(24) + struct.pack("<HHH", 0, 65_535, 65_535) + bytes(12) + bytes(2 * 65_535)
    struct.pack_into("<I", end, 12, len(long) * 160)
    zipped.write_bytes(raw[:start] + long * 160 + end)
    with pytest.raises(ScanError, match="ARCHIVE_TOO_LARGE: The ZIP file's list of its files has 21 MB; at most 20 are read"):
        reader.open_scan(zipped)


def test_as_many_files_as_are_read(tmp_path, image, temporary, monkeypatch) -> None:
    monkeypatch.setattr(guard, "MAX_FILES", 4)
    image_and_others = {"x.nii.gz": image.read_bytes(), **{f"{n}.txt": b"x" for n in range(3)}}
    assert reader.open_scan(packed(tmp_path / "s.zip", image_and_others)).format == "nifti"


def test_the_longest_name_takes_no_time(tmp_path, image, temporary) -> None:
    """Nobody can stop what is done with it: for one of the length that a ZIP holds it took minutes."""
    zipped = packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes(), "a" * 65_000: b"x", "-" * 65_000: b"x"})
    start = time.process_time()
    assert reader.open_scan(zipped).format == "nifti"
    assert time.process_time() - start < 15.0, "some hundredths of a second"


@pytest.mark.parametrize(
    ("slices", "blank", "told"),
    [
        ("{:03d}.dcm", "017.dcm", "IMAGES_CUT_OFF"),
        ("IM{:04d}", "IM0017", "IMAGES_CUT_OFF"),
        ("IM{:04d}", "LOCK", ""),
        ("{:03d}.dcm", "note.txt", ""),
        ("{:03d}.dcm", ".x.dcm", ""),
        ("1/{:03d}.dcm", "2/017.dcm", ""),
    ],
)
def test_a_blank_file_is_told_as_in_a_folder(tmp_path, series, limb, temporary, slices: str, blank: str, told: str) -> None:
    written = sorted(series(limb((24, 20, 12))).iterdir())
    members = {slices.format(n): file.read_bytes() for n, file in enumerate(written)} | {
        blank: bytes(1000),
        "report.pdf": b"%PDF",
    }
    folder = tmp_path / "unpacked"
    for name, data in members.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(data)
    scan, plain = reader.open_scan(packed(tmp_path / "s.zip", members)), reader.open_scan(folder)
    assert scan.findings == plain.findings and scan.sha256 == plain.sha256
    assert [f.code for f in scan.findings if f.level == "caveat"] == ([told] if told else [])
    assert not list(temporary.iterdir())


def test_encrypted(tmp_path, image, temporary) -> None:
    zipped = packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes()})
    raw = bytearray(zipped.read_bytes())
    raw[6] |= 1
    raw[raw.rindex(b"PK\x01\x02") + 8] |= 1
    zipped.write_bytes(bytes(raw))
    assert refused(zipped) == "ARCHIVE_ENCRYPTED"


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_methods_that_inflate_without_a_bound_are_refused(tmp_path, image, temporary, method) -> None:
    with zipfile.ZipFile(tmp_path / "s.zip", "w", method) as archive:
        archive.write(image, "x.nii.gz")
    assert refused(tmp_path / "s.zip") == "ARCHIVE_UNSUPPORTED" and not list(temporary.iterdir())


def test_an_unknown_method(tmp_path, image, temporary) -> None:
    zipped = packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes()})
    raw = bytearray(zipped.read_bytes())
    raw[8] = 97
    raw[raw.rindex(b"PK\x01\x02") + 10] = 97
    zipped.write_bytes(bytes(raw))
    assert refused(zipped) == "ARCHIVE_UNSUPPORTED"
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("how", ["cut", "flip", "head"])
def test_damage(tmp_path, image, temporary, how: str) -> None:
    zipped = packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes()}, zipfile.ZIP_STORED)
    raw = bytearray(zipped.read_bytes())
    if how == "cut":
        raw = raw[: len(raw) // 2]
    elif how == "flip":
        raw[len(raw) // 2] ^= 0xFF
    else:
        raw = raw[:40]
    zipped.write_bytes(bytes(raw))
    assert refused(zipped) == "ARCHIVE_DAMAGED"
    assert not list(temporary.iterdir())


@pytest.mark.parametrize("method", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
def test_damage_is_named_alike_for_every_method(tmp_path, image, temporary, method: int) -> None:
    zipped = packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes()}, method)
    sound = zipped.read_bytes()
    for place in (200, len(sound) // 2):
        raw = bytearray(sound)
        raw[place : place + 8] = bytes(b ^ 0xFF for b in raw[place : place + 8])
        zipped.write_bytes(bytes(raw))
        assert refused(zipped) == "ARCHIVE_DAMAGED"
    assert not list(temporary.iterdir())


@pytest.mark.parametrize(
    ("number", "code"), [(errno.EIO, "FILE_UNREADABLE"), (errno.ENOSPC, "ARCHIVE_NO_ROOM"), (errno.EDQUOT, "ARCHIVE_NO_ROOM")]
)
def test_an_error_of_the_system_is_no_damage(tmp_path, image, temporary, monkeypatch, number: int, code: str) -> None:
    def failing(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(archive, "_write", failing)
    assert refused(packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes()})) == code
    assert not list(temporary.iterdir())


def test_what_a_killed_process_left_is_removed_after_a_day(tmp_path, image, temporary) -> None:
    def folder(name: str, member: str, age_h: float, kept: Path = temporary) -> Path:
        made = kept / name
        made.mkdir()
        (made / member).write_bytes(b"x")
        os.utime(made, (time.time() - 3600 * age_h,) * 2)
        return made

    old = folder("ankleviewer-ab12_xyz", "000001", 25)
    stay = [
        folder("ankleviewer-zz12_xyz", "000001", 23),  # a scan that is being read
        folder("ankleviewer-pictures", "scan.png", 99),  # of the name, but not ours
        folder("ankleviewer-thesis", "000001", 99),
        folder("somebody-ab12_xyz", "000001", 99),
    ]
    aim = folder("aim", "000001", 99, tmp_path)
    link = temporary / "ankleviewer-link_xyz"
    link.symlink_to(aim)
    os.utime(link, (time.time() - 360_000,) * 2, follow_symlinks=False)
    reader.open_scan(packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes()}))
    assert not old.exists() and all(p.exists() for p in (*stay, link, aim / "000001"))


@pytest.mark.skipif(not hasattr(os, "getuid"), reason="the system tells no owner")
def test_what_another_user_left_stays(tmp_path, image, temporary, monkeypatch) -> None:
    left = temporary / "ankleviewer-ab12_xyz"
    left.mkdir()
    os.utime(left, (0, 0))
    zipped, own = packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes()}), os.getuid()
    monkeypatch.setattr(os, "getuid", lambda: own + 1)
    reader.open_scan(zipped)
    assert left.exists()
    monkeypatch.undo()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    reader.open_scan(zipped)
    assert not left.exists()


def test_nothing_or_too_much_in_it(tmp_path, image, limb, temporary) -> None:
    data = image.read_bytes()
    assert refused(packed(tmp_path / "none.zip", {})) == "ARCHIVE_EMPTY"
    inner = packed(tmp_path / "inner.zip", {"x.nii.gz": data}).read_bytes()
    assert refused(packed(tmp_path / "nested.zip", {"inner.zip": inner, "a.txt": b"x"})) == "ARCHIVE_EMPTY"
    write_nifti(limb() + 1, Grid.axis_aligned((24, 20, 16), 1.0, (0, 0, 0)), tmp_path / "y.nii.gz")
    other = (tmp_path / "y.nii.gz").read_bytes()
    assert refused(packed(tmp_path / "two.zip", {"a.nii.gz": data, "b.nii.gz": other})) == "ARCHIVE_SEVERAL"


def test_a_copy_or_a_report_beside_a_scan_is_no_second_scan(tmp_path, image, one_slice, limb, temporary) -> None:
    data = image.read_bytes()
    reader.open_scan(packed(tmp_path / "copies.zip", {"a.nii.gz": data, "b.nii.gz": data}))
    written = BytesIO()
    one_slice(limb()[:, :, 0], 0, modality="SR").save_as(written, enforce_file_format=True)
    beside = packed(tmp_path / "report.zip", {"a.nii.gz": data, "report.dcm": written.getvalue()})
    assert reader.open_scan(beside).sha256 == guard.sha256_of_file(image)
    written = BytesIO()
    one_slice(limb()[:, :, 0], 0).save_as(written, enforce_file_format=True)
    assert refused(packed(tmp_path / "slice.zip", {"a.nii.gz": data, "1.dcm": written.getvalue()})) == "ARCHIVE_SEVERAL"
    damaged = written.getvalue()[:400]
    assert refused(packed(tmp_path / "damaged.zip", {"a.nii.gz": data, "1.dcm": damaged})) == "ARCHIVE_SEVERAL"


@pytest.fixture
def loaded(monkeypatch) -> list[Path]:
    """The DICOM files whose headers are read."""
    seen: list[Path] = []
    load = dicom_headers.load
    monkeypatch.setattr(dicom_headers, "load", lambda path, pixels: seen.append(path) or load(path, pixels=pixels))
    return seen


def test_the_first_slice_beside_an_image_tells_that_there_is_a_series(tmp_path, image, series, limb, temporary, loaded) -> None:
    members = {f"{n}.dcm": file.read_bytes() for n, file in enumerate(sorted(series(limb()).iterdir()))}
    assert refused(packed(tmp_path / "both.zip", {"a.nii.gz": image.read_bytes(), **members})) == "ARCHIVE_SEVERAL"
    assert len(loaded) == 1 < len(members)


def test_reports_beside_an_image_are_looked_at_until_somebody_stops(
    tmp_path, image, one_slice, limb, temporary, loaded, monkeypatch
) -> None:
    written = BytesIO()
    one_slice(limb()[:, :, 0], 0, modality="SR").save_as(written, enforce_file_format=True)
    reports = {f"{n}.dcm": written.getvalue() for n in range(40)}
    zipped = packed(tmp_path / "reports.zip", {"a.nii.gz": image.read_bytes(), **reports})
    told: list[tuple[float, str]] = []
    reader.open_scan(zipped, progress=lambda *at: told.append(at))
    assert [what for _, what in told].count("Reading headers") == 3 and told == sorted(told, key=lambda at: at[0])
    loaded.clear()
    with pytest.raises(Cancelled):
        reader.open_scan(zipped, cancelled=lambda: len(loaded) == 5)
    assert len(loaded) == 5 and not list(temporary.iterdir())


def test_a_file_that_the_system_does_not_let_go_costs_no_scan(tmp_path, image, temporary, monkeypatch) -> None:
    removed: list[str] = []

    def held(path: str, *_: object, **__: object) -> None:
        removed.append(str(path))
        raise PermissionError(errno.EACCES, "The process cannot access the file because it is being used by another process")

    monkeypatch.setattr(os, "unlink", held)
    scan = reader.open_scan(packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes()}))
    assert scan.volume.hu.shape == (24, 20, 16)
    assert removed  # it was tried
    monkeypatch.undo()


def test_no_room(tmp_path, image, temporary, monkeypatch) -> None:
    monkeypatch.setattr(archive.shutil, "disk_usage", lambda _: type("Usage", (), {"free": 1000})())
    assert refused(packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes()})) == "ARCHIVE_NO_ROOM"


@pytest.mark.parametrize(
    ("owner", "name", "error"),
    [
        (os, "mkdir", OSError(errno.ENOSPC, "No space left on device")),
        (tempfile, "gettempdir", FileNotFoundError(errno.ENOENT, "No usable temporary directory found in ['/tmp']")),
    ],
)
def test_no_room_for_a_folder(tmp_path, image, monkeypatch, owner, name: str, error: OSError) -> None:
    def failing(*_: object, **__: object) -> None:
        raise error

    zipped = packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes()})
    monkeypatch.setattr(owner, name, failing)
    assert refused(zipped) == "ARCHIVE_NO_ROOM"


def test_a_temporary_folder_that_may_not_be_written(tmp_path, image, monkeypatch) -> None:
    def failing(*_: object, **__: object) -> None:
        raise PermissionError(errno.EACCES, "Permission denied")

    zipped = packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes()})
    monkeypatch.setattr(os, "mkdir", failing)
    assert refused(zipped) == "FILE_UNREADABLE"


def test_cancel_leaves_nothing(tmp_path, image, temporary) -> None:
    zipped = packed(tmp_path / "s.zip", {"x.nii.gz": image.read_bytes()})
    with pytest.raises(Cancelled):
        reader.open_scan(zipped, cancelled=lambda: True)
    assert not list(temporary.iterdir())
