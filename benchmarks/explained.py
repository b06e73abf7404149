"""A volume to its answer with the heat map at full size: PyTorch with autograd's Grad-CAM against the exported file's engines.

PyTorch twice: as it is used (the network as trained, the memory layout that suits it, MONAI's GradCAM), and rebuilt for speed
(batch norm folded, ACS kernels laid out anew, the gradient of the last layer alone). `python -m benchmarks.explained` prints the
table. Weights are random: they do not change the time.
"""

from __future__ import annotations

import argparse
import copy
import statistics
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from ankleviewer.core.assessment.explain import upsample
from ankleviewer.inference.engines.runtime import Engine, available
from trainer.networks.head import FractureNet
from trainer.networks.layout import channels_last
from trainer.networks.registry import build
from trainer.packs.deploy import deployed
from trainer.packs.onnx_file import to_onnx

SIZE, ROUNDS = 128, 3
MODELS = ("compact", "mobilenet", "resnet101", "efficientnet_b7")


def grad_cam(net: FractureNet, x: Tensor) -> tuple[float, Tensor]:
    """Logit and Grad-CAM (Selvaraju et al. 2017) of the last layer at full size, by autograd, as its tutorials write it."""
    with torch.no_grad():
        found = net.features(x)
    features = found.detach().requires_grad_()  # the gradient of the last layer's output is all that is asked for
    logit, _ = net.pool(features)
    (gradient,) = torch.autograd.grad(logit.sum(), features)
    weights = gradient.mean(dim=(2, 3, 4), keepdim=True)
    cam = F.relu((weights * features).sum(dim=1, keepdim=True))
    return float(logit.detach()), F.interpolate(cam.detach(), size=x.shape[2:], mode="trilinear", align_corners=False)


class LogitAlone(nn.Module):
    """The network as libraries for Grad-CAM want it: one output."""

    def __init__(self, net: FractureNet) -> None:
        super().__init__()
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        """(N, 1) logit."""
        logit: Tensor = self.net(x)[0]
        return logit


def rows() -> Iterator[str]:
    """One line per network as soon as it is measured; rounds in turn, so that a busy machine slows all."""
    engines = ["cpu", *(["openvino"] if available("openvino") else [])]
    ratios_to = [f"{side} / {engine}" for side in ("eager", "rebuilt") for engine in engines]
    peers = [f"PyTorch {torch.__version__} eager, MONAI's GradCAM, best layout", "the same rebuilt for speed"]
    heads = ["volume to heat map, 128³", *peers, *engines, *ratios_to]
    yield f"| {' | '.join(heads)} |"
    yield "|" + "---|" * len(heads)
    x = np.random.default_rng(5).normal(0, 0.3, (1, 1, SIZE, SIZE, SIZE)).astype(np.float32)
    for name in MODELS:
        torch.manual_seed(0)
        net = build(name).eval()
        shift_norms(net)
        plain = deployed(net)
        model = to_onnx(plain, SIZE, {})
        volume = torch.from_numpy(x)
        sides: dict[str, Callable[[], object]] = {
            "eager": partial(eager(net, volume), volume),
            "rebuilt": _rebuilt(net, plain, volume),
        }
        sides |= {engine: _engine(model, engine, x) for engine in engines}
        times = medians(sides)
        cells = [f"{times[side]:.2f} s" for side in sides]
        ratios = [f"**{times[side] / times[engine]:.1f}**" for side in ("eager", "rebuilt") for engine in engines]
        yield f"| {name} | {' | '.join(cells + ratios)} |"


def shift_norms(net: FractureNet) -> None:
    """Give batch norm means as training leaves them; with none all folded biases are zero, and the exporter leaves them away."""
    for module in net.modules():
        if isinstance(module, nn.BatchNorm3d) and module.running_mean is not None:
            nn.init.normal_(module.running_mean, std=0.1)


def eager(net: FractureNet, example: Tensor) -> Callable[[Tensor], Any]:
    """The network as trained, in the memory layout that is the faster one for it on `example`, explained by MONAI's GradCAM:
    volume (1, 1, n, n, n) to map of the same shape.
    """
    from monai.visualize.class_activation_maps import GradCAM

    def explained(network: FractureNet, layout: torch.memory_format) -> Callable[[Tensor], Any]:
        cam = GradCAM(LogitAlone(network), target_layers="net.features")
        return lambda x: cam(x=x.contiguous(memory_format=layout), class_idx=0)

    plain = explained(net, torch.contiguous_format)
    last = channels_last(copy.deepcopy(net)) if net.mode == "full" else net  # weights of ACS layers lie in planes
    return min(plain, explained(last, torch.channels_last_3d), key=lambda call: _seconds(lambda: call(example)))


def _rebuilt(net: FractureNet, plain: FractureNet, x: Tensor) -> Callable[[], object]:
    """The fastest of what PyTorch offers for this network: as trained, folded with ACS kernels dense or in planes, and both with
    the channels last.
    """
    forms = (net, plain, deployed(net, "dense"), channels_last(deployed(net)), channels_last(deployed(net, "dense")))
    last = x.to(memory_format=torch.channels_last_3d)
    inputs = (x, x, x, last, last)
    calls = [lambda n=n, v=v: grad_cam(n, v) for n, v in zip(forms, inputs, strict=True)]
    return min(calls, key=_seconds)


def _engine(model: bytes, engine: str, x: NDArray[np.float32]) -> Callable[[], object]:
    loaded = Engine(model, engine)
    assert loaded.provider and not loaded.note, loaded.note

    def call() -> object:
        return upsample(loaded.run(x).cam, SIZE)

    return call


def medians(sides: dict[str, Callable[[], object]]) -> dict[str, float]:
    """Seconds of each side, the median of ROUNDS rounds in turn after one that does not count."""
    for call in sides.values():
        call()
    times: dict[str, list[float]] = {side: [] for side in sides}
    for _ in range(ROUNDS):
        for side, call in sides.items():
            times[side].append(_seconds(call))
    return {side: statistics.median(t) for side, t in times.items()}


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


if __name__ == "__main__":
    argparse.ArgumentParser(prog="python -m benchmarks.explained", description=(__doc__ or "").splitlines()[0]).parse_args()
    for row in rows():
        print(row, flush=True)
