"""Translating: the language that is chosen, the window's own strings, and sentences from below with their values."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
from PySide6.QtGui import QFontDatabase

from ankleviewer.core.anatomy.landmarks import DOME, PLAFOND
from ankleviewer.core.assessment.looked import where
from ankleviewer.core.assessment.result import Looked
from ankleviewer.core.display.mouse import lines, profile_of
from ankleviewer.core.reading.measure import Measure, Value
from ankleviewer.core.reading.review import REASONS
from ankleviewer.ui.words import translate, wording
from ankleviewer.ui.words.sentences import SENTENCES
from ankleviewer.ui.words.translate import language, said, tr


class System:
    """A system with a list of languages."""

    asked: tuple[str, ...] = ()

    @classmethod
    def system(cls) -> type[System]:
        return cls

    @classmethod
    def uiLanguages(cls) -> tuple[str, ...]:  # noqa: N802  Qt's name
        return cls.asked


@pytest.mark.parametrize(
    ("asked", "spoken"),
    [
        (("de-AT", "de"), "de"),
        (("zh-Hans-CN", "zh-CN", "zh"), "zh_CN"),
        (("zh-Hant-TW", "zh-TW"), "en"),
        (("fr-FR", "fr", "de-DE"), "de"),
        (("en-GB", "en", "de-DE"), "en"),
        (("C",), "en"),
        ((), "en"),
    ],
)
def test_the_system_is_asked(asked: tuple[str, ...], spoken: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(translate.VARIABLE)
    monkeypatch.setattr(System, "asked", asked)
    monkeypatch.setattr(translate, "QLocale", System)
    assert language("system") == language("something else") == spoken
    assert language("de") == "de"


def test_the_environment_goes_before_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    for value, meant in (("zh-CN", "zh_CN"), ("de_DE.UTF-8", "de"), ("DE", "de"), ("EN", "en")):
        monkeypatch.setenv(translate.VARIABLE, value)
        assert language("") == meant and translate.overruled()
    for value in ("fr", "xx", "system", ""):
        monkeypatch.setenv(translate.VARIABLE, value)
        assert language("de") == "de" and not translate.overruled(), "what names nothing has no effect"
    monkeypatch.setenv(translate.VARIABLE, "zh_CN")
    assert language("de") == "zh_CN"


def test_own_strings(speak) -> None:
    assert tr("Finding {number}", number=2) == "Finding 2"
    assert tr("every %n slices", 5) == "every 5 slices"
    assert speak("de") == "de"
    assert tr("Finding {number}", number=2) == "Befund 2"
    assert (tr("every %n slices", 1), tr("every %n slices", 5)) == ("jede Schicht", "jede 5. Schicht")
    assert tr("a text that nobody translated") == "a text that nobody translated"
    speak("en")
    assert tr("Finding {number}", number=2) == "Finding 2"


def test_words_of_the_field(speak) -> None:
    speak("de")
    assert [said(text) for text in ("Bone", "medial malleolus", "lateral malleolus", "talar dome")] == [
        *("Knochen", "Innenknöchel", "Außenknöchel", "Talusrolle")
    ]
    assert tr("Fracture") == "Fraktur"
    skipped = "Left out, since they are no slices of this scan: 3 localizers, 2 directories."
    assert said(skipped).endswith("3 Übersichtsaufnahme(n), 2 Inhaltsverzeichnis(se).")


def test_words_of_the_field_in_chinese(speak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)  # the letters need not be drawn here
    assert speak("zh_CN") == "zh_CN"
    assert [tr(text) for text in ("Fracture", "Axial", "Coronal", "Sagittal")] == ["骨折", "轴位", "冠状位", "矢状位"]
    assert [said(text) for text in ("medial malleolus", "lateral malleolus")] == ["内踝", "外踝"]
    assert said("Research use, not for diagnosis") == "仅供研究使用，不得用于诊断"
    assert said("2 slice(s) are missing after slice 7; they are filled in and marked, and nothing is detected there.").startswith(
        "第 7 层之后缺失 2 层"
    )


@pytest.mark.parametrize("asked", ["de", "zh_CN"])
def test_why_a_pack_gave_no_answer_is_said_sentence_by_sentence(speak, asked: str, monkeypatch) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)
    speak(asked)
    why, advice = "The model does not fit into this computer's memory.", "To try it by itself: ankleviewer models verify mine"
    told = said(f"Model mine gave no answer. {why} {advice}")
    assert "mine" in told and said(why) in told and said(advice) in told
    assert "The model" not in told and "To try" not in told


def test_places_of_the_map_are_whole_sentences(speak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)
    above, beside = Looked(0.62, "lateral", "posterior", 14.0, PLAFOND, ""), Looked(0.62, "medial", "", 0.0, "joint line", DOME)
    speak("de")
    assert where(above, tr) == "lateral und posterior, etwa 14 mm über dem Plafond"
    assert where(beside, tr) == "medial, in Höhe des Gelenkspalts, nahe der Talusrolle"
    speak("zh_CN")
    assert where(above, tr) == "外侧后部，胫骨穹窿上方约 14 mm"
    assert where(beside, tr) == "内侧，关节间隙水平，靠近距骨穹窿"


def test_what_the_mouse_does_with_a_key_held(speak) -> None:
    speak("de")
    (_, left), *_ = lines(profile_of("bir"))
    assert said(left) == "blättern; mit gehaltener Taste W: Fensterung"


@pytest.mark.parametrize("name", ["de", "zh_CN"])
def test_every_sentence_from_below_is_found_with_its_values(speak, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)
    speak(name)
    for template in SENTENCES:
        if re.search(r"\{\w", template):
            continue  # named values: not recognised, the window fills it in itself (core.assessment.looked)
        values = [str(11 + n) for n in range(template.count("{}"))]
        text = template.format(*values)
        found = said(text)
        n = translate.count(template, tuple(values))
        assert found == tr(template, n).format(*values), template
        assert all(value in found for value in values)


def test_sentences_within_sentences(speak, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)
    speak("de")
    whole = said("Left ankle: the talus is not contained in the scan.")
    assert whole == "Linkes Sprunggelenk: Der Talus ist im Scan nicht enthalten."
    left_out = said("Left out, since they are no slices of this scan: 3 other files, 1 unreadable files.")
    assert left_out.endswith(": 3 andere Datei(en), 1 unlesbare Datei(en).")
    assert said("CT series, 210 slices, 0.6 mm thick, kernel Br60") == "CT-Serie, 210 Schichten, 0.6 mm dick, Kernel Br60"
    assert said("the medial malleolus and the lateral malleolus lie outside of the scan.").startswith("Innenknöchel und Außen")
    speak("zh_CN")
    assert said("CT series, 210 slices, 0.6 mm thick, kernel Br60") == "CT 序列，210 层，层厚 0.6 mm，重建核 Br60"
    speak("de")
    assert said("pan, zoom") == "verschieben, Zoom"
    assert said("No shaft of a tibia was found above this joint.") == said("no shaft of a tibia was found above this joint.")


def test_lines_are_said_each_by_itself(speak) -> None:
    speak("de")
    said_alone = said("The model does not fit into this computer's memory.")
    assert said_alone.startswith("Das Modell")
    lines = said("densenet: The model does not fit into this computer's memory.\nresnet: No number.")
    assert lines == f"densenet: {said_alone}\nresnet: No number."


@pytest.mark.parametrize("name", ["de", "zh_CN"])
def test_sentences_that_are_added_are_said_each_by_itself(speak, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(translate, "writable", lambda _name: True)
    speak(name)
    head = "The distance between slices runs from 1.00 to 3.00 mm; at most 25% of difference is accepted."
    one = "Left out, since they are no slices of this scan: 3 other files, 1 unreadable files."
    two = "1 image(s) are contained twice; the copies were left out."
    also = tr(" Also: {}")
    assert said(f"{head} Also: {one} Also: {two}") == said(head) + also.format(said(one)) + also.format(said(two))
    assert not re.search("Also|Left out|contained|accepted", said(f"{head} Also: {one} Also: {two}"))


def test_where_nothing_is_light(speak) -> None:
    speak("de")
    assert "liegt nirgends;" in said("The lightest material lies nowhere; air is expected at -1100 to -900 HU.")


def test_plurals_from_below(speak) -> None:
    speak("de")
    assert said("1 image(s) are contained twice; the copies were left out.").startswith("1 Bild ist")
    assert said("4 image(s) are contained twice; the copies were left out.").startswith("4 Bilder sind")
    gaps = "5 slices are missing in {} place(s); one gap of at most 3 is accepted."
    assert "an 1 Stelle;" in said(gaps.format(1)) and "an 2 Stellen;" in said(gaps.format(2))


def test_what_is_not_known_stays(speak) -> None:
    speak("de")
    for text in ("", "12.5 mm", "HU_NO_AIR", "Compact 3D-CNN", "C:\\scans: a, b", "3 whatever"):
        assert said(text) == text


def test_measures_and_reasons(speak) -> None:
    speak("de")
    values = (Value("step-off", 2.0, "mm"), Value("gap", -0.4, "mm"))
    assert wording.measure_text(Measure(1, "step-off", (), None, values)) == "Stufe 2.0 mm, Spalt -0.4 mm"
    assert wording.value_text("-112 to 604 HU") == "-112 bis 604 HU"
    assert wording.short("Posterior fragment, share of plafond") == "Volkmann-Fragment"
    assert all(said(reason) != reason for reason in REASONS)


def test_no_font_is_no_crash_and_no_boxes(speak, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(QFontDatabase, "families", staticmethod(lambda *_: []))
    assert speak("zh_CN") == "en"
    assert tr("Fracture") == said("Fracture") == "Fracture"
    assert "no font" in caplog.text
    assert speak("de") == "de"


def test_a_missing_translation_is_english(speak, monkeypatch: pytest.MonkeyPatch, tmp_path, caplog) -> None:
    monkeypatch.setattr(translate, "FOLDER", tmp_path)
    assert speak("de") == "en"
    assert tr("Fracture") == "Fracture" and "no translation" in caplog.text


def test_the_decimal_mark_is_a_point_in_every_language(speak) -> None:
    speak("de")
    assert wording.probability_text(0.934) == "0.93" and wording.spacing_text((0.5, 0.5, 0.6)) == "0.5 × 0.5 × 0.6 mm"


@pytest.mark.parametrize(("name", "word"), [("de", "Bewertung"), ("zh_CN", "复核")])
def test_the_reader_s_review_has_one_word(name: str, word: str) -> None:
    """Not that of the model's assessing beside it, nor two that read like two things."""
    messages = ElementTree.parse(translate.FOLDER / f"ankleviewer_{name}.ts").iter("message")  # noqa: S314 - our own
    reviews = [m for m in messages if re.search(r"\b(earlier|the|and) review\b", m.findtext("source", ""))]
    forms = [form for m in reviews for form in (m.findall("translation/numerusform") or m.findall("translation"))]
    assert len(reviews) >= 9 and [form.text for form in forms if form.text and word not in form.text] == []
