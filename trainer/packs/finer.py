"""A finer map beside the network's own, in the same exported graph: LayerCAM (Jiang et al. 2021) at an earlier layer.

The network is cut after a layer of `features`; its second half's vector-Jacobian product is traced together with the forward
pass, so the exported file holds plain convolutions only and no engine needs to know what a gradient is.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, cast

import torch
from torch import Tensor, nn
from torch.fx import GraphModule, Node
from torch.fx.experimental.proxy_tensor import make_fx

from trainer.networks.factory import Pointwise3d
from trainer.networks.head import FractureNet

ATEN = torch.ops.aten

_Pulled = tuple[Tensor, Callable[[Tensor], tuple[Tensor]], Tensor]
Explained = Callable[[Tensor], tuple[Tensor, Tensor, Tensor]]


def layer_at(net: FractureNet, stride: int) -> int:
    """Index of the last layer of `features` whose map has one cell per `stride` voxels, a part of the network's own stride.

    Raises:
        ValueError: the network has no such layer before its last, is mirrored, or was not taught cell by cell.
    """
    if net.reach:
        raise ValueError(f"{net.arch} is not asked everywhere, and the map of an earlier layer is")
    if net.mirrored:
        raise ValueError(f"{net.arch} is mirrored, and the map of an earlier layer is made of one of its views only")
    if not net.cells_taught:
        raise ValueError(f"{net.arch} learnt from labels alone, and its cells lie otherwise than those of an earlier layer")
    assert isinstance(net.features, nn.Sequential)
    # the viewer shares each cell of the network's own map out to whole ones
    if not 0 < stride < net.stride or net.stride % stride:
        raise ValueError(
            f"{net.arch} has no layer of stride {stride} that the viewer could use: it must be less than {net.stride}, as the "
            "network's own map has it, and divide it"
        )
    edge = 2 * net.stride
    cells = edge // stride
    found, x = None, torch.zeros(1, 1, edge, edge, edge, dtype=next(net.parameters()).dtype)
    with torch.no_grad():
        for index, layer in enumerate(list(net.features)[:-1]):
            x = layer(x)
            # a map before its activation has negative values, which a weight of channels cannot use; an identity stands where a
            # norm was folded, or the first layer was joined with the next, and what comes out is such a map or the volume itself
            if x.shape[-1] == cells and not isinstance(layer, (nn.Conv3d, nn.BatchNorm3d, nn.Identity)):
                found = index
    if found is None:
        raise ValueError(f"{net.arch} has no layer of stride {stride} before its last")
    return found


def cells_at(net: FractureNet, layer: int, size: int) -> int:
    """How many cells the map of `features[layer]` has along an edge, of a volume of `size` voxels along each."""
    assert isinstance(net.features, nn.Sequential)
    with torch.no_grad():
        trunk = nn.Sequential(*list(net.features)[: layer + 1])
        return int(trunk(torch.zeros(1, 1, size, size, size)).shape[-1])


def explained(net: FractureNet, layer: int) -> Explained:
    """(N, 1, D, H, W) to logit, map (see `FractureNet`) and LayerCAM of `features[layer]`, (N, 1, d, h, w), >= 0.

    LayerCAM: relu(sum over channels of relu(gradient) * activation), the gradient that of the logit. Only one volume at a time:
    the gradient is taken of the sum over the batch.
    """
    assert isinstance(net.features, nn.Sequential)
    layers = list(net.features)
    trunk, tail = nn.Sequential(*layers[: layer + 1]), nn.Sequential(*layers[layer + 1 :])

    def answer(a: Tensor) -> tuple[Tensor, Tensor]:
        return net.pool(tail(a))

    def both(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        a = trunk(x)
        logit, pull, cam = cast(_Pulled, torch.func.vjp(answer, a, has_aux=True))
        (gradient,) = pull(torch.ones_like(logit))
        return logit, cam, torch.relu((torch.relu(gradient) * a).sum(dim=1, keepdim=True))

    return both


def traced(net: FractureNet, layer: int, size: int) -> GraphModule:
    """`explained` as a graph without autograd, for volumes of `size` voxels along each edge.

    Args:
        net: from `deploy.deployed` (folded, eval mode, no parameter with a gradient).
    """
    _out_of_place(net)
    _plain_pointwise(net)
    graph = make_fx(explained(net, layer))(torch.zeros(1, 1, size, size, size))
    for node in list(graph.graph.nodes):
        if node.target is ATEN.convolution_backward.default:
            _as_transposed(graph, node)
    graph.graph.eliminate_dead_code()
    graph.recompile()
    return graph


def _out_of_place(net: nn.Module) -> None:
    for module in net.modules():
        if hasattr(module, "inplace"):
            setattr(module, "inplace", False)  # noqa: B010 (modules type their attributes as layers)


def _plain_pointwise(net: nn.Module) -> None:
    """1 x 1 x 1 convolutions as such: the matrix products that they are in training turn a volume's memory around, twice each,
    and the gradient does so again.
    """
    for module in net.modules():
        for name, child in module.named_children():
            if isinstance(child, Pointwise3d):
                stride = child.stride[0]  # of all axes
                conv = nn.Conv3d(child.in_channels, child.out_channels, 1, stride, bias=child.bias is not None)
                conv.weight, conv.bias = child.weight, child.bias
                setattr(module, name, conv)


def _as_transposed(module: GraphModule, node: Node) -> None:
    """The gradient of a convolution to its input as the transposed convolution that it is."""
    grad, given, weight, _, stride, padding, dilation, _, _, groups, wanted = node.args
    if wanted[1] or wanted[2]:  # type: ignore[index]
        raise ValueError("a parameter still asks for its gradient")
    sizes = [_shape(n)[2:] for n in (grad, given, weight)]
    rest: list[int] = []
    for axis, (out, inp, kernel) in enumerate(zip(*sizes, strict=True)):
        s, p, d = (_at(v, axis) for v in (stride, padding, dilation))
        rest.append(inp - ((out - 1) * s - 2 * p + d * (kernel - 1) + 1))
    with module.graph.inserting_before(node):
        new = module.graph.call_function(
            ATEN.convolution.default, (grad, weight, None, stride, padding, dilation, True, rest, groups)
        )
        new.meta = {"val": given.meta["val"], "tensor_meta": given.meta.get("tensor_meta")}  # type: ignore[union-attr]
    for user in list(node.users):
        if user.args[1] == 0:
            user.replace_all_uses_with(new)
            module.graph.erase_node(user)


def _at(value: Any, axis: int) -> int:
    return int(value[axis if len(value) > 1 else 0])


def _shape(node: Any) -> tuple[int, ...]:
    return tuple(node.meta["val"].shape)
