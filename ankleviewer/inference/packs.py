"""Model packs, folders or .zip: finding, reading and verifying them. Nothing in one runs before its hash is right."""

from __future__ import annotations

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
from ankleviewer.inference.manifest import CARD_FILE, MANIFEST_FILE, MODEL_FILE, Manifest, Network, parse
from ankleviewer.inference.pack_files import hashed, manifest_text, opened, unreadable

ASIDE = ".old-"  # before the name of a pack that is being replaced (`adding`)
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
            yield folder.name, unreadable(folder, error)
            continue
        for path in files:
            name = path.name.removeprefix(ASIDE)
            try:
                if _stands_for_itself(path) and _may_be_pack(path):
                    yield read_pack(path)
            except ModelError as error:
                yield name, error
            except OSError as error:
                yield name, unreadable(path, error)


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


def _json_object(metadata: Mapping[str, str], group: str) -> dict[str, object]:
    try:
        record = json.loads(metadata[group])
    except (ValueError, RecursionError):
        record = None
    if not isinstance(record, dict):
        raise ModelError("MODEL_SPEC_INVALID", f"The {group} stored in the model file is not readable.")
    return record
