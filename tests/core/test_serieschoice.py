"""serieschoice: the thinnest sound series comes first, a bone kernel before others, and the reason is the true one."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from ankleviewer.core.serieschoice import BONE, KNOWN, LACKS, LEAST_BAD, MOST, ONLY, THINNEST, Series, ranked, reason, to_json


def series(
    key: str, apart: float | None = 1.0, slices: int = 100, plane: str = "axial", kernel: str = "", text: str = ""
) -> Series:
    return Series(key, text, plane, slices, (512, 512), None if apart is None else (0.4, 0.4, apart), kernel)


@pytest.mark.parametrize(
    ("found", "first", "why"),
    [
        ([series("thick", 3.0), series("thin", 0.6)], "thin", THINNEST),
        ([series("soft", 0.6, kernel="B30s"), series("sharp", 0.7, kernel="B60s")], "sharp", BONE),
        ([series("few", 0.6, 80), series("many", 0.6, 200)], "many", MOST),
        ([series("scout", 1.0, 2), series("scan", 5.0)], "scan", ONLY),
        ([series("coronal", 0.5, plane="coronal"), series("scan", 2.0)], "scan", ONLY),
        ([series("scout", 1.0, 2), series("short", 1.0, 12), series("none", None, 90)], "short", KNOWN),
        ([series("scout", 1.0, 2), series("short", 1.0, 12)], "short", LEAST_BAD),
        ([series("none", None, 90), series("other", None, 8)], "none", LEAST_BAD),
        ([series("few", 0.6, 80), series("many", 0.7, 200), series("thicker", 0.84, 300)], "many", MOST),
        ([replace(series("overlapping", 0.5), thickness_mm=3.0), series("thin", 0.75)], "thin", THINNEST),
        ([replace(series("one", 0.8), thickness_mm=0.6), series("other", 1.0)], "one", THINNEST),
        ([replace(series("vnc", 0.6), derived=True), series("plain", 3.0)], "plain", ONLY),
    ],
)
def test_which_comes_first_and_why(found: list[Series], first: str, why: str) -> None:
    for order in (found, found[::-1]):
        assert ranked(order)[0].key == first
        assert reason(order) == why


def test_one_series_is_no_choice() -> None:
    assert reason([series("a")]) == "" and [s.key for s in ranked([series("a")])] == ["a"]


def test_faults_come_last_whatever_their_slices() -> None:
    found = [series("reformat", 0.3, 400, "sagittal"), series("few", 0.3, 3), series("scan", 4.0, 30)]
    assert [s.key for s in ranked(found)] == ["scan", "reformat", "few"]
    assert [s.lack for s in ranked(found)] == ["", "reformat", "few"]


@pytest.mark.parametrize(
    "kernel", ["BONEPLUS", "EDGE", "B70f", "Br64u", "Hr60", "U90u", "Br92u", "I70f", "J70h", "CT_EDGE", "FC30", "FC81"]
)
def test_bone_kernels(kernel: str) -> None:
    assert series("a", kernel=kernel).bone


@pytest.mark.parametrize("kernel", ["STANDARD", "B30s", "Br40", "FC08", "", "SOFT", "C", "I31f", "Wedge filter"])
def test_other_kernels(kernel: str) -> None:
    assert not series("a", kernel=kernel).bone and series("a", text="Knochen 0.6").bone


def test_the_list_for_programs_tells_what_is_not_known_and_why_one_is_proposed() -> None:
    found = ranked([series("a", 0.6, kernel="Br64"), series("b", None, 3, plane="", text="Topogramm")])
    record = json.loads(json.dumps(to_json("study", found)))
    first, second = record["series"]
    assert record["schema"] == "ankleviewer.series/1" and record["path"] == "study"
    assert (first["number"], first["key"], first["kernel"], first["spacing_mm"]) == (1, "a", "Br64", [0.4, 0.4, 0.6])
    assert first["proposed"] == ONLY and first["lack"] is None
    assert (second["number"], second["description"], second["plane"], second["kernel"]) == (2, "Topogramm", None, None)
    assert second["spacing_mm"] is None and second["proposed"] is None and second["lack"] == LACKS["unknown"]


def test_no_reason_claims_more_slices_than_others_have() -> None:
    """Of a scout of two slices it was said that it had the most, above a series of sixteen whose slice distance is not known."""
    scout, unknown = series("scout", 10.0, 2), series("unknown", None, 16)
    assert reason([scout, unknown]) == KNOWN != LEAST_BAD
    alike = [series("a", 0.6), series("b", 0.6)]
    assert reason(alike) == MOST and "more" in MOST and "most" not in MOST + LEAST_BAD + KNOWN, "true of equals too"
