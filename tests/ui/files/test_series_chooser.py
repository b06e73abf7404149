"""SeriesChooser: rows tell what a reader needs, names only where they may be seen, everything by keys."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from ankleviewer.core.serieschoice import Series
from ankleviewer.ui.files.series_chooser import EDGE, SeriesChooser

GREY = np.tile(np.linspace(0, 255, 160).astype(np.uint8), (120, 1))
FOUND = (
    Series("a" * 16, "Meier ankle 0.6", "axial", 230, (512, 512), (0.4, 0.4, 0.6), "B60s", GREY),
    Series("b" * 16, "Soft 3.0", "axial", 46, (512, 512), (0.4, 0.4, 3.0), "B30s", GREY),
    Series("c" * 16, "", "coronal", 60, (400, 512), None, "", None),
)


@pytest.fixture
def chooser(qtbot):
    parent = QWidget()
    qtbot.addWidget(parent)  # and the dialogs with it; a dialog deletes itself when it is closed

    def make(hidden: bool = False, current: str = "") -> tuple[SeriesChooser, list[str]]:
        dialog, heard = SeriesChooser(parent, lambda: hidden, current), []
        dialog.chosen.connect(heard.append)
        dialog.show()
        dialog.show_series(FOUND)
        return dialog, heard

    yield make
    for dialog in parent.findChildren(SeriesChooser):
        dialog.reject()


def test_rows_say_what_each_is_and_which_is_proposed(chooser) -> None:
    dialog, _ = chooser()
    texts = [dialog.list.item(n).text() for n in range(3)]
    assert texts[0].split("\n") == [
        "1   Meier ankle 0.6",
        "230 slices   512 × 512 pixels   0.40 × 0.40 × 0.60 mm",
        "axial   kernel B60s",
        "Proposed: the thinnest slices",
    ]
    assert "Proposed" not in texts[1] and "Not proposed: its headers" in texts[2] and texts[2].startswith("3   Series 3")
    assert dialog.list.currentRow() == 0 and dialog.open_button.isEnabled()
    image = dialog.list.item(0).icon().pixmap(QSize(EDGE, EDGE)).toImage()
    assert image.pixelColor(EDGE - 4, EDGE // 2).lightness() > 200
    assert image.pixelColor(4, EDGE // 2).lightness() < 60
    assert image.pixelColor(EDGE // 2, 2).lightness() < 30  # a flat picture lies on black


def test_names_are_hidden_where_privacy_is_on(chooser) -> None:
    dialog, _ = chooser(hidden=True)
    assert dialog.list.item(0).text().startswith("1   Series 1\n") and "Meier" not in dialog.list.item(0).text()


def test_the_open_series_is_marked_and_chosen(chooser) -> None:
    dialog, _ = chooser(current="b" * 16)
    assert dialog.list.currentRow() == 1 and "Open now" in dialog.list.item(1).text()


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ([Qt.Key.Key_Return], "a"),
        ([Qt.Key.Key_Down, Qt.Key.Key_Return], "b"),
        ([Qt.Key.Key_2], "b"),
        ([Qt.Key.Key_End, Qt.Key.Key_Enter], "c"),
    ],
)
def test_keys_choose_and_open(chooser, keys, expected) -> None:
    dialog, heard = chooser()
    for key in keys:
        QTest.keyClick(dialog.list, key)
    assert heard == [expected * 16]


def test_escape_opens_nothing(chooser) -> None:
    dialog, heard = chooser()
    QTest.keyClick(dialog.list, Qt.Key.Key_Escape)
    assert heard == []
