"""Mouse profiles: what a button does in a slice, by habit. No Qt.

The first is the one of the IHE profile "Basic Image Review": the first tool scrolls. The second is that of viewers whose left
button changes the window; OHIF's own modes bind the buttons so (left window and level, middle pan, right zoom, wheel slices: its
source, modes/longitudinal/src/initToolGroups.js). The third is that of 3D Slicer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Gesture = Literal["scroll", "window", "pan", "zoom", "cursor"]
Button = Literal["left", "middle", "right"]

WORDS: dict[Gesture, str] = {
    "scroll": "scroll",
    "window": "window and level",
    "pan": "pan",
    "zoom": "zoom",
    "cursor": "set the crosshair",
}


@dataclass(frozen=True)
class Profile:
    """What the buttons do; `held` is the left button while W (or the key in its place) is held, `shifted` while Shift is."""

    key: str
    name: str
    left: Gesture
    held: Gesture
    shifted: Gesture
    middle: Gesture = "pan"
    right: Gesture = "zoom"


PROFILES = (
    Profile("bir", "Left button scrolls", "scroll", "window", "cursor"),
    Profile("window", "Left button: window and level (like OHIF)", "window", "scroll", "cursor"),
    Profile("slicer", "Like 3D Slicer", "window", "scroll", "pan"),
)


def profile_of(key: object) -> Profile:
    """The profile of a key; an unknown one gives the first."""
    return next((p for p in PROFILES if p.key == key), PROFILES[0])


def gesture(profile: Profile, button: Button, shift: bool = False, held: bool = False) -> Gesture:
    """What a press of a button does. Shift goes before W."""
    if button == "left":
        return profile.shifted if shift else profile.held if held else profile.left
    return profile.middle if button == "middle" else profile.right


def lines(profile: Profile, key: str = "W") -> tuple[tuple[str, str], ...]:
    """What the buttons do, for people: (gesture, what it does); `key` is the one that is held, "" for none."""
    left = WORDS[profile.left]
    return (
        ("Left drag", f"{left}; with {key} held: {WORDS[profile.held]}" if key else left),
        ("Shift + left", WORDS[profile.shifted]),
        ("Middle drag", WORDS[profile.middle]),
        ("Right drag, Ctrl + wheel", WORDS[profile.right] if profile.right == "zoom" else f"{WORDS[profile.right]}, zoom"),
    )
