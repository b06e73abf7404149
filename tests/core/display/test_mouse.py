"""Mouse profiles: every button does what its viewer's users expect."""

from __future__ import annotations

import pytest

from ankleviewer.core.display.mouse import PROFILES, gesture, lines, profile_of

CASES = {
    "bir": {
        ("left", 0, 0): "scroll",
        ("left", 0, 1): "window",
        ("left", 1, 0): "cursor",
        ("middle", 0, 0): "pan",
        ("right", 0, 0): "zoom",
    },
    "window": {("left", 0, 0): "window", ("left", 0, 1): "scroll", ("left", 1, 1): "cursor", ("right", 1, 1): "zoom"},
    "slicer": {("left", 0, 0): "window", ("left", 1, 0): "pan", ("middle", 0, 0): "pan", ("right", 0, 0): "zoom"},
}


@pytest.mark.parametrize("key", CASES)
def test_buttons(key: str) -> None:
    for (button, shift, held), expected in CASES[key].items():
        assert gesture(profile_of(key), button, bool(shift), bool(held)) == expected


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.key)
def test_every_profile_reaches_every_tool(profile) -> None:
    done = {profile.left, profile.held, profile.shifted, profile.middle, profile.right}
    assert {"scroll", "window", "pan", "zoom"} <= done
    assert len(lines(profile)) == 4 and all(what for _, what in lines(profile))


def test_a_broken_setting_gives_the_first() -> None:
    assert profile_of("nonsense") is profile_of(None) is profile_of(["bir"]) is PROFILES[0]
    assert len({p.key for p in PROFILES}) == len(PROFILES) == len({p.name for p in PROFILES})
