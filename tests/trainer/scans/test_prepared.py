"""The folder of prepared scans is read as it was written."""

from __future__ import annotations

from pathlib import Path

import pytest

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from trainer.scans import prepare as module
from trainer.scans.manifest import DataError, Row, read_manifest
from trainer.scans.prepare import prepare
from trainer.scans.prepared import MENDABLE, read_prepared, remarks
from trainer.scans.split import SPLITS, Prepared


def test_scans_that_can_be_mended_are_named_by_their_ids() -> None:
    def item(name: str, excluded: str) -> Prepared:
        return Prepared(Row(name, Path("share") / "Smith" / name, 1, "Smith", "", "", ""), "", excluded, None)

    gone = [item(f"s{n}", "FILE_NOT_FOUND") for n in range(7)]
    found = [*gone, item("kept", ""), item("two", "SERIES_AMBIGUOUS"), item("child", "NOT_ADULT"), item("legs", "WHICH_ANKLE")]
    said = remarks(found, Path("DATA"))
    assert said == [
        "left out, FILE_NOT_FOUND: s0, s1, s2, s3, s4 and 2 more",
        "left out, SERIES_AMBIGUOUS: two",
        "left out, two ankles, no mark tells which is fractured: legs",
        f"each scan that was left out, and why: {Path('DATA') / 'index.csv'}, column `excluded`",
    ]
    assert not any(word in line for line in said for word in ("Smith", "share")), "logs are passed on"
    assert remarks([item("kept", "")], Path("DATA")) == []


def test_reasons_that_can_be_mended_are_reasons() -> None:
    """Each is a code of docs/codes.md, or of `prepare`'s own."""
    page = (Path(__file__).parents[3] / "docs" / "codes.md").read_text(encoding="utf-8")
    assert [code for code in MENDABLE if f"| `{code}` |" not in page] == ["WHICH_ANKLE"]


def test_what_was_prepared_is_found_again(done: tuple[Path, list[Prepared]], coarse: PreprocessSpec) -> None:
    out, items = done
    spec, again = read_prepared(out)
    assert spec == coarse
    assert [(p.row.id, p.row.label, p.split, p.excluded, p.input_path) for p in again] == [
        (p.row.id, p.row.label, p.split, p.excluded, p.input_path) for p in items
    ]
    (out / "inputs" / "good.npy").rename(out / "inputs" / "kept")
    with pytest.raises(DataError, match=r"good\.npy is gone"):
        read_prepared(out)
    (out / "inputs" / "kept").rename(out / "inputs" / "good.npy")
    with pytest.raises(DataError, match=r"holds no prepared scans"):
        read_prepared(out / "inputs")


def test_each_part_of_the_split_is_a_manifest(done: tuple[Path, list[Prepared]]) -> None:
    out, items = done
    rows = read_manifest(out / f"{items[0].split}.csv")
    assert [r.id for r in rows] == ["good"] and rows[0].path.is_file()


def test_a_part_says_no_more_of_patients_than_the_table(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, coarse: PreprocessSpec
) -> None:
    monkeypatch.setattr(module, "make_example", lambda row, *_: {"excluded": "", "pixels": row.id, "ankle": [0.0, 0.0, 0.0]})
    names = [f"s{i}" for i in range(12)]
    for name in names:
        (tmp_path / f"{name}.nii").touch()
    table = tmp_path / "m.csv"
    table.write_text(
        "path,label,patient\n" + "".join(f"{n}.nii,{i % 2},{'p' + n if i > 3 else ''}\n" for i, n in enumerate(names))
    )
    found = prepare(table, tmp_path / "out", coarse)
    rows = [row for part, _ in SPLITS for row in read_manifest(tmp_path / "out" / f"{part}.csv")]
    known = {p.row.id: (p.row.patient, p.row.patient_named) for p in found}
    assert {row.id: (row.patient, row.patient_named) for row in rows} == known
    assert [name for name in names if not known[name][1]] == names[:4]
