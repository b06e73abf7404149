"""The answer as a DICOM structured report: Comprehensive 3D SR after TID 1500 "Measurement Report" (PS3.16)."""

from __future__ import annotations

import functools
import math
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import highdicom as hd
import numpy as np
from highdicom import sr

from ankleviewer import DISCLAIMER, __version__
from ankleviewer.core.assessment.result import Box, ModelAnswer
from ankleviewer.core.findings import Finding
from ankleviewer.core.geometry import Point
from ankleviewer.core.reading.conclusion import Verdict
from ankleviewer.core.reading.measure import Measure
from ankleviewer.core.reading.measure_tools import title as measure_title
from ankleviewer.core.reading.review import Mark, Missed
from ankleviewer.reports.dicom import codes

DEVICE = hd.UID.from_uuid(str(uuid.uuid5(uuid.NAMESPACE_DNS, "ankleviewer")))  # of this program, whatever computer it runs on


def report(evidence: Sequence[Any], groups: Sequence[Any], identity: dict[str, Any]) -> sr.Comprehensive3DSR:
    """The document: complete for what the program says, not verified by anybody.

    Args:
        evidence: headers of the scan's images (`io.originals`), and the segmentations that the groups refer to.
        groups: of `answer_group`, `reading_group`, `place_group`, `missed_group` and `measure_group`.
        identity: series and number, see `results`.
    """
    device = sr.ObserverContext(
        observer_type=hd.sr.coding.CodedConcept("121007", "DCM", "Device"),
        observer_identifying_attributes=sr.DeviceObserverIdentifyingAttributes(
            uid=DEVICE, name="AnkleViewer", manufacturer_name="AnkleViewer", model_name=f"AnkleViewer {__version__}"
        ),
    )
    content = sr.MeasurementReport(
        observation_context=sr.ObservationContext(observer_device_context=device),
        procedure_reported=codes.CT,
        imaging_measurements=list(groups),
        language_of_content_item_and_descendants=sr.LanguageOfContentItemAndDescendants(
            hd.sr.coding.CodedConcept("en", "RFC5646", "English")
        ),
    )
    return sr.Comprehensive3DSR(evidence=list(evidence), content=content, is_complete=True, is_final=False, **identity)


@dataclass(frozen=True)
class Whose:
    """The ankle that a group is of: its side, "L", "R" or another word where not known, and its name, which no other one has."""

    side: str
    name: str


def answer_group(
    answer: ModelAnswer,
    whose: Whose,
    algorithm: Mapping[str, str],
    thresholds: tuple[float, float] | None,
    checks: Sequence[Finding] = (),
) -> Any:
    """One model's answer for one ankle: call, probability, thresholds (no fracture below, fracture from), and what the checks of
    the scan warn of, without which no answer is to be read.
    """
    figures = [(codes.PROBABILITY, answer.probability)]
    figures += [(codes.SENSITIVE, thresholds[0]), (codes.SPECIFIC, thresholds[1])] if thresholds is not None else []
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(hd.UID(), f"{answer.name}, {whose.name}"),
        finding_type=codes.ANSWER,
        algorithm_id=_algorithm(answer, algorithm),
        finding_sites=[_site(whose.side)],
        measurements=[
            sr.Measurement(name=name, value=round(value, 6), unit=codes.UNITS[""])
            for name, value in figures
            if value is not None and answer.probability is not None
        ],
        qualitative_evaluations=[
            sr.QualitativeEvaluation(codes.CALL, codes.CALLS[answer.call]),
            *(sr.QualitativeEvaluation(codes.CHECK, codes.check(one)) for one in checks),
        ],
    )


def reading_group(verdict: Verdict, unaided: bool, whose: Whose) -> Any:
    """A reader's own answer for one ankle. The remark is not told: it is free text, which may name somebody."""
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(hd.UID(), f"reader, {whose.name}"),
        finding_type=codes.READING,
        finding_sites=[_site(whose.side)],
        qualitative_evaluations=[
            sr.QualitativeEvaluation(codes.VERDICT, codes.VERDICTS[verdict]),
            sr.QualitativeEvaluation(codes.UNAIDED, codes.YES if unaided else codes.NO),
        ],
    )


@dataclass(frozen=True)
class Where:
    """A box in the scan.

    Attributes:
        uid: tracking UID, that of its segment too; center_mm: LPS mm.
        segment: the segmentation and the number in it; None where the box lies beside the images.
        frame_of_reference: of the scan.
    """

    uid: str
    center_mm: Point
    segment: tuple[Any, int] | None
    frame_of_reference: str


def place_group(
    answer: ModelAnswer, number: int, box: Box, whose: Whose, algorithm: Mapping[str, str], mark: Mark | None, where: Where
) -> Any:
    """A box of an answer, and what the reader said of it.

    Args:
        number: of the finding, from 1, as the window counts.
    """
    extent = np.subtract(box.max_mm, box.min_mm)
    measured = [sr.Measurement(name=codes.SHARE, value=round(box.score, 4), unit=codes.UNITS[""])]
    measured += [
        sr.Measurement(name=name, value=round(float(mm), 2), unit=codes.UNITS["mm"])
        for name, mm in zip(codes.EXTENTS, extent, strict=True)
    ]
    said = [sr.QualitativeEvaluation(codes.JUDGEMENT, codes.JUDGEMENTS[mark.judgement])] if mark is not None else []
    return _group(where)(
        tracking_identifier=sr.TrackingIdentifier(where.uid, f"{answer.name}, {whose.name}, place {number}"),
        finding_type=codes.PLACE,
        algorithm_id=_algorithm(answer, algorithm),
        finding_sites=[_site(whose.side)],
        measurements=measured,
        qualitative_evaluations=said,
    )


def readers_box_group(number: int, whose: Whose, where: Where) -> Any:
    """The box that a reader drew in the place of a model's."""
    return _group(where)(
        tracking_identifier=sr.TrackingIdentifier(where.uid, f"reader, {whose.name}, place {number}"),
        finding_type=codes.READERS,
        finding_sites=[_site(whose.side)],
    )


def missed_group(missed: Missed, whose: Whose, code: Any, frame_of_reference: str) -> Any:
    """A place that the reader marked, as a point in space; `code`: MISSED by the models, or MARKED alone."""
    return sr.PlanarROIMeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(hd.UID(), f"reader, {whose.name}, M{missed.number}"),
        referenced_region=sr.ImageRegion3D(
            sr.GraphicTypeValues3D.POINT, np.array([missed.center_mm], dtype=np.float64), frame_of_reference
        ),
        finding_type=code,
        finding_sites=[_site(whose.side)],
    )


def measure_group(measure: Measure, whose: Whose, frame_of_reference: str) -> Any | None:
    """A reader's measure: its values, and its points in space; None of one without a value that DICOM can tell (of a newer
    program's tool).
    """
    values = [value for value in measure.values if value.unit in codes.UNITS and math.isfinite(value.number)]
    if not values:
        return None
    kind, points = _shape(measure)
    where = sr.CoordinatesForMeasurement3D(kind, np.array(points, dtype=np.float64), frame_of_reference)
    return sr.MeasurementsAndQualitativeEvaluations(
        tracking_identifier=sr.TrackingIdentifier(hd.UID(), f"measure {measure.number}"),
        finding_type=codes.named(measure_title(measure.kind)),
        finding_sites=[_site(whose.side)],
        measurements=[
            sr.Measurement(
                name=codes.named(value.name),
                value=round(value.number, 3),
                unit=codes.UNITS[value.unit],
                referenced_coordinates=[where],
            )
            for value in values
        ],
    )


def _shape(measure: Measure) -> tuple[Any, Sequence[Sequence[float]]]:
    """The points as DICOM has them (PS3.3 C.18.9.1.2): a region, of which the middle and the ends of two half axes are kept, as
    an ellipse by the ends of its axes, the longer first; a line or an angle as it was drawn; others as points.
    """
    points = measure.points
    if measure.kind == "region" and len(points) == 3:
        middle, *ends = (np.array(p) for p in points)
        one, other = sorted((end - middle for end in ends), key=lambda half: -float(np.linalg.norm(half)))
        return sr.GraphicTypeValues3D.ELLIPSE, [middle - one, middle + one, middle - other, middle + other]
    if len(points) == 1:
        return sr.GraphicTypeValues3D.POINT, points
    drawn = measure.kind in ("distance", "angle")
    return sr.GraphicTypeValues3D.POLYLINE if drawn else sr.GraphicTypeValues3D.MULTIPOINT, points


def _group(where: Where) -> Callable[..., Any]:
    """The measurement group of a segment, or of the box's middle."""
    if where.segment is None:
        at = np.array([where.center_mm], dtype=np.float64)
        point = sr.ImageRegion3D(sr.GraphicTypeValues3D.POINT, at, where.frame_of_reference)
        return functools.partial(sr.PlanarROIMeasurementsAndQualitativeEvaluations, referenced_region=point)
    held, number = where.segment
    series = sr.SourceSeriesForSegmentation(held.ReferencedSeriesSequence[0].SeriesInstanceUID)
    voxels = sr.ReferencedSegment(held.SOPClassUID, held.SOPInstanceUID, number, source_series=series)
    return functools.partial(sr.VolumetricROIMeasurementsAndQualitativeEvaluations, referenced_segment=voxels)


def _algorithm(answer: ModelAnswer, about: Mapping[str, str]) -> sr.AlgorithmIdentification:
    parameters = [f"{name}: {value}" for name, value in about.items()]
    return sr.AlgorithmIdentification(
        name=answer.name,
        version=answer.version,
        parameters=[DISCLAIMER, *parameters],
        family=codes.NETWORK,
        manufacturer="AnkleViewer",
    )


def _site(side: str) -> sr.FindingSite:
    return sr.FindingSite(anatomic_location=codes.ANKLE, laterality=codes.SIDES.get(side))
