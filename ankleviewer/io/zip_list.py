"""A ZIP, of whose list of files no more is read than is expected, whatever the record at its end claims: the library would spend
seconds on some hundred thousand entries, in which nobody can stop it.
"""

from __future__ import annotations

import contextlib
import io
import zipfile
from collections.abc import Iterator
from pathlib import Path

from ankleviewer.io import guard

ENTRY_BYTES = 4_000  # of a name, times and remarks no file has so much; with the longest names it is a tenth
_ENTRY = b"PK\x01\x02"  # begins each entry


class TooManyFiles(Exception):
    """The list has more entries than are expected: `count` of them."""

    def __init__(self, count: int) -> None:
        super().__init__(count)
        self.count = count


class ListTooLong(Exception):
    """The list takes `size` bytes, more than `most`, whatever is in it."""

    def __init__(self, size: int, most: int) -> None:
        super().__init__(size, most)
        self.size, self.most = size, most


@contextlib.contextmanager
def opened_zip(path: Path, most: int) -> Iterator[zipfile.ZipFile]:
    """A ZIP of at most `most` files.

    Raises:
        TooManyFiles, ListTooLong: before the list is parsed.
        OSError, zipfile.BadZipFile: as `zipfile.ZipFile`.
    """
    if (count := guard.zip_entries(path)) > most:
        raise TooManyFiles(count)
    with _Bounded(path, most) as stream, zipfile.ZipFile(stream) as archive:
        stream.listed = True
        yield archive


class _Bounded(io.BufferedReader):
    """The file; until its list has been read it gives out no list that is longer than expected."""

    def __init__(self, path: Path, most: int) -> None:
        super().__init__(io.FileIO(path))
        self._most, self.listed = most, False

    def read(self, size: int | None = -1, /) -> bytes:
        """As any reader. Raises TooManyFiles, ListTooLong."""
        longest = ENTRY_BYTES * self._most
        if not self.listed and size is not None and size > longest:
            raise ListTooLong(size, longest)
        data = super().read(size)
        # the list begins with an entry, or is none to the library; other reads may hold a comment, or the end of a ZIP within
        if not self.listed and data.startswith(_ENTRY) and (count := data.count(_ENTRY)) > self._most:
            raise TooManyFiles(count)
        return data
