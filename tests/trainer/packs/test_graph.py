"""What is changed in an exported graph: weights in half precision, none shared where an engine misreads that."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx import TensorProto, helper, numpy_helper

from ankleviewer.inference.engines.openvino_session import has_openvino
from ankleviewer.inference.engines.runtime import Engine
from trainer.networks.registry import build
from trainer.packs.deploy import deployed
from trainer.packs.finer import layer_at
from trainer.packs.graph import halve
from trainer.packs.onnx_file import to_onnx


def test_only_a_weight_must_be_a_half_precision_number() -> None:
    """0.1 is none; a constant that the exporter worked out stays as it is, a weight that it changed is an error."""

    def model() -> Any:
        values = {"weight": [[0.5, 2.0]], "constant": [[0.1, 2.0]]}
        tensors = [numpy_helper.from_array(np.array(v, np.float32), k) for k, v in values.items()]
        nodes = [helper.make_node("Add", ["weight", "constant"], ["sum"])]
        return helper.make_model(
            helper.make_graph(nodes, "g", [], [helper.make_tensor_value_info("sum", TensorProto.FLOAT, (1, 2))], tensors)
        )

    made = model()
    halve(made, {"weight"})
    onnx.checker.check_model(made)
    kinds = {t.name: t.data_type for t in made.graph.initializer}
    assert kinds == {"weight.half": TensorProto.FLOAT16, "constant": TensorProto.FLOAT}
    with pytest.raises(ValueError, match="the exporter changed weight constant"):
        halve(model(), {"weight", "constant"})


@pytest.mark.parametrize("arch", ["compact", "mobilenet"])
def test_no_two_convolutions_share_a_bias(arch: str) -> None:
    """OpenVINO needs nearly twice the memory where they do; a mirrored network would."""
    mirrored = build(arch, width=0.25)
    for norm in mirrored.modules():
        if isinstance(norm, torch.nn.BatchNorm3d):
            torch.nn.init.normal_(norm.running_mean)  # or all biases are zero, and left away
    mirrored.mirror()
    model = onnx.load_model_from_string(to_onnx(deployed(mirrored), 32, {}))
    onnx.checker.check_model(model)
    biases = [n.input[2] for n in model.graph.node if n.op_type == "Conv" and len(n.input) > 2 and n.input[2]]
    assert len(biases) == len(set(biases)) > 10
    assert set(biases) <= {t.name for t in model.graph.initializer}


@pytest.mark.skipif(not has_openvino(), reason="the extra openvino is not installed")
@pytest.mark.parametrize(
    ("arch", "options", "stride"),
    [
        ("compact", {"width": 0.25, "pooling": "lse"}, 4),
        ("compact", {"width": 0.25, "pooling": "gap"}, 4),
        ("mobilenet", {"width": 0.125, "stride16": True, "pooling": "lse"}, 8),
        ("mobilenet", {"width": 0.125, "stride16": True, "pooling": "gap"}, 8),
    ],
)
def test_openvino_computes_the_same_finer_map(arch: str, options: dict[str, Any], stride: int) -> None:
    """Where the gradient shares its weights with the layers OpenVINO was wrong by more than half of the peak; and with gap the
    exporter works out constants that are no half-precision numbers.
    """
    torch.manual_seed(0)
    net = build(arch, **options)
    for m in net.modules():
        if isinstance(m, torch.nn.BatchNorm3d):
            m.momentum = 1.0
    with torch.no_grad():
        net(torch.randn(4, 1, 32, 32, 32))
    plain = deployed(net.eval())
    model = to_onnx(plain, 32, {}, layer_at(plain, stride))
    onnx.checker.check_model(onnx.load_model_from_string(model))
    x = np.random.default_rng(0).normal(size=(1, 1, 32, 32, 32)).astype(np.float32)
    want, got = Engine(model, "cpu").run(x), Engine(model, "openvino").run(x)
    assert got.provider == "OpenVINO CPU" and want.finer is not None and got.finer is not None and want.finer.max() > 0
    np.testing.assert_allclose(got.finer, want.finer, rtol=0, atol=1e-3 * float(want.finer.max()))
