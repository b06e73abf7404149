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

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.inference.packs import read_pack
from trainer.networks.head import FractureNet
from trainer.networks.registry import build

HALF = ".half"  # what `export` adds to the name of a weight stored in half precision


def from_pack(pack: Path) -> tuple[FractureNet, PreprocessSpec]:
    """The network of a model pack (a folder or its .zip), ready to learn, and its preprocessing.

    Raises:
        ModelError: there is no pack, or its files are not those its manifest names.
        AnkleViewerError: INIT_UNREADABLE where training does not know the network; INIT_UNFIT where the weights do not fill it
            (each tensor that is missed, left over or of another shape is named).
    """
    import onnx
    from google.protobuf.message import DecodeError
    from onnx import numpy_helper

    read = read_pack(pack)
    try:
        model = onnx.load_model_from_string(read.model_bytes())
        network = json.loads({p.key: p.value for p in model.metadata_props}["network"])
        net = build(network["arch"], **(network["config"] | {"norm": False}))
    except (ValueError, KeyError, TypeError, DecodeError) as error:
        raise AnkleViewerError("INIT_UNREADABLE", f"Training cannot go on from {pack}: {error}") from error
    stored = {t.name.removesuffix(HALF): numpy_helper.to_array(t) for t in model.graph.initializer}
    # a mirrored network's file holds each bias twice, the second time as bias.1 (`export`)
    stored = {k: v for k, v in stored.items() if k.rpartition(".")[0] not in stored}
    floats = {k: torch.from_numpy(v.astype(np.float32)) for k, v in stored.items() if v.dtype in (np.float16, np.float32)}
    _fill(net, floats, pack)
    return net, read.preprocessing


def _fill(net: FractureNet, stored: dict[str, Tensor], pack: Path) -> None:
    # the exporter turns the head into a 1 x 1 x 1 convolution and names it as it likes
    heads = [k for k, v in stored.items() if v.shape == (1, net.channels, 1, 1, 1)]
    if len(heads) == 1:
        stored["head.weight"] = stored.pop(heads[0]).reshape(1, net.channels)
    weights = {k: v for k, v in stored.items() if v.dim() > 0 and "." in k}  # the rest are constants of the graph
    wanted = net.state_dict()
    wrong = sorted(set(wanted) ^ set(weights)) or [k for k, v in wanted.items() if v.shape != weights[k].shape]
    if wrong:
        raise AnkleViewerError("INIT_UNFIT", f"The weights in {pack} do not fit the network {net.arch}: {', '.join(wrong)}.")
    net.load_state_dict(weights)
