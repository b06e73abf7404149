"""Two runs over the same place are two series; runs that follow each other are one."""

from __future__ import annotations

from pathlib import Path

import pytest

from ankleviewer.core.errors import ScanError
from ankleviewer.io.dicom.acquisitions import separated
from ankleviewer.io.dicom.headers import Frame
from ankleviewer.io.reader import open_scan
from ankleviewer.io.series import list_series


def frame(height: float, run: int | None, series: str = "1.2") -> Frame:
    turn = (1.0, 0.0, 0.0, 0.0, 1.0, 0.0)
    return Frame(Path(f"{height} {run}"), 0, series, 8, 8, (0.0, 0.0, height), turn, (1.0, 1.0), None, None, "", run)


def names(frames: list[Frame]) -> list[str]:
    return [one.series for one in separated(frames)]


def test_runs_over_the_same_place_are_told_apart() -> None:
    first, second = [frame(k, 1) for k in range(9)], [frame(k + 0.5, 2) for k in range(9)]
    woven = [one for pair in zip(second, first, strict=True) for one in pair]
    assert names(woven) == ["1.2@2", "1.2"] * 9, "in the order in which they came; the first run keeps the series' name"


def test_runs_that_follow_each_other_are_one_series() -> None:
    turns = [frame(4 * run + k, run) for run in range(5) for k in range(4)]
    assert names(turns) == ["1.2"] * 20
    touching = [frame(3.0 * run + k, run) for run in range(5) for k in range(4)]
    assert names(touching) == ["1.2"] * 20, "the last slice of one lies where the next one begins"
    assert names([frame(k, k) for k in range(20)]) == ["1.2"] * 20, "numbered slice by slice"
    assert names([frame(k, None) for k in range(5)]) == ["1.2"] * 5, "nothing is told"


def test_runs_over_two_places_twice() -> None:
    place = {1: 0.0, 2: 10.0, 3: 0.2, 4: 10.2}
    frames = [frame(at + k, run) for run, at in place.items() for k in range(8)]
    assert names(frames) == ["1.2"] * 16 + ["1.2@3"] * 16


def test_series_are_looked_at_one_by_one() -> None:
    frames = [*(frame(k, 1, "1.2") for k in range(5)), *(frame(k, 2, "1.3") for k in range(5))]
    assert separated(frames) == frames


def test_a_series_of_two_runs_is_asked_for(limb, series) -> None:
    hu = limb()
    folder = series(hu, AcquisitionNumber=1)
    series(hu[::-1], series="1.2.3.4", name="second", position=None, AcquisitionNumber=2)
    for file in (folder.parent / "second").iterdir():
        file.rename(folder / f"second {file.name}")
    with pytest.raises(ScanError, match="SERIES_AMBIGUOUS"):
        open_scan(folder)
    found = list_series(folder, lambda _share, _what: None, lambda: False)
    assert [one.slices for one in found] == [16, 16] and len({one.key for one in found}) == 2
    for one, wanted in zip(found, (hu, hu[::-1]), strict=True):
        assert (open_scan(folder, pick=one.key).volume.hu == wanted).all()
    assert (open_scan(folder / next(f.name for f in folder.iterdir() if f.name.startswith("second"))).volume.hu == hu[::-1]).all()
