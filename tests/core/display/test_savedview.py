"""A session comes back as it was; a broken or foreign one costs at most what is broken in it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

import pytest

from ankleviewer.core.display.savedview import SCHEMA, SavedView, _made
from ankleviewer.core.display.viewstate import PaneView, ViewState, Window

STATE = ViewState(
    cursor_mm=(1.5, -2.0, 3.25),
    window=Window(400, 40),
    preset="4",
    heat=False,
    fill=True,
    paper_map=True,
    threshold=2.5,
    opacity=0.2,
    selected=1,
    ankle=1,
    model="compact",
    layout="coronal",
    fit="scan",
    panes=(PaneView(2.0, (3.0, -4.0)), PaneView(), PaneView()),
)
SAVED = SavedView("/data/x/scan.nii.gz", "scan.nii.gz", "ab" * 32, STATE, "all")


def changed(**view: object) -> ViewState:
    record = json.loads(json.dumps(SAVED.to_json()))
    record["view"] |= view
    return SavedView.from_json(record).state


def test_there_and_back_through_text() -> None:
    assert SavedView.from_json(json.loads(json.dumps(SAVED.to_json()))) == SAVED


def test_a_held_key_is_not_saved() -> None:
    held = SavedView("/a", "a", "0", ViewState(hide_ai=True))
    assert "hide_ai" not in held.to_json()["view"]
    assert not changed(hide_ai=True).hide_ai


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("layout", "nonsense"),
        ("layout", 3),
        ("opacity", 0.9),
        ("opacity", True),
        ("heat", 1),
        ("selected", 1.5),
        ("cursor_mm", [1, 2]),
        ("cursor_mm", [1, 2, float("nan")]),
        ("window", {"width": 0, "level": 0}),
        ("window", [1, 2]),
        ("window", {"width": 10}),
        ("panes", [{}, {}, {}]),
        ("threshold", "high"),
        ("threshold", float("inf")),
        ("ankle", True),
        ("ankle", -1),
        ("selected", -2),
        ("fit", "wall"),
        ("cursor_mm", [1e300, 0, 0]),
        ("threshold", 10**400),
        ("panes", [{"zoom": 1e9, "pan": [0, 0]}] * 3),
        ("panes", [{"zoom": 1, "pan": [1e300, 0]}] * 3),
        ("slab", {"mm": 1e9, "mode": "max"}),
        ("turn", {"axes": [1, 0, 0], "rolls": [0, 0, 0], "pivot": [0, 0, 0], "spacing": 0.5}),
        ("turn", {"axes": [2, 0, 0, 0, 2, 0, 0, 0, 2], "rolls": [0, 0, 0], "pivot": [0, 0, 0], "spacing": 0.5}),
        ("turn", {"axes": [1, 0, 0, 0, 1, 0, 0, 0, 1], "rolls": [0, 0, 0], "pivot": [0, 0, 0], "spacing": 1e-9}),
        ("model", None),
        ("tile_step", 0),
        pytest.param("tile_step", -(10**400), id="far below"),
        ("tile_step", True),
    ],
)
def test_a_broken_field_keeps_its_default_and_the_others_come_back(name: str, value: object) -> None:
    state = changed(**{name: value})
    assert getattr(state, name) == getattr(ViewState(), name)
    others = [n for n in ("cursor_mm", "window", "panes", "threshold", "layout") if n != name]
    assert all(getattr(state, n) == getattr(STATE, n) for n in others)


@pytest.mark.parametrize(("saved", "shown"), [(1, 1), (6, 5), (7, 8), (18, 20), (25, 20), pytest.param(10**400, 20, id="huge")])
def test_a_step_that_this_version_does_not_offer_comes_back_as_the_nearest(saved: int, shown: int) -> None:
    assert changed(tile_step=saved).tile_step == shown


def test_what_a_newer_program_wrote_is_passed_over() -> None:
    assert changed(curved_reformat={"a": 1}) == STATE


@pytest.mark.parametrize(
    "record",
    [
        None,
        [],
        {},
        {"schema": "ankleviewer.session/2"},
        {"schema": SCHEMA},
        {"schema": SCHEMA, "scan": {"path": "", "name": "a", "sha256": ""}},
        {"schema": SCHEMA, "scan": {"path": "/a", "name": "a"}},
        {"schema": SCHEMA, "scan": {"path": "/" * 9999, "name": "a", "sha256": ""}},
    ],
)
def test_what_is_no_session(record: object) -> None:
    with pytest.raises(ValueError, match=r"schema|scan"):
        SavedView.from_json(record)


@pytest.mark.parametrize("name", ["", ".", "..", "../a", "a/b", "DICOM\\IM0001"])
def test_a_name_that_leads_elsewhere_is_none(name: str) -> None:
    """A drive has none, and a file's may hold a backslash on Linux: the scan is still at its place."""
    saved = SavedView.from_json({"schema": SCHEMA, "scan": {"path": "/a", "name": name, "sha256": ""}})
    assert (saved.path, saved.name) == ("/a", "")


def test_without_a_view_the_scan_still_opens() -> None:
    for chosen in (5, "/tmp/pack", "..\\pack", "Pack"):
        assert SavedView.from_json(SAVED.to_json() | {"chosen": chosen}).chosen == ""
    record = SAVED.to_json() | {"view": None, "chosen": 5}
    back = SavedView.from_json(record)
    assert back.state == ViewState() and back.chosen == "" and back.path == SAVED.path


@dataclass(frozen=True)
class Inner:
    size: float = 1.0


@dataclass(frozen=True)
class Outer:
    """The kinds of fields that a view may grow."""

    names: tuple[str, ...] = ()
    inner: Inner | None = None
    rows: tuple[tuple[float, float], tuple[float, float]] = ((1.0, 0.0), (0.0, 1.0))


def test_every_kind_of_field_there_and_back() -> None:
    full = Outer(("a", "b"), Inner(2.0), ((0.5, 1.0), (2.0, 3.0)))
    for value in (full, Outer()):
        assert _made(Outer, json.loads(json.dumps(asdict(value)))) == value
    for broken in ({"names": "ab"}, {"inner": {"size": "big"}}, {"inner": 3}, {"rows": [[1, 2]]}, {"rows": [[1, 2], [3]]}):
        with pytest.raises((TypeError, ValueError)):
            _made(Outer, asdict(full) | broken)
