"""outputs: names are settled before any scan is read, no two are alike, and none is that of a scan."""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ankleviewer.cli.console import UsageError
from ankleviewer.cli.outputs import check_json, check_names, places, tell_older, written
from ankleviewer.core.geometry import Grid
from ankleviewer.io.nifti import HEAT_MAP, write_nifti

NIFTI, SLICE, ZIP = b"\x5c\x01\0\0" + bytes(400), bytes(128) + b"DICM" + bytes(40), b"PK\x03\x04" + bytes(30)
ONE = ("one",)


@pytest.fixture
def put(tmp_path) -> Callable[..., list[str]]:
    """Makes files and returns their paths, as the command line gets them."""

    def make(*names: str, data: bytes = NIFTI) -> list[str]:
        for name in names:
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_bytes(data)
        return [str(tmp_path / name) for name in names]

    return make


def named(found: list[dict[str, Path]], kind: str = "heatmap") -> list[str]:
    return [place[kind].name for place in found]


@pytest.mark.parametrize(
    ("scan", "target", "data"),
    [
        ("d", "d/scan.nii.gz", NIFTI),
        ("d", "d/below/scan.nii.gz", NIFTI),
        ("d", "d/1.dcm", SLICE),
        ("d/1.dcm", "d/2.dcm", SLICE),
        ("d", "d/all.zip", ZIP),
        ("d/scan.nii.gz", "d/scan.nii.gz", NIFTI),
        ("d/scan.nii.gz", "link/scan.nii.gz", NIFTI),
    ],
)
def test_a_scan_of_the_input_is_never_an_output(put, tmp_path, scan, target, data) -> None:
    put("d/1.dcm", "d/2.dcm", data=SLICE)
    put("d/scan.nii.gz", "d/all.zip")
    (tmp_path / "link").symlink_to(tmp_path / "d")
    put(target, data=data)
    inputs, output = [str(tmp_path / scan)], str(tmp_path / target)
    with pytest.raises(UsageError, match="overwrite a scan"):
        check_json(inputs, output)
    with pytest.raises(UsageError, match="overwrite a scan"):
        places(inputs, ONE, None, {"heatmap": output})


def test_what_an_earlier_run_wrote_beside_the_scan_is_written_again(put, tmp_path) -> None:
    (scan,) = put("d/1.dcm", data=SLICE)
    (json,) = put("d/result.json", data=b"{}")
    (pdf,) = put("d/r.pdf", data=b"%PDF-1.4")
    heat = tmp_path / "d" / "heat.nii.gz"
    write_nifti(np.zeros((4, 4, 4), np.float32), Grid.axis_aligned((4, 4, 4), 1.0, (0, 0, 0)), heat, description=HEAT_MAP)
    for path in (scan, str(tmp_path / "d")):
        assert places([path], ONE, json, {"report": pdf, "heatmap": str(heat)}) == [{"report": Path(pdf), "heatmap": heat}]


def test_of_several_packs_the_files_that_are_written_count(put, tmp_path) -> None:
    (scan,) = put("s-compact.nii.gz")
    target = str(tmp_path / "s.nii.gz")
    with pytest.raises(UsageError, match="overwrite a scan"):
        places([scan], ("compact", "other"), None, {"heatmap": target})
    assert named(places([scan], ("compact",), None, {"heatmap": target})) == ["s.nii.gz"]
    assert [f.name for f in written("heatmap", Path(target), ("a", "b"))] == ["s-a.nii.gz", "s-b.nii.gz"]


def test_of_several_scans_no_output_is_another_input(put, tmp_path) -> None:
    inputs = put("scan.nii.gz", "scan-out.nii.gz", "SCAN-OUT-2.nii")
    found = places(inputs, ONE, None, {"heatmap": str(tmp_path)})
    assert named(found) == ["scan-out-2.nii.gz", "scan-out-out.nii.gz", "SCAN-OUT-2-out.nii.gz"]


def test_no_other_scan_is_replaced_either(put, tmp_path) -> None:
    put("o/a.nii.gz", "o/b.dcm", data=SLICE)
    inputs = put("x/a.nii.gz", "x/b.nii.gz")
    assert named(places(inputs, ONE, None, {"heatmap": str(tmp_path / "o")})) == ["a-out.nii.gz", "b.nii.gz"]
    with pytest.raises(UsageError, match="overwrite a scan"):
        places(inputs[:1], ONE, None, {"heatmap": str(tmp_path / "o/a.nii.gz")})


def test_long_names_are_cut(tmp_path) -> None:
    inputs = [f"x/{'x' * 250}", f"x/{'骨' * 80}", "x/a"]
    found = named(places(inputs, ("one", "m" * 64), None, {"heatmap": str(tmp_path)}))
    assert found == ["x" * 160 + ".nii.gz", "骨" * 53 + ".nii.gz", "a.nii.gz"]
    assert all(len(os.fsencode(written("heatmap", tmp_path / name, ("m" * 64, "n"))[0].name)) <= 255 for name in found)


@pytest.mark.parametrize(
    ("names", "wanted"),
    [
        (["x/a.nii.gz", "y/b.dcm"], ["a.nii.gz", "b.nii.gz"]),
        (["x/a.nii.gz", "y/a.nii.gz"], ["a-1.nii.gz", "a-2.nii.gz"]),
        (["x/a.nii.gz", "y/a.nii.gz", "a-1.nii.gz"], ["a-4.nii.gz", "a-2.nii.gz", "a-1.nii.gz"]),
        (["x/a.nii.gz", "y/A.NII.GZ"], ["a-1.nii.gz", "A-2.nii.gz"]),
    ],
)
def test_names_that_repeat_are_numbered(put, tmp_path, names, wanted) -> None:
    assert named(places(put(*names), ONE, None, {"heatmap": str(tmp_path / "o")})) == wanted


def test_heat_maps_of_several_packs_and_scans_stay_apart(put, tmp_path) -> None:
    packs = ("b-c", "c")
    found = places(put("x/a.nii", "x/a-b.nii"), packs, None, {"heatmap": str(tmp_path)})
    files = [file for place in found for file in written("heatmap", place["heatmap"], packs)]
    assert len(set(files)) == 4


def test_outputs_keep_apart_from_the_json(put, tmp_path) -> None:
    inputs = put("x/a.nii", "x/b.nii")
    found = places(inputs, ONE, str(tmp_path / "a.png"), {"picture": str(tmp_path)})
    assert named(found, "picture") == ["a-out.png", "b.png"]
    with pytest.raises(UsageError, match="same name"):
        places(inputs[:1], ONE, str(tmp_path / "a.png"), {"picture": str(tmp_path / "a.png")})


def test_a_pipe_and_a_missing_folder(put, tmp_path) -> None:
    put("d/1.dcm", data=SLICE)
    if hasattr(os, "mkfifo"):
        os.mkfifo(tmp_path / "d" / "pipe")
        check_json([str(tmp_path / "d")], str(tmp_path / "d" / "pipe"))  # nobody reads from it, so it must not be opened
    with pytest.raises(UsageError, match="does not exist"):
        check_json([str(tmp_path / "d")], str(tmp_path / "none" / "x.json"))


def test_endings_in_any_case(tmp_path) -> None:
    check_names(["a.nii"], {"heatmap": "H.NII.GZ", "picture": "P.PNG", "report": None})
    with pytest.raises(UsageError, match="must name a file ending in"):
        check_names(["a.nii"], {"heatmap": "h.png"})
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="must name a folder"):
        check_names(["a.nii", "b.nii"], {"report": str(tmp_path / "file")})


@pytest.mark.parametrize(
    ("kind", "name"), [("report", "x.pdf"), ("heatmap", "H.NII.GZ"), ("picture", "x.png/"), ("report", "x.png")]
)
def test_of_several_scans_a_folder_is_not_named_like_a_file(tmp_path, kind, name) -> None:
    two = ["a.nii", "b.nii"]
    with pytest.raises(UsageError, match="must name a folder, not a file"):
        check_names(two, {kind: f"{tmp_path}/{name}"})
    check_names(two, {kind: str(tmp_path / "of 2026.11")})
    (tmp_path / name).mkdir()
    check_names(two, {kind: f"{tmp_path}/{name}"})  # it is one


def test_a_folder_is_no_file_to_write(put, tmp_path) -> None:
    inputs = put("x/a.nii", "x/b.nii")
    (folder := tmp_path / "r.pdf").mkdir()
    for refused in (
        lambda: check_json(inputs, str(folder)),
        lambda: places(inputs, ONE, str(folder), {}),
        lambda: places(inputs[:1], ONE, None, {"report": str(folder)}),
    ):
        with pytest.raises(UsageError, match=r"there is a folder of that name: .+"):
            refused()


def test_only_a_heat_map_of_this_program_is_removed(put, tmp_path, capsys) -> None:
    (foreign,) = put("foreign.nii.gz")
    ours = tmp_path / "ours.nii.gz"
    write_nifti(np.zeros((4, 4, 4), np.float32), Grid.axis_aligned((4, 4, 4), 1.0, (0, 0, 0)), ours, description=HEAT_MAP)
    files = [Path(foreign), ours, tmp_path / "none.nii.gz"]
    tell_older(files, remove=False)
    assert ours.exists() and capsys.readouterr().err.count("the file there is an older one") == 2
    tell_older(files, remove=True)
    said = capsys.readouterr().err
    assert not ours.exists() and f"{ours}: the heat map of an earlier run was removed" in said
    assert Path(foreign).exists() and f"{foreign}: nothing was written" in said and "none.nii.gz" not in said


def test_results_for_a_pacs_have_a_folder_of_their_own_for_each_scan(put, tmp_path) -> None:
    one, two = put("a.nii.gz", "b.nii.gz")
    assert places([one], ["m"], None, {"dicom": str(tmp_path / "out")}) == [{"dicom": tmp_path / "out"}]
    found = places([one, two], ["m"], None, {"dicom": str(tmp_path / "out")})
    assert [place["dicom"] for place in found] == [tmp_path / "out" / "a", tmp_path / "out" / "b"]
    with pytest.raises(UsageError, match="holds other files"):
        places([one], ["m"], None, {"dicom": str(tmp_path)})
    with pytest.raises(UsageError, match="is no folder"):
        places([one], ["m"], None, {"dicom": one})
    for name in ("a.dcm", "a.pdf"):
        with pytest.raises(UsageError, match="--dicom must name a folder, not a file"):
            check_names([one], {"dicom": name})
    check_names([one], {"dicom": "results"})


def test_no_other_output_lies_among_the_results_for_a_pacs(put, tmp_path) -> None:
    (one,) = put("a.nii.gz")
    out = str(tmp_path / "out")
    for others in ({"picture": f"{out}/p.png"}, {"report": f"{out}/sub/../r.pdf"}):
        with pytest.raises(UsageError, match="needs a folder of its own"):
            places([one], ["m"], None, {"dicom": out} | others)
    for target in (out, f"{out}/r.json"):
        (tmp_path / "out").mkdir(exist_ok=True)
        with pytest.raises(UsageError):
            places([one], ["m"], target, {"dicom": out})


def test_names_that_some_disks_take_for_one_get_files_of_their_own(tmp_path) -> None:
    """macOS takes a letter for one with its mark apart."""
    scans = [str(tmp_path / folder / name) for folder, name in (("a", "M\u00fcller.nii"), ("b", "Mu\u0308ller.nii"))]
    out = tmp_path / "out"
    out.mkdir()
    found = places(scans, ["compact"], None, {"report": str(out), "heatmap": None, "picture": None, "dicom": None})
    names = [unicodedata.normalize("NFC", place["report"].name).casefold() for place in found]
    assert len(set(names)) == 2
