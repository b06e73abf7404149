"""New layers get statistics of what reaches them; the others keep theirs."""

from __future__ import annotations

import torch
from torch import nn

from trainer.networks.deepen import deepen
from trainer.networks.registry import build
from trainer.training.settle import settle


def test_statistics_are_the_mean_over_all_batches_and_others_stay() -> None:
    torch.manual_seed(0)
    known, new = nn.BatchNorm3d(2), nn.BatchNorm3d(2, momentum=0.3)
    known.running_mean.fill_(5.0)
    net = nn.Sequential(known, new).train()
    inputs = [torch.randn(4, 2, 6, 6, 6) + k for k in range(3)]
    settle(net, [new], inputs)
    seen = [(x - 5.0) / (1 + known.eps) ** 0.5 for x in inputs]
    wanted = torch.stack([x.mean(dim=(0, 2, 3, 4)) for x in seen]).mean(dim=0)
    torch.testing.assert_close(new.running_mean, wanted)
    spread = torch.stack([x.var(dim=(0, 2, 3, 4)) for x in seen]).mean(dim=0)
    torch.testing.assert_close(new.running_var, spread)
    assert known.running_mean.tolist() == [5.0, 5.0] and not net.training
    assert new.momentum == 0.3, "in a later training they follow as they would have"


def test_a_deepened_network_still_answers_as_the_shallow_one_did() -> None:
    torch.manual_seed(0)
    config = {"width": 0.125, "stride16": True, "pooling": "lse"}
    shallow, deep = build("resnet101", **config, blocks=(1, 1, 1, 1)), build("resnet101", **config, blocks=(1, 2, 2, 1))
    x = torch.randn(2, 1, 32, 32, 32)
    shallow(x)
    fresh = deepen(shallow, deep)
    assert len(fresh) == 2
    settle(deep, fresh, [x])
    assert all(float(m.running_mean.abs().max()) > 0 for layer in fresh for m in layer.modules() if isinstance(m, nn.BatchNorm3d))
    torch.testing.assert_close(deep(x)[1], shallow.eval()(x)[1], rtol=1e-4, atol=1e-6)
