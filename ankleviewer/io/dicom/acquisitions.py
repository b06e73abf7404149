"""Runs of a scanner that a series holds together, although they went over the same place: each is a series of its own.

A leg that moved between two runs would otherwise be woven from both, every second slice of another pose.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from ankleviewer.io.dicom.headers import Frame

LEAST = 3  # slices that make a run; fewer are an odd number in a header
OVERLAP = 0.5  # of the shorter run, from which on two went over the same place; runs that follow each other share less


def separated(frames: Sequence[Frame]) -> list[Frame]:
    """The frames, those of further runs over the same place under names of their own ("@" and the run's number, behind the
    series' name), in the order in which they came.

    Args:
        frames: of any number of series; `Frame.acquisition` is Acquisition Number (0020,0012).
    """
    named: dict[tuple[str, int | None], str] = {}
    for series in dict.fromkeys(frame.series for frame in frames):
        for number, name in _names([frame for frame in frames if frame.series == series]).items():
            named[series, number] = name
    return [replace(f, series=named[f.series, f.acquisition]) if (f.series, f.acquisition) in named else f for f in frames]


def _names(frames: list[Frame]) -> dict[int, str]:
    """Numbers of the runs that get names of their own."""
    runs: dict[int, list[Frame]] = {}
    for frame in frames:
        if frame.acquisition is not None:
            runs.setdefault(frame.acquisition, []).append(frame)
    runs = {number: run for number, run in sorted(runs.items()) if len(run) >= LEAST}
    normal = np.cross(frames[0].orientation[:3], frames[0].orientation[3:])
    spans = {number: _span(run, normal) for number, run in runs.items()}
    stacks: list[list[int]] = []
    for number in runs:
        for stack in stacks:
            if not any(_same_place(spans[number], spans[other]) for other in stack):
                stack.append(number)
                break
        else:
            stacks.append([number])
    return {number: f"{frames[0].series}@{stack[0]}" for stack in stacks[1:] for number in stack}


def _span(run: Sequence[Frame], normal: np.ndarray) -> tuple[float, float]:
    heights = [float(np.dot(frame.position, normal)) for frame in run]
    return min(heights), max(heights)


def _same_place(one: tuple[float, float], other: tuple[float, float]) -> bool:
    shared = min(one[1], other[1]) - max(one[0], other[0])
    return shared > 0 and shared >= OVERLAP * min(one[1] - one[0], other[1] - other[0])
