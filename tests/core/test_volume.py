from __future__ import annotations

import numpy as np
import pytest

from ankleviewer.core.geometry import Grid
from ankleviewer.core.volume import Volume

GRID = Grid.axis_aligned((3, 4, 5), 1.0, (0, 0, 0))


def test_a_volume_holds_what_it_was_given():
    hu = np.arange(60, dtype=np.int16).reshape(3, 4, 5)
    volume = Volume(hu, GRID, hu > 50)
    assert volume.hu is hu
    assert volume.padding.sum() == 9


@pytest.mark.parametrize(
    ("hu", "padding"),
    [
        (np.zeros((3, 4, 5), np.float32), None),
        (np.zeros((4, 3, 5), np.int16), None),
        (np.zeros((3, 4, 5), np.int16), np.zeros((3, 4, 4), bool)),
    ],
)
def test_what_does_not_fit_is_refused(hu, padding):
    with pytest.raises(ValueError):
        Volume(hu, GRID, padding)
