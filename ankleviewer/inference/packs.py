"""Model packs, folders or .zip: finding, reading, verifying and adding them. Nothing in one runs before its hash is right.

A .zip is read in place, member by member under fixed names and with bounded sizes; nothing is ever extracted by a name it brings.
A pack that is replaced stands aside until the new one is in its place, and answers from there where an add was killed in between.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TypeVar

from ankleviewer.core import paths
from ankleviewer.core.assessment.decision import Decision
from ankleviewer.core.assessment.preprocess import PreprocessSpec
from ankleviewer.core.errors import ModelError
from ankleviewer.inference import onnx_file
from ankleviewer.inference.manifest import CARD_FILE, MANIFEST_FILE, MODEL_FILE, NAME, FileEntry, Manifest, Network, parse
from ankleviewer.inference.staging import staging
from ankleviewer.io import guard
from ankleviewer.io.locked import locked

T = TypeVar("T")

MAX_TEXT = 4 * 2**20
MAX_MEMBERS = 64
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)  # the others are unpacked without a bound
MAX_RATIO = 20  # of a member's size to what it takes in the archive; weights hardly shrink, bombs shrink a thousandfold
PIECE = 2**20  # read and hashed at a time; what is smaller may shrink as it likes
LOCK = "models.lock"  # beside the folder of the user's models, held while a pack is renamed to its place
ASIDE = ".old-"  # before the name of a pack that is being replaced
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
        with _opened(self.path, name) as (stream, size):
            data = _hashed(stream, entry) if size == entry.bytes else None  # one of another size is not even read
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
    return ModelPack(path, parse(_manifest_text(path)))


def list_packs(broken: list[tuple[str, ModelError]] | None = None) -> tuple[ModelPack, ...]:
    """Packs that can be chosen by name, the default first (of several released ones the user's own), then by name; a user's pack
    hides a shipped one of the same name, also where it is refused: nobody may take the other one's answer for its own.

    Args:
        broken: filled with (file name, error) of packs whose manifest is refused or that cannot be read.
    """
    found: dict[str, ModelPack] = {}
    refused: set[str] = set()
    for entry in _entries():
        if isinstance(entry, ModelPack):
            if entry.name not in refused:
                found.setdefault(entry.name, entry)
            continue
        refused.add(entry[0].removesuffix(".zip"))
        if broken is not None:
            broken.append(entry)
    foreign = {name: n for n, name in enumerate(found)}  # the user's own folder was looked at first
    return tuple(
        sorted(found.values(), key=lambda p: (not p.default, p.status != "released", foreign[p.name] if p.default else 0, p.name))
    )


def _entries() -> Iterator[ModelPack | tuple[str, ModelError]]:
    """What lies in the folders of models, in the order in which it is looked for: packs, (file name, error) of refused ones."""
    for folder in paths.model_dirs():
        try:
            files = sorted(folder.iterdir()) if folder.is_dir() else []
        except OSError as error:
            yield folder.name, _unreadable(folder, error)
            continue
        for path in files:
            name = path.name.removeprefix(ASIDE)
            try:
                if _stands_for_itself(path) and _may_be_pack(path):
                    yield read_pack(path)
            except ModelError as error:
                yield name, error
            except OSError as error:
                yield name, _unreadable(path, error)


def _stands_for_itself(path: Path) -> bool:
    """Not what is hidden; but a pack aside whose place nothing has taken: an add was killed, or is at work in another process."""
    if path.name.startswith(ASIDE):
        return not os.path.lexists(path.with_name(path.name.removeprefix(ASIDE)))
    return not path.name.startswith(".")


def _may_be_pack(path: Path) -> bool:
    """A .zip, or a folder with any file of a pack: one that lost its manifest is a damaged pack. Raises OSError: no access."""
    if path.suffix == ".zip":
        return True
    for name in (MANIFEST_FILE, MODEL_FILE, CARD_FILE):
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
    broken: list[tuple[str, ModelError]] = []
    packs = list_packs(broken)
    for pack in packs:
        if pack.name == str(name):
            return pack
    for file, error in broken:
        if file in (str(name), f"{name}.zip"):
            raise error
    path = Path(name)
    if path.suffix == ".zip" or len(path.parts) > 1 or path.is_dir():
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


def add_pack(source: str | Path) -> ModelPack:
    """Verify a pack and copy it to the user's models; an older one of the same name is replaced.

    Raises:
        ModelError: the pack is refused; nothing is written.
        OSError: the folder cannot be written; an older pack stays.
    """
    text = _manifest_text(Path(source))  # once: what is written is what was verified
    pack = ModelPack(Path(source), parse(text))
    files = {MODEL_FILE: pack.model_bytes(), CARD_FILE: pack.file(CARD_FILE), MANIFEST_FILE: text}
    assert NAME.fullmatch(pack.name)  # the name becomes a folder's name
    folder = paths.model_dirs()[0]
    folder.mkdir(parents=True, exist_ok=True)
    with staging(folder) as made:
        fresh = made / "fresh"
        fresh.mkdir()
        for name, data in files.items():
            with (fresh / name).open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        fresh.chmod(0o755)
        with locked(folder.with_name(LOCK)):  # two adds of one name would move each other's packs
            _put_in_place(fresh, folder / pack.name, made)
            return read_pack(folder / pack.name)


def look_twice(pack: ModelPack, look: Callable[[ModelPack], T]) -> T:
    """`look(pack)`; where that fails, once more at what stands in the pack's place now. Another process may have put a newer one
    there since the pack was read, but cannot do so during the second look.

    Raises:
        ModelError: the second look's; the first one's where a pack of another name has come.
    """
    try:
        return look(pack)
    except ModelError:
        folder, file = pack.path.parent, pack.path.name.removeprefix(ASIDE)
        lock = folder.with_name(LOCK)
        with locked(lock) if os.path.lexists(lock) else contextlib.nullcontext():
            now = read_pack(folder / file)
            if now.name != pack.name:
                raise
            return look(now)


def _put_in_place(fresh: Path, target: Path, waste: Path) -> None:
    """Rename a complete pack to `target`. What stands there waits aside, where `list_packs` finds it, and goes to the folder
    `waste` only afterwards. Raises OSError, and then it stands there again.
    """
    aside = target.with_name(f"{ASIDE}{target.name}")
    if os.path.lexists(aside):  # an earlier add was killed
        aside.replace(waste / "older" if os.path.lexists(target) else target)
    try:
        if os.path.lexists(target):
            target.replace(aside)
        fresh.replace(target)
    except BaseException:  # KeyboardInterrupt too
        if os.path.lexists(aside) and not os.path.lexists(target):
            aside.replace(target)
        raise
    if os.path.lexists(aside):
        with contextlib.suppress(OSError):  # the new one is in its place; the next add tries again
            aside.replace(waste / "old")


def _json_object(metadata: Mapping[str, str], group: str) -> dict[str, object]:
    import json

    try:
        record = json.loads(metadata[group])
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise ModelError("MODEL_SPEC_INVALID", f"The {group} stored in the model file is not readable.")
    return record


def _manifest_text(path: Path) -> bytes:
    with _opened(path, MANIFEST_FILE) as (stream, _):
        return stream.read(MAX_TEXT)  # what is larger is cut off, and no JSON any more


def _hashed(stream: IO[bytes], entry: FileEntry) -> bytes | None:
    """What the stream holds, None where its size or its hash is another one than the entry says."""
    data, seen = io.BytesIO(), hashlib.sha256()
    while data.tell() <= entry.bytes and (piece := stream.read(PIECE)):
        seen.update(piece)
        data.write(piece)
    return data.getvalue() if data.tell() == entry.bytes and seen.hexdigest() == entry.sha256 else None


@contextlib.contextmanager
def _opened(path: Path, name: str) -> Iterator[tuple[IO[bytes], int]]:
    """A file of a pack as a stream, and its size as the folder or the archive states it. What goes wrong while it is read is a
    ModelError too.
    """
    try:
        file = path / name if path.is_dir() else path
        if not stat.S_ISREG(file.stat().st_mode):  # a device is read without end, a pipe waited for
            raise ModelError("MODEL_FILE_UNREADABLE", f"{file.name} of pack {_called(path)} is no ordinary file.")
        if path.is_dir():
            with file.open("rb") as stream:
                yield stream, os.fstat(stream.fileno()).st_size
            return
        if (count := guard.zip_entries(path)) > MAX_MEMBERS:
            raise _too_many(count)
        with zipfile.ZipFile(path) as archive:
            member = _member(archive, name)
            if member.compress_type not in METHODS:
                raise NotImplementedError
            if member.file_size > max(PIECE, MAX_RATIO * min(member.compress_size, path.stat().st_size)):
                raise zipfile.BadZipFile
            with archive.open(member) as stream:
                yield stream, member.file_size
    except FileNotFoundError:
        raise ModelError("MODEL_FILE_MISSING", f"The model pack {_called(path)} or its {name} does not exist.") from None
    except OSError as error:
        raise _unreadable(path, error, name) from None
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise ModelError(
            "MODEL_ARCHIVE_INVALID", f"The pack {_called(path)} is no sound .zip ({type(error).__name__})."
        ) from None


def _unreadable(path: Path, error: OSError, name: str = MANIFEST_FILE) -> ModelError:
    return ModelError("MODEL_FILE_UNREADABLE", f"{name} of pack {_called(path)} cannot be read (error {error.errno}).")


def _called(path: Path) -> str:
    """A file or folder by its name, also where "." or ".." stands for it."""
    return path.name if path.name not in ("", "..") else path.resolve().name or str(path)


def _too_many(count: int) -> ModelError:
    return ModelError("MODEL_ARCHIVE_INVALID", f"The pack holds {count} files; at most {MAX_MEMBERS} are expected.")


def _member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    """Member `name`, at the top of the archive or inside its one folder. Raises ModelError."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise _too_many(len(members))
    fits = [m for m in members if m.filename == name or (m.filename.count("/") == 1 and m.filename.endswith(f"/{name}"))]
    if len(fits) != 1:
        raise ModelError("MODEL_FILE_MISSING", f"The model pack must hold {name} exactly once, it does so {len(fits)} times.")
    return fits[0]
