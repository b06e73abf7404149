"""What a scan was read from, so that a later run knows whether it has to be read again."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from trainer.scans.manifest import Row

# Rises where the same file becomes something else than before (2: no other leg, 3: marks as their numbers are, 4: own heat maps
# are no scans, wrongly counted frames are refused, 5: a fracture marked in an ankle that is cut off is none of the other, 6: bits
# above those stored are cut, sides and completeness of ankles, legs that lie across beside others, values cut off below, 7:
# joints at the side of the field of view, gaps in turned cubes, a little air, ages that were taken away, 8: a ZIP of a file
# and its copy, or of a file and DICOM objects without slices, is one scan, 9: legs across are looked for near where they show,
# 10: numbers for outside the field, padding within the tissue, the axis of another leg, marks of another leg, 11: a position that
# rounding makes unsure is none that contradicts, slices that are missing where a model looks, 12: slices above 3.3 mm,
# projections, images of one material and 8 bits are not assessed, runs over one place are series of their own, what was filled up
# is no field of view; 13 and 14: blank slices near the joint withhold; 15: a leg that lies across faces forward in the cube,
# none is lost beside it, and no cube is laid where the locator failed).
TAKING_IN = 15


def fingerprint(row: Row, manifest: Path) -> str:
    """What a scan is made from: its place as seen from the table, its label (which tells what ankle of two is meant), its marks'
    place, and name, size and latest change of each file. Another scan under the same id, a scan that was sent anew, another
    label, another reader's marks, or marks that came later are so told from what was read.

    Args:
        manifest: the table, or the folder that holds it.
    """
    seen = hashlib.sha256()
    for top in (row.path, row.mask):
        seen.update(f"{'' if top is None else place_of(top, manifest)}\n".encode("utf-8", "surrogateescape"))
        # below the scan's own place names are enough: to resolve thousands of slices on a share takes minutes
        for file in [] if top is None else [top, *(sorted(top.rglob("*")) if top.is_dir() else ())]:
            if file.is_file():
                stat, name = file.stat(), file.relative_to(top).as_posix()
                seen.update(f"{name}\0{stat.st_size}\0{stat.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    return f"{row.label} {seen.hexdigest()}"


def place_of(path: Path, manifest: Path) -> str:
    """Where a scan lies as seen from its table (or the folder that holds it): the same where both are moved together."""
    table, place = (manifest if manifest.is_dir() else manifest.parent).resolve(), path.resolve()
    try:
        return Path(os.path.relpath(place, table)).as_posix()
    except ValueError:  # another drive of Windows
        return place.as_posix()
