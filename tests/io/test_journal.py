"""The journal: records in order, whole after a crash at any byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from ankleviewer.io.journal import append, read


def test_records_come_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "new" / "j.jsonl"
    assert read(path) == []
    for n in range(3):
        append(path, {"n": n, "text": "Großzehe, 脚踝\nzwei Zeilen"})
    assert [r["n"] for r in read(path)] == [0, 1, 2] and read(path)[0]["text"].endswith("zwei Zeilen")


def test_a_line_cut_short_at_any_byte_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    append(path, {"n": 0})
    append(path, {"n": 1, "text": "ü"})
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for length in range(first, len(whole)):
        path.write_bytes(whole[:length])
        append(path, {"n": 2})
        assert [r["n"] for r in read(path)] in ([0, 2], [0, 1, 2])


def test_what_is_no_record_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    path.write_bytes(b'[1]\n"x"\n\xff\xfe\n' + b"[" * 100_000 + b'\n{"n": 1}\n')
    assert read(path) == [{"n": 1}]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        append(tmp_path / "file" / "j.jsonl", {"n": 1})
