"""Does an exported file compute what the network computes? Measured on volumes and every engine of this computer; enforced."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from ankleviewer.core.assessment.decision import Decision
from trainer.evaluation.calibration import sigmoid
from trainer.networks.head import FractureNet, pooled
from trainer.packs.engines import NEAR, calls_changed, other_engines
from trainer.packs.finer import explained
from trainer.packs.onnx_file import ExportError, on_cpu

GATES = {
    "probability": 1e-4,
    "cam": 1e-4,
    "finer": 1e-3,
    "pooling": 1e-3,
    "rounding": 1e-2,
    "calls": 0,
    "engine": 1e-3,
    "place": 1,
}
_FAILURES = {
    "probability": "the exported file gives another probability than the network",
    "cam": "the exported file's map differs from the network's, as a share of its largest value",
    "finer": "the exported file's map of an earlier layer differs from the network's, as a share of its largest value",
    "pooling": "the cells of the map do not add up to the logit, difference as a share of the logit",
    "rounding": "weights stored in half precision give another probability than the trained ones",
    "calls": f"volumes change their call though they lie more than {NEAR} from the threshold",
    "engine": "another engine gives another probability than onnxruntime on the CPU",
    "place": "another engine puts the map's peak or a box elsewhere than onnxruntime on the CPU, in voxels",
}

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Parity:
    """Largest differences met over the volumes.

    Attributes:
        volumes: how many were compared.
        probability: ONNX on the CPU against torch with the same rounded weights.
        cam: the same for the map, relative to its largest value.
        finer: the same for the map of an earlier layer, 0 without one. Its gate is 1e-3, the map's 1e-4: the gradient jumps
            where an activation passes zero, so that torch itself in single and in double precision is up to 4e-3 apart (a full
            MobileNet, untrained, volumes of noise); a trained compact network stayed within 1e-6.
        pooling: pooled map against logit, relative to max(1, |logit|).
        rounding: half-precision weights against the trained ones, in probability.
        spread: range of the logits over the volumes.
        calls: volumes whose call the file changes on any engine, farther than NEAR from the threshold with the trained weights.
        engine: any other engine of this computer against onnxruntime on the CPU, in probability; place: the farthest that the
            map's peak or a box moves, voxels.
        engines: the other engines that were compared, by their own words.
    """

    volumes: int
    probability: float
    cam: float
    pooling: float
    rounding: float
    spread: float
    finer: float = 0.0
    calls: int = 0
    engine: float = 0.0
    place: float = 0.0
    engines: tuple[str, ...] = ()


def check_parity(
    net: FractureNet,
    plain: FractureNet,
    model: bytes,
    decision: Mapping[str, Any],
    volumes: Sequence[Float32],
    layer: int | None = None,
) -> Parity:
    """Measure the gates of an exported file and enforce them; on every engine of this computer that takes the file.

    Raises:
        ExportError: a gate failed, or the volumes cannot show it: two untrained networks agree on everything, so the logits
            must differ between the volumes by far more than the two programs do.
    """
    session = on_cpu(model)
    trained = net.training
    net.eval()
    rows, answers = [], []
    try:
        for volume in volumes:
            x = np.ascontiguousarray(volume, dtype=np.float32)[None, None]
            tensor = torch.from_numpy(x)
            with torch.no_grad():
                (exact, _), (want, want_cam) = net(tensor), plain(tensor)
            logit, cam, *maps = session.run(None, {"volume": x})
            answers.append((float(logit[0, 0]), cam[0, 0], maps[0][0, 0] if maps else None))
            finer_error = 0.0
            if layer is not None:
                finer_error = _apart(maps[0], explained(plain, layer)(tensor)[2].numpy())
            map_logit = pooled(cam[0, 0], plain.pooling, float(plain.head.bias))
            rows.append((float(exact), float(want), answers[-1][0], map_logit, _apart(cam, want_cam.numpy()), finer_error))
    finally:
        net.train(trained)
    exact_logit, torch_logit, onnx_logit, map_logits, cam_errors, finer_errors = np.array(rows, dtype=np.float64).T
    if not np.isfinite(rows).all():
        raise ExportError("the network gives something that is no number")
    read = Decision.from_json(decision)
    others, place = other_engines(plain, model, read, volumes, answers)

    def p(logit: Any) -> Any:
        return sigmoid((logit - read.bias) / read.temperature)

    parity = Parity(
        volumes=len(volumes),
        probability=float(np.abs(p(onnx_logit) - p(torch_logit)).max()),
        cam=float(cam_errors.max()),
        pooling=float((np.abs(map_logits - onnx_logit) / np.maximum(1, np.abs(onnx_logit))).max()),
        rounding=float(np.abs(p(torch_logit) - p(exact_logit)).max()),
        spread=float(np.ptp(torch_logit)),
        finer=float(finer_errors.max()),
        calls=calls_changed(p(exact_logit), [p(np.array(row)) for row in (torch_logit, onnx_logit, *others.values())], read),
        engine=max((float(np.abs(p(np.array(logits)) - p(onnx_logit)).max()) for logits in others.values()), default=0.0),
        place=place,
        engines=tuple(others),
    )
    failed = [
        f"{_FAILURES[name]} ({name}: {getattr(parity, name):.3g}, at most {limit:g} is allowed)"
        for name, limit in GATES.items()
        if not getattr(parity, name) <= limit
    ]
    if parity.spread <= max(1e-4, 100 * float(np.abs(onnx_logit - torch_logit).max())):
        failed.append(f"the logits of {len(volumes)} volumes differ by {parity.spread:.1e} only, which proves nothing")
    if failed:
        raise ExportError("no pack was written: " + "; ".join(failed))
    return parity


def _apart(got: Float32, want: Float32) -> float:
    """Largest difference of two maps, as a share of the largest value wanted."""
    return float(np.abs(got - want).max() / max(np.abs(want).max(), 1e-12))
