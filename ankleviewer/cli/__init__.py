"""One door: `ankleviewer [PATH]` opens the window, the sub-commands work without one. Arguments, exit codes, error texts.

Exit codes: 0 done, 1 failed, 2 wrong usage or unknown name of a model or series, 3 scan refused, 4 model pack refused.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import sys
from collections.abc import Callable, Sequence

from ankleviewer import DISCLAIMER, __version__, keep_matplotlib_at_home
from ankleviewer.cli import console, stopping
from ankleviewer.core import exits
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.core.words import RUNTIMES

COMMANDS = ("analyze", "info", "models", "selftest")
_SERIES = "of a folder or ZIP with several series, the one to open: its number in the list, its key or its UID"
_SCAN = "NIfTI file, DICOM folder, DICOM file, or ZIP of a scan"
_USAGE = f"""ankleviewer [--model NAME] [--series NAME] [--screenshot FILE.png] [PATH]
       ankleviewer {{{",".join(COMMANDS)}}} ...
       ankleviewer --help | --version"""

log = logging.getLogger(__name__)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code; argv defaults to the program's own arguments.

    Raises:
        SystemExit: 128 and the number of the signal, on SIGTERM and SIGHUP.
    """
    console.open_missing_streams()
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        options = _parsed(arguments)
    except SystemExit as stop:  # argparse has printed help, version or what is wrong
        return stop.code if isinstance(stop.code, int) else exits.USAGE
    console.log_to_file()
    keep_matplotlib_at_home()
    console.never_fail_on_a_sign()
    try:
        _no_empty_words(options)
        command: Callable[[argparse.Namespace], int] = options.command
        # Python hears a signal between two of its own steps, and a window at rest takes none: there the system ends the program,
        # but for Ctrl-C, which closes the window (`ui.background.interrupting`).
        with contextlib.nullcontext() if command is _window else stopping.ended_by_signals():
            return command(options)
    except AnkleViewerError as error:
        log.warning("%s", error.code)
        console.complain(f"{error.message} [{error.code}]")
        return console.exit_code(error)
    except KeyboardInterrupt:
        console.complain("Stopped on request.")
        stopping.end(exits.FAILED)
        return exits.FAILED
    except SystemExit as stop:
        if isinstance(stop.code, int) and stop.code > exits.SIGNALLED:
            console.complain(f"Stopped by signal {stop.code - exits.SIGNALLED}.")
        stopping.end(stop.code if isinstance(stop.code, int) else exits.FAILED)
        raise
    except MemoryError:
        log.error("OUT_OF_MEMORY")
        console.complain("The work does not fit into this computer's memory. [OUT_OF_MEMORY]")
        return exits.FAILED
    except BrokenPipeError:  # `| head` has read enough
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - what waits in the old one would fail again at the end
        return exits.FAILED
    except OSError as error:
        console.complain(f"A file could not be read or written: {error.strerror or type(error).__name__}.")
        log.error("system error %s", error.errno)  # no traceback: it names paths, and the log holds none
        return exits.FAILED


def _no_empty_words(options: argparse.Namespace) -> None:
    """An empty path, as of a variable that is not set, would mean the current folder. Raises UsageError."""
    for name, value in vars(options).items():
        if "" in (value if isinstance(value, list) else [value]):
            raise console.UsageError(f"An empty {name.upper()} was given: name it, or leave it out.")


def _parsed(arguments: Sequence[str]) -> argparse.Namespace:
    if arguments and arguments[0] in COMMANDS:
        options, rest = _parser().parse_known_args(arguments)
        if rest:  # by the parser of the command, whose usage is of help
            options.parser.error(f"unrecognized arguments: {' '.join(rest)}")
        return options
    parser = _window_parser()
    if arguments and (meant := _command_meant(arguments[0])):  # before `--help`, which would be the window's
        parser.error(f"`{arguments[0]}` is neither a file nor a command; did you mean `{meant}`?")
    options, rest = parser.parse_known_args(arguments)
    if options.path in COMMANDS and not os.path.lexists(options.path):
        parser.error(f"the command comes first: ankleviewer {options.path} ...")
    if unknown := [word for word in rest if word.startswith("-")]:
        parser.error(f"unrecognized arguments: {' '.join(unknown)}")
    if rest and options.path is not None and not os.path.lexists(options.path):  # argparse would blame what follows
        parser.error(f"`{options.path}` is neither a file nor a command; the commands are {', '.join(COMMANDS)}.")
    if rest:
        parser.error(f"the window takes one PATH; not understood: {' '.join(rest)}")
    return options


def _command_meant(word: str) -> str:
    """The command that a word without a file is nearly the name of, "" for none: a path that is missing is told by the window."""
    if word.startswith("-") or os.path.basename(word) != word or "." in word or os.path.lexists(word):  # noqa: PTH119 - of text
        return ""
    import difflib

    return next(iter(difflib.get_close_matches(word.lower(), COMMANDS, 1)), "")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="ankleviewer", description=f"{DISCLAIMER}.")
    commands = parser.add_subparsers(required=True)

    analyze = commands.add_parser("analyze", help="run models on scans", description=f"Run models on scans. {DISCLAIMER}.")
    analyze.add_argument("path", nargs="+", metavar="PATH", help=_SCAN)
    analyze.add_argument("--model", action="append", metavar="NAME", help="name or path of a model pack, or all; may be repeated")
    analyze.add_argument("--runtime", choices=RUNTIMES, default="auto", help="engine; auto (default): the fastest here")
    analyze.add_argument("--json", metavar="FILE", help="write the result as JSON; - prints it")
    analyze.add_argument(
        "--heatmap",
        metavar="FILE.nii.gz",
        help="where the model looked, on the scan's voxels (of several models each: FILE-MODEL.nii.gz); several PATHs: a folder",
    )
    analyze.add_argument(
        "--picture", metavar="FILE.png", help="the planes through the strongest finding; several PATHs: a folder"
    )
    analyze.add_argument("--report", metavar="FILE.pdf", help="a report on paper, without names; several PATHs: a folder")
    analyze.add_argument(
        "--dicom",
        metavar="FOLDER",
        help="report (SR), boxes (SEG) and picture (SC) for a PACS, with the patient's name; several PATHs: a folder for each",
    )
    analyze.add_argument("--series", metavar="NAME", help=_SERIES)
    analyze.set_defaults(parser=analyze, command=_analyze)

    info = commands.add_parser("info", help="what a scan is, its geometry, the checks and the verdict; no model is run")
    info.add_argument("path", metavar="PATH", help=_SCAN)
    info.add_argument("--json", metavar="FILE", help="write it as JSON; - prints it")
    info.add_argument("--series", metavar="NAME", help=f"{_SERIES}; `list` lists them")
    info.set_defaults(parser=info, command=_info)

    models = commands.add_parser("models", help="model packs: list, verify, add, remove")
    actions = models.add_subparsers(required=True, metavar="list|verify|add|remove")
    listing = actions.add_parser("list", help="packs, their hashes, what they were trained on, their figures")
    listing.set_defaults(parser=listing, command=_models, action="list", pack=[])
    verify = actions.add_parser(
        "verify", help="compare every file of a pack with its manifest, and run it once (all packs without PACK)"
    )
    verify.add_argument("pack", nargs="*", metavar="PACK")
    verify.set_defaults(parser=verify, command=_models, action="verify")
    add = actions.add_parser("add", help="verify a pack, run it once, and add it to your own")
    add.add_argument("pack", nargs=1, metavar="PACK", help="folder or .zip")
    add.set_defaults(parser=add, command=_models, action="add")
    remove = actions.add_parser("remove", help="delete a pack of your own; what is shipped stays")
    remove.add_argument("pack", nargs=1, metavar="NAME", help="of the pack, or of its folder or .zip among your models")
    remove.set_defaults(parser=remove, command=_models, action="remove")

    selftest = commands.add_parser("selftest", help="OpenGL, engine, models, locator, the sample's answer, write access")
    selftest.add_argument("--json", metavar="FILE", help="write it as JSON; - prints it")
    selftest.set_defaults(parser=selftest, command=_selftest)
    return parser


def _window_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ankleviewer",
        usage=_USAGE,
        description=f"Show an ankle CT and where a fracture may be. {DISCLAIMER}.",
        epilog="Without a window: ankleviewer {analyze,info,models,selftest} --help",
    )
    parser.add_argument("path", nargs="?", metavar="PATH", help="NIfTI file, DICOM folder or file, ZIP, or session to open")
    parser.add_argument("--model", metavar="NAME", help="model pack to run, or all")
    parser.add_argument("--series", metavar="NAME", help=_SERIES)
    parser.add_argument("--screenshot", metavar="FILE.png", help="show, analyse, save the picture, quit")
    parser.add_argument("--version", action="version", version=f"AnkleViewer {__version__}")
    parser.set_defaults(command=_window)
    return parser


def _window(options: argparse.Namespace) -> int:
    if options.screenshot is not None:
        from ankleviewer.cli.outputs import check_json

        if not options.screenshot.lower().endswith(".png"):
            raise console.UsageError("--screenshot must name a file ending in .png.")
        check_json([options.path] if options.path is not None else [], options.screenshot)
    if options.model not in (None, "all"):
        from ankleviewer.inference.packs import load_pack

        load_pack(options.model)  # a wrong name is told here, not in the window
    pick = ""
    if options.series is not None:
        from ankleviewer.cli.series import chosen

        if options.path is None:
            raise console.UsageError("--series needs a PATH.")
        pick = chosen(options.path, options.series)
    if not console.has_screen():  # Qt would end the process itself
        raise AnkleViewerError("NO_SCREEN", "There is no screen for a window; `ankleviewer analyze SCAN` works without one.")
    from ankleviewer.cli.series import HINTS

    try:
        from ankleviewer.ui.app import run
    except ImportError as error:  # of a library of the system, as libEGL
        raise AnkleViewerError(
            "WINDOW_MISSING",
            f"No window can be opened: {error}. packaging/system-libraries.sh, in the program's source, names what is missing.",
        ) from error
    return int(run(options.path, options.model, options.screenshot, pick, HINTS))


def _analyze(options: argparse.Namespace) -> int:
    from ankleviewer.cli.analyze import analyze

    files = {"heatmap": options.heatmap, "picture": options.picture, "report": options.report, "dicom": options.dicom}
    return analyze(options.path, options.model or [], options.runtime, options.json, files, options.series)


def _info(options: argparse.Namespace) -> int:
    from ankleviewer.cli.analyze import info

    return info(options.path, options.json, options.series)


def _models(options: argparse.Namespace) -> int:
    from ankleviewer.cli.models import add, remove, show, verify

    if options.action == "list":
        return show()
    if options.action == "verify":
        return verify(options.pack)
    return (add if options.action == "add" else remove)(options.pack[0])


def _selftest(options: argparse.Namespace) -> int:
    from ankleviewer.cli.selftest import selftest

    return selftest(options.json)
