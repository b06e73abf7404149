"""The mean of what a run learnt and of the pack that it went on from: new skill, and less of the old one forgotten.

The weights at both ends of such a training lie close enough for their mean to be a network as good as either, and often better on
scans unlike those of the training (Wortsman et al. 2022, "Robust fine-tuning of zero-shot models", arXiv:2109.01903, there with
other shares than one half, too).
"""

from __future__ import annotations

from pathlib import Path

import torch

from ankleviewer.core.errors import AnkleViewerError
from trainer.networks.head import FractureNet
from trainer.packs.unpack import from_pack


@torch.no_grad()
def mean_with(net: FractureNet, pack: Path) -> None:
    """Put into `net` the mean of its weights and those of the pack that it went on from.

    Raises:
        AnkleViewerError: INIT_UNFIT where they have other layers.
        AnkleViewerError, ModelError: as `from_pack`.
    """
    before, after = from_pack(pack)[0].state_dict(), net.state_dict()
    if {k: v.shape for k, v in before.items()} != {k: v.shape for k, v in after.items()}:  # --width
        raise AnkleViewerError("INIT_UNFIT", f"The run's network has other layers than {pack}, so there is no mean of them.")
    net.load_state_dict({k: (v + before[k]) / 2 if v.is_floating_point() else v for k, v in after.items()})
