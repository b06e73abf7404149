"""succession: another language comes at once, and what the reader has stays: scan, answer, review, undo, tool, view."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtWidgets import QDialog
from shiboken6 import isValid

from ankleviewer.core.errors import ModelError
from ankleviewer.ui import language
from ankleviewer.ui.main_window import MainWindow
from ankleviewer.ui.state import settings
from ankleviewer.ui.state.phase import Phase
from ankleviewer.ui.succession import Keeper
from ankleviewer.ui.words import translate


@pytest.fixture
def keep(speak, monkeypatch) -> Iterator[Callable[[MainWindow], Keeper]]:
    monkeypatch.setattr(translate, "writable", lambda _name: True)
    monkeypatch.setattr(language, "writable", lambda _name: True)
    kept: list[Keeper] = []
    yield lambda window: kept.append(Keeper(window)) or kept[-1]
    for keeper in kept:
        keeper.window.close()
        keeper.window.deleteLater()


def choose(keeper: Keeper, name: str, qtbot) -> MainWindow:
    old = keeper.window
    language.choose(old, name)
    qtbot.waitUntil(lambda: keeper.window is not old)
    return keeper.window


def test_a_key_that_is_held_hides_nothing_in_the_next_window(keep, make_window, backend, qtbot) -> None:
    keeper = keep(make_window(backend))
    keeper.window.view.update(hide_ai=True)
    window = choose(keeper, "de", qtbot)
    assert not window.view.state.hide_ai and not window.panel.veil.isVisible()


def test_nothing_is_lost_and_nothing_run_twice(keep, make_window, backend, qtbot) -> None:
    keeper = keep(make_window(backend))
    old = keeper.window.controller
    old.judge("accepted", 0)
    old.add_missed()
    old.reviewing.undo()
    old.measuring.start("distance")
    assert old.measuring.set_point("axial", (0.0, 0.0, 140.0))
    keeper.window.view.step("axial", 3)
    keeper.window.view.update(layout="coronal", opacity=0.3, paper_map=True)
    keeper.window.view.update(threshold=2.0)
    keeper.window.view.preset("2")
    keeper.window.pane3d.set_options(planes="frames")
    state, size = keeper.window.view.state, keeper.window.size()
    case, analysis = old.case, old.analysis
    window = choose(keeper, "de", qtbot)
    new = window.controller
    assert new is not old and new.case is case and new.analysis is analysis and new.phase is Phase.ANSWER
    assert (len(backend.opened), len(backend.analysed)) == (1, 1)
    assert window.view.state == state and window.size() == size and window.pane3d.options.planes == "frames"
    assert window.panel.call.text() == "Fraktur" and window.menuBar().actions()[0].text().replace("&", "") == "Datei"
    assert new.reviewing.mark(new.answer, 0).judgement == "accepted" and new.reviewing.history.can_redo
    new.reviewing.redo()
    assert len(new.reviewing.review.missed) == 1
    assert new.measuring.tool.name == "distance" and new.measuring.set_point("axial", (9.0, 0.0, 140.0))
    assert new.reviewing.review.measures[0].kind == "distance"
    assert settings.load().language == "de" and window.panes["coronal"].isVisible() and not window.panes["axial"].isVisible()


def test_a_box_that_is_being_edited_stays_so_and_two_changes_come_back_to_english(keep, make_window, backend, qtbot) -> None:
    keeper = keep(make_window(backend))
    keeper.window.editing.toggle()
    assert choose(keeper, "zh_CN", qtbot).editing.active
    assert keeper.window.panel.call.text() == "骨折"
    window = choose(keeper, "en", qtbot)
    assert window.panel.call.text() == "Fracture" and window.editing.active and translate.spoken() == "en"
    assert len(backend.analysed) == 1


@pytest.fixture
def waiting(keep, make_window, backend) -> Keeper:
    """Another language was chosen while the scan is being analysed."""
    keeper = keep(make_window(backend))
    backend.gate.clear()
    keeper.window.controller.analyse()
    language.choose(keeper.window, "de")
    return keeper


def test_work_under_way_ends_first(waiting, backend, qtbot) -> None:
    keeper, first = waiting, waiting.window
    assert "work under way" in first.toast.widget.text()
    qtbot.wait(50)
    assert keeper.window is first and first.panel.isVisible()
    backend.gate.set()
    qtbot.waitUntil(lambda: keeper.window is not first)
    assert keeper.window.panel.call.text() == "Fraktur" and len(backend.analysed) == 2


def test_a_report_under_way_ends_first_and_is_told(keep, make_window, backend, qtbot, monkeypatch) -> None:
    keeper = keep(make_window(backend))
    first, go = keeper.window, threading.Event()
    monkeypatch.setattr(backend, "save_report", lambda *_: go.wait(60))
    first.exporting.save_report("a.pdf")
    language.choose(first, "de")
    assert "work under way" in first.toast.widget.text()
    qtbot.wait(50)
    assert keeper.window is first
    go.set()
    qtbot.waitUntil(lambda: keeper.window is not first)
    assert keeper.window.toast.text == "Report saved: a.pdf", "still said, as it was said"


def test_a_dialog_that_is_open_is_ended_by_the_reader(waiting, backend, qtbot) -> None:
    keeper, first = waiting, waiting.window
    dialog = QDialog(first)
    dialog.setModal(True)
    dialog.show()
    backend.gate.set()
    qtbot.waitUntil(lambda: first.controller.phase is Phase.ANSWER)
    qtbot.wait(300)
    assert keeper.window is first and dialog.isVisible()
    dialog.reject()
    qtbot.waitUntil(lambda: keeper.window is not first)


def beside(window: MainWindow) -> dict[str, QDialog]:
    return {dialog.windowTitle(): dialog for dialog in window.findChildren(QDialog) if dialog.isVisible()}


def command(window: MainWindow, name: str) -> None:
    window.keymap.actions[name].trigger()


def test_dialogs_beside_the_window_come_again_in_the_new_language(keep, make_window, backend, qtbot) -> None:
    keeper = keep(make_window(backend))
    first = keeper.window
    for name in ("Keys and mouse", "About AnkleViewer", "Change keys…"):
        command(first, name)
    about, editor = beside(first)["About AnkleViewer"], beside(first)["Change keys"]
    about.move(40, 30)
    editor.resize(800, 500)
    editor.filter.setText("F1")
    editor.choose("Keys and mouse")
    editor.edit.setKeySequence("Ctrl+J")
    place, size = about.pos(), editor.size()
    beside(first)["Keys and mouse"].close()
    window = choose(keeper, "de", qtbot)
    assert set(beside(window)) == {"Über AnkleViewer", "Tasten ändern"}, "what was closed stays so"
    assert beside(window)["Über AnkleViewer"].pos() == place and not (isValid(about) and about.isVisible())
    other = beside(window)["Tasten ändern"]
    assert other.keymap is window.keymap and other.size() == size
    assert (other.chosen, other.filter.text(), other.edit.keySequence().toString()) == ("Keys and mouse", "F1", "Ctrl+J")
    other.filter.setText("Tasten")
    assert set(beside(choose(keeper, "en", qtbot))) == {"About AnkleViewer", "Change keys"}
    assert beside(keeper.window)["Change keys"].filter.text() == "", "no English command is called that"


def test_a_dialog_in_longer_words_stays_on_the_screen(keep, make_window, backend, qtbot) -> None:
    keeper = keep(make_window(backend, path=None))
    command(keeper.window, "Keys and mouse")
    (dialog,) = beside(keeper.window).values()
    screen = dialog.screen().availableGeometry()
    dialog.move(screen.right() - 60, screen.bottom() - 60)
    (dialog,) = beside(choose(keeper, "de", qtbot)).values()
    assert screen.contains(dialog.geometry())


def test_the_box_from_three_sides_comes_again(keep, make_window, backend, qtbot) -> None:
    from ankleviewer.ui.view3d.render3d import Render3D

    window = make_window(backend, gl=True)
    qtbot.waitUntil(lambda: window.pane3d.render3d is not None and not window.pane3d.pending, timeout=20000)
    window.controller.go_to_finding(1)
    window.pane3d.tools.show_box_views()
    assert set(beside(window)) == {"Box from three sides"}
    window.controller.go_to_finding(0)
    keeper, asked = keep(window), []
    drawn = Render3D.pictures_from
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Render3D, "pictures_from", lambda *a: asked.append(a[3].boxes) or drawn(*a))
        new = choose(keeper, "de", qtbot)
        qtbot.waitUntil(lambda: bool(beside(new)), timeout=20000)
    assert set(beside(new)) == {"Rahmen von drei Seiten"}
    assert asked == [(new.controller.boxes[1],)], "of the finding that it was of, not of the one selected now"


def test_what_this_window_was_told_holds_whatever_lies_on_the_disk(keep, make_window, backend, qtbot) -> None:
    keeper = keep(make_window(backend))
    first = keeper.window
    first.privacy.toggle()
    first.resize(1000, 700)
    settings.save(replace(settings.load(), hide_patient=False))  # by another window, or this one could not write
    window = choose(keeper, "de", qtbot)
    assert window.privacy.hidden and window.menu_corner.name.text() == ""
    window.toggle_panel()
    kept = settings.load()
    assert not kept.hide_patient and not kept.panel and kept.size == (1000, 700), "the other window's word stays there"


def test_a_window_that_is_closed_gets_no_successor(waiting, backend, qtbot) -> None:
    keeper, first = waiting, waiting.window
    first.close()
    backend.gate.set()
    first.controller.settled.emit(True)
    qtbot.wait(50)
    assert keeper.window is first


def test_why_there_is_no_model_is_still_told(keep, make_window, fakes, qtbot) -> None:
    class Damaged(fakes.Backend):
        def list_models(self):
            raise ModelError("MODEL_HASH_MISMATCH", "The model file was changed.")

    keeper = keep(make_window(Damaged(models=(), answers=())))
    assert choose(keeper, "de", qtbot).panel.code.text() == "MODEL_HASH_MISMATCH"


def test_the_start_page_and_a_choice_that_changes_nothing(keep, make_window, backend, qtbot) -> None:
    keeper = keep(make_window(backend, path=None))
    first = keeper.window
    language.choose(first, "en")
    qtbot.wait(30)
    assert keeper.window is first
    assert choose(keeper, "de", qtbot).empty.buttons[0].text() == "Datei öffnen…"
    qtbot.waitUntil(lambda: not isValid(first))


def test_the_3d_view_is_turned_as_it_was(keep, make_window, backend, qtbot) -> None:
    window = make_window(backend, gl=True)
    qtbot.waitUntil(lambda: window.pane3d.render3d is not None and not window.pane3d.pending, timeout=20000)
    window.pane3d.look_from("S")
    window.pane3d.render3d.turn(30.0)
    wanted = tuple(window.pane3d.render3d.plotter.camera.position)
    window.pane3d.draw(fine=True)
    seen = window.pane3d.render3d.picture()
    keeper = keep(window)
    new = choose(keeper, "de", qtbot)
    qtbot.waitUntil(lambda: new.pane3d.render3d is not None and not new.pane3d.pending, timeout=20000)
    assert tuple(new.pane3d.render3d.plotter.camera.position) == pytest.approx(wanted)
    new.pane3d.draw(fine=True)
    shown = new.pane3d.render3d.picture()
    assert shown.shape == seen.shape and np.abs(shown.astype(int) - seen).mean() < 1.0
