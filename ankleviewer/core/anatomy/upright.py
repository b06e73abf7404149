"""Legs that lie across a scan: a flexed knee, or a file whose axes are not the patient's. The turn that makes such a leg stand,
as all legs did from which locator and networks have learned, and the way back.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import product

import numpy as np

from ankleviewer.core.anatomy.ankles import ALONE, CLOSE_MM, SAME_MM, apart, missing, named, together, towards_shaft
from ankleviewer.core.anatomy.finder import Ankle, find_ankles
from ankleviewer.core.anatomy.landmarks import Located
from ankleviewer.core.anatomy.mortise import NoMortise, find_mortise
from ankleviewer.core.errors import stop_if
from ankleviewer.core.findings import Finding
from ankleviewer.core.geometry import UP, Array, Grid, Point, standing, triple
from ankleviewer.core.imaging.resample import resample
from ankleviewer.core.volume import AIR_HU, Volume

# where up may be instead of where the scan says
OTHERS = ((1.0, 0.0, 0.0), (-1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, -1.0, 0.0), (0.0, 0.0, -1.0))
# and between: towards the edges and corners of a cube
OBLIQUE = tuple((x, y, z) for x, y, z in product((-1.0, 0.0, 1.0), repeat=3) if abs(x) + abs(y) + abs(z) > 1)
HINT = 0.3  # mean confidence in one of the six below which there is nothing to look for in between
ACROSS_DEGREES = 45.0  # a leg that leans less stands, more or less
LEANS_DEGREES = 12.0  # from which on the cube follows the tibia's axis instead of the scan's
SUPPORTED = 0.4  # mean confidence from which an ankle that the bones confirm is beyond doubt
SURER = 0.1  # mean confidence that a turn must add to be believed
FINER_TURN = 0.04  # and that the turn to just upright must add to the best direction
BONES_MM = 1.5  # voxels on which the bones of a turned leg are looked at
AROUND_MM = 200.0  # around its joint: the lower half of the shaft and the whole foot


def in_doubt(bones: Sequence[Ankle], located: Sequence[Located]) -> bool:
    """Whether a leg may lie across the scan: there is no standing ankle of which the locator is sure, alone or with the bones."""
    return not beyond_doubt(bones, located)


def beyond_doubt(bones: Sequence[Ankle], located: Sequence[Located]) -> tuple[Located, ...]:
    """The standing ankles of which the locator is sure, alone or with the bones."""
    return tuple(
        seen
        for seen in located
        if seen.confidence >= (SUPPORTED if any(agree(a, seen) for a in bones) else ALONE)
        and not lies_across(towards_shaft(seen))
    )


def agree(ankle: Ankle, seen: Located) -> bool:
    """Whether bones and locator mean the same joint."""
    return apart(ankle.center_mm, seen.center_mm) <= CLOSE_MM


def lies_across(up: Array) -> bool:
    """Whether a shaft's direction (unit vector, LPS) is far from the scan's own upwards."""
    return float(up[2]) < float(np.cos(np.deg2rad(ACROSS_DEGREES)))


def search(located: Sequence[Located], look: Callable[[Array], Sequence[Located]]) -> tuple[Sequence[Located], Array] | None:
    """The turn in which the locator sees an ankle best, and what it sees there (in the turned millimetres); None where no turn
    shows one clearly better than the scan as it lies.

    Args:
        located: what it saw in the scan as it lies.
        look: what it sees after a turn, 3 x 3.
    """
    direct = asked_for(located)
    if direct is not None and stands(seen := look(direct)):
        return seen, direct
    best, turn = located, np.eye(3)
    straight = [(UP, located)]

    def also(up: Point) -> Sequence[Located]:
        nonlocal best, turn
        seen = look(way := standing(up))
        if surer(best, seen, 0.0):
            best, turn = seen, way
        return seen

    straight += [(up, also(up)) for up in OTHERS]
    if best and best[0].confidence >= HINT:
        likely = [up for up, seen in straight if not surer(seen, best)]
        for oblique in nearest_first(turn.T @ UP, likely):
            if stands(best):
                break
            also(oblique)
    if not surer(located, best):
        return None
    upright = standing(towards_shaft(best[0])) @ turn  # what was found in one of the directions still leans
    seen = look(upright)
    if surer(best, seen, FINER_TURN):
        best, turn = seen, upright
    # a leg that only leans is turned where the locator is sure of it; else the scan as it lies has the better word
    leans = not lies_across(turn.T @ towards_shaft(best[0]))
    return None if leans and best[0].confidence < ALONE else (best, turn)


def asked_for(located: Sequence[Located]) -> Array | None:
    """The turn, 3 x 3, after which the leg of the surest ankle stands by its landmarks; None for no ankle and one that stands."""
    if not located:
        return None
    up = towards_shaft(located[0])
    return standing(up) if lies_across(up) else None


def stands(located: Sequence[Located]) -> bool:
    """Whether the surest ankle is one of which the locator alone is sure, and its leg stands."""
    return bool(located) and located[0].confidence >= ALONE and not lies_across(towards_shaft(located[0]))


def nearest_first(up: Array, likely: Sequence[Point]) -> list[Point]:
    """The oblique directions beside any of the `likely` ones of the six, those beside `up` (3,) first. A leg is no farther than
    55 degrees from the nearest of the six, in which it is seen best or nearly so.
    """
    beside = [way for way in OBLIQUE if any(np.dot(way, one) > 0 for one in likely)]
    return sorted(beside, key=lambda way: -float(np.dot(way, up)) / float(np.linalg.norm(way)))


def turned(volume: Volume, rotation: Array) -> Volume:
    """The same voxels in a patient who was turned about the origin."""
    matrix = np.eye(4)
    matrix[:3, :3] = rotation
    return Volume(volume.hu, Grid(volume.grid.shape, matrix @ volume.grid.affine), volume.padding)


def surer(before: Sequence[Located], after: Sequence[Located], by: float = SURER) -> bool:
    """Whether the surest ankle is clearly surer than the surest one before."""
    first, second = (max((seen.confidence for seen in some), default=0.0) for some in (before, after))
    return bool(second >= first + by)


def standing_ankles(
    volume: Volume,
    coarse: Volume,
    located: Sequence[Located],
    rotation: Array,
    cancelled: Callable[[], bool] | None = None,
) -> tuple[Ankle, ...]:
    """The ankles of a scan whose leg stands once the patient is turned; in the patient's own millimetres.

    Only what the locator saw counts, confirmed by the bones where it is unsure. The bones' side is not heard: it rests on how
    legs lie in a scanner. Complete is what lies in the field of view in every direction.

    Args:
        volume: the scan as it is; coarse: the same at about 2 mm.
        located: what the locator saw in the turned scan, in the turned millimetres.
        rotation: the turn, 3 x 3.

    Raises:
        Cancelled: on request.
    """
    grid = turned(volume, rotation).grid
    stop_if(cancelled)
    upright = _on_its_axes(turned(coarse, rotation), located)
    found = find_ankles(upright, cancelled)
    bones = [replace(a, side="unknown") for a in found if any(agree(a, seen) for seen in located)]
    out = []
    for ankle in together(bones, located, grid):
        seen = next((s for s in located if named(s) == ankle.landmarks), None)
        if seen is not None:
            stop_if(cancelled)
            reason = ankle.reason or missing(seen, grid)
            ankle = replace(ankle, complete=not reason, reason=reason)
            out.append(_back(replace(ankle, up=_shaft(upright, ankle)), rotation))
    return tuple(out)


def unsure_findings(ankles: Sequence[Ankle], located: Sequence[Located]) -> list[Finding]:
    """ANKLE_UNSURE where a complete ankle rests on the bones alone, in a scan in which bones and locator leave doubt: a caveat,
    or withheld where what the locator sees lies so far away that it cannot be the same ankle.
    """
    away = [min((apart(a.center_mm, s.center_mm) for s in located), default=np.inf) for a in ankles if a.complete]
    if all(mm <= CLOSE_MM for mm in away):
        return []
    if max(away) <= SAME_MM:
        text = (
            "The shape of the bones and the landmarks disagree on where the joint lies; check that the ankle itself was assessed."
        )
        return [Finding("caveat", "ANKLE_UNSURE", text)]
    text = (
        "It is not certain where the ankle lies: the shape of the bones and the landmarks say different places; no model is run."
    )
    return [Finding("withhold", "ANKLE_UNSURE", text)]


def _on_its_axes(volume: Volume, located: Sequence[Located]) -> Volume:
    """Resampled along the patient's axes around what was located, as the search for bones needs it; air where nothing was
    scanned.
    """
    low, high = volume.grid.bounds_mm()
    if located:  # the box around a turned scan is several times as large as the scan
        middles = np.array([seen.center_mm for seen in located])
        low, high = np.maximum(low, middles.min(axis=0) - AROUND_MM), np.minimum(high, middles.max(axis=0) + AROUND_MM)
    x, y, z = (max(2, int(np.ceil(extent / BONES_MM))) for extent in high - low)
    grid = Grid.axis_aligned((x, y, z), BONES_MM, low + BONES_MM / 2)
    return Volume(np.rint(resample(volume, grid, float(AIR_HU))).astype(np.int16), grid)


def _shaft(volume: Volume, ankle: Ankle) -> Point:
    """Where the tibia's axis points in a scan turned by right angles; straight up where it is not seen, or hardly leans."""
    try:
        up = find_mortise(volume, ankle).directions[:, 2]
    except NoMortise:
        return UP
    return triple(up) if float(up[2]) < float(np.cos(np.deg2rad(LEANS_DEGREES))) else UP


def _back(ankle: Ankle, rotation: Array) -> Ankle:
    corners = np.array(np.meshgrid(*zip(ankle.min_mm, ankle.max_mm, strict=True), indexing="ij")).reshape(3, -1).T @ rotation
    return replace(
        ankle,
        center_mm=triple(np.asarray(ankle.center_mm) @ rotation),
        min_mm=triple(corners.min(axis=0)),
        max_mm=triple(corners.max(axis=0)),
        landmarks=tuple((name, triple(np.asarray(mm) @ rotation)) for name, mm in ankle.landmarks),
        up=triple(np.asarray(ankle.up) @ rotation),
    )
