"""Built-in bones: plausible, apart from each other, and the same for the same seed."""

from __future__ import annotations

import pytest
import torch

from trainer.simulate.atlas import BONES, Atlas
from trainer.simulate.bones import SHAFT_TOP, built_in
from trainer.simulate.setting import LIFELIKE

# cm^3 of adult bones, generously; tibia and fibula as far as they are drawn
VOLUMES = {
    "talus": (20, 75),
    "tibia": (60, 180),
    "fibula": (10, 40),
    "calcaneus": (30, 110),
    "navicular": (3, 18),
}


@pytest.fixture(params=["atlas", "other_atlas"])
def body(request: pytest.FixtureRequest) -> Atlas:
    return request.getfixturevalue(request.param)


def lattice(step: float, *ranges: tuple[float, float]) -> torch.Tensor:
    return torch.stack(torch.meshgrid(*(torch.arange(a, b, step) for a, b in ranges), indexing="ij"), dim=-1)


def test_no_two_bones_share_a_place(body: Atlas) -> None:
    points = lattice(1.5, (-45, 48), (-75, 80), (-75, 60))
    inside = torch.stack([grid(points) < 0 for grid in body.bones.values()])
    assert int(inside.any(dim=0).sum()) > 30_000
    assert int((inside.sum(dim=0) > 1).sum()) == 0


def test_volumes_are_those_of_adults(body: Atlas) -> None:
    assert set(body.bones) == set(BONES)
    for name, (low, high) in VOLUMES.items():
        volume = float((body.bones[name].values < 0).sum()) / 1000
        assert low < volume < high, f"{name}: {volume:.1f} cm^3"


def test_the_joint_space_is_one_to_five_millimetres(body: Atlas) -> None:
    points = lattice(0.5, (-12, 12), (-12, 12), (-12, 6))
    tibia, talus = body.bones["tibia"](points), body.bones["talus"](points)
    gap = 2 * float(torch.maximum(tibia, talus).min())
    assert 1.0 < gap < 5.0
    lowest_tibia = points[..., 2][tibia < 0].min()
    highest_talus = points[..., 2][talus < 0].max()
    assert -5.0 < float(lowest_tibia - highest_talus) < 6.0


def test_the_parts_lie_where_an_ankle_has_them(body: Atlas) -> None:
    centre = {name: grid.points()[grid.values < 0].mean(dim=0) for name, grid in body.bones.items()}
    assert centre["fibula"][0] > centre["tibia"][0] + 15, "fibula lateral"
    assert centre["talus"][2] < centre["tibia"][2] and centre["calcaneus"][2] < centre["talus"][2]
    assert centre["navicular"][1] < centre["talus"][1] < centre["calcaneus"][1], "heel behind, forefoot in front"
    for bone in ("tibia", "fibula"):
        assert float(body.bones[bone].high[2]) >= SHAFT_TOP
    tip = body.bones["fibula"].points()[body.bones["fibula"].values < 0][:, 2].min()
    assert -36 < float(tip) < -14


def test_the_same_seed_gives_the_same_bones(atlas: Atlas, other_atlas: Atlas) -> None:
    again = built_in(5, 0)
    assert again.name == atlas.name == "s5-00000"
    assert again.cortex_mm == atlas.cortex_mm
    for name, grid in atlas.bones.items():
        assert torch.equal(grid.values, again.bones[name].values) and torch.equal(grid.origin, again.bones[name].origin)
    assert other_atlas.cortex_mm != atlas.cortex_mm
    points = lattice(3.0, (-40, 45), (-50, 70), (-60, 50))
    for name in ("talus", "tibia", "fibula", "calcaneus"):
        one, two = atlas.bones[name](points) < 0, other_atlas.bones[name](points) < 0
        overlap = float((one & two).sum() / (one | two).sum())
        assert 0.2 < overlap < 0.97, f"{name}: {overlap:.2f}"


def test_lifelike_feet_have_three_cuneiforms_and_five_metatarsals_with_joints_between_them() -> None:
    foot = built_in(5, 0, LIFELIKE)
    names = [name for name, _ in foot.solids()]
    assert names.count("cuneiforms") == 3 and names.count("metatarsals") == 5 and names[: len(BONES)] == list(BONES)
    points = lattice(0.5, (-36, 16), (-82, -46), (-44, -8))
    wedges = torch.stack([grid(points) for name, grid in foot.solids() if name == "cuneiforms"])
    inside = wedges < 0
    assert int((inside.sum(dim=0) > 1).sum()) == 0 and (inside.flatten(1).sum(dim=1) > 2000).all(), "each of 0.25 cm3 and more"
    nearest = wedges.topk(2, dim=0, largest=False).values
    space = float(nearest.sum(dim=0).min())
    assert 0.0 < space < 3.5, f"{space:.1f} mm between two cuneiforms"
    assert not built_in(5, 0).more, "one solid each in the named sets"
