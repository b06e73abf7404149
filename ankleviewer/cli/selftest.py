"""The command `selftest`: does this installation work? Each check says what it looked at; only "fail" makes the command fail."""

from __future__ import annotations

import contextlib
import json
import multiprocessing
import os
import platform
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal

from ankleviewer import DISCLAIMER, __version__, session
from ankleviewer.cli import console, outputs
from ankleviewer.core import exits, paths
from ankleviewer.core.assessment.result import ModelAnswer
from ankleviewer.core.errors import AnkleViewerError
from ankleviewer.inference import packs
from ankleviewer.inference.adding import look_twice
from ankleviewer.inference.engines.versions import describe_engine
from ankleviewer.inference.locator import LocatorModel

SCHEMA = "ankleviewer.selftest/1"
TIMEOUT_S = 60.0  # for what a driver or a window system has to say

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Check:
    """One check: "warn" means that the program works, but with less."""

    name: str
    state: State
    detail: str
    seconds: float


def selftest(json_target: str | None) -> int:
    """Run all checks, print them, and return the exit code. Raises UsageError (the JSON has no folder), OSError."""
    outputs.check_json((), json_target)
    checks = [
        _run("write access", _write_access),
        _run("engine", _engine),
        _run("models", _models),
        _run("locator", _locator),
        _run("sample", _sample),
        _run("window", _window),
        _run("OpenGL", _opengl),
    ]
    good = all(c.state != "fail" for c in checks)
    record = {
        "schema": SCHEMA,
        "ok": good,
        "checks": [asdict(c) for c in checks],
        "software": {**session.software(), "system": platform.platform()},
        "disclaimer": DISCLAIMER,
    }
    if json_target != console.STDOUT:
        print(f"AnkleViewer {__version__}, {platform.platform()}")
        for check in checks:
            print(f"  {check.state:4}  {check.name}: {check.detail} ({check.seconds:.1f} s)")
    console.write_json(record, json_target)
    return exits.DONE if good else exits.FAILED


def _run(name: str, check: Callable[[], tuple[State, str]]) -> Check:
    start = time.perf_counter()
    try:
        state, detail = check()
    except AnkleViewerError as error:
        state, detail = "fail", f"{error.message} [{error.code}]"
    except Exception as error:  # noqa: BLE001 (libraries fail in kinds of their own; the other checks shall still be made)
        state, detail = "fail", f"{type(error).__name__}: {error}"
    return Check(name, state, detail, round(time.perf_counter() - start, 3))


def _write_access() -> tuple[State, str]:
    folder = paths.home()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder) as file:
            file.write(b"x")
    except OSError as error:
        return "warn", f"settings and added models cannot be kept in {folder}: {error.strerror}"
    return "ok", f"{folder} can be written"


def _engine() -> tuple[State, str]:
    return "ok", describe_engine()


def _models() -> tuple[State, str]:
    broken: list[tuple[str, Any]] = []
    found = packs.list_packs(broken)
    if broken:
        return "fail", "; ".join(f"{name}: {error}" for name, error in broken)
    if not found:
        return "fail", "no model is installed"
    for pack in found:
        look_twice(pack, packs.ModelPack.verify)
    return "ok", ", ".join(f"{p.name} {p.version}" for p in found)


def _locator() -> tuple[State, str]:
    """Loaded anew from its file: what this process holds already says nothing of what the next one will find."""
    folder = paths.assets_dir() / "locator"
    if not folder.is_dir():
        return "warn", "missing; the shape of the bones alone tells where an ankle is"
    return "ok", f"file {LocatorModel(folder).sha256[:16]}"


def _sample() -> tuple[State, str]:
    """The sample scan, the model that travels with it, and the truth beside it: call right, and a box round the true centre. A
    hospital's own model, default or not, was made for other scans: its answer here says nothing of the installation.
    """
    folder = paths.assets_dir() / "sample"
    scans = sorted(folder.glob("*.nii.gz"))
    if not scans:
        return "fail", "the sample scan is missing"
    truth = _truth(folder / "truth.json", scans[0])
    with_it = [str(pack.path) for pack in packs.list_packs() if packs.travels(pack)]
    answers = session.analyse(session.open_case(scans[0]), with_it[:1]).result.models
    return judge(answers, truth)


def _truth(file: Path, scan: Path) -> dict[str, Any]:
    entries = json.loads(file.read_text(encoding="utf-8"))
    stem = scan.name.removesuffix(".nii.gz")
    entry = entries.get(stem) or next(iter(entries.values()))
    return dict(entry)


def judge(answers: tuple[ModelAnswer, ...], truth: dict[str, Any]) -> tuple[State, str]:
    """Compare answers with the truth of a simulated scan (an entry of truth.json)."""
    answer = next((a for a in answers if a.probability is not None), None)
    if answer is None or answer.probability is None:
        return "fail", "the sample was not assessed"
    said = f"{answer.name} says {answer.call} ({answer.probability:.3f})"
    fractures = truth.get("fractures", [])
    if not fractures:
        return ("ok" if answer.call == "no fracture" else "fail"), f"{said}; there is none"
    held = any(
        all(a <= c <= b for a, c, b in zip(box.min_mm, f["center_mm"], box.max_mm, strict=True))
        for f in fractures
        for box in answer.boxes
    )
    if answer.call != "fracture" or not held:
        return "fail", f"{said}; the fracture was not boxed where it is"
    return "ok", f"{said}, boxed where it is, on {answer.runtime.provider}"


def _window() -> tuple[State, str]:
    """Whether Qt finds its libraries and a screen: where it does not, it ends the process itself."""
    if not console.has_screen():
        return "warn", "there is no screen for a window; analyze works without one"
    if platform_name := _apart(_begin_qt):
        return "ok", platform_name
    if _apart(_begin_qt_unseen):
        return "warn", "the screen that the environment names does not answer; analyze works without one"
    return (
        "fail",
        "no window can be opened; packaging/system-libraries.sh, in the program's source, names the libraries that are missing",
    )


def _begin_qt(sender: Any) -> None:
    """Sends the name of the window system."""
    from PySide6.QtWidgets import QApplication

    app = QApplication([])
    sender.send(app.platformName())
    sender.close()


def _begin_qt_unseen(sender: Any) -> None:
    """The same without a screen: with all libraries but those of the window system."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    _begin_qt(sender)


def _opengl() -> tuple[State, str]:
    """VTK says on stderr that a screen is missing, and then draws without."""
    answer = _apart(_draw)
    return ("ok", answer) if answer else ("warn", "no picture could be drawn; the 3D view will not work, the slices will")


def _apart(do: Callable[[Any], None]) -> str:
    """What `do` sends from a process of its own, "" where it sends nothing: what is broken ends the process that touches it. What
    that says on stderr is passed on only then.
    """
    context = multiprocessing.get_context("spawn")
    receiver, sender = context.Pipe(duplex=False)
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        words = Path(folder) / "stderr"
        process = context.Process(target=_stderr_to_file, args=(do, sender, str(words)), daemon=True)
        process.start()
        sender.close()
        answer = ""
        try:
            if receiver.poll(TIMEOUT_S):
                answer = str(receiver.recv())
        except EOFError:
            pass
        process.join(5.0)
        if process.is_alive():
            process.kill()
            process.join()
        said = words.read_text(encoding="utf-8", errors="replace") if words.is_file() and not answer else ""
    if not answer:
        sys.stderr.write(said)
    return answer


def _stderr_to_file(do: Callable[[Any], None], sender: Any, words: str) -> None:
    """Call `do` with all that this process writes to stderr, be it a library's, in the file `words`."""
    with contextlib.suppress(OSError):  # a full disk: then they are seen
        file = os.open(words, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(file, 2)
        os.close(file)
    do(sender)


def _draw(sender: Any) -> None:
    """A lit sphere off the screen; sends the name of the renderer if the picture is not blank."""
    import pyvista

    plotter: Any = pyvista.Plotter(off_screen=True, window_size=[64, 64])
    plotter.add_mesh(pyvista.Sphere())
    picture = plotter.screenshot(return_img=True)
    lines = str(plotter.render_window.ReportCapabilities()).splitlines()
    name = next((line.split(":", 1)[1].strip() for line in lines if line.startswith("OpenGL renderer string")), "OpenGL")
    if picture.min() < picture.max():
        sender.send(name)
    plotter.close()
    sender.close()
