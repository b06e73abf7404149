"""Bone's material and the findings that look like fractures and are none."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
import torch

from trainer.simulate.atlas import LABELS, Atlas
from trainer.simulate.setting import Lifelike
from trainer.simulate.streams import stream
from trainer.simulate.tissue import KINDS, Lesion, draw_lesions, draw_texture, lifelike_texture

Z = torch.tensor([0.0, 0.0, 1.0])
X = torch.tensor([1.0, 0.0, 0.0])


def lesion(kind: str, size: float, hu: float) -> Lesion:
    return Lesion(kind, "tibia", torch.zeros(3), Z, X, size, hu, torch.zeros(8, 8))


def paint(found: Lesion, *points: tuple[float, float, float]) -> list[float]:
    p = torch.tensor(points)
    return found.paint(torch.full((len(p),), 300.0), p, torch.full((len(p),), 5.0), 0.5).tolist()


def test_the_shell_is_cortex_and_the_shaft_is_hollow() -> None:
    texture = replace(
        draw_texture(stream(1, 0, "texture")), density=1.0, grain=0.0, unevenness=0.0, cortex_varies=0.0, cortex_scale=1.0
    )
    depth = torch.tensor([0.5, 0.5, 9.0, 9.0])
    points = torch.tensor([[10.0, 0.0, 90.0], [10.0, 0.0, 2.0], [0.0, 0.0, 90.0], [0.0, 0.0, 2.0]])
    shaft, joint, marrow, spongiosa = texture.hu("tibia", points, depth, (3.5, 1.2), 0.5).tolist()
    assert shaft > 0.7 * texture.cortex_hu and joint > 0.7 * texture.cortex_hu
    assert marrow == pytest.approx(texture.marrow_hu, abs=25.0)
    assert spongiosa > marrow + 80
    middle = texture.hu("tibia", points, torch.full((4,), 2.3), (3.5, 1.2), 0.5).tolist()
    assert middle[0] > 0.7 * texture.cortex_hu > middle[1], "cortex is thick at the shaft and thin at the joint"


def test_textures_vary_within_what_patients_show() -> None:
    drawn = [draw_texture(stream(2, i, "texture")) for i in range(8)]
    assert len({t.density for t in drawn}) == 8
    for t in drawn:
        assert 0.45 <= t.density <= 1.45 and 950 <= t.cortex_hu <= 1750 and -90 <= t.marrow_hu <= 30
        assert set(t.offsets) == set(LABELS)


def test_lifelike_cortex_is_missing_in_places_but_not_in_the_shaft() -> None:
    plain = replace(
        draw_texture(stream(1, 0, "texture")), density=1.0, grain=0.0, unevenness=0.0, cortex_varies=0.0, cortex_scale=1.0
    )
    life = Lifelike(
        cortex_scale=(1.0, 1.01), cortex_varies=(0.0, 0.01), bare=(0.4, 0.41), unevenness=(1e-6, 2e-6), spongy=(0.0, 0.01)
    )
    texture = lifelike_texture(stream(1, 0, "lifelike"), plain, life)
    points = torch.rand(4000, 3, generator=torch.Generator().manual_seed(0)) * torch.tensor([60.0, 60.0, 0.0])
    depth = torch.full((len(points),), 0.4)
    share = {}
    for height in (2.0, 90.0):
        points[:, 2] = height
        share[height] = float((texture.hu("tibia", points, depth, (3.5, 1.2), 0.5) < 0.6 * texture.cortex_hu).float().mean())
    assert 0.15 < share[2.0] < 0.6 and share[90.0] == 0.0
    assert float((plain.hu("tibia", points, depth, (3.5, 1.2), 0.5) < 0.6 * plain.cortex_hu).float().mean()) == 0.0


def test_lifelike_shafts_may_hold_spongy_bone() -> None:
    plain = replace(draw_texture(stream(1, 0, "texture")), grain=0.0)
    fat, full = (
        lifelike_texture(stream(1, 0, "lifelike"), plain, replace(Lifelike(), spongy=(low, low + 1e-6))) for low in (0.0, 1.0)
    )
    middle = torch.tensor([[0.0, 0.0, 90.0]])
    marrow, spongiosa = (float(t.hu("tibia", middle, torch.tensor([9.0]), (3.5, 1.2), 0.5)) for t in (fat, full))
    assert spongiosa > marrow + 40


def test_planes_scars_and_growth_plates() -> None:
    assert paint(lesion("scar", 1.0, 200.0), (0, 0, 0), (0, 0, 3)) == [500.0, 300.0]
    inside, rim, beyond = paint(lesion("physis", 2.0, 80.0), (0, 0, 0), (0, 0, 1.5), (0, 0, 5))
    assert inside == 80.0 and rim > 400.0 and beyond == 300.0
    old = lesion("healed", 2.0, 100.0)
    assert paint(old, (0, 0, 0), (0, 0, 20))[0] == 400.0
    swollen = old.reshape(torch.tensor([[0.0, 0.0, 0.0], [0.0, 0.0, 40.0]]), torch.zeros(2))
    torch.testing.assert_close(swollen, torch.tensor([-2.0, 0.0]))


def test_lines_and_balls() -> None:
    assert paint(lesion("canal", 1.0, 0.0), (0, 0, 5), (4, 0, 5), (0, 0, 30)) == [0.0, 300.0, 300.0]
    bed, wall = paint(lesion("track", 1.5, 50.0), (0, 0, 20), (2.0, 0, 20))
    assert bed == 50.0 and wall > 400.0
    assert paint(lesion("island", 2.0, 900.0), (0, 0, 0), (5, 0, 0)) == [900.0, 300.0]
    assert paint(lesion("cyst", 4.0, 20.0), (0, 0, 0), (9, 0, 0)) == [20.0, 300.0]


def test_an_osteophyte_adds_bone_and_never_takes_any() -> None:
    points = torch.rand(500, 3, generator=torch.Generator().manual_seed(0)) * 20 - 10
    before = points[:, 2]
    after = lesion("osteophyte", 3.0, 0.0).reshape(points, before)
    assert (after <= before + 1e-6).all() and (after < before - 0.5).any()
    assert paint(lesion("osteophyte", 3.0, 0.0), (0, 0, 0)) == [300.0]


def test_all_kinds_are_drawn_and_lie_at_their_bone(atlas: Atlas) -> None:
    counts: Counter[str] = Counter()
    for i in range(60):
        for found in draw_lesions(stream(3, i, "lesions"), atlas):
            counts[found.kind] += 1
            assert abs(float(found.direction.norm()) - 1) < 1e-5
            assert abs(float(found.direction @ found.other)) < 1e-4
            if found.kind in ("canal", "track", "cyst", "island", "osteophyte", "healed"):
                assert float(atlas.bones[found.bone](found.point)) < 1.0
    assert set(counts) == set(KINDS)
    assert counts["scar"] > counts["physis"]


def test_lifelike_trabeculae_run_another_way_in_every_bone() -> None:
    plain = replace(draw_texture(stream(1, 0, "texture")), unevenness=0.0, subchondral=0.0)
    life = replace(Lifelike(), streaks=(5.0, 5.1), grain=(0.3, 0.31), unevenness=(1e-6, 2e-6), bare=(0.0, 0.01))
    texture = lifelike_texture(stream(1, 1, "lifelike"), plain, life)
    points = torch.rand(20_000, 3, generator=torch.Generator().manual_seed(0)) * 40
    assert texture.turns is not None
    change = {}
    for bone in ("talus", "calcaneus"):
        here = texture.hu(bone, points, torch.full((len(points),), 9.0), (0.4, 0.4), 0.5)
        along = []
        for axis in torch.eye(3) @ texture.turns[bone]:  # from the tile's axes to the bone's
            moved = texture.hu(bone, points + 1.5 * axis / axis.norm(), torch.full((len(points),), 9.0), (0.4, 0.4), 0.5)
            along.append(float((moved - here).abs().mean()))
        change[bone] = along
        assert max(along) > 1.5 * min(along), f"{bone}: as rough along the trabeculae as across them"
    assert (texture.turns["talus"] - texture.turns["calcaneus"]).abs().max() > 0.2
