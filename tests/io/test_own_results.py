"""This program's own results are told from scans and from strangers' files, and replaced whole or not at all."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from ankleviewer.io import own_results as module
from ankleviewer.io.own_results import MAKER, is_own, replace, strangers_in


@pytest.fixture
def put(one_slice, limb):
    def make(path: Path, maker: str = MAKER, modality: str = "SR", study: str = "1.2.3") -> Path:
        data = one_slice(limb()[:, :, 0], 0, modality=modality, Manufacturer=maker, StudyInstanceUID=study)
        data.save_as(path, enforce_file_format=True)
        return path

    return make


@pytest.mark.parametrize(
    ("name", "maker", "modality", "own"),
    [
        ("answer.dcm", MAKER, "SR", True),
        ("boxes-12.dcm", MAKER, "SEG", True),
        ("picture.dcm", MAKER, "OT", True),
        ("picture.dcm", MAKER, "CT", False),  # a simulated slice
        ("answer.dcm", "Siemens", "SR", False),
        ("2026-signed-off.dcm", MAKER, "SR", False),  # somebody has kept it under another name
    ],
)
def test_name_maker_and_kind_together_tell_them(put, tmp_path: Path, name: str, maker: str, modality: str, own: bool) -> None:
    file = put(tmp_path / name, maker, modality)
    assert is_own(file) is own and strangers_in(tmp_path) is not own
    assert is_own(file, "1.2.3") is own and not is_own(file, "1.2.4"), "another patient's"


def test_what_is_no_dicom_or_damaged_is_a_strangers(tmp_path: Path) -> None:
    assert not strangers_in(tmp_path) and not strangers_in(tmp_path / "none")
    for data in (b"text", b"\0" * 128 + b"DICM" + b"\xff" * 40, b""):
        (tmp_path / "answer.dcm").write_bytes(data)
        assert not is_own(tmp_path / "answer.dcm") and strangers_in(tmp_path) and strangers_in(tmp_path / "answer.dcm")
    (tmp_path / "answer.dcm").unlink()
    (tmp_path / "sub").mkdir()
    assert strangers_in(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="a link needs a right there")
def test_a_link_is_a_strangers(put, tmp_path: Path) -> None:
    """What is written through it would lie elsewhere."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "answer.dcm").symlink_to(put(tmp_path / "answer.dcm"))
    assert strangers_in(tmp_path / "out")


def test_results_are_replaced_whole(put, tmp_path: Path) -> None:
    put(tmp_path / "boxes-2.dcm")
    (tmp_path / ".DS_Store").write_bytes(b"of a file manager")
    assert not strangers_in(tmp_path)
    assert replace(tmp_path, {"answer.dcm": b"new", "picture.dcm": b"too"}) == [tmp_path / "answer.dcm", tmp_path / "picture.dcm"]
    assert sorted(f.name for f in tmp_path.iterdir()) == [".DS_Store", "answer.dcm", "picture.dcm"]
    assert replace(tmp_path / "new" / "folder", {"answer.dcm": b"1"}) == [tmp_path / "new" / "folder" / "answer.dcm"]


def test_a_full_disk_leaves_what_was_there_and_nothing_new(put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = put(tmp_path / "answer.dcm").read_bytes()
    real, left = module.write_bytes, [1]

    def until_full(path: Path, data: bytes) -> None:
        if not left:
            raise OSError(28, "No space left on device")
        left.pop()
        real(path, data)

    monkeypatch.setattr(module, "write_bytes", until_full)
    with pytest.raises(OSError, match="No space"):
        replace(tmp_path, {"answer.dcm": b"new", "boxes.dcm": b"too"})
    assert [f.name for f in tmp_path.iterdir()] == ["answer.dcm"] and (tmp_path / "answer.dcm").read_bytes() == before
    with pytest.raises(OSError, match="No space"):
        replace(tmp_path / "new", {"answer.dcm": b"new"})
    assert not (tmp_path / "new").exists()


def test_a_file_that_another_program_holds_leaves_all_as_it_was(put, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = {name: put(tmp_path / name).read_bytes() for name in ("answer.dcm", "boxes.dcm", "picture.dcm")}
    real = Path.replace

    def held(self: Path, target: Path) -> Path:
        if "boxes.dcm" in (self.name, Path(target).name):  # Windows lets an open file neither go nor be named anew
            raise PermissionError(13, "The process cannot access the file because it is being used by another process")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(PermissionError):
        replace(tmp_path, {"answer.dcm": b"new", "picture.dcm": b"too"})
    assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == before
    monkeypatch.undo()
    replace(tmp_path, {"answer.dcm": b"new"})
    assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == {"answer.dcm": b"new"}
