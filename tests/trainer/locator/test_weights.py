"""A locator's file gives its network back, ready to train on from."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from ankleviewer.core.errors import ModelError
from trainer.locator.export import export
from trainer.locator.weights import read
from trainer.networks.locator import Locator


@pytest.fixture
def net() -> Locator:
    torch.manual_seed(3)
    made = Locator()
    with torch.no_grad():
        for module in made.modules():
            if isinstance(module, torch.nn.BatchNorm3d):
                assert module.running_mean is not None
                assert module.running_var is not None
                module.running_mean.normal_(0, 0.3)
                module.running_var.uniform_(0.5, 2)
                module.weight.uniform_(0.5, 2)
                module.bias.normal_(0, 0.3)
    return made.eval()


def test_the_file_gives_the_same_function_back(net: Locator, tmp_path: Path) -> None:
    export(net, tmp_path, {}, {})
    inputs = torch.rand(2, 1, 32, 48, 32)
    again = read(tmp_path / "locator.onnx", inputs)
    assert again.training
    other = torch.rand(1, 1, 32, 32, 48)
    with torch.no_grad():
        for x in (inputs, other):
            torch.testing.assert_close(again.eval()(x), net(x), rtol=1e-3, atol=1e-4)
        # in training the batch's own statistics are those that were taken: nothing jumps at the first step
        torch.testing.assert_close(again.train()(inputs), net(inputs), rtol=1e-2, atol=1e-2)


def test_what_is_no_locator_is_refused(net: Locator, tmp_path: Path) -> None:
    x = torch.rand(1, 1, 32, 32, 32)
    with pytest.raises(ModelError) as none:
        read(tmp_path / "none.onnx", x)
    assert none.value.code == "MODEL_FILE_MISSING"
    (tmp_path / "text.onnx").write_text("no model")
    with pytest.raises(ModelError) as text:
        read(tmp_path / "text.onnx", x)
    assert text.value.code == "MODEL_FILE_MISSING"
    export(net, tmp_path, {}, {})
    model = onnx.load(tmp_path / "locator.onnx")
    weights = next(i for i in model.graph.initializer if i.name == "net.down.1.1.0.weight")
    for spoil in (lambda: weights.dims.__setitem__(0, 16), lambda: setattr(weights, "name", "another")):
        spoil()
        weights.raw_data = bytes(4 * int(np.prod(weights.dims)))
        (tmp_path / "other.onnx").write_bytes(model.SerializeToString())
        with pytest.raises(ModelError) as other:
            read(tmp_path / "other.onnx", x)
        assert other.value.code == "MODEL_SPEC_UNKNOWN"
