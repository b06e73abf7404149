"""Files that say nothing of this machine, and that other engines read as they are meant."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import onnx
import pytest
import torch

from ankleviewer.core.paths import assets_dir
from ankleviewer.inference.engines.openvino_core import core
from ankleviewer.inference.engines.openvino_planes import to_volumes
from ankleviewer.inference.engines.openvino_session import has_openvino
from ankleviewer.inference.engines.runtime import Engine
from trainer.networks.head import FractureNet
from trainer.packs.deploy import deployed
from trainer.packs.onnx_file import on_cpu, to_onnx
from trainer.packs.unpack import from_pack


def test_the_file_tells_what_it_is_given_and_nothing_of_where_it_was_made(net: FractureNet) -> None:
    plain = deployed(net)
    model = to_onnx(plain, 32, {"b": "2", "a": "1"})
    assert model == to_onnx(plain, 32, {"a": "1", "b": "2"}) and b"/trainer/" not in model
    read = onnx.load_from_string(model)
    assert [(p.key, p.value) for p in read.metadata_props] == [("a", "1"), ("b", "2")]
    assert not any(node.doc_string or node.metadata_props for node in read.graph.node)
    x = np.random.default_rng(0).normal(size=(1, 1, 32, 32, 32)).astype(np.float32)
    with torch.no_grad():
        want = float(plain(torch.from_numpy(x))[0])
    assert float(on_cpu(model).run(None, {"volume": x})[0][0, 0]) == pytest.approx(want, abs=1e-4)


def test_the_shipped_pack_s_weights_are_the_shipped_file() -> None:
    """A pack that was evaluated before takes its figures in a second export, months later, too."""
    pack = assets_dir() / "models" / "compact"
    given = (pack / "model.onnx").read_bytes()
    read = onnx.load_from_string(given)
    layer = json.loads((pack / "manifest.json").read_text())["network"].get("finer", {}).get("layer")
    net, spec = from_pack(pack)
    assert to_onnx(deployed(net), spec.size, {p.key: p.value for p in read.metadata_props}, layer) == given


@pytest.mark.skipif(not has_openvino(), reason="the extra openvino is not installed")
@pytest.mark.parametrize(
    ("arch", "options"),
    [
        ("mobilenet", {"width": 0.5}),
        ("mobilenet", {"width": 0.5, "stride16": True}),
        ("efficientnet_b7", {"width": 0.25, "depth": 0.1}),
    ],
)
def test_openvino_computes_the_same_with_volumes_for_planes(
    arch: str, options: dict[str, Any], learnt: Callable[..., FractureNet]
) -> None:
    model = to_onnx(deployed(learnt(arch, options)), 64, {})
    given = core().read_model(model)
    depthwise = [n for n in given.get_ordered_ops() if n.get_type_name() == "GroupConvolution"]
    flat = sum(len(n.output(0).get_shape()) == 4 for n in depthwise)
    assert flat >= 6, "the file holds depthwise layers over planes"
    assert to_volumes(given) == flat, "and OpenVINO gets none of them"
    x = np.random.default_rng(0).normal(size=(1, 1, 64, 64, 64)).astype(np.float32)
    want, got = Engine(model, "cpu").run(x), Engine(model, "openvino").run(x)
    assert (got.provider, got.note) == ("OpenVINO CPU", "")
    assert np.abs(want.cam).max() > 1e-3
    np.testing.assert_allclose(got.cam, want.cam, rtol=0, atol=1e-4 * float(np.abs(want.cam).max()))
