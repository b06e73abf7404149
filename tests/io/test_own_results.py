"""This program's own results are told from scans, its own simulated ones among them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ankleviewer.io.own_results import MAKER, is_own, strangers_in


@pytest.mark.parametrize(
    ("maker", "modality", "own"), [(MAKER, "SR", True), (MAKER, "OT", True), (MAKER, "CT", False), ("Siemens", "SR", False)]
)
def test_maker_and_kind_together_tell_them(one_slice, limb, tmp_path: Path, maker: str, modality: str, own: bool) -> None:
    data = one_slice(limb()[:, :, 0], 0, modality=modality, Manufacturer=maker)
    data.save_as(tmp_path / "a.dcm", enforce_file_format=True)
    assert is_own(tmp_path / "a.dcm") is own
    assert strangers_in(tmp_path) is not own


def test_what_is_no_dicom_or_damaged_is_a_strangers(tmp_path: Path) -> None:
    assert not strangers_in(tmp_path) and not strangers_in(tmp_path / "none")
    for data in (b"text", b"\0" * 128 + b"DICM" + b"\xff" * 40, b""):
        (tmp_path / "file").write_bytes(data)
        assert not is_own(tmp_path / "file") and strangers_in(tmp_path) and strangers_in(tmp_path / "file")
    (tmp_path / "file").unlink()
    (tmp_path / "sub").mkdir()
    assert strangers_in(tmp_path)
