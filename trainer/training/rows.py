"""Whether there are rows enough: every process must get some of each batch, and batch norm more than one value of a channel."""

from __future__ import annotations

from collections.abc import Sequence

from torch import nn

from ankleviewer.core.errors import AnkleViewerError
from trainer.networks.head import FractureNet
from trainer.training.data import Bank
from trainer.training.objective import Stage, ends_of_parts, rows_of
from trainer.training.scan_bank import ScanBank


def check_shares(stages: Sequence[Stage], processes: int, scans: int | None = None) -> None:
    """That each of `processes` gets a row of every batch.

    Args:
        stages: of the training; scans: how many prepared scans are trained on, None for simulated pairs.

    Raises:
        AnkleViewerError: USAGE.
    """
    shares = [twins // 2 + rows - twins for stage in stages for rows, twins in _batches(stage, scans)]
    if not shares or processes <= (fewest := min(shares)):
        return
    raise AnkleViewerError(
        "USAGE",
        f"{processes} processes have nothing to share in a batch of {fewest} crop{'s' if fewest > 1 else ''}, twins counted as "
        f"one: {_remedy(fewest, stages, scans)}.",
    )


def check_rows(net: FractureNet, stages: Sequence[Stage], bank: Bank, processes: int, most_rows: int | None) -> None:
    """`check_shares`, and that batch norm, where it learns, sees more than one value of a channel in every part of a batch.

    Args:
        bank: where the batches come from; most_rows: of a part, see `objective.parts_of`.

    Raises:
        AnkleViewerError: USAGE.
    """
    scans = len(bank.inputs) if isinstance(bank, ScanBank) else None
    check_shares(stages, processes, scans)
    if not any(isinstance(module, nn.BatchNorm3d) for module in net.modules()):
        return
    for stage in stages:
        if stage.freeze_norm or stage.plan.size > net.stride or stage.steps == 0:
            continue
        for rows, twins in _batches(stage, scans):
            if 1 in _sizes_of_parts(rows, twins, processes, most_rows):
                raise AnkleViewerError(
                    "USAGE",
                    f"A cube of {stage.plan.size} voxels is one cell of {net.arch}, and of one row alone batch norm learns "
                    f"nothing: take a --size of {2 * net.stride} or more, or larger batches and parts (--batch, --part).",
                )


def _batches(stage: Stage, scans: int | None) -> set[tuple[int, int]]:
    """Rows of the batches of a stage, and how many of them are twins."""
    twins = 2 * stage.plan.pairs
    if scans is None:
        return {(twins + stage.plan.others, twins)}
    per_epoch = ScanBank.batches(scans, stage.plan.others)
    return {(scans // per_epoch, 0), (-(-scans // per_epoch), 0)}


def _sizes_of_parts(rows: int, twins: int, processes: int, most: int | None) -> set[int]:
    """Rows of the parts of all processes."""
    sizes = set()
    for rank in range(processes):
        own, own_twins = rows_of(rows, twins, rank, processes)
        ends = ends_of_parts(len(own), own_twins, most)
        sizes |= {last - first for first, last in zip([0, *ends], ends, strict=False)}
    return sizes


def _remedy(fewest: int, stages: Sequence[Stage], scans: int | None) -> str:
    fewer = f"start {fewest} of them" if fewest > 1 else "start one alone, without torchrun"
    more = scans is not None and any(stage.plan.others < scans for stage in stages)
    return f"{fewer}, or give a larger --batch" if more else f"{fewer}, or fewer" if fewest > 2 else fewer
