"""The model card: what a model is for, what it was trained on, how well it did and where it stops. Text only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

REVISION = "git_commit"  # of the program. It stays out of the model file: the same weights are the same file, commits later, too
STUDY = "study"  # whom a study left out before it was split; out of the file, too, since other scans change no weight
ASIDE = (REVISION, STUDY)
SIMULATED_ANKLES = "simulated ankles (trainer.simulate, built-in bones)"  # "data" of a network that learnt from the simulator

USE = """\
Points a reader at places in an ankle CT where a fracture may be: one probability for the scan and a map of its sources.
For research and teaching. It gives no diagnosis and replaces no radiologist."""

SIMULATED = "- Research use only. Not a medical device; not validated on patients. No clinical accuracy is known."
MEASURED = """\
- Research use only. Not a medical device; not validated for clinical use. Its accuracy is known on the scans alone that the
  figures above were measured on; other patients, scanners and hospitals may give another."""
UNMEASURED = "- Research use only. Not a medical device; not validated for clinical use. Its accuracy was not measured."

LIMITS = """\
- Adults; non-contrast CT of a whole ankle. Children, implants, earlier surgery and strong motion are outside what it has seen.
- The map shows where the network's score comes from, not where a fracture ends; its resolution is one cell. Published work
  finds that saliency methods often fail at least one of localisation, repeatability and randomisation tests
  (Arun et al. 2021; arXiv 2405.14584)."""

CALIBRATED = "- A probability is calibrated on the validation scans named above. On scans that differ from them it may be off."
UNCALIBRATED = """\
- A probability is not calibrated: it ranks scans, but says nothing of how many of those that have it are fractured. Its
  thresholds were not chosen on any scans."""

NEAR = (
    "It is not asked about what lies below the joint and more than {mm:g} mm away from it (midfoot, most of the calcaneus): "
    "a fracture there does not count."
)
MIRRORED = "It sees each scan and its mirror image; the map is the mean of both maps, and the answer follows from that."


def _made(record: Mapping[str, Any]) -> dict[str, Any]:
    """What the network came from, and what stands beside that."""
    return {**record["origin"], **{key: record[key] for key in ASIDE if key in record}}


def model_card(record: Mapping[str, Any]) -> str:
    """Markdown from a manifest ("files" is not used, so the card can be listed there)."""
    network, decision, spec, origin = (record[k] for k in ("network", "decision", "preprocessing", "origin"))
    cam = network["cam"]
    data = str(origin.get("data", "not stated"))
    simulated = "simulat" in data.lower()
    cell = cam["stride"] * float(spec["spacing_mm"])
    scans = decision.get("calibration", {}).get("n", 0)
    parity, metrics = record["parity"], record.get("metrics", {})
    figures = _table(_flat({k: v for k, v in metrics.items() if k not in ("reliability", "ablation")}))
    parts = [
        f"# {record['title']}",
        f"Name `{record['name']}`, version {record['version']}, status **{record['status']}**.",
        "## Intended use",
        USE,
        "## Training data",
        data + (". **Trained on simulated scans; no figure below says anything on patients.**" if simulated else "."),
        _table([(k, v) for k, v in sorted(_made(record).items()) if k not in ("data", "versions") and v not in (None, "")]),
        "## Network",
        f"{network['arch']}, {network['mode']} convolutions, {network['parameters']:,} parameters, pooling {network['pooling']}.",
        MIRRORED if network.get("config", {}).get("mirrored") else "",
        NEAR.format(mm=network["config"]["reach"] * spec["spacing_mm"]) if network.get("config", {}).get("reach") else "",
        f"Map: {cam['cells']} cells along each axis, one cell is {cell:g} mm long.",
        f"Input: {spec['size']} voxels along each axis at {spec['spacing_mm']:g} mm, {spec['lo']:g} to {spec['hi']:g} HU.",
        "## Decision",
        (
            f'"fracture" from a probability of {decision["spec_threshold"]:.3f}, "no fracture" below '
            f'{decision["sens_threshold"]:.3f}, "uncertain" between; '
            + (f"chosen on {scans} validation scans." if scans else "**not calibrated**: there were no scans to choose on.")
        ),
        "## Figures",
        figures or "None were measured.",
        _reliability(metrics.get("reliability", [])),
        *_ablation(metrics.get("ablation", {})),
        "## Limits",
        _limits(simulated, bool(figures), bool(scans)),
        "## Export",
        (
            f"Compared on {parity['volumes']} volumes with the trained network, largest difference in probability: "
            f"{parity['probability']:.1e} by the exported program, {parity['rounding']:.1e} by half-precision weights."
        ),
    ]
    return "\n\n".join(p for p in parts if p) + "\n"


def _limits(simulated: bool, measured: bool, calibrated: bool) -> str:
    known = SIMULATED if simulated else MEASURED if measured else UNMEASURED
    return "\n".join((known, LIMITS, CALIBRATED if calibrated else UNCALIBRATED))


def _reliability(bins: Sequence[Mapping[str, Any]]) -> str:
    """What share of the scans with a probability in each bin was fractured."""
    if not bins:
        return ""
    rows = [f"| {b['low']:.1f}-{b['high']:.1f} | {b['mean']:.2f} | {b['fractured']} of {b['n']} |" for b in bins]
    return "\n".join(["| probability | mean | fractured |", "|---|---|---|", *rows])


def _ablation(record: Mapping[str, Any]) -> list[str]:
    """What else was tried, and why it is made as it is: a heading, a sentence, and a table of rows of equal keys."""
    rows = record.get("rows", [])
    if not rows:
        return []
    heads = list(rows[0])
    lines = [" | ".join(_cell(f"{v:.3f}" if isinstance(v, float) else v) for v in row.values()) for row in rows]
    table = [f"| {' | '.join(map(_cell, heads))} |", "|" + "---|" * len(heads), *(f"| {line} |" for line in lines)]
    return ["## What else was tried", str(record.get("how", "")), "\n".join(table)]


def _flat(record: Mapping[str, Any], prefix: str = "") -> list[tuple[str, Any]]:
    """Nested figures as rows; {value, low, high} becomes one."""
    rows: list[tuple[str, Any]] = []
    for key, value in record.items():
        name = f"{prefix}{key}".replace("_", " ")
        if isinstance(value, Mapping) and {"value", "low", "high"} <= set(value):
            rows.append((name, _interval(value)))
        elif isinstance(value, Mapping):
            rows += _flat(value, f"{name}, ")
        else:
            rows.append((name, value))
    return rows


def _interval(v: Mapping[str, float | None]) -> str:
    """A figure in words; None is one that the scans leave undefined, as a precision without a positive call."""
    value, low, high = v["value"], v["low"], v["high"]
    if value is None:
        return "undefined"
    return f"{value:.3f} (95 % CI " + ("undefined)" if low is None or high is None else f"{low:.3f} to {high:.3f})")


def _table(rows: list[tuple[str, Any]]) -> str:
    if not rows:
        return ""
    cells = [f"| {_cell(k)} | {_cell(f'{v:.4g}' if isinstance(v, float) else v)} |" for k, v in rows]
    return "\n".join(["| | |", "|---|---|", *cells])


def _cell(value: Any) -> str:
    return str(value).replace("|", "/").replace("\n", " ")
