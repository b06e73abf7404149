"""The command line's numbers, the options of every training, and what does not go together: wrong usage is said in words."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

from ankleviewer.core.errors import AnkleViewerError

MODELS = ("compact", "mobilenet", "resnet101", "efficientnet_b7")
MOST_VOXELS = 1000  # along an edge: their places alone take 12 GB of memory


def positive(text: str) -> float:
    """A finite number above 0. Raises argparse.ArgumentTypeError, as all of these."""
    value = _number(text, float)
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text} is not a positive number")
    return value


def within(low: float, high: float) -> Callable[[str], float]:
    """What makes a number from `low` to `high`, both included."""

    def number(text: str) -> float:
        value = _number(text, float)
        if not low <= value <= high:
            raise argparse.ArgumentTypeError(f"{text} does not lie between {low:g} and {high:g}")
        return value

    return number


share = within(0, 1)
# of simulated scans: coarser or narrower ones show no fracture
spacing_mm, reach_mm = within(0.2, 5), within(40, 500)


def at_least(least: int) -> Callable[[str], int]:
    """What makes a whole number of `least` or more."""

    def whole_number(text: str) -> int:
        value = int(_number(text, int))
        if value < least:
            raise argparse.ArgumentTypeError(f"{text} is less than {least}")
        return value

    return whole_number


def training_options(p: argparse.ArgumentParser, what: str, data: str, out: str = "RUN", kept: str = "states and logs") -> None:
    """Add what every training is told."""
    p.add_argument("--model", required=True, choices=MODELS, help="the network")
    p.add_argument("--preset", choices=("paper", "best"), default="best", help="how it is trained; default: best")
    p.add_argument("--data", required=True, metavar=what, help=data)
    p.add_argument("--out", type=Path, required=True, metavar=out, help=f"folder for {kept}")
    p.add_argument(
        "--init",
        type=Path,
        metavar="PACK|FILE",
        help="model pack to go on from, or a file of 2D ImageNet weights (torchvision, timm; .safetensors or .pth) to start from",
    )
    p.add_argument("--partial", action="store_true", help="let the weights of --init FILE match in part")
    p.add_argument("--epochs", type=positive, help="default: 20, with DATA and preset best 40; a fraction for trials")
    p.add_argument("--batch", type=at_least(1), help="scans a step, with DATA; default: the preset's")
    p.add_argument("--size", type=at_least(1), help="largest crop, or cube of the scans, in voxels, for trials; default: all")
    p.add_argument("--seed", type=at_least(0), default=1001, help="of the weights and the simulated pairs; default: 1001")
    p.add_argument(
        "--blocks", type=at_least(1), help="residual blocks at the end of the compact network; a PACK of --init grows them"
    )
    p.add_argument("--width", type=positive, help="factor on the channels, for trials; a PACK of --init is widened to it")
    p.add_argument(
        "--precision",
        choices=("auto", "bf16", "fp32"),
        default="auto",
        help="auto: bf16 where the processor has it",
    )
    p.add_argument(
        "--part", type=at_least(1), metavar="ROWS", help="work a batch out in parts of so many rows, to need less memory"
    )
    p.add_argument("--save-memory", action="store_true", help="work activations out anew instead of keeping them; slower")
    p.add_argument("--device", default="auto", help="auto (default: a GPU where there is one), cpu or cuda")
    p.add_argument(
        "--compile", choices=("auto", "try", "never"), default="auto", help="torch.compile where a trial shows that it pays (GPU)"
    )


def check_simulate(args: argparse.Namespace) -> None:
    """That the scans of `simulate` are not larger than can be made. Raises AnkleViewerError USAGE."""
    if args.fov is not None and args.spacing is not None and (edge := args.fov / args.spacing) > MOST_VOXELS:
        raise _usage(
            f"--fov {args.fov:g} at --spacing {args.spacing:g} makes {edge:.0f} voxels along an edge; "
            f"at most {MOST_VOXELS} are simulated."
        )


def check_train(args: argparse.Namespace) -> None:
    """That `train` is given no option that would do nothing. Raises AnkleViewerError USAGE."""
    if args.data == "simulate" and args.batch is not None:
        raise _usage("--batch goes with a folder that `prepare` made; with --data simulate the preset has batches of its own.")
    if args.data == "simulate" and args.allow_small:
        raise _usage(
            "--allow-small goes with a folder that `prepare` made; --data simulate chooses no state without --validation."
        )
    if args.folds is not None and args.allow_small:
        raise _usage("--allow-small plays no part with --folds: each network is judged once, by scans that it has not seen.")


def _usage(sentence: str) -> AnkleViewerError:
    return AnkleViewerError("USAGE", sentence)


def _number(text: str, kind: type[int] | type[float]) -> float:
    try:
        return kind(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no {'whole ' if kind is int else ''}number") from None
