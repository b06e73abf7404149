"""selection: the packs that are meant, each once; two of one name are not mixed up, and who gave no answer is told by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from ankleviewer.core import paths
from ankleviewer.core.errors import ModelError
from ankleviewer.core.findings import Finding
from ankleviewer.inference.selection import choose_packs, failures, left_out


@pytest.fixture
def shipped(tmp_path, monkeypatch, pack_writer) -> Path:
    """Folder of two shipped packs, a (the default) and b."""
    monkeypatch.setattr(paths, "assets_dir", lambda: tmp_path / "assets")
    folder = tmp_path / "assets" / "models"
    pack_writer(folder / "a", "a", default=True)
    pack_writer(folder / "b", "b")
    return folder


def test_the_packs_that_are_meant(home, shipped, tmp_path, pack_writer) -> None:
    copy = pack_writer(tmp_path / "copy", "b")
    candidate = pack_writer(tmp_path / "candidate", "new")
    for asked, names in (
        ([], ["a"]),
        (["all"], ["a", "b"]),
        (["b", "a", "b"], ["b", "a"]),
        (["b", str(copy), str(shipped / "b")], ["b"]),  # the same pack in three places
        (["all", str(candidate)], ["a", "b", "new"]),
        ([str(candidate), "b", "all"], ["new", "b", "a"]),
    ):
        assert [pack.name for pack in choose_packs(asked)] == names
    for asked in (["c"], ["all", "c"]):
        with pytest.raises(ModelError, match="MODEL_UNKNOWN"):
            choose_packs(asked)


@pytest.mark.parametrize("differs", [{"version": "2.0.0"}, {"pooling": "gap"}])
def test_two_packs_of_one_name_are_not_run_together(home, shipped, tmp_path, pack_writer, differs: dict) -> None:
    other = pack_writer(tmp_path / "other", "b", **differs)
    for asked in (["b", str(other)], [str(other), "a", "b"], ["all", str(other)]):
        with pytest.raises(ModelError, match=r"MODEL_NAME_TWICE: Two different model packs are named b;"):
            choose_packs(asked)
    assert [pack.path for pack in choose_packs([str(other)])] == [other]


def test_refused_packs_are_told_where_they_may_have_been_meant(home, shipped) -> None:
    packs = choose_packs(["all"])
    (shipped / "b" / "manifest.json").write_text("{")
    for asked in ([], ["all"], ["a", "b"]):
        (finding,) = left_out(asked, packs)
        assert (finding.level, finding.code) == ("caveat", "MODEL_MANIFEST_INVALID")
        assert finding.message.startswith("The model pack b was left out. ") and finding.model == "b"
    (shipped / "a" / "manifest.json").write_text("{")
    assert left_out(["a"], packs[:1]) == (), "none is sound, and this one was named"


def test_a_pack_of_one_s_own_that_cannot_tell_its_name_may_have_been_meant(home, shipped, tmp_path, pack_writer, zipped) -> None:
    whole = zipped(pack_writer(tmp_path / "v2", "a", version="2.0.0"), tmp_path / "hospital.zip").read_bytes()
    pack_writer(home / "models" / "second", "second")
    own = home / "models" / "hospital.zip"
    own.write_bytes(whole)
    assert choose_packs(["a"])[0].version == "2.0.0" and left_out(["a"], choose_packs(["a"])) == ()
    own.write_bytes(whole[: len(whole) // 2])
    assert choose_packs(["a"])[0].version == "1.0.0"
    (finding,) = left_out(["a"], choose_packs(["a"]))
    assert finding.message.startswith("The model pack hospital.zip was left out. ") and finding.model == "", "nobody can tell"
    assert left_out(["second"], choose_packs(["second"])) == (), "this one is no shipped one"
    own.unlink()
    other = pack_writer(home / "models" / "other", "other", status="excellent")
    assert left_out(["a"], choose_packs(["a"])) == () and other.exists(), "it is not the one that was named"


def test_failures_name_the_pack_once() -> None:
    broken, odd = ModelError("MODEL_HASH_MISMATCH", "No."), ModelError("OUTPUT_NOT_FINITE", "Odd.")
    assert failures([("x", broken), ("x", broken), ("y", odd)], {"y"}) == (
        Finding("caveat", "MODEL_HASH_MISMATCH", "The model pack x was left out. No.", "x"),
        Finding("caveat", "OUTPUT_NOT_FINITE", "Model y did not assess every ankle. Odd.", "y"),
    )
    assert failures([], set()) == ()
