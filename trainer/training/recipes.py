"""Recipes: the stages in which each network is trained, by preset. Numbers were chosen on validation data;
docs/training-history.md tells how they came about.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ankleviewer.core.assessment.preprocess import FINE, PAPER, PreprocessSpec
from trainer.simulate.pairs import whole_size
from trainer.training.data import CropPlan
from trainer.training.objective import Stage

FULL_EPOCHS = 20  # the paper's number; a recipe's stages are that long
WITH_WHOLE = 128  # --size from which on some pairs show whole ankles, which are much slower to make


@dataclass(frozen=True)
class Recipe:
    """How one network is trained on the simulator.

    Attributes:
        spec: preprocessing, stored in the model file.
        config: options of the network.
        stages: in order.
        crop: edge of the simulated close-ups, voxels; pairs: how many are made; whole_every: every so many is a whole ankle.
        onward: stages for a network that has learnt already (--init PACK), instead of `stages`.
        shallow: options of a network of fewer blocks that goes through `stages` first; {} for none.
        deepened: stages for the whole network that grows out of it.
        teacher: kind of network that it learns from (--teacher, or the shipped one), or "".
    """

    spec: PreprocessSpec
    config: dict[str, Any]
    stages: tuple[Stage, ...]
    crop: int
    pairs: int
    whole_every: int = 0
    teacher: str = ""
    onward: tuple[Stage, ...] = ()
    shallow: dict[str, Any] = field(default_factory=dict)
    deepened: tuple[Stage, ...] = ()

    @property
    def largest(self) -> int:
        """Edge of the largest crop that its pairs can hold, voxels."""
        return whole_size(self.spec.spacing_mm) if self.whole_every else self.crop

    def shortened(self, epochs: float | None, size: int | None) -> Recipe:
        """The recipe for another number of epochs (stages scale) and with crops of at most `size` voxels, None for its own."""
        size = WITH_WHOLE if size is None else size
        share = 1.0 if epochs is None else epochs / FULL_EPOCHS
        crop = min(self.crop, max(size, 40))
        whole_every = self.whole_every if size >= WITH_WHOLE else 0
        edge = min(size, self.largest if whole_every else crop)
        edge = edge - edge % 32 or 32

        def short(stages: tuple[Stage, ...]) -> tuple[Stage, ...]:
            return tuple(
                replace(s, steps=max(1, round(s.steps * share)), plan=replace(s.plan, size=min(s.plan.size, edge)))
                for s in stages
            )

        return replace(
            self,
            stages=short(self.stages),
            onward=short(self.onward),
            deepened=short(self.deepened),
            crop=crop,
            pairs=max(4, round(self.pairs * share)),
            whole_every=whole_every,
        )


# what a crack is comes first (plain ones, clean scans), then the faint ones, then larger crops with the statistics held still
_COMPACT = (
    Stage(CropPlan(32, 13, 5, True, ("displaced",), 0.0), 150, (2e-3, 2e-3), scan=0.2),
    Stage(CropPlan(32, 13, 5, True, ("moderate", "displaced"), 0.2), 250, (2e-3, 2e-3), scan=0.2),
    Stage(CropPlan(32, 13, 7, True, (), 0.4), 1100, (2e-3, 4e-4), scan=0.2, sides=0.7),
    Stage(CropPlan(64, 2, 2, True, (), 0.4), 400, (5e-4, 1e-4), scan=0.3, sides=0.3, freeze_norm=True),
)
# then it goes on: half of the crops without a crack show what the network took for one in whole ankles, nearly half of the
# fractures are plain cuts, lest it learn the simulator's way of drawing them
_ONWARD = (
    Stage(
        CropPlan(48, 7, 8, True, (), 0.5, faint=0.4, plain_hu=90.0, hard=0.7, cuts=0.45, edges=True),
        8500,
        (8e-4, 3e-5),
        scan=0.4,
        sides=0.3,
        freeze_norm=True,
        mine_every=500,
        mine_volumes=150,
    ),
)
# a deep network imitates the compact one: on many small crops what it sees in every cell, then on larger ones, up to whole
# ankles, what it makes of them
_TAUGHT = (
    Stage(
        CropPlan(64, 2, 4, True, (), 0.3, plain_hu=90.0),
        1000,
        (2e-3, 1.5e-3),
        cells=0.3,
        scan=0.1,
        sides=0.3,
        teacher=2.0,
        teacher_map=0.6,
    ),
    Stage(
        CropPlan(64, 3, 3, True, (), 0.3, plain_hu=90.0, hard=0.5),
        500,
        (1.5e-3, 8e-4),
        cells=1.0,
        scan=0.2,
        sides=0.3,
        teacher=1.5,
        teacher_map=0.45,
        mine_every=250,
        mine_volumes=90,
    ),
    Stage(
        CropPlan(96, 1, 1, True, (), 0.3, plain_hu=90.0, hard=0.6),
        1000,
        (8e-4, 8e-5),
        cells=1.0,
        scan=0.4,
        sides=0.2,
        teacher=1.0,
        teacher_map=0.3,
        freeze_norm=True,
        mine_every=200,
        mine_volumes=90,
    ),
)
# ResNet101: the same with fewer blocks, longer; then the whole network, its statistics held still as they are outside training,
# which of its teacher still has the map
_SHALLOW = (
    replace(_TAUGHT[0], plan=replace(_TAUGHT[0].plan, pairs=3, others=2), steps=2500, lr=(1e-3, 8e-4)),
    replace(
        _TAUGHT[1],
        plan=replace(_TAUGHT[1].plan, strength=0.4, faint=0.34),
        steps=2500,
        lr=(8e-4, 1e-4),
        mine_every=600,
        mine_volumes=60,
    ),
    replace(
        _TAUGHT[2],
        plan=replace(_TAUGHT[2].plan, others=2, strength=0.4, hard=0.7),
        steps=800,
        lr=(4e-4, 4e-5),
        teacher=0.5,
        teacher_map=1.0,
        mine_every=270,
    ),
)
_DEEPENED = (
    replace(_SHALLOW[2], steps=500, lr=(3e-4, 3e-5), sides=0.0, teacher=0.0, teacher_map=0.5, mine_every=250, mine_volumes=60),
)
# MobileNet: the same, much longer, for a chain of separable layers learns slowly; then with its statistics held still, and its
# teacher's map in full
_SEPARABLE = (
    replace(_TAUGHT[0], plan=replace(_TAUGHT[0].plan, pairs=3, others=3), steps=2350),
    replace(
        _TAUGHT[1],
        plan=replace(_TAUGHT[1].plan, pairs=3, others=3, strength=0.4, faint=0.34),
        steps=5950,
        lr=(1.5e-3, 6e-4),
        mine_every=800,
        mine_volumes=60,
    ),
    replace(
        _TAUGHT[1],
        plan=replace(_TAUGHT[1].plan, pairs=3, others=3, strength=0.4, faint=0.34),
        steps=1550,
        lr=(6e-4, 4e-4),
        teacher=1.0,
        teacher_map=1.0,
        freeze_norm=True,
        mine_every=500,
        mine_volumes=60,
    ),
    replace(_SHALLOW[2], steps=2800, lr=(4e-4, 3e-5), mine_every=600, mine_volumes=60),
)
# a pack of such a network goes on as they end: its teacher says of larger crops what it makes of them, features are its own
_TAUGHT_ONWARD = (replace(_SHALLOW[2], steps=1000, sides=0.0, teacher=0.0),)
# the paper: whole volumes, Adam at 5e-4, batch 16, 20 epochs of 1,017 scans, the label alone
_PAPER = (Stage(CropPlan(128, 8, 0, whole=True), 20 * 64, (5e-4, 5e-4), cells=0.0, scan=1.0, sides=0.0),)


def for_scans(
    preset: str, scans: int, epochs: float | None, size: int, marked: bool, onward: bool, batch: int | None = None
) -> tuple[Stage, ...]:
    """Stages for a hospital's own prepared scans: whole volumes, each once an epoch.

    Args:
        preset: "paper" (Adam at 5e-4, batch 16, 20 epochs, the label alone) or "best" (the rate falls; marks teach cells).
        scans: number of scans to train on.
        epochs: None for the preset's own.
        marked: whether fractures are marked; onward: whether the network has learnt already and goes on.
        batch: scans a step, None for the preset's own; never more than there are.
    """
    own_batch, own_epochs = (16, FULL_EPOCHS) if preset == "paper" else (8, 2 * FULL_EPOCHS)
    of = max(1, min(batch or own_batch, scans))
    steps = max(1, round((epochs or own_epochs) * -(-scans // of)))
    if preset == "paper":
        return (Stage(CropPlan(size, 0, of, whole=True, strength=0.0), steps, (5e-4, 5e-4), cells=0.0, scan=1.0, sides=0.0),)
    rate = (1e-4, 1e-5) if onward else (5e-4, 2e-5)
    share = 1.0 if marked else 0.0
    plan = CropPlan(size, 0, of, whole=True, strength=0.4)
    return (Stage(plan, steps, rate, cells=share, scan=1.0, sides=0.3 * share, freeze_norm=onward),)


def chosen(stages: Sequence[Stage], rate: float | None, strength: float | None) -> tuple[Stage, ...]:
    """The stages with another learning rate at the start, the later ones in proportion, and with other augmentation; None leaves
    what the recipe has.
    """
    factor = 1.0 if rate is None else rate / stages[0].lr[0]
    return tuple(
        replace(
            s,
            lr=(s.lr[0] * factor, s.lr[1] * factor),
            plan=s.plan if strength is None else replace(s.plan, strength=strength),
        )
        for s in stages
    )


# B7's own dropout, blocks left out at random and slow statistics are made for a million pictures: with them small crops taught it
# nothing in 300 steps, without them much in the 350 after (docs/training-history.md)
_CALM: dict[str, Any] = {"dropout": 0.0, "drop_path": 0.0, "bn_momentum": 0.1}

RECIPES: dict[tuple[str, str], Recipe] = {
    ("compact", "best"): Recipe(FINE, {"pooling": "lse"}, (*_COMPACT, *_ONWARD), 72, 4000, 4, onward=_ONWARD),
    ("mobilenet", "best"): Recipe(
        FINE, {"pooling": "lse", "stride16": True}, _SEPARABLE, 72, 2000, 4, teacher="compact", onward=_TAUGHT_ONWARD
    ),
    ("resnet101", "best"): Recipe(
        FINE,
        {"pooling": "lse", "stride16": True},
        _SHALLOW,
        96,
        2000,
        4,
        teacher="compact",
        onward=_TAUGHT_ONWARD,
        shallow={"blocks": (3, 4, 4, 1)},
        deepened=_DEEPENED,
    ),
    ("efficientnet_b7", "best"): Recipe(
        FINE,
        {"pooling": "lse", "stride16": True, **_CALM},
        _TAUGHT,
        72,
        4000,
        4,
        teacher="compact",
        onward=_TAUGHT_ONWARD,
    ),
    ("resnet101", "paper"): Recipe(PAPER, {"pooling": "gap"}, _PAPER, 128, 1017),
    ("efficientnet_b7", "paper"): Recipe(PAPER, {"pooling": "gap"}, _PAPER, 128, 1017),
    ("compact", "paper"): Recipe(PAPER, {"pooling": "gap"}, _PAPER, 128, 1017),
    ("mobilenet", "paper"): Recipe(PAPER, {"pooling": "gap"}, _PAPER, 128, 1017),
}
