"""How many scans a study needs: the calculation that the paper states, and those that fit what it compares.

The paper takes Cohen's d = 0.5, a power of 0.80 and a level of 0.05, and arrives at 1,280 scans. A two-sided t-test of two groups
with these figures needs 64 in each (Cohen 1988, table 2.4.1). Which calculation led to 1,280 is not said; figures of classifiers
are better planned by the width of their confidence intervals, which stands beside it.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

from trainer.evaluation.metrics import auc_interval, wilson

MOST = 10_000_000
CERTAIN = 12.0  # noncentrality from which on the power is 1 to every digit, and scipy gives no number


def t_test_power(effect: float, first: int, second: int, level: float = 0.05) -> float:
    """Power of the two-sided t-test of two independent groups (noncentral t).

    Args:
        effect: Cohen's d.
        first, second: sizes of the groups, at least 2.
        level: chance of a false alarm.
    """
    from scipy import stats

    freedom = first + second - 2
    shift = abs(effect) * math.sqrt(first * second / (first + second))
    if shift > CERTAIN:
        return 1.0
    edge = float(stats.t.ppf(1 - level / 2, freedom))
    other_side = float(stats.nct.cdf(-edge, freedom, shift)) if shift < 5 else 0.0
    return float(stats.nct.sf(edge, freedom, shift)) + other_side


def t_test_size(effect: float, power: float = 0.8, level: float = 0.05, ratio: float = 1.0) -> tuple[int, int]:
    """Smallest groups (the second `ratio` times the first) with which the t-test has the power.

    Raises:
        ValueError: an effect of 0, or power or level outside 0 to 1.
    """
    if effect == 0 or not 0 < level < power < 1 or ratio <= 0:
        raise ValueError("needs an effect other than 0, 0 < level < power < 1 and a ratio above 0")

    def groups(n: int) -> tuple[int, int]:
        return n, max(2, math.ceil(ratio * n))

    n = _smallest(lambda n: t_test_power(effect, *groups(n), level) >= power)
    return groups(n)


def smallest_effect(first: int, second: int, power: float = 0.8, level: float = 0.05) -> float:
    """The effect (Cohen's d) that so many scans show with the power."""
    from scipy.optimize import brentq

    return float(brentq(lambda d: t_test_power(d, first, second, level) - power, 1e-6, 20.0))


def auc_size(area: float, half_width: float, positives: float = 0.436) -> int:
    """Scans with which the 95 % interval of an AUC reaches no farther than `half_width` to either side (`auc_interval`).

    Args:
        positives: their share; the paper's 633 of 1,453 by default.
    """
    if not 0.5 <= area < 1 or not 0 < half_width < 0.5 or not 0 < positives < 1:
        raise ValueError("needs an AUC from 0.5 to below 1, a half width below 0.5 and a share between 0 and 1")

    def enough(n: int) -> bool:
        sick = max(1, round(positives * n))
        found = auc_interval(area, sick, max(1, n - sick))
        return area - found.low <= half_width

    return _smallest(enough)


def share_size(share: float, half_width: float) -> int:
    """Scans with which Wilson's 95 % interval of a share (accuracy, sensitivity) is at most twice `half_width` wide."""
    if not 0 < share < 1 or not 0 < half_width < 0.5:
        raise ValueError("needs a share between 0 and 1 and a half width below 0.5")

    def enough(n: int) -> bool:
        found = wilson(share * n, n)
        return found.high - found.low <= 2 * half_width

    return _smallest(enough)


def paired_size(better: float, worse: float, power: float = 0.8, level: float = 0.05) -> int:
    """Scans on which McNemar's test shows that one model is right more often than another (Connor 1987).

    Args:
        better, worse: shares of scans that only the first, and only the second, gets right.
    """
    from scipy import stats

    if not 0 < worse + better <= 1 or better == worse:
        raise ValueError("needs two different shares, together at most 1")
    a, b = float(stats.norm.ppf(1 - level / 2)), float(stats.norm.ppf(power))
    together, apart = better + worse, better - worse
    return math.ceil((a * math.sqrt(together) + b * math.sqrt(together - apart**2)) ** 2 / apart**2)


@dataclass(frozen=True)
class Plan:
    """What is asked: effect, power, level, and the figures that a study hopes for."""

    effect: float = 0.5
    power: float = 0.8
    level: float = 0.05
    scans: int = 1280
    area: float = 0.94
    accuracy: float = 0.91
    half_width: float = 0.04


def report(plan: Plan) -> str:
    """The plan in words."""
    first, second = t_test_size(plan.effect, plan.power, plan.level)
    half = plan.scans // 2
    shown = smallest_effect(half, plan.scans - half, plan.power, plan.level)
    given = f"d = {plan.effect:g}, power {plan.power:g}, level {plan.level:g}"
    paired = paired_size(0.08, 0.04, plan.power, plan.level)
    lines = (
        f"t-test of two groups, {given} (two-sided): {first} + {second} = {first + second} scans",
        f"{half} + {plan.scans - half} scans show d = {shown:.3f} with that power",
        f"AUC {plan.area:g} to +-{plan.half_width:g}: {auc_size(plan.area, plan.half_width)} scans (43.6 % fractured)",
        f"accuracy {plan.accuracy:g} to +-{plan.half_width:g}: {share_size(plan.accuracy, plan.half_width)} scans",
        f"one model right where the other is wrong in 8 %, the reverse in 4 % of scans: {paired} scans (McNemar)",
    )
    return "\n".join(lines)


def _smallest(enough: Callable[[int], bool]) -> int:
    """Smallest whole number from 2 on that is enough; enough stays enough."""
    high = 2
    while not enough(high):
        high *= 2
        if high > MOST:
            raise ValueError(f"would take more than {MOST:,} scans")
    low = high // 2
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high
