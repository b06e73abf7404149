"""`ankle-trainer tune`: a search over learning rate and augmentation, judged on the validation scans.

Optuna does the searching. Its journal is a file, so that a search goes on after an interruption, and several computers that share
the folder work on one search together.
"""

from __future__ import annotations

import contextlib
import csv
import functools
import io
import json
import uuid
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.io.atomic import write_text
from trainer.orders import TrainOrder
from trainer.own_scans import check_order, fingerprint_of, parts_of, train_on_scans
from trainer.scans.split import Prepared
from trainer.taken import taken
from trainer.training import checkpoint
from trainer.training.fingerprint import differences
from trainer.training.loop import Progress
from trainer.training.processes import started

if TYPE_CHECKING:
    import optuna

RATES = (1e-5, 3e-3)
STRENGTHS = (0.0, 1.0)
APART = 10_000  # between the seeds of processes that search together: more than any has trials
STARTUP = 5  # trials drawn at random before the search learns from them


def tune(
    order: TrainOrder,
    data: Path,
    trials: int,
    report: Callable[[Progress], None],
    say: Callable[[str], None] = lambda line: None,
    batch: int | None = None,
) -> dict[str, Any]:
    """Search until there are `trials` trials in all. Each trains a network of `order` and keeps its best AUC on the validation
    scans.

    Writes OUT/best.json (what `train` is to be given) and OUT/trials.csv; OUT/trial-N/ keeps each trial's log, not its weights.

    Raises:
        DataError: no prepared scans.
        AnkleViewerError: USAGE, EXTRA_MISSING (Optuna is not there), DATA_TOO_FEW, INIT_UNFIT; SEARCH_UNFIT, the folder holds
            another search; TRAINING_DIVERGED, every trial did.
    """
    _check_alone()
    _check_optuna()
    check_order(order)
    spec, own, judges = _parts(data)  # data that cannot be used must not use up trials
    order.out.mkdir(parents=True, exist_ok=True)
    _drop_left(order.out)
    # computers that search together may have seeds of their own
    study = _study(order, fingerprint_of(replace(order, seed=0), spec, own, judges, batch))

    def learn(run: Path, rate: float, strength: float) -> None:
        train_on_scans(replace(order, out=run, rate=rate, strength=strength), data, report, say, batch=batch)

    study.optimize(
        functools.partial(_trial, learn=learn, out=order.out, say=say),
        n_trials=max(0, trials - _finished(study)),
        callbacks=[lambda s, _: s.stop() if _finished(s) >= trials else None],
    )
    if not any(t.state.name == "COMPLETE" for t in study.get_trials(deepcopy=False)):
        raise AnkleViewerError("TRAINING_DIVERGED", "No trial came to an end: the loss was no number in any of them.")
    best = study.best_trial
    record = {
        "model": order.model,
        "preset": order.preset,
        "trials": _finished(study),
        "trial": best.number + 1,
        "val_auc": best.value,
        "lr": best.params["lr"],
        "strength": best.params["strength"],
    }
    write_text(order.out / "trials.csv", _table(study))
    write_text(order.out / "best.json", json.dumps(record, indent=1))
    return record


def _check_optuna() -> None:
    """Raises AnkleViewerError: EXTRA_MISSING."""
    try:
        import optuna
    except ImportError as error:
        raise AnkleViewerError("EXTRA_MISSING", "tune needs the package optuna: pip install 'ankleviewer[tune]'.") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # a warning holds the traceback of what stopped a trial, Ctrl-C's too


def _study(order: TrainOrder, wanted: dict[str, str]) -> optuna.Study:
    """The search in the order's folder, begun or gone on with.

    Raises:
        AnkleViewerError: SEARCH_UNFIT.
    """
    import optuna

    storage = _storage(order.out)
    name = f"{order.model} {order.preset}"
    for other in sorted(set(optuna.get_all_study_names(storage)) - {name}):  # the same tables are written of every search
        if _begun(optuna.load_study(study_name=other, storage=storage)):
            raise _unfit(order.out, f"the network or its preset ({other})")
    study = optuna.create_study(study_name=name, direction="maximize", storage=storage, load_if_exists=True)
    known = study.user_attrs.get("fingerprint")
    if known is None or not _begun(study):  # earlier releases kept none: such a search goes on unchecked
        study.set_user_attr("fingerprint", wanted)
    elif what := differences(known, wanted):
        raise _unfit(order.out, what)
    # a search that goes on, or another computer, must not draw the first trials again, also where both begin at once
    seed = order.seed + _turn(study) + len(study.get_trials(deepcopy=False))
    study.sampler = optuna.samplers.TPESampler(seed=seed, n_startup_trials=STARTUP)
    return study


def _begun(study: optuna.Study) -> bool:
    return any(t.state.name != "FAIL" for t in study.get_trials(deepcopy=False))


def _finished(study: optuna.Study) -> int:
    # one that failed or was stopped tells nothing, and is made up for
    return sum(t.state.name in ("COMPLETE", "PRUNED") for t in study.get_trials(deepcopy=False))


def _trial(trial: optuna.Trial, learn: Callable[[Path, float, float], None], out: Path, say: Callable[[str], None]) -> float:
    """Train once with a rate and a strength that the search draws: the best AUC on the validation scans."""
    import optuna

    rate, strength = trial.suggest_float("lr", *RATES, log=True), trial.suggest_float("strength", *STRENGTHS)
    run = out / f"trial-{trial.number + 1}"
    say(f"trial {trial.number + 1}: --lr {rate:.2e} --strength {strength:.2f}")
    with taken(run):  # by which `_drop_left` of another process sees that it is at work
        try:
            learn(run, rate, strength)
            best = checkpoint.load_best(run)
        except FloatingPointError as error:  # too high a rate: an answer, too
            raise optuna.TrialPruned(str(error)) from error
        finally:
            checkpoint.drop(run)
    assert best is not None
    area = float(best["val_auc"])
    say(f"trial {trial.number + 1}: AUC {area:.3f}")
    return area


def _drop_left(out: Path) -> None:
    """Remove the states of trials whose processes were killed; what another process trains now stays, by its lock."""
    for run in out.glob("trial-*"):
        if run.is_dir() and any(run.glob("*.pt")) | any(run.glob(".*.pt.*")):
            with contextlib.suppress(AnkleViewerError), taken(run):
                checkpoint.drop(run)
                checkpoint.clear(run)


def _table(study: optuna.Study) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(("trial", "lr", "strength", "val_auc", "state"))
    for t in study.get_trials(deepcopy=False):
        value = "" if t.value is None else f"{t.value:.5g}"
        writer.writerow((t.number + 1, t.params.get("lr", ""), t.params.get("strength", ""), value, t.state.name.lower()))
    return text.getvalue()


def _check_alone() -> None:
    """Many joined processes would each draw trials of their own, and train one network between them.

    Raises:
        AnkleViewerError: USAGE.
    """
    if started() > 1:
        raise AnkleViewerError(
            "USAGE",
            "tune runs in one process: start it without torchrun, once on each computer; those that are given the same --out "
            "share one search.",
        )


def _parts(data: Path) -> tuple[PreprocessSpec, list[Prepared], list[Prepared]]:
    """See `parts_of`; to go on without validation would help no search."""
    spec, own, judges = parts_of(data, allow_small=True)
    if not judges:
        raise AnkleViewerError(
            "DATA_TOO_FEW",
            "The validation scans hold one class only, so that no trial can be judged: add patients to the table and prepare it "
            "again.",
        )
    return spec, own, judges


def _storage(out: Path) -> Any:
    """What several computers keep of a search, in its folder. Optuna's own lock is a link, which Windows and many shares let
    nobody make; and a relative one that a crash has left is waited for without end.
    """
    from optuna.storages import JournalStorage
    from optuna.storages.journal import JournalFileBackend, JournalFileOpenLock

    journal = str((out / "search.journal").absolute())
    return JournalStorage(JournalFileBackend(journal, lock_obj=JournalFileOpenLock(journal)))


def _turn(study: Any) -> int:
    """How many had begun on a search before this process: the journal keeps their order, whoever reads it."""
    me = f"process {uuid.uuid4().hex}"
    study.set_user_attr(me, True)
    return APART * [name for name in study.user_attrs if name.startswith("process ")].index(me)


def _unfit(folder: Path, what: str) -> AnkleViewerError:
    return AnkleViewerError(
        "SEARCH_UNFIT", f"{folder} holds a search that differs from this one in {what}: give another folder by --out."
    )
