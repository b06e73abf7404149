"""What several runs on one scan say together: a model that answers later takes no other model's answer away."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from ankleviewer.core.assessment.result import consensus
from ankleviewer.core.findings import verdict

if TYPE_CHECKING:
    from ankleviewer.session import Analysis


def merged(before: Analysis | None, now: Analysis) -> Analysis:
    """The analysis of a scan after one more run.

    Answers, heat maps, facts, errors and what was found about models go by the model's name: what ran again is replaced as a
    whole, also where another file has taken its pack's name since; of the rest all stays, in its order.

    Args:
        before: the analysis (`session.Analysis`) so far, None for none; of the same scan.
        now: the one that has come.
    """
    ran = {a.name for a in now.result.models}
    if before is None or ran >= {a.name for a in before.result.models}:
        return now
    names = dict.fromkeys(a.name for a in (*before.result.models, *now.result.models))
    source = {name: now if name in ran else before for name in names}
    answers = tuple(a for name, of in source.items() for a in of.result.models if a.name == name)
    findings = (*now.result.findings, *(f for f in before.result.findings if f.model not in ran and f not in now.result.findings))
    result = replace(
        now.result,
        verdict=verdict(findings),
        findings=findings,
        models=answers,
        consensus=consensus(answers),
        timings_s={**before.result.timings_s, **now.result.timings_s},
    )
    heatmaps = {key: heat for key, heat in before.heatmaps.items() if key[0] not in ran} | dict(now.heatmaps)
    facts = {**before.facts, **now.facts}
    errors = {name: error for name, error in before.errors.items() if name not in ran} | dict(now.errors)
    return type(now)(result=result, heatmaps=heatmaps, facts=facts, errors=errors)
