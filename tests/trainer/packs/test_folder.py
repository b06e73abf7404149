"""A pack's folder: what is replaced there, what is left alone, and that no older pack is lost on the way."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from ankleviewer.inference.manifest import SCHEMA
from trainer.packs.folder import FolderTakenError, check_folder, restore, write

PACK = {"model.onnx": b"older", "card.md": b"", "manifest.json": json.dumps({"schema": SCHEMA}).encode()}
NEWER = PACK | {"model.onnx": b"newer"}


def filled(folder: Path, files: dict[str, bytes]) -> Path:
    folder.mkdir()
    for name, data in files.items():
        (folder / name).write_bytes(data)
    return folder


def test_a_pack_and_nothing_are_replaced(tmp_path: Path) -> None:
    check_folder(tmp_path / "none")
    check_folder(filled(tmp_path / "empty", {}))
    check_folder(filled(tmp_path / "pack", PACK))
    check_folder(filled(tmp_path / "part", {"manifest.json": PACK["manifest.json"]}))
    for name in ("none", "empty", "pack", "part"):
        write(tmp_path / name, NEWER)
        assert {p.name: p.read_bytes() for p in (tmp_path / name).iterdir()} == NEWER
    assert sorted(p.name for p in tmp_path.iterdir()) == ["empty", "none", "pack", "part"]


def test_a_power_cut_finds_the_files_on_the_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr("ankleviewer.inference.pack_files.os.fsync", synced.append)
    write(filled(tmp_path / "pack", PACK), NEWER)
    assert len(synced) == len(NEWER)


def test_what_else_lies_there_is_named(tmp_path: Path) -> None:
    """`evaluate --out PACK` keeps its answers beside the pack: hours of work."""
    pack = filled(tmp_path / "pack", PACK | {"answers.jsonl": b"hours"})
    (pack / "figures").mkdir()
    with pytest.raises(
        FolderTakenError,
        match=r"^OUT_UNFIT: .*pack holds more than a model pack, and all .* replaced \(.* by --out\): answers\.jsonl, figures$",
    ):
        check_folder(pack)
    for i in range(9):
        (pack / f"b{i}").touch()
    with pytest.raises(FolderTakenError, match=r": answers\.jsonl, b0, b1, b2, b3 and 6 more$"):
        check_folder(pack)


@pytest.mark.parametrize(
    "manifest", [b'{"name": "web app"}', b"[]", b"\xff", b"", b"[" * 10**5, b'{"schema": "ankleviewer.session/1"}']
)
def test_another_programs_manifest_is_no_packs(tmp_path: Path, manifest: bytes) -> None:
    folder = filled(tmp_path / "site", {"manifest.json": manifest})
    with pytest.raises(
        FolderTakenError, match=r"^OUT_UNFIT: .*site exists and is no model pack; .* give another folder by --out\.$"
    ):
        check_folder(folder)


def test_a_file_and_a_folder_without_a_manifest_are_left_alone(tmp_path: Path) -> None:
    for path in (filled(tmp_path / "a", {"model.onnx": b""}), filled(tmp_path / "b", {"c": b""}) / "c"):
        with pytest.raises(FolderTakenError, match="is no model pack"):
            check_folder(path)
    (tmp_path / "d" / "manifest.json").mkdir(parents=True)
    with pytest.raises(FolderTakenError, match="is no model pack"):
        check_folder(tmp_path / "d")


def test_what_stands_where_the_older_pack_would_wait_is_left_alone_too(tmp_path: Path) -> None:
    filled(tmp_path / ".old-pack", {"mine": b""})
    with pytest.raises(FolderTakenError, match=r"\.old-pack exists and is no model pack"):
        check_folder(tmp_path / "pack")


def test_a_pack_whose_place_cannot_be_taken_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On Windows a folder of which a file is open elsewhere cannot be renamed."""
    out = tmp_path / "pack"
    out.mkdir()
    (out / "model.onnx").write_bytes(b"older")
    real = Path.rename

    def rename(self: Path, target: Path) -> Path:
        if self.name == "new":
            raise PermissionError(13, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(Path, "rename", rename)
    with pytest.raises(PermissionError):
        write(out, {"model.onnx": b"newer"})
    assert (out / "model.onnx").read_bytes() == b"older" and list(tmp_path.iterdir()) == [out]


@pytest.mark.parametrize("killed_after", ["aside", "in place"])
def test_a_write_that_was_killed_has_lost_no_pack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, killed_after: str) -> None:
    """Between the two renames the older pack waits beside its place; after them it is what is thrown away."""
    out = filled(tmp_path / "pack", PACK)
    real, calls = Path.rename, 0

    def rename(self: Path, target: Path) -> Path:
        nonlocal calls
        calls += 1
        if calls > (1 if killed_after == "aside" else 2):
            raise SystemExit  # all that a killed process would have done after is not done: each further rename ends here too
        return real(self, target)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "rename", rename)
        with pytest.raises(SystemExit):
            write(out, NEWER)
    aside = tmp_path / ".old-pack"
    assert (aside / "model.onnx").read_bytes() == b"older" and out.exists() == (killed_after == "in place")
    check_folder(out)
    restore(out)
    assert (out / "model.onnx").read_bytes() == (b"older" if killed_after == "aside" else b"newer")
    write(out, NEWER)
    assert (out / "model.onnx").read_bytes() == b"newer" and list(tmp_path.iterdir()) == [out]


def test_a_write_alone_takes_back_what_a_killed_one_left(tmp_path: Path) -> None:
    filled(tmp_path / ".old-pack", PACK)
    write(tmp_path / "pack", NEWER)
    assert [p.name for p in tmp_path.iterdir()] == ["pack"] and (tmp_path / "pack/model.onnx").read_bytes() == b"newer"
