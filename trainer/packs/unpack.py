"""Going on from a trained model pack: its weights as they lie in the exported file, in a network that learns.

The exporter folds batch norm into the convolutions, so the network comes back in that form (`fold.without_norms`). Weights were
stored in half precision; what that took away is far below what one step of training changes.

Names in an exported file are the exporter's: some are the network's own, others are made up. So weights are found by where they
are used: the file's convolutions stand in the order in which the network computes them.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor
from torch.overrides import TorchFunctionMode

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.inference.packs import read_pack
from trainer.networks.head import FractureNet
from trainer.networks.registry import build
from trainer.packs.deploy import Layout, lay_out


@dataclass(frozen=True)
class Used:
    """What a convolution computes with: weights (cout, cin / groups, ...) and biases (cout,) or None. Of the network to be
    filled, numbers of places instead (`asked`).
    """

    weight: NDArray[Any]
    bias: NDArray[Any] | None

    def takes(self, other: Used) -> bool:
        """Whether the other one has the same shapes; biases that are all zero are left away in a file."""
        if self.weight.shape != other.weight.shape:
            return False
        return other.bias is None or (self.bias is not None and self.bias.shape == other.bias.shape)


def from_pack(pack: Path) -> tuple[FractureNet, PreprocessSpec]:
    """The network of a model pack (a folder or its .zip), ready to learn, and its preprocessing.

    Raises:
        ModelError: there is no pack, or its files are not those its manifest names.
        AnkleViewerError: INIT_UNREADABLE where training does not know the network; INIT_UNFIT where the weights do not fill it
            (the first tensor that does not fit is named).
    """
    import onnx
    from google.protobuf.message import DecodeError

    read = read_pack(pack)
    try:
        model = onnx.load_model_from_string(read.model_bytes())
        network = json.loads({p.key: p.value for p in model.metadata_props}["network"])
        # a head of two layers is one in the file
        merged = {"imagenet_head": False} if network["config"].get("imagenet_head") else {}
        net = build(network["arch"], **(network["config"] | merged | {"norm": False}))
        bias = float(network["bias"])
        size = model.graph.input[0].type.tensor_type.shape.dim[-1].dim_value
    except (ValueError, KeyError, TypeError, IndexError, AttributeError, DecodeError) as error:
        raise AnkleViewerError("INIT_UNREADABLE", f"Training cannot go on from {pack}: {error}") from error
    try:
        fill(net, given(model.graph), bias, size)
    except ValueError as error:
        raise AnkleViewerError("INIT_UNFIT", f"The weights in {pack} do not fit the network {net.arch}: {error}.") from None
    return net, read.preprocessing


def given(graph: Any) -> list[Used]:
    """What the convolutions of an ONNX graph compute with, in order.

    Raises:
        ValueError: weights that hang on more than what is stored.
    """
    convolutions = [node for node in graph.node if node.op_type == "Conv"]
    values = _worked_out(graph, {name for node in convolutions for name in node.input[1:]})
    return [Used(values[n.input[1]], values[n.input[2]] if len(n.input) > 2 else None) for n in convolutions]


def _worked_out(graph: Any, names: set[str]) -> dict[str, NDArray[Any]]:
    """Tensors of a graph that come from stored ones by casts and changes of shape."""
    from onnx import TensorProto, helper
    from onnx.reference import ReferenceEvaluator

    inputs, wanted = {value.name for value in graph.input}, set(names)
    nodes: list[Any] = []
    for node in reversed(graph.node):
        if wanted.intersection(node.output):
            nodes.insert(0, node)
            wanted.update(node.input)
    if wanted & inputs:
        raise ValueError("the weights of a convolution are worked out from the volume")
    outputs = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in sorted(names)]
    kept = [tensor for tensor in graph.initializer if tensor.name in wanted]
    model = helper.make_model(helper.make_graph(nodes, "weights", [], outputs, kept))
    return dict(zip(sorted(names), ReferenceEvaluator(model).run(None, {}), strict=True))


class _Recorder(TorchFunctionMode):
    """Notes what convolutions compute with, and lets them compute nothing but shapes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[Used] = []

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if func not in (F.conv2d, F.conv3d):
            return func(*args, **(kwargs or {}))
        x, weight, bias, *rest = args
        self.found.append(Used(_numbers(weight), None if bias is None else _numbers(bias)))
        return func(x, weight.to("meta"), None, *rest)


def _numbers(marked: Tensor) -> NDArray[Any]:
    return marked.detach().numpy().astype(np.int64)


@torch.no_grad()
def asked(net: FractureNet, layout: Layout, size: int) -> list[Used]:
    """Where the values with which the features' convolutions compute stand among those of `net`, in the order of use: 1 for the
    first value of its first parameter and so on, 0 for a zero that joins ACS kernels.

    Found by laying out a network whose weights are these numbers: whatever the layout does, it moves them along.
    """
    marked = build(net.arch, **net.config).to(torch.float64).eval()
    first = 1
    for parameter in marked.parameters():
        numbers = torch.arange(first, first + parameter.numel(), dtype=torch.float64)
        parameter.copy_(numbers.reshape(parameter.shape))
        first += parameter.numel()
    lay_out(marked, layout)
    with _Recorder() as recorder:
        marked.features(torch.zeros(1, 1, size, size, size, dtype=torch.float64, device="meta"))
    return recorder.found


@torch.no_grad()
def fill(net: FractureNet, convolutions: Sequence[Used], bias: float, size: int) -> None:
    """Put what a file's convolutions compute with into the network that was exported: those of its features, then the head, then
    perhaps others (of the mirror image, of a gradient).

    Args:
        net: without batch norms.
        bias: of the head.
        size: voxels along each edge of the file's input.

    Raises:
        ValueError: they are of another network.
    """
    wrong = ""
    for layout in get_args(Layout):
        places = asked(net, layout, size)
        found = _mismatch(net, places, convolutions)
        if not found:
            break
        wrong = wrong or found
    else:
        raise ValueError(wrong)
    flat = torch.zeros(1 + net.parameter_count)
    for place, value in zip(places, convolutions, strict=False):
        for at, tensor in ((place.weight, value.weight), (place.bias, value.bias)):
            if at is not None and tensor is not None:
                flat[torch.from_numpy(at)] = torch.tensor(tensor, dtype=torch.float32)
    parts = torch.split(flat[1:], [parameter.numel() for parameter in net.parameters()])
    for parameter, part in zip(net.parameters(), parts, strict=True):
        parameter.copy_(part.reshape(parameter.shape))
    net.head.weight.copy_(torch.tensor(convolutions[len(places)].weight).reshape(1, net.channels))
    net.head.bias.fill_(bias)


def _mismatch(net: FractureNet, places: Sequence[Used], convolutions: Sequence[Used]) -> str:
    """What does not fit, "" where all does."""
    if len(convolutions) <= len(places):
        return f"it has {len(places) + 1} convolutions, the file {len(convolutions)}"
    for place, value in zip(places, convolutions, strict=False):
        if not place.takes(value):
            return f"{_name(net, place)} has the shape {value.weight.shape} instead of {place.weight.shape}"
        if value.weight[place.weight == 0].any():
            return f"{_name(net, place)} is no ACS kernel"
    head = convolutions[len(places)].weight.shape
    return "" if head == (1, net.channels, 1, 1, 1) else f"head.weight has the shape {head}"


def _name(net: FractureNet, place: Used) -> str:
    """The parameter of `net` that a place lies in."""
    left = int(place.weight.max())
    for name, parameter in net.named_parameters():
        left -= parameter.numel()
        if left <= 0:
            return name
    return "a layer"
