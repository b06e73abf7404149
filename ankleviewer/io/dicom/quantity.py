"""Of what the numbers of an image are: Hounsfield units of slices as they were reconstructed, or something worked out from them.

Projections, images of one material or without one, and pictures of 256 grey values can look like a CT of bones, and models that
learned from plain slices see, or miss, fractures in them.
"""

from __future__ import annotations

import re
from typing import Any

from ankleviewer.core.findings import Finding
from ankleviewer.io.dicom import headers as dicom_headers
from ankleviewer.io.dicom import pixels as dicom_pixels

# Rescale Type (0028,1054): Hounsfield units, or nothing that is told
HU_TYPES = ("", "HU", "US")
# Image Type (0008,0008), Frame Type (0008,9007) and Volume Based Calculation Technique (0008,9207), by the standard's terms
# (PS3.3 C.8.2.1.1.1, C.8.16.1) and the words that makers put among them
PROJECTED = frozenset({"MIP", "MINIP", "MAXIP", "MAX_IP", "MIN_IP", "MAXIMUM", "MINIMUM", "PROJECTION", "VOLUME_RENDER", "VRT"})
MATERIAL = frozenset(
    {
        *(
            "MAT_SPECIFIC",
            "MAT_REMOVED",
            "MAT_FRACTIONAL",
            "MAT_MODIFIED",
            "MAT_VALUE_BASED",
            "EFF_ATOMIC_NUM",
            "ELECTRON_DENSITY",
        ),
        *("VNC", "VNCA", "VUE", "VUI", "IODINE", "WATER", "CALCIUM", "MATERIAL", "SUBTRACTION"),
    }
)
ENERGY = re.compile(r"VMI|MONO(?:ENERGETIC|CHROMATIC)?(?:[_ ]?PLUS)?[_ ]?\d{0,3}(?:[_ ]?KEV)?|\d{2,3}[_ ]?KEV")
NOT_PLAIN = {
    "projected": "The images are projections through many slices: nothing is detected in them. Open the slices themselves.",
    "material": "The images show one material, or all but one, or other numbers than Hounsfield units: nothing is detected "
    "in them. Open the plain CT images.",
}
ONE_ENERGY = (
    "The images are worked out for one energy (virtual monoenergetic): bone has other values in them than in a plain CT, from "
    "which the models learned."
)


def not_plain(dataset: Any) -> str:
    """Why an image is no plain CT slice: "projected", "material", or "" where nothing says so."""
    kinds = _kinds(dataset)
    words = kinds | {word for kind in kinds for word in re.split(r"[^A-Z0-9]+", kind)}
    if words & PROJECTED:
        return "projected"
    unit = str(dicom_headers.of_frame(dataset, "PixelValueTransformationSequence", "RescaleType") or "").strip().upper()
    return "material" if words & MATERIAL or unit not in HU_TYPES else ""


def quantity_findings(dataset: Any) -> list[Finding]:
    """By the header of an image: IMAGES_DERIVED or PIXELS_LOSSY_8BIT as "withhold", PIXELS_LOSSY and IMAGES_ONE_ENERGY as
    "caveat".

    What its transfer syntax says stands in `pixels.syntax_findings`; images that were compressed with loss may since have
    been decompressed, and say so (0028,2110).
    """
    found = []
    if why := not_plain(dataset):
        found.append(Finding("withhold", "IMAGES_DERIVED", NOT_PLAIN[why]))
    elif any(ENERGY.fullmatch(kind) for kind in _kinds(dataset)):
        found.append(Finding("caveat", "IMAGES_ONE_ENERGY", ONE_ENERGY))
    said = {finding.code for finding in dicom_pixels.syntax_findings(dicom_pixels.syntax_of(dataset))}
    bits = dicom_headers.number(dataset.get("BitsStored"))
    if bits is not None and bits <= 8 and "PIXELS_LOSSY_8BIT" not in said:
        found.append(dicom_pixels.few_greys())
    elif str(dataset.get("LossyImageCompression", "")).strip() == "01" and not said:
        found.append(dicom_pixels.lossy())
    return found


def _kinds(dataset: Any) -> set[str]:
    """The values of Image Type from the third on, of Frame Type, and how a volume was worked out; in capitals."""
    frame = dicom_headers.of_frame(dataset, "CTImageFrameTypeSequence", "FrameType")
    technique = dicom_headers.of_frame(dataset, "CTImageFrameTypeSequence", "VolumeBasedCalculationTechnique")
    told = [*_values(dataset.get("ImageType"))[2:], *_values(frame)[2:], *_values(technique)]
    return {str(value).strip().upper() for value in told}


def _values(value: Any) -> list[Any]:
    return [] if value is None else [value] if isinstance(value, str) else list(value)
