"""The traced map of an earlier layer is what autograd gives, for every network, in the exported file and in the viewer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.inference.packs import read_pack
from ankleviewer.inference.predictor import Predictor
from trainer.networks.head import FractureNet
from trainer.networks.registry import build
from trainer.packs.deploy import deployed
from trainer.packs.export import Label, export
from trainer.packs.finer import cells_at, explained, layer_at, traced

SIZE = 32
KINDS = {
    "compact": ({"width": 0.25, "pooling": "lse"}, 4),
    "mobilenet": ({"width": 0.125, "stride16": True, "pooling": "lse"}, 8),
    "resnet101": ({"width": 0.0625}, 16),
    "efficientnet_b7": ({"width": 0.125, "depth": 0.1}, 16),
}


def known(arch: str) -> FractureNet:
    """A network whose batch norm has seen its inputs, so that its answers differ."""
    torch.manual_seed(0)
    net = build(arch, **KINDS[arch][0])
    for m in net.modules():
        if isinstance(m, torch.nn.BatchNorm3d):
            m.momentum = 1.0
    with torch.no_grad():
        net.train()(torch.randn(4, 1, SIZE, SIZE, SIZE))
        net.head.weight.mul_(5)
    return net.eval()


def by_autograd(plain: FractureNet, layer: int, x: torch.Tensor) -> torch.Tensor:
    """LayerCAM as the paper of that name defines it, with torch's own backward pass."""
    a = x
    for n, part in enumerate(plain.features):  # type: ignore[arg-type]
        a = part(a)
        if n == layer:
            kept = a = a.detach().clone().requires_grad_(True)
            a = a.clone()  # the next layer may work in place
    logit, _ = plain.pool(a)
    (gradient,) = torch.autograd.grad(logit.sum(), kept)
    return (gradient.relu() * kept).sum(dim=1, keepdim=True).relu().detach()


@pytest.mark.parametrize("arch", KINDS)
def test_traced_equals_autograd(arch: str) -> None:
    plain = deployed(known(arch))
    stride = KINDS[arch][1]
    layer = layer_at(plain, stride)
    x = torch.randn(1, 1, SIZE, SIZE, SIZE)
    want = by_autograd(plain, layer, x)
    graph = traced(plain, layer, SIZE)
    logit, cam, finer = graph(x)
    exact_logit, exact_cam = plain(x)
    assert finer.shape == (1, 1, *[SIZE // stride] * 3)
    assert want.max() > 0
    torch.testing.assert_close(finer, want, rtol=1e-4, atol=1e-5 * float(want.max()))
    torch.testing.assert_close((logit, cam), (exact_logit, exact_cam), rtol=1e-5, atol=1e-6)
    assert not [n for n in graph.graph.nodes if "convolution_backward" in str(n.target)]


def test_the_gradient_finds_the_channel_that_counts() -> None:
    """Two channels, one of which the head ignores: only the other one's activation may show."""
    first = torch.nn.Conv3d(1, 2, 1, bias=False)
    second = torch.nn.Conv3d(2, 1, 2, stride=2, bias=False)
    with torch.no_grad():
        first.weight[:] = torch.tensor([1.0, 1.0]).reshape(2, 1, 1, 1, 1)
        second.weight[:] = torch.tensor([1.0, 0.0]).reshape(1, 2, 1, 1, 1)
    features = torch.nn.Sequential(first, torch.nn.ReLU(), second, torch.nn.ReLU())
    net = FractureNet(features, 1, "gap", arch="two", mode="full", stride=2).eval().requires_grad_(False)
    net.head.weight.fill_(1.0)
    x = torch.zeros(1, 1, 4, 4, 4)
    x[0, 0, 1, 2, 3] = 3.0
    _, _, finer = explained(net, 1)(x)
    assert finer.argmax() == x.argmax()
    assert float(finer.max()) == pytest.approx(3.0 / 8)  # one of eight cells, gradient 1/8
    assert (finer > 0).sum() == 1


def test_a_stride_that_no_layer_has() -> None:
    with pytest.raises(ValueError, match="no layer of stride 5"):
        layer_at(deployed(known("mobilenet")), 5)


@pytest.mark.parametrize(
    ("arch", "stride"),
    [("compact", 8), ("compact", 7), ("compact", 16), ("compact", 0), ("compact", -4), ("mobilenet", 16), ("mobilenet", 7)],
)
def test_a_stride_that_does_not_divide_the_own_is_of_no_use(arch: str, stride: int) -> None:
    """The viewer shares each cell of the network's own map out to whole ones, more than one."""
    with pytest.raises(ValueError, match=f"{arch} has no layer of stride {stride} .*less than (8|16)"):
        layer_at(deployed(known(arch)), stride)


def test_what_passes_the_volume_on_is_no_layer() -> None:
    """The first layer of a MobileNet is joined with the second when it is laid out, and an identity stands in its place."""
    plain = deployed(known("mobilenet"))
    assert isinstance(plain.features[0], torch.nn.Identity)  # type: ignore[index]
    with pytest.raises(ValueError, match="no layer of stride 1 before its last"):
        layer_at(plain, 1)


def test_cells_are_those_of_the_layers_own_map() -> None:
    plain = deployed(known("compact"))
    layer = layer_at(plain, 4)
    for size, cells in ((32, 8), (36, 9), (38, 10)):  # strided layers round up
        assert cells_at(plain, layer, size) == explained(plain, layer)(torch.zeros(1, 1, size, size, size))[2].shape[-1] == cells


def test_not_of_a_mirrored_network() -> None:
    net = known("mobilenet")
    net.mirror()
    with pytest.raises(ValueError, match="mirrored"):
        layer_at(deployed(net), 8)


def test_not_of_a_network_whose_cells_nobody_taught() -> None:
    net = known("mobilenet")
    net.place_cells(taught=False)
    with pytest.raises(ValueError, match="labels alone"):
        layer_at(deployed(net), 8)


def test_a_pack_with_it_runs_in_the_viewer(tmp_path: Path) -> None:
    net = known("compact")
    rng = np.random.default_rng(0)
    volumes = [(rng.normal(size=(SIZE, SIZE, SIZE)) * s).astype(np.float32) for s in (0.3, 1.0)]
    spec = PreprocessSpec("bone", -200.0, 1500.0, 0.1, size=SIZE).to_json()
    decision: dict[str, Any] = {
        "temperature": 10.0,
        "bias": 0.0,
        "sens_threshold": 0.3,
        "spec_threshold": 0.6,
        "cam_reference": 1.0,
    }
    decision |= {"cam_floor": 0.1, "calibration": {"n": 0, "bins": []}}
    origin = {"data": "noise", "seed": 0, "git_commit": "0" * 40}
    folder = export(net, spec, decision, origin, {}, Label("small", "Small"), tmp_path / "pack", volumes, finer=4)
    pack = read_pack(folder)
    assert (pack.network.cells, pack.network.finer_cells) == (4, 8)
    output = Predictor(pack, "cpu").infer(volumes[1][None, None])
    plain = deployed(net)
    want = by_autograd(plain, layer_at(plain, 4), torch.from_numpy(volumes[1])[None, None])
    assert output.finer is not None
    np.testing.assert_allclose(output.finer, want[0, 0].numpy(), rtol=1e-3, atol=1e-4 * float(want.max()))
