"""Steps of training beside a plain MONAI loop, each side in a process of its own, so that its peak memory can be told.

`python -m benchmarks.training_loops` prints the table; with a side and a network it runs one of them and prints JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from importlib.metadata import version
from pathlib import Path

import numpy as np
import torch
from torch import Tensor, nn

from trainer.training.precision import bf16_pays

SIZE, BATCH, SCANS, WARM, TIMED = 64, 2, 8, 2, 10


def write_scans(folder: Path) -> None:
    """Prepared inputs of SIZE voxels, every second one with something in it."""
    rng = np.random.default_rng(7)
    for i in range(SCANS):
        values = rng.normal(0, 0.1, (SIZE,) * 3).astype(np.float32)
        values[20:40, 20:40, 20:40] += 0.5 * (i % 2)
        np.save(folder / f"{i}.npy", values)


def ours(model: str, folder: Path, bf16: bool = False) -> dict[str, float]:
    """The trainer's own loop, preset "paper", as `ankle-trainer train --data DATA` runs it, with --precision fp32 or bf16."""
    from ankleviewer.core.assessment.preprocess import PAPER
    from trainer.networks.registry import build
    from trainer.training.data import CropPlan
    from trainer.training.execution import Execution
    from trainer.training.loop import Progress, train
    from trainer.training.objective import Stage
    from trainer.training.scan_bank import ScanBank

    inputs = [(folder / f"{i}.npy", i % 2, None) for i in range(SCANS)]
    stage = Stage(CropPlan(SIZE, 0, BATCH, whole=True, strength=0.0), WARM + TIMED, (5e-4, 5e-4), cells=0.0, scan=1.0, sides=0.0)
    ends: list[float] = []

    def report(progress: Progress) -> None:
        ends.append(time.perf_counter())

    run = folder / "run"
    bank = ScanBank(inputs, PAPER, SIZE, 7)
    train(build(model), PAPER, [stage], bank, run, execution=Execution(bf16=bf16), save_every=10**6, report=report)
    last = json.loads((run / "log.jsonl").read_text().splitlines()[-1])
    return _figures(ends) | {"waited": last["waited"] / last["seconds"]}


def peer(model: str) -> nn.Module:
    """The peer's network: MONAI's, whose maps are as large as ours at every stage, or the same layers where it has none."""
    from monai.networks.nets.efficientnet import EfficientNetBN
    from monai.networks.nets.resnet import resnet101

    nets: dict[str, Callable[[], nn.Module]] = {
        "mobilenet": PlainMobileNet,
        # MONAI's stem keeps the size unless it is told otherwise, and every layer behind it has eight times the work
        "resnet101": lambda: resnet101(spatial_dims=3, n_input_channels=1, num_classes=1, conv1_t_stride=2),
        "efficientnet_b7": lambda: EfficientNetBN("efficientnet-b7", False, spatial_dims=3, in_channels=1, num_classes=1),
    }
    return nets[model]()


def theirs(model: str, folder: Path) -> dict[str, float]:
    """As MONAI's tutorials write it: Dataset, DataLoader, Adam, BCEWithLogitsLoss."""
    from monai.data.dataloader import DataLoader
    from monai.data.dataset import Dataset
    from monai.transforms.compose import Compose
    from monai.transforms.io.dictionary import LoadImaged
    from monai.transforms.spatial.dictionary import RandFlipd
    from monai.transforms.utility.dictionary import EnsureChannelFirstd

    files = [{"image": str(folder / f"{i}.npy"), "label": float(i % 2)} for i in range(SCANS)]
    steps = Compose(
        [LoadImaged("image"), EnsureChannelFirstd("image", channel_dim="no_channel"), RandFlipd("image", 0.5, spatial_axis=0)]
    )
    loader = DataLoader(Dataset(files, steps), batch_size=BATCH, shuffle=True, num_workers=0)
    net = peer(model).train()
    optimiser, loss_of = torch.optim.Adam(net.parameters(), 5e-4), nn.BCEWithLogitsLoss()

    def batches() -> Iterator[tuple[Tensor, Tensor]]:
        while True:
            for batch in loader:
                yield batch["image"].as_tensor(), batch["label"].float()[:, None]

    ends: list[float] = []
    for x, y in batches():
        optimiser.zero_grad()
        loss = loss_of(net(x), y)
        loss.backward()
        optimiser.step()
        loss.item()
        ends.append(time.perf_counter())
        if len(ends) == WARM + TIMED:
            break
    return _figures(ends)


def _figures(ends: list[float]) -> dict[str, float]:
    seconds = np.diff(ends)[WARM - 1 :]
    return {
        "seconds": float(np.median(seconds)),
        "peak_gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1024 if sys.platform == "darwin" else 1) / 1024**2,
    }


class _PlainACS(nn.Module):
    """The planes of an ACS convolution as three convolutions of torch."""

    def __init__(self, cin: int, cout: int, stride: int, groups: int) -> None:
        super().__init__()
        a = -(-cout // 3)
        b = (cout - a + 1) // 2
        kernels: tuple[tuple[int, int, int], ...] = ((1, 3, 3), (3, 1, 3), (3, 3, 1))
        around: tuple[tuple[int, int, int], ...] = ((0, 1, 1), (1, 0, 1), (1, 1, 0))
        self.grouped = groups > 1
        self.sizes = [a, b, cout - a - b]
        self.parts = nn.ModuleList(
            nn.Conv3d(n if self.grouped else cin, n, k, stride, pad, groups=n if self.grouped else 1, bias=False)
            for n, k, pad in zip(self.sizes, kernels, around, strict=True)
        )

    def forward(self, x: Tensor) -> Tensor:
        pieces = torch.split(x, self.sizes, dim=1) if self.grouped else (x, x, x)
        return torch.cat([part(piece) for part, piece in zip(self.parts, pieces, strict=True)], dim=1)


class PlainMobileNet(nn.Module):
    """3D-MobileNet (ACS) in plain nn.Conv3d: MONAI has none. The same layers, counts and strides as the trainer's."""

    def __init__(self) -> None:
        super().__init__()
        plan = [(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]
        layers: list[nn.Module] = [_PlainACS(1, 32, 2, 1), nn.BatchNorm3d(32), nn.ReLU(inplace=True)]
        cin = 32
        for cout, stride in plan:
            layers += [_PlainACS(cin, cin, stride, cin), nn.BatchNorm3d(cin), nn.ReLU(inplace=True)]
            layers += [nn.Conv3d(cin, cout, 1, bias=False), nn.BatchNorm3d(cout), nn.ReLU(inplace=True)]
            cin = cout
        self.features, self.head = nn.Sequential(*layers), nn.Linear(cin, 1)

    def forward(self, x: Tensor) -> Tensor:
        logit: Tensor = self.head(self.features(x).mean(dim=(2, 3, 4)))
        return logit


def rows() -> Iterator[str]:
    """The lines of each network as soon as it is measured: all sides in turn, several rounds, since machines are busy. The
    first line of a network is the precision that --precision auto takes on this machine.
    """
    monai = f"MONAI {version('monai')}"
    peers = {
        "mobilenet": (f"the same layers in nn.Conv3d, {monai}'s loop", 5),
        "resnet101": (f"{monai} resnet101, stem of stride 2", 2),
        "efficientnet_b7": (f"{monai} EfficientNetBN b7", 2),
    }
    precisions = {"bfloat16": "ours-bf16", "float32": "ours"} if bf16_pays(torch.device("cpu")) else {"float32": "ours"}
    heads = (f"training step, {BATCH} x {SIZE}³", "ours", "peer", "peer's", "peer / ours", "peak memory, peer / ours", "waiting")
    yield f"| {' | '.join(heads)} |"
    yield "|---|---|---|---|---|---|---|"
    for model, (peer, rounds) in peers.items():
        runs = [{side: _run(side, model) for side in (*precisions.values(), "theirs")} for _ in range(rounds)]
        b = min(r["theirs"]["seconds"] for r in runs)
        for kind, side in precisions.items():
            best = min((r[side] for r in runs), key=lambda found: found["seconds"])
            a, memory = best["seconds"], runs[0]["theirs"]["peak_gb"] / best["peak_gb"]
            times = f"{a:.3f} s | {peer} | {b:.3f} s | **{b / a:.2f}**"
            yield f"| {model}, ours in {kind} | {times} | {memory:.2f} | {best['waited']:.1%} |"


def _run(side: str, model: str) -> dict[str, float]:
    done = subprocess.run(  # noqa: S603 (this very file)
        [sys.executable, "-m", "benchmarks.training_loops", side, model], capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise RuntimeError(f"{side} {model} failed: {done.stderr[-2000:]}")
    found: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(argv: list[str]) -> None:
    """One side of one network, or the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.training_loops", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("one", nargs="*", metavar="SIDE NETWORK", help="run one side of one network and print JSON")
    if argv := parser.parse_args(argv).one:
        with tempfile.TemporaryDirectory() as folder:
            write_scans(Path(folder))
            torch.manual_seed(0)
            side, model = argv
            found = theirs(model, Path(folder)) if side == "theirs" else ours(model, Path(folder), side == "ours-bf16")
            print(json.dumps(found))
        return
    for row in rows():
        print(row, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
