"""What part of a scan is shown of an ankle."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ankleviewer.core.geometry import Array
from ankleviewer.core.reading.whose import Boxed

ANKLE_MARGIN_MM = 12.0
BOX_MARGIN_MM = 6.0


def region(ankle: Boxed, boxes: Sequence[Boxed] = ()) -> tuple[Array, Array]:
    """LPS box (min, max) that shows an ankle and the boxes of its answer with some room around them, mm.

    The boxes count too: a model looks farther up the shaft than an ankle's box reaches that was made of landmarks alone.
    """
    lows = [np.asarray(ankle.min_mm) - ANKLE_MARGIN_MM, *(np.asarray(box.min_mm) - BOX_MARGIN_MM for box in boxes)]
    highs = [np.asarray(ankle.max_mm) + ANKLE_MARGIN_MM, *(np.asarray(box.max_mm) + BOX_MARGIN_MM for box in boxes)]
    return np.min(lows, axis=0), np.max(highs, axis=0)
