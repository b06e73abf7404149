"""Predictor: a model pack applied to one ankle of one scan. Prepares, runs, checks the answer against itself, explains."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ankleviewer.core.anatomy.facing import stance
from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.assessment import preprocess
from ankleviewer.core.assessment.explain import HeatMap, explain
from ankleviewer.core.assessment.preprocess import Float32, Placement
from ankleviewer.core.assessment.result import ModelAnswer, Runtime
from ankleviewer.core.assessment.seen import seen_in
from ankleviewer.core.errors import Cancelled, ModelError
from ankleviewer.core.volume import Volume
from ankleviewer.core.watching import Progress, silent
from ankleviewer.inference import first_run
from ankleviewer.inference.engines.runtime import Engine, Output
from ankleviewer.inference.engines.watch import aside
from ankleviewer.inference.pace import Pace, Steps
from ankleviewer.inference.packs import ModelPack

LARGEST = 1e12  # in a map; what comes out of it shall be finite in single precision
SELF_CHECK = 1e-3  # how closely the map must explain the logit, relative to max(1, |logit|)


class Predictor:
    """A verified pack, loaded once.

    Args:
        pack: from `packs.load_pack`.
        runtime: "auto", "cpu", "cuda" or "openvino".
        careful: `predict` first tries a pack that nobody has tried (`first_run`).

    Raises:
        ModelError: the pack's file is not what its manifest says.
    """

    def __init__(self, pack: ModelPack, runtime: str = "auto", *, careful: bool = False) -> None:
        # packs are tried on the CPU, which may have no room for what is asked for the GPU alone; no window asks so
        self.pack, self._careful = pack, careful and runtime != "cuda"
        self.engine = Engine(pack.model_bytes(), runtime)
        self.pace = Pace()
        self.note = ""  # what the engine told of itself in the last run; its own word may have changed since, when it measured

    def start(self) -> None:
        """Start the engine now instead of with the first scan. Raises ModelError as `Engine.run`."""
        _ = self.engine.provider

    def prepare(self, volume: Volume, ankle: Ankle | None = None, others: Sequence[Ankle] = ()) -> tuple[Float32, Placement]:
        """The network's input for an ankle (None: around the bones, or the whole field without any), without `others`."""
        spec = self.pack.preprocessing
        centre = ankle.center_mm if ankle is not None and spec.fit == "ankle" else None
        axes = [(other.center_mm, other.up) for other in others]
        turn = stance(ankle.side, ankle.up, ankle.landmarks) if ankle is not None else None
        return preprocess.apply(volume, spec, centre, turn, axes)

    def infer(self, tensor: Float32, cancelled: Callable[[], bool] | None = None, *, trial: bool = False) -> Output:
        """Logit and map of a prepared volume, checked. A `trial` reads no scan, which its errors say. Where another engine than
        the CPU gives no possible answer, the CPU is asked.

        Raises:
            ModelError: OUTPUT_NOT_FINITE, the model answered with something that is no number, or with a map beyond LARGEST;
                OUTPUT_INCONSISTENT, the map does not add up to the logit; and as Engine.run.
            Cancelled: on request.
        """
        while True:
            output = self.engine.run(tensor, cancelled)
            self.note = output.note
            try:
                self._check(output, trial)
            except ModelError:
                if not self.engine.distrust(output.provider, cancelled):
                    raise
            else:
                return output

    def _check(self, output: Output, trial: bool) -> None:
        maps = [m for m in (output.cam, output.finer) if m is not None]
        if not (np.isfinite(output.logit) and all(np.abs(m).max() <= LARGEST for m in maps)):  # false for what is no number, too
            raise ModelError(
                "OUTPUT_NOT_FINITE",
                f"Model {self.pack.name} gave no number when it was tried on noise, before its first scan; it is not run."
                if trial
                else f"Model {self.pack.name} gave no number for this scan; it was not assessed.",
            )
        network, name = self.pack.network, self.pack.name
        explained = pooled(output.cam, network.pooling, network.bias)
        off = abs(explained - output.logit) > SELF_CHECK * max(1.0, abs(output.logit))
        finer = 0 if output.finer is None else output.finer.shape[0]
        if off or (output.cam.shape[0], finer) != (network.cells, network.finer_cells):
            detail = f"map of {output.cam.shape[0]} cells, sum {explained:.4f}, answer {output.logit:.4f}"
            raise ModelError(
                "OUTPUT_INCONSISTENT",
                f"Model {name} contradicts itself when it is tried on noise, before its first scan ({detail}); it is not run."
                if trial
                else f"Model {self.pack.name} contradicts itself ({detail}); it was not assessed.",
            )

    def answer(
        self, output: Output, tensor: Float32, placement: Placement, ankle_index: int | None
    ) -> tuple[ModelAnswer, HeatMap]:
        """Probability, call and boxes from what the network gave out."""
        pack = self.pack
        probability = pack.decision.probability(output.logit)
        bone = preprocess.bone_mask(tensor, pack.preprocessing)
        heat, boxes = explain(
            output.cam,
            probability,
            pack.decision,
            placement,
            bone,
            stride=pack.network.stride,
            offset=pack.network.offset_voxels,
            pooling=pack.network.pooling,
            finer=output.finer,
        )
        runtime = Runtime(output.provider, round(output.seconds, 4))
        call = pack.decision.call(probability)
        seen = seen_in(placement.model_grid, pack.network.reach * placement.model_grid.spacing[0])
        identity = pack.name, pack.version, pack.sha256, pack.status
        return ModelAnswer(*identity, ankle_index, probability, call, boxes, runtime, seen=seen), heat

    def predict(
        self,
        volume: Volume,
        ankle: Ankle | None = None,
        progress: Progress | None = None,
        cancelled: Callable[[], bool] | None = None,
        *,
        ankle_index: int | None = 0,
        others: Sequence[Ankle] = (),
    ) -> tuple[ModelAnswer, HeatMap]:
        """The model's answer for one ankle, and where it looked.

        Args:
            volume: the scan.
            ankle: from `finder.find_ankles`; None looks at the bones as a whole.
            progress: called with (0 to 1, or `pace.UNKNOWN` until the model has run once, and what is being done).
            cancelled: True stops the work.
            ankle_index: stored in the answer.
            others: the scan's other ankles, whose bones must not speak for this one.

        Raises:
            ModelError, Cancelled: see `infer`; and `first_run.try_once`. The error names the pack. MODEL_SEES_ALL: a model of
                whole scans cannot tell one ankle from `others`.
            Exception: what `progress` raises.
        """
        steps = Steps(self.pace, progress or silent, cancelled)
        steps.begin("Preparing the scan")
        if others and self.pack.preprocessing.fit == "whole":
            message = f"Model {self.pack.name} sees whole scans, and this one shows more than one ankle; it was not assessed."
            raise ModelError("MODEL_SEES_ALL", message)
        # aside, for both hold the processor for seconds where a scan is large, or turned
        tensor, placement = aside(lambda: self.prepare(volume, ankle, others), cancelled)
        steps.begin(f"Running {self.pack.title or self.pack.name}")
        try:
            if self._careful:
                first_run.try_once(self.pack, cancelled)
                self._careful = False
            output = self.infer(tensor, steps.asked)
        except Cancelled:
            steps.blame()
            raise
        except ModelError as error:
            named = first_run.told(self.pack, error)
            if named is error:  # its own cause it must not be: a cycle would hold the scan
                raise
            raise named from error
        steps.took(output.seconds)
        steps.begin("Explaining the answer")
        result = aside(lambda: self.answer(output, tensor, placement, ankle_index), cancelled)
        steps.done()
        return result


def pooled(cam: Float32, pooling: str, bias: float) -> float:
    """The logit that a map stands for: "gap" sum of the cells + bias, "lse" log of the mean of exp over the cells."""
    cells = cam.astype(np.float64)
    if pooling == "gap":
        return float(cells.sum()) + bias
    top = float(cells.max())
    return top + float(np.log(np.mean(np.exp(cells - top))))
