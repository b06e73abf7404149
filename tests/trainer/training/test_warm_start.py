"""Going on from a pack: the same answers, a network that learns, and words where it does not fit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
import torch

from ankleviewer.core.assessment.preprocess import FINE
from ankleviewer.core.errors import AnkleViewerError, ModelError
from ankleviewer.core.paths import assets_dir
from trainer.networks.compact import compact
from trainer.training import warm_start as module
from trainer.training.warm_start import from_pack

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


def test_weights_that_do_not_fit_are_named() -> None:
    net = compact(0.25, norm=False)
    weights = dict(net.state_dict())
    weights["features.0.weight"] = torch.zeros(3, 1, 3, 3, 3)
    with pytest.raises(AnkleViewerError, match=r"INIT_UNFIT: .*network compact: features\.0\.weight\."):
        module._fill(net, dict(weights), PACK)
    del weights["features.3.bias"]
    with pytest.raises(AnkleViewerError, match=r"INIT_UNFIT: .*features\.3\.bias"):
        module._fill(net, weights, PACK)
