"""Which stage a step belongs to, and its learning rate: falling within a stage, rising at the start of the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from trainer.training.objective import Stage

WARM_UP = 30  # steps in which the learning rate rises; a tenth of a short run


@dataclass(frozen=True)
class Place:
    """Where a step stands.

    Attributes:
        step: counted from 0 over the whole run; last: whether it ends the run.
        stage: to which it belongs; index: the stage's number.
        since: steps of the stage before it.
        rate: the learning rate.
    """

    step: int
    last: bool
    stage: Stage
    index: int
    since: int
    rate: float

    @property
    def looks(self) -> bool:
        """Whether hard places are looked for before it."""
        return bool(self.stage.mine_every) and self.since % self.stage.mine_every == 0


class Schedule:
    """The steps of a run, stage after stage."""

    def __init__(self, stages: Sequence[Stage]) -> None:
        self._steps = [(index, stage, since) for index, stage in enumerate(stages) for since in range(stage.steps)]
        self.total = len(self._steps)
        self._warm_up = max(1, min(WARM_UP, self.total // 10))

    def at(self, step: int) -> Place:
        """The place of a step, 0 to `total` - 1."""
        index, stage, since = self._steps[step]
        high, low = stage.lr
        rate = high * (low / high) ** (since / max(1, stage.steps - 1)) * min(1.0, (step + 1) / self._warm_up)
        return Place(step, step + 1 == self.total, stage, index, since, rate)

    def places(self, first: int) -> Iterator[Place]:
        """The places of the steps from `first` on."""
        return map(self.at, range(first, self.total))
