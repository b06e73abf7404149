"""cli.series: one of several series by its number or key, in `info`, `analyze` and the window."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import nibabel  # noqa: F401 - its first import probes for IPv6, which the network guard would lay at a test's door
import pytest

from ankleviewer.cli import main
from ankleviewer.cli.series import HINTS
from ankleviewer.io.nifti import write_nifti

TINY = runpy.run_path(str(Path(__file__).parent / "inference" / "conftest.py"))


@pytest.fixture(autouse=True)
def models(tmp_path, monkeypatch) -> Path:
    return TINY["two_tiny_packs"](tmp_path, monkeypatch)


def test_one_of_several_series_by_number_or_key(tmp_path, monkeypatch, capsys) -> None:
    (folder := tmp_path / "study").mkdir()
    write_nifti(TINY["phantom"](), None, folder / "a.nii.gz")
    write_nifti(TINY["phantom"](crack=False), None, folder / "b.nii.gz")
    assert main(["info", str(folder)]) == 3
    assert "--series NUMBER" in capsys.readouterr().err
    assert main(["info", str(folder), "--series", "list"]) == 0
    out = capsys.readouterr().out
    assert "1  a.nii.gz" in out and "2  b.nii.gz" in out and "axial, 80 slices, 96 × 100 pixels, 1.20 × 1.20 × 1.50 mm" in out
    target = tmp_path / "list.json"
    assert main(["info", str(folder), "--series", "list", "--json", str(target)]) == 0
    series = json.loads(target.read_text())["series"]
    hashes = []
    for name in ("2", series[1]["key"]):
        assert main(["analyze", str(folder), "--series", name, "--json", str(target)]) == 0
        record = json.loads(target.read_text())
        hashes.append(record["scan"]["sha256"])
        assert record["models"][0]["call"] == "no fracture"
    assert main(["info", str(folder / "b.nii.gz"), "--json", str(target)]) == 0
    assert hashes == [json.loads(target.read_text())["scan"]["sha256"]] * 2
    calls: list = []
    monkeypatch.setattr("ankleviewer.ui.app.run", lambda *arguments: calls.append(arguments) or 0)
    assert main([str(folder), "--series", "1"]) == 0
    assert calls == [(str(folder), None, None, series[0]["key"], HINTS)]
    assert main(["analyze", str(tmp_path / "gone"), "--series", "1", "--json", str(target)]) == 3
    assert json.loads(target.read_text())["findings"][0]["code"] == "FILE_NOT_FOUND"


def test_where_nothing_can_be_opened_the_scan_is_refused(tmp_path, capsys) -> None:
    (tmp_path / "bad.nii.gz").write_bytes(b"no scan at all")
    assert main(["info", str(tmp_path / "bad.nii.gz"), "--series", "list"]) == 3
    target = tmp_path / "list.json"
    target.write_text("of another scan")
    assert main(["info", str(tmp_path / "none"), "--series", "list", "--json", str(target)]) == 3
    record = json.loads(target.read_text())
    assert record["series"] == [] and record["refused"]["code"] == "FILE_NOT_FOUND" and record["path"].endswith("none")
    assert "Nothing that can be opened" in capsys.readouterr().out
    target = tmp_path / "r.json"
    assert main(["analyze", str(tmp_path / "bad.nii.gz"), "--series", "1", "--json", str(target)]) == 3
    assert [f["code"] for f in json.loads(target.read_text())["findings"]] == ["FORMAT_UNKNOWN"]
