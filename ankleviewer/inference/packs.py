"""Model packs, folders or .zip: finding, reading and verifying them. Nothing in one runs before its hash is right."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ankleviewer.core import paths
from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.errors import ModelError
from ankleviewer.inference import onnx_file
from ankleviewer.inference.manifest import CARD_FILE, MODEL_FILE, Manifest, Network, claimed_name, is_name, parse
from ankleviewer.inference.pack_files import FILES, hashed, manifest_text, opened, unreadable
from ankleviewer.io.locked import locked

ASIDE = ".old-"  # before the name of a pack that is being replaced (`adding`)
LOCK = "models.lock"  # beside the folder of the user's models, held while a pack is renamed to its place
SHIPPED = ("compact", "mobilenet", "resnet101")  # names of the packs that travel with the program
CARRIED = ("network", "decision", "origin")  # groups of the manifest that the model file, whose hash is known, holds too


@dataclass(frozen=True)
class ModelPack:
    """A pack whose manifest is sound. Its model file is read, and its hash compared, only by `model_bytes`."""

    path: Path
    manifest: Manifest

    @property
    def name(self) -> str:
        return self.manifest.name

    @property
    def version(self) -> str:
        return self.manifest.version

    @property
    def title(self) -> str:
        return self.manifest.title

    @property
    def status(self) -> str:
        return self.manifest.status

    @property
    def default(self) -> bool:
        return self.manifest.default

    @property
    def sha256(self) -> str:
        """Of model.onnx, hex, as the manifest states it and `model_bytes` enforces it."""
        return self.manifest.files[MODEL_FILE].sha256

    @property
    def preprocessing(self) -> PreprocessSpec:
        return self.manifest.preprocessing

    @property
    def network(self) -> Network:
        return self.manifest.network

    @property
    def decision(self) -> Decision:
        return self.manifest.decision

    def file(self, name: str) -> bytes:
        """A listed file's bytes, exactly those that were hashed.

        Raises:
            ModelError: MODEL_FILE_MISSING; MODEL_HASH_MISMATCH, size or SHA-256 differ from the manifest.
        """
        entry = self.manifest.files[name]
        with opened(self.path, name) as (stream, size):
            data = hashed(stream, entry) if size == entry.bytes else None  # one of another size is not even read
        if data is None:
            raise ModelError("MODEL_HASH_MISMATCH", f"{name} of model {self.name} is not the file that its manifest describes.")
        return data

    def model_bytes(self) -> bytes:
        """model.onnx, its hash, its contents and the specification inside it checked.

        Raises:
            ModelError: as `file` and `onnx_file.check`; MODEL_SPEC_MISMATCH, preprocessing or another group (CARRIED) inside the
                model file and in the manifest differ, or the network takes another volume than the preprocessing makes.
        """
        data = self.file(MODEL_FILE)
        found = onnx_file.check(data)
        metadata = found.metadata
        if metadata.get("format") != "1" or "preprocessing" not in metadata:
            raise ModelError("MODEL_FORMAT_UNKNOWN", f"Model {self.name} does not say how scans are prepared for it.")
        if PreprocessSpec.from_json(_json_object(metadata, "preprocessing")) != self.preprocessing:
            raise ModelError("MODEL_SPEC_MISMATCH", f"Model {self.name} and its manifest disagree on how scans are prepared.")
        for group in CARRIED:
            if group in metadata and _json_object(metadata, group) != self.manifest.record.get(group):
                raise ModelError("MODEL_SPEC_MISMATCH", f"Model {self.name} and its manifest disagree on its values for {group}.")
        if found.inputs[:1] != [[1, 1, *[self.preprocessing.size] * 3]]:
            raise ModelError("MODEL_SPEC_MISMATCH", f"Model {self.name} takes volumes of another size than its manifest says.")
        return data

    def card(self) -> str:
        """The model card, Markdown. Raises ModelError as `file`."""
        return self.file(CARD_FILE).decode("utf-8", errors="replace")

    def verify(self) -> None:
        """Check every file of the pack. Raises ModelError."""
        self.model_bytes()
        self.card()


def read_pack(path: str | Path) -> ModelPack:
    """The pack in a folder or .zip.

    Raises:
        ModelError: MODEL_FILE_MISSING, nothing there; and the codes of `manifest.parse`.
    """
    path = Path(path)
    return ModelPack(path, parse(manifest_text(path)))


@dataclass(frozen=True)
class RefusedPack:
    """A pack in a folder of models whose manifest is refused, or that cannot be read.

    Attributes:
        file: its folder or .zip.
        name: the one that its manifest tells, or its folder; "" for a .zip of which nothing can be read.
        own: it lies among the user's models.
    """

    file: str
    error: ModelError
    name: str = ""
    own: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        """By which it may be meant: its own, or else what its file is called."""
        return (self.name,) if self.name else (self.file, self.file.removesuffix(".zip"))


def list_packs(broken: list[tuple[str, ModelError]] | None = None) -> tuple[ModelPack, ...]:
    """The packs of `survey`.

    Args:
        broken: filled with (file name, error) of the refused ones.
    """
    packs, refused = survey()
    if broken is not None:
        broken.extend((pack.file, pack.error) for pack in refused)
    return packs


def survey() -> tuple[tuple[ModelPack, ...], tuple[RefusedPack, ...]]:
    """Packs that can be chosen by name, the default first (of several released ones the user's own, then one that was put beside
    the program's), then by name; and the refused ones. A user's pack hides a shipped one of the same name, also where it is
    refused: nobody may take the other one's answer for its own. Of two in one folder the one that is called by its name answers,
    and the other one is refused (MODEL_NAME_TWICE).
    """
    found: dict[str, ModelPack] = {}
    refused: list[RefusedPack] = []
    for folder in paths.model_dirs():
        packs, broken = _look_into(folder)
        broken = [pack for pack in broken if not set(pack.names) & found.keys()]  # hidden, and missed by nobody
        taken = {name for pack in (*refused, *broken) for name in pack.names}
        for pack in sorted(packs, key=_is_called_otherwise):
            if (other := found.get(pack.name)) is not None and other.path.parent == pack.path.parent:
                broken.append(RefusedPack(pack.path.name, _named_twice(pack.name, other.path), pack.name, _is_own(folder)))
            elif other is None and pack.name not in taken:
                found[pack.name] = pack
        refused += broken
    foreign = {name: n for n, name in enumerate(found)}  # the user's own folder was looked at first

    def rank(pack: ModelPack) -> tuple[bool, bool, bool, int, str]:
        place = (travels(pack), foreign[pack.name]) if pack.default else (False, 0)
        return not pack.default, pack.status != "released", *place, pack.name

    return tuple(sorted(found.values(), key=rank)), tuple(refused)


def travels(pack: ModelPack) -> bool:
    """Whether a pack came with the program, by its place and its name: a network of own scans has a name of its own."""
    return pack.name in SHIPPED and pack.path.is_relative_to(paths.assets_dir())


def _is_called_otherwise(pack: ModelPack) -> bool:
    return pack.path.name not in (pack.name, f"{pack.name}.zip")


def _named_twice(name: str, other: Path) -> ModelError:
    return ModelError(
        "MODEL_NAME_TWICE", f"Its name is {name}, as that of {other.name} beside it, which answers; remove one of them."
    )


def _is_own(folder: Path) -> bool:
    return folder == paths.model_dirs()[0]


def _look_into(folder: Path) -> tuple[list[ModelPack], list[RefusedPack]]:
    """The packs in a folder of models, and the refused ones, while none of them is being replaced."""
    packs, refused = [], []
    with still(folder):
        try:
            files = sorted(folder.iterdir()) if folder.is_dir() else []
        except OSError as error:
            return [], [RefusedPack(folder.name, unreadable(folder, error), own=_is_own(folder))]
        for path in files:
            name = path.name.removeprefix(ASIDE)
            place = path
            try:
                if _stands_for_itself(path) and (inside := _pack_in(path)) is not None:
                    place = inside
                    packs.append(read_pack(inside))
            except ModelError as error:
                refused.append(RefusedPack(name, error, _name_in(place), _is_own(folder)))
            except OSError as error:
                refused.append(RefusedPack(name, unreadable(path, error), own=_is_own(folder)))
    return packs, refused


@contextlib.contextmanager
def still(folder: Path) -> Iterator[None]:
    """While the block runs no pack in a folder of models is being replaced; nothing is written where none ever was."""
    if not folder.name:  # the root of a drive lies in no folder of models
        yield
        return
    lock = folder.with_name(LOCK)
    with locked(lock) if os.path.lexists(lock) else contextlib.nullcontext():
        yield


def _name_in(place: Path) -> str:
    """What its manifest tells; a folder is called so, as `adding` makes them, where that tells nothing."""
    name = ""
    with contextlib.suppress(ModelError):
        name = claimed_name(manifest_text(place))
    called = place.name.removeprefix(ASIDE)
    return name or (called if place.is_dir() and is_name(called) else "")


def _stands_for_itself(path: Path) -> bool:
    """Not what is hidden; but a pack aside whose place nothing has taken: an add was killed, or is at work in another process."""
    if path.name.startswith(ASIDE):
        return not os.path.lexists(path.with_name(path.name.removeprefix(ASIDE)))
    return not path.name.startswith(".")


def _pack_in(path: Path) -> Path | None:
    """Where the pack lies that a file or folder among the models is, None where it is none: a .zip, a folder with any file of a
    pack (one that lost its manifest is a damaged pack), or the folder in it (as a .zip is unpacked). Raises OSError: no access,
    or a link to what is not there.
    """
    if path.suffix.lower() == ".zip":
        return path
    if path.is_symlink():
        path.stat()
    if _holds_file_of_pack(path):
        return path
    inner = [one for one in path.iterdir() if one.is_dir()] if path.is_dir() else []
    return inner[0] if len(inner) == 1 and _holds_file_of_pack(inner[0]) else None


def _holds_file_of_pack(path: Path) -> bool:
    for name in FILES:
        try:
            (path / name).stat()
        except (FileNotFoundError, NotADirectoryError):
            continue
        return True
    return False


def load_pack(name: str | Path) -> ModelPack:
    """A pack by its name, or by the path of its folder or .zip.

    Raises:
        ModelError: MODEL_UNKNOWN, no such name; or as `read_pack`, also where a sound shipped pack bears a refused one's name.
    """
    packs, refused = survey()
    for pack in packs:
        if pack.name == str(name):
            return pack
    for broken in refused:
        if str(name) in broken.names:
            raise broken.error
    path = Path(name)
    if path.suffix.lower() == ".zip" or len(path.parts) > 1 or os.path.isdir(path):  # noqa: PTH112 (a name may be too long for a file)
        return read_pack(path)
    known = ", ".join(p.name for p in packs) or "none"
    raise ModelError("MODEL_UNKNOWN", f"There is no model named {str(name)[:80]!r}; known: {known}.")


def default_pack() -> ModelPack:
    """The pack that answers when none is named: the one marked as default, else the first released, else the first.

    Raises:
        ModelError: MODEL_NONE, no pack is installed; or why the first one is refused, where all are.
    """
    broken: list[tuple[str, ModelError]] = []
    packs = list_packs(broken)
    if not packs and broken:
        raise broken[0][1]
    if not packs:
        raise ModelError("MODEL_NONE", "No model is installed; add one with: ankleviewer models add PACK")
    return packs[0]


def _json_object(metadata: Mapping[str, str], group: str) -> dict[str, object]:
    try:
        record = json.loads(metadata[group])
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise ModelError("MODEL_SPEC_INVALID", f"The {group} stored in the model file is not readable.")
    return record
