"""Read what the window says from the source into Qt Linguist's files, and compile those.

    python packaging/translations.py

1. `ankleviewer/ui/words/sentences.py`: templates of the sentences that come from the layers below the window, {} for a value.
2. `ankleviewer/ui/words/translations/*.ts`: those and the window's own strings, merged by lupdate; new ones are left unfinished.
3. `ankleviewer/ui/words/translations/*.qm`: compiled by lrelease, what is unfinished stays English.

lupdate knows neither f-strings nor which words of the layers below reach the screen; so the strings are found here, by Python's
own parser, and handed to it as a list.
"""

from __future__ import annotations

import ast
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = ROOT / "ankleviewer"
FOLDER = PACKAGE / "ui" / "words" / "translations"
SENTENCES = PACKAGE / "ui" / "words" / "sentences.py"
CONTEXT = "AnkleViewer"
LANGUAGES = ("de", "zh_CN")

# Below the window: whose words reach the screen. What only tells a programmer or goes to a file is left out.
SPOKEN = (
    "core",
    "io",
    "inference",
    "session.py",
    "saving.py",
    "reports/dicom/results.py",
    "__init__.py",
    "ui/background/jobs.py",
)
SILENT = {
    "core/assessment/decision.py",
    "core/assessment/preprocess.py",
    "core/assessment/result.py",
    "core/display/savedview.py",
    "core/geometry.py",
    "core/imaging/resample.py",
    "core/paths.py",
    "core/reading/unshown.py",
    "core/scrub.py",
    "core/volume.py",
    "inference/adding.py",
    "inference/engines/choice.py",
    "inference/manifest.py",
    "inference/onnx_file.py",
    "inference/engines/openvino_session.py",
    "inference/engines/ort_session.py",
    "inference/removing.py",
    "inference/trial.py",
    "io/atomic.py",
    "io/logs.py",
}
# Errors that a reader never sees, and the log, which stays English.
_UNSEEN = {"TypeError", "KeyError", "IndexError", "AssertionError", "RuntimeError", "NotImplementedError"}
_MEASURING = (
    "core/reading/region.py",
    "core/reading/measure.py",
    "core/reading/measure_tools.py",
)  # whose ValueErrors are shown while a reader measures
_LOG = {"debug", "info", "warning", "error", "exception"}
_COMMANDS = {"_add", "add"}
_KEY = re.compile(r"(?:(?:Ctrl|Shift|Alt)\+)*(?:[A-Z0-9?\[\]]|F\d+|Del|Esc|Left|Right)")
# Single words, and templates with a single word, which look like names in the source.
WORDS = {"Bone", "Distance", "Angle", "Region (HU)", "Artefact", "scroll", "pan", "zoom"}
WORDS |= {"Unpacking", "Checking", "Done", "Running {}", "kernel {}", " Also: {}"}
WORDS |= {"anterior", "middle", "posterior", "length", "angle", "mean", "area", "voxels"}
WORDS |= {"localizers", "directories", "nowhere"}
WORDS |= {"step-off", "gap", "fragment", "plafond", "medial", "lateral"}
WORDS |= {"{where}, near {name}", "{across} and {along}"}
WORDS |= {"Mean {} mm", "{}: 1 slice", "{} to {} HU", "{} mm of {} mm"}
# What the system says where a file cannot be read or written.
WORDS |= {"Permission denied", "No space left on device", "Read-only file system", "No such file or directory", "Is a directory"}
# Sentences in form that no reader sees: records of a journal, names of codecs and of landmarks, figures for the log.
NOT_SAID = {
    "measure changed",
    "not measure",
    "not missed",
    "a measure has points",
    "a normal has a length",
    "a point must be finite, is {}",
    "plafond centre",
}
NOT_SAID |= {"posterior fragment", "onnxruntime {}, built with {}", "map of {} cells, sum {}, answer {}"}
NOT_SAID |= {"retired JPEG process, syntax .4.{}", "JPEG Full Progression, Non-Hierarchical (Process 10 & 12)"}
NOT_SAID |= {"JPEG Spectral Selection, Non-Hierarchical (Process 6 & 8)", "type {} cannot be stored in NIfTI"}
NOT_SAID |= {" and {} more"}  # on the command line alone
NOT_SAID |= {"allocate memory"}  # in the engine's own words
NOT_SAID |= {"the hospital's own scans"}  # in a pack
NOT_SAID |= {"AnkleViewer heat map"}  # in a file's header
NOT_SAID |= {"array of shape {} does not fit the grid {}"}


# ---------------------------------------------------------------------------------------------------------- the window's own
def window_strings() -> dict[str, bool]:
    """The window's own strings, and whether each has a plural."""
    found: dict[str, bool] = {}
    for path in sorted((PACKAGE / "ui").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                for text, plural in _of_call(node):
                    found[text] = found.get(text, False) or plural
    return found


def _of_call(call: ast.Call) -> Iterator[tuple[str, bool]]:
    name = _name(call)
    if name == "tr" and call.args:
        if isinstance(call.args[0], ast.Constant) and isinstance(call.args[0].value, str):
            yield call.args[0].value, len(call.args) > 1
    elif name == "noop" and call.args:
        for text in _constants(call.args[0]):
            if re.search("[A-Za-z]{2}", text):  # names of keys stay as they are
                yield text, False
    elif name in _COMMANDS:
        for argument in call.args[:2]:
            word = argument.value if isinstance(argument, ast.Constant) else None
            if isinstance(word, str) and word and not _KEY.fullmatch(word):
                yield word, False


def _name(call: ast.Call) -> str:
    return call.func.attr if isinstance(call.func, ast.Attribute) else call.func.id if isinstance(call.func, ast.Name) else ""


def _constants(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and part.value:
            yield part.value


# ---------------------------------------------------------------------------------------------------------- the layers below
def sentences() -> list[str]:
    """Templates of what the layers below say, {} for a value, sorted."""
    found = set(WORDS)
    for part in SPOKEN:
        top = PACKAGE / part
        for path in sorted(top.rglob("*.py")) if top.is_dir() else [top]:
            name = path.relative_to(PACKAGE).as_posix()
            if name not in SILENT:
                unseen = _UNSEEN if name in _MEASURING else _UNSEEN | {"ValueError"}
                found |= set(_spoken(ast.parse(path.read_text(encoding="utf-8")), unseen))
    return sorted(found - NOT_SAID)


def _spoken(tree: ast.Module, unseen: set[str]) -> Iterator[str]:
    silent: set[int] = set()
    for node in ast.walk(tree):
        if _is_silent(node, unseen):
            silent |= {id(part) for part in ast.walk(node)}
        if isinstance(node, ast.JoinedStr):
            silent |= {id(part) for value in node.values if isinstance(value, ast.Constant) for part in ast.walk(value)}
    for node in ast.walk(tree):
        text = template(node) if id(node) not in silent else None
        if text is not None and _is_sentence(text):
            yield text


def _is_silent(node: ast.AST, unseen: set[str]) -> bool:
    """Doc texts, log lines, patterns, comparisons, annotations, and errors that nobody sees."""
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return True
    if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
        return _name(node.exc) in unseen
    if isinstance(node, ast.Call):
        of = node.func.value if isinstance(node.func, ast.Attribute) else None
        return isinstance(of, ast.Name) and (of.id == "re" or (of.id == "log" and _name(node) in _LOG))
    return isinstance(node, ast.Compare)


def template(node: ast.AST) -> str | None:
    """A literal or f-string with {} for each value; None for anything else."""
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(str(v.value) if isinstance(v, ast.Constant) else "{}" for v in node.values)
    return None


def _is_sentence(text: str) -> bool:
    words = re.findall(r"(?<![\w{])[A-Za-z][a-z'-]+(?![\w}])", text)
    return len(words) > 1 and " " in text


# ------------------------------------------------------------------------------------------------------------------- the files
def messages() -> dict[str, bool]:
    """All that is to be translated, and whether it has a plural."""
    return window_strings() | {text: "(s)" in text for text in sentences()}


def write_sentences() -> None:
    """Write the module with the templates."""
    lines = [f"    {json.dumps(text, ensure_ascii=False)}," for text in sentences()]
    head = '"""Templates of what the layers below say, {} for a value. Written by packaging/translations.py; do not edit."""'
    body = ["", "# ruff: noqa: E501", "# fmt: off", "SENTENCES: tuple[str, ...] = (", *lines, ")", ""]
    SENTENCES.write_text("\n".join([head, *body]), encoding="utf-8")


def update(folder: Path = FOLDER) -> None:
    """Merge all messages into the .ts files of a folder; those that are gone are dropped, new ones stand as unfinished."""
    with tempfile.TemporaryDirectory() as place:
        source = Path(place) / "messages.cpp"
        calls = []
        for text, plural in sorted(messages().items()):
            macro = "QT_TRANSLATE_N_NOOP" if plural else "QT_TRANSLATE_NOOP"
            calls.append(f'{macro}("{CONTEXT}", {json.dumps(text, ensure_ascii=False)});')
        source.write_text("\n".join(calls) + "\n", encoding="utf-8")
        for language in LANGUAGES:
            target = folder / f"ankleviewer_{language}.ts"
            options = ["-no-obsolete", "-locations", "none", "-silent", "-disable-heuristic", "similartext"]
            options += ["-source-language", "en", "-target-language", language]
            _run("pyside6-lupdate", *options, str(source), "-ts", str(target))


def release(source: Path, target: Path) -> None:
    """Compile a .ts file to a .qm file; the same source gives the same bytes."""
    _run("pyside6-lrelease", "-silent", "-nounfinished", str(source), "-qm", str(target))


def unfinished(source: Path) -> list[str]:
    """What a .ts file leaves untranslated."""
    left = []
    for message in ElementTree.parse(source).iter("message"):  # noqa: S314  our own file
        translation = message.find("translation")
        forms = [] if translation is None else [*translation.iter("numerusform")] or [translation]
        if translation is None or translation.get("type") or not all(form.text for form in forms):
            left.append(message.findtext("source", ""))
    return left


def _run(tool: str, *arguments: str) -> None:
    """One of Qt Linguist's tools, as PySide6 brings it beside the interpreter."""
    program = Path(sys.executable).with_name(tool)
    subprocess.run([str(program), *arguments], check=True, timeout=120)


def main() -> int:
    """Returns 0, or 1 where something is left to be translated."""
    FOLDER.mkdir(exist_ok=True)
    write_sentences()
    update()
    left = 0
    for language in LANGUAGES:
        source = FOLDER / f"ankleviewer_{language}.ts"
        release(source, source.with_suffix(".qm"))
        for text in unfinished(source):
            left += 1
            print(f"{source.name}: not translated: {text}", file=sys.stderr)
    print(f"{len(messages())} messages, {left} translations missing.")
    return 1 if left else 0


if __name__ == "__main__":
    sys.exit(main())
