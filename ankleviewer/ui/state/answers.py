"""What several runs on one scan say together: a model that answers later takes no other model's answer away."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ankleviewer.core.assessment.result import consensus
from ankleviewer.core.findings import verdict

if TYPE_CHECKING:
    from ankleviewer.session import Analysis
    from ankleviewer.ui.state.controller import CaseController


def without(analysis: Analysis, names: Collection[str]) -> Analysis | None:
    """The analysis less all that some models answered, by name; None where nothing of it is left."""
    answers = tuple(a for a in analysis.result.models if a.name not in names)
    if not answers:
        return None
    findings = tuple(f for f in analysis.result.findings if f.model not in names)
    result = replace(analysis.result, verdict=verdict(findings), findings=findings, models=answers, consensus=consensus(answers))
    heatmaps = {key: heat for key, heat in analysis.heatmaps.items() if key[0] not in names}
    errors = {name: error for name, error in analysis.errors.items() if name not in names}
    return type(analysis)(result=result, heatmaps=heatmaps, facts=analysis.facts, errors=errors)


def merged(before: Analysis | None, now: Analysis) -> Analysis:
    """The analysis of a scan after one more run.

    Answers, heat maps, facts, errors and what was found about models go by the model's name: what ran again is replaced as a
    whole, also where another file has taken its pack's name since; of the rest all stays, in its order.

    Args:
        before: the analysis (`session.Analysis`) so far, None for none; of the same scan.
        now: the one that has come.
    """
    left = without(before, {a.name for a in now.result.models}) if before is not None else None
    if before is None or left is None:
        return now
    names = [a.name for a in (*before.result.models, *now.result.models)]
    answers = tuple(sorted((*left.result.models, *now.result.models), key=lambda answer: names.index(answer.name)))
    findings = (*now.result.findings, *(f for f in left.result.findings if f not in now.result.findings))
    result = replace(
        now.result,
        verdict=verdict(findings),
        findings=findings,
        models=answers,
        consensus=consensus(answers),
        timings_s={**before.result.timings_s, **now.result.timings_s},
    )
    heatmaps, errors = {**left.heatmaps, **now.heatmaps}, {**left.errors, **now.errors}
    return type(now)(result=result, heatmaps=heatmaps, facts={**before.facts, **now.facts}, errors=errors)


def ask_anew(controller: CaseController, names: Sequence[str]) -> None:
    """Forget what some models answered, which does not count, whatever comes of it, and run them again."""
    if controller.analysis is not None:
        controller.changing.emit()
        controller.analysis = without(controller.analysis, names)
        controller.view.update(selected=-1)
        controller.view.set_scene(controller.scene_for(controller.view.state.ankle))
    controller.analyse(names=names)
