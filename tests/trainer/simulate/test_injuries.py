"""Every injury can be drawn on built-in bones at every severity, within its stated gap and step, with cracks on bone."""

from __future__ import annotations

from collections import Counter

import pytest
import torch

from trainer.simulate.atlas import Atlas
from trainer.simulate.fracture import SEVERITIES
from trainer.simulate.injuries import _EXTENT, COMPOUND, OUT_OF_SCOPE, SHAFTS, SITES, TYPES, draw_injury, draw_type
from trainer.simulate.streams import stream


@pytest.mark.parametrize("name", [*TYPES, *OUT_OF_SCOPE])
def test_every_type_at_every_severity(atlas: Atlas, name: str) -> None:
    for severity in SEVERITIES:
        fractures = draw_injury(stream(9, 0, name + severity), atlas, name, severity)
        (least, most), (no_step, far), _ = _EXTENT[severity]
        for fracture in fractures:
            assert least <= fracture.gap_mm <= most
            assert fracture.severity == severity
            assert no_step <= fracture.step_mm <= far
            grid = atlas.bones[fracture.bone]
            crack = fracture.crack(grid.points(), -grid.values, 1.0)
            assert int(crack.sum()) > 5 and (grid.values[crack] < 0).all()
            for cut in fracture.cuts:
                frame = torch.stack([cut.u, cut.v, cut.normal])
                torch.testing.assert_close(frame @ frame.T, torch.eye(3), atol=1e-4, rtol=0)
                assert cut.kerf <= fracture.gap_mm + 1e-6
        sites = SITES | OUT_OF_SCOPE
        expected = {"tibia"} if name == "pilon" else {sites[part].bone for part in COMPOUND.get(name, (name,))}
        assert {f.bone for f in fractures} == expected


def test_pieces_move_no_further_than_gap_and_step(atlas: Atlas) -> None:
    for index in range(6):
        (fracture,) = draw_injury(stream(2, index, "move"), atlas, "weber-b", "displaced")
        assert fracture.pieces[0].shift.abs().max() == 0, "the body of the bone stays"
        for piece in fracture.pieces[1:]:
            limit = (fracture.gap_mm**2 + fracture.step_mm**2) ** 0.5
            assert float(piece.shift.norm()) <= limit + 1e-4
            torch.testing.assert_close(piece.rotation @ piece.rotation.T, torch.eye(3), atol=1e-5, rtol=0)


def test_two_fractures_of_one_bone_become_one_with_three_pieces(atlas: Atlas) -> None:
    merged = [
        f for i in range(4) for f in draw_injury(stream(3, i, "tri"), atlas, "trimalleolar", "displaced") if f.bone == "tibia"
    ]
    assert len(merged) == 4
    assert all(len(f.pieces) >= 3 and len(f.cuts) >= 2 for f in merged)
    for f in merged:  # every point of the bone belongs to one piece at most
        p = atlas.bones["tibia"].points()[::4, ::4, ::4].reshape(-1, 3)
        heights = [cut.height(p) for cut in f.cuts]
        owners = sum(torch.stack([s * heights[i] > 0 for i, s in piece.sides]).all(dim=0).int() for piece in f.pieces)
        assert int(owners.max()) == 1 and float((owners == 1).float().mean()) > 0.99


def test_the_same_stream_gives_the_same_fracture(atlas: Atlas) -> None:
    one, two = (draw_injury(stream(4, 0, "x"), atlas, "pilon", "moderate")[0] for _ in range(2))
    assert one.gap_mm == two.gap_mm and torch.equal(one.cuts[0].sheet, two.cuts[0].sheet)


def test_common_injuries_come_more_often() -> None:
    rng = stream(5, 0, "types")
    counts = Counter(draw_type(rng) for _ in range(3000))
    assert set(counts) == set(TYPES)
    assert counts["weber-b"] > 1.3 * counts["wagstaffe"]


def test_unknown_injuries_and_bones_that_will_not_break(atlas: Atlas) -> None:
    with pytest.raises(ValueError, match="unknown injury 'sprain'"):
        draw_injury(stream(0, 0, "x"), atlas, "sprain", "moderate")
    grid = atlas.bones["talus"]
    speck = Atlas("speck", {"talus": type(grid)((grid.points() - grid.points()[20, 20, 20]).norm(dim=-1) - 1.2, grid.origin)})
    with pytest.raises(ValueError, match="no valid crack"):
        draw_injury(stream(0, 0, "x"), speck, "talus neck", "moderate")


@pytest.mark.parametrize("name", SHAFTS)
@pytest.mark.parametrize("joint_stays", [False, True])
def test_of_a_broken_shaft_the_part_that_bears_the_joint_stays_where_that_is_asked_for(
    atlas: Atlas, name: str, joint_stays: bool
) -> None:
    (fracture,) = draw_injury(stream(4, 0, name), atlas, name, "displaced", joint_stays)
    joint = torch.tensor([0.0, 0.0, 1.0]) if "tibia" in name else torch.tensor([25.0, 6.0, -10.0])
    of = [p for p in fracture.pieces if all(s * float(fracture.cuts[i].height(joint[None])) > 0 for i, s in p.sides)]
    (below,) = of
    assert (float(below.shift.norm()) == 0.0) is joint_stays
