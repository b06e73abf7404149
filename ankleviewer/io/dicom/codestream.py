"""How large a compressed image says it is, read from its own first bytes: a decoder makes room for that before it looks further.

JPEG (ITU-T T.81, B.2.2), JPEG-LS (ITU-T T.87, C.2.2) and JPEG 2000 (ITU-T T.800, A.5.1, of high throughput too).
"""

from __future__ import annotations

import struct

# start of frame: SOF0 to SOF15 without DHT, JPG and DAC, and JPEG-LS' own
_FRAMES = {*range(0xC0, 0xD0), 0xF7} - {0xC4, 0xC8, 0xCC}
_SIZ = b"\xff\x4f\xff\x51"
_ALONE = {0x01, *range(0xD0, 0xD9)}  # markers without a length


def size_of(stream: bytes) -> tuple[int, int] | None:
    """(rows, columns) of one compressed image; None where it does not begin as one does."""
    if stream[4:8] == b"jP  ":  # in a JP2 file, which DICOM does not want (PS3.5 A.4.4) and some writers make
        stream = stream[max(0, stream.find(_SIZ)) :]
    if stream[:4] == _SIZ:
        return _of_siz(stream)
    return _of_frame(stream) if stream[:2] == b"\xff\xd8" else None


def _of_siz(stream: bytes) -> tuple[int, int] | None:
    if len(stream) < 24:
        return None
    right, bottom, left, top = struct.unpack(">4I", stream[8:24])
    return bottom - top, right - left


def _of_frame(stream: bytes) -> tuple[int, int] | None:
    at = 2
    while at + 9 <= len(stream) and stream[at] == 0xFF:
        marker = stream[at + 1]
        if marker == 0xFF:  # a fill byte
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _FRAMES:
            rows, columns = struct.unpack(">2H", stream[at + 5 : at + 9])
            return rows, columns
        else:
            at += 2 + struct.unpack(">H", stream[at + 2 : at + 4])[0]
    return None
