"""Going on from a pack: the same answers, a network that learns, and words where it does not fit."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import torch

from ankleviewer.core.assessment.preprocess import FINE
from ankleviewer.core.errors import AnkleViewerError, ModelError
from ankleviewer.core.paths import assets_dir
from trainer.networks.head import FractureNet
from trainer.networks.registry import build
from trainer.packs import unpack as module
from trainer.packs.deploy import deployed
from trainer.packs.finer import layer_at
from trainer.packs.onnx_file import to_onnx
from trainer.packs.unpack import from_pack

PACK = assets_dir() / "models" / "compact"


def test_it_answers_as_the_pack_does() -> None:
    import onnxruntime

    net, spec = from_pack(PACK)
    record = json.loads((PACK / "manifest.json").read_text())
    assert spec == FINE and net.arch == "compact" and net.pooling == record["network"]["pooling"]
    rng = np.random.default_rng(0)
    n = spec.size
    x = (rng.normal(0.1, 0.3, (1, 1, n, n, n)) * (rng.random((1, 1, 1, 1, n)) > 0.5)).astype(np.float32)
    session = onnxruntime.InferenceSession((PACK / "model.onnx").read_bytes(), providers=["CPUExecutionProvider"])
    logit, cam = session.run(["logit", "cam"], {"volume": x})
    with torch.no_grad():
        mine, my_cam = net.eval()(torch.from_numpy(x))
    np.testing.assert_allclose(mine.numpy(), logit, atol=1e-4)
    np.testing.assert_allclose(my_cam.numpy(), cam, atol=1e-3)


def test_it_learns() -> None:
    net, _ = from_pack(PACK)
    logit, _ = net.train()(torch.randn(1, 1, 32, 32, 32))
    logit.sum().backward()
    assert all(p.grad is not None for p in net.parameters())


def test_a_zip_is_a_pack_too(tmp_path: Path) -> None:
    packed = Path(shutil.make_archive(str(tmp_path / "pack"), "zip", PACK))
    one, two = from_pack(PACK)[0], from_pack(packed)[0]
    assert all(torch.equal(v, two.state_dict()[k]) for k, v in one.state_dict().items())


def test_nothing_is_read_from_a_pack_that_is_not_whole(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="MODEL_FILE_MISSING"):
        from_pack(tmp_path)
    pack = tmp_path / "pack"
    shutil.copytree(PACK, pack)
    model = bytearray((pack / "model.onnx").read_bytes())
    model[len(model) // 2] ^= 1
    (pack / "model.onnx").write_bytes(model)
    with pytest.raises(ModelError, match="MODEL_HASH_MISMATCH"):
        from_pack(pack)


def test_networks_that_training_does_not_know(monkeypatch: pytest.MonkeyPatch) -> None:
    import onnx

    model = onnx.load_model_from_string((PACK / "model.onnx").read_bytes())
    for entry in model.metadata_props:
        if entry.key == "network":
            entry.value = json.dumps(json.loads(entry.value) | {"arch": "vgg"})
    for content, said in ((b"not a model", "INIT_UNREADABLE"), (model.SerializeToString(), "INIT_UNREADABLE: .*vgg")):
        monkeypatch.setattr(module, "read_pack", lambda pack, content=content: SimpleNamespace(model_bytes=lambda: content))
        with pytest.raises(AnkleViewerError, match=said):
            from_pack(PACK)


def test_a_file_of_another_network_is_told_from_it() -> None:
    net = build("compact", width=0.25, norm=False)
    own = [module.Used(u.weight.astype(np.float32), u.bias) for u in module.asked(net, "split", 32)]
    head = module.Used(np.ones((1, net.channels, 1, 1, 1), np.float32), None)
    module.fill(net, [*own, head], 0.5, 32)
    assert net.head.bias.item() == 0.5 and net.head.weight.sum().item() == net.channels
    other = build("compact", width=0.5, norm=False)
    wide = [module.Used(u.weight.astype(np.float32), u.bias) for u in module.asked(other, "split", 32)]
    for file, said in (
        (own, "it has 8 convolutions, the file 7"),
        ([*wide, head], r"features\.0\.weight has the shape \(12, 1, 3, 3, 3\) instead of \(6, 1, 3, 3, 3\)"),
        ([*own, own[0]], r"head\.weight has the shape"),
        ([*own[:-1], module.Used(own[-1].weight, np.ones(3)), head], r"features\.18\.weight"),
    ):
        with pytest.raises(ValueError, match=said):
            module.fill(net, file, 0.0, 32)


def test_a_bias_that_the_file_leaves_away_is_zero() -> None:
    """A block that rests adds nothing, and the exporter leaves biases of nothing but zeros away."""
    net = build("compact", width=0.25, norm=False)
    file = [module.Used(u.weight.astype(np.float32), None) for u in module.asked(net, "split", 32)]
    with torch.no_grad():
        net.features[0].bias.fill_(1.0)
    module.fill(net, [*file, module.Used(np.ones((1, net.channels, 1, 1, 1), np.float32), None)], 0.0, 32)
    assert all(not value.any() for name, value in net.named_parameters() if name.endswith("bias"))
    assert net.features[0].weight.any()


def test_weights_that_hang_on_the_volume_are_refused() -> None:
    from onnx import TensorProto, helper

    value = helper.make_tensor_value_info("volume", TensorProto.FLOAT, None)
    nodes = [helper.make_node("Relu", ["volume"], ["w"]), helper.make_node("Conv", ["volume", "w"], ["y"])]
    with pytest.raises(ValueError, match="worked out from the volume"):
        module.given(helper.make_graph(nodes, "g", [value], [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)]))


def test_a_pack_of_another_network_is_refused_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    import onnx

    model = onnx.load_model_from_string((PACK / "model.onnx").read_bytes())
    for entry in model.metadata_props:
        if entry.key == "network":
            entry.value = json.dumps(json.loads(entry.value) | {"arch": "mobilenet", "config": {}})
    content = model.SerializeToString()
    monkeypatch.setattr(module, "read_pack", lambda pack: SimpleNamespace(model_bytes=lambda: content))
    with pytest.raises(AnkleViewerError, match=r"INIT_UNFIT: .*do not fit the network mobilenet: "):
        from_pack(PACK)


SIZE = 64
FORMS: list[tuple[str, dict[str, Any], int | None]] = [
    ("compact", {"width": 0.25}, 4),
    ("compact", {"width": 0.25, "blocks": 2}, 4),
    ("mobilenet", {"width": 0.25, "relu6": True}, 8),
    ("mobilenet", {"width": 0.125, "mode": "full", "pooling": "lse"}, None),
    ("resnet101", {"width": 0.0625, "stride16": True, "blocks": (1, 2, 2, 1)}, None),
    ("efficientnet_b7", {"width": 0.25, "depth": 0.1, "imagenet_head": True}, None),
]


@pytest.mark.parametrize(("arch", "options", "finer"), FORMS)
def test_every_network_comes_back(
    arch: str, options: dict[str, Any], finer: int | None, learnt: Callable[..., FractureNet], monkeypatch: pytest.MonkeyPatch
) -> None:
    net = learnt(arch, options)
    plain = deployed(net)
    layer = None if finer is None else layer_at(plain, finer)
    about = {"network": json.dumps({"arch": net.arch, "config": net.config, "bias": float(plain.head.bias)})}
    file = to_onnx(plain, SIZE, about, layer)
    monkeypatch.setattr(module, "read_pack", lambda pack: SimpleNamespace(model_bytes=lambda: file, preprocessing=FINE))
    back, _ = from_pack(PACK)
    assert back.arch == arch and back.config["norm"] is False
    assert not any(isinstance(m, torch.nn.BatchNorm3d) for m in back.modules())
    x = torch.randn(3, 1, SIZE, SIZE, SIZE)
    with torch.no_grad():
        want, cam = plain(x)
        got, my_cam = back.eval()(x)
    assert float(want.std()) > 1e-3 and float(cam.std()) > 1e-3
    scale = float(cam.abs().max())
    torch.testing.assert_close(my_cam, cam, rtol=0, atol=1e-4 * scale)
    torch.testing.assert_close(got, want, rtol=0, atol=1e-4 * max(1.0, float(want.abs().max())))
    # what is exported from it is the same again
    again = deployed(back)
    assert all(torch.equal(v, again.state_dict()[k]) for k, v in plain.state_dict().items() if k.startswith("features"))


def test_a_zero_between_acs_kernels_stays_a_zero() -> None:
    net = build("mobilenet", width=0.125, norm=False)
    places = module.asked(net, "split", 32)
    file = [module.Used(u.weight.astype(np.float32), u.bias) for u in places]
    file.append(module.Used(np.ones((1, net.channels, 1, 1, 1), np.float32), None))
    module.fill(net, file, 0.0, 32)
    dense = next(i for i, u in enumerate(places) if (u.weight == 0).any())
    file[dense].weight[places[dense].weight == 0] = 1.0
    with pytest.raises(ValueError, match=r"features\.\d+\.0\.weight is no ACS kernel"):
        module.fill(net, file, 0.0, 32)
