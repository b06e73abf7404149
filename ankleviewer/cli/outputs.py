"""Where the commands write: every file's name is settled before any scan is read, and none is that of a scan."""

from __future__ import annotations

import itertools
import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from ankleviewer import saving
from ankleviewer.cli import console
from ankleviewer.cli.console import UsageError
from ankleviewer.io import guard

LONGEST = 160  # bytes of a scan's name that go into that of a file: most disks take 255, a model's name and an ending among them
FOLDERS = ("dicom",)  # of each scan several files, in a folder of their own
ENDINGS = {"heatmap": (".nii.gz", ".nii"), "picture": (".png",), "report": (".pdf",)}


def check_names(inputs: Sequence[str], files: Mapping[str, str | None]) -> None:
    """Refuse what cannot be the name of an output: another ending, or with several scans a file, be it there or not yet. Raises
    UsageError.
    """
    of_files = tuple(itertools.chain.from_iterable(ENDINGS.values()))
    for kind, target in files.items():
        if kind in FOLDERS:
            if target is not None and target.lower().rstrip("/\\").endswith((*of_files, ".dcm")):
                raise UsageError(f"--{kind} must name a folder, not a file; give a name without an ending.")
            continue
        endings = ENDINGS[kind]
        if target is not None and len(inputs) == 1 and not target.lower().endswith(endings):
            raise UsageError(f"--{kind} must name a file ending in {' or '.join(endings)}.")
        if target is not None and len(inputs) > 1 and not Path(target).is_dir():
            if Path(target).exists():
                raise UsageError(f"With several scans --{kind} must name a folder.")
            if target.lower().rstrip("/\\").endswith(of_files):  # a folder r.pdf would be made without a word
                raise UsageError(f"With several scans --{kind} must name a folder, not a file; give a name without an ending.")


def check_json(inputs: Sequence[str], target: str | None) -> None:
    """Refuse a JSON file in place of a scan or of a folder, or in a folder that does not exist. Raises UsageError."""
    if target is not None and target != console.STDOUT:
        _Names(inputs).claim([Path(target)])


def places(
    inputs: Sequence[str], packs: Sequence[str], json_target: str | None, files: Mapping[str, str | None]
) -> list[dict[str, Path]]:
    """For each scan the file of each kind that is asked for: as named for a single scan, in the named folder for several.

    There it is called after its scan; numbered where names repeat, with "-out" where a scan has that name.

    Args:
        inputs: scans.
        packs: names of the model packs that will answer.
        json_target, files: as in `analyze`.

    Raises:
        UsageError: an output would overwrite a scan or another output, is a folder, or its folder does not exist.
    """
    names = _Names(inputs)
    if json_target is not None and json_target != console.STDOUT:
        names.claim([Path(json_target)])
    _check_apart(json_target, files)
    found: list[dict[str, Path]] = [{} for _ in inputs]
    for kind, target in files.items():
        if target is None:
            continue
        if kind in FOLDERS:
            _folders(inputs, kind, Path(target), found)
            continue
        if len(inputs) == 1:
            found[0][kind] = Path(target)
            names.claim(written(kind, Path(target), packs))
            continue
        names.reserve_inputs()
        for number, stems in _stems(inputs):
            every = (Path(target) / f"{stem}{ENDINGS[kind][0]}" for stem in stems)
            file = next(f for f in every if names.free(written(kind, f, packs)))
            names.take(written(kind, file, packs))
            found[number][kind] = file
    return found


def _check_apart(json_target: str | None, files: Mapping[str, str | None]) -> None:
    """A folder of its own holds no other output, which would be a stranger there at the next run. Raises UsageError."""
    for kind in FOLDERS:
        own = files.get(kind)
        others = [target for other, target in files.items() if other != kind]
        others += [json_target] if json_target != console.STDOUT else []
        for target in filter(None, others):
            if own is not None and Path(os.path.realpath(target)).is_relative_to(os.path.realpath(own)):
                raise UsageError(f"--{kind} needs a folder of its own, and {target} would lie in it.")


def _folders(inputs: Sequence[str], kind: str, target: Path, found: Sequence[dict[str, Path]]) -> None:
    """Each scan's folder: the one that is named, of several scans one in it, called after each. Raises UsageError."""
    from ankleviewer.io.own_results import strangers_in

    if len(inputs) == 1:
        found[0][kind] = target
    else:
        taken: set[str] = set()
        for number, stems in _stems(inputs):
            stem = next(stem for stem in stems if _alike(stem) not in taken)
            taken.add(_alike(stem))
            found[number][kind] = target / stem
    for folder in (place[kind] for place in found):
        if strangers_in(folder):
            raise UsageError(f"--{kind}: {folder} is no folder, or holds other files; name a new one for the results.")


def written(kind: str, file: Path, packs: Sequence[str]) -> list[Path]:
    """The files that are really written: of several packs each writes a heat map of its own; of a folder those in it."""
    if kind in FOLDERS:
        return sorted(file.glob("*.dcm"))
    return [saving.named(file, name) for name in packs] if kind == "heatmap" and len(packs) > 1 else [file]


def tell_older(files: Sequence[Path], remove: bool) -> None:
    """Of files that are not written for a scan, say where an older one stands, which nobody shall take for that scan's.

    `remove`: take a heat map of this program away.
    """
    from ankleviewer.io.nifti import is_heat_map

    for file in files:
        try:
            if not file.is_file():
                continue
            if remove and is_heat_map(file):
                Path(os.path.realpath(file)).unlink()
                console.complain(f"{file}: the heat map of an earlier run was removed.")
                continue
        except OSError:
            pass
        console.complain(f"{file}: nothing was written; the file there is an older one.")


class _Names:
    """The names of files that are given away, and the scans that none may replace."""

    def __init__(self, inputs: Sequence[str]) -> None:
        self._inputs = [Path(os.path.realpath(path)) for path in inputs]
        self._taken: set[str] = set()

    def reserve_inputs(self) -> None:
        """Give the inputs' own names away: one that the program chooses shall not differ from them by its case alone."""
        self._taken.update(map(_key, self._inputs))

    def claim(self, files: Sequence[Path]) -> None:
        """Take names that somebody chose. Raises UsageError."""
        for file in files:
            if self._is_scan(Path(os.path.realpath(file))):
                raise UsageError(f"An output would overwrite a scan: {file}")
            if file.is_dir():  # told before hours of work, not after them
                raise UsageError(f"An output must name a file, and there is a folder of that name: {file}")
            if not Path(os.path.realpath(file)).parent.is_dir():
                raise UsageError(f"The folder for an output does not exist: {file}")
        if not self.free(files):
            raise UsageError("Two outputs have the same name.")
        self.take(files)

    def free(self, files: Sequence[Path]) -> bool:
        """Whether files may be written under these names."""
        return not any(_key(file) in self._taken or self._is_scan(Path(os.path.realpath(file))) for file in files)

    def take(self, files: Sequence[Path]) -> None:
        """Give names away."""
        self._taken.update(map(_key, files))

    def _is_scan(self, file: Path) -> bool:
        """Whether a file is an input or any other scan, of which it may be a slice. A heat map is none."""
        if file in self._inputs or any(_same(file, path) for path in self._inputs):
            return True
        if not file.is_file():
            return False
        from ankleviewer.io.nifti import is_heat_map

        try:
            return guard.kind_of(file) != "unknown" and not is_heat_map(file)
        except OSError:  # it may be one
            return True


def _same(one: Path, other: Path) -> bool:
    """One file under two names, as on a disk that does not tell cases apart; False where either does not exist."""
    try:
        return one.samefile(other)
    except OSError:
        return False


def _alike(text: str) -> str:
    """Equal for names that some disks take for one: cases, and letters whose marks stand alone (macOS)."""
    return unicodedata.normalize("NFC", text).casefold()


def _key(file: Path) -> str:
    return _alike(os.path.realpath(file))


def _stems(inputs: Sequence[str]) -> list[tuple[int, Iterator[str]]]:
    """For each scan its number and the names to try in turn; those that no other scan shares come first."""
    stems = [_stem(path) for path in inputs]
    count = Counter(_alike(stem) for stem in stems)
    alone = [(n, _marked(stem)) for n, stem in enumerate(stems) if count[_alike(stem)] == 1]
    return alone + [(n, _numbered(stem, n + 1, len(stems))) for n, stem in enumerate(stems) if count[_alike(stem)] > 1]


def _marked(stem: str) -> Iterator[str]:
    yield stem
    yield f"{stem}-out"
    yield from (f"{stem}-out-{n}" for n in itertools.count(2))


def _numbered(stem: str, number: int, scans: int) -> Iterator[str]:
    """The scan's place among all; where that name is taken, numbers that no scan has."""
    yield f"{stem}-{number}"
    yield from (f"{stem}-{n}" for n in itertools.count(scans + 1))


def _stem(path: str) -> str:
    name = Path(os.path.realpath(path)).name
    stem = re.sub(r"(\.dcm)?(\.nii)?(\.gz)?$", "", name, flags=re.IGNORECASE) or "scan"
    raw = os.fsencode(stem)
    return stem if len(raw) <= LONGEST else raw[:LONGEST].decode("utf-8", "ignore")
