"""What a picture of a scan is about: the answer with the strongest finding, the scene, and where its planes cross."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ankleviewer.core.anatomy.finder import Ankle
from ankleviewer.core.assessment.ankle_names import ankle_name
from ankleviewer.core.assessment.caution import told_of_ankle
from ankleviewer.core.assessment.explain import HeatMap
from ankleviewer.core.assessment.result import ModelAnswer, Triple
from ankleviewer.core.display.framing import region
from ankleviewer.core.display.scene import Scene
from ankleviewer.core.volume import Volume


def strongest(answers: Sequence[ModelAnswer], default: str = "") -> ModelAnswer | None:
    """The answer to be pictured, with which the window opens too: the default model's with the largest probability, any model's
    where the default one gave none; None where nothing was assessed.
    """
    told = [a for a in answers if a.probability is not None]
    return max(told, key=lambda a: (a.name == default, a.probability or 0.0), default=None)


def with_other_ankles(answers: Sequence[ModelAnswer], first: ModelAnswer | None) -> list[ModelAnswer | None]:
    """The answers a report pictures: the first, then those in which the same model suspects something in another ankle, or
    another model where that one failed on it.
    """
    if first is None:
        return [None]
    others = sorted({a.ankle for a in answers if a.ankle is not None} - {first.ankle})
    told = (told_of_ankle(answers, ankle, first.name) for ankle in others)
    return [first, *(a for a in told if a is not None and a.boxes)]


def scene_of(
    volume: Volume, ankles: Sequence[Ankle], heatmaps: Mapping[tuple[str, int], HeatMap], answer: ModelAnswer | None
) -> tuple[Scene, Triple, str]:
    """The scene of one answer.

    Args:
        volume, ankles: of the scan.
        heatmaps: by model name and index of the ankle.
        answer: the one shown, None for the scan alone.

    Returns:
        The scene; where the planes cross, LPS mm: the strongest finding, else the joint, else the middle of the scan; the ankle's
        name, "" without one.
    """
    index = answer.ankle if answer is not None and answer.ankle is not None else 0
    ankle = ankles[index] if index < len(ankles) else None
    boxes = answer.boxes if answer is not None else ()
    scene = Scene(
        volume,
        heatmaps.get((answer.name, index)) if answer is not None and boxes else None,
        boxes,
        firm=answer is not None and answer.call == "fracture",
        region=region(ankle, boxes) if ankle else None,
    )
    x, y, z = volume.grid.to_mm([(n - 1) / 2 for n in volume.grid.shape])
    middle = ankle.center_mm if ankle else (float(x), float(y), float(z))
    return scene, boxes[0].center_mm if boxes else middle, ankle_name(ankles, index) if ankle else ""
