"""How a pair is timed, and how the table is printed. Knows nothing of images."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Pair:
    """One task, done by us and by a peer.

    Attributes:
        task: what is done, with sizes.
        peer: name and release of the peer, and the call.
        ours, theirs: do the task once.
        agree: compares what both returned; one line that says how far they agree. Raises AssertionError if they do not.
    """

    task: str
    peer: str
    ours: Callable[[], object]
    theirs: Callable[[], object]
    agree: Callable[[object, object], str]


@dataclass(frozen=True)
class Outcome:
    """Median seconds of each side, and their agreement."""

    pair: Pair
    ours_s: float
    theirs_s: float
    agreement: str

    @property
    def ratio(self) -> float:
        """How many times as long as ours the peer takes; above 1 we are faster."""
        return self.theirs_s / self.ours_s


def measure(pair: Pair, budget_s: float = 12.0, rounds: int = 7) -> Outcome:
    """Time both sides in turn (so that a busy machine slows both), the first round unmeasured; medians.

    Stops after `rounds` rounds, or after three when they have taken `budget_s`.
    """
    agreement = pair.agree(pair.ours(), pair.theirs())
    ours: list[float] = []
    theirs: list[float] = []
    while len(ours) < rounds and (len(ours) < 3 or sum(ours) + sum(theirs) < budget_s):
        ours.append(_seconds(pair.ours))
        theirs.append(_seconds(pair.theirs))
    return Outcome(pair, statistics.median(ours), statistics.median(theirs), agreement)


def _seconds(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def table(outcomes: list[Outcome]) -> str:
    """Markdown."""
    lines = ["| task | ours | peer | peer's | peer / ours | agreement |", "|---|---|---|---|---|---|"]
    lines += [
        f"| {o.pair.task} | {_text(o.ours_s)} | {o.pair.peer} | {_text(o.theirs_s)} | **{o.ratio:.2f}** | {o.agreement} |"
        for o in outcomes
    ]
    return "\n".join(lines)


def _text(seconds: float) -> str:
    return f"{seconds:.2f} s" if seconds >= 1 else f"{seconds * 1e3:.2f} ms"
