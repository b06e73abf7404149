"""Freed memory stays with the process."""

from __future__ import annotations

import platform
import resource
import subprocess
import sys

import pytest

GLIBC = platform.system() == "Linux" and platform.libc_ver()[0] == "glibc"
# The first rounds are not counted: until every block has its place in the heap, some ask for new pages.
FAULTS = """
import resource, sys
import torch
from trainer.training.allocator import keep_freed_memory
print(keep_freed_memory() if sys.argv[1] == "keep" else None)
for n in range(30):
    if n == 20:
        before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    blocks = [torch.zeros(12_000_000) for _ in range(2)]
    del blocks
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


def faults(how: str) -> tuple[str, int]:
    done = subprocess.run([sys.executable, "-c", FAULTS, how], capture_output=True, text=True, check=True)
    said, count = done.stdout.split()
    return said, int(count)


@pytest.mark.skipif(not GLIBC, reason="only glibc gives large blocks back at once")
def test_blocks_asked_for_again_cost_no_page_faults() -> None:
    said, kept = faults("keep")
    assert said == "True"
    _, given_back = faults("leave")
    pages = 10 * 2 * 48_000_000 // resource.getpagesize()
    assert kept < 0.1 * pages < 0.9 * pages < given_back
