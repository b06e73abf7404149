"""Patients keep their part of the split, whatever the table calls them and whatever else it names."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from trainer.scans.manifest import Row
from trainer.scans.parts import of_an_earlier_release, parts_before, remember, scan_key

TABLE = Path("study/scans.csv")


def row(path: str, patient: str = "", name: str = "") -> Row:
    name = name or Path(path).name
    return Row(name, TABLE.parent / path, 0, patient or name, "", "", "", patient_named=bool(patient))


def test_a_scan_of_an_unnamed_patient_is_known_by_its_place() -> None:
    first = row("a/CT")
    kept = remember([first], TABLE, {}, {"CT": "test"})
    assert list(kept) == [scan_key(first, TABLE)] and "a/CT" not in str(kept)
    grown = [row("a/CT", name="a-CT"), row("b/CT", name="b-CT")]
    assert parts_before(grown, TABLE, kept, {}, {}) == ({"a-CT": "test"}, [])


def test_a_named_patient_is_known_however_the_name_is_spelt() -> None:
    kept = remember([row("1.nii", "Pat 1")], TABLE, {}, {"Pat 1": "validation"})
    assert parts_before([row("2.nii", "PAT\u00a01")], TABLE, kept, {}, {})[0] == {"PAT\u00a01": "validation"}
    assert parts_before([row("1.nii", "P001")], TABLE, kept, {}, {})[0] == {"P001": "validation"}, "by the scan"
    assert parts_before([row("2.nii", "P002")], TABLE, kept, {}, {})[0] == {}


def test_of_several_parts_it_is_the_one_that_was_trained_on() -> None:
    kept = {"Pat 1": "test", "pat 1": "train"}
    found, said = parts_before([row("1.nii", "Pat 1"), row("2.nii", "Pat 1")], TABLE, kept, {}, {})
    assert found == {"Pat 1": "train"}
    (line,) = said
    assert "1.nii" in line and "train" in line and "Pat" not in line


def test_what_an_earlier_release_kept_is_found_by_what_was_read() -> None:
    kept = {"CT": "test"}
    assert of_an_earlier_release(kept) and not of_an_earlier_release(remember([row("a/CT")], TABLE, {}, {"CT": "test"}))
    grown = [row("a/CT", name="a-CT"), row("b/CT", name="b-CT")]
    sources = {"a-CT": "0 aa", "b-CT": "0 bb"}
    assert parts_before(grown, TABLE, kept, {"0 aa": "test"}, sources) == ({"a-CT": "test"}, [])


def test_who_is_left_out_for_a_while_keeps_the_part() -> None:
    one, two = row("1.nii", "A"), row("2.nii", "B")
    kept = remember([one, two], TABLE, {}, {"A": "test", "B": "train"})
    later = remember([two], TABLE, kept, {"B": "train"})
    assert parts_before([replace(one, path=TABLE.parent / "moved.nii")], TABLE, later, {}, {})[0] == {"A": "test"}
