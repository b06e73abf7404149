"""Peak memory of opening and analysing a scan of 512 x 512 x 1000 in a field of 500 mm, in a process of its own: beside it stand
the aims.

`python -m benchmarks.memory` prints the table; with a file it opens and analyses it and prints JSON.
"""

from __future__ import annotations

import argparse
import json
import re
import resource
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

SHAPE, SPACING = (512, 512, 1000), (0.977, 0.977, 1.0)
LOAD_GB, ALL_GB = 1.4, 3.0  # above the interpreter to load; in all


def peak_gb() -> float:
    """The most memory that this process has held, GB (10^9 bytes)."""
    status = Path("/proc/self/status")
    if status.exists():  # Linux hands ru_maxrss on from the process that started this one, and that one made the scan
        return float(re.search(r"VmHWM:\s+(\d+) kB", status.read_text())[1]) * 1024 / 1e9  # type: ignore[index]
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9


def analyse(path: str) -> dict[str, float]:
    """Peaks of the bare interpreter, after opening, after analysing with the default model, and after all models."""
    bare = peak_gb()
    from ankleviewer import session

    case = session.open_case(path)
    opened = peak_gb()
    answers = session.analyse(case).result.models
    assert any(answer.probability is not None for answer in answers), "the ankle in it was not assessed"
    analysed = peak_gb()
    session.analyse(case, ["all"])
    return {"bare": bare, "opened": opened, "analysed": analysed, "by all": peak_gb()}


def rows() -> Iterator[str]:
    """A gzipped and a plain NIfTI file."""
    from ankleviewer.core.paths import assets_dir
    from ankleviewer.io.nifti import write_nifti
    from benchmarks.bigscan import big_scan

    volume = big_scan(next((assets_dir() / "sample").glob("*.nii.gz")), SHAPE, SPACING)
    yield f"| {' x '.join(map(str, SHAPE))}, int16 ({SHAPE[0] * SHAPE[1] * SHAPE[2] * 2 / 1e9:.2f} GB) | peak | aim |"
    yield "|---|---|---|"
    with tempfile.TemporaryDirectory() as folder:
        for suffix in (".nii", ".nii.gz"):
            path = Path(folder) / f"scan{suffix}"
            write_nifti(volume, None, path)
            done = subprocess.run(  # noqa: S603 (this very file)
                [sys.executable, "-m", "benchmarks.memory", str(path)], capture_output=True, text=True, check=True
            )
            found = json.loads(done.stdout.splitlines()[-1])
            yield f"| open {suffix}, above the interpreter | {found['opened'] - found['bare']:.2f} GB | {LOAD_GB} GB |"
            yield f"| open and analyse {suffix}, in all | {found['analysed']:.2f} GB | {ALL_GB} GB |"
            yield f"| the same by all models, one after the other | {found['by all']:.2f} GB | {ALL_GB} GB |"


def main(argv: list[str]) -> None:
    """One file, or the table."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.memory", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", nargs="?", metavar="FILE", help="open and analyse this scan alone and print JSON")
    file = parser.parse_args(argv).file
    if file:
        print(json.dumps(analyse(file)))
        return
    for row in rows():
        print(row, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
