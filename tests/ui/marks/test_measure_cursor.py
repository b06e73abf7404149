"""The tools' cursors: told apart, their hot spot free so that the point itself is seen."""

from __future__ import annotations

from ankleviewer.ui.marks.measure_cursor import tool_cursor


def test_cursors_differ_and_leave_the_point_free(qapp) -> None:
    images = {}
    for name in ("distance", "angle", "region", "step-off"):
        cursor = tool_cursor(name)
        image = cursor.pixmap().toImage()
        spot = cursor.hotSpot()
        assert image.pixelColor(spot).alpha() == 0 and image.pixelColor(spot.x() + 8, spot.y()).alpha() > 200
        images[name] = bytes(image.constBits())
    assert len(set(images.values())) == 4
