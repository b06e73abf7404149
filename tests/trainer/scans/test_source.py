"""A scan is read anew where something of it has changed, and only there."""

from __future__ import annotations

import ast
import hashlib
import os
from dataclasses import replace
from pathlib import Path

import pytest

from trainer.scans import source
from trainer.scans.manifest import Row
from trainer.scans.source import fingerprint


@pytest.fixture
def row(tmp_path: Path) -> Row:
    series = tmp_path / "series"
    series.mkdir()
    for n in range(3):
        (series / f"{n}.dcm").write_bytes(bytes([n]))
    (tmp_path / "m.nii").write_bytes(b"marks")
    return Row("s", series, 1, "p", "", "", "", mask=tmp_path / "m.nii")


def test_every_change_shows(row: Row, tmp_path: Path) -> None:
    seen = {fingerprint(row, tmp_path)}
    assert fingerprint(row, tmp_path / "table.csv") in seen, "a table and the folder that holds it are the same place"
    seen.add(fingerprint(replace(row, label=0), tmp_path))
    seen.add(fingerprint(replace(row, mask=None), tmp_path))
    seen.add(fingerprint(replace(row, path=row.path / "0.dcm"), tmp_path))
    (row.path / "3.dcm").write_bytes(b"one more")
    seen.add(fingerprint(row, tmp_path))
    (row.path / "3.dcm").write_bytes(b"changed")
    seen.add(fingerprint(row, tmp_path))
    (tmp_path / "m.nii").write_bytes(b"another reader's")
    seen.add(fingerprint(row, tmp_path))
    assert len(seen) == 7


def test_a_moved_study_and_another_name_change_nothing(row: Row, tmp_path: Path) -> None:
    before = fingerprint(row, tmp_path)
    assert fingerprint(replace(row, id="other", patient="q", site="x"), tmp_path) == before
    moved = tmp_path.rename(tmp_path.with_name(tmp_path.name + "-moved"))
    assert fingerprint(replace(row, path=moved / "series", mask=moved / "m.nii"), moved) == before


def test_a_scan_on_another_drive_has_a_place_too(row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def relpath(*_: object) -> str:
        raise ValueError("path is on mount 'D:', start on mount 'C:'")

    monkeypatch.setattr(source.os.path, "relpath", relpath)
    assert fingerprint(row, tmp_path) != fingerprint(replace(row, path=tmp_path / "elsewhere"), tmp_path)


def test_each_file_of_a_series_counts(tmp_path: Path) -> None:
    """Two files may change so that their number, the sum of their sizes and their latest change do not."""
    row, table = Row("ct", tmp_path / "ct", 1, "p", "", "", ""), tmp_path / "m.csv"
    row.path.mkdir()
    for name, size, time in (("1.dcm", 5, 7), ("2.dcm", 3, 9)):
        (row.path / name).write_bytes(b"x" * size)
        os.utime(row.path / name, ns=(time, time))
    before = fingerprint(row, table)
    assert fingerprint(row, table) == before
    os.utime(row.path / "1.dcm", ns=(8, 8))
    assert fingerprint(row, table) != before
    os.utime(row.path / "1.dcm", ns=(7, 7))
    assert fingerprint(row, table) == before
    (row.path / "1.dcm").rename(row.path / "0.dcm")
    assert fingerprint(row, table) != before


# What a scan becomes on its way into a training: the readers, the finding of ankles, the checks, the cube.
ROAD = (
    "ankleviewer/core/anatomy/*.py",
    "ankleviewer/core/assessment/checks.py",
    "ankleviewer/core/assessment/preprocess.py",
    "ankleviewer/core/geometry.py",
    "ankleviewer/core/imaging/resample.py",
    "ankleviewer/inference/locator.py",
    "ankleviewer/io/archive.py",
    "ankleviewer/io/border.py",
    "ankleviewer/io/d*.py",
    "ankleviewer/io/dicom/*.py",
    "ankleviewer/io/guard.py",
    "ankleviewer/io/nifti*.py",
    "ankleviewer/io/re[as]*.py",
    "ankleviewer/io/series.py",
    "ankleviewer/io/sink.py",
    "ankleviewer/io/zip_list.py",
    "assets/locator/locator.onnx",
    "trainer/scans/example.py",
    "trainer/scans/intake.py",
    "trainer/scans/marks.py",
)
TAKEN_IN_BY = (15, "ab46e6c201751040")


def said_by(tree: ast.AST) -> str:
    """A program without comments, docstrings and what only some versions of Python write down."""
    fields = []
    for name, value in ast.iter_fields(tree):
        if name == "body" and isinstance(value, list) and isinstance(tree, ast.Module | ast.FunctionDef | ast.ClassDef):
            value = value[1:] if ast.get_docstring(tree, clean=False) is not None else value
        if value is None or value == [] or name == "kind":
            continue
        parts = value if isinstance(value, list) else [value]
        fields.append(f"{name}=[{','.join(said_by(p) if isinstance(p, ast.AST) else repr(p) for p in parts)}]")
    return f"{type(tree).__name__}({';'.join(fields)})"


def test_what_a_scan_becomes_changes_under_another_number_only() -> None:
    """Prepared scans and answers of before must not be mixed with those of now."""
    root, seen = Path(__file__).parents[3], hashlib.sha256()
    for pattern in ROAD:
        files = sorted(root.glob(pattern))
        assert files, pattern
        for file in files:
            data = file.read_bytes()
            seen.update(said_by(ast.parse(data)).encode() if file.suffix == ".py" else data)
    now = (source.TAKING_IN, seen.hexdigest()[:16])
    assert now == TAKEN_IN_BY, (
        "what a scan becomes may have changed: raise TAKING_IN (trainer/scans/source.py) and write the two of `now` here, or, "
        "where it has not, the hash alone"
    )


def test_words_change_no_program() -> None:
    one, other = 'def f(x):\n    """Says."""\n    return x  # why\n', "def f(x):\n    return x\n"
    assert said_by(ast.parse(one)) == said_by(ast.parse(other)) != said_by(ast.parse(other.replace("return x", "return -x")))
