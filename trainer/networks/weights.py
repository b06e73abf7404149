"""Starting from published weights: 2D ImageNet checkpoints of torchvision, timm and EfficientNet-PyTorch; MedicalNet's ResNet.

Every tensor is matched by an explicit name, and the report says what became of each: a partial match is an error unless asked
for. RGB weights of the first layer are summed, since a grey picture shows the same in all three channels. A network with k x k x
k filters gets a 2D filter k times, divided by k (Carreira and Zisserman 2017).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from ankleviewer.core.errors import AnkleViewerError
from trainer.networks.efficientnet import Block as EfficientBlock
from trainer.networks.efficientnet import Gate
from trainer.networks.head import FractureNet
from trainer.networks.resnet import Bottleneck

CLASSIFIERS = ("fc.", "classifier.", "_fc.", "head.fc.")  # ImageNet's own answer: not wanted unless the network keeps that layer
MOST_NAMES = 8  # of each kind in an error; the report holds all
NORM = ("weight", "bias", "running_mean", "running_var", "num_batches_tracked")


@dataclass(frozen=True)
class Report:
    """What became of every tensor.

    Attributes:
        source: whose names the file uses.
        matched: ours, in order.
        missed: ours for which the file has nothing; unexpected: the file's that nobody asked for (the classifier apart);
            misshapen: ours and theirs of different shape.
        classifier: the file's tensors that belong to ImageNet's answer and were left out.
    """

    source: str
    matched: list[str] = field(default_factory=list)
    missed: list[str] = field(default_factory=list)
    unexpected: list[str] = field(default_factory=list)
    misshapen: list[str] = field(default_factory=list)
    classifier: list[str] = field(default_factory=list)

    @property
    def complete(self) -> bool:
        """Whether every tensor of the network came from the file and none of the file was left over."""
        return not (self.missed or self.unexpected or self.misshapen)

    def text(self, most: int | None = None) -> str:
        """Lines for a person; at most `most` names of each kind."""
        lines = [f"{self.source} weights: {len(self.matched)} tensors matched, {len(self.classifier)} of the classifier left out"]
        for what in ("missed", "unexpected", "misshapen"):
            names = getattr(self, what)
            if names:
                more = "" if most is None or len(names) <= most else ", ..."
                lines.append(f"{what}: {len(names)}: {', '.join(names[:most])}{more}")
        return "\n".join(lines)


def read_weights(path: Path) -> dict[str, Tensor]:
    """Tensors of a .safetensors file or of a state dict (`torch.save`), read without running any code of it.

    Raises:
        AnkleViewerError: INIT_UNREADABLE.
    """
    try:
        if path.suffix == ".safetensors":
            from safetensors.torch import load_file

            found: object = load_file(path)
        else:
            found = torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:
        raise AnkleViewerError("INIT_UNREADABLE", f"{path.name} holds no weights that can be read: {error}") from error
    for key in ("state_dict", "model"):
        if isinstance(found, dict) and isinstance(found.get(key), dict):
            found = found[key]
    if not isinstance(found, dict) or not found or not all(isinstance(v, Tensor) for v in found.values()):
        raise AnkleViewerError("INIT_UNREADABLE", f"{path.name} holds no table of tensors.")
    return {str(k).removeprefix("module."): v for k, v in found.items()}


def options_for(arch: str, weights: dict[str, Tensor]) -> dict[str, Any]:
    """Options that a network needs to compute with published weights what they were trained for."""
    return {"relu6": True} if arch == "mobilenet" and _source(weights) == "timm" else {}


def load_weights(net: FractureNet, weights: dict[str, Tensor], partial: bool = False) -> Report:
    """Fill the network's features (and ImageNet's layer, where it keeps one) with published weights.

    Raises:
        AnkleViewerError: INIT_UNFIT where not every tensor matches, unless `partial`; the message is the report.
    """
    source = _source(weights)
    names = dict(_names(net, source))
    own = net.state_dict()
    report = Report(source)
    fitting: dict[str, Tensor] = {}
    for name, theirs in names.items():
        if theirs not in weights:
            if not name.endswith("num_batches_tracked"):  # older files do not have it, and nothing depends on it
                report.missed.append(name)
            continue
        adapted = _adapt(weights[theirs], own[name])
        if adapted is None:
            report.misshapen.append(f"{name} {tuple(own[name].shape)} and {theirs} {tuple(weights[theirs].shape)}")
            continue
        fitting[name] = adapted
        report.matched.append(name)
    for theirs in sorted(set(weights) - set(names.values())):
        (report.classifier if theirs.startswith(CLASSIFIERS) else report.unexpected).append(theirs)
    if not report.complete and not partial:
        raise AnkleViewerError("INIT_UNFIT", f"The weights do not fit {net.arch}. {report.text(MOST_NAMES)}")
    net.load_state_dict(own | fitting)
    return report


def _adapt(theirs: Tensor, ours: Tensor) -> Tensor | None:
    """The file's tensor in the network's shape, or None where it cannot be brought into it."""
    t = theirs.to(torch.float32) if theirs.is_floating_point() else theirs
    if t.dim() == 4 and t.shape[1] == 3 and ours.shape[1] == 1:
        t = t.sum(dim=1, keepdim=True)
    if t.dim() == 4 and ours.dim() == 5:
        k = ours.shape[2]
        t = t.unsqueeze(2).expand(-1, -1, k, -1, -1) / k
    return t.clone() if t.shape == ours.shape else None


def _source(weights: dict[str, Tensor]) -> str:
    if "_conv_stem.weight" in weights:
        return "EfficientNet-PyTorch"
    if "conv_stem.weight" in weights:
        return "timm"
    if "features.0.0.weight" in weights:
        return "torchvision"
    if "conv1.weight" in weights:
        return "MedicalNet" if weights["conv1.weight"].dim() == 5 else "torchvision or timm"
    return "unknown"


Pairs = Iterator[tuple[str, str]]


def _names(net: FractureNet, source: str) -> Pairs:
    """Our names with theirs."""
    tables: dict[str, Callable[[FractureNet, str], Pairs]] = {
        "resnet101": _resnet,
        "mobilenet": _mobilenet,
        "efficientnet_b7": _efficientnet,
    }
    if net.arch not in tables:
        raise AnkleViewerError("INIT_UNFIT", f"No published weights are known for {net.arch}.")
    yield from tables[net.arch](net, source)
    if net.before_head is not None:
        layer = {"torchvision": "classifier.1", "timm": "classifier", "EfficientNet-PyTorch": "_fc"}.get(source, "fc")
        yield from ((f"before_head.{what}", f"{layer}.{what}") for what in ("weight", "bias"))


def _conv(ours: str, theirs: str, bias: bool = False) -> Pairs:
    yield from ((f"{ours}.{what}", f"{theirs}.{what}") for what in (("weight", "bias") if bias else ("weight",)))


def _norm(ours: str, theirs: str) -> Pairs:
    yield from ((f"{ours}.{what}", f"{theirs}.{what}") for what in NORM)


def _conv_norm(ours: str, conv: str, norm: str) -> Pairs:
    yield from _conv(f"{ours}.0", conv)
    yield from _norm(f"{ours}.1", norm)


def _blocks(net: FractureNet, kind: type[nn.Module]) -> list[tuple[int, nn.Module]]:
    assert isinstance(net.features, nn.Sequential)
    return [(i, layer) for i, layer in enumerate(net.features) if isinstance(layer, kind)]


def _resnet(net: FractureNet, source: str) -> Pairs:
    from trainer.networks.resnet import BLOCKS

    yield from _conv_norm("features.0", "conv1", "bn1")
    places = [(stage, block) for stage, count in enumerate(BLOCKS, start=1) for block in range(count)]
    for (index, layer), (stage, block) in zip(_blocks(net, Bottleneck), places, strict=True):
        ours, theirs = f"features.{index}", f"layer{stage}.{block}"
        for number, part in enumerate(("reduce", "middle", "expand"), start=1):
            yield from _conv_norm(f"{ours}.{part}", f"{theirs}.conv{number}", f"{theirs}.bn{number}")
        if isinstance(layer.shortcut, nn.Sequential):
            yield from _conv_norm(f"{ours}.shortcut", f"{theirs}.downsample.0", f"{theirs}.downsample.1")


def _mobilenet(net: FractureNet, source: str) -> Pairs:
    from trainer.networks.mobilenet import BLOCKS

    yield from _conv_norm("features.0", "conv_stem", "bn1")
    stage, block = -1, 0
    for number, (_, stride) in enumerate(BLOCKS):
        # timm begins a stage at every stride, and at the first block
        stage, block = (stage + 1, 0) if stride == 2 or number == 0 else (stage, block + 1)
        theirs = f"blocks.{stage}.{block}"
        yield from _conv_norm(f"features.{1 + 2 * number}", f"{theirs}.conv_dw", f"{theirs}.bn1")
        yield from _conv_norm(f"features.{2 + 2 * number}", f"{theirs}.conv_pw", f"{theirs}.bn2")


def _efficientnet(net: FractureNet, source: str) -> Pairs:
    assert isinstance(net.features, nn.Sequential)
    last = len(net.features) - 1
    ends = {
        "timm": (("conv_stem", "bn1"), ("conv_head", "bn2")),
        "EfficientNet-PyTorch": (("_conv_stem", "_bn0"), ("_conv_head", "_bn1")),
    }.get(source, (("features.0.0", "features.0.1"), ("features.8.0", "features.8.1")))
    yield from _conv_norm("features.0", *ends[0])
    yield from _conv_norm(f"features.{last}", *ends[1])
    stage, inner = -1, 0
    for number, (index, layer) in enumerate(_blocks(net, EfficientBlock)):
        assert isinstance(layer, EfficientBlock)
        stage, inner = (stage + 1, 0) if layer.drop is None else (stage, inner + 1)
        where = {"timm": f"blocks.{stage}.{inner}", "EfficientNet-PyTorch": f"_blocks.{number}"}.get(
            source, f"features.{stage + 1}.{inner}.block"
        )
        parts = _parts(layer)
        for step, (name, part) in enumerate(zip(parts, layer.layers, strict=True)):
            ours = f"features.{index}.layers.{step}"
            if isinstance(part, Gate):
                reduce, expand = _GATE[source if source in _GATE else "torchvision"]
                prefix = f"{where}.{step}" if source == "torchvision" else where
                yield from _conv(f"{ours}.reduce", f"{prefix}.{reduce}", bias=True)
                yield from _conv(f"{ours}.expand", f"{prefix}.{expand}", bias=True)
            elif source == "torchvision":
                yield from _conv_norm(ours, f"{where}.{step}.0", f"{where}.{step}.1")
            else:
                conv, norm = _LAYERS[source if source in _LAYERS else "timm"]["expand" in parts][name]
                yield from _conv_norm(ours, f"{where}.{conv}", f"{where}.{norm}")


def _parts(block: EfficientBlock) -> list[str]:
    gated = any(isinstance(p, Gate) for p in block.layers)
    expands = len(block.layers) - gated > 2
    return [*(["expand"] if expands else []), "depthwise", *(["gate"] if gated else []), "project"]


_GATE = {
    "timm": ("se.conv_reduce", "se.conv_expand"),
    "torchvision": ("fc1", "fc2"),
    "EfficientNet-PyTorch": ("_se_reduce", "_se_expand"),
}
# by source, and by whether the block expands: convolution and norm of each part
_LAYERS: dict[str, dict[bool, dict[str, tuple[str, str]]]] = {
    "timm": {
        False: {"depthwise": ("conv_dw", "bn1"), "project": ("conv_pw", "bn2")},
        True: {"expand": ("conv_pw", "bn1"), "depthwise": ("conv_dw", "bn2"), "project": ("conv_pwl", "bn3")},
    },
    "EfficientNet-PyTorch": {
        False: {"depthwise": ("_depthwise_conv", "_bn1"), "project": ("_project_conv", "_bn2")},
        True: {
            "expand": ("_expand_conv", "_bn0"),
            "depthwise": ("_depthwise_conv", "_bn1"),
            "project": ("_project_conv", "_bn2"),
        },
    },
}
