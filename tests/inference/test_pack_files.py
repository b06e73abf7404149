"""The files of a pack: whatever is hostile or no pack at all is refused, and within bounds."""

from __future__ import annotations

import json
import os
import struct
import time
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from ankleviewer.inference import pack_files, packs
from ankleviewer.inference.pack_files import FILES, besides, manifest_text, write_files
from ankleviewer.inference.packs import read_pack


def test_archives_that_lie(tmp_path, pack_writer, zipped, code_of) -> None:
    folder = pack_writer(tmp_path / "p")
    (tmp_path / "text.zip").write_text("no archive")
    assert code_of(read_pack, tmp_path / "text.zip") == "MODEL_ARCHIVE_INVALID"
    whole = zipped(folder, tmp_path / "whole.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    assert code_of(read_pack, tmp_path / "cut.zip") == "MODEL_ARCHIVE_INVALID"
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for n in range(pack_files.MAX_MEMBERS + 1):
            archive.writestr(f"{n}", "")
    assert code_of(read_pack, tmp_path / "many.zip") == "MODEL_ARCHIVE_INVALID"
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        archive.writestr("a/manifest.json", "{}")
        archive.writestr("b/manifest.json", "{}")
    assert code_of(read_pack, tmp_path / "twice.zip") == "MODEL_FILE_MISSING"


def test_what_is_no_ordinary_file_is_not_read(tmp_path, pack_writer, code_of) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    folder = pack_writer(tmp_path / "p")
    (folder / "manifest.json").unlink()
    os.mkfifo(folder / "manifest.json")
    for path in (tmp_path / "pipe.zip", folder, Path("/dev/zero")):
        assert code_of(read_pack, path) == "MODEL_FILE_UNREADABLE"


@pytest.mark.parametrize("claim", [None, 400 * 2**20, 2**31 - 1])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, pack_writer, claim: int | None, code_of) -> None:
    folder = pack_writer(tmp_path / "p")
    record = json.loads((folder / "manifest.json").read_text())
    size = claim or 400 * 2**20
    record["files"]["model.onnx"]["bytes"] = claim or record["files"]["model.onnx"]["bytes"]
    with zipfile.ZipFile(tmp_path / "bomb.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("manifest.json", json.dumps(record))
        with archive.open("model.onnx", "w") as stream:
            for _ in range(min(size, 400 * 2**20) // 2**20):
                stream.write(bytes(2**20))
    assert (tmp_path / "bomb.zip").stat().st_size < 4_000_000
    tracemalloc.start()
    start = time.process_time()
    code = code_of(lambda: read_pack(tmp_path / "bomb.zip").verify())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code in ("MODEL_ARCHIVE_INVALID", "MODEL_MANIFEST_INVALID")
    assert peak < 8 * 2**20 and time.process_time() - start < 1.0


def test_a_file_of_another_size_is_not_read(tmp_path, pack_writer, monkeypatch, zipped, code_of) -> None:
    folder = pack_writer(tmp_path / "p")
    model = folder / "model.onnx"
    archive = zipped(folder, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "longer.zip", "w") as longer:
        for file in folder.iterdir():
            longer.writestr(file.name, file.read_bytes() + (b" " if file == model else b""))
    read_pack(archive).verify()
    with model.open("r+b") as stream:
        stream.truncate(2**40)  # takes no room on the disk
    monkeypatch.setattr(packs, "hashed", lambda *_: pytest.fail("it may not be read"))
    for source in (folder, tmp_path / "longer.zip"):
        assert code_of(read_pack(source).model_bytes) == "MODEL_HASH_MISMATCH"


def test_methods_that_unpack_without_a_bound_are_refused(tmp_path, pack_writer, code_of) -> None:
    folder = pack_writer(tmp_path / "p")
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_BZIP2) as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    assert code_of(read_pack, tmp_path / "b.zip") == "MODEL_ARCHIVE_INVALID"


def test_what_lies_beside_a_pack_is_named(tmp_path: Path) -> None:
    write_files(tmp_path, dict.fromkeys(FILES, b"x"))
    write_files(tmp_path, dict.fromkeys((".DS_Store", "Thumbs.db", "desktop.ini", "._model.onnx"), b""))
    assert besides(tmp_path) == ""
    write_files(tmp_path, dict.fromkeys("gfedcba", b""))
    assert besides(tmp_path) == "a, b, c, d, e and 2 more"


def test_a_list_of_files_that_the_last_record_does_not_tell_of_is_not_parsed(tmp_path, code_of, monkeypatch) -> None:
    """35 MB of it would take half a minute and as many hundred MB, each time that somebody looks for models."""
    path = tmp_path / "pack.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("manifest.json", "{}")
    raw = path.read_bytes()
    first, end = raw.index(b"PK\x01\x02"), raw.rindex(b"PK\x05\x06")
    monkeypatch.setattr(zipfile.ZipInfo, "_decodeExtra", lambda *_: pytest.fail("an entry was parsed"))
    for entries in (pack_files.MAX_MEMBERS + 1, 100_000):
        listed = raw[first:end] * entries
        path.write_bytes(raw[:first] + listed + struct.pack("<4s4H2LH", b"PK\x05\x06", 0, 0, 3, 3, len(listed), first, 0))
        assert code_of(manifest_text, path) == "MODEL_ARCHIVE_INVALID"
