"""The mean of a run and its pack lies halfway."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch

from ankleviewer.core.errors import AnkleViewerError, ModelError
from ankleviewer.core.paths import assets_dir
from trainer.networks.compact import Block
from trainer.networks.head import FractureNet
from trainer.networks.registry import build
from trainer.packs.mean import mean_with
from trainer.packs.unpack import from_pack

PACK = assets_dir() / "models" / "compact"


def learnt(net: FractureNet) -> FractureNet:
    """As training leaves it: everything a little elsewhere."""
    torch.manual_seed(3)
    with torch.no_grad():
        for parameter in net.parameters():
            parameter += torch.randn_like(parameter) * 0.01
    return net


def test_every_weight_lies_halfway() -> None:
    before, net = from_pack(PACK)[0].state_dict(), learnt(from_pack(PACK)[0])
    after = {name: value.clone() for name, value in net.state_dict().items()}
    mean_with(net, PACK)
    for name, value in net.state_dict().items():
        torch.testing.assert_close(value, (before[name] + after[name]) / 2)
        assert not value.is_floating_point() or not torch.equal(value, after[name]), name


def test_other_runs_share_the_runs_half() -> None:
    pack, one, other = from_pack(PACK)[0], learnt(from_pack(PACK)[0]), learnt(learnt(from_pack(PACK)[0]))
    states = [dict(net.state_dict()) for net in (pack, one, other)]
    wanted = {name: states[0][name] / 2 + (states[1][name] + states[2][name]) / 4 for name in states[0]}
    mean_with(one, PACK, [other])
    for name, value in one.state_dict().items():
        torch.testing.assert_close(value, wanted[name])
    wide = build(pack.arch, **(pack.config | {"width": 1.25}))
    with pytest.raises(AnkleViewerError, match="INIT_UNFIT: The runs' networks have different layers"):
        mean_with(one, PACK, [wide])


def test_it_still_answers() -> None:
    """Between two networks that learnt apart there is noise; between these two the map is nearer to each than they are."""
    one, two, net = from_pack(PACK)[0].eval(), learnt(from_pack(PACK)[0]).eval(), learnt(from_pack(PACK)[0]).eval()
    mean_with(net, PACK)
    x = torch.rand(1, 1, 32, 32, 32, generator=torch.Generator().manual_seed(1))
    with torch.no_grad():
        first, last, middle = (n(x)[1] for n in (one, two, net))
    apart = float((first - last).norm())
    assert apart > 0 and max(float((middle - first).norm()), float((middle - last).norm())) < 0.75 * apart


def test_blocks_that_the_pack_lacks_pass_on_half_of_what_they_learnt() -> None:
    pack = from_pack(PACK)[0].eval()
    run = learnt(build(pack.arch, **(pack.config | {"blocks": int(pack.config.get("blocks", 0)) + 1}))).eval()
    net = copy.deepcopy(run)
    mean_with(net, PACK)
    of_run, of_mean = run.features[-1], net.features[-1]
    assert isinstance(of_run, Block) and isinstance(of_mean, Block)
    x = torch.rand(1, of_run.branch[0].in_channels, 6, 6, 6, generator=torch.Generator().manual_seed(2))
    with torch.no_grad():
        torch.testing.assert_close(of_mean.branch(x), of_run.branch(x) / 2)
        assert of_run.branch(x).abs().max() > 0.01
    first, before = net.features[0].weight, pack.features[0].weight
    torch.testing.assert_close(first, (before + run.features[0].weight) / 2)


def test_a_widened_network_has_no_mean_with_its_pack() -> None:
    pack = from_pack(PACK)[0]
    wide = build(pack.arch, **(pack.config | {"width": 1.25}))
    with pytest.raises(AnkleViewerError, match="INIT_UNFIT: The run's network has other layers"):
        mean_with(wide, PACK)


def test_no_pack_there(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="MODEL"):
        mean_with(from_pack(PACK)[0], tmp_path / "none")
