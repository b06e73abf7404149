"""Rendering: twins, sides, labels and crack masks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from ankleviewer.core.geometry import Grid
from trainer.simulate.atlas import LABELS, Atlas
from trainer.simulate.render import OTHER_LEG, render, render_twins
from trainer.simulate.scan import grid_points
from trainer.simulate.scene import Scene, draw_scene, to_device
from trainer.simulate.setting import STANDARD

WIDTHS = (2.0, 2.0, 2.0)


@pytest.fixture(scope="module")
def scene(atlas: Atlas) -> Scene:
    return draw_scene(5, 0, atlas, "weber-b", "displaced")


@pytest.fixture(scope="module")
def points(scene: Scene) -> torch.Tensor:
    return grid_points(Grid.axis_aligned((48,) * 3, 2.0, scene.crack_mm()[0].numpy().astype(np.float64) - 47.0))


def test_twins_are_equal_away_from_the_fracture(scene: Scene, points: torch.Tensor) -> None:
    broken, whole = render(scene, points, WIDTHS, True), render(scene, points, WIDTHS, False)
    assert whole.cracks == [] and len(broken.cracks) == 1
    change = (broken.hu - whole.hu).abs()
    assert float(change.max()) > 200
    fibula = scene.atlas.bones["fibula"]
    canonical = scene.pose.to_canonical(points)
    assert (change[fibula(canonical) > 20] == 0).all(), "only the broken bone and what lies beside it may differ"
    other = torch.isin(whole.labels, torch.tensor([LABELS["talus"], LABELS["calcaneus"]], dtype=torch.uint8))
    assert float(change[other].median()) == 0


def test_cracks_lie_on_the_broken_bone(scene: Scene, points: torch.Tensor) -> None:
    seen = render(scene, points, WIDTHS, False), render(scene, points, WIDTHS, True)
    (crack,) = seen[1].cracks
    assert int(crack.sum()) > 20
    labels = seen[0].labels[crack]
    assert float((labels == LABELS["fibula"]).float().mean()) > 0.9
    middle = points[crack].mean(dim=0)
    assert float((middle - scene.crack_mm()[0]).norm()) < 15


def test_the_other_side_is_the_mirror_image(scene: Scene) -> None:
    """The pose's mirror alone turns a left ankle into a right one: mirrored points see the same bones."""
    mirror = torch.diag(torch.tensor([-1.0, 1.0, 1.0]))
    quiet = replace(scene, warp=torch.zeros_like(scene.warp), soft=replace(scene.soft, table=None))
    other = replace(quiet, pose=replace(scene.pose, matrix=scene.pose.matrix @ mirror), side="R" if scene.side == "L" else "L")
    p = grid_points(Grid.axis_aligned((33,) * 3, 3.0, np.full(3, -48.0)))
    one, two = render(quiet, p, (3.0,) * 3, True), render(other, p @ mirror, (3.0,) * 3, True)
    torch.testing.assert_close(one.hu, two.hu, atol=0.5, rtol=1e-3)
    assert float((one.labels == two.labels).float().mean()) > 0.999
    torch.testing.assert_close(other.crack_mm(), quiet.crack_mm() @ mirror, atol=1e-3, rtol=0)


def test_the_other_leg_is_the_other_side_unbroken(atlas: Atlas) -> None:
    both = draw_scene(5, 0, atlas, "weber-b", "displaced", replace(STANDARD, both_ankles=1.0))
    assert both.other is not None and both.other.side != both.side and both.other.fractures == []
    assert "other leg" in both.confounders
    away = float(both.other.pose.centre[0])
    assert abs(away) > 80 and (away < 0) is (both.side == "L"), "it stands to the medial side"
    middle = np.array([away / 2, 0.0, 0.0]) - 4.0 * np.array([35, 15, 15])
    points = grid_points(Grid.axis_aligned((71, 31, 31), 4.0, middle))
    broken, whole = render_twins(both, points, (4.0,) * 3)
    assert {LABELS["tibia"], LABELS["tibia"] + OTHER_LEG} <= set(broken.labels.unique().tolist())
    other = broken.labels > OTHER_LEG
    assert torch.equal(broken.hu[other], whole.hu[other])
    alone = render(replace(both, other=None), points, (4.0,) * 3, True)
    own = (alone.labels > 0) & (broken.labels == alone.labels)
    assert float((alone.hu[own] - broken.hu[own]).abs().max()) < 1e-3, "its own leg is not touched"


def test_rendering_names_a_device_for_every_new_tensor(scene: Scene, points: torch.Tensor) -> None:
    """So that a scene on a GPU is rendered there: without a device a tensor would be made on the CPU."""
    from torch.overrides import TorchFunctionMode

    careless: list[str] = []

    class Watch(TorchFunctionMode):
        def __torch_function__(self, function, types, args=(), kwargs=None):  # type: ignore[no-untyped-def]
            name = getattr(function, "__name__", "")
            makes = name in ("zeros", "ones", "full", "arange", "randn", "tensor", "eye", "linspace", "fftfreq", "rfftfreq")
            if makes and not (kwargs or {}).get("device"):
                careless.append(name)
            return function(*args, **(kwargs or {}))

    busy = replace(
        to_device(scene, "cpu"), scanner=replace(scene.scanner, motion_share=0.2, circle=1.0, drift_hu=5.0, sharpen=0.5)
    )
    with Watch():
        seen = render(busy, points, WIDTHS, True)
        busy.scanner.expose(seen.hu, WIDTHS)
    assert not careless
    torch.testing.assert_close(seen.hu, render(scene, points, WIDTHS, True).hu)


def test_bones_are_brighter_than_what_lies_around_them(scene: Scene, points: torch.Tensor) -> None:
    seen = render(scene, points, WIDTHS, False)
    assert float(seen.hu[seen.labels > 0].median()) > 150 > float(seen.hu[seen.labels == 0].median())
    assert set(seen.labels.unique().tolist()) >= {0, LABELS["tibia"], LABELS["fibula"], LABELS["talus"]}
