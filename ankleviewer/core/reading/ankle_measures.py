"""The surgeon's measures of an ankle, from points that a reader sets. Mathematics alone: what each is, and where it is defined.

No limit is applied anywhere: what the literature reports is shown beside a value as information (`core.reading.measure_tools`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ankleviewer.core.geometry import UP, Array
from ankleviewer.core.reading.measure import distance_mm, unit

SYNDESMOSIS_MM = 10.0  # height over the plafond at which the tibiofibular distances are read


@dataclass(frozen=True, eq=False)
class StepOff:
    """Step-off (>= 0) and gap (negative where the fragments overlap), mm; `corner`: where the two legs meet, LPS mm."""

    step_mm: float
    gap_mm: float
    corner: Array


def step_off(surface: ArrayLike, edge: ArrayLike, other_edge: ArrayLike) -> StepOff:
    """Articular step-off and gap at a fracture line, on one sagittal or coronal slice.

    The joint surface of the larger fragment gives a straight line from `surface` to `edge`, its end at the fracture. The step-off
    is how far the other fragment's edge lies off that line, the gap how far it lies beyond the edge along it. Both are read on
    CT, as Cole et al. do at the distal radius; radiographs miss most of it.

    Source: Cole RJ, Bindra RR, Evanoff BA, et al. Radiographic evaluation of osseous displacement following intra-articular
    fractures of the distal radius: reliability of plain radiography versus computed tomography. J Hand Surg Am 1997; 22: 792-800.

    Args:
        surface: on the joint surface of the larger fragment, about 10 mm from the fracture, LPS mm.
        edge: the end of that surface at the fracture.
        other_edge: the end of the other fragment's joint surface at the fracture.

    Raises:
        ValueError: surface and edge coincide.
    """
    start = np.asarray(edge, dtype=np.float64)
    along = unit(start - np.asarray(surface, dtype=np.float64))
    moved = np.asarray(other_edge, dtype=np.float64) - start
    gap = float(moved @ along)
    corner = start + gap * along
    return StepOff(distance_mm(corner, other_edge), gap, corner)


@dataclass(frozen=True, eq=False)
class PosteriorShare:
    """Lengths along the plafond's chord, mm; the fragment's share, percent; `foot`: the fracture on the chord, LPS mm."""

    share_percent: float
    fragment_mm: float
    plafond_mm: float
    foot: Array


def posterior_share(front: ArrayLike, back: ArrayLike, fracture: ArrayLike) -> PosteriorShare:
    """The posterior fragment's share of the plafond's anteroposterior length, on the sagittal slice where the fragment is
    largest.

    The chord runs from the anterior to the posterior lip of the tibial plafond, the latter on the fragment; the fracture is
    dropped onto it. It is a share of a length: the share of the joint surface's area may differ much from it, and both differ
    from estimates on lateral radiographs.

    Source: Ferries JS, DeCoster TA, Firoozbakhsh KK, Garcia JF, Miller RA. Plain radiographic interpretation in trimalleolar
    ankle fractures poorly assesses posterior fragment size. J Orthop Trauma 1994; 8: 328-331. Meijer DT, Doornberg JN, Sierevelt
    IN, et al. Guesstimation of posterior malleolar fractures on lateral plain radiographs. Injury 2015; 46: 2024-2029.

    Args:
        front, back: anterior and posterior lip of the plafond, LPS mm.
        fracture: where the fracture line meets the joint surface.

    Raises:
        ValueError: the lips coincide.
    """
    lip = np.asarray(back, dtype=np.float64)
    chord = np.asarray(front, dtype=np.float64) - lip
    along, plafond = unit(chord), float(np.linalg.norm(chord))
    fragment = float((np.asarray(fracture, dtype=np.float64) - lip) @ along)
    return PosteriorShare(100.0 * fragment / plafond, fragment, plafond, lip + fragment * along)


def medial_clear_space(malleolus: ArrayLike, talus: ArrayLike) -> float:
    """Medial clear space, mm: between the lateral border of the medial malleolus and the medial border of the talus.

    Read in the mortise view, or the coronal slice nearest to it, square to the two borders, 5 mm below the dome of the talus. The
    values in the literature come from radiographs.

    Source: Murphy JM, Kadakia AR, Schilling PL, Irwin TA. Relationship among radiographic ankle medial clear space, sex, and
    height. Orthopedics 2014; 37: e449-454. DeAngelis JP, Anderson R, DeAngelis NA. Understanding the superior clear space in the
    adult ankle. Foot Ankle Int 2007; 28: 490-493.
    """
    return distance_mm(malleolus, talus)


@dataclass(frozen=True)
class Syndesmosis:
    """Tibiofibular distances in front, middle and back (as many as there are pairs), and their height over the plafond, mm."""

    distances_mm: tuple[float, ...]
    height_mm: float


def syndesmosis(plafond: ArrayLike, pairs: Sequence[tuple[ArrayLike, ArrayLike]], up: ArrayLike) -> Syndesmosis:
    """Tibiofibular distances on the axial slice 10 mm above the plafond: anterior, middle, posterior.

    Anterior: from the front corner of the tibia's fibular notch to the nearest point of the fibula; posterior: likewise at the
    back corner; middle: between both where the notch is deepest. Single values vary much between people; the other side tells
    more.

    Source: Nault ML, Hebert-Davies J, Laflamme GY, Leduc S. CT scan assessment of the syndesmosis: a new reproducible method. J
    Orthop Trauma 2013; 27: 638-641. Gardner MJ, Demetrakopoulos D, Briggs SM, Helfet DL, Lorich DG. Malreduction of the
    tibiofibular syndesmosis in ankle fractures. Foot Ankle Int 2006; 27: 788-792.

    Args:
        plafond: the middle of the tibial plafond, LPS mm.
        pairs: (tibia, fibula) in front, in the middle, at the back, LPS mm.
        up: unit vector along the leg's shaft, away from the joint; heights are told along it.
    """
    points = np.asarray([mm for pair in pairs for mm in pair], dtype=np.float64).reshape(-1, 3)
    height = float(((points - np.asarray(plafond)) @ np.asarray(up, dtype=np.float64)).mean()) if len(points) else 0.0
    return Syndesmosis(tuple(distance_mm(a, b) for a, b in pairs), height)


def towards(up: ArrayLike, normal: ArrayLike) -> Array:
    """The unit normal of slices, which may point either way, turned towards the shaft of the leg (`up`, LPS)."""
    along = unit(normal)
    return np.asarray(along if float(along @ np.asarray(up, dtype=np.float64)) >= 0 else -along)


def level_above(plafond: ArrayLike, normal: ArrayLike, up: ArrayLike = UP, height_mm: float = SYNDESMOSIS_MM) -> Array:
    """The position `height_mm` above the plafond, square to the axial slices, LPS mm.

    Args:
        plafond: LPS mm.
        normal: of the slices; may point either way.
        up: towards the shaft, LPS; of a leg that lies across the scan that is not the head's side.
    """
    return np.asarray(np.asarray(plafond, dtype=np.float64) + height_mm * towards(up, normal))
