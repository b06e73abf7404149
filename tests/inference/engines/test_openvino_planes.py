"""Depthwise convolutions over planes become convolutions over volumes, and nothing but the time changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ankleviewer.inference.engines.openvino_core import core
from ankleviewer.inference.engines.openvino_planes import to_volumes
from ankleviewer.inference.engines.openvino_session import has_openvino

pytestmark = pytest.mark.skipif(not has_openvino(), reason="the extra openvino is not installed")

SHAPE = (1, 5, 6, 7, 8)  # N, C, D, H, W


def model(axis: int, k: int = 3, step: int = 1, bias: str = "channel", odd: str = "") -> Any:
    """x -> picture -> depthwise convolution -> volume, as model files hold it. `odd`: the taps are those of no volume, the
    picture is read by something else too, a slice has weights or a bias of its own.
    """
    import openvino
    from openvino import opset13 as op

    rng = np.random.default_rng(axis)
    n, c, d, h, w = SHAPE
    groups = c * d if axis == 0 else c
    apart = ((1, 1), (h, 1), (1, w))[axis]
    if odd == "taps":
        apart = (apart[0] + 1, apart[1])
    picture = ((n, c * d, h, w), (n, c, d * h, w), (n, c, d, h * w))[axis]
    each = d if axis == 0 else 1
    weights = np.repeat(rng.standard_normal((c, 1, 1, k, k)), each, axis=0).astype(np.float32)
    offsets = np.repeat(rng.standard_normal(c), each).astype(np.float32).reshape(1, groups, 1, 1)
    if odd == "weights":
        weights[1] += 1
    if odd == "bias":
        offsets[0, 1] += 1
    x = op.parameter(list(SHAPE), dtype=np.float32)
    there = op.reshape(x, np.array(picture), special_zero=False)
    taps = [step * a for a in apart]
    rim = [t * (k // 2) for t in taps]
    y = op.group_convolution(there, weights, [1, 1], rim, rim, taps)
    if bias:
        y = op.add(y, offsets if bias == "channel" else rng.standard_normal(picture).astype(np.float32))
    out = [op.reshape(y, np.array(SHAPE), special_zero=False)]
    if odd == "reader":
        out.append(op.relu(y))
    return openvino.Model(out, [x])


def answer(given: Any, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """What the model computes, in float32."""
    compiled = core().compile_model(given, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
    return np.array(compiled(x)[0])


def kinds(given: Any) -> list[int]:
    """Dimensions of the depthwise convolutions' outputs."""
    return [len(n.output(0).get_shape()) for n in given.get_ordered_ops() if n.get_type_name() == "GroupConvolution"]


@pytest.mark.parametrize("axis", [0, 1, 2])
@pytest.mark.parametrize(("k", "step", "bias"), [(3, 1, "channel"), (3, 2, "channel"), (5, 1, "")])
def test_a_plane_becomes_a_volume_and_answers_the_same(axis: int, k: int, step: int, bias: str) -> None:
    x = np.random.default_rng(9).standard_normal(SHAPE).astype(np.float32)
    want = answer(model(axis, k, step, bias), x)
    given = model(axis, k, step, bias)
    assert kinds(given) == [4]
    assert to_volumes(given) == 1
    assert kinds(given) == [5]
    assert want.std() > 0.5
    np.testing.assert_allclose(answer(given, x), want, rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("axis", "odd"),
    [*((axis, odd) for axis in (0, 1, 2) for odd in ("taps", "reader")), (0, "weights"), (0, "bias")],
)
def test_what_is_something_else_is_left_alone(axis: int, odd: str) -> None:
    given = model(axis, odd=odd)
    assert to_volumes(given) == 0
    assert kinds(given) == [4]


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_something_added_voxel_by_voxel_is_no_bias(axis: int) -> None:
    given = model(axis, bias="voxel")
    assert to_volumes(given) == 0
    assert kinds(given) == [4]
