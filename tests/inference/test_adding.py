"""Adding packs: only what is sound, whole or not at all, whoever reads or adds meanwhile."""

from __future__ import annotations

import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from ankleviewer.core.errors import ModelError
from ankleviewer.inference import adding, packs
from ankleviewer.inference.adding import add_pack, look_twice, standing
from ankleviewer.inference.packs import ModelPack, list_packs, load_pack, read_pack
from ankleviewer.io.locked import locked


@pytest.fixture(autouse=True)
def untried(monkeypatch) -> list[ModelPack]:
    """Most tests are about files: the packs that would have been run."""
    tried: list[ModelPack] = []
    monkeypatch.setattr(adding, "try_out", tried.append)
    return tried


def test_a_pack_is_run_before_it_takes_an_older_one_s_place(home, shipped, tmp_path, pack_writer, monkeypatch, untried) -> None:
    add_pack(pack_writer(tmp_path / "p", "mine"))
    (ran,) = untried
    assert ran.path.parent.name.startswith(".adding-"), "the copy, which is what will be run"

    def fails(_: ModelPack) -> None:
        raise ModelError("MODEL_FILE_INVALID", "It does not run.")

    monkeypatch.setattr(adding, "try_out", fails)
    with pytest.raises(ModelError, match="does not run"):
        add_pack(pack_writer(tmp_path / "q", "mine", version="2.0.0"))
    assert load_pack("mine").version == "1.0.0" and [p.name for p in (home / "models").iterdir()] == ["mine"]


def test_what_is_no_older_pack_of_that_name_stays(home, shipped, tmp_path, pack_writer, code_of) -> None:
    new = pack_writer(tmp_path / "p", "mine")
    place = home / "models" / "mine"
    for fill, told in (
        (lambda: pack_writer(place, "theirs"), "the pack of model theirs"),
        (lambda: (pack_writer(place, "mine"), (place / "notes.txt").write_text("")), r"more than a pack \(notes\.txt\)"),
        (lambda: (place.parent.mkdir(exist_ok=True), place.write_text("")), "a file"),
    ):
        fill()
        with pytest.raises(ModelError, match=f"MODEL_PLACE_TAKEN: Under mine the folder of your models holds {told}"):
            add_pack(new)
        assert place.exists() and [p.name for p in place.parent.iterdir()] == ["mine"]
        shutil.rmtree(place.parent)
    pack_writer(place, "mine", status="excellent")  # a damaged one may go
    assert standing("mine") is None and add_pack(new).path == place
    found = standing("mine")
    assert found is not None and found.version == "1.0.0"


def test_add_copies_only_what_is_sound(home, shipped, tmp_path, pack_writer, zipped, code_of) -> None:
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
from ankleviewer.inference.adding import add_pack
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


def test_a_place_is_judged_while_nobody_moves_what_lies_there(home, shipped, tmp_path, pack_writer, monkeypatch, untried) -> None:
    alone: list[str] = []
    check, read = adding._check_place, adding.read_pack

    def noted(what: str, done: Callable[..., object]) -> Callable[..., object]:
        def look(*args: object) -> object:
            with locked(home / packs.LOCK, wait_s=0) as free:
                alone.append(what + " unguarded" * free)
            return done(*args)

        return look

    pack = pack_writer(tmp_path / "p", "mine")
    add_pack(pack)
    monkeypatch.setattr(adding, "_check_place", noted("place", check))
    monkeypatch.setattr(adding, "read_pack", noted("pack", read))
    monkeypatch.setattr(adding, "try_out", lambda _: alone.append("run"))
    assert standing("mine") is not None
    add_pack(pack)
    assert alone == ["pack", "place", "run", "place", "pack"]


def test_what_took_a_place_during_the_first_run_stays(home, shipped, tmp_path, pack_writer, monkeypatch, code_of) -> None:
    place = home / "models" / "mine"
    monkeypatch.setattr(adding, "try_out", lambda _: pack_writer(place, "theirs"))
    assert code_of(add_pack, pack_writer(tmp_path / "p", "mine")) == "MODEL_PLACE_TAKEN"
    assert read_pack(place).name == "theirs" and [p.name for p in place.parent.iterdir()] == ["mine"]


def test_a_second_look_is_at_what_took_a_pack_s_place(home, shipped, tmp_path, pack_writer, model_builder, code_of) -> None:
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


def test_a_damaged_pack_named_from_its_own_folder_is_refused(tmp_path, pack_writer, monkeypatch, code_of) -> None:
    pack = pack_writer(tmp_path / "here" / "mine", "mine")
    with (pack / "model.onnx").open("ab") as stream:
        stream.write(b"x")
    for where, name in ((pack.parent, "mine"), (pack.parent, "./mine"), (pack, "."), (pack, "../mine")):
        monkeypatch.chdir(where)
        assert code_of(look_twice, read_pack(Path(name)), ModelPack.verify) == "MODEL_HASH_MISMATCH"


def test_a_damaged_pack_that_stands_aside_is_named(home, shipped, tmp_path, pack_writer) -> None:
    aside = add_pack(pack_writer(tmp_path / "p", "mine")).path.rename(home / "models" / ".old-mine")
    assert load_pack("mine").path == aside
    (aside / "manifest.json").write_text("{")
    broken: list = []
    assert list_packs(broken) == () and [name for name, _ in broken] == ["mine"]
    pack_writer(home / "models" / "mine", "mine")
    assert load_pack("mine").path == home / "models" / "mine" and len(list_packs()) == 1
