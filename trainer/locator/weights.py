"""The weights of a locator's file, to train on from. In the file each normalisation is folded into its convolution; here it is
taken out again, so that training goes on with it.
"""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from ankleviewer.core.errors import ModelError
from trainer.networks.locator import Locator


def read(path: Path, inputs: Tensor) -> Locator:
    """The network of a file that `export` wrote, in training mode.

    Args:
        inputs: (N, 1, D, H, W) typical ones; their mean and variance before each normalisation become its own.

    Raises:
        ModelError: MODEL_FILE_MISSING (it cannot be read), MODEL_SPEC_UNKNOWN (it holds another network).
    """
    import onnx
    from onnx import numpy_helper

    try:
        model = onnx.load_model_from_string(path.read_bytes())
    except Exception as error:
        raise ModelError("MODEL_FILE_MISSING", f"{path.name} cannot be read ({type(error).__name__}).") from error
    held = {i.name: torch.from_numpy(numpy_helper.to_array(i).copy()) for i in model.graph.initializer}
    net = Locator()
    try:
        with torch.no_grad():
            for name, parameter in net.named_parameters():
                if name.endswith("0.weight") or name.startswith("head"):
                    _fill(parameter, held[f"net.{name}"])
                elif name.endswith("1.bias"):
                    _fill(parameter, held[f"net.{name.removesuffix('1.bias')}0.weight_bias"])
    except (KeyError, RuntimeError) as error:
        raise ModelError("MODEL_SPEC_UNKNOWN", f"{path.name} does not hold the weights of a locator.") from error
    _normalise(net, inputs)
    return net.train()


def _fill(parameter: Tensor, values: Tensor) -> None:
    if parameter.shape != values.shape:
        raise RuntimeError("another shape")
    parameter.copy_(values)


def _normalise(net: Locator, inputs: Tensor) -> None:
    """Give each normalisation the statistics of what reaches it, and scale and offset that undo them: the network stays the
    same function.
    """

    def settle(norm: nn.Module, given: tuple[Tensor, ...]) -> None:
        assert isinstance(norm, nn.BatchNorm3d)
        assert norm.running_mean is not None
        assert norm.running_var is not None
        variance, mean = torch.var_mean(given[0], dim=(0, 2, 3, 4))
        norm.running_mean.copy_(mean)
        norm.running_var.copy_(variance)
        norm.weight.copy_((variance + norm.eps).sqrt())
        norm.bias.add_(mean)

    hooks = [m.register_forward_pre_hook(settle) for m in net.modules() if isinstance(m, nn.BatchNorm3d)]
    with torch.no_grad():
        net.eval()(inputs)
    for hook in hooks:
        hook.remove()
