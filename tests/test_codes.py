"""docs/codes.md lists every code that the program gives, with the levels and exit codes that it really has, and no other."""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

from ankleviewer.cli import console
from ankleviewer.core import errors, exits
from trainer import cli as trainer_cli

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "codes.md"
# What a code is given to, and at which place.
GIVEN_TO = {"ScanError": 0, "NoSlices": 0, "ModelError": 0, "AnkleViewerError": 0, "Finding": 1, "Notice": 0, "notify": 0}
GIVEN_TO |= {"DataError": 0, "LeakError": 0, "OneClassError": 0}  # the trainer's own
ROW = re.compile(r"\| `([A-Z0-9_]+)` \| ([a-z0-9, ]+) \| .*[^ ] \|")

Codes = dict[str, set[str]]


def values(node: ast.expr, constants: dict[str, str]) -> list[str]:
    """The codes or levels that an expression may be; none where it hands on what was given elsewhere."""
    match node:
        case ast.Constant(value=str(text)):
            return [text]
        case ast.IfExp(body=one, orelse=other):
            return values(one, constants) + values(other, constants)
        case ast.Name(id=name) if name in constants:
            return [constants[name]]
        case ast.Attribute(attr="code" | "level") | ast.Name(id="code" | "level"):
            return []
    raise AssertionError(f"line {node.lineno}: this test does not see which code `{ast.unparse(node)}` is")


def given(tree: ast.Module) -> Iterator[tuple[str, str, str]]:
    """Each code of a module, what it is given to, and a finding's level ("" for anything else)."""
    constants = {
        node.targets[0].id: node.value.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):  # UsageError and the like
            for base in GIVEN_TO.keys() & {ast.unparse(b) for b in node.bases}:
                for call in (n for n in ast.walk(node) if isinstance(n, ast.Call) and ast.unparse(n.func) == "super().__init__"):
                    yield from ((code, base, "") for code in values(call.args[0], constants))
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        named = {k.arg: k.value for k in node.keywords}
        if name not in GIVEN_TO or None in named:  # None: a record that is read back
            continue
        code = named["code"] if "code" in named else node.args[GIVEN_TO[name]]
        level = named.get("level", node.args[0] if node.args else code) if name == "Finding" else ast.Constant("")
        yield from ((c, name, v) for c in values(code, constants) for v in values(level, constants))


def outcome(code: str, to: str, level: str, module: str) -> str:
    """A finding's level, "refuse" for a scan that is refused, else the exit code; "window" where it is told there alone."""
    if to == "Finding":
        return level
    if module.startswith("ankleviewer/ui/"):
        return "window"
    error = getattr(errors, to, errors.AnkleViewerError)(code, "")
    if module.startswith("trainer/"):
        return str(trainer_cli.SCAN_REFUSED if isinstance(error, errors.ScanError) else trainer_cli.USAGE)
    met = console.exit_code(error)
    return "refuse" if met == exits.SCAN_REFUSED else str(met)


def in_source(package: str) -> Codes:
    found: Codes = defaultdict(set)
    for file in sorted((ROOT / package).rglob("*.py")):
        module = file.relative_to(ROOT).as_posix()
        for code, to, level in given(ast.parse(file.read_text(encoding="utf-8"))):
            found[code].add(outcome(code, to, level, module))
    return found


def on_page() -> tuple[Codes, Codes]:
    """The viewer's codes and the trainer's."""
    viewer, trainer = PAGE.read_text(encoding="utf-8").split("\n## Trainer\n")
    tables = []
    for part in (viewer, trainer):
        lines = [line for line in part.splitlines() if line.startswith("| `")]
        rows = [ROW.fullmatch(line) for line in lines]
        assert all(rows), [line for line, row in zip(lines, rows, strict=True) if row is None]
        codes = [row[1] for row in rows if row]
        assert len(set(codes)) == len(codes), "a code has two rows"
        tables.append({row[1]: set(row[2].split(", ")) for row in rows if row})
    return tables[0], tables[1]


def test_the_page_names_every_code_of_the_viewer_and_no_other() -> None:
    assert on_page()[0] == in_source("ankleviewer")


def test_the_page_names_every_code_of_the_trainer_and_no_other() -> None:
    assert on_page()[1] == in_source("trainer")


def test_codes_are_found_in_every_form_in_which_they_are_given() -> None:
    text = """
NAMED = "D_NAMED"
class Own(ScanError):
    def __init__(self): super().__init__("E_OWN", "")
raise ScanError("A_BOTH" if x else "B_BOTH", "")
Finding("info" if x else "caveat", "C_LEVELS", "")
self.notify(NAMED, "")
Finding(level="refuse", code="F_NAMED", message="")
raise ModelError(error.code, "")
Finding(**record)
"""
    assert set(given(ast.parse(text))) == {
        ("A_BOTH", "ScanError", ""),
        ("B_BOTH", "ScanError", ""),
        ("C_LEVELS", "Finding", "info"),
        ("C_LEVELS", "Finding", "caveat"),
        ("D_NAMED", "notify", ""),
        ("E_OWN", "ScanError", ""),
        ("F_NAMED", "Finding", "refuse"),
    }
