"""Depthwise convolutions over planes, made into convolutions over volumes again, for OpenVINO.

Model files hold them in two dimensions, which onnxruntime computes many times as fast (`trainer.packs.split_acs`). OpenVINO
keeps a voxel's channels together in memory, where each change of shape costs two copies of the volume: half as much time again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ankleviewer.inference.engines.openvino_core import core


@dataclass(frozen=True, eq=False)
class _Plane:
    """One such convolution: the nodes, the shape (N, C, D, H, W) of the volume, and the axis (0-2) along which it is flat."""

    conv: Any
    add: Any
    back: Any
    shape: tuple[int, ...]
    axis: int


def to_volumes(model: Any) -> int:
    """Replace them in an `openvino.Model`; what it computes stays. What does not look like one is left alone.

    Returns:
        How many were replaced.
    """
    found = [plane for node in model.get_ordered_ops() if (plane := _plane(node)) is not None]
    same = _with_equal_slices([plane for plane in found if plane.axis == 0])
    chosen = [plane for plane in found if plane.axis != 0 or plane in same]
    for plane in chosen:
        _replace(plane)
    return len(chosen)


def _plane(conv: Any) -> _Plane | None:
    if conv.get_type_name() != "GroupConvolution" or len(_shape(conv.output(0))) != 4 or len(_shape(conv.input_value(1))) != 5:
        return None
    there = conv.input_value(0).get_node()
    add = _only_reader(conv, "Add")
    back = _only_reader(add or conv, "Reshape")
    if there.get_type_name() != "Reshape" or back is None:
        return None
    if add is not None and _shape(add.input_value(1)) != (1, _shape(conv.output(0))[1], 1, 1):
        return None
    shape = _shape(there.input_value(0))
    if len(shape) != 5 or _shape(back.output(0)) != shape:
        return None
    axes = [axis for axis in range(3) if _is_flat(conv, shape, axis)]
    return _Plane(conv, add, back, shape, axes[0]) if len(axes) == 1 else None


def _with_equal_slices(planes: list[_Plane]) -> list[_Plane]:
    """Those of axis 0 whose weights and biases are the same for all slices; else they are no convolution over a volume."""
    import openvino

    ports = [port for plane in planes for port in _constants(plane)]
    if not ports:
        return []
    try:
        worked_out = core().compile_model(openvino.Model(ports, []), "CPU", {"INFERENCE_PRECISION_HINT": "f32"})({})
    except RuntimeError:  # they hang on the input
        return []
    values = iter([np.array(worked_out[i]) for i in range(len(ports))])
    equal = []
    for plane in planes:
        c, d = plane.shape[1:3]
        each = [next(values).reshape(c, d, -1) for _ in _constants(plane)]
        if all((v == v[:, :1]).all() for v in each):
            equal.append(plane)
    return equal


def _constants(plane: _Plane) -> list[Any]:
    """Where the weights come from, and the biases, if there are any."""
    return [plane.conv.input_value(1), *([] if plane.add is None else [_unshaped(plane.add.input_value(1))])]


def _unshaped(port: Any) -> Any:
    """The same values before they got their shape, for which the convolution is asked where a bias comes from an ONNX file."""
    while port.get_node().get_type_name() == "Reshape":
        port = port.get_node().input_value(0)
    return port


def _is_flat(conv: Any, shape: tuple[int, ...], axis: int) -> bool:
    """Whether the convolution is one over the volume that is flat along `axis`: the shape of the picture and the taps fit."""
    n, c, d, h, w = shape
    picture, apart = (((n, c * d, h, w), (1, 1)), ((n, c, d * h, w), (h, 1)), ((n, c, d, h * w), (1, w)))[axis]
    groups, one, other, k, across = _shape(conv.input_value(1))
    if _shape(conv.input_value(0)) != picture or (groups, one, other, across) != (picture[1], 1, 1, k) or k % 2 == 0:
        return False
    step = _step(conv)
    taps = [step * a for a in apart]
    rim = [t * (k // 2) for t in taps]
    asked = conv.get_attributes()
    return (
        list(asked["strides"]) == [1, 1]
        and list(asked["dilations"]) == taps
        and list(asked["pads_begin"]) == list(asked["pads_end"]) == rim
    )


def _step(conv: Any) -> int:
    """Distance of the taps in the volume: along one of the picture's axes it is just that."""
    return int(min(conv.get_attributes()["dilations"]))


def _replace(plane: _Plane) -> None:
    from openvino import opset13 as op

    conv, shape, axis = plane.conv, plane.shape, plane.axis
    c, d = shape[1:3]
    k = _shape(conv.input_value(1))[-1]
    kernel, taps, rim = [k] * 3, [_step(conv)] * 3, [_step(conv) * (k // 2)] * 3
    kernel[axis] = taps[axis] = 1
    rim[axis] = 0

    def shaped(values: Any, size: list[int]) -> Any:
        return op.reshape(values, np.array(size, dtype=np.int64), special_zero=False)

    def each(values: Any, rest: list[int]) -> Any:
        """(C, *rest): where every slice is a channel they stand there once for each."""
        if axis == 0:
            values = op.gather(shaped(values, [c, d, *rest]), np.int64(0), np.int64(1))
        return shaped(values, [c, *rest])

    weights, *bias = _constants(plane)
    volume = conv.input_value(0).get_node().input_value(0)
    out = op.group_convolution(volume, each(weights, [1, 1, *kernel]), [1, 1, 1], rim, rim, taps)
    for values in bias:
        out = op.add(out, shaped(each(values, [1]), [1, c, 1, 1, 1]))
    plane.back.output(0).replace(out.output(0))


def _only_reader(node: Any, kind: str) -> Any:
    """The one node that uses the values that `node` gives out, if it is of this kind and there is no other."""
    readers = [port.get_node() for port in node.output(0).get_target_inputs()]
    readers = [reader for reader in readers if reader.get_type_name() != "ShapeOf"]  # which is known, and worked out at compiling
    return readers[0] if len(readers) == 1 and readers[0].get_type_name() == kind else None


def _shape(port: Any) -> tuple[int, ...]:
    """Of what comes out there; empty where it is not known."""
    shape = port.get_partial_shape()
    return tuple(int(n) for n in port.get_shape()) if shape.is_static else ()
