"""The mean of what a run learnt and of the pack that it went on from: new skill, and less of the old one forgotten.

The weights at both ends of such a training lie close enough for their mean to be a network as good as either, and often better on
scans unlike those of the training (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", arXiv:2109.01903, there with
other shares than one half, too).
"""

from __future__ import annotations

import copy
from pathlib import Path

import torch

from ankleviewer.core.errors import AnkleViewerError
from trainer.networks.deepen import deepen
from trainer.networks.head import FractureNet
from trainer.packs.unpack import from_pack


@torch.no_grad()
def mean_with(net: FractureNet, pack: Path) -> None:
    """Put into `net` the mean of its weights and those of the pack that it went on from. Blocks that the pack lacks count there
    as blocks at rest (`deepen`): their last scale is halved, and what comes before it stays the run's.

    Raises:
        AnkleViewerError: INIT_UNFIT where other layers differ.
        AnkleViewerError, ModelError: as `from_pack`.
    """
    grown = copy.deepcopy(net)  # so that what rests in it is the run's, and its mean with the run's, too
    try:
        deepen(from_pack(pack)[0], grown)
    except ValueError as error:  # --width
        raise AnkleViewerError(
            "INIT_UNFIT", f"The run's network has other layers than {pack}, so there is no mean of them ({error})."
        ) from error
    before, after = grown.state_dict(), net.state_dict()
    net.load_state_dict({k: (v + before[k]) / 2 if v.is_floating_point() else v for k, v in after.items()})
