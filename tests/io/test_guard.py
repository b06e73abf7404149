from __future__ import annotations

import gzip
import hashlib
import os
import zipfile
import zlib
from pathlib import Path

import pytest

from ankleviewer.core.errors import ScanError
from ankleviewer.io import guard


def code_of(call, *args) -> str:
    with pytest.raises(ScanError) as caught:
        call(*args)
    return caught.value.code


def test_only_ordinary_files_are_opened(tmp_path):
    assert code_of(guard.plain_file, tmp_path / "none") == "FILE_NOT_FOUND"
    assert code_of(guard.plain_file, tmp_path) == "FILE_UNREADABLE"
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "pipe")
        assert code_of(guard.plain_file, tmp_path / "pipe") == "FILE_UNREADABLE"


def test_links_out_of_the_folder_are_left_out(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "ünï (1) & co").write_bytes(b"x")
    (tmp_path / "secret").write_bytes(b"y")
    (tmp_path / "in" / "link").symlink_to(tmp_path / "secret")
    (tmp_path / "in" / "sub").mkdir()
    (tmp_path / "in" / "sub" / "file").write_bytes(b"z")
    assert [p.name for p in guard.files_below(tmp_path / "in")] == ["ünï (1) & co", "file"]
    assert [p.name for p in guard.files_below(tmp_path / "in", recursive=False)] == ["ünï (1) & co"]


def test_subfolders_are_gone_through_eight_deep(tmp_path):
    folder = tmp_path
    for depth in range(10):
        (folder / f"file{depth}").write_bytes(b"x")
        folder /= "in"
        folder.mkdir()
    assert sorted(p.name for p in guard.files_below(tmp_path)) == [f"file{depth}" for depth in range(9)]


def test_a_link_in_a_circle_is_left_out_of_a_folder_and_refused_as_a_file(tmp_path):
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "file").write_bytes(b"x")
    assert [p.name for p in guard.files_below(tmp_path)] == ["file"]
    assert code_of(guard.plain_file, tmp_path / "loop") == "FILE_NOT_FOUND"
    assert code_of(guard.files_below, tmp_path / "loop") == "FILE_NOT_FOUND"


def test_a_folder_that_may_not_be_entered_is_left_out(tmp_path, monkeypatch):
    (tmp_path / "closed").mkdir()
    for name in ("closed/a", "b"):
        (tmp_path / name).write_bytes(b"x")
    plain = type(tmp_path).is_file

    def is_file(path):
        if path.parent.name == "closed":
            raise PermissionError
        return plain(path)

    monkeypatch.setattr(type(tmp_path), "is_file", is_file)
    assert [p.name for p in guard.files_below(tmp_path)] == ["b"]


@pytest.mark.parametrize("gone", [FileNotFoundError(2, "No such file"), OSError(116, "Stale file handle")])
def test_a_file_that_is_listed_and_not_there_is_no_file_less(tmp_path, monkeypatch, gone):
    """A share that is away, or a name too long for Windows: the end of a stack would be lost unseen."""
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "nowhere").symlink_to(tmp_path / "none")
    assert [p.name for p in guard.files_below(tmp_path)] == ["a", "b"]
    real, seen = os.stat, os.lstat

    def lost(path, *more, **how):
        if os.fspath(path).endswith("/b"):
            raise gone
        return (real if how.pop("follow_symlinks", True) else seen)(path, *more, **how)

    monkeypatch.setattr(guard.os, "stat", lost)
    monkeypatch.setattr(guard.os, "lstat", lambda path, *more, **how: lost(path, *more, follow_symlinks=False, **how))
    with pytest.raises(ScanError, match="FILE_UNREADABLE: The folder cannot be read whole"):
        guard.files_below(tmp_path)
    if isinstance(gone, FileNotFoundError):
        monkeypatch.setattr(guard.os, "listdir", lambda _folder: ["a", "nowhere"])
        assert [p.name for p in guard.files_below(tmp_path)] == ["a"], "another program took it away meanwhile"


@pytest.mark.parametrize("where", ["study", "study/below"])
@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(116, "Stale file handle")])
def test_a_folder_that_cannot_be_listed(tmp_path, monkeypatch, where, error):
    top = tmp_path / "study"
    (top / "below").mkdir(parents=True)
    (top / "b").write_bytes(b"x")
    plain = os.scandir

    def scandir(path):
        if Path(path) == tmp_path / where:
            raise type(error)(error.errno, error.strerror, str(path))
        return plain(path)

    monkeypatch.setattr(os, "scandir", scandir)
    if where != "study" and isinstance(error, PermissionError):  # as folders of the system are on every stick
        assert [p.name for p in guard.files_below(top)] == ["b"]
    else:
        with pytest.raises(ScanError, match=f"FILE_UNREADABLE: The folder cannot be read whole .{error.strerror}"):
            guard.files_below(top)


def test_folders_are_capped(tmp_path, monkeypatch):
    for n in range(4):
        (tmp_path / str(n)).write_bytes(b"abc")
    monkeypatch.setattr(guard, "MAX_FILES", 3)
    assert code_of(guard.files_below, tmp_path) == "FOLDER_TOO_LARGE"
    monkeypatch.setattr(guard, "MAX_FILES", 10)
    monkeypatch.setattr(guard, "MAX_FILE_BYTES", 2)
    assert len(guard.files_below(tmp_path)) == 4  # no DICOM: nothing of them is read
    (tmp_path / "4").write_bytes(b"\0" * 128 + b"DICM")
    assert code_of(guard.files_below, tmp_path) == "FOLDER_TOO_LARGE"
    assert code_of(guard.files_below, tmp_path / "none") == "FILE_NOT_FOUND"


@pytest.mark.parametrize(
    ("head", "kind"),
    [
        (b"\0" * 128 + b"DICM" + b"\0" * 9, "dicom"),
        (b"\x08\0\x05\0" + b"CS" + b"\0" * 40, "dicom"),
        (b"\x5c\x01\0\0" + b"\0" * 344, "nifti"),
        (b"\0\0\x02\x1c" + b"\0" * 540, "nifti"),
        (b"", "unknown"),
        (b"PK\3\4rest", "zip"),
        (b"PK\5\6" + b"\0" * 18, "zip"),
        (gzip.compress(b"\x5c\x01\0\0" + b"\0" * 344, mtime=0), "nifti.gz"),
        (gzip.compress(b"a text" * 99, mtime=0), "unknown"),
    ],
)
def test_kinds_are_told_by_content(tmp_path, head, kind):
    path = tmp_path / "name.nii.gz"
    path.write_bytes(head)
    assert guard.kind_of(path) == kind


@pytest.mark.parametrize(("data", "blank"), [(b"", True), (bytes(5000), True), (b"\0" * 351 + b"x", False), (b"ab", False)])
def test_room_that_was_never_filled(tmp_path, data, blank):
    (tmp_path / "x").write_bytes(data)
    assert guard.is_blank(tmp_path / "x") is blank


def test_an_unreadable_file_among_others_is_of_no_kind(tmp_path, unreadable):
    path = tmp_path / "x"
    path.write_bytes(b"\0" * 128 + b"DICM")
    assert guard.kind_among(path) == "dicom"
    unreadable(path)
    assert guard.kind_among(path) == "unknown"
    with pytest.raises(PermissionError):
        guard.kind_of(path)


@pytest.mark.parametrize(
    ("claimed", "stored", "compressed", "code"),
    [
        (7_000_000_000, 10_000, False, "SIZE_IMPLAUSIBLE"),
        (6_750_000_000, 1_040_000, True, "ARCHIVE_BOMB"),
        (1_000_000_000, 1_040_000, True, "ARCHIVE_BOMB"),
        (200_000_000, 1000, True, "FILE_TRUNCATED"),
        (500, 400, False, "FILE_TRUNCATED"),
    ],
)
def test_claims_are_compared_with_the_file_before_anything_is_read(claimed, stored, compressed, code):
    assert code_of(guard.check_claim, claimed, stored, compressed) == code


def test_honest_claims_pass():
    guard.check_claim(1000, 1000, False)
    guard.check_claim(80_000_000, 30_000_000, True)
    guard.check_claim(2_000_000, 4_000, True)


def gz(tmp_path, data: bytes, cut: int = 0, flip: int | None = None):
    raw = bytearray(gzip.compress(data))
    if flip is not None:
        raw[flip] ^= 0xFF
    path = tmp_path / "file.gz"
    path.write_bytes(bytes(raw[: len(raw) - cut]))
    return path


def read_all(path, count: int, slack: int = 16) -> bytes:
    with guard.BoundedReader(path, True) as stream:
        data = stream.read(count)
        stream.finish(slack)
    return data


def test_a_sound_gzip_is_read_to_its_trailer(tmp_path):
    data = os.urandom(5000)
    assert read_all(gz(tmp_path, data), 5000) == data


@pytest.mark.parametrize(
    ("cut", "flip", "count", "code"),
    [
        (4, None, 5000, "FILE_TRUNCATED"),
        (600, None, 5000, "FILE_TRUNCATED"),
        (0, -6, 5000, "GZIP_CRC"),
        (0, None, 6000, "FILE_TRUNCATED"),
        (0, None, 100, "ARCHIVE_BOMB"),
    ],
)
def test_damage_to_a_gzip_is_named(tmp_path, cut, flip, count, code):
    assert code_of(read_all, gz(tmp_path, os.urandom(5000), cut, flip), count) == code


def test_skipping_moves_forward(tmp_path):
    with guard.BoundedReader(gz(tmp_path, bytes(range(200))), True) as stream:
        stream.skip(50)
        assert stream.read(1) == b"2"


def deflate(data: bytes) -> bytes:
    engine = zlib.compressobj(wbits=-15)
    return engine.compress(data) + engine.flush()


def test_how_many_files_a_zip_claims(tmp_path):
    for count in (0, 3, 70_000):  # so many take a record of their own
        with zipfile.ZipFile(tmp_path / "z", "w") as archive:
            for n in range(count):
                archive.writestr(f"{n}", b"")
            archive.comment = b"x" * 500
        assert guard.zip_entries(tmp_path / "z") == count
    (tmp_path / "z").write_bytes(b"no archive")
    assert guard.zip_entries(tmp_path / "z") == 0


def test_inflating_is_bounded():
    assert guard.inflate_bounded(deflate(b"abc" * 100), 300) == b"abc" * 100
    assert code_of(guard.inflate_bounded, deflate(b"\0" * 10_000_000), 1000) == "ARCHIVE_BOMB"
    assert code_of(guard.inflate_bounded, deflate(os.urandom(500))[:-9], 1000) == "FILE_TRUNCATED"
    assert code_of(guard.inflate_bounded, b"\xff" * 30, 1000) == "FILE_TRUNCATED"


def test_a_folder_hash_does_not_depend_on_names_or_order(tmp_path):
    (tmp_path / "a").write_bytes(b"1")
    one = guard.sha256_of_file(tmp_path / "a")
    assert one == hashlib.sha256(b"1").hexdigest()
    assert (
        guard.sha256_of_files([one, "ff"])
        == guard.sha256_of_files(["ff", one])
        == hashlib.sha256("".join(sorted([one, "ff"])).encode()).hexdigest()
    )


def test_a_link_to_a_file_of_the_folder_is_that_file(tmp_path):
    (tmp_path / "objects").mkdir()
    for name in ("objects/1", "2"):
        (tmp_path / name).write_bytes(b"x")
    (tmp_path / "scan").symlink_to("objects/1")
    (tmp_path / "latest").symlink_to("2")
    assert sorted(p.name for p in guard.files_below(tmp_path)) == ["1", "2"]


def test_a_short_gzip_of_something_else_is_no_scan_among_others(tmp_path):
    note, stump, broken = (tmp_path / name for name in ("notes.txt.gz", "stump.nii.gz", "broken.nii.gz"))
    note.write_bytes(gzip.compress(b"hello", mtime=0))
    stump.write_bytes(gzip.compress(b"\x5c\x01\0\0" + bytes(100), mtime=0))
    broken.write_bytes(b"\x1f\x8b" + bytes(20))
    assert [guard.kind_among(f) for f in (note, stump, broken)] == ["unknown", "nifti.gz", "nifti.gz"]
    assert guard.kind_of(note) == "nifti.gz", "opened by itself it is told what is wrong with it"
