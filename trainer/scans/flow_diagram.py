"""The flow of a study's scans as a picture and a table: in the table, found, left out and why, included, and how they were split
(as STARD 2015 asks for).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

# what the codes mean, for people; a code that is not here is shown as it is
REASONS = {
    "NOT_ADULT": "younger than 18",
    "AGE_UNDER_18": "younger than 18 by the scan's header",
    "PRIOR_SURGERY": "surgery before",
    "IMPLANT": "implant",
    "STRONG_MOTION": "strong motion",
    "BONE_DISEASE": "systemic bone disease",
    "SCAN_INCOMPLETE": "scan incomplete",
    "NO_COMPLETE_ANKLE": "no complete ankle found",
    "WHICH_ANKLE": "two ankles, no mark tells which is fractured",
    "ANKLE_INCOMPLETE": "ankle incomplete",
    "ANKLE_UNSURE": "place of the ankle not certain",
}
PARTS = {"train": "training", "validation": "validation", "test": "test"}


def in_words(code: str) -> str:
    """A reason for people."""
    return REASONS.get(code, code)


def flow_table(flow: dict[str, Any]) -> str:
    """Markdown.

    Args:
        flow: see `split.flow`.
    """
    lines = ["| | scans |", "|---|---|", f"| in the table | {flow['rows']} |"]
    lines += [f"| - found | {flow['found']} |", f"| - not found | {flow['not_found']} |"]
    excluded = flow["excluded"]
    lines.append(f"| left out | {sum(excluded.values())} |")
    lines += [f"| - {in_words(code)} | {n} |" for code, n in sorted(excluded.items(), key=lambda item: -item[1])]
    lines.append(f"| included | {flow['included']}: {flow['positive']} fractured, {flow['negative']} not |")
    for name, words in PARTS.items():
        part = flow["splits"][name]
        lines.append(
            f"| - {words} | {part['positive'] + part['negative']}: {part['positive']} fractured, {part['negative']} not |"
        )
    return "\n".join(lines) + "\n"


def flow_lines(flow: dict[str, Any]) -> str:
    """The same for a terminal: rows, found, left out and included in one line, the parts in another."""

    def split(part: dict[str, Any]) -> str:
        return f"{part['positive']} fractured, {part['negative']} not"

    excluded = sorted(flow["excluded"].items(), key=lambda item: -item[1])
    reasons = f" ({', '.join(f'{in_words(code)}: {n}' for code, n in excluded)})" if excluded else ""
    parts = [f"{words} {sum(flow['splits'][name].values())} ({split(flow['splits'][name])})" for name, words in PARTS.items()]
    return (
        f"in the table {flow['rows']} (found {flow['found']}, not found {flow['not_found']}), left out "
        f"{sum(n for _, n in excluded)}{reasons}, included {flow['included']}: {split(flow)}\n"
        f"{', '.join(parts)}"
    )


def draw_flow(flow: dict[str, Any], target: Path) -> None:
    """Write the diagram as a PNG."""
    import matplotlib as mpl

    mpl.use("Agg")
    from matplotlib import pyplot as plt
    from matplotlib.patches import Rectangle

    from ankleviewer.io.atomic import atomic_file

    excluded = sorted(flow["excluded"].items(), key=lambda item: -item[1])
    reasons = [f"{in_words(code)}: {n}" for code, n in excluded] or ["none"]
    depth = max(1.6, 0.36 * len(reasons) + 0.8)  # of the box with the reasons, in the drawing's own units
    height = 5.4 + depth
    figure, axis = plt.subplots(figsize=(9, 0.62 * height), layout="constrained")
    axis.set(xlim=(0, 12), ylim=(0, height))
    axis.axis("off")

    def box(x: float, y: float, width: float, tall: float, text: str) -> None:
        axis.add_patch(Rectangle((x, y), width, tall, facecolor="white", edgecolor="0.25", linewidth=1.1))
        axis.text(x + width / 2, y + tall / 2, text, ha="center", va="center", fontsize=10, linespacing=1.35)

    def arrow(x: float, y: float, to_x: float, to_y: float) -> None:
        axis.annotate("", (to_x, to_y), (x, y), arrowprops={"arrowstyle": "-|>", "color": "0.25", "shrinkA": 0, "shrinkB": 0})

    top, middle = height - 1.2, 3.2
    box(1.2, top, 4.2, 1.0, f"In the table: {flow['rows']}\nfound {flow['found']}, not found {flow['not_found']}")
    box(6.6, (top + middle + 1.2 - depth) / 2, 5.0, depth, f"Left out: {sum(n for _, n in excluded)}\n" + "\n".join(reasons))
    box(1.2, middle, 4.2, 1.2, f"Included: {flow['included']}\n{flow['positive']} fractured, {flow['negative']} not")
    arrow(3.3, top, 3.3, middle + 1.2)
    arrow(3.3, (top + middle + 1.2) / 2, 6.6, (top + middle + 1.2) / 2)
    for k, (name, words) in enumerate(PARTS.items()):
        part = flow["splits"][name]
        box(0.2 + 4.0 * k, 0.4, 3.6, 1.4, f"{words.capitalize()}\n{part['positive']} fractured, {part['negative']} not")
        arrow(3.3, middle, 2.0 + 4.0 * k, 1.8)
    target.parent.mkdir(parents=True, exist_ok=True)
    with atomic_file(target) as stream:
        figure.savefig(stream, dpi=120, format="png")
    plt.close(figure)
