"""The window in other languages: whole, with the same keys, chosen from a menu that everybody can read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QCoreApplication, QTranslator
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QMenu, QScrollArea, QTableWidget, QWidget

from ankleviewer import DISCLAIMER
from ankleviewer.core.anatomy.landmarks import LATERAL
from ankleviewer.core.assessment.result import Looked
from ankleviewer.core.errors import ScanError
from ankleviewer.core.findings import Finding
from ankleviewer.core.reading.measure_tools import TOOLS
from ankleviewer.core.reading.review import Mark
from ankleviewer.core.serieschoice import Series
from ankleviewer.ui import language
from ankleviewer.ui.app import application
from ankleviewer.ui.files.series_chooser import SeriesChooser
from ankleviewer.ui.keyboard.help_dialog import about_dialog, keys_dialog
from ankleviewer.ui.keyboard.keymap import name_of
from ankleviewer.ui.keyboard.keys_editor import KeysEditor
from ankleviewer.ui.result.heat_controls import HeatControls
from ankleviewer.ui.result.room import WIDTH
from ankleviewer.ui.state import settings
from ankleviewer.ui.words import translate

GAP = "2 slice(s) are missing after slice 7; they are filled in and marked, and nothing is detected there."
PLACES = (
    ("medial", "posterior", -9.0, LATERAL),
    ("left", "", 12.0, ""),
    ("right", "anterior", 0.0, ""),
    ("lateral", "", 0.0, ""),
)
PLACES += (("", "", 0.0, ""),)  # across, along, height in mm, beside
PROGRESS = "Model 1 of 1"  # the fake backend's own words
# What is the same in every language: units, names of models, engines and keys, the scan's own words, languages' names.
SAME = {"HU", "mm", "logit", "CPU", "CNN", "MobileNet", "Compact", "AnkleViewer", "SD"}
SAME |= {"CT", "ankle", "bone", "kernel", "English", "Deutsch", "Ctrl", "Shift", "Alt", "Esc", "Del", "Left", "Right"}
SAME |= {"Close"}  # of a dialog: Qt's own word, which the test of a language asks for
SAME |= {"scan", "nii", "gz", "min", "max", *DISCLAIMER.replace(",", "").split()}


class Marking(QTranslator):
    """Puts every translated string in guillemets, so that what is not translated stands out."""

    def isEmpty(self) -> bool:  # noqa: N802  Qt's name
        return False

    def translate(self, context: str, source: str, _disambiguation: str | None = None, _n: int = -1) -> str | None:
        return f"«{source}»" if context == translate.CONTEXT else None


@pytest.fixture
def marking(qapp) -> Iterator[None]:
    translator = Marking()
    QCoreApplication.installTranslator(translator)
    translate._installed.append(translator)
    translate.said.cache_clear()
    yield
    translate.install("en")


def texts(top: QWidget) -> Iterator[str]:
    """Everything that the widgets below one say: texts, tool tips, names for screen readers, entries."""
    for widget in [top, *top.findChildren(QWidget)]:
        yield from (widget.toolTip(), widget.accessibleName(), widget.windowTitle())
        if isinstance(widget, (QLabel, QAbstractButton)):
            yield widget.text()
        elif isinstance(widget, QComboBox):
            yield from (widget.itemText(n) for n in range(widget.count()))
        elif isinstance(widget, QLineEdit) and widget.parent().metaObject().className() != "QKeySequenceEdit":
            yield widget.placeholderText()
        elif isinstance(widget, QMenu):
            yield widget.title()
        elif isinstance(widget, QTableWidget):
            yield from (widget.horizontalHeaderItem(n).text() for n in range(3))
            yield from (widget.item(row, n).text() for row in range(widget.rowCount()) for n in range(2))
    for action in top.findChildren(QAction):
        yield action.text()


def untranslated(text: str) -> list[str]:
    """Words outside of the marks; a title cut at its comma has lost the second one, a name with … its end."""
    bare, before = re.sub("«[^«»]*$|\\w+…", "", text.replace(PROGRESS, "")), ""
    while bare != before:
        before, bare = bare, re.sub("«[^«»]*»", " ", bare)
    return [word for word in re.findall("[A-Za-z]{2,}", re.sub("[A-Z]+(_[A-Z0-9]+)+", "", bare)) if word not in SAME]


def full(fakes: SimpleNamespace) -> SimpleNamespace:
    """A backend with two models' answers that have much to say."""
    return fakes.Backend(
        answers=(fakes.answer(), fakes.answer("uncertain", name="mobilenet", status="preliminary")),
        findings=(Finding("caveat", "SLICE_GAP", GAP),),
        ankles=(fakes.ankle("R"), fakes.ankle("L", complete=False, reason="the talus is not contained in the scan.")),
    )


def test_nothing_in_the_window_is_left_untranslated(marking, make_window, fakes, qtbot) -> None:
    window = make_window(full(fakes))
    controller = window.controller
    controller.choose_model("all")
    qtbot.waitUntil(lambda: not fakes.busy(window), timeout=20000)
    said = Counter(texts(window))
    controller.go_to_finding(0)
    controller.judge("rejected", 0)
    controller.add_missed()
    for tool in TOOLS:
        controller.measuring.start(tool.name)
        said.update(texts(window.panel))
    window.view.move_cursor((0.0, 0.0, 140.0))
    for name, plane, points in (
        ("region", "axial", ((0.0, 0.0, 140.0), (9.0, 7.0, 140.0))),
        ("posterior fragment", "sagittal", ((0.0, -9.0, 140.0), (0.0, 9.0, 140.0), (0.0, 4.0, 140.0))),
    ):
        controller.measuring.start(name)
        assert all(controller.measuring.set_point(plane, mm) for mm in points)
    said.update(texts(window))
    window.tile_layout("lightbox")
    qtbot.waitUntil(lambda: window.tiles["lightbox"].width() == window.grid.width())  # its hints have their room
    controller.notify("SPACING_UNEVEN", "The ZIP file is damaged or cut off.")
    window.privacy.toggle()
    said.update(texts(window))
    for dialog in (keys_dialog(window), about_dialog(window), KeysEditor(window)):
        said.update(texts(dialog))
        dialog.close()
    assert {text: untranslated(text) for text in said if untranslated(text)} == {}
    assert len(said) > 200


@pytest.mark.parametrize("call", ["no fracture", "not assessed"])
def test_nor_where_there_is_no_finding(marking, make_window, fakes, call: str) -> None:
    findings = (Finding("withhold", "NOT_AN_ANKLE", "No malleoli were found at the height of the joint."),)
    window = make_window(fakes.Backend(answers=(fakes.answer(call),), findings=findings))
    assert {text: untranslated(text) for text in texts(window) if untranslated(text)} == {}
    assert "«No" in window.panel.why.text() or "«{ankle}" in window.panel.why.text() or "«Right" in window.panel.why.text()


def test_nor_before_a_scan_is_open_and_when_one_is_refused(marking, make_window, fakes, qtbot) -> None:
    backend = fakes.Backend(read_error=ScanError("SPACING_UNEVEN", "The ZIP file is damaged or cut off."), models=())
    window = make_window(backend)
    qtbot.waitUntil(window.banner.isVisible)
    assert {text: untranslated(text) for text in texts(window) if untranslated(text)} == {}
    assert "«The ZIP file is damaged or cut off.»" in window.banner.text.text()


def test_nor_where_the_places_of_the_map_are_told(marking, make_window, fakes) -> None:
    places = tuple(Looked(0.3, across, along, height, "joint line", near) for across, along, height, near in PLACES)
    for n in range(len(places)):  # two of them are told
        told = make_window(fakes.Backend(answers=(fakes.answer(looked=places[n:] + places[:n]),))).panel.looked
        assert told.isVisible() and untranslated(told.text()) == []


def test_nor_in_the_chooser_of_series(marking, qtbot) -> None:
    chooser = SeriesChooser(parent := QWidget(), lambda: True, current="2")
    qtbot.addWidget(parent)
    assert {text for text in texts(chooser) if untranslated(text)} == {"Open", "Cancel"}  # Qt's own words
    sizes = (("axial", 60, (1.0, 1.0, 1.0)), ("coronal", 60, (1.0, 1.0, 1.0)), ("", 1, (1.0, 1.0, 1.0)), ("sagittal", 60, None))
    chooser.show_series([Series(str(n), "", *kind[:2], (9, 9), kind[2], "B60s") for n, kind in enumerate(sizes)])
    rows = [chooser.list.item(n).text() for n in range(4)]
    assert [row for row in rows if untranslated(row.replace("B60s", ""))] == [] and untranslated(chooser.head.text()) == []
    assert sum("«Not proposed" in row for row in rows) == 3 and "«Open now»" in rows[2]


@pytest.mark.parametrize("name", ["de", "zh_CN"])
def test_the_window_in_a_language(speak, name: str, make_window, fakes, qtbot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)
    english = make_window(full(fakes))
    keys = {command: english.keymap.keys(command) for command in english.keymap.actions}
    assert speak(name) == name
    window = make_window(full(fakes))
    calls = {"de": ("Fraktur", "Rechtes Sprunggelenk  ·  Fraktur"), "zh_CN": ("骨折", "右踝  ·  骨折")}
    assert (window.panel.call.text(), window.panel.ankle.itemText(0)) == calls[name]
    labels = {"de": ["Datei", "Ansicht", "Ebenen", "Befunde", "Messen", "Hilfe"]}
    labels["zh_CN"] = ["文件(F)", "视图(V)", "平面(P)", "发现(I)", "测量(M)", "帮助(H)"]
    assert [action.text().replace("&", "") for action in window.menuBar().actions()] == labels[name]
    assert DISCLAIMER in window.windowTitle() and DISCLAIMER in window.bottom.disclaimer.text()
    assert translate.tr(DISCLAIMER) in window.windowTitle() and translate.tr(DISCLAIMER) != DISCLAIMER
    # The commands keep their names and keys, so a reader's own keys hold in every language.
    assert {command: window.keymap.keys(command) for command in window.keymap.actions} == keys
    assert window.keymap.title("Next finding") == {"de": "Nächster Befund", "zh_CN": "下一个发现"}[name]
    chips = {"de": "2 Schichten fehlen nach Schicht 7", "zh_CN": "第 7 层之后缺失 2 层"}
    assert chips[name] in window.bottom.chips[0].toolTip() and "SLICE_GAP" in window.bottom.chips[0].text()
    assert window.bottom.disclaimer.width() >= window.bottom.disclaimer.sizeHint().width()
    for row in window.panel.findings.rows:
        row.show_mark(Mark("rejected", ""), edited=True)
    scroll = window.panel.findChildren(QScrollArea)[0]
    for tool in TOOLS:
        window.controller.reviewing.add_measure(tool.name, ((0.0, 0.0, 140.0), (9.0, 7.0, 140.0)), None, ())
    for shown in (0, 1):
        window.controller.measuring.start(TOOLS[-shown].name)
        assert scroll.widget().minimumSizeHint().width() <= WIDTH - 8, "the result column is cut at its right"
    heat = window.panel.findChildren(HeatControls)[0]
    for button in (heat.heat, heat.boxes, heat.fill, heat.paper):
        assert button.fontMetrics().horizontalAdvance(button.text()) <= button.width() - 6, "a word is cut"
    dialog = keys_dialog(window)  # its button is named by Qt's own translation
    assert [b.text() for b in dialog.findChildren(QAbstractButton)] == [{"de": "Schließen", "zh_CN": "关闭"}[name]]
    dialog.close()
    window.keymap.actions["Crosshair"].trigger()
    assert not window.view.state.crosshair


@pytest.mark.parametrize("name", translate.LANGUAGES)
def test_mnemonics_do_not_collide(speak, name: str, make_window, backend, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)
    speak(name)
    window = make_window(backend, path=None)
    taken = {key for command in window.keymap.actions for key in window.keymap.keys(command)}
    for menu in [window.menuBar(), *window.findChildren(QMenu)]:
        letters = [m[1].upper() for a in menu.actions() if (m := re.search(r"&([^&])", a.text().replace("&&", "")))]
        assert len(letters) == len(set(letters)), [a.text() for a in menu.actions()]
        if menu is window.menuBar():
            assert len(letters) == 6 and not {f"Alt+{letter}" for letter in letters} & taken


def test_the_menu_names_each_language_in_its_own_words(speak, make_window, backend) -> None:
    window = make_window(backend, path=None)
    (menu,) = (m for m in window.findChildren(QMenu) if m.title() == "Language")
    assert [a.text() for a in menu.actions()] == ["System", "English", "Deutsch", "简体中文"]
    assert [a.isChecked() for a in menu.actions()] == [True, False, False, False]
    told: list[bool] = []
    window.language_changed.connect(lambda: told.append(True))
    menu.actions()[2].trigger()
    assert settings.load().language == "de" and menu.actions()[2].isChecked() and told == [True]


def test_a_language_without_a_font_is_told(make_window, backend, monkeypatch: pytest.MonkeyPatch) -> None:
    window = make_window(backend, path=None)
    monkeypatch.setattr(language, "writable", lambda name: name != "zh_CN")
    monkeypatch.delenv(translate.VARIABLE, raising=False)
    language.choose(window, "zh_CN")
    assert "No font" in window.toast.widget.text()


def test_a_choice_that_the_environment_overrules_is_told(make_window, backend, monkeypatch: pytest.MonkeyPatch) -> None:
    window = make_window(backend)
    asked: list[bool] = []
    window.language_changed.connect(lambda: asked.append(True))
    monkeypatch.setenv(translate.VARIABLE, "en")
    language.choose(window, "de")
    assert translate.VARIABLE in window.toast.widget.text() and not asked
    assert window.settings.language == "de", "for the day when the environment says nothing"
    monkeypatch.setenv(translate.VARIABLE, "xx")
    assert not translate.overruled()


def test_the_program_starts_in_the_language_that_was_chosen(speak, make_window, backend) -> None:
    settings.save(settings.Settings(language="de"))
    application()
    window = make_window(backend, path=None)
    assert window.empty.buttons[0].text() == "Datei öffnen…"
    assert name_of(next(a for a in window.findChildren(QAction) if a.text() == "Datei öffnen…")) == "Open file…"
