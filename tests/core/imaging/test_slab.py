"""Slabs: thickness, the three modes against plain numpy, what lies outside, and what the store saves."""

from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.geometry import Grid
from ankleviewer.core.imaging.oblique import frames_of, start, turned
from ankleviewer.core.imaging.planes import PLANES, Frame
from ankleviewer.core.imaging.slab import OUTSIDE, Slab, SliceStore, next_mode, next_thickness, slab_hu
from ankleviewer.core.volume import Volume

GRID = Grid.axis_aligned((30, 34, 40), (0.5, 0.5, 0.8), (-7.0, -8.0, 50.0))
AT = (0.5, 0.0, 66.0)


def scan(padding: bool = False) -> Volume:
    rng = np.random.default_rng(1)
    mask = rng.random(GRID.shape) < 0.3 if padding else None
    return Volume(rng.integers(-1024, 3000, GRID.shape).astype(np.int16), GRID, mask)


def reference(stack: np.ndarray, mode: str) -> np.ndarray:
    """Slab of slices [n, row, column] with OUTSIDE left out, by numpy's NaN functions."""
    values = np.where(stack == OUTSIDE, np.nan, stack.astype(float))
    some = ~np.isnan(values).all(axis=0)
    out = np.full(stack.shape[1:], float(OUTSIDE))
    reduce = {"max": np.nanmax, "min": np.nanmin, "mean": np.nanmean}[mode]
    out[some] = reduce(values[:, some], axis=0)
    return np.rint(out).astype(np.int16)


def test_text_says_what_is_shown() -> None:
    assert Slab().text(50, 100, 0.5) == ""
    assert Slab(10, "max").text(50, 100, 0.4) == "MIP 10 mm"
    assert Slab(10, "min").text(50, 100, 0.6) == "MinIP 10.2 mm"
    assert Slab(5, "mean").text(50, 100, 1.0) == "Mean 5 mm"
    assert Slab(3, "max").text(50, 100, 3.0) == "MIP: 1 slice"


def test_near_the_ends_of_the_scan_a_slab_is_thinner_and_says_so() -> None:
    slab = Slab(20, "max")
    assert [slab.text(index, 40, 1.0) for index in (0, 5, 10, 29, 38, 39)] == [
        "MIP 11 mm",
        "MIP 16 mm",
        "MIP 21 mm",
        "MIP 21 mm",
        "MIP 12 mm",
        "MIP 11 mm",
    ]
    assert slab.around(0, 40, 1.0) == (0, 10) and slab.around(39, 40, 1.0) == (29, 39)
    assert slab.text(0, 1, 1.0) == "MIP: 1 slice"


def test_keys_go_round() -> None:
    slab, seen = Slab(), []
    for _ in range(5):
        slab = next_thickness(slab)
        seen.append(slab.mm)
    assert seen == [3, 5, 10, 20, 0]
    assert [next_mode(Slab(5, m)).mode for m in ("max", "min", "mean")] == ["min", "mean", "max"]
    assert next_mode(Slab(5)).mm == 5
    with pytest.raises(ValueError, match="median"):
        Slab(5, "median")


@pytest.mark.parametrize("padding", [False, True])
@pytest.mark.parametrize("mode", ["max", "min", "mean"])
@pytest.mark.parametrize("plane", PLANES)
def test_own_planes(plane: str, mode: str, padding: bool) -> None:
    volume, frame = scan(padding), Frame.of(GRID, plane)
    for index in (0, 12, frame.grid.shape[2] - 1):
        half = Slab(4, mode).half(frame.grid.spacing[2])
        chosen = range(max(0, index - half), min(frame.grid.shape[2], index + half + 1))
        stack = np.stack([frame.pixels(volume.hu, n) for n in chosen])
        if volume.padding is not None:
            stack[np.stack([frame.pixels(volume.padding, n) for n in chosen])] = OUTSIDE
        np.testing.assert_allclose(slab_hu(frame, volume, index, Slab(4, mode)), reference(stack, mode), atol=0.51)


@pytest.mark.parametrize("mode", ["max", "min", "mean"])
def test_oblique_planes(mode: str) -> None:
    volume = scan()
    frame = frames_of(GRID, turned(start(GRID, AT), "coronal", 30, AT))[0]
    index = frame.slice_at(AT)
    half = Slab(5, mode).half(frame.grid.spacing[2])
    stack = np.stack([frame.pixels(volume.hu, n, OUTSIDE) for n in range(index - half, index + half + 1)])
    got = slab_hu(frame, volume, index, Slab(5, mode))
    np.testing.assert_allclose(got, reference(stack, mode), atol=0.51)
    assert (got == OUTSIDE).any() and (got != OUTSIDE).any()


def test_thin_oblique_slabs_skip_cuts_that_show_nothing_more_but_never_the_middle() -> None:
    grid = Grid.axis_aligned((60, 60, 60), 0.25, (0, 0, 0))
    hu = np.zeros(grid.shape, dtype=np.int16)
    frame = frames_of(grid, turned(start(grid, (7, 7, 7)), "axial", 20, (7, 7, 7)))[0]
    for index in range(20, 26):
        hu[:] = 0
        hu[:, :, index] = 900
        assert slab_hu(frame, Volume(hu, grid), index, Slab(5)).max() == 900


@pytest.mark.parametrize("mode", ["max", "min"])
@pytest.mark.parametrize("degrees", [0.0, 2.0])
def test_no_voxel_lies_between_the_cuts_of_an_oblique_slab(mode: str, degrees: float) -> None:
    """A flake of one voxel is in every slab that holds its place."""
    grid = Grid.axis_aligned((60, 60, 60), (0.25, 0.25, 0.8), (0, 0, 0))
    at = (7.0, 7.0, 24.0)
    frame = frames_of(grid, turned(start(grid, at), "axial", degrees, at))[1]
    for layer in range(26, 32):
        hu = np.zeros(grid.shape, dtype=np.int16)
        hu[:, layer] = 1500 if mode == "max" else -900
        found = slab_hu(frame, Volume(hu, grid), frame.slice_at((7.0, 7.0, 24.0)), Slab(3, mode))
        middle = found[found.shape[0] // 2, found.shape[1] // 2]
        assert abs(int(middle)) > 600, layer


def test_every_cut_of_a_mean_counts_the_same() -> None:
    grid = Grid.axis_aligned((60, 60, 60), (0.25, 0.25, 0.8), (0, 0, 0))
    frame = frames_of(grid, turned(start(grid, (7, 7, 24)), "axial", 0.0, (7, 7, 24)))[0]
    hu = np.broadcast_to(np.arange(60, dtype=np.int16)[None, None, :] ** 2, grid.shape).copy()
    middle = frame.slice_at((7, 7, 24))
    for index in range(middle, middle + 6):
        first, last = Slab(5, "mean").around(index, frame.grid.shape[2], 0.25)
        cuts = [frame.pixels(hu, n).astype(float) for n in range(first, last + 1) if n % 3 == 0]
        np.testing.assert_allclose(slab_hu(frame, Volume(hu, grid), index, Slab(5, "mean")), np.mean(cuts, axis=0), atol=0.51)


def test_a_store_makes_room_for_a_slab_within_bounds() -> None:
    frame = Frame.of(Grid.axis_aligned((512, 512, 300), 0.2, (0, 0, 0)), "axial")
    store = SliceStore(10)
    assert store.holds(8, frame) and store.kept == 10
    assert store.holds(101, frame) and store.kept >= 101
    assert not store.holds(10_000, frame) and store.kept < 400


def test_a_store_cuts_only_what_is_new_and_forgets_other_planes() -> None:
    volume, store, cuts = scan(), SliceStore(), []
    frames = frames_of(GRID, turned(start(GRID, AT), "axial", 15, AT))
    index = frames[0].slice_at(AT)
    whole = slab_hu(frames[0], volume, index + 1, Slab(5))
    slab_hu(frames[0], volume, index, Slab(5), store)

    class Counting(Volume):
        pass

    original = store.cut
    store.cut = lambda frame, volume, n: cuts.append(n not in store._cuts) or original(frame, volume, n)  # type: ignore[method-assign]
    np.testing.assert_array_equal(slab_hu(frames[0], volume, index + 1, Slab(5), store), whole)
    assert sum(cuts) == 1
    store.clear()
    assert not store._cuts and store._of is None
    np.testing.assert_array_equal(slab_hu(frames[1], volume, 12, Slab(5), store), slab_hu(frames[1], volume, 12, Slab(5)))
    for n in range(5, 35):
        slab_hu(frames[0], volume, n, Slab(3), SliceStore(kept=8))
