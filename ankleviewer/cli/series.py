"""`--series`: which of several series of a folder or ZIP is meant, and the list to choose from."""

from __future__ import annotations

from collections.abc import Sequence

from ankleviewer import DISCLAIMER, session
from ankleviewer.cli import console
from ankleviewer.core import exits
from ankleviewer.core.errors import ScanError
from ankleviewer.core.serieschoice import LACKS, SEVERAL, Series, reason, to_json
from ankleviewer.io.series import named

LIST = "list"
HOW = "--series NUMBER takes one of them, `ankleviewer info PATH --series list` lists them."
HINTS = dict.fromkeys(SEVERAL, HOW)  # what helps, by the code of a refusal


def chosen(path: str, name: str | None) -> str:
    """The key of the series that `name` means; "" for None, and for a scan that is refused, which opening it will tell.

    Raises:
        ScanError: SERIES_UNKNOWN.
    """
    if name is None:
        return ""
    try:
        with console.Progress() as progress:
            found = session.series_in(path, progress)
    except ScanError:
        return ""
    if not found:
        return ""
    try:
        return named(found, name.strip()).key
    except ScanError as error:
        raise ScanError(error.code, f"{error.message} {HOW}") from None


def show(path: str, json_target: str | None) -> int:
    """Print what can be opened, and write it as JSON; of a scan that is refused that, too.

    Returns:
        The exit code, that of a refused scan where there is nothing.

    Raises:
        As `session.series_in`; OSError.
    """
    try:
        with console.Progress() as progress:
            found = session.series_in(path, progress)
    except ScanError as error:
        refused = {"refused": {"code": error.code, "message": error.message}}
        console.write_json(to_json(path, ()) | refused, json_target)
        raise
    console.write_json(to_json(path, found), json_target)
    if json_target != console.STDOUT:
        print(text(path, found))
        print(DISCLAIMER)
    return exits.DONE if found else exits.SCAN_REFUSED


def text(path: str, found: Sequence[Series]) -> str:
    """The list for people."""
    lines = [path]
    why = reason(found)
    for n, series in enumerate(found, start=1):
        lines.append(f"  {n}  {series.description or 'no description'} ({series.key})")
        lines.append(f"     {', '.join(_facts(series))}")
        if n == 1 and why:
            lines.append(f"     proposed: {why}")
        elif series.lack:
            lines.append(f"     not proposed: {LACKS[series.lack]}")
    return "\n".join(lines if found else [*lines, "  Nothing that can be opened."])


def _facts(series: Series) -> list[str]:
    columns, rows = series.size
    facts = [series.plane] if series.plane else []
    facts += ["one slice" if series.slices == 1 else f"{series.slices} slices", f"{columns} × {rows} pixels"]
    if series.spacing_mm is not None:
        facts.append(" × ".join(f"{v:.2f}" for v in series.spacing_mm) + " mm")
    if series.overlapping:
        facts.append(f"{series.thickness_mm:.2f} mm thick")
    return [*facts, f"kernel {series.kernel}"] if series.kernel else facts
