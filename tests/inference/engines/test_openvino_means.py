"""Means over volumes are taken in two steps, and nothing but the time changes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from ankleviewer.inference.engines.openvino_core import core
from ankleviewer.inference.engines.openvino_means import LEAST, in_two_steps
from ankleviewer.inference.engines.openvino_session import has_openvino

pytestmark = pytest.mark.skipif(not has_openvino(), reason="the extra openvino is not installed")

SHAPE = (1, 5, LEAST, LEAST + 1, LEAST + 3)


def model(shape: tuple[int, ...] = SHAPE, axes: tuple[int, ...] = (2, 3, 4), keep: bool = True) -> Any:
    """A volume times its channels' means, as a gate has it, and the means."""
    import openvino
    from openvino import opset13 as op

    x = op.parameter(list(shape), dtype=np.float32)
    mean = op.reduce_mean(x, np.array(axes), keep_dims=keep)
    return openvino.Model([op.multiply(x, mean) if keep else mean, mean], [x])


def answer(given: Any, x: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """What the model computes, in float32."""

    found = core().compile_model(given, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})(x)
    return [np.array(found[i]) for i in range(2)]


def kinds(given: Any) -> list[str]:
    """The names of its operations that average."""
    names = [node.get_type_name() for node in given.get_ordered_ops()]
    return [name for name in names if name in ("ReduceMean", "AvgPool")]


@pytest.mark.parametrize("axes", [(2, 3, 4), (-1, -3, -2)])
def test_a_mean_is_taken_in_two_steps_and_is_the_same(axes: tuple[int, ...]) -> None:
    x = np.random.default_rng(3).normal(1, 2, SHAPE).astype(np.float32)
    given = model(axes=axes)
    assert in_two_steps(given) == 1
    assert kinds(given) == ["AvgPool", "AvgPool"]
    scaled, mean = answer(given, x)
    want = x.mean(axis=(2, 3, 4), keepdims=True, dtype=np.float64)
    assert np.ptp(want) > 0.01, "or channels could be mixed up unseen"
    np.testing.assert_allclose(mean, want, rtol=0, atol=1e-5)
    np.testing.assert_allclose(scaled, x * want, rtol=0, atol=1e-4)


@pytest.mark.parametrize(
    ("shape", "axes", "keep"),
    [
        ((1, 5, 8, 8, 8), (2, 3, 4), True),
        (SHAPE, (3, 4), True),
        (SHAPE, (1, 2, 3), True),
        (SHAPE, (2, 3, 4), False),
        ((1, 5, 32, 32), (1, 2, 3), True),
    ],
    ids=["small", "slices", "channels", "flat", "picture"],
)
def test_other_means_stay(shape: tuple[int, ...], axes: tuple[int, ...], keep: bool) -> None:
    given = model(shape, axes, keep)
    assert in_two_steps(given) == 0
    assert kinds(given) == ["ReduceMean"]


def test_a_volume_of_unknown_size_stays() -> None:
    import openvino
    from openvino import opset13 as op

    x = op.parameter(openvino.PartialShape([1, 5, -1, 32, 32]), dtype=np.float32)
    mean = op.reduce_mean(x, np.array((2, 3, 4)), keep_dims=True)
    given = openvino.Model([mean], [x])
    assert in_two_steps(given) == 0
