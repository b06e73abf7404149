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
from ankleviewer.core.exits import DONE, FAILED, MODEL_REFUSED, SCAN_REFUSED, USAGE, USAGE_CODES
from ankleviewer.core.scrub import frames
from trainer.arguments import check_simulate, check_train
from trainer.failures import Ended, ended_by_signals, failed, missing, stopped
from trainer.options import parser
from trainer.taken import anew, taken, writes_to

if TYPE_CHECKING:
    from trainer.orders import TrainOrder
    from trainer.scans.write_scans import Order
    from trainer.training.loop import Progress


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
        if error.code in USAGE_CODES:
            return USAGE
        if isinstance(error, ScanError):
            return SCAN_REFUSED
        return MODEL_REFUSED if isinstance(error, ModelError) else USAGE
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
        if isinstance(error, ValueError | RuntimeError):  # it may be a fault of this program's own
            print(frames(error), file=sys.stderr)
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
    with taken(args.out), _Bar("scans") as bar:
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

    order = ExportOrder(**{field.name: getattr(args, field.name) for field in fields(ExportOrder)})
    with _Bar("validation scans") as scans, _Bar("answers") as answers:
        pack = export_run(order, scans.say, scans.step, answers.step)
    print(f"pack: {pack}")
    return DONE


def _evaluate(args: argparse.Namespace) -> int:
    from trainer.evaluation.evaluate import evaluate
    from trainer.evaluation.figures import as_text

    with taken(args.out), _Bar("scans") as bar:
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
