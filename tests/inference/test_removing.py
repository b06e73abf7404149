"""Removing packs: the user's own alone, whole or not at all, and nothing that is no file of a pack."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from ankleviewer.core.errors import ModelError
from ankleviewer.inference import packs
from ankleviewer.inference.packs import ASIDE, ModelPack, RefusedPack, list_packs
from ankleviewer.inference.removing import remove_pack
from ankleviewer.io.locked import locked


def left(home: Path) -> list[str]:
    return sorted(path.name for path in (home / "models").iterdir())


def test_the_pack_of_that_name_goes_and_no_other(home, shipped, pack_writer) -> None:
    for name in ("mine", "mine-too"):
        pack_writer(home / "models" / name, name)
    gone = remove_pack("mine")
    assert isinstance(gone, ModelPack) and (gone.name, left(home)) == ("mine", ["mine-too"])


def test_what_is_shipped_stays_also_where_one_of_its_name_goes(home, shipped, pack_writer) -> None:
    pack_writer(shipped / "both", "both")
    pack_writer(home / "models" / "both", "both", version="2.0.0")
    remove_pack("both")
    assert [(pack.version, pack.path.parent) for pack in list_packs()] == [("1.0.0", shipped)]
    with pytest.raises(ModelError, match="MODEL_UNKNOWN: 'both' is shipped with the program, and stays; your own: none"):
        remove_pack("both")
    with pytest.raises(ModelError, match="MODEL_UNKNOWN: 'x' is none of your own models"):
        remove_pack("x")
    assert (shipped / "both").is_dir()


def test_a_name_is_no_path(home, shipped, tmp_path, pack_writer, code_of) -> None:
    other = pack_writer(tmp_path / "other", "mine")
    (home / "models").mkdir()
    for name in (str(other), "..", ".", "", "../models", os.devnull):
        assert code_of(remove_pack, name) == "MODEL_UNKNOWN"
    assert (other / "model.onnx").exists() and home.is_dir()


def test_a_refused_one_goes_by_its_name_or_its_file(home, shipped, pack_writer) -> None:
    folder = home / "models"
    for asked in ("mine", "folder"):
        pack_writer(folder / "folder", "mine", status="excellent")
        gone = remove_pack(asked)
        assert isinstance(gone, RefusedPack) and gone.error.code == "MODEL_MANIFEST_INVALID" and left(home) == []
    (folder / "broken.zip").write_bytes(b"no archive")
    (folder / "broken-2.zip").write_bytes(b"no archive")
    remove_pack("broken")
    remove_pack("broken-2.zip")
    assert left(home) == []


def test_of_two_of_one_name_the_one_that_answers_goes_first(home, shipped, pack_writer) -> None:
    pack_writer(home / "models" / "mine", "mine")
    pack_writer(home / "models" / "copy", "mine", version="2.0.0")
    remove_pack("mine")
    assert left(home) == ["copy"] and [pack.version for pack in list_packs()] == ["2.0.0"]
    pack_writer(home / "models" / "mine", "mine")
    remove_pack("copy")
    assert left(home) == ["mine"]


def test_the_one_that_stands_aside_goes_too(home, shipped, pack_writer) -> None:
    for place in ("mine", f"{ASIDE}mine"):
        pack_writer(home / "models" / place, "mine")
    remove_pack("mine")
    assert left(home) == [] and not list_packs(), "an add that was killed left it, and it would answer now"
    pack_writer(home / "models" / f"{ASIDE}mine", "mine")
    remove_pack("mine")
    assert left(home) == []


@pytest.mark.parametrize("inner", [False, True])
def test_a_folder_that_holds_more_stays(inner: bool, home, shipped, pack_writer) -> None:
    top = home / "models" / "mine"
    pack_writer(top / "pack" if inner else top, "mine")
    for place in (top, *([top / "pack"] if inner else [])):
        (place / "notes.txt").write_text("")
        with pytest.raises(ModelError, match=r"MODEL_PLACE_TAKEN: .*more than a pack \(notes\.txt"):
            remove_pack("mine")
        (place / "notes.txt").unlink()
        assert len(list_packs()) == 1
    remove_pack("mine")
    assert left(home) == []


@pytest.mark.skipif(sys.platform == "win32", reason="links need a right on Windows")
def test_of_a_link_the_link_alone_goes(home, shipped, tmp_path, pack_writer) -> None:
    pack = pack_writer(tmp_path / "shared", "mine")
    (pack / "notes.txt").write_text("")
    (home / "models").mkdir()
    (home / "models" / "mine").symlink_to(pack)
    remove_pack("mine")
    assert left(home) == [] and (pack / "model.onnx").exists()


def test_nobody_moves_packs_meanwhile(home, shipped, pack_writer, monkeypatch) -> None:
    pack_writer(home / "models" / "mine", "mine")
    real, free = Path.replace, []

    def replace(self: Path, target: Path) -> Path:
        with locked(home / packs.LOCK, wait_s=0) as alone:
            free.append(alone)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    remove_pack("mine")
    assert free == [False]


def test_what_cannot_be_moved_answers_on(home, shipped, pack_writer, monkeypatch) -> None:
    pack_writer(home / "models" / "mine", "mine")

    def refuse(self: Path, target: Path) -> None:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", refuse)
        with pytest.raises(PermissionError):
            remove_pack("mine")
    (pack,) = list_packs()
    pack.verify()
    assert left(home) == ["mine"]
