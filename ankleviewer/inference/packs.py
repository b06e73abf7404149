"""Model packs, folders or .zip: finding, reading, verifying and adding them. Nothing in one runs before its hash is right.

A .zip is read in place, member by member under fixed names and with bounded sizes; nothing is ever extracted by a name it brings.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from ankleviewer.core import paths
from ankleviewer.core.decision import Decision
from ankleviewer.core.errors import ModelError
from ankleviewer.core.preprocess import PreprocessSpec
from ankleviewer.inference import onnx_file
from ankleviewer.inference.manifest import CARD_FILE, MANIFEST_FILE, MODEL_FILE, NAME, Manifest, Network, parse

MAX_TEXT = 4 * 2**20
MAX_MODEL = 2**31
MAX_MEMBERS = 64
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
        data = _read(self.path, name, min(entry.bytes, MAX_MODEL))
        if len(data) != entry.bytes or hashlib.sha256(data).hexdigest() != entry.sha256:
            raise ModelError("MODEL_HASH_MISMATCH", f"{name} of model {self.name} is not the file that its manifest describes.")
        return data

    def model_bytes(self) -> bytes:
        """model.onnx, its hash, its contents and the specification inside it checked.

        Raises:
            ModelError: as `file` and `onnx_file.check`; MODEL_SPEC_MISMATCH, preprocessing or another group (CARRIED) inside the
                model file and in the manifest differ.
        """
        data = self.file(MODEL_FILE)
        metadata = onnx_file.check(data).metadata
        if metadata.get("format") != "1" or "preprocessing" not in metadata:
            raise ModelError("MODEL_FORMAT_UNKNOWN", f"Model {self.name} does not say how scans are prepared for it.")
        if PreprocessSpec.from_json(_json_object(metadata, "preprocessing")) != self.preprocessing:
            raise ModelError("MODEL_SPEC_MISMATCH", f"Model {self.name} and its manifest disagree on how scans are prepared.")
        for group in CARRIED:
            if group in metadata and _json_object(metadata, group) != self.manifest.record.get(group):
                raise ModelError("MODEL_SPEC_MISMATCH", f"Model {self.name} and its manifest disagree on its values for {group}.")
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
    return ModelPack(path, parse(_read(path, MANIFEST_FILE, MAX_TEXT)))


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
            try:
                if not path.name.startswith(".") and _may_be_pack(path):
                    yield read_pack(path)
            except ModelError as error:
                yield path.name, error
            except OSError as error:
                yield path.name, _unreadable(path, error)


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
        OSError: the folder cannot be written.
    """
    text = _read(Path(source), MANIFEST_FILE, MAX_TEXT)  # once: what is written is what was verified
    pack = ModelPack(Path(source), parse(text))
    files = {MODEL_FILE: pack.model_bytes(), CARD_FILE: pack.file(CARD_FILE), MANIFEST_FILE: text}
    assert NAME.fullmatch(pack.name)  # the name becomes a folder's name
    folder = paths.model_dirs()[0]
    folder.mkdir(parents=True, exist_ok=True)
    staging = Path(tempfile.mkdtemp(dir=folder, prefix=".adding-"))
    try:
        for name, data in files.items():
            with (staging / name).open("wb") as stream:
                stream.write(data)
                stream.flush()
                os.fsync(stream.fileno())
        target = folder / pack.name
        if target.exists():
            target.replace(staging / "old")
        old = staging / "old"
        fresh = Path(tempfile.mkdtemp(dir=folder, prefix=".ready-"))
        for name in files:
            (staging / name).replace(fresh / name)
        fresh.chmod(0o755)
        try:
            fresh.replace(target)
        except OSError:
            if old.exists():
                old.replace(target)
            shutil.rmtree(fresh, ignore_errors=True)
            raise
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    return read_pack(target)


def _json_object(metadata: Mapping[str, str], group: str) -> dict[str, object]:
    import json

    try:
        record = json.loads(metadata[group])
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise ModelError("MODEL_SPEC_INVALID", f"The {group} stored in the model file is not readable.")
    return record


def _read(path: Path, name: str, limit: int) -> bytes:
    """A file of a pack, at most `limit` bytes (one more is enough to notice a larger one)."""
    try:
        if path.is_dir():
            with (path / name).open("rb") as stream:
                return stream.read(limit + 1)
        with zipfile.ZipFile(path) as archive:
            return _read_member(archive, name, limit)
    except FileNotFoundError:
        raise ModelError("MODEL_FILE_MISSING", f"The model pack {path.name} or its {name} does not exist.") from None
    except OSError as error:
        raise _unreadable(path, error, name) from None
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, ValueError) as error:
        raise ModelError("MODEL_ARCHIVE_INVALID", f"The pack {path.name} is no sound .zip ({type(error).__name__}).") from None


def _unreadable(path: Path, error: OSError, name: str = MANIFEST_FILE) -> ModelError:
    return ModelError("MODEL_FILE_UNREADABLE", f"{name} of pack {path.name} cannot be read (error {error.errno}).")


def _read_member(archive: zipfile.ZipFile, name: str, limit: int) -> bytes:
    """Member `name`, at the top of the archive or inside its one folder; the size is counted, not trusted."""
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise ModelError("MODEL_ARCHIVE_INVALID", f"The pack holds {len(members)} files; at most {MAX_MEMBERS} are expected.")
    fits = [m for m in members if m.filename == name or (m.filename.count("/") == 1 and m.filename.endswith(f"/{name}"))]
    if len(fits) != 1:
        raise ModelError("MODEL_FILE_MISSING", f"The model pack must hold {name} exactly once, it does so {len(fits)} times.")
    with archive.open(fits[0]) as stream:
        return stream.read(limit + 1)
