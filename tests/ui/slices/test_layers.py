"""Layers are made again only where something changed."""

from __future__ import annotations

from dataclasses import replace

from ankleviewer.core.display.scene import Scene, resolve
from ankleviewer.core.display.viewstate import ViewState, Window
from ankleviewer.core.imaging.oblique import start, turned
from ankleviewer.core.imaging.planes import PLANES
from ankleviewer.core.imaging.slab import Slab, SliceStore
from ankleviewer.ui.slices.layers import LayerCache


def test_what_is_kept_and_what_is_made_again(fakes) -> None:
    scene = Scene(fakes.phantom(), fakes.heat(fakes.first), (fakes.box(fakes.first, 0.7),))
    state, cache = ViewState(cursor_mm=fakes.first), LayerCache()

    def shown(now: ViewState):
        picture = resolve(now, scene, "axial")
        return cache.hu(scene, picture), cache.layers(scene, picture)

    hu, first = shown(state)
    same_hu, same = shown(state)
    assert same_hu is hu and same.image is first.image and same.outlines is first.outlines and first.heat is None
    other_hu, windowed = shown(replace(state, window=Window(400, 40)))
    assert other_hu is hu and windowed.image is not first.image and windowed.raster is first.raster
    higher = shown(replace(state, threshold=5.0))[1]
    assert higher.outlines is not first.outlines and higher.raster is not None
    assert first.raster is not None and higher.raster.values.size < first.raster.values.size
    assert shown(replace(state, fill=True))[1].heat is not None
    assert shown(replace(state, hide_ai=True))[1].raster is None
    turn = turned(start(scene.volume.grid, fakes.first), "coronal", 20, fakes.first)
    oblique_hu, oblique = shown(replace(state, oblique=True, turn=turn))
    assert oblique_hu is not hu and oblique.raster is not first.raster and oblique.outlines
    assert shown(replace(state, slab=Slab(5)))[0] is not hu
    cache.clear()
    assert shown(state)[1].image is not first.image


def test_tiles_may_share_a_store(fakes) -> None:
    scene, store = Scene(fakes.phantom(), None, ()), SliceStore()
    picture = resolve(ViewState(cursor_mm=fakes.first, slab=Slab(5)), scene, "axial")
    one, other = LayerCache(store), LayerCache(store)
    one.hu(scene, picture)
    cuts = dict(store._cuts)
    other.hu(scene, picture)
    assert cuts and all(store._cuts[n] is cut for n, cut in cuts.items()) and len(store._cuts) == len(cuts)
    other.clear()
    assert not store._cuts


def test_a_part_is_that_part_of_the_whole(fakes) -> None:
    scene = Scene(fakes.phantom(), None, ())
    for state in (ViewState(cursor_mm=fakes.first), ViewState(cursor_mm=fakes.first, slab=Slab(5))):
        for plane in PLANES:
            picture, cache = resolve(state, scene, plane), LayerCache()
            whole, part = cache.layers(scene, picture).image, cache.layers(scene, picture, (10, 20, 41, 55))
            assert part.corner == (10, 20) and (part.image.width(), part.image.height()) == (31, 35)
            assert part.image == whole.copy(10, 20, 31, 35)
            assert cache.value(scene, picture, 30, 40) == cache.hu(scene, picture)[40, 30]
