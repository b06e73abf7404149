"""Manifests: columns, relative paths, and words for those that cannot be used."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from trainer.scans.manifest import DataError, Row, check_table, read_manifest, scan_id


def test_manifest_columns_and_relative_paths(tmp_path: Path) -> None:
    file = tmp_path / "manifest.csv"
    file.write_text("path,label,patient,mask,site,severity,twin\na/one.nii.gz,1,p1,,x,hairline,t1\n/abs/two.nii,0,,,,,\n")
    one, two = read_manifest(tmp_path)
    assert one == Row("one", tmp_path / "a/one.nii.gz", 1, "p1", "x", "hairline", "t1")
    assert two == Row("two", Path("/abs/two.nii"), 0, "two", "", "", "", patient_named=False)
    assert read_manifest(file) == [one, two]
    assert scan_id(Path("x/dicom-folder")) == "dicom-folder"


def test_a_note_may_go_over_several_lines_whatever_numbers_it_holds(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text('path,label,remark\na.nii,1,"seen\n2, 1, small"\nb.nii,0,\n')
    assert [row.label for row in read_manifest(tmp_path)] == [1, 0]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("path,label\na.nii,2\n", "line 2"),
        ("path,label\na.nii,1\n,0\n", "line 3"),
        ("path,label\n", "no scan"),
        ("path,label\na.nii,1\nb.nii,1\na.nii,0\n", "names a scan twice: lines 2 and 4$"),
        ("path,label\na.nii,1\nb.nii,1\na.nii,0\nb.nii,0\n", r"lines 2 and 4 \(of 2 such scans the first\)$"),
        ("name\na\n", "manifest.csv has no column path and no column label$"),
        ("file,label\na,1\n", "manifest.csv has no column path$"),
        ("pth,label\na,1\n", r"manifest.csv has no column path \(is it the one named pth\?\)$"),
        ("pth,lable\na,1\n", r"column path \(is it the one named pth\?\) and no column label \(is it the one named lable\?\)$"),
        ("patient,label\na,1\n", "manifest.csv has no column path$"),  # another known column is not meant
        ("path,label,id\na.nii,1,x\nb.nii,0,X\n", r"line 3: the id 'X' belongs to another scan .*line 2"),
        ("path,label,id\na.nii,1,b\nb.nii,0,\n", "line 3: the id 'b'"),
        ("path,label,id\na.nii,1,../x\n", "line 2: the id '../x' cannot be a file's name"),
        ("path,label,id\na.nii,1,..\n", "line 2: the id '..' cannot"),
        ("path,label\na/b/CT,1\na-b/CT,0\n", "line 3: the id 'a-b-CT'"),
        ("path,label\na.nii,1\n\nleft, b.nii,0\n", "line 4: 3 cells under 2 headings"),
        ('path,label,site\na.nii,1,"two\nlines"\nb.nii,x,\n', "line 4: the label must be 0 or 1"),
        ('path,label,patient\na.nii,1,"P1\nb.nii,0,P2\nc.nii,1,P3\n', r"line 2: cannot be read .*is a quotation mark not closed"),
        (
            'path,label,patient\na.nii,1,P0\n\nb.nii,1,"P1\nc.nii,0,P2"\nd.nii,1,P3\n',
            "line 4: the cell under patient .* that are rows",
        ),
        ('path,label,remark\na.nii,1,"x\nc.nii,0,y"\nd.nii,1,z\n', "line 2: the cell under remark .* that are rows"),
        ('path,label,patient\na.nii,1,"P1" x\n', "line 2: cannot be read as a table"),
        ("path,label,Label\na.nii,1,0\n", "more than one column label"),
        ("path,label,age\na.nii,1,nan\n", "line 2: the age 'nan' is no number"),
        ("path,label,age\na.nii,1,inf\n", "line 2: the age 'inf' is no number"),
    ],
)
def test_manifests_that_cannot_be_used(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "manifest.csv").write_text(text)
    with pytest.raises(DataError, match=said):
        read_manifest(tmp_path)


@pytest.mark.parametrize("text", ["file,label,patient\na.nii,1,Miller\n", "path,label,patient\n,1,Miller\na.nii,Miller,x\n"])
def test_what_is_wrong_with_a_row_is_said_without_its_cells(tmp_path: Path, text: str) -> None:
    for lines in (text.splitlines(), [text.splitlines()[0], text.splitlines()[-1]]):
        (tmp_path / "manifest.csv").write_text("\n".join(lines))
        with pytest.raises(DataError) as met:
            read_manifest(tmp_path)
        assert "Miller" not in str(met.value)


def test_missing_manifest(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"^TABLE_UNREADABLE: there is no table .*none\.csv$"):
        read_manifest(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("tables", "part", "told"),
    [
        ([], "validation", ""),
        (["manifest.csv", "validation.csv"], "validation", ""),
        (["train.csv", "validation.csv", "test.csv", "index.csv"], "validation", "which `prepare` made: give --validation {}$"),
        (["index.csv", "scans.csv"], "validation", r"manifest\.csv in [^:]*: give --validation .*scans\.csv$"),
        (["._scans.csv", "scans.csv", "~$scans.csv"], "", r"manifest\.csv in [^:]*: give --validation .*[/\\]scans\.csv$"),
        (["b.csv", "a.csv"], "", r"manifest\.csv in [^:]*: give --validation one of its tables \(a\.csv, b\.csv\)$"),
    ],
)
def test_of_a_folder_the_table_is_named_that_is_meant(tmp_path: Path, tables: list[str], part: str, told: str) -> None:
    for name in tables:
        (tmp_path / name).write_text("path,label\na.nii,1\n")
    check_table(tmp_path / "manifest.csv", "--validation", part)  # no folder
    if not told:
        check_table(tmp_path, "--validation", part)
        return
    with pytest.raises(
        DataError, match="^TABLE_UNREADABLE: there is no .*" + told.format(re.escape(str(tmp_path / f"{part}.csv")))
    ):
        check_table(tmp_path, "--validation", part)


def test_a_manifest_that_may_not_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: Path) -> bytes:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(DataError, match=r"^TABLE_UNREADABLE: the table .*scans\.csv cannot be read: Permission denied$"):
        read_manifest(tmp_path / "scans.csv")


def test_scans_of_one_name_have_ids_of_their_own(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("path,label\na/CT,1\nb/CT,0\nc/ct.nii.gz,0\n../other/CT,0\nc/d:1,1\n")
    names = [row.id for row in read_manifest(tmp_path)]
    assert names[:3] == ["a-CT", "b-CT", "c-ct"] and names[3].endswith("other-CT") and names[4] == "d-1"
    assert [row.patient for row in read_manifest(tmp_path)] == names


@pytest.mark.parametrize("sign", [",", ";", "\t"])
def test_tables_as_spreadsheets_write_them(tmp_path: Path, sign: str) -> None:
    """Semicolons where the comma is the decimal sign, headings typed by hand, empty rows below, accents composed or not."""
    lines = ["Path , LABEL,patient,id", "a.nii,1,Mu\u0308ller,", "b.nii,0,M\u00fcller,e\u0301", ",,,", ",,,"]
    (tmp_path / "manifest.csv").write_text("\ufeff" + "\r\n".join(lines).replace(",", sign), encoding="utf-8")
    one, two = read_manifest(tmp_path)
    assert (one.id, one.label, two.id, two.label) == ("a", 1, "\u00e9", 0)
    assert one.patient == two.patient == "M\u00fcller" and one.patient_named


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "cp1252"])
def test_tables_of_other_encodings_are_told_what_to_save_as(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "manifest.csv").write_bytes("path,label,patient\na.nii,1,Müller\n".encode(encoding))
    with pytest.raises(DataError, match="save it as CSV UTF-8"):
        read_manifest(tmp_path)


def test_columns_that_are_not_read_are_named_once(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("path,label,surgerry,remarks\na.nii,1,yes,x\nb.nii,0,,y\n")
    said: list[str] = []
    read_manifest(tmp_path, said.append)
    assert said == ["manifest.csv: columns that are not known and were not read: surgerry (is surgery meant?), remarks"]
    (tmp_path / "manifest.csv").write_text("path,label,surgery\na.nii,1,yes\n")
    read_manifest(tmp_path, said.append)
    assert len(said) == 1
    assert not read_manifest(tmp_path)[0].patient_named


def test_whether_a_patient_was_named_is_known_where_the_name_is_the_files(tmp_path: Path) -> None:
    (tmp_path / "manifest.csv").write_text("path,label,patient\na.nii,1,a\nb.nii,0,\n")
    assert [(r.patient, r.patient_named) for r in read_manifest(tmp_path)] == [("a", True), ("b", False)]


def test_twins_that_name_no_patient_are_one(tmp_path: Path) -> None:
    """Or one of them would be learnt from, and the other tested on."""
    (tmp_path / "manifest.csv").write_text(
        "path,label,twin,patient\na.nii,1,7,\nb.nii,0,7,\nc.nii,0,,\nd.nii,1,8,p\ne.nii,0,8,p\n"
    )
    rows = read_manifest(tmp_path)
    assert [(r.patient, r.patient_named) for r in rows] == [("twin 7", False)] * 2 + [("c", False)] + [("p", True)] * 2


@pytest.mark.parametrize("above", ["\n", ",,\n", "\n , \n\n"])
def test_empty_rows_above_the_headings_are_passed_over(tmp_path: Path, above: str) -> None:
    (tmp_path / "t.csv").write_text(f"{above}path,label\na.nii,1\n")
    assert [row.id for row in read_manifest(tmp_path / "t.csv")] == ["a"]


@pytest.mark.parametrize("other", ["PAT 1", "Pat\u00a01", "Pat  1", "P\u200bat 1"])
def test_one_patient_however_the_name_is_typed(tmp_path: Path, other: str) -> None:
    (tmp_path / "t.csv").write_text(f"path,label,patient\na.nii,1,Pat 1\nb.nii,0,{other}\nc.nii,0,Pat 2\n", encoding="utf-8")
    assert [row.patient for row in read_manifest(tmp_path / "t.csv")] == ["Pat 1", "Pat 1", "Pat 2"]


@pytest.mark.parametrize(("line", "sign"), [("sep=;", ";"), ('"sep=,"', ","), ("SEP=\t", "\t"), ("sep=|", "|")])
def test_a_first_line_by_which_excel_is_told_the_sign_is_no_heading(tmp_path: Path, line: str, sign: str) -> None:
    (tmp_path / "t.csv").write_bytes(f"{line}\r\npath{sign}label\r\na.nii{sign}1\r\n".encode("utf-8-sig"))
    assert [(row.id, row.label) for row in read_manifest(tmp_path / "t.csv")] == [("a", 1)]
    (tmp_path / "t.csv").write_text(f"{line}\npath{sign}label\na.nii{sign}2\n")
    with pytest.raises(DataError, match="line 3"):
        read_manifest(tmp_path / "t.csv")


def test_a_twin_that_names_no_patient_is_of_the_other_s(tmp_path: Path) -> None:
    file = tmp_path / "m.csv"
    file.write_text("path,label,twin,patient\na.nii,1,t,A\nb.nii,0,t,\nc.nii,0,u,B\nd.nii,1,u,C\ne.nii,0,u,\n")
    rows = read_manifest(file)
    assert [r.patient for r in rows] == ["A", "A", "B", "C", "twin u"] and rows[1].patient_named


def test_an_id_that_no_file_can_have_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.csv").write_text(f"path,label,id\na.nii,1,{'ä' * 101}\n", encoding="utf-8")
    with pytest.raises(DataError, match=r"TABLE_INVALID: m\.csv, line 2: its id is too long"):
        read_manifest(tmp_path / "m.csv")
