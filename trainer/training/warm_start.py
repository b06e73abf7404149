"""Going on from a trained model pack: its weights as they lie in the exported file, in a network that learns.

The exporter folds batch norm into the convolutions, so the network comes back in that form (`norm` off). Weights were stored in
half precision; what that took away is far below what one step of training changes.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.preprocess import PreprocessSpec
from trainer.networks.head import FractureNet
from trainer.networks.registry import build

HALF = ".half"  # what `export` adds to the name of a weight stored in half precision


def from_pack(folder: Path) -> tuple[FractureNet, PreprocessSpec]:
    """The network of a model pack (its folder), ready to learn, and its preprocessing.

    Raises:
        AnkleViewerError: INIT_UNREADABLE where the folder holds no pack; INIT_UNFIT where its weights do not fill the network
            (each tensor that is missed, left over or of another shape is named).
    """
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import numpy_helper

    try:
        record = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
        graph = onnx.load_model_from_string((folder / "model.onnx").read_bytes()).graph
        network, spec = record["network"], PreprocessSpec.from_json(record["preprocessing"])
        net = build(network["arch"], **(network["config"] | {"norm": False}))
    except (OSError, ValueError, KeyError, TypeError, DecodeError) as error:
        raise AnkleViewerError(
            "INIT_UNREADABLE", f"{folder} holds no model pack that training can go on from: {error}"
        ) from error
    stored = {t.name.removesuffix(HALF): numpy_helper.to_array(t) for t in graph.initializer}
    _fill(
        net, {k: torch.from_numpy(v.astype(np.float32)) for k, v in stored.items() if v.dtype in (np.float16, np.float32)}, folder
    )
    return net, spec


def _fill(net: FractureNet, stored: dict[str, Tensor], folder: Path) -> None:
    # the exporter turns the head into a 1 x 1 x 1 convolution and names it as it likes
    heads = [k for k, v in stored.items() if v.shape == (1, net.channels, 1, 1, 1)]
    if len(heads) == 1:
        stored["head.weight"] = stored.pop(heads[0]).reshape(1, net.channels)
    weights = {k: v for k, v in stored.items() if v.dim() > 0 and "." in k}  # the rest are constants of the graph
    wanted = net.state_dict()
    wrong = sorted(set(wanted) ^ set(weights)) or [k for k, v in wanted.items() if v.shape != weights[k].shape]
    if wrong:
        raise AnkleViewerError("INIT_UNFIT", f"The weights in {folder} do not fit the network {net.arch}: {', '.join(wrong)}.")
    net.load_state_dict(weights)
