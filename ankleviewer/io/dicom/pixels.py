"""Transfer syntaxes: which encodings are read, with what consequence, and the decoding of one frame to stored numbers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.errors import ScanError
from ankleviewer.core.findings import Finding
from ankleviewer.io.dicom.codestream import size_of

UID = "1.2.840.10008.1.2"
NATIVE = {UID, f"{UID}.1", f"{UID}.2", f"{UID}.1.99"}
LOSSLESS = {f"{UID}.5", f"{UID}.4.57", f"{UID}.4.70", f"{UID}.4.80", f"{UID}.4.90", f"{UID}.4.201", f"{UID}.4.202"}
LOSSY = {f"{UID}.4.51", f"{UID}.4.81", f"{UID}.4.91", f"{UID}.4.203"}
LOSSY_8BIT = {f"{UID}.4.50"}
# Decoded here: pydicom itself has no permissively licensed decoder for these JPEG processes, and for high-throughput JPEG 2000
# none without a package that is not among the requirements.
JPEG = {f"{UID}.4.50", f"{UID}.4.51", f"{UID}.4.57", f"{UID}.4.70"}
HTJ2K = {f"{UID}.4.201", f"{UID}.4.202", f"{UID}.4.203"}
RLE = f"{UID}.5"
RETIRED = {
    f"{UID}.4.53": "JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8)",
    f"{UID}.4.55": "JPEG Full Progression, Non-Hierarchical (Process 10 & 12)",
}
RETIRED.update({f"{UID}.4.{n}": f"retired JPEG process, syntax .4.{n}" for n in (52, 54, 56, 58, 59, 60, 61, 62, 63, 64, 65, 66)})
DAMAGED = "An image is damaged or cut off and cannot be decoded."


def syntax_of(dataset: Any) -> str:
    """The transfer syntax; for a file without meta information the one under which pydicom could read it."""
    meta = getattr(dataset, "file_meta", None)
    uid = str(meta.get("TransferSyntaxUID", "")) if meta is not None else ""
    if uid:
        return uid
    implicit, little = dataset.original_encoding
    return f"{UID}.2" if little is False else UID if implicit else f"{UID}.1"


def lossy() -> Finding:
    """The remark on images that were compressed with loss."""
    return Finding("caveat", "PIXELS_LOSSY", "The images were compressed with loss; fine lines may be missing or invented.")


def few_greys() -> Finding:
    """The remark on images of 8 bits."""
    return Finding("withhold", "PIXELS_LOSSY_8BIT", "The images were reduced to 256 grey values; no model is run.")


def syntax_findings(uid: str) -> list[Finding]:
    """What the encoding means for the values.

    Raises:
        ScanError: TS_RETIRED, TS_PRIVATE or TS_NO_DECODER.
    """
    if uid in NATIVE or uid in LOSSLESS:
        return []
    if uid in LOSSY:
        return [lossy()]
    if uid in LOSSY_8BIT:
        return [few_greys()]
    if uid in RETIRED:
        raise ScanError(
            "TS_RETIRED",
            f"The images are stored as {RETIRED[uid]} ({uid}), which was retired from the standard; "
            "re-export uncompressed or as JPEG 2000 lossless.",
        )
    safe = "".join(c for c in uid if c.isdigit() or c == ".")[:64]
    if uid.startswith("1.2.840.10008."):
        raise ScanError("TS_NO_DECODER", f"There is no decoder for the transfer syntax {safe}; re-export uncompressed.")
    raise ScanError("TS_PRIVATE", f"The images are stored in a maker's private transfer syntax ({safe}); re-export uncompressed.")


def decode(dataset: Any, index: int) -> NDArray[np.generic]:
    """One frame as stored numbers, shape (rows, columns).

    Raises:
        ScanError: NO_PIXELS, DTYPE_UNSUPPORTED, PIXELS_TRUNCATED, or as `syntax_findings`.
    """
    if "PixelData" not in dataset or not dataset.PixelData:
        raise ScanError("NO_PIXELS", "An image file of the series holds no pixels.")
    samples, bits = int(dataset.get("SamplesPerPixel", 1)), int(dataset.get("BitsAllocated", 0))
    if samples != 1 or bits not in (8, 16, 32):
        raise ScanError("DTYPE_UNSUPPORTED", f"The images have {samples} colours of {bits} bits; one of 8, 16 or 32 is expected.")
    if str(dataset.get("PhotometricInterpretation", "MONOCHROME2")).strip() == "PALETTE COLOR":
        raise ScanError("DTYPE_UNSUPPORTED", "The images are coloured pictures, not CT values.")
    uid = syntax_of(dataset)
    syntax_findings(uid)
    if uid in NATIVE | {RLE}:
        _check_bits(dataset, bits)
    rows, columns = int(dataset.Rows), int(dataset.Columns)
    frames = int(dataset.get("NumberOfFrames", 1) or 1)
    if uid in NATIVE and len(dataset.PixelData) < rows * columns * (bits // 8) * frames:
        raise ScanError(
            "PIXELS_TRUNCATED",
            f"An image is cut off: {len(dataset.PixelData)} bytes of pixels, {rows * columns * (bits // 8) * frames} are needed.",
        )
    try:
        stream = b"" if uid in NATIVE | {RLE} else _compressed(dataset, index, frames, (rows, columns))
        stored = _imagecodecs(dataset, stream) if uid in JPEG | HTJ2K else _pydicom(dataset, index)
    except ScanError:
        raise
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - decoders are foreign code and raise anything; to the reader it is one damaged image
        raise ScanError("PIXELS_TRUNCATED", DAMAGED) from None
    if stored.shape != (rows, columns):
        raise _other_size(stored.shape, (rows, columns))
    return stored


def _check_bits(dataset: Any, bits: int) -> None:
    """Values must begin at bit 0, as the standard now asks (PS3.5 8.1.1); in old files something else could lie there."""
    stored = int(dataset.get("BitsStored", bits) or bits)
    high = int(dataset.get("HighBit", stored - 1))
    if high != stored - 1:
        raise ScanError(
            "DTYPE_UNSUPPORTED", f"The values end at bit {high} of {bits} and have {stored} bits; they must begin at bit 0."
        )


def _compressed(dataset: Any, index: int, frames: int, wanted: tuple[int, int]) -> bytes:
    """One compressed image. A decoder makes room for what it claims, so the claim is compared first."""
    from pydicom.encaps import get_frame

    stream = get_frame(dataset.PixelData, index, number_of_frames=frames)
    claimed = size_of(stream)
    if claimed is None:
        raise ScanError("PIXELS_TRUNCATED", DAMAGED)
    if claimed != wanted:
        raise _other_size(claimed, wanted)
    return stream


def _other_size(found: tuple[int, ...], wanted: tuple[int, int]) -> ScanError:
    return ScanError("PIXELS_TRUNCATED", f"An image decodes to {found}, its header says {wanted}.")


def _pydicom(dataset: Any, index: int) -> NDArray[np.generic]:
    from pydicom.pixels.utils import pixel_array

    if not getattr(dataset, "file_meta", None) or "TransferSyntaxUID" not in dataset.file_meta:
        from pydicom import uid as uids
        from pydicom.dataset import FileMetaDataset

        dataset.file_meta = FileMetaDataset()
        dataset.file_meta.TransferSyntaxUID = uids.UID(syntax_of(dataset))
    return np.asarray(pixel_array(dataset, index=index, raw=True))


def _imagecodecs(dataset: Any, stream: bytes) -> NDArray[np.generic]:
    """JPEG baseline, extended (12 bit) and lossless (all by libjpeg-turbo), and high-throughput JPEG 2000 (OpenJPH)."""
    decode_frame: Callable[..., Any]
    try:
        if syntax_of(dataset) in HTJ2K:
            from imagecodecs import htj2k_decode as decode_frame
        else:
            from imagecodecs import jpeg8_decode as decode_frame
    except ImportError:
        raise ScanError("TS_NO_DECODER", "This installation has no decoder for JPEG images (package imagecodecs).") from None
    stored = np.asarray(decode_frame(stream))
    # JPEG carries plain bits, of BitsAllocated too (DCMTK): those above BitsStored are no part of the number (an overlay, a sign
    # carried on), and a signed number of BitsStored bits has its sign in the highest of them.
    bits = int(dataset.get("BitsStored") or 16)
    wide = stored.astype(np.int32) & ((1 << bits) - 1)
    if int(dataset.get("PixelRepresentation") or 0) == 1:
        wide = np.where(wide >= 1 << (bits - 1), wide - (1 << bits), wide)
    return wide
