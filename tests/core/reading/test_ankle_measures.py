"""The surgeon's measures against values by hand, flat and turned anyhow in space."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from ankleviewer.core.reading.ankle_measures import level_above, medial_clear_space, posterior_share, step_off, syndesmosis

TURNS = [Rotation.identity(), Rotation.from_euler("xyz", (15, -20, 33), degrees=True), Rotation.random(rng=3)]
SHIFT = np.array((3.0, 4.0, 90.0))


@pytest.mark.parametrize("turn", TURNS)
def test_step_off_and_gap(turn: Rotation) -> None:
    """A level joint line whose back fragment stands 2 mm higher, 1.5 mm away."""
    points = turn.apply(np.array([(0.0, -10.0, 0.0), (0.0, 0.0, 0.0), (0.0, 1.5, 2.0)])) + SHIFT
    found = step_off(*points)
    assert (found.step_mm, found.gap_mm) == (pytest.approx(2.0), pytest.approx(1.5))
    np.testing.assert_allclose(found.corner, turn.apply((0.0, 1.5, 0.0)) + SHIFT, atol=1e-9)


def test_overlapping_fragments_have_a_negative_gap_and_equal_edges_none() -> None:
    assert step_off((0, -10, 0), (0, 0, 0), (0, -1, 3)).gap_mm == pytest.approx(-1.0)
    none = step_off((0, -10, 0), (0, 0, 0), (0, 0, 0))
    assert (none.step_mm, none.gap_mm) == (0.0, 0.0)
    with pytest.raises(ValueError, match="same place"):
        step_off((0, 0, 0), (0, 0, 0), (0, 1, 0))


@pytest.mark.parametrize("turn", TURNS)
def test_posterior_share(turn: Rotation) -> None:
    """A plafond of 32 mm, arched 3 mm, broken 8 mm before its back lip."""
    points = turn.apply(np.array([(0.0, -20.0, 0.0), (0.0, 12.0, 0.0), (0.0, 4.0, 3.0)])) + 50.0
    found = posterior_share(*points)
    assert found.share_percent == pytest.approx(25.0)
    assert (found.fragment_mm, found.plafond_mm) == (pytest.approx(8.0), pytest.approx(32.0))
    np.testing.assert_allclose(found.foot, turn.apply((0.0, 4.0, 0.0)) + 50.0, atol=1e-9)
    with pytest.raises(ValueError, match="same place"):
        posterior_share(points[0], points[0], points[2])


def test_medial_clear_space() -> None:
    assert medial_clear_space((10.0, 0.0, 5.0), (7.0, 0.0, 1.0)) == 5.0


@pytest.mark.parametrize("turn", TURNS)
def test_tibiofibular_distances_and_their_height(turn: Rotation) -> None:
    flat = np.array([(0, 0, 0), (20, -8, 10), (22, -8, 10), (19, 0, 10), (23, 3, 10), (20, 9, 10), (20, 14, 10)], dtype=float)
    plafond, *rest = turn.apply(flat) + SHIFT
    pairs = list(zip(rest[::2], rest[1::2], strict=True))
    found = syndesmosis(plafond, pairs, turn.apply((0.0, 0.0, 1.0)))
    assert found.distances_mm == (pytest.approx(2.0), pytest.approx(5.0), pytest.approx(5.0))
    assert found.height_mm == pytest.approx(10.0)
    assert syndesmosis(plafond, pairs[:1], turn.apply((0.0, 0.0, 1.0))).distances_mm == (pytest.approx(2.0),)
    assert syndesmosis(plafond, [], (0, 0, 1)).distances_mm == ()


def test_ten_millimetres_above_is_towards_the_head_whichever_way_the_normal_points() -> None:
    np.testing.assert_allclose(level_above((1, 2, 3), (0, 0, -2)), (1, 2, 13))
    tilted = np.array((0.0, 0.6, 0.8))
    np.testing.assert_allclose(level_above((1, 2, 3), tilted), np.array((1, 2, 3)) + 10 * tilted)
    np.testing.assert_allclose(level_above((1, 2, 3), -tilted), level_above((1, 2, 3), tilted))


def test_of_a_leg_across_the_scan_above_is_where_its_shaft_lies() -> None:
    for degrees in (88, 92, 135, 180):
        leg = Rotation.from_euler("x", degrees, degrees=True).apply((0, 0, 1))
        for normal in (leg, -leg):
            np.testing.assert_allclose(level_above((0, 0, 0), normal, leg), 10 * leg, atol=1e-9)
