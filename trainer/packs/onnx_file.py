"""Networks as ONNX files: the exporter kept quiet, nothing of this machine in the file, weights in half precision."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from ankleviewer.inference.engines.telemetry import load_onnxruntime
from trainer.networks.head import FractureNet
from trainer.packs.finer import traced
from trainer.packs.graph import halve, part_biases, part_weights

OPSET = 18


class ExportError(RuntimeError):
    """The exported file does not compute what the network computes; nothing was written."""


def to_onnx(plain: FractureNet, size: int, metadata: Mapping[str, str], layer: int | None = None) -> bytes:
    """ONNX bytes of a network from `deploy.deployed`; the same network gives the same bytes.

    Args:
        plain: folded and rounded network.
        size: voxels along each edge of the only input it will take.
        metadata: stored as metadata_props.
        layer: of `features`, whose map becomes a third output (`finer.traced`).

    Raises:
        ExportError: the exporter has changed a weight, so that half precision no longer holds it exactly.
    """
    names = ["logit", "cam"] if layer is None else ["logit", "cam", "finer"]
    program = plain if layer is None else traced(plain, layer, size)
    model = program_of(program, torch.zeros(1, 1, size, size, size), names)
    try:
        halve(model, dict(plain.named_parameters()))
    except ValueError as error:
        raise ExportError(str(error)) from error
    part_biases(model)
    part_weights(model)
    for node in model.graph.node:
        node.doc_string = ""  # of those that were added too, so that the same weights stay the same bytes
    for key in sorted(metadata):
        entry = model.metadata_props.add()
        entry.key, entry.value = key, metadata[key]
    return bytes(model.SerializeToString(deterministic=True))


def program_of(net: nn.Module, example: Tensor, outputs: Sequence[str], edges: Mapping[int, Any] | None = None) -> Any:
    """ModelProto of a network of one input, "volume"; the same network gives the same one.

    Args:
        example: an input; outputs: names of what the network gives.
        edges: axes of the input whose length is free, with their torch.export.Dim.
    """
    noisy = logging.getLogger("torch.onnx")
    level = noisy.level
    noisy.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the exporter warns of its own parts
            program = torch.onnx.export(
                net,
                (example,),
                dynamo=True,
                external_data=False,
                opset_version=OPSET,
                input_names=["volume"],
                output_names=list(outputs),
                dynamic_shapes=None if edges is None else (dict(edges),),
                verbose=False,
            )
    finally:
        noisy.setLevel(level)
    assert program is not None
    model = program.model_proto
    # traces of the machine the file was made on, and of torch's internals
    for node in model.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in (*model.graph.input, *model.graph.output):
        del value.metadata_props[:]
    del model.graph.metadata_props[:]
    del model.graph.value_info[:]
    del model.metadata_props[:]
    model.doc_string = model.graph.doc_string = ""
    return model


def on_cpu(model: bytes) -> Any:
    """An onnxruntime session of a file on one thread of the CPU."""
    onnxruntime = load_onnxruntime()
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
