"""The commands of `ankle-trainer` and their options, one function each."""

from __future__ import annotations

import argparse
from pathlib import Path

from trainer.arguments import at_least, positive, reach_mm, share, spacing_mm, training_options

ONWARD = "go on from the last checkpoint in --out; where there is none (which is said), and without --resume, it begins anew"


def parser() -> argparse.ArgumentParser:
    """The command line."""
    top = argparse.ArgumentParser(
        prog="ankle-trainer", description="Makes and proves models for AnkleViewer. Research use, not for diagnosis."
    )
    commands = top.add_subparsers(dest="command", required=True)
    _simulate(
        commands.add_parser("simulate", help="ankle CTs with known fractures: scans, truth.json, manifest.csv, contact sheet")
    )
    _prepare(commands.add_parser("prepare", help="check, split and prepare a manifest's scans"))
    _train(commands.add_parser("train", help="train a network"))
    _tune(commands.add_parser("tune", help="search learning rate and augmentation on the validation scans"))
    _power(commands.add_parser("power", help="how many scans a study needs, and the paper's calculation checked"))
    _export(commands.add_parser("export", help="calibrate a run, or a pack anew, on validation scans and write a model pack"))
    _evaluate(commands.add_parser("evaluate", help="figures of packs on a manifest, through the viewer's own predictor"))
    _locator(
        commands.add_parser("locator", help="make the network that finds the ankles: simulate, train, measure, write the file")
    )
    return top


def _simulate(p: argparse.ArgumentParser) -> None:
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


def _prepare(p: argparse.ArgumentParser) -> None:
    p.add_argument("manifest", type=Path, help="the table of scans (docs/own-scans.md)")
    p.add_argument("--out", type=Path, required=True, metavar="DATA", help="folder for what is prepared")
    p.add_argument("--window", choices=("bone", "paper"), default="bone", help="bone: at 0.75 mm; paper: its own, at 1 mm")
    p.add_argument("--seed", type=at_least(0), help="of the split; default: that of the folder, 0 in a new one")


def _train(p: argparse.ArgumentParser) -> None:
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
    p.add_argument("--resume", action="store_true", help=ONWARD)


def _tune(p: argparse.ArgumentParser) -> None:
    training_options(p, "DATA", "a folder that `prepare` made", "SEARCH", "the search: logs, trials.csv, best.json")
    p.add_argument("--trials", type=at_least(1), default=20, help="how many are made; default: 20")


def _power(p: argparse.ArgumentParser) -> None:
    p.add_argument("--effect", type=positive, default=0.5, help="Cohen's d; default: 0.5")
    p.add_argument("--power", type=positive, default=0.8, help="default: 0.8")
    p.add_argument("--level", type=positive, default=0.05, help="of significance; default: 0.05")
    p.add_argument("--scans", type=at_least(4), default=1280, help="what effect so many show; default: 1280")
    p.add_argument("--auc", type=positive, default=0.94, help="that is hoped for; default: 0.94")
    p.add_argument("--accuracy", type=positive, default=0.91, help="that is hoped for; default: 0.91")
    p.add_argument("--half-width", type=positive, default=0.04, help="of the 95 %% intervals; default: 0.04")


def _export(p: argparse.ArgumentParser) -> None:
    p.add_argument(
        "run", type=Path, metavar="RUN|PACK", help="folder of `train`, or a pack, to set its thresholds or --reach anew"
    )
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
    told = "how far below the joint it is asked, 0: as far as the cube goes; default: about 50 after simulated training, else 0"
    p.add_argument("--reach", type=at_least(0), metavar="MM", help=told)
    told = "the pack that the run went on from: export the mean of its weights and the run's (and other runs' from it)"
    p.add_argument("--mean-with", type=Path, nargs="+", metavar=("PACK", "RUN"), help=told)


def _evaluate(p: argparse.ArgumentParser) -> None:
    p.add_argument("--models", nargs="+", required=True, metavar="PACK", help="names, folders or .zip files of packs")
    told = "a table, as DATA/test.csv of `prepare`, or a folder that holds manifest.csv, as `simulate` makes it"
    p.add_argument("--data", type=Path, required=True, metavar="MANIFEST.csv|FOLDER", help=told)
    p.add_argument("--out", type=Path, required=True, metavar="FIGURES", help="folder for figures and answers")


def _locator(p: argparse.ArgumentParser) -> None:
    p.add_argument("--out", type=Path, required=True, metavar="FOLDER", help="for scans, states and the file")
    # of fewer no body would be held out
    p.add_argument(
        "--scans", type=at_least(40), default=800, help="to make, 40 or more (those of every tenth body measure); default: 800"
    )
    p.add_argument("--steps", type=at_least(1), default=2000, help="of the training; default: 2000")
    p.add_argument("--jobs", type=at_least(1), default=1, help="processes that make the scans; default: 1")
    p.add_argument("--resume", action="store_true", help=f"{ONWARD}; scans there stay anyway")
