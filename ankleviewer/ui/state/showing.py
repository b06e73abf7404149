"""What there is to show of an open case: with which answer it opens, where, and of one ankle map, boxes and the reader's word."""

from __future__ import annotations

import weakref
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from ankleviewer.core.assessment.explain import HeatMap, paper_map
from ankleviewer.core.assessment.result import ModelAnswer
from ankleviewer.core.display.framing import region
from ankleviewer.core.display.scene import Scene
from ankleviewer.core.geometry import Array
from ankleviewer.ui.state.reviewing import Reviewing

if TYPE_CHECKING:
    from ankleviewer.core.anatomy.finder import Ankle
    from ankleviewer.session import Case, ModelSummary


def first_answer(
    answers: Sequence[ModelAnswer], models: Sequence[ModelSummary], ankle: int | None, shown: str = ""
) -> ModelAnswer:
    """The answer that is shown first: of the default model's that with the largest probability, of another model's where that
    one has none.

    Args:
        ankle: where the reader has begun to look: an answer for this ankle, if there is one; None: any.
        shown: the model that was shown before, which goes before the default one; "" for none.
    """
    default = {m.name: m.default for m in models}
    here = [a for a in answers if a.ankle == ankle and ankle is not None]

    def first(answer: ModelAnswer) -> tuple[bool, bool, bool, float]:
        assessed = answer.probability is not None
        return assessed, answer.name == shown, default.get(answer.name, False), answer.probability or 0.0

    return max(here or answers, key=first)


def wanted_models(chosen: str, models: Sequence[ModelSummary]) -> list[str]:
    """The model that is to answer, by name: the chosen one ("" for none), else the default one, else the first; [] for none."""
    if chosen:
        return [chosen]
    known = [m.name for m in models]
    return [m.name for m in models if m.default][:1] or known[:1]


def input_of(models: Sequence[ModelSummary], name: str, before: tuple[int, int]) -> tuple[int, int]:
    """Lowest and highest HU that a model tells apart: of the default one where `name` is none of them, `before` without any."""
    ranges: dict[str, tuple[int, int]] = {m.name: m.hu_range for m in models}
    return ranges.get(name, next(iter(ranges.values()), before))


def middle_of(case: Case, ankle: Ankle | None) -> Array:
    """The middle of an ankle's joint, or of the scan where there is no ankle, LPS mm."""
    if ankle is not None:
        return np.asarray(ankle.center_mm)
    grid = case.scan.volume.grid
    return grid.to_mm((np.asarray(grid.shape) - 1) / 2)


_coarse: weakref.WeakKeyDictionary[HeatMap, weakref.ref[HeatMap]] = weakref.WeakKeyDictionary()  # while it is shown


def _coarse_of(heat: HeatMap) -> HeatMap:
    """The paper's map of a map, or the map itself where it is as coarse. Every scene that shows it gets the same one: what was
    made of it (the bone's colours, the volume's voxels) stays right from one judgement to the next.
    """
    made = _coarse[heat]() if heat in _coarse else None
    if made is None:
        made = paper_map(heat) or heat
        _coarse[heat] = weakref.ref(made)
    return made


def scene_of(
    case: Case,
    ankle: Ankle | None,
    answer: ModelAnswer | None,
    heatmaps: Mapping[tuple[str, int], HeatMap],
    reviewing: Reviewing,
    coarse: bool,
) -> Scene:
    """The scene of an ankle.

    Args:
        ankle: None shows the whole scan.
        answer: of the model shown, None where there is none yet.
        heatmaps: of the analysis, by model and ankle.
        coarse: the paper's map in the place of the fine one.
    """
    heat = None
    if answer is not None and answer.ankle is not None and answer.call in ("fracture", "uncertain"):
        heat = heatmaps.get((answer.name, answer.ankle))
        if heat is not None and coarse:
            heat = _coarse_of(heat)
    firm = answer is None or answer.call == "fracture"
    boxes = answer.boxes if answer is not None else ()
    shown = region(ankle, boxes) if ankle is not None else None
    marks = [reviewing.mark(answer, n) for n in range(len(boxes))] if answer is not None else []
    judged = tuple(mark.judgement if mark is not None else "" for mark in marks)
    missed = tuple((m.number, m.center_mm) for m in reviewing.review.missed)
    return Scene(case.scan.volume, heat, boxes, firm, shown, judged, missed)
