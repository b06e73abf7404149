"""Preparing: refused scans with their reason, marks, nothing read twice."""

from __future__ import annotations

import csv
import io
import json
import os
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from ankleviewer.core.assessment.preprocess import PAPER, PreprocessSpec
from ankleviewer.io.nifti import write_nifti
from trainer.scans import prepare as module
from trainer.scans.manifest import DataError, Row, read_manifest
from trainer.scans.prepare import prepare
from trainer.scans.prepared import read_prepared, study_of
from trainer.scans.split import LeakError, Prepared, flow
from trainer.simulate.atlas import Atlas
from trainer.simulate.scan import simulate_scan


def test_refused_scans_are_listed_with_their_reason(done: tuple[Path, list[Prepared]], coarse: PreprocessSpec) -> None:
    out, items = done
    good, water, broken = items
    assert good.excluded == "" and good.input_path is not None
    assert water.excluded and broken.excluded and water.input_path is None
    with open(out / "index.csv", newline="") as f:
        rows = list(csv.DictReader(f))
    assert [r["excluded"] for r in rows] == ["", water.excluded, broken.excluded]
    assert rows[0]["split"] in ("train", "validation", "test") and rows[1]["split"] == rows[2]["split"] == ""
    assert len(rows[0]["pixels"]) == 64 and rows[2]["pixels"] == ""
    assert json.loads((out / "flow.json").read_text())["excluded"] == dict(Counter([water.excluded, broken.excluded]))
    assert json.loads((out / "preprocessing.json").read_text()) == coarse.to_json()
    assert study_of(out / "validation.csv") == json.loads((out / "flow.json").read_text())
    assert study_of(out / "index.csv") is study_of(out.parent / "validation.csv") is None


def test_who_is_not_part_of_the_study_is_counted_and_not_read(scans: Path, tmp_path: Path, coarse: PreprocessSpec) -> None:
    table = tmp_path / "study.csv"
    lines = ["path,label,patient,age,surgery,implant"]
    for name, more in (("a", "17,,"), ("b", "44,yes,"), ("c", "44,no,1"), ("d", "18,0,")):
        lines.append(f"{(scans / 'good.nii.gz') if name == 'd' else tmp_path / name},1,{name},{more}")
    table.write_text("\n".join(lines))
    found = prepare(table, tmp_path / "out", coarse)
    assert [p.excluded for p in found] == ["NOT_ADULT", "PRIOR_SURGERY", "IMPLANT", ""]
    assert flow(found)["included"] == 1


def test_what_the_table_names_is_not_said_to_be_there(scans: Path, tmp_path: Path, coarse: PreprocessSpec) -> None:
    """Of a row that the table itself leaves out nothing is read, and yet its file is there or not."""
    (tmp_path / "child.nii").touch()
    table = tmp_path / "m.csv"
    lines = [f"{scans / 'good.nii.gz'},1,", f"{scans / 'broken.nii.gz'},0,", "gone.nii.gz,0,", "child.nii,1,9", "childs.nii,1,9"]
    table.write_text("\n".join(["path,label,age", *lines]) + "\n")
    out = tmp_path / "out"
    for _ in range(2):  # also where it is known from before
        found = prepare(table, out, coarse)
        numbers = json.loads((out / "flow.json").read_text())
        assert numbers == flow(found)
        assert (numbers["rows"], numbers["found"], numbers["not_found"], numbers["included"]) == (5, 3, 2, 1)
        assert numbers["excluded"]["FILE_NOT_FOUND"] == 1 and numbers["excluded"]["NOT_ADULT"] == 2
        told = (out / "flow.md").read_text().splitlines()
        assert told[2:5] == ["| in the table | 5 |", "| - found | 3 |", "| - not found | 2 |"]


def test_a_table_may_say_more_than_before(scans: Path, atlas: Atlas, tmp_path: Path, coarse: PreprocessSpec) -> None:
    """Marks and criteria that are added to the table count, though the scans were prepared already."""
    table, spec = tmp_path / "m.csv", replace(coarse, size=64, spacing_mm=2.0)
    good = simulate_scan(5, 0, atlas, fractured=True, injury="weber-b", severity="displaced", spacing=2.0, reach_mm=130.0)
    write_nifti(good.mask, good.volume.grid, tmp_path / "mask.nii.gz")
    seen = []
    for cells in (",,", ",mask.nii.gz,", "12,mask.nii.gz,", "44,mask.nii.gz,"):
        table.write_text(f"path,label,patient,age,mask,surgery\n{scans / 'good.nii.gz'},1,p,{cells}\n")
        (item,) = prepare(table, tmp_path / "out", spec)
        seen.append((item.excluded, item.marks_path is not None))
    assert seen == [("", False), ("", True), ("NOT_ADULT", False), ("", True)]


@pytest.mark.parametrize(("cells", "message"), [("abc,", "the age 'abc' is no number"), (",maybe", "surgery must be yes or no")])
def test_a_table_that_says_neither_yes_nor_no_is_refused(
    tmp_path: Path, cells: str, message: str, coarse: PreprocessSpec
) -> None:
    (tmp_path / "m.csv").write_text(f"path,label,age,surgery\nx.nii.gz,1,{cells}\n")
    with pytest.raises(DataError, match=rf"m\.csv, line 2: {message}"):
        prepare(tmp_path / "m.csv", tmp_path / "out", coarse)


def test_a_scan_is_read_again_where_it_is_another_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec
) -> None:
    read: list[Path] = []

    def one(row: Row, target: Path, marks: Path, spec: object) -> dict[str, object]:
        read.append(row.path.relative_to(tmp_path))
        return {"excluded": "NO_COMPLETE_ANKLE", "pixels": "", "ankle": None, "marked": False}

    monkeypatch.setattr(module, "make_example", one)
    monkeypatch.chdir(tmp_path)
    table = Path("m.csv")
    for name in ("one", "two"):
        (tmp_path / name / "CT").mkdir(parents=True)
        (tmp_path / name / "CT" / "1.dcm").write_bytes(name.encode())

    def again(text: str) -> list[str]:
        read.clear()
        table.write_text(f"path,label,patient,mask\n{text}\n")
        prepare(table.resolve(), tmp_path / "out", coarse)
        return [p.as_posix() for p in read]

    assert again("one/CT,1,p,") == ["one/CT"]
    assert again("one/CT,1,q,") == []  # what the table says of the patient may change
    assert again("one/CT,0,q,") == ["one/CT"]  # the label tells which ankle of two is meant
    assert again("two/CT,0,q,") == ["two/CT"]  # another scan of the same name
    (tmp_path / "two" / "CT" / "2.dcm").write_bytes(b"more")
    assert again("two/CT,0,q,") == ["two/CT"]  # it was sent anew
    (tmp_path / "mask.nii").write_bytes(b"m")
    assert again("two/CT,1,q,mask.nii") == ["two/CT"]  # marks settle which ankle is meant
    assert again("two/CT,1,q,mask.nii") == []
    (tmp_path / "other.nii").write_bytes(b"n")
    os.utime(tmp_path / "other.nii", ns=(5, (tmp_path / "mask.nii").stat().st_mtime_ns))
    assert again("two/CT,1,q,other.nii") == ["two/CT"]  # another reader's marks, of the same size and time
    assert again("one/CT,1,p,\ntwo/CT,0,q,") == ["one/CT", "two/CT"]  # one name for two: each has an id of its own now
    state = json.loads((tmp_path / "out" / "state.json").read_text())["scans"]
    assert {"one-CT", "two-CT"} <= set(state)


def test_a_folder_is_ours_even_where_every_scan_was_left_out(tmp_path: Path, coarse: PreprocessSpec) -> None:
    (tmp_path / "m.csv").write_text("path,label,age\n1.nii,1,12\n")
    for _ in range(2):
        (item,) = prepare(tmp_path / "m.csv", tmp_path / "out", coarse)
        assert item.excluded == "NOT_ADULT"


@pytest.mark.parametrize("name", ["train.csv", "index.csv", "other.csv", "state.json"])
def test_a_table_that_is_not_ours_is_never_replaced(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, coarse: PreprocessSpec
) -> None:
    monkeypatch.setattr(module, "make_example", lambda *_: pytest.fail("reads"))
    (tmp_path / "1.nii").write_bytes(b"x")
    table = tmp_path / ("m.csv" if name == "state.json" else name)
    if name == "state.json":
        (tmp_path / name).write_text('{"somebody": "else"}')
    table.write_text("path,label,patient,age\n1.nii,1,p,40\n")
    if name == "other.csv":
        (tmp_path / "test.csv").write_text("somebody's")
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    with pytest.raises(DataError, match="give another folder"):
        prepare(table, tmp_path, coarse)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_what_is_left_out_does_not_make_the_parts_uneven(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec
) -> None:
    for i in range(60):
        (tmp_path / f"s{i}.nii.gz").touch()
    lines = [f"s{i}.nii.gz,{i % 2},p{i},{15 if i < 20 else 40}" for i in range(60)]
    (tmp_path / "scans.csv").write_text("\n".join(["path,label,patient,age", *lines]) + "\n")
    monkeypatch.setattr(module, "make_example", lambda row, *a: {"excluded": "", "pixels": row.id, "ankle": [0.0, 0.0, 0.0]})
    parts = Counter((p.split, p.row.label) for p in prepare(tmp_path / "scans.csv", tmp_path / "out", coarse))
    assert parts == {("", 0): 10, ("", 1): 10} | {
        (name, label): n for name, n in (("train", 14), ("validation", 3), ("test", 3)) for label in (0, 1)
    }


def test_nothing_is_read_twice_unless_the_rules_change(
    scans: Path, done: tuple[Path, list[Prepared]], monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec
) -> None:
    read: list[str] = []

    def one(row: Row, target: Path, marks: Path, spec: Any) -> dict[str, Any]:
        read.append(row.path.name)
        target.touch()
        return {"excluded": "", "pixels": row.path.name, "ankle": [0.0, 0.0, 0.0]}

    monkeypatch.setattr(module, "make_example", one)
    met: list[tuple[int, int]] = []
    again = prepare(scans, done[0], coarse, progress=lambda i, n, name: met.append((i, n)))
    assert read == [] and again == done[1] and met == [(0, 3), (1, 3), (2, 3), (3, 3)]
    smaller, every = replace(PAPER, size=32), ["good.nii.gz", "water.nii.gz", "broken.nii.gz"]
    prepare(scans, done[0], smaller)
    assert read == every
    # nor what another version of the program made of them
    monkeypatch.setattr(module, "TAKING_IN", module.TAKING_IN + 1)
    prepare(scans, done[0], smaller)
    prepare(scans, done[0], smaller)
    assert read == 2 * every


def test_an_interrupted_run_goes_on(scans: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec) -> None:
    read: list[str] = []

    def one(row: Row, target: Path, marks: Path, spec: Any) -> dict[str, Any]:
        read.append(row.path.name)
        if len(read) == 2:
            raise KeyboardInterrupt
        target.touch()
        return {"excluded": "", "pixels": row.path.name, "ankle": None}

    monkeypatch.setattr(module, "make_example", one)
    with pytest.raises(KeyboardInterrupt):
        prepare(scans, tmp_path, coarse)
    prepare(scans, tmp_path, coarse)
    assert read == ["good.nii.gz", "water.nii.gz", "water.nii.gz", "broken.nii.gz"]


def test_a_bad_manifest_is_an_error(tmp_path: Path, coarse: PreprocessSpec) -> None:
    with pytest.raises(DataError):
        prepare(tmp_path / "none.csv", tmp_path / "out", coarse)


@pytest.mark.parametrize(
    ("part", "told"), [(None, r"one of its tables \(a\.csv, validation\.csv\)"), ("validation", r"\S*validation\.csv")]
)
def test_a_folder_without_a_manifest_tells_the_table(tmp_path: Path, part: str | None, told: str, coarse: PreprocessSpec) -> None:
    for name in ("a.csv", "validation.csv"):
        (tmp_path / name).write_text("path,label\nx.nii,1\n")
    with pytest.raises(DataError, match=f"TABLE_UNREADABLE: .*: give {told}$"):
        prepare(tmp_path, tmp_path / "out", coarse, part=part)


def test_a_table_of_one_part_is_not_split_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec) -> None:
    """Two patients of equal pixels may stand in one part; a split of its table would call that a leak."""
    lines = []
    for i in range(40):
        (tmp_path / f"s{i}.nii.gz").touch()
        lines.append(f"s{i}.nii.gz,{i % 2},p{i}")
    (tmp_path / "validation.csv").write_text("\n".join(["path,label,patient", *lines]) + "\n")
    monkeypatch.setattr(
        module, "make_example", lambda row, *a: {"excluded": "", "pixels": f"x{row.label}", "ankle": [0.0, 0.0, 0.0]}
    )
    with pytest.raises(LeakError):
        prepare(tmp_path / "validation.csv", tmp_path / "whole", coarse)
    said: list[str] = []
    items = prepare(tmp_path / "validation.csv", tmp_path / "out", coarse, part="validation", say=said.append)
    assert {p.split for p in items} == {"validation"} and len(said) == 38
    assert len(read_manifest(tmp_path / "out" / "validation.csv")) == 40


def test_scans_out_of_reach_do_not_empty_what_was_prepared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec
) -> None:
    (tmp_path / "m.csv").write_text("path,label\ngone/a.nii,1\ngone/b.nii,0\n")
    with pytest.raises(DataError, match=r"none of the table's 2 scans is found.*gone/a\.nii.*Nothing was written"):
        prepare(tmp_path / "m.csv", tmp_path / "out", coarse)
    assert not (tmp_path / "out").exists()
    share, table = tmp_path / "share", tmp_path / "n.csv"
    share.mkdir()
    (tmp_path / "here.nii").touch()
    monkeypatch.setattr(module, "make_example", lambda row, *a: {"excluded": "", "pixels": row.id, "ankle": [0.0, 0.0, 0.0]})
    (share / "b.nii").touch()
    table.write_text("path,label\nshare/b.nii,0\n")
    prepare(table, tmp_path / "out", coarse)
    before = (tmp_path / "out" / "index.csv").read_bytes()
    (share / "b.nii").unlink()
    table.write_text("path,label\nhere.nii,1\nshare/b.nii,0\n")
    with pytest.raises(DataError, match="none of the 1 scans that were prepared before is found"):
        prepare(table, tmp_path / "out", coarse)
    assert (tmp_path / "out" / "index.csv").read_bytes() == before


def test_what_is_written_is_read_whatever_the_system_speaks(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec
) -> None:
    (tmp_path / "Müller.nii").touch()
    (tmp_path / "m.csv").write_text("path,label\nMüller.nii,1\n", encoding="utf-8")

    def one(row: Row, target: Path, *a: object) -> dict[str, object]:
        np.save(target, np.zeros(1))
        return {"excluded": "", "pixels": "x", "ankle": [0.0, 0.0, 0.0]}

    monkeypatch.setattr(module, "make_example", one)
    prepare(tmp_path / "m.csv", tmp_path / "out", coarse)
    opened = io.open

    def ansi(file: object, mode: str = "r", buffering: int = -1, encoding: str | None = None, *rest: Any, **more: Any) -> Any:
        known = encoding is None or encoding == "locale"
        return opened(file, mode, buffering, "cp1252" if known and "b" not in mode else encoding, *rest, **more)  # type: ignore[call-overload]

    monkeypatch.setattr("builtins.open", ansi)
    monkeypatch.setattr("io.open", ansi)
    assert [p.row.id for p in read_prepared(tmp_path / "out")[1]] == ["Müller"]


def test_what_is_gone_is_made_again_and_an_unfinished_run_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec
) -> None:
    read: list[str] = []

    def one(row: Row, target: Path, marks: Path, spec: Any) -> dict[str, Any]:
        read.append(row.id)
        if row.id == "stop":
            raise KeyboardInterrupt
        for file in (target, marks):
            file.parent.mkdir(exist_ok=True)
            file.write_bytes(spec.hash.encode())
        return {"excluded": "", "pixels": row.id, "ankle": [0.0, 0.0, 0.0], "marked": True}

    monkeypatch.setattr(module, "make_example", one)
    table, out = tmp_path / "m.csv", tmp_path / "out"
    for name in ("a", "b", "stop"):
        (tmp_path / f"{name}.nii").touch()
    table.write_text("path,label\na.nii,1\nb.nii,0\n")
    prepare(table, out, coarse)
    for gone in ("inputs/a.npy", "marks/a.npy"):
        (out / gone).unlink()
        with pytest.raises(DataError, match=r"a\.npy is gone; run `ankle-trainer prepare` again"):
            read_prepared(out)
        read.clear()
        prepare(table, out, coarse)
        assert read == ["a"] and len(read_prepared(out)[1]) == 2
    table.write_text("path,label\na.nii,1\nb.nii,0\nstop.nii,0\n")
    with pytest.raises(KeyboardInterrupt):
        prepare(table, out, replace(coarse, size=64))
    with pytest.raises(DataError, match="holds no prepared scans"):
        read_prepared(out)  # half of its inputs are of another size than the index said


def test_patients_stay_in_their_part_when_scans_are_added(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec
) -> None:
    excluded: set[str] = set()

    def one(row: Row, *_: Any) -> dict[str, Any]:
        return {"excluded": "REFUSED" if row.id in excluded else "", "pixels": row.id, "ankle": [0.0, 0.0, 0.0]}

    monkeypatch.setattr(module, "make_example", one)
    monkeypatch.setattr(module, "_is_done", lambda *_: False)
    table = tmp_path / "m.csv"

    def parts(count: int, seed: int | None = None, out: str = "out") -> dict[str, str]:
        for i in range(count):
            (tmp_path / f"s{i}.nii").touch()
        table.write_text("path,label,patient\n" + "".join(f"s{i}.nii,{i % 2},p{i}\n" for i in range(count)))
        return {p.row.patient: p.split for p in prepare(table, tmp_path / out, coarse, seed=seed) if not p.excluded}

    first = parts(40, seed=5)
    excluded.add("s3")
    fewer = parts(40)
    assert fewer == {p: part for p, part in first.items() if p != "p3"}
    excluded.clear()
    grown = parts(70)
    assert {p: grown[p] for p in first} == first
    assert abs(Counter(grown.values())["train"] - 49) <= 1
    with pytest.raises(DataError, match="was split with --seed 5: leave --seed out"):
        parts(70, seed=1)
    assert parts(70) == parts(70, seed=5) == grown
    assert parts(70, seed=1, out="other") != grown


def test_scans_without_a_patient_stay_in_their_part_when_others_of_their_name_come(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec
) -> None:
    monkeypatch.setattr(
        module, "make_example", lambda row, *_: {"excluded": "", "pixels": str(row.path), "ankle": [0.0, 0.0, 0.0]}
    )
    monkeypatch.setattr(module, "_is_done", lambda *_: False)
    table, out = tmp_path / "m.csv", tmp_path / "out"

    def parts(paths: list[str]) -> dict[str, str]:
        for path in paths:
            (tmp_path / path).parent.mkdir(exist_ok=True)
            if not (tmp_path / path).exists():  # when a file was changed counts
                (tmp_path / path).touch()
        table.write_text("path,label\n" + "".join(f"{path},{i % 2}\n" for i, path in enumerate(paths)))
        return {p.row.path.relative_to(tmp_path).as_posix(): p.split for p in prepare(table, out, coarse)}

    paths = [f"a/{i}.nii" for i in range(40)]
    first = parts(paths)
    more = [*paths, *(f"b/{i}.nii" for i in range(40))]
    grown = parts(more)
    assert {path: grown[path] for path in paths} == first, "their ids are others now"
    # as an earlier release left the folder: it knew scans by their ids alone
    state = json.loads((out / "state.json").read_text())
    ids = {row.id: row.path.relative_to(tmp_path).as_posix() for row in read_manifest(table)}
    state["dealt"]["parts"] = {name: grown[path] for name, path in ids.items()}
    (out / "state.json").write_text(json.dumps(state | {"taking_in": 5}))
    assert {path: part for path, part in parts([*more, *(f"c/{i}.nii" for i in range(9))]).items() if path in grown} == grown
    (out / "state.json").write_text(json.dumps(state | {"taking_in": 5}))
    assert parts(more[4:44]) == {path: grown[path] for path in more[4:44]}, "some of which have shorter ids again"


def test_another_window_is_said_to_make_all_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec) -> None:
    monkeypatch.setattr(module, "make_example", lambda *_: {"excluded": "", "pixels": "", "ankle": [0.0, 0.0, 0.0]})
    (tmp_path / "a.nii").touch()
    (tmp_path / "m.csv").write_text("path,label\na.nii,1\n")
    said: list[str] = []
    for spec in (coarse, coarse, replace(coarse, size=64)):
        said.clear()
        prepare(tmp_path / "m.csv", tmp_path / "out", spec, say=said.append)
        assert any("made anew" in line for line in said) is (spec is not coarse)
    state = tmp_path / "out" / "state.json"
    state.write_text(json.dumps(json.loads(state.read_text()) | {"taking_in": 5}))
    for anew in (True, False):
        said.clear()
        prepare(tmp_path / "m.csv", tmp_path / "out", replace(coarse, size=64), say=said.append)
        assert any("by a release that takes scans in otherwise: all is made anew" in line for line in said) is anew


@pytest.mark.parametrize("passing", module.PASSING)
def test_a_scan_that_could_not_be_read_for_a_while_is_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, passing: str, coarse: PreprocessSpec
) -> None:
    stands = {"a": passing, "b": "SPACING_UNEVEN"}
    read: list[str] = []

    def one(row: Row, target: Path, *_: Any) -> dict[str, Any]:
        read.append(row.id)
        target.touch()
        return {"excluded": stands.get(row.id, ""), "pixels": row.id, "ankle": [0.0, 0.0, 0.0]}

    monkeypatch.setattr(module, "make_example", one)
    for name in ("a", "b", "c"):
        (tmp_path / f"{name}.nii").touch()
    table = tmp_path / "m.csv"
    table.write_text("path,label\na.nii,1\nb.nii,0\nc.nii,0\n")
    prepare(table, tmp_path / "out", coarse)
    stands["a"] = ""
    read.clear()
    again = prepare(table, tmp_path / "out", coarse)
    assert read == ["a"] and [p.excluded for p in again] == ["", "SPACING_UNEVEN", ""]


def test_parts_are_kept_once_no_scan_stands_in_two_and_why_one_is_empty_is_true(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec
) -> None:
    same: set[str] = {"s0", "s1"}

    def one(row: Row, *_: Any) -> dict[str, Any]:
        return {"excluded": "", "pixels": "one" if row.id in same else row.id, "ankle": [0.0, 0.0, 0.0]}

    monkeypatch.setattr(module, "make_example", one)
    monkeypatch.setattr(module, "_is_done", lambda *_: False)
    monkeypatch.setattr(
        module,
        "check_leaks",
        lambda found: (_ for _ in ()).throw(LeakError("DATA_LEAK", "one scan in two parts")) if same else [],
    )
    table = tmp_path / "m.csv"
    for i in range(12):
        (tmp_path / f"s{i}.nii").touch()
    table.write_text("path,label\n" + "".join(f"s{i}.nii,{i % 2}\n" for i in range(12)))
    with pytest.raises(LeakError):
        prepare(table, tmp_path / "out", coarse)
    assert "dealt" not in json.loads((tmp_path / "out" / "state.json").read_text()), "no model can have learnt from it"
    same.clear()
    prepare(table, tmp_path / "out", coarse)
    table.write_text("path,label,patient\n" + "".join(f"s{i}.nii,{i % 2},p{i // 6}\n" for i in range(12)))
    said: list[str] = []
    prepare(table, tmp_path / "out", coarse, say=said.append)
    assert any("the parts were dealt before its patients were named" in line for line in said)
    assert not any("too few patients" in line for line in said)
