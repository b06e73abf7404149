from __future__ import annotations

import errno
import json
import os
import stat
import threading
import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from ankleviewer.io import atomic
from ankleviewer.io.atomic import atomic_file, remove_parts, write_bytes, write_text


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
def test_the_file_gets_the_permissions_of_any_other(tmp_path):
    write_bytes(tmp_path / "file", b"")
    (tmp_path / "other").touch()
    assert (tmp_path / "file").stat().st_mode == (tmp_path / "other").stat().st_mode


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
@pytest.mark.parametrize("mode", [0o600, 0o640, 0o664], ids=oct)
def test_a_file_that_is_replaced_keeps_its_permissions(tmp_path, mode):
    (tmp_path / "file").touch()
    (tmp_path / "file").chmod(mode)
    (tmp_path / "link").symlink_to(tmp_path / "file")
    for name in ("file", "link"):
        write_bytes(tmp_path / name, b"new")
        assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_another_user_s_rights_are_no_wish_of_this_one(tmp_path, monkeypatch):
    """A file left open to all in a shared folder would open what is written into its place."""
    (tmp_path / "file").touch()
    (tmp_path / "file").chmod(0o666)
    monkeypatch.setattr(os, "geteuid", lambda: (tmp_path / "file").stat().st_uid + 1)
    old = os.umask(0o077)
    try:
        write_bytes(tmp_path / "file", b"new")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == (0o600 if Path("/proc/self/status").exists() else 0o644)


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_the_group_s_rights_stay_the_group_s(tmp_path, monkeypatch):
    (tmp_path / "file").touch()
    (tmp_path / "file").chmod(0o4640)
    given = []
    monkeypatch.setattr(os, "chown", lambda name, user, group: given.append((user, group)))
    write_bytes(tmp_path / "file", b"new")
    assert given == [(-1, (tmp_path / "file").stat().st_gid)]
    assert (tmp_path / "file").stat().st_mode & 0o7777 == 0o640, "and no special rights"

    def refused(*_):
        raise PermissionError("no member of that group")

    monkeypatch.setattr(os, "chown", refused)
    write_bytes(tmp_path / "file", b"new")
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == 0o600


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="elsewhere it is that of the program's start")
@pytest.mark.parametrize(("mask", "mode"), [(0o022, 0o644), (0o077, 0o600), (0o007, 0o660)], ids=oct)
def test_a_umask_that_is_set_later_holds(tmp_path, mask, mode):
    old = os.umask(mask)
    try:
        write_bytes(tmp_path / "file", b"")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "file").stat().st_mode) == mode


def test_where_the_system_does_not_tell_the_umask_it_is_that_of_the_start(monkeypatch):
    def none(*_):
        raise FileNotFoundError

    monkeypatch.setattr(atomic, "open", none, raising=False)
    monkeypatch.setattr(atomic, "_AT_FIRST", 0o027)
    assert atomic._umask() == 0o027


@pytest.mark.skipif(os.name != "posix", reason="permissions of POSIX")
def test_two_threads_leave_the_umask_as_it_is(monkeypatch):
    real = os.umask

    def slow(mask):
        time.sleep(0.001)  # the other thread's turn
        return real(mask)

    old = real(0o022)
    try:
        monkeypatch.setattr(os, "umask", slow)
        threads = [threading.Thread(target=lambda: [atomic._umask() for _ in range(50)]) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        left = real(old)
    assert left == 0o022


@pytest.mark.skipif(os.name != "posix", reason="pipes and links of POSIX")
def test_a_pipe_is_written_into_and_stays_a_pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    read = []
    reader = threading.Thread(target=lambda: read.append((tmp_path / "pipe").read_bytes()), daemon=True)
    reader.start()
    write_bytes(tmp_path / "pipe", b"data")
    reader.join(10)
    assert read == [b"data"] and stat.S_ISFIFO((tmp_path / "pipe").stat().st_mode)


@pytest.mark.skipif(not Path("/dev/fd").exists(), reason="no /dev/fd")
def test_a_descriptor_is_written_into_whatever_it_leads_to(tmp_path):
    with open(tmp_path / "log", "wb") as stream:
        stream.write(b"first ")
        stream.flush()
        node = os.fstat(stream.fileno()).st_ino
        write_bytes(f"/dev/fd/{stream.fileno()}", b"second")
    assert (tmp_path / "log").read_bytes() == b"first second" and (tmp_path / "log").stat().st_ino == node
    reading, writing = os.pipe()
    write_bytes(f"/dev/fd/{writing}", b"data")
    os.close(writing)
    with open(reading, "rb") as stream:
        assert stream.read() == b"data"


@pytest.mark.skipif(os.name != "posix", reason="terminals of POSIX")
def test_a_device_is_written_into():
    ours, device = os.openpty()  # a device that a failure does no harm to
    try:
        write_bytes(os.ttyname(device), b"data")
        assert os.read(ours, 10) == b"data"
    finally:
        os.close(device)
        os.close(ours)


@pytest.mark.skipif(os.name != "posix", reason="pipes and links of POSIX")
def test_a_link_stays_and_its_file_is_replaced(tmp_path):
    (tmp_path / "there").mkdir()
    link, file = tmp_path / "link", tmp_path / "there" / "file"
    link.symlink_to(file)
    for data in (b"first", b"second"):  # the file is made, then replaced
        write_bytes(link, data)
        assert link.is_symlink() and file.read_bytes() == data and not file.is_symlink()
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["file", "link", "there"]


def test_a_name_that_is_no_utf_8_is_written_as_json_says_it(tmp_path):
    name = os.fsdecode(b"scan-\xff.nii") if os.name == "posix" else "scan-\udcff.nii"
    write_text(tmp_path / "r.json", json.dumps({"path": name, "unit": "\u00d7"}, ensure_ascii=False))
    assert b"scan-\\udcff.nii" in (tmp_path / "r.json").read_bytes()
    assert json.loads((tmp_path / "r.json").read_text("utf-8")) == {"path": name, "unit": "\u00d7"}


@pytest.mark.parametrize("number", [errno.EPERM, errno.ENOTSUP])
def test_a_share_that_knows_no_rights_is_written_to(tmp_path, monkeypatch, number):
    def refuse(*_):
        raise OSError(number, "no rights here")

    monkeypatch.setattr(atomic.os, "chmod", refuse)
    for data in (b"1", b"2"):
        atomic.write_bytes(tmp_path / "a", data)
        assert (tmp_path / "a").read_bytes() == data and len(list(tmp_path.iterdir())) == 1


@pytest.mark.parametrize(("system", "times", "written"), [("nt", 3, True), ("nt", 10**6, False), ("posix", 1, False)])
def test_a_file_that_is_held_for_a_moment_is_waited_for_on_windows(tmp_path, monkeypatch, system, times, written):
    real, asked = os.replace, []

    def held(made, target):
        asked.append(made)
        if len(asked) <= times:
            raise PermissionError(13, "held")
        real(made, target)

    monkeypatch.setattr(atomic, "os", SimpleNamespace(replace=held, name=system))
    monkeypatch.setattr(atomic, "_HELD_S", 0.2)
    (tmp_path / "new").write_bytes(b"1")
    if written:
        atomic.replace(tmp_path / "new", tmp_path / "a")
        assert (tmp_path / "a").read_bytes() == b"1"
        return
    with pytest.raises(PermissionError):
        atomic.replace(tmp_path / "new", tmp_path / "a")
    assert (len(asked) > 1) is (system == "nt") and not (tmp_path / "a").exists()


def test_what_killed_writers_left_is_removed_once_it_is_old(tmp_path):
    (tmp_path / "inputs").mkdir()
    old = [tmp_path / ".ab3_d9x1.part", tmp_path / "inputs" / ".zzzzzzzz.part"]
    others = [tmp_path / ".ab3d9x12.part", tmp_path / "a.part", tmp_path / ".abc.part", tmp_path / "inputs" / "scan.npy"]
    for file in (*old, *others):
        file.touch()
    for file in (*old, *others[1:]):
        os.utime(file, (0, 0))
    remove_parts(tmp_path, 3600)
    assert not any(file.exists() for file in old) and all(file.exists() for file in others)
    remove_parts(tmp_path / "missing", 3600)
