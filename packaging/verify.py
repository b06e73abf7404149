"""Run the long proofs (tests marked `long`) and write what they showed to docs/verification.md: date, machine, figures.

A test hands over its figures with pytest's `record_property(name, value)`. Status: that of the tests; the page is written in
either case, so that a failure is on record too.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "verification.md"
RELEASES = ("ankleviewer", "numpy", "onnxruntime-gpu", "PySide6-Essentials", "pydicom", "torch", "vtk")
NO_TESTS = 5  # pytest's exit status when nothing was selected


@dataclass(frozen=True)
class Proof:
    """One long test: its module and name, passed | failed | skipped (with the reason), seconds, figures by name."""

    module: str
    name: str
    outcome: str
    seconds: float
    figures: dict[str, str]


def read(report: Path) -> list[Proof]:
    """The proofs in a JUnit file of pytest."""
    proofs = []
    for case in ElementTree.parse(report).iter("testcase"):  # noqa: S314  our own file
        skipped = case.find("skipped")
        if case.find("failure") is not None or case.find("error") is not None:
            outcome = "**failed**"
        elif skipped is not None:
            outcome = f"skipped: {skipped.get('message', '')}"
        else:
            outcome = "passed"
        figures = {p.get("name", ""): p.get("value", "") for p in case.iter("property")}
        module = case.get("classname", "").removeprefix("tests.")
        proofs.append(Proof(module, case.get("name", ""), outcome, float(case.get("time", 0)), figures))
    return proofs


def page(proofs: list[Proof], commit: str, today: datetime) -> str:
    """The page in Markdown."""
    releases = ", ".join(f"{name} {_version(name)}" for name in RELEASES)
    lines = [
        "# Verification",
        "",
        "Written by `make verify`; do not edit. Each proof has a small form that runs with every `make test`.",
        "",
        f"- Date: {today:%Y-%m-%d %H:%M} UTC",
        f"- Commit: {commit}",
        f"- Machine: {platform.system()} {platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}",
        f"- Releases: {releases}",
        "",
        "| proof | outcome | seconds | figures |",
        "|---|---|---|---|",
    ]
    for proof in proofs:
        figures = "; ".join(f"{name}: {value}" for name, value in proof.figures.items())
        title = f"{proof.module}: {proof.name.removeprefix('test_').replace('_', ' ')}"
        lines.append(f"| {title} | {proof.outcome} | {proof.seconds:.0f} | {figures} |")
    return "\n".join(lines) + "\n"


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "not installed"


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    changed = " with uncommitted changes" if git("status", "--porcelain", "--untracked-files=no") else ""
    return (git("rev-parse", "--short=12", "HEAD") or "unknown") + changed


def main() -> int:
    """Returns pytest's exit status."""
    commit = _commit()
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.xml"
        command = [sys.executable, "-m", "pytest", "-m", "long", f"--junitxml={report}", *sys.argv[1:]]
        status = subprocess.run(command, cwd=ROOT, check=False).returncode
        proofs = read(report) if report.exists() else []
    if not proofs:
        print("No long proof was run.", file=sys.stderr)
        return status or NO_TESTS
    PAGE.write_text(page(proofs, commit, datetime.now(UTC)), encoding="utf-8")
    print(f"Written: {PAGE.relative_to(ROOT)}")
    return status


if __name__ == "__main__":
    sys.exit(main())
