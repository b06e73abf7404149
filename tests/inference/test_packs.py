"""packs: found by name and by path, as folder and as .zip; anything changed or foreign is refused before it runs."""

from __future__ import annotations

import json
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from ankleviewer.core import paths
from ankleviewer.core.assessment.preprocess import BONE, PAPER
from ankleviewer.inference import packs
from ankleviewer.inference.packs import SHIPPED, default_pack, list_packs, load_pack, read_pack, still, survey, travels
from ankleviewer.io.locked import locked


def test_pack_is_read_as_folder_and_as_zip(tmp_path, pack_writer, zipped) -> None:
    folder = pack_writer(tmp_path / "p", "tiny")
    for source in (folder, zipped(folder, tmp_path / "a.zip"), zipped(folder, tmp_path / "b.zip", "tiny-1.0/")):
        pack = load_pack(source)
        assert (pack.name, pack.version, pack.status, pack.default) == ("tiny", "1.0.0", "released", False)
        assert pack.preprocessing == BONE and pack.network.pooling == "lse" and pack.network.offset_voxels == 3.5
        assert pack.model_bytes() == (folder / "model.onnx").read_bytes() and pack.card().startswith("# A test")
        pack.verify()


def test_search_order_and_default(home, shipped, pack_writer, zipped, code_of) -> None:
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


def test_a_hospital_s_pack_beside_the_program_s_answers_before_them_whatever_its_name(home, shipped, pack_writer) -> None:
    """As an administrator puts it there for all: by its name the shipped one would go on answering, unseen."""
    for name in ("compact", "hospital", "resnet101"):
        pack_writer(shipped / name, name, default=name != "resnet101")
    assert [p.name for p in list_packs()] == ["hospital", "compact", "resnet101"]
    assert [p.name for p in list_packs() if travels(p)] == ["compact", "resnet101"]
    pack_writer(home / "models" / "own", "own", default=True)
    assert default_pack().name == "own"


def test_the_packs_that_travel_with_the_program_are_known_by_name() -> None:
    assert sorted(p.name for p in (paths.assets_dir() / "models").iterdir() if p.is_dir()) == sorted(SHIPPED)


def test_broken_pack_is_named_not_hidden(home, shipped, pack_writer, code_of) -> None:
    pack_writer(shipped / "good", "good")
    pack_writer(shipped / "bad", "bad", schema="ankleviewer.model/9")
    broken: list = []
    assert [p.name for p in list_packs(broken)] == ["good"]
    assert [(name, error.code) for name, error in broken] == [("bad", "MODEL_FORMAT_UNKNOWN")]
    assert code_of(load_pack, "bad") == "MODEL_FORMAT_UNKNOWN"


def test_a_refused_pack_is_replaced_by_no_other(home, shipped, tmp_path, pack_writer, code_of) -> None:
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


def test_every_single_bit_counts(tmp_path, pack_writer, code_of) -> None:
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
def test_manifest_is_judged(tmp_path, pack_writer, changes, code, code_of) -> None:
    assert code_of(read_pack, pack_writer(tmp_path / "p", **changes)) == code


def test_manifest_that_is_no_manifest(tmp_path, code_of) -> None:
    (tmp_path / "manifest.json").write_text("[" * 100_000)
    assert code_of(read_pack, tmp_path) == "MODEL_MANIFEST_INVALID"
    (tmp_path / "manifest.json").write_text("[1]")
    assert code_of(read_pack, tmp_path) == "MODEL_FORMAT_UNKNOWN"
    assert code_of(read_pack, tmp_path / "nothing") == "MODEL_FILE_MISSING"


def test_specification_inside_the_model_must_agree(tmp_path, pack_writer, model_builder, code_of) -> None:
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
def test_all_that_the_model_file_says_must_agree(tmp_path, pack_writer, model_builder, group, change, code_of) -> None:
    record = json.loads((pack_writer(tmp_path / "plain") / "manifest.json").read_text())
    carried = {name: json.dumps(record[name]) for name in ("network", "decision", "origin")}
    model = model_builder("lse", metadata=carried)
    read_pack(pack_writer(tmp_path / "same", model=model)).verify()
    changed = pack_writer(tmp_path / "changed", model=model, **{group: {**record[group], **change}})
    assert code_of(read_pack(changed).verify) == "MODEL_SPEC_MISMATCH"
    odd = pack_writer(tmp_path / "odd", model=model_builder("lse", metadata={**carried, group: "[1]"}))
    assert code_of(read_pack(odd).verify) == "MODEL_SPEC_INVALID"


def test_a_network_takes_what_the_preprocessing_makes(tmp_path, pack_writer, model_builder, code_of) -> None:
    small = replace(BONE, size=64, spacing_mm=2.0)
    pack = pack_writer(tmp_path / "p", spec=small)  # its file takes 128 voxels, and says 64 like its manifest
    assert code_of(read_pack(pack).model_bytes) == "MODEL_SPEC_MISMATCH"
    open_ended = model_builder("lse")
    open_ended.graph.input[0].type.tensor_type.shape.dim[4].dim_param = "n"
    assert code_of(read_pack(pack_writer(tmp_path / "q", model=open_ended)).model_bytes) == "MODEL_SPEC_MISMATCH"


def test_shipped_packs_are_sound() -> None:
    folder = paths.assets_dir() / "models"
    found = sorted(p.parent for p in folder.glob("*/manifest.json"))
    for path in found:
        pack = read_pack(path)
        pack.verify()
        assert pack.name == path.name
        assert json.loads((path / "manifest.json").read_text())["metrics"]
    assert sum(read_pack(p).default for p in found) <= 1


def test_of_two_with_one_name_the_one_that_is_called_so_answers(home, shipped, tmp_path, pack_writer, zipped, code_of) -> None:
    """An older one in a file of any name must not answer for the one that was added."""
    mine = home / "models"
    pack_writer(mine / "ours", "ours", version="2.0.0")
    zipped(pack_writer(tmp_path / "v1", "ours"), mine / "ankle-ours.zip")
    broken: list = []
    (pack,) = list_packs(broken)
    assert pack.version == load_pack("ours").version == "2.0.0"
    assert [(file, error.code) for file, error in broken] == [("ankle-ours.zip", "MODEL_NAME_TWICE")]


def test_a_refused_pack_hides_the_one_whose_name_it_bears(home, shipped, pack_writer, code_of) -> None:
    pack_writer(shipped / "a", "a", version="shipped")
    pack_writer(home / "models" / "hospital-2026", "a", status="excellent")
    assert code_of(load_pack, "a") == "MODEL_MANIFEST_INVALID" and list_packs() == ()
    assert survey()[1][0].own and survey()[1][0].names == ("a",)


def test_a_damaged_pack_behind_a_sound_one_of_its_name_is_nobody_s_loss(home, shipped, pack_writer) -> None:
    pack_writer(shipped / "a", "a", status="excellent")
    pack_writer(home / "models" / "a", "a")
    broken: list = []
    assert [pack.name for pack in list_packs(broken)] == ["a"] and broken == []


def test_packs_are_seen_however_they_were_put_there(home, shipped, tmp_path, pack_writer, zipped, code_of) -> None:
    mine = home / "models"
    pack_writer(mine / "ours-2.0" / "ours", "ours")  # unpacked with its top folder
    zipped(pack_writer(tmp_path / "p", "upper"), mine / "UPPER.ZIP")
    (mine / "folder" / "empty").mkdir(parents=True)
    assert [pack.name for pack in list_packs()] == ["ours", "upper"]
    assert load_pack(mine / "UPPER.ZIP").name == "upper"
    pack_writer(shipped / "compact", "compact")
    (mine / "compact").symlink_to(tmp_path / "share that is away")
    assert code_of(load_pack, "compact") == "MODEL_FILE_UNREADABLE", "the shipped one is not what was put there"


def test_a_name_that_no_file_can_have_is_unknown(home, shipped, code_of) -> None:
    assert code_of(load_pack, "x" * 300) == "MODEL_UNKNOWN"


def test_packs_are_listed_while_none_is_being_replaced(home, shipped, pack_writer) -> None:
    pack_writer(home / "models" / "a", "a")
    lock = home / packs.LOCK
    with locked(lock) as taken:
        assert taken
        listed: list = []
        thread = threading.Thread(target=lambda: listed.extend(list_packs()))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive() and not listed
    thread.join(20)
    assert [pack.name for pack in listed] == ["a"]


def test_a_pack_at_the_root_of_a_drive_is_in_no_folder_of_models() -> None:
    with still(Path("/")):
        pass
