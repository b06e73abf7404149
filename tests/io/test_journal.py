"""The journal: records in order, whole after a crash at any byte."""

from __future__ import annotations

from pathlib import Path

import pytest

from ankleviewer.io.journal import append, read


def test_records_come_back_in_order(tmp_path: Path) -> None:
    path = tmp_path / "new" / "j.jsonl"
    assert read(path) == ([], 0)
    for n in range(3):
        append(path, {"n": n, "text": "Großzehe, 脚踝\nzwei Zeilen"})
    records, skipped = read(path)
    assert [r["n"] for r in records] == [0, 1, 2] and records[0]["text"].endswith("zwei Zeilen") and skipped == 0


def test_a_line_cut_short_at_any_byte_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    append(path, {"n": 0})
    append(path, {"n": 1, "text": "ü"})
    whole = path.read_bytes()
    first = whole.index(b"\n") + 1
    for length in range(first, len(whole)):
        path.write_bytes(whole[:length])
        assert read(path)[1] == 0, "a crash costs the last line, and is no damage"
        append(path, {"n": 2})
        assert [r["n"] for r in read(path)[0]] in ([0, 2], [0, 1, 2])


def test_what_is_no_record_is_passed_over_counted_and_kept(tmp_path: Path) -> None:
    path = tmp_path / "j.jsonl"
    data = b'[1]\n"x"\n\xff\xfe\n' + b"[" * 100_000 + b'\n{"n": 1}\n\n{"n": 2'
    path.write_bytes(data)
    assert read(path) == ([{"n": 1}], 4)
    assert path.read_bytes() == data
    append(path, {"n": 3})
    assert read(path) == ([{"n": 1}, {"n": 3}], 5), "cut short, and no longer the last"
    assert path.read_bytes().startswith(data)


WHOLE = b'{"n": 0}\n{"n": 1}\n{"n": 2}\n'


@pytest.mark.parametrize(
    ("data", "found", "skipped"),
    [
        (WHOLE.replace(b"}\n", b"\0\n"), 0, 3),
        (WHOLE.replace(b"\n", b"\r\n"), 3, 0),
        (WHOLE.replace(b"\n", b"\r"), 0, 1),  # all are one line, which has no end: not cut short
        (b"\xef\xbb\xbf" + WHOLE, 3, 0),
        (WHOLE + b"\0" * 100, 3, 0),
        (WHOLE + b"garbage", 3, 1),
        (b'[\n {"n": 0,\n  "m": 1}\n]', 0, 4),  # set anew by an editor
    ],
)
def test_damage_of_every_kind_is_counted(tmp_path: Path, data: bytes, found: int, skipped: int) -> None:
    path = tmp_path / "j.jsonl"
    path.write_bytes(data)
    records, lines = read(path)
    assert (len(records), lines) == (found, skipped)


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError):
        append(tmp_path / "file" / "j.jsonl", {"n": 1})


def test_a_record_that_failed_leaves_the_file_as_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The disk may fail after it took the bytes; who is told writes the record again."""
    path = tmp_path / "j.jsonl"
    append(path, {"n": 0})
    before = path.read_bytes()

    def fail(_: int) -> None:
        raise OSError(5, "Input/output error")

    with monkeypatch.context() as patch:
        patch.setattr("os.fsync", fail)
        with pytest.raises(OSError, match="Input"):
            append(path, {"n": 1})
    assert path.read_bytes() == before
    append(path, {"n": 1})
    assert read(path) == ([{"n": 0}, {"n": 1}], 0)
