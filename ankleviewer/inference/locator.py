"""Runs the locator that ships with the program: landmarks of every ankle in a scan. On the CPU, a quarter of a second."""

from __future__ import annotations

import hashlib
import json
import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from ankleviewer.core import paths
from ankleviewer.core.anatomy.ankles import together
from ankleviewer.core.anatomy.boneshape import Coarse, around_bone, coarsen
from ankleviewer.core.anatomy.elsewhere import beside, bone_elsewhere, not_found, of_landmarks, without
from ankleviewer.core.anatomy.finder import Ankle, find_ankles
from ankleviewer.core.anatomy.landmarks import (
    CELL,
    INPUT_MM,
    MULTIPLE,
    NAMES,
    WINDOW_HU,
    Located,
    ankles_of,
    locator_input,
    peaks,
)
from ankleviewer.core.anatomy.measured import measured
from ankleviewer.core.anatomy.upright import (
    beyond_doubt,
    in_doubt,
    search,
    standing_ankles,
    stands,
    turned,
    unsure_findings,
)
from ankleviewer.core.errors import Cancelled, ModelError, stop_if
from ankleviewer.core.findings import Finding
from ankleviewer.core.geometry import Array
from ankleviewer.core.volume import Volume
from ankleviewer.inference import onnx_file
from ankleviewer.inference.engines.ort_session import AS_ONNX, CPU, library
from ankleviewer.inference.engines.watch import aside

log = logging.getLogger(__name__)

MODEL, RECORD, SCHEMA = "locator.onnx", "locator.json", "ankleviewer.locator/1"
MOST_VOXELS = 24_000_000  # of the input at 2.5 mm: a whole body; what is larger is left to the bone box
LARGE_VOXELS = 6_000_000  # two legs in a field of 500 mm; a larger input costs more than 1 GB of memory where it is not cut
AROUND_MM = 40.0  # beside bone
MOST_TURNED = 6_000_000  # and of one that is looked at in every direction
THREADS = 2
_PASSING = ("MODEL_FILE_MISSING", "ENGINE_MISSING", "OUT_OF_MEMORY")  # what may be otherwise with the next scan


class LocatorModel:
    """A verified file, loaded.

    Args:
        folder: holds locator.onnx and locator.json.

    Raises:
        ModelError: MODEL_FILE_MISSING, MODEL_HASH_MISMATCH, MODEL_SPEC_UNKNOWN (another schema, other landmarks or another
            input), what `onnx_file.check` refuses, and as `ort_session.library`.
    """

    def __init__(self, folder: Path) -> None:
        data, record = _verified(folder)
        onnxruntime = library()
        self.sha256 = str(record["sha256"])
        self.measured: dict[str, Any] = dict(record.get("measured", {}))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = THREADS
        options.log_severity_level = 4
        options.add_session_config_entry(*AS_ONNX)
        options.enable_cpu_mem_arena = False  # scans differ in size, and an arena would keep the largest's memory for good
        self._session = onnxruntime.InferenceSession(data, options, providers=[CPU], enable_fallback=0)  # see ort_session

    def locate(self, coarse: Coarse, cancelled: Callable[[], bool] | None = None) -> tuple[Located, ...]:
        """The ankles of a scan (of `coarsen`), the surest first; () where none is seen or the scan is larger than a body. In a
        large scan it looks only where bone is.

        Raises:
            Cancelled: on request.
        """
        import onnxruntime

        start = time.perf_counter()
        if _voxels(coarse) > LARGE_VOXELS:
            coarse = around_bone(coarse, AROUND_MM)
        if _voxels(coarse) > MOST_VOXELS:
            return ()
        tensor, grid = aside(lambda: locator_input(coarse), cancelled)  # seconds of a large scan
        options = onnxruntime.RunOptions()
        options.log_severity_level = 4

        def stop() -> None:
            options.terminate = True

        inputs = {"volume": tensor[None, None]}
        heat, shift = aside(lambda: self._session.run(["heat", "shift"], inputs, options), cancelled, stop)
        found = ankles_of(peaks(heat[0], shift[0], grid))
        log.info("locator: %d ankles in %.2f s", len(found), time.perf_counter() - start)
        return found


def _voxels(coarse: Coarse) -> float:
    """Of the locator's input."""
    return float(np.prod(np.subtract(*coarse.grid.bounds_mm()[::-1]) / INPUT_MM))


def _verified(folder: Path) -> tuple[bytes, dict[str, Any]]:
    try:
        record = json.loads((folder / RECORD).read_text(encoding="utf-8"))
        data = (folder / MODEL).read_bytes()
    except (OSError, ValueError) as error:
        raise ModelError("MODEL_FILE_MISSING", f"The locator cannot be read ({type(error).__name__}).") from error
    expected = {"spacing_mm": INPUT_MM, "multiple": MULTIPLE, "cell": CELL, "window_hu": list(WINDOW_HU)}
    if not isinstance(record, dict) or (record.get("schema"), record.get("landmarks"), record.get("input")) != (
        SCHEMA,
        list(NAMES),
        expected,
    ):
        raise ModelError("MODEL_SPEC_UNKNOWN", "The locator was made for another version of the program.")
    if hashlib.sha256(data).hexdigest() != record.get("sha256"):
        raise ModelError("MODEL_HASH_MISMATCH", f"{MODEL} is not the file that its record describes.")
    onnx_file.check(data)
    return data, record


_lock = threading.Lock()
_loaded: dict[Path, LocatorModel | None] = {}


def shipped_locator() -> LocatorModel | None:
    """The program's own, loaded once; None (and a line in the log) where it is missing or refused: the bone box stands in. What
    may pass, such as a drive that is away or memory that is short, is tried again with the next scan.
    """
    folder = paths.assets_dir() / "locator"
    with _lock:
        if folder not in _loaded and not folder.is_dir():
            log.info("no locator in this installation")
            _loaded[folder] = None
        if folder not in _loaded:
            try:
                _loaded[folder] = LocatorModel(folder)
            except Exception as error:  # noqa: BLE001 (a runtime has kinds of its own; without a locator the program still works)
                log.warning("no locator: %s: %s", getattr(error, "code", type(error).__name__), str(error)[:500])
                if isinstance(error, ModelError) and error.code not in _PASSING:
                    _loaded[folder] = None
        return _loaded.get(folder)


def in_use() -> str:
    """SHA-256 of the locator that this process has loaded; "" for none."""
    found = _loaded.get(paths.assets_dir() / "locator")
    return found.sha256 if found is not None else ""


def ankles_in(
    volume: Volume, cancelled: Callable[[], bool] | None = None, findings: list[Finding] | None = None
) -> tuple[Ankle, ...]:
    """Ankles of a scan, right first: what the bones say and what the locator sees, together. Where both leave in doubt whether
    an ankle stands upright in the scan, the locator looks in every other direction, too; where one is found, it does so at the
    bone of another leg.

    Args:
        findings: takes LOCATOR_MISSING where the bones had to do alone, ANKLE_UNSURE where the two do not agree, or where the
            ankle of another leg was not found.

    Raises:
        Cancelled: on request.
    """
    volume = measured(volume)
    coarse = coarsen(volume, cancelled)
    bones = find_ankles(volume, cancelled, coarse)
    locator = shipped_locator()
    if locator is None:
        _say_missing(findings)
        return together(bones, (), volume.grid)
    try:
        located = locator.locate(coarse, cancelled)
        said = findings if findings is not None else []
        if not in_doubt(bones, located):
            return _beside_standing(volume, coarse, locator, bones, located, cancelled, said)
        if across := _across(volume, around_bone(coarse, AROUND_MM), locator, located, cancelled):
            return _beside_across(volume, coarse, locator, across, cancelled, said)
        found = together(bones, located, volume.grid)
        said += unsure_findings(found, located)
        return found
    except Cancelled:
        raise
    except Exception as error:  # memory, or whatever a runtime fails with: the bones are still there
        log.warning("the locator failed: %s", type(error).__name__)
        log.info("where it failed", exc_info=True)
        _say_missing(findings)
        return together(bones, (), volume.grid)


def _beside_standing(
    volume: Volume,
    coarse: Coarse,
    locator: LocatorModel,
    bones: tuple[Ankle, ...],
    located: tuple[Located, ...],
    cancelled: Callable[[], bool] | None,
    findings: list[Finding],
) -> tuple[Ankle, ...]:
    """The ankles of a scan in which one stands; what else was seen of a leg that lies across gives way to its ankle."""
    found, certain = together(bones, located, volume.grid), beyond_doubt(bones, located)
    sure = of_landmarks(found, certain)
    rest = bone_elsewhere(coarse, sure)
    if rest is None:
        return found
    others, _, seen = _of_another(volume, rest, locator, cancelled)
    if others:  # whose bones are none of the first leg's foot, which tells its side
        alone = find_ankles(volume, cancelled, without(coarse, rest.bone))
        own = of_landmarks(together(alone, certain, volume.grid), certain)
        return beside(own if len(own) == len(sure) else sure, others)
    findings += not_found(found, [a for a in found if a not in sure], [*located, *seen])
    return found


def _beside_across(
    volume: Volume,
    coarse: Coarse,
    locator: LocatorModel,
    across: tuple[Ankle, ...],
    cancelled: Callable[[], bool] | None,
    findings: list[Finding],
) -> tuple[Ankle, ...]:
    """The ankles of a scan in which none stands beyond doubt, and one of a leg was found that lies across: those of another leg
    may stand, or lie another way. What its bone alone shows counts, too: nothing else would tell of that leg.
    """
    rest = bone_elsewhere(coarse, across)
    if rest is None:
        return across
    others, doubtful, seen = _of_another(volume, rest, locator, cancelled)
    found = beside(across, others or doubtful)
    if not others:
        findings += not_found(found, doubtful, seen)
    return found


def _of_another(
    volume: Volume, rest: Coarse, locator: LocatorModel, cancelled: Callable[[], bool] | None
) -> tuple[tuple[Ankle, ...], tuple[Ankle, ...], tuple[Located, ...]]:
    """What a scan of which only the bone of another leg is left (`bone_elsewhere`) shows: ankles of which the locator is sure,
    standing or across; without any, what bones and locator show of it as it lies; what the locator sees.
    """
    stop_if(cancelled)
    rest = around_bone(rest, AROUND_MM)
    seen = locator.locate(rest, cancelled)
    sure = () if stands(seen) else _across(volume, rest, locator, seen, cancelled)
    found = sure or together(find_ankles(volume, cancelled, rest), seen, volume.grid)
    if stands(seen):
        sure = of_landmarks(found, seen)
    log.info("another leg: %d ankles", len(sure))
    return sure, found, seen


def _say_missing(findings: list[Finding] | None) -> None:
    if findings is not None:
        text = (
            "The network that finds ankles is missing, damaged or failed; the shape of the bones alone told where the ankle lies."
        )
        findings.append(Finding("caveat", "LOCATOR_MISSING", text))


def _across(
    volume: Volume,
    coarse: Coarse,
    locator: LocatorModel,
    located: tuple[Located, ...],
    cancelled: Callable[[], bool] | None,
) -> tuple[Ankle, ...]:
    """Ankles of a leg that lies across the scan; () where no turn shows one clearly better than the scan as it lies, or where
    there is too much bone (`coarse`, cut to it) to look at from every side.
    """
    if _voxels(coarse) > MOST_TURNED:
        return ()
    small = coarse.volume

    def look(rotation: Array) -> tuple[Located, ...]:
        return locator.locate(aside(lambda: coarsen(turned(small, rotation), cancelled), cancelled), cancelled)

    best = search(located, look)
    if best is None:
        return ()
    stop_if(cancelled)
    seen, turn = best
    return aside(lambda: standing_ankles(volume, small, seen, turn, cancelled), cancelled)
