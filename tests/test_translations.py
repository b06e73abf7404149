"""What the window says is all in the translations, finished, with its placeholders, and compiled."""

from __future__ import annotations

import ast
import importlib.util
import re
import sys
from pathlib import Path
from types import ModuleType
from xml.etree import ElementTree

import pytest

ROOT = Path(__file__).parent.parent


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("translations", ROOT / "packaging" / "translations.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


tool = _tool()
LANGUAGES = [pytest.param(tool.FOLDER / f"ankleviewer_{name}.ts", id=name) for name in tool.LANGUAGES]
AGAIN = "run: make translations, then translate what it names (docs/translations.md)"


def forms(source: Path) -> dict[str, list[str]]:
    """Translations by source text; more than one where there is a plural."""
    found = {}
    for message in ElementTree.parse(source).iter("message"):  # noqa: S314  our own file
        translation = message.find("translation")
        plural = [form.text or "" for form in translation.iter("numerusform")]
        found[message.findtext("source")] = plural or [translation.text or ""]
    return found


def holes(text: str) -> list[str]:
    """Placeholders: names, %n, and how many values by order."""
    return sorted(re.sub(r"\d", "", hole) for hole in re.findall(r"\{\w*\}|%n", text))


def test_templates_from_below_are_those_of_the_source() -> None:
    spec = importlib.util.spec_from_file_location("sentences", tool.SENTENCES)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert list(module.SENTENCES) == tool.sentences(), AGAIN


@pytest.mark.parametrize("source", LANGUAGES)
def test_every_string_is_there_and_finished(source: Path) -> None:
    assert set(forms(source)) == set(tool.messages()), AGAIN
    assert tool.unfinished(source) == [], AGAIN


@pytest.mark.parametrize("source", LANGUAGES)
def test_placeholders_agree(source: Path) -> None:
    for text, translations in forms(source).items():
        for n, translation in enumerate(translations):
            wanted = holes(text)
            if n == 0 and len(translations) > 1:  # "one slice" needs no number
                wanted = [hole for hole in wanted if hole != "%n" or "%n" in translation]
            assert holes(translation) == wanted, (text, translation)


@pytest.mark.parametrize("source", LANGUAGES)
def test_what_is_compiled_is_what_is_written(source: Path, tmp_path: Path) -> None:
    tool.release(source, tmp_path / "again.qm")
    assert source.with_suffix(".qm").read_bytes() == (tmp_path / "again.qm").read_bytes(), AGAIN


def test_a_new_string_is_found_and_left_unfinished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = tmp_path / "ankleviewer_de.ts"
    copy.write_bytes((tool.FOLDER / copy.name).read_bytes())
    known = tool.messages()
    monkeypatch.setattr(tool, "messages", lambda: known | {"A new string": False, "%n new ones": True})
    monkeypatch.setattr(tool, "LANGUAGES", ("de",))
    tool.update(tmp_path)
    assert tool.unfinished(copy) == ["%n new ones", "A new string"]
    assert {text: said for text, said in forms(copy).items() if text in known} == forms(tool.FOLDER / copy.name)


def test_merging_changes_nothing_where_nothing_is_new(tmp_path: Path) -> None:
    for name in tool.LANGUAGES:
        file = tool.FOLDER / f"ankleviewer_{name}.ts"
        (tmp_path / file.name).write_bytes(file.read_bytes())
    tool.update(tmp_path)
    for file in tmp_path.iterdir():
        assert file.read_text() == (tool.FOLDER / file.name).read_text()


def test_what_the_source_says_is_found() -> None:
    code = """
tr("one {n}", n=1); tr("%n two", count); noop({"a": "Three", "k": "A, R"}); add(menu, "Four", "Ctrl+O", act); tr(name)
"""
    found = dict(pair for node in ast.walk(ast.parse(code)) if isinstance(node, ast.Call) for pair in tool._of_call(node))
    assert found == {"one {n}": False, "%n two": True, "Three": False, "Four": False}
    below = '''
"""Doc text of a module."""
log.info("written to the log"); raise ValueError("nobody sees this"); raise ScanError("CODE", f"{n} slices are missing.")
'''
    assert list(tool._spoken(ast.parse(below), {"ValueError"})) == ["{} slices are missing."]


# Texts of the window's modules that are no words for a reader.
NOT_SHOWN = re.compile(
    r"px|^QToolButton|\*\.nii|Basic Render|GDI Generic|Noto|Source Han|Microsoft|WenQuanYi"  # looks, file kinds, drivers, fonts
    r"|^(no fracture|not assessed|scan open, no answer yet)$"  # keys of calls and phases
)


@pytest.mark.parametrize("path", sorted((tool.PACKAGE / "ui").rglob("*.py")), ids=lambda p: p.stem)
def test_no_sentence_of_the_window_escapes(path: Path) -> None:
    """Whatever reads like words stands in tr(), noop() or a command's text."""
    if path == tool.SENTENCES or path.name in ("jobs.py", "log_saving.py", "theme.py", "app.py", "screen.py"):
        return  # spoken from below; a text for who mends the program; a style sheet; the command line's own words (two)
    tree = ast.parse(path.read_text())
    quiet: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and tool._name(node) in {"tr", "noop", "said"} | tool._COMMANDS:
            quiet |= {id(part) for argument in node.args for part in ast.walk(argument)}
        if tool._is_silent(node, {"ValueError", "RuntimeError"}) or isinstance(node, ast.JoinedStr):
            quiet |= {id(part) for part in ast.walk(node) if part is not node or not isinstance(node, ast.JoinedStr)}
    left = [(node.lineno, tool.template(node)) for node in ast.walk(tree) if id(node) not in quiet and tool.template(node)]
    assert [(line, text) for line, text in left if tool._is_sentence(text) and not NOT_SHOWN.search(text)] == []


def test_the_tools_are_beside_the_interpreter() -> None:
    assert Path(sys.executable).with_name("pyside6-lupdate").exists() or sys.platform == "win32"
