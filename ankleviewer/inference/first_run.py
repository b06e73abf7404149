"""The first run of a pack that nobody has tried: one that was copied to its place by hand, or is named by its path. What ends the
process that runs it, or never answers, would take the window with it; so it is tried as `models add` tries one, once on this
computer, which is remembered under ANKLEVIEWER_HOME by the hash of its model and the release of onnxruntime. Where nothing can be
remembered each process tries it once.

What travels with the program was run before it was shipped, and waits for nothing.
"""

from __future__ import annotations

import base64
import contextlib
import os
import re
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, distribution, version
from pathlib import Path

from ankleviewer.core import paths
from ankleviewer.core.errors import ModelError
from ankleviewer.inference.packs import SHIPPED, ModelPack
from ankleviewer.inference.trial import try_out

FILE = "tried.txt"
_PACKAGES = ("onnxruntime-gpu", "onnxruntime")
_LONGEST = 1 << 20  # some ten thousand lines; what is longer is no file of ours
_known: set[str] = set()  # by this process
_ITS_FAULTS = ("MODEL_FILE_INVALID", "MODEL_FAILED", "MODEL_OUTPUT_INVALID", "OUTPUT_NOT_FINITE", "OUTPUT_INCONSISTENT")
_ending: dict[str, ModelError] = {}  # of those at fault themselves: each ankle would wait for it again


def is_known(pack: ModelPack) -> bool:
    """Whether nothing need be tried before the pack runs here."""
    key = _key(pack)
    if key in _known or _travels_with_the_program(pack):
        return True
    return key in _tried()


def remember(pack: ModelPack) -> None:
    """The pack has answered."""
    key = _key(pack)
    if key not in _known:
        _known.add(key)
        if key not in _tried():
            with contextlib.suppress(OSError), open(paths.home() / FILE, "a", encoding="ascii") as stream:
                stream.write(f"\n{key}\n")  # whatever the file ends with


def _tried() -> list[str]:
    """What is remembered; nothing where nothing can be. Only opening the file tells: it may be another user's, and Windows says
    of any folder that it can be written.
    """
    try:
        with open(paths.home() / FILE, "a+", encoding="ascii", errors="replace") as stream:
            stream.seek(0)
            return stream.read(_LONGEST).splitlines()
    except OSError:
        return []


def try_once(pack: ModelPack, cancelled: Callable[[], bool] | None = None) -> None:
    """Try a pack of which nothing is known here.

    Raises:
        ModelError: as `trial.try_out`; nothing is remembered then, but by this process what is the pack's own fault.
        Cancelled: on request.
    """
    if is_known(pack):
        return
    key = _key(pack)
    if key in _ending:
        before = _ending[key]
        raise ModelError(before.code, before.message)
    try:
        try_out(pack, cancelled)
    except ModelError as error:
        if isinstance(error.__cause__, OSError):  # no process can be started here, which is no fault of the pack: it runs untried
            return
        if error.code in _ITS_FAULTS:
            _ending[key] = ModelError(error.code, error.message)  # without what it holds
        raise
    remember(pack)


def told(pack: ModelPack, error: ModelError) -> ModelError:
    """An error of a pack's, which names it, with what can be done about it. What the computer lacks is no fault of the pack."""
    said = error.message
    name = re.escape(pack.name)  # which may be a word of any sentence
    if not error.code.startswith("MODEL_") or re.search(f"^Model {name} | of model {name} | pack {name} ", said):
        return error
    # where it lies elsewhere its name alone finds nothing, or another one, and its path may name people
    named = pack.name if any(folder in pack.path.parents for folder in paths.model_dirs()) else "PACK"
    advice = f"To try it by itself: ankleviewer models verify {named}"
    return ModelError(error.code, f"Model {pack.name} gave no answer. {said} {advice}")


def _key(pack: ModelPack) -> str:
    for name in _PACKAGES:
        with contextlib.suppress(PackageNotFoundError):
            return f"{pack.sha256} {version(name)}"
    return pack.sha256


def _travels_with_the_program(pack: ModelPack) -> bool:
    """By the list of what was installed, hashes among it, which lacks what was copied beside it. A checkout has none."""
    try:
        record = distribution("ankleviewer").read_text("RECORD") or ""
    except PackageNotFoundError:
        record = ""
    if "_assets/models/" in record:
        return base64.urlsafe_b64encode(bytes.fromhex(pack.sha256)).decode().rstrip("=") in record
    here = Path(os.path.realpath(paths.model_dirs()[1])) in Path(os.path.realpath(pack.path)).parents
    return here and pack.name in SHIPPED
