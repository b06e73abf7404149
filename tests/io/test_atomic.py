from __future__ import annotations

import os
import stat

import pytest

from ankleviewer.io.atomic import atomic_file, write_bytes, write_text


def test_a_file_is_replaced_whole(tmp_path):
    path = tmp_path / "Größe & co.txt"
    write_text(path, "first")
    write_text(path, "second\n")
    assert path.read_bytes() == b"second\n"
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_after_an_error_the_old_file_stands_and_no_trace_is_left(tmp_path):
    path = tmp_path / "file.bin"
    write_bytes(path, b"old")

    def interrupted() -> None:
        with atomic_file(path) as stream:
            stream.write(b"half of the new")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        interrupted()
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.bin"]


def test_a_disk_that_is_full_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "file.bin"
    write_bytes(path, b"old")

    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_bytes(path, b"new")
    assert path.read_bytes() == b"old"
    assert [p.name for p in tmp_path.iterdir()] == ["file.bin"]


def test_a_missing_folder_is_an_os_error(tmp_path):
    with pytest.raises(OSError):
        write_bytes(tmp_path / "nowhere" / "file", b"")


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_the_file_gets_usual_permissions(tmp_path):
    old = os.umask(0o022)
    try:
        write_bytes(tmp_path / "file", b"")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o644
