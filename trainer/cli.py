"""`ankle-trainer`: simulate, prepare, train, tune, power, export, evaluate, locator. Parses, calls and prints, no more."""

from __future__ import annotations

import argparse
import functools
import math
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankleviewer import keep_matplotlib_at_home
from ankleviewer.core.errors import AnkleViewerError, ModelError, ScanError
from trainer.arguments import at_least, check_simulate, check_train, positive, reach_mm, share, spacing_mm, training_options
from trainer.failures import Ended, ended_by_signals, failed, missing, stopped
from trainer.taken import anew, taken, writes_to

if TYPE_CHECKING:
    from trainer.orders import TrainOrder
    from trainer.scans.write_scans import Order
    from trainer.training.loop import Progress

DONE, FAILED, USAGE, SCAN_REFUSED, PACK_REFUSED = 0, 1, 2, 3, 4
USAGE_CODES = ("MODEL_UNKNOWN",)  # errors of a pack, but nothing is wrong with one


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="ankle-trainer", description="Makes and proves models for AnkleViewer. Research use, not for diagnosis."
    )
    commands = top.add_subparsers(dest="command", required=True)
    p = commands.add_parser("simulate", help="ankle CTs with known fractures: scans, truth.json, manifest.csv, contact sheet")
    p.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="where the scans are written")
    p.add_argument("--count", type=at_least(1), help="number of scans; with --seed, or --set instead of both")
    p.add_argument("--seed", type=at_least(0), help="the same number gives the same scans")
    p.add_argument("--set", metavar="NAME", help="a named set: sim-val-v1, sim-test-v1 or sim-shift-v1")
    p.add_argument("--type", help="one injury instead of all, as weber-b; a name that is none lists them")
    p.add_argument("--severity", choices=("hairline", "moderate", "displaced"), help="one instead of each in turn")
    p.add_argument(
        "--spacing", type=spacing_mm, metavar="MM", help="isotropic voxels, 0.2 to 5; default: another scanner each time"
    )
    p.add_argument("--fov", type=reach_mm, metavar="MM", help="edge of the field of view, 40 to 500")
    p.add_argument("--twins", action="store_true", help="each fractured scan is followed by itself without the fracture")
    p.add_argument("--setting", help="standard (default), training, shifted or release: ranges of bones and scanner")
    p.add_argument("--bones", type=Path, metavar="DIR", help="surface meshes instead of the built-in bones (docs/simulator.md)")
    p.add_argument("--format", choices=("nifti", "dicom"), default="nifti", help="of the scans; default: nifti")
    p.add_argument("--jobs", type=at_least(1), default=1, help="processes that make them; default: 1")
    p = commands.add_parser("prepare", help="check, split and prepare a manifest's scans")
    p.add_argument("manifest", type=Path, help="the table of scans (docs/own-scans.md)")
    p.add_argument("--out", type=Path, required=True, metavar="DATA", help="folder for what is prepared")
    p.add_argument("--window", choices=("bone", "paper"), default="bone", help="bone: at 0.75 mm; paper: its own, at 1 mm")
    p.add_argument("--seed", type=at_least(0), help="of the split; default: that of the folder, 0 in a new one")
    p = commands.add_parser("train", help="train a network")
    training_options(p, "simulate|DATA", "the simulator, or a folder that `prepare` made")
    p.add_argument("--folds", type=int, metavar="K", help="with DATA: cross-validation inside the training part, no model")
    p.add_argument("--allow-small", action="store_true", help="with DATA: go on where validation scans hold one class only")
    p.add_argument(
        "--teacher",
        type=Path,
        metavar="RUN|PACK",
        help="with simulate: run or pack of the network to learn from, where the preset has one; default: the shipped pack",
    )
    p.add_argument("--validation", type=Path, metavar="MANIFEST.csv", help="with simulate: scans that choose the state")
    p.add_argument("--lr", type=positive, help="learning rate at the start; default: the preset's")
    p.add_argument("--strength", type=share, help="of the augmentation, 0 to 1; default: the preset's")
    p.add_argument("--live", action="store_true", help="keep simulated pairs in memory instead of in the run's folder")
    p.add_argument("--tensorboard", action="store_true", help="write events for TensorBoard into RUN/tensorboard")
    onward = "go on from the last checkpoint in --out; where there is none (which is said), and without --resume, it begins anew"
    p.add_argument("--resume", action="store_true", help=onward)
    p = commands.add_parser("tune", help="search learning rate and augmentation on the validation scans")
    training_options(p, "DATA", "a folder that `prepare` made", "SEARCH", "the search: logs, trials.csv, best.json")
    p.add_argument("--trials", type=at_least(1), default=20, help="how many are made; default: 20")
    p = commands.add_parser("power", help="how many scans a study needs, and the paper's calculation checked")
    p.add_argument("--effect", type=positive, default=0.5, help="Cohen's d; default: 0.5")
    p.add_argument("--power", type=positive, default=0.8, help="default: 0.8")
    p.add_argument("--level", type=positive, default=0.05, help="of significance; default: 0.05")
    p.add_argument("--scans", type=at_least(4), default=1280, help="what effect so many show; default: 1280")
    p.add_argument("--auc", type=positive, default=0.94, help="that is hoped for; default: 0.94")
    p.add_argument("--accuracy", type=positive, default=0.91, help="that is hoped for; default: 0.91")
    p.add_argument("--half-width", type=positive, default=0.04, help="of the 95 %% intervals; default: 0.04")
    p = commands.add_parser("export", help="calibrate a run on validation scans and write a model pack")
    p.add_argument("run", type=Path, help="folder of `train`")
    p.add_argument("--out", type=Path, required=True, metavar="PACK", help="folder for the pack")
    p.add_argument(
        "--validation", type=Path, metavar="MANIFEST.csv", help="for calibration and thresholds; default: simulated scans"
    )
    p.add_argument("--metrics", type=Path, metavar="metrics.json", help="figures of `evaluate` for the manifest and the card")
    p.add_argument("--allow-small", action="store_true", help="validation scans of one class give an uncalibrated pack")
    p.add_argument("--name", help="what the viewer's --model calls it; default: the network's; own scans need one")
    p.add_argument("--version", default="1", help="default: 1")
    p.add_argument("--status", choices=("released", "preliminary"), default="preliminary", help="default: preliminary")
    p.add_argument("--default", action="store_true", help="the model that answers when none is named")
    p.add_argument(
        "--finer", type=at_least(1), metavar="STRIDE", help="also give the map of an earlier layer (docs/explanation.md)"
    )
    p.add_argument("--mirrored", action="store_true", help="look at the mirror image too and average: surer, twice the time")
    told = "times which its cells' scores are taken: the higher, the more a scan's highest place decides; default: 1"
    p.add_argument("--sharpness", type=positive, default=1.0, metavar="FACTOR", help=told)
    told = "the pack that the run went on from: export the mean of its weights and the run's (and other runs' from it)"
    p.add_argument("--mean-with", type=Path, nargs="+", metavar=("PACK", "RUN"), help=told)
    p = commands.add_parser("evaluate", help="figures of packs on a manifest, through the viewer's own predictor")
    p.add_argument("--models", nargs="+", required=True, metavar="PACK")
    told = "a table, as DATA/test.csv of `prepare`, or a folder that holds manifest.csv, as `simulate` makes it"
    p.add_argument("--data", type=Path, required=True, metavar="MANIFEST.csv|FOLDER", help=told)
    p.add_argument("--out", type=Path, required=True, metavar="FIGURES", help="folder for figures and answers")
    p = commands.add_parser("locator", help="make the network that finds the ankles: simulate, train, measure, write the file")
    p.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="for scans, states and the file")
    # of fewer no body would be held out
    p.add_argument(
        "--scans", type=at_least(40), default=800, help="to make, 40 or more (those of every tenth body measure); default: 800"
    )
    p.add_argument("--steps", type=at_least(1), default=2000, help="of the training; default: 2000")
    p.add_argument("--jobs", type=at_least(1), default=1, help="processes that make the scans; default: 1")
    p.add_argument("--resume", action="store_true", help=f"{onward}; scans there stay anyway")
    return top


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; returns the exit code (0 done, 1 failed or stopped by Ctrl-C, 2 usage, 3 scan refused, 4 pack refused, 128
    and the number of another signal that stopped it).
    """
    try:
        args = parser().parse_args(argv)
    except SystemExit as stop:  # argparse has printed its sentence
        return int(stop.code or 0)
    keep_matplotlib_at_home()
    # what a command that goes on finds in its folder is its own
    since = 0.0 if getattr(args, "resume", False) else time.time()
    try:
        with ended_by_signals(), writes_to(getattr(args, "out", None)):
            return _COMMANDS[args.command](args)
    except AnkleViewerError as error:
        print(error, file=sys.stderr)
        if isinstance(error, ScanError):
            return SCAN_REFUSED
        return PACK_REFUSED if isinstance(error, ModelError) and error.code not in USAGE_CODES else USAGE
    except ModuleNotFoundError as error:
        if (sentence := missing(error)) is None:
            raise
        print(sentence, file=sys.stderr)
        return USAGE
    except KeyboardInterrupt as stop:
        print(stopped(args.command, getattr(args, "out", None), since), file=sys.stderr)
        return stop.code if isinstance(stop, Ended) else FAILED
    except (OSError, ValueError, RuntimeError, MemoryError, FloatingPointError) as error:
        print(failed(args.command, error, getattr(args, "out", None), since), file=sys.stderr)
        return FAILED


class _Bar:
    """A progress bar on stderr, from its first step on: a command that is refused before shows none. A context manager."""

    def __init__(self, what: str) -> None:
        from tqdm import tqdm  # here, so that a package that lacks is told before the work

        self._make = functools.partial(tqdm, desc=what, file=sys.stderr, mininterval=1.0)
        self._bar: Any = None

    def step(self, done: float, of: float, note: str = "") -> None:
        """So much is done; a note is shown at once."""
        if self._bar is None:
            self._bar = self._make(total=of, initial=done)  # what was done before tells nothing of the time that is left
        self._bar.total = of
        self._bar.set_postfix_str(note, refresh=False)
        self._bar.update(done - self._bar.n)
        if note:
            self._bar.refresh()

    def say(self, line: str) -> None:
        """A line beside the bar."""
        if self._bar is None:
            print(line, flush=True)
        else:
            self._bar.write(line)

    def __enter__(self) -> _Bar:
        return self

    def __exit__(self, *error: object) -> None:
        if self._bar is not None:
            self._bar.close()


def _simulate(args: argparse.Namespace) -> int:
    from trainer.scans.write_scans import simulate

    orders = _orders(args)
    with _Bar("scans") as bar:
        for done, of in simulate(*orders, jobs=args.jobs):
            bar.step(done, of)
    print(
        f"{sum(order.count for order in orders)} scans in {args.out}, truth.json, manifest.csv and contact-sheet.png beside them"
    )
    return DONE


def _orders(args: argparse.Namespace) -> tuple[Order, ...]:
    from trainer.scans.named_sets import named_set
    from trainer.scans.write_scans import Order
    from trainer.simulate.setting import SETTINGS, STANDARD

    own = (args.count, args.seed, args.type, args.severity, args.spacing, args.fov, args.bones, args.setting, args.twins or None)
    if args.set is not None:
        if any(value is not None for value in own):
            raise AnkleViewerError(
                "USAGE", "A named set states all about its scans; it goes with --out, --format and --jobs alone."
            )
        return named_set(args.set, args.out, args.format)
    if args.count is None or args.seed is None:
        raise AnkleViewerError("USAGE", "Give --count and --seed, or --set.")
    setting = args.setting or STANDARD.name
    if setting not in SETTINGS:
        raise AnkleViewerError("SETTING_UNKNOWN", f"Unknown setting {setting!r}; known: {', '.join(SETTINGS)}.")
    check_simulate(args)
    order = Order(
        args.out,
        args.count,
        args.seed,
        args.type,
        severity=args.severity,
        spacing=args.spacing,
        reach_mm=args.fov,
        twins=args.twins,
        setting=SETTINGS[setting],
        bones=args.bones,
        format=args.format,
    )
    return (order,)


def _prepare(args: argparse.Namespace) -> int:
    from ankleviewer.core.assessment.preprocess import FINE, PAPER
    from trainer.scans.flow_diagram import flow_lines
    from trainer.scans.prepare import prepare
    from trainer.scans.prepared import remarks
    from trainer.scans.split import flow

    spec = FINE if args.window == "bone" else PAPER
    with taken(args.out), _Bar("scans") as bar:
        found = prepare(args.manifest, args.out, spec, seed=args.seed, progress=bar.step, say=bar.say)
    print(flow_lines(flow(found)), *remarks(found, args.out), sep="\n")
    return DONE


def _train(args: argparse.Namespace) -> int:
    check_train(args)
    order = replace(
        _order(args),
        validation=args.validation,
        teacher=args.teacher,
        resume=args.resume,
        live=args.live,
        tensorboard=args.tensorboard,
        rate=args.lr,
        strength=args.strength,
    )
    with taken(args.out):
        if told := anew(args.out, args.resume, args.folds is not None):
            print(told, flush=True)
        if args.folds is not None:
            return _cross_validate(args, order)
        return _train_one(args, order)


def _train_one(args: argparse.Namespace, order: TrainOrder) -> int:
    from trainer.own_scans import train_on_scans
    from trainer.simulated import train_on_simulator

    with _Bar(args.model) as bar:
        if args.data == "simulate":
            train_on_simulator(order, _report(bar), bar.say)
        else:
            train_on_scans(order, Path(args.data), _report(bar), bar.say, batch=args.batch, allow_small=args.allow_small)
    print(f"trained: {args.out}")
    return DONE


def _cross_validate(args: argparse.Namespace, order: TrainOrder) -> int:
    from trainer.cross_validation import cross_validate

    if args.data == "simulate" or args.folds < 2:
        raise AnkleViewerError("USAGE", "--folds K takes two folds or more, of a folder that `prepare` made.")
    with _Bar(args.model) as bar:
        record = cross_validate(order, Path(args.data), args.folds, _report(bar), bar.say, args.batch)
    print(
        f"AUC {record['mean']:.3f}, standard deviation {record['standard_deviation']:.3f} over {record['folds']} folds of "
        f"{record['scans']} scans; {args.out}/cross-validation.csv holds every answer"
    )
    return DONE


def _locator(args: argparse.Namespace) -> int:
    from trainer.locator.make import make

    with taken(args.out), _Bar("locator") as bar:
        if told := anew(args.out, args.resume):
            bar.say(told)

        def report(step: int, _loss: float) -> None:
            bar.step(step, args.steps)

        found = make(args.out, args.scans, args.steps, jobs=args.jobs, resume=args.resume, report=report, say=bar.say)
    print(f"{found['found']:.1%} of {found['ankles']} ankles on held-out bodies, median {found['median_mm']} mm: {args.out}")
    return DONE


def _tune(args: argparse.Namespace) -> int:
    from trainer.tune import tune

    if args.data == "simulate":
        raise AnkleViewerError("USAGE", "tune takes a folder that `prepare` made.")
    with _Bar(args.model) as bar:
        record = tune(_order(args), Path(args.data), args.trials, _report(bar), bar.say, args.batch)
    chosen = f"--lr {record['lr']:.3g} --strength {record['strength']:.2f}"
    print(f"best of {record['trials']}: AUC {record['val_auc']:.3f} with {chosen}")
    return DONE


def _order(args: argparse.Namespace) -> TrainOrder:
    from trainer.orders import TrainOrder

    return TrainOrder(
        args.model,
        args.preset,
        args.out,
        init=args.init,
        epochs=args.epochs,
        size=args.size,
        seed=args.seed,
        width=args.width,
        blocks=args.blocks,
        bf16={"auto": None, "bf16": True, "fp32": False}[args.precision],
        partial=args.partial,
        most_rows=args.part,
        save_memory=args.save_memory,
        device=args.device,
        compile=args.compile,
    )


def _report(bar: _Bar) -> Callable[[Progress], None]:
    def report(progress: Progress) -> None:
        pairs = "" if math.isnan(progress.pair_accuracy) else f", pairs {progress.pair_accuracy:.2f}"
        bar.step(progress.step, progress.of, f"loss {progress.loss:.3f}{pairs}")

    return report


def _power(args: argparse.Namespace) -> int:
    from trainer.evaluation.power import Plan, report

    try:
        print(report(Plan(args.effect, args.power, args.level, args.scans, args.auc, args.accuracy, args.half_width)))
    except ValueError as error:
        print(f"No sample size: it {error}.", file=sys.stderr)
        return USAGE
    return DONE


def _export(args: argparse.Namespace) -> int:
    from trainer.publish import ExportOrder, export_run

    pack = export_run(ExportOrder(**{field.name: getattr(args, field.name) for field in fields(ExportOrder)}), print)
    print(f"pack: {pack}")
    return DONE


def _evaluate(args: argparse.Namespace) -> int:
    from trainer.evaluation.evaluate import evaluate
    from trainer.evaluation.figures import as_text

    with _Bar("scans") as bar:
        record = evaluate(args.models, args.data, args.out, progress=bar.step)
    for name, figures in record["models"].items():
        print(f"\n{name}: {figures['assessed']} of {record['scans']} scans assessed\n{as_text(figures)}")
    if lacking := record.get("without_truth"):
        more = f" and {len(lacking) - 10} more (metrics.json)" if len(lacking) > 10 else ""
        print(f"\nFractured, but no place known, neither by marks nor by truth.json: {', '.join(lacking[:10])}{more}")
    print(f"\nEverything, with predictions and ROC curve: {args.out}. Research use, not for diagnosis.")
    return DONE


_COMMANDS = {
    "simulate": _simulate,
    "prepare": _prepare,
    "train": _train,
    "tune": _tune,
    "locator": _locator,
    "power": _power,
    "export": _export,
    "evaluate": _evaluate,
}

if __name__ == "__main__":
    sys.exit(main())
