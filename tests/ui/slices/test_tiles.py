"""What every set of tiles does with mouse and paint; the heirs have tests of their own."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest

from ankleviewer.core.imaging.slab import Slab

NO, LEFT, MIDDLE = Qt.KeyboardModifier.NoModifier, Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton


def lightbox(make_window, backend):
    window = make_window(backend)
    window.tile_layout("lightbox")
    return window, window.tiles["lightbox"].tiles


def drag(tiles, button, moved: QPoint) -> None:
    start = QPoint(150, 120)
    QTest.mousePress(tiles, button, NO, start)
    at = QPointF(start + moved)
    tiles.mouseMoveEvent(QMouseEvent(QEvent.Type.MouseMove, at, QPointF(tiles.mapToGlobal(at)), button, button, NO))
    QTest.mouseRelease(tiles, button, NO, start + moved)


def test_middle_drag_pans_all_and_w_drag_windows(make_window, backend) -> None:
    window, tiles = lightbox(make_window, backend)
    tile, cursor = tiles.tiles()[0], window.view.state.cursor_mm
    before = tiles.mm_at(tile, QPointF(60, 60))
    drag(tiles, MIDDLE, QPoint(14, -9))
    after = tiles.mm_at(tiles.tiles()[0], QPointF(74, 51))
    assert abs(after - before).max() < 1e-6
    window.setProperty("window_key", True)
    drag(tiles, LEFT, QPoint(50, 10))
    window.setProperty("window_key", False)
    assert (window.view.state.window.width, window.view.state.window.level) == (2200, 390)
    assert window.view.state.cursor_mm == cursor


def test_tiles_do_not_overlap_and_fill_the_widget(make_window, backend) -> None:
    _, tiles = lightbox(make_window, backend)
    shown = tiles.tiles()
    for n, tile in enumerate(shown):
        assert not any(tile.place.intersects(other.place) for other in shown[n + 1 :])
        assert tiles.tile_at(tile.place.center()).picture.index == tile.picture.index
    assert max(tile.place.right() for tile in shown) == tiles.width()
    assert max(tile.place.bottom() for tile in shown) == tiles.height()
    assert len({tile.port.scale for tile in shown}) == 1


def test_without_a_scan_nothing_happens(make_window, backend) -> None:
    window = make_window(backend, path=None)
    window.tile_layout("lightbox")
    assert window.view.state.layout == "grid"
    tiles = window.tiles["lightbox"].tiles
    QTest.mouseClick(tiles, LEFT, NO, QPoint(5, 5))
    QTest.keyClick(tiles, Qt.Key.Key_End)
    assert tiles.tile_at(QPointF(5, 5)) is None


def test_tiles_share_the_slices_of_their_slabs_and_keep_nothing_when_left(make_window, backend, qtbot) -> None:
    window, tiles = lightbox(make_window, backend)
    window.view.update(slab=Slab(20.0, "max"))
    tiles.grab()
    assert len(tiles._caches) == len(tiles.tiles()) > 2
    assert {id(cache._store) for cache in tiles._caches} == {id(tiles._store)}
    assert 0 < len(tiles._store._cuts) <= tiles._store.kept
    window.resize(700, 500)
    qtbot.waitUntil(lambda: window.width() == 700)
    tiles.grab()
    assert len(tiles._caches) == len(tiles.tiles())
    window.view.update(slab=Slab())
    assert not tiles._store._cuts
    window.view.update(slab=Slab(20.0, "max"))
    tiles.grab()
    window.view.update(layout="grid")
    assert not tiles._caches and not tiles._store._cuts
    window.view.update(layout="lightbox")
    tiles.grab()
    assert len(tiles._caches) == len(tiles.tiles())
