"""Going on from a pack: the same answers, a network that learns, and words where it does not fit."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import torch

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.paths import assets_dir
from ankleviewer.core.preprocess import BONE
from trainer.networks.compact import compact
from trainer.training.warm_start import from_pack

PACK = assets_dir() / "models" / "compact"


def test_it_answers_as_the_pack_does() -> None:
    import onnxruntime

    net, spec = from_pack(PACK)
    record = json.loads((PACK / "manifest.json").read_text())
    assert spec == BONE and net.arch == "compact" and net.pooling == record["network"]["pooling"]
    rng = np.random.default_rng(0)
    x = (rng.normal(0.1, 0.3, (1, 1, 128, 128, 128)) * (rng.random((1, 1, 1, 1, 128)) > 0.5)).astype(np.float32)
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


def test_folders_that_do_not_fit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(AnkleViewerError, match="INIT_UNREADABLE"):
        from_pack(tmp_path)
    pack = tmp_path / "pack"
    shutil.copytree(PACK, pack)
    record = json.loads((pack / "manifest.json").read_text())
    record["network"]["config"]["width"] = 0.5
    (pack / "manifest.json").write_text(json.dumps(record))
    with pytest.raises(AnkleViewerError, match=r"INIT_UNFIT: .*network compact: head\.weight"):
        from_pack(pack)
    (pack / "model.onnx").write_bytes(b"not a model")
    with pytest.raises(AnkleViewerError, match=r"INIT_UNREADABLE"):
        from_pack(pack)
    assert compact(0.5).config["width"] == 0.5
