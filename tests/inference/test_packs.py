"""packs: found by name and by path, as folder and as .zip; anything changed, foreign or hostile is refused before it runs."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import tracemalloc
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from ankleviewer.core import paths
from ankleviewer.core.assessment.preprocess import BONE, PAPER
from ankleviewer.core.errors import ModelError
from ankleviewer.inference import packs
from ankleviewer.inference.packs import ModelPack, add_pack, default_pack, list_packs, load_pack, look_twice, read_pack


def zipped(folder: Path, target: Path, top: str = "") -> Path:
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in folder.iterdir():
            archive.write(file, f"{top}{file.name}")
    return target


def code_of(call, *arguments) -> str:
    with pytest.raises(ModelError) as error:
        call(*arguments)
    return error.value.code


@pytest.fixture
def shipped(tmp_path, monkeypatch) -> Path:
    """An assets folder of the test's own, so that shipped packs do not take part."""
    monkeypatch.setattr(paths, "assets_dir", lambda: tmp_path / "assets")
    return tmp_path / "assets" / "models"


def test_pack_is_read_as_folder_and_as_zip(tmp_path, pack_writer) -> None:
    folder = pack_writer(tmp_path / "p", "tiny")
    for source in (folder, zipped(folder, tmp_path / "a.zip"), zipped(folder, tmp_path / "b.zip", "tiny-1.0/")):
        pack = load_pack(source)
        assert (pack.name, pack.version, pack.status, pack.default) == ("tiny", "1.0.0", "released", False)
        assert pack.preprocessing == BONE and pack.network.pooling == "lse" and pack.network.offset_voxels == 3.5
        assert pack.model_bytes() == (folder / "model.onnx").read_bytes() and pack.card().startswith("# A test")
        pack.verify()


def test_search_order_and_default(home, shipped, pack_writer) -> None:
    assert list_packs() == () and code_of(default_pack) == "MODEL_NONE"
    pack_writer(shipped / "b", "b", version="shipped")
    pack_writer(shipped / "a", "a", status="preliminary")
    assert default_pack().name == "b"
    pack_writer(shipped / "c", "c", default=True)
    assert [p.name for p in list_packs()] == ["c", "b", "a"] and default_pack().name == "c"
    zipped(pack_writer(home / "x", "b", version="own"), home / "b.zip").replace(
        (home / "models").mkdir() or home / "models" / "b.zip"
    )
    assert load_pack("b").version == "own"
    pack_writer(home / "models" / "z", "z", default=True)
    assert [p.name for p in list_packs()] == ["z", "c", "b", "a"], "of two defaults the user's own"
    assert code_of(load_pack, "nonsense") == "MODEL_UNKNOWN"


def test_broken_pack_is_named_not_hidden(home, shipped, pack_writer) -> None:
    pack_writer(shipped / "good", "good")
    pack_writer(shipped / "bad", "bad", schema="ankleviewer.model/9")
    broken: list = []
    assert [p.name for p in list_packs(broken)] == ["good"]
    assert [(name, error.code) for name, error in broken] == [("bad", "MODEL_FORMAT_UNKNOWN")]
    assert code_of(load_pack, "bad") == "MODEL_FORMAT_UNKNOWN"


def test_a_refused_pack_is_replaced_by_no_other(home, shipped, tmp_path, pack_writer) -> None:
    pack_writer(shipped / "a", "a", default=True)
    pack_writer(shipped / "b", "b")
    mine = pack_writer(home / "models" / "a", "a")
    whole = (mine / "manifest.json").read_bytes()
    (mine / "manifest.json").write_bytes(whole[:100])
    assert code_of(load_pack, "a") == "MODEL_MANIFEST_INVALID"
    broken: list = []
    assert [p.name for p in list_packs(broken)] == ["b"] and [name for name, _ in broken] == ["a"]
    (mine / "manifest.json").unlink()
    assert code_of(load_pack, "a") == "MODEL_FILE_MISSING", "a folder that lost its manifest is a damaged pack"
    (mine / "manifest.json").write_bytes(whole)
    (shipped / "a" / "manifest.json").write_bytes(whole[:100])
    assert load_pack("a").path == mine, "the user's own goes first, whatever lies behind it"
    for file in mine.iterdir():
        file.unlink()
    assert code_of(load_pack, "a") == "MODEL_MANIFEST_INVALID"
    (home / "models" / "b.zip").write_text("no archive")
    assert code_of(load_pack, "b") == "MODEL_ARCHIVE_INVALID" and list_packs() == ()
    assert code_of(default_pack) == "MODEL_ARCHIVE_INVALID", "some are there, but none is sound"


@pytest.mark.parametrize("all_of_it", [False, True])
def test_what_may_not_be_read_is_a_broken_entry(home, shipped, pack_writer, monkeypatch, all_of_it: bool) -> None:
    pack_writer(shipped / "good", "good")
    locked = pack_writer(home / "models" / "locked", "locked")
    if all_of_it:
        locked = locked.parent
    real, listed = Path.stat, Path.iterdir

    def stat(path: Path, **options: bool) -> object:
        if path.parent == locked:
            raise PermissionError(13, "Permission denied")
        return real(path, **options)

    def iterdir(path: Path) -> object:
        if path == locked:
            raise PermissionError(13, "Permission denied")
        return listed(path)

    monkeypatch.setattr(Path, "stat", stat)
    monkeypatch.setattr(Path, "iterdir", iterdir)
    broken: list = []
    assert [p.name for p in list_packs(broken)] == ["good"]
    assert [(name, error.code) for name, error in broken] == [(locked.name, "MODEL_FILE_UNREADABLE")]


def test_every_single_bit_counts(tmp_path, pack_writer) -> None:
    folder = pack_writer(tmp_path / "p")
    for file in ("model.onnx", "card.md"):
        data = bytearray((folder / file).read_bytes())
        data[len(data) // 2] ^= 1
        (folder / file).write_bytes(data)
        assert code_of(read_pack(folder).verify) == "MODEL_HASH_MISMATCH"
        data[len(data) // 2] ^= 1
        (folder / file).write_bytes(data + b"x")
        assert code_of(read_pack(folder).verify) == "MODEL_HASH_MISMATCH"
        (folder / file).write_bytes(data)
    read_pack(folder).verify()
    (folder / "model.onnx").unlink()
    assert code_of(read_pack(folder).model_bytes) == "MODEL_FILE_MISSING"


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"schema": "ankleviewer.model/2"}, "MODEL_FORMAT_UNKNOWN"),
        ({"preprocessing": {"format": 2}}, "MODEL_SPEC_UNKNOWN"),
        ({"preprocessing": {"format": 1}}, "MODEL_SPEC_INVALID"),
        ({"decision": {}}, "MODEL_DECISION_INVALID"),
        ({"network": {}}, "MODEL_MANIFEST_INVALID"),
        ({"name": "../../evil"}, "MODEL_MANIFEST_INVALID"),
        ({"name": "all"}, "MODEL_MANIFEST_INVALID"),
        ({"status": "excellent"}, "MODEL_MANIFEST_INVALID"),
        ({"files": {"model.onnx": {"sha256": "", "bytes": -5}, "card.md": {"sha256": "", "bytes": 0}}}, "MODEL_MANIFEST_INVALID"),
        (
            {"files": {"model.onnx": {"sha256": "", "bytes": 2**29 + 1}, "card.md": {"sha256": "", "bytes": 0}}},
            "MODEL_MANIFEST_INVALID",
        ),
        ({"files": {"../x": {"sha256": "", "bytes": 1}}}, "MODEL_MANIFEST_INVALID"),
    ],
)
def test_manifest_is_judged(tmp_path, pack_writer, changes, code) -> None:
    assert code_of(read_pack, pack_writer(tmp_path / "p", **changes)) == code


def test_manifest_that_is_no_manifest(tmp_path) -> None:
    (tmp_path / "manifest.json").write_text("[" * 100_000)
    assert code_of(read_pack, tmp_path) == "MODEL_MANIFEST_INVALID"
    (tmp_path / "manifest.json").write_text("[1]")
    assert code_of(read_pack, tmp_path) == "MODEL_FORMAT_UNKNOWN"
    assert code_of(read_pack, tmp_path / "nothing") == "MODEL_FILE_MISSING"


def test_specification_inside_the_model_must_agree(tmp_path, pack_writer, model_builder) -> None:
    other = pack_writer(tmp_path / "a", model=model_builder("lse", PAPER))
    assert code_of(read_pack(other).model_bytes) == "MODEL_SPEC_MISMATCH"
    none = pack_writer(tmp_path / "b", model=model_builder("lse", metadata={"preprocessing": "{"}))
    assert code_of(read_pack(none).model_bytes) == "MODEL_SPEC_INVALID"
    newer = pack_writer(tmp_path / "c", model=model_builder("lse", metadata={"format": "2"}))
    assert code_of(read_pack(newer).model_bytes) == "MODEL_FORMAT_UNKNOWN"


@pytest.mark.parametrize(
    ("group", "change"),
    [
        ("decision", {"sens_threshold": 0.69}),
        ("decision", {"cam_floor": 100.0}),
        ("network", {"bias": 0.5}),
        ("network", {"cam": {"cells": 16, "stride": 8, "offset_voxels": 40.0}}),
        ("origin", {"data": "patients"}),
    ],
)
def test_all_that_the_model_file_says_must_agree(tmp_path, pack_writer, model_builder, group, change) -> None:
    record = json.loads((pack_writer(tmp_path / "plain") / "manifest.json").read_text())
    carried = {name: json.dumps(record[name]) for name in ("network", "decision", "origin")}
    model = model_builder("lse", metadata=carried)
    read_pack(pack_writer(tmp_path / "same", model=model)).verify()
    changed = pack_writer(tmp_path / "changed", model=model, **{group: {**record[group], **change}})
    assert code_of(read_pack(changed).verify) == "MODEL_SPEC_MISMATCH"
    assert code_of(add_pack, changed) == "MODEL_SPEC_MISMATCH"
    odd = pack_writer(tmp_path / "odd", model=model_builder("lse", metadata={**carried, group: "[1]"}))
    assert code_of(read_pack(odd).verify) == "MODEL_SPEC_INVALID"


def test_archives_that_lie(tmp_path, pack_writer) -> None:
    folder = pack_writer(tmp_path / "p")
    (tmp_path / "text.zip").write_text("no archive")
    assert code_of(read_pack, tmp_path / "text.zip") == "MODEL_ARCHIVE_INVALID"
    whole = zipped(folder, tmp_path / "whole.zip").read_bytes()
    (tmp_path / "cut.zip").write_bytes(whole[: len(whole) // 2])
    assert code_of(read_pack, tmp_path / "cut.zip") == "MODEL_ARCHIVE_INVALID"
    with zipfile.ZipFile(tmp_path / "many.zip", "w") as archive:
        for n in range(packs.MAX_MEMBERS + 1):
            archive.writestr(f"{n}", "")
    assert code_of(read_pack, tmp_path / "many.zip") == "MODEL_ARCHIVE_INVALID"
    with zipfile.ZipFile(tmp_path / "twice.zip", "w") as archive:
        archive.writestr("a/manifest.json", "{}")
        archive.writestr("b/manifest.json", "{}")
    assert code_of(read_pack, tmp_path / "twice.zip") == "MODEL_FILE_MISSING"


def test_what_is_no_ordinary_file_is_not_read(tmp_path, pack_writer) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    folder = pack_writer(tmp_path / "p")
    (folder / "manifest.json").unlink()
    os.mkfifo(folder / "manifest.json")
    for path in (tmp_path / "pipe.zip", folder, Path("/dev/zero")):
        assert code_of(read_pack, path) == "MODEL_FILE_UNREADABLE"


@pytest.mark.parametrize("claim", [None, 400 * 2**20, 2**31 - 1])
def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path, pack_writer, claim: int | None) -> None:
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


def test_a_file_of_another_size_is_not_read(tmp_path, pack_writer, monkeypatch) -> None:
    folder = pack_writer(tmp_path / "p")
    model = folder / "model.onnx"
    archive = zipped(folder, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "longer.zip", "w") as longer:
        for file in folder.iterdir():
            longer.writestr(file.name, file.read_bytes() + (b" " if file == model else b""))
    read_pack(archive).verify()
    with model.open("r+b") as stream:
        stream.truncate(2**40)  # takes no room on the disk
    monkeypatch.setattr(packs, "_hashed", lambda *_: pytest.fail("it may not be read"))
    for source in (folder, tmp_path / "longer.zip"):
        assert code_of(read_pack(source).model_bytes) == "MODEL_HASH_MISMATCH"


def test_methods_that_unpack_without_a_bound_are_refused(tmp_path, pack_writer) -> None:
    folder = pack_writer(tmp_path / "p")
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_BZIP2) as archive:
        for file in folder.iterdir():
            archive.write(file, file.name)
    assert code_of(read_pack, tmp_path / "b.zip") == "MODEL_ARCHIVE_INVALID"


def test_a_network_takes_what_the_preprocessing_makes(tmp_path, pack_writer, model_builder) -> None:
    small = replace(BONE, size=64, spacing_mm=2.0)
    pack = pack_writer(tmp_path / "p", spec=small)  # its file takes 128 voxels, and says 64 like its manifest
    assert code_of(read_pack(pack).model_bytes) == "MODEL_SPEC_MISMATCH"
    open_ended = model_builder("lse")
    open_ended.graph.input[0].type.tensor_type.shape.dim[4].dim_param = "n"
    assert code_of(read_pack(pack_writer(tmp_path / "q", model=open_ended)).model_bytes) == "MODEL_SPEC_MISMATCH"


def test_add_copies_only_what_is_sound(home, shipped, tmp_path, pack_writer) -> None:
    folder = pack_writer(tmp_path / "p", "mine")
    archive = zipped(folder, tmp_path / "mine.zip")
    with zipfile.ZipFile(archive, "a") as extended:
        extended.writestr("../../outside.txt", "must not appear")
    added = add_pack(archive)
    assert added.path == home / "models" / "mine"
    assert sorted(p.name for p in added.path.iterdir()) == ["card.md", "manifest.json", "model.onnx"]
    assert not list(tmp_path.rglob("outside.txt")) and not list(home.rglob("outside.txt"))
    assert load_pack("mine").version == "1.0.0"
    add_pack(pack_writer(tmp_path / "q", "mine", version="2.0.0"))
    assert load_pack("mine").version == "2.0.0"
    (folder / "model.onnx").write_bytes(b"changed")
    assert code_of(add_pack, folder) == "MODEL_HASH_MISMATCH"
    assert load_pack("mine").version == "2.0.0"
    assert [p.name for p in (home / "models").iterdir()] == ["mine"]


def test_add_writes_the_manifest_that_it_verified(home, shipped, tmp_path, pack_writer, monkeypatch) -> None:
    folder = pack_writer(tmp_path / "p", "mine")
    text = (folder / "manifest.json").read_bytes()
    real = packs.ModelPack.file

    def file(pack: packs.ModelPack, name: str) -> bytes:
        data = real(pack, name)
        if pack.path == folder and name == "card.md":
            (folder / "manifest.json").write_bytes(text.replace(b'"1.0.0"', b'"6.6.6"'))
        return data

    monkeypatch.setattr(packs.ModelPack, "file", file)
    assert add_pack(folder).version == "1.0.0"
    assert (home / "models" / "mine" / "manifest.json").read_bytes() == text


@pytest.mark.parametrize("kind", [OSError, KeyboardInterrupt])
@pytest.mark.parametrize("step", range(7))
def test_an_add_that_fails_leaves_the_older_pack(home, shipped, tmp_path, pack_writer, monkeypatch, kind, step: int) -> None:
    add_pack(pack_writer(tmp_path / "p", "mine"))
    newer = pack_writer(tmp_path / "q", "mine", version="2.0.0")
    steps = itertools.count()

    def failing(real):
        def call(*arguments: object, **more: object) -> object:
            if next(steps) == step:
                raise kind(28, "No space left on device")
            return real(*arguments, **more)

        return call

    with monkeypatch.context() as patch:
        for owner, name in ((Path, "mkdir"), (os, "fsync"), (Path, "replace")):  # two folders, three files, two renames
            patch.setattr(owner, name, failing(getattr(owner, name)))
        with pytest.raises(kind):
            add_pack(newer)
    assert load_pack("mine").version == "1.0.0"
    load_pack("mine").verify()
    assert [p.name for p in (home / "models").iterdir()] == ["mine"]
    assert add_pack(newer).version == "2.0.0"


@pytest.mark.skipif(sys.platform == "win32", reason="no SIGKILL")
@pytest.mark.parametrize(("step", "version"), [(1, "1.0.0"), (2, "1.0.0"), (3, "2.0.0")])
def test_an_add_that_is_killed_loses_no_pack(home, shipped, tmp_path, pack_writer, step: int, version: str) -> None:
    add_pack(pack_writer(tmp_path / "p", "mine"))
    newer = pack_writer(tmp_path / "q", "mine", version="2.0.0")
    code = f"""
import os, signal
from pathlib import Path
from ankleviewer.inference.packs import add_pack
real, done = Path.replace, []
def replace(self, target):
    done.append(target)
    if len(done) == {step}:
        os.kill(os.getpid(), signal.SIGKILL)
    return real(self, target)
Path.replace = replace
add_pack({str(newer)!r})
"""
    environment = os.environ | {"ANKLEVIEWER_HOME": str(home)}
    root = Path(__file__).parents[2]
    killed = subprocess.run([sys.executable, "-c", code], cwd=root, env=environment, timeout=60, check=False)
    assert killed.returncode == -signal.SIGKILL
    assert [p.version for p in list_packs()] == [version]
    load_pack("mine").verify()
    assert add_pack(newer).version == "2.0.0"
    assert [p.name for p in (home / "models").iterdir() if not p.name.startswith(".adding-")] == ["mine"]


def test_adds_at_the_same_time_leave_one_whole_pack(home, shipped, tmp_path, pack_writer) -> None:
    sources = [pack_writer(tmp_path / f"p{n}", "mine", version=f"{n}.0.0") for n in range(4)]
    errors: list[BaseException] = []

    def add(source: Path) -> None:
        try:
            for _ in range(8):
                look_twice(add_pack(source), ModelPack.verify)
        except BaseException as error:  # noqa: BLE001 (told by the thread that asserts)
            errors.append(error)

    add_pack(sources[0])
    threads = [threading.Thread(target=add, args=(source,)) for source in sources]
    for thread in threads:
        thread.start()
    try:
        while any(thread.is_alive() for thread in threads):
            for pack in list_packs():
                look_twice(pack, ModelPack.verify)  # a pack that is being replaced is no damaged one
    finally:
        for thread in threads:  # none may outlive the test, whose folder of models it would lose
            thread.join()
    assert not errors
    (left,) = (home / "models").iterdir()
    assert left.name == "mine"
    read_pack(left).verify()


def test_a_second_look_is_at_what_took_a_pack_s_place(home, shipped, tmp_path, pack_writer, model_builder) -> None:
    old = add_pack(pack_writer(tmp_path / "p", "mine"))
    model = model_builder("lse", metadata={"note": "other bytes"})
    new = add_pack(pack_writer(tmp_path / "q", "mine", model=model, version="2.0.0"))
    looked: list[str] = []

    def look(pack: ModelPack) -> str:
        looked.append(pack.version)
        pack.verify()
        return pack.version

    assert look_twice(new, look) == "2.0.0" and looked == ["2.0.0"], "what is sound is looked at once"
    aside = replace(old, path=old.path.with_name(".old-mine"))  # it was read while the other one was being renamed
    assert [look_twice(pack, look) for pack in (old, aside)] == ["2.0.0"] * 2
    with (new.path / "model.onnx").open("ab") as stream:
        stream.write(b"x")
    assert code_of(look_twice, old, look) == code_of(look_twice, new, look) == "MODEL_HASH_MISMATCH"
    change = json.loads((new.path / "manifest.json").read_text()) | {"name": "another"}
    (new.path / "manifest.json").write_text(json.dumps(change))
    looked.clear()
    assert code_of(look_twice, old, look) == "MODEL_HASH_MISMATCH" and looked == ["1.0.0"], "another name answers for no one"
    shutil.rmtree(new.path)
    assert code_of(look_twice, old, look) == "MODEL_FILE_MISSING"


def test_a_damaged_pack_that_stands_aside_is_named(home, shipped, tmp_path, pack_writer) -> None:
    aside = add_pack(pack_writer(tmp_path / "p", "mine")).path.rename(home / "models" / ".old-mine")
    assert load_pack("mine").path == aside
    (aside / "manifest.json").write_text("{")
    broken: list = []
    assert list_packs(broken) == () and [name for name, _ in broken] == ["mine"]
    pack_writer(home / "models" / "mine", "mine")
    assert load_pack("mine").path == home / "models" / "mine" and len(list_packs()) == 1


def test_shipped_packs_are_sound() -> None:
    folder = paths.assets_dir() / "models"
    found = sorted(p.parent for p in folder.glob("*/manifest.json"))
    for path in found:
        pack = read_pack(path)
        pack.verify()
        assert pack.name == path.name
        assert json.loads((path / "manifest.json").read_text())["metrics"]
    assert sum(read_pack(p).default for p in found) <= 1
