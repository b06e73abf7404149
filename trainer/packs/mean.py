"""The mean of what a run learnt and of the pack that it went on from: new skill, and less of the old one forgotten.

The weights at both ends of such a training lie close enough for their mean to be a network as good as either, and often better on
scans unlike those of the training (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", arXiv:2109.01903, there with
other shares than one half, too).
"""

from __future__ import annotations

import copy
from collections.abc import Sequence
from pathlib import Path

import torch

from ankleviewer.core.errors import AnkleViewerError
from trainer.networks.deepen import deepen
from trainer.networks.head import FractureNet
from trainer.packs.unpack import from_pack


@torch.no_grad()
def mean_with(net: FractureNet, pack: Path, others: Sequence[FractureNet] = ()) -> None:
    """Put into `net` the mean of its weights and those of the pack that it went on from. Blocks that the pack lacks count there
    as blocks at rest (`deepen`): their last scale is halved, and what comes before it stays the run's.

    Args:
        net: what a run learnt.
        pack: the pack.
        others: what other runs from the same pack learnt, in a network of the same form; they share the run's half in equal
            parts (Wortsman et al. 2022, "Model soups", arXiv:2203.05482).

    Raises:
        AnkleViewerError: INIT_UNFIT where other layers differ.
        AnkleViewerError, ModelError: as `from_pack`.
    """
    _share(net, others)
    grown = copy.deepcopy(net)  # so that what rests in it is the run's, and its mean with the run's, too
    try:
        deepen(from_pack(pack)[0], grown)
    except ValueError as error:  # --width
        raise AnkleViewerError(
            "INIT_UNFIT", f"The run's network has other layers than {pack}, so there is no mean of them ({error})."
        ) from error
    before, after = grown.state_dict(), net.state_dict()
    net.load_state_dict({k: (v + before[k]) / 2 if v.is_floating_point() else v for k, v in after.items()})


def _share(net: FractureNet, others: Sequence[FractureNet]) -> None:
    mine, theirs = net.state_dict(), [other.state_dict() for other in others]
    if any({k: v.shape for k, v in state.items()} != {k: v.shape for k, v in mine.items()} for state in theirs):
        raise AnkleViewerError("INIT_UNFIT", "The runs' networks have different layers, so there is no mean of them.")
    states = [mine, *theirs]
    net.load_state_dict(
        {k: torch.stack([s[k] for s in states]).mean(dim=0) if v.is_floating_point() else v for k, v in mine.items()}
    )
