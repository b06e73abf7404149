"""Small widgets: what gives way where there is no room."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSize, Qt
from PySide6.QtGui import QKeyEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QScrollArea, QSizePolicy, QVBoxLayout, QWidget

from ankleviewer.ui.look.parts import Chip, Chooser, Column, Hints, Slider, closed_up, reveal


def wheel(widget: QWidget) -> bool:
    """A notch of the wheel over a widget; whether it took it."""
    place = QPointF(widget.rect().center())
    none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase, False
    event = QWheelEvent(place, widget.mapToGlobal(place), QPoint(), QPoint(0, -120), *none)
    event.accept()
    widget.wheelEvent(event)
    return event.isAccepted()


def test_the_wheel_changes_no_choice(qtbot) -> None:
    """Scrolling a column, it would write down a reason that nobody gave as soon as a chooser came under the pointer."""
    chooser, slider = Chooser(), Slider()
    chosen: list[int] = []
    for widget in (chooser, slider):
        qtbot.addWidget(widget)
    chooser.addItems(["one", "two", "three"])
    chooser.activated.connect(chosen.append)
    slider.setRange(0, 10)
    assert not wheel(chooser) and not wheel(slider)
    assert chosen == [] and chooser.currentIndex() == 0 and slider.value() == 0
    assert chooser.focusPolicy() == Qt.FocusPolicy.StrongFocus, "nor does it give it the keyboard"


def test_after_a_choice_by_the_mouse_the_arrow_keys_are_the_views(qtbot) -> None:
    page = QWidget()
    chooser, field = Chooser(page), QLineEdit(page)
    chooser.addItems(["one", "two", "three"])
    qtbot.addWidget(page)
    page.show()
    page.activateWindow()
    qtbot.waitUntil(page.isActiveWindow)
    field.hide()
    QTest.mouseClick(chooser, Qt.MouseButton.LeftButton)
    view = chooser.view()
    qtbot.waitUntil(view.isVisible)
    qtbot.wait(QApplication.doubleClickInterval() + 50)  # a combo box takes a quick second click for the end of the first
    QTest.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=view.visualRect(chooser.model().index(1, 0)).center())
    qtbot.waitUntil(lambda: not view.isVisible())
    assert chooser.currentIndex() == 1
    qtbot.waitUntil(lambda: not chooser.hasFocus())
    chooser.setFocus()
    QTest.keyClick(chooser, Qt.Key.Key_Down)
    assert chooser.currentIndex() == 2 and chooser.hasFocus(), "by the keyboard it stays there"


def test_a_column_leaves_the_arrow_keys_to_the_views(qtbot) -> None:
    content = QWidget()
    content.setMinimumHeight(900)
    column = Column(content)
    qtbot.addWidget(column)
    column.resize(100, 100)
    column.show()
    event = QKeyEvent(QKeyEvent.Type.KeyPress, Qt.Key.Key_Down, Qt.KeyboardModifier.NoModifier)
    column.keyPressEvent(event)
    assert not event.isAccepted() and column.verticalScrollBar().value() == 0


def test_hints_without_room_give_way(qtbot) -> None:
    hints = Hints()
    qtbot.addWidget(hints)
    hints.resize(1000, 20)
    hints.show()
    hints.tell("one thing: a   another: b   close: c")
    assert hints.text() == "one thing: a   another: b   close: c" and not hints.toolTip()
    hints.resize(hints.fontMetrics().horizontalAdvance("another: b   close: c") + 4, 20)
    assert hints.text() == "another: b   close: c" and hints.toolTip() == "one thing: a   another: b   close: c"
    hints.resize(10, 20)
    assert hints.text() == "close: c" and hints.minimumSizeHint().width() > 10  # and yet it does not widen a window
    assert hints.sizePolicy().horizontalPolicy() == QSizePolicy.Policy.Ignored
    none = Hints(keep=0)
    qtbot.addWidget(none)
    none.resize(10, 20)
    none.tell("close: c")
    assert none.text() == "" and none.toolTip() == "close: c"


def test_the_text_in_the_menu_bar_gives_way_to_the_menus(make_window, backend) -> None:
    window = make_window(backend)
    bar, facts = window.menuBar(), window.facts
    assert facts.text() == facts._whole and "CT ankle" in facts.text() and facts.width() >= facts.whole_width()
    window.resize(window.minimumSize())
    QApplication.processEvents()
    assert window.size() == QSize(640, 360)
    shown = [bar.actionGeometry(action) for action in bar.actions()]
    assert len(shown) == 6 and all(title.width() > 0 for title in shown), "every menu is there"
    assert max(title.right() for title in shown) < window.menu_corner.geometry().left()
    assert facts.text() != facts._whole and facts.toolTip() == facts._whole
    assert window.menu_corner.geometry().right() <= bar.width() and window.engine.geometry().right() <= window.menu_corner.width()
    window.resize(1280, 800)
    QApplication.processEvents()
    assert facts.text() == facts._whole and facts.toolTip() == ""


def test_the_name_of_the_scan_outlives_the_facts_and_gives_way_to_the_menus(make_window, backend) -> None:
    window = make_window(backend, path="/data/a_rather_long_name_of_a_scan_of_somebody.nii.gz")
    bar, corner = window.menuBar(), window.menu_corner
    for width in (1280, 900, 760, 640):
        window.resize(width, 400)
        QApplication.processEvents()
        menus = max(bar.actionGeometry(action).right() for action in bar.actions())
        assert menus < corner.geometry().left() and corner.geometry().right() <= bar.width()
        name, facts = corner.name, corner.facts
        assert name.fontMetrics().horizontalAdvance(name.text()) <= name.width() <= 240
        assert "…" in name.text() and name.toolTip().endswith("somebody.nii.gz")
        assert not facts.text() or name.text().startswith("a_rather"), "facts give way first"
    assert len(name.text()) > 8, "there is room for some of it even in the smallest window"


def test_no_blank_follows_a_full_width_stop() -> None:
    assert closed_up("评估。 未评估： 跟骨， 足。") == "评估。未评估：跟骨，足。"
    assert closed_up("One. Two: three.") == "One. Two: three."


def test_no_engine_is_named_where_none_has_run(make_window, backend) -> None:
    window = make_window(backend)
    window.menu_corner.tell("0.6 mm", "OpenVINO")
    assert window.engine.text() == "● OpenVINO"
    window.menu_corner.tell("0.6 mm")
    assert window.engine.text() == ""


def test_an_entry_in_lines_is_whole_in_the_box_and_one_line_in_the_list(qtbot) -> None:
    chooser, plain = Chooser(), Chooser()
    for box in (chooser, plain):
        qtbot.addWidget(box)
        box.addItems(["Right ankle  ·  not assessed at all", "Left"])
    chooser.set_lines(0, "Right ankle\nnot assessed at all")
    assert chooser.itemText(0) == plain.itemText(0)
    for index in (0, 1):
        chooser.setCurrentIndex(index)
        more = chooser.sizeHint().height() - plain.sizeHint().height()
        assert more == chooser.fontMetrics().lineSpacing(), "whichever is chosen"
    chooser.setCurrentIndex(0)
    chooser.resize(180, chooser.sizeHint().height())
    chooser.show()
    image = chooser.grab().toImage()
    half, ground = image.height() // 2, image.pixelColor(4, image.height() // 2)

    def ink(rows: range) -> int:
        columns = range(8, 150)
        return sum(abs(image.pixelColor(x, y).lightness() - ground.lightness()) > 60 for x in columns for y in rows)

    assert ink(range(4, half)) > 50 and ink(range(half, image.height() - 4)) > 50, "a line in each half"
    chooser.clear()
    assert chooser.sizeHint().height() < image.height()


def test_an_entry_that_is_too_long_for_its_box_ends_in_dots(qtbot) -> None:
    """What a plain combo box cuts in a letter ("nicht beur") is seen to go on; what is short stays as it is."""
    chooser = Chooser()
    qtbot.addWidget(chooser)
    chooser.addItems(["Right ankle  ·  not assessed at all", "Left"])
    chooser.resize(150, 30)
    chooser.show()

    def last_ink() -> tuple[float, float]:
        """Where the text ends and how high it is there, on whatever screen: px of the widget, of which a picture has several."""
        image = chooser.grab().toImage()
        scale = image.devicePixelRatio()
        ground = image.pixelColor(round(4 * scale), round(15 * scale)).lightness()
        rows, columns = (range(round(low * scale), round(high * scale)) for low, high in ((6, 24), (8, 126)))
        lit = [(x, y) for x in columns for y in rows if abs(image.pixelColor(x, y).lightness() - ground) > 60]
        end = max(x for x, _ in lit)
        return end / scale, sum(x == end for x, _ in lit) / scale

    room = 150 - 20 - 8  # beside the chevron
    end, tall = last_ink()
    assert end < room and tall <= 3, "the last that is seen is a dot, no part of a letter"
    chooser.setCurrentIndex(1)
    assert last_ink()[0] < 50


def test_entries_that_differ_at_their_ends_can_be_told_apart(qtbot, make_window, backend) -> None:
    """Two networks of one kind: the hospital's own is called by its kind and, behind it, its name."""
    seen = []
    for elide in (Qt.TextElideMode.ElideRight, Qt.TextElideMode.ElideMiddle):
        chooser = Chooser(elide=elide)
        qtbot.addWidget(chooser)
        chooser.addItems(["Compact 3D CNN (ours of spring)", "Compact 3D CNN (ours of autumn)"])
        chooser.resize(150, 30)
        chooser.show()
        pictures = []
        for n in range(2):
            chooser.setCurrentIndex(n)
            pictures.append(chooser.grab().toImage())
        seen.append(pictures[0] == pictures[1])
    assert seen == [True, False]
    assert make_window(backend).panel.chooser.elide == Qt.TextElideMode.ElideMiddle


def test_a_chips_words_are_shown_not_obeyed(qtbot) -> None:
    plain, odd = Chip("A", "Slices of R&D < 3 mm", "caveat"), Chip("B", "unknown entries: <img src='x'>", "caveat")
    for chip in (plain, odd):
        qtbot.addWidget(chip)
    assert plain.toolTip() == "Slices of R&D < 3 mm"
    assert odd.toolTip() == "<p>unknown entries: &lt;img src=&#x27;x&#x27;&gt;</p>"


def test_of_what_is_higher_than_its_area_the_top_is_revealed(qtbot) -> None:
    area, content = QScrollArea(), QWidget()
    qtbot.addWidget(area)
    column = QVBoxLayout(content)
    rows = [QWidget() for _ in range(3)]
    for row, height in zip(rows, (400, 350, 60), strict=True):
        row.setFixedSize(100, height)
        column.addWidget(row)
    area.setWidget(content)
    area.resize(200, 250)
    area.show()
    QApplication.processEvents()
    reveal(rows[1])
    assert rows[1].mapTo(area.viewport(), rows[1].rect().topLeft()).y() == 0
    reveal(rows[2])
    seen = rows[2].visibleRegion().boundingRect()
    assert seen.height() == 60, "what has room is seen whole"


@pytest.mark.parametrize(
    ("key", "text", "ours"), [(Qt.Key.Key_A, "a", True), (Qt.Key.Key_F5, "", False), (Qt.Key.Key_1, "1", False)]
)
def test_a_letter_in_a_list_is_no_command(qtbot, key, text, ours) -> None:
    chooser = Chooser()
    qtbot.addWidget(chooser)
    chooser.addItems(["Reason", "Artefact", "Vessel"])
    event = QKeyEvent(QEvent.Type.ShortcutOverride, key, Qt.KeyboardModifier.NoModifier, text)
    event.ignore()
    QApplication.sendEvent(chooser, event)
    assert event.isAccepted() is ours
    if ours:
        QTest.keyClicks(chooser, text)
        assert chooser.currentText() == "Artefact"


def test_a_column_that_is_cut_is_scrolled_by_keys(qtbot) -> None:
    content = QWidget()
    content.setMinimumHeight(900)
    column = Column(content)
    qtbot.addWidget(column)
    column.resize(200, 300)
    column.show()
    qtbot.waitUntil(lambda: column.verticalScrollBar().maximum() > 0)
    assert column.focusPolicy() == Qt.FocusPolicy.TabFocus
    QTest.keyClick(column, Qt.Key.Key_PageDown)
    assert column.verticalScrollBar().value() == 0, "it has not the keyboard: the key is the views'"
    column.activateWindow()
    column.setFocus()
    qtbot.waitUntil(column.hasFocus)
    QTest.keyClick(column, Qt.Key.Key_PageDown)
    assert column.verticalScrollBar().value() > 100
    column.resize(200, 1200)
    qtbot.waitUntil(lambda: column.verticalScrollBar().maximum() == 0)
    assert column.focusPolicy() == Qt.FocusPolicy.NoFocus
