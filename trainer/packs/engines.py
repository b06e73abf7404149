"""An exported file on every engine of this computer: does it answer as on the CPU, and put its findings where that does?"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.assessment.explain import explain
from ankleviewer.core.assessment.preprocess import Placement
from ankleviewer.core.geometry import Grid
from ankleviewer.inference.engines.runtime import Engine, Output, available
from trainer.networks.head import FractureNet

ENGINES = ("openvino", "cuda")
NEAR = 0.01  # of a threshold, in probability: there a call may change

Float32 = NDArray[np.float32]
Answer = tuple[float, Float32, Float32 | None]


def other_engines(
    net: FractureNet, model: bytes, decision: Decision, volumes: Sequence[Float32], answers: Sequence[Answer]
) -> tuple[dict[str, list[float]], float]:
    """Run a file on the engines beside onnxruntime's CPU. One that does not start answers in no window either, and is left out.

    Args:
        net: what the file was made of, for the layout of its map.
        model: bytes of the .onnx file.
        decision: how its logit and map are read.
        volumes: (size, size, size) float32.
        answers: logit, map and finer map (or None) of each volume by onnxruntime on the CPU.

    Returns:
        Logits of the volumes by the engine's own word for itself, and how far, voxels, a map's peak or a box moves at most.
    """
    logits: dict[str, list[float]] = {}
    farthest = 0.0
    for name in filter(available, ENGINES):
        engine = Engine(model, name)
        outputs = _outputs(engine, volumes)
        if outputs is None:
            continue
        logits[engine.provider] = [output.logit for output in outputs]
        for volume, (logit, cam, finer), output in zip(volumes, answers, outputs, strict=True):
            size, chance = len(volume), decision.probability(logit)
            want = _places(net, cam, finer, chance, decision, size)
            got = _places(net, output.cam, output.finer, chance, decision, size)
            farthest = max(farthest, moved(want, got, size))
    return logits, farthest


def _outputs(engine: Engine, volumes: Sequence[Float32]) -> list[Output] | None:
    """What an engine answers; None where the CPU would in its place, as soon as that shows. Raises ModelError as `Engine.run`."""
    _ = engine.provider  # starts it, and only then is there a note where it does not start
    if engine.note:
        return None
    outputs = []
    for volume in volumes:
        outputs.append(engine.run(np.ascontiguousarray(volume, dtype=np.float32)[None, None]))
        if outputs[-1].note:  # it failed on the way
            return None
    return outputs


def calls_changed(exact: NDArray[np.float64], others: Sequence[NDArray[np.float64]], decision: Decision) -> int:
    """Volumes whose probability lies on another side of a threshold in any of the others, and farther than NEAR from it."""
    changed = np.zeros(exact.shape, dtype=bool)
    for threshold in (decision.sens_threshold, decision.spec_threshold):
        for other in others:
            changed |= ((exact >= threshold) != (other >= threshold)) & (np.abs(exact - threshold) > NEAR)
    return int(changed.sum())


def moved(one: NDArray[np.int_], other: NDArray[np.int_], size: int) -> float:
    """How far, voxels, the places (n, 6) of one map lie from the nearest of another; `size` where they are not as many."""
    if len(one) != len(other):
        return float(size)
    if not len(one):
        return 0.0
    apart = np.abs(one[:, None] - other[None]).max(axis=2)
    return float(max(apart.min(axis=0).max(), apart.min(axis=1).max()))


def _places(
    net: FractureNet, cam: Float32, finer: Float32 | None, probability: float, decision: Decision, size: int
) -> NDArray[np.int_]:
    """(n, 6) first and last voxels of a map's boxes, and of its peak where that is above the floor."""
    grid = Grid.axis_aligned((size, size, size), (1.0, 1.0, 1.0), (0.0, 0.0, 0.0))
    heat, boxes = explain(
        cam,
        probability,
        decision,
        Placement(grid, grid),
        stride=net.stride,
        offset=net.cell_offset,
        pooling=net.pooling,
        finer=finer,
    )
    places = [(*box.min_voxel, *box.max_voxel) for box in boxes]
    if heat.peak > decision.cam_floor:
        at = np.unravel_index(int(heat.values.argmax()), heat.values.shape)
        places.append((*map(int, at), *map(int, at)))  # type: ignore[arg-type]
    return np.array(places, dtype=int).reshape(-1, 6)
