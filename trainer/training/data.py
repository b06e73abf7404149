"""Training batches from a bank of simulated pairs: crops on the crack, their twins, and crops from anywhere else."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from trainer.simulate.pairs import Pair
from trainer.simulate.streams import stream
from trainer.training.augment import mirror, turn, vary_edges, vary_hu
from trainer.training.cuts import cut

BATCH_SEED = 7  # of what is drawn for batches
VISIBLE_HU = 40  # change against the twin below which a crack leaves no trace (in marrow, in fat)
MOST_TRIES = (
    1000  # draws for a pair of the wanted severity and size; about a third of all pairs has each, a quarter shows whole ankles
)


@dataclass(frozen=True)
class Batch:
    """Crops in HU (N, 1, D, D, D) float; crack and changed masks (bool, same shape); label (N, 1) float.

    Rows 2i and 2i + 1 of the first `twins` rows are a fractured crop and its unfractured twin.
    """

    hu: Tensor
    crack: Tensor
    changed: Tensor
    label: Tensor
    twins: int


@dataclass(frozen=True)
class CropPlan:
    """What a batch holds.

    Attributes:
        size: edge of a crop, voxels; pairs: twin crops on a crack; others: crops from anywhere.
        whole: only the mirror image counts as another ankle; else all 48 symmetries of the cube do.
        strength: of the augmentation, see `augment.vary_hu`.
        severities: fractures to draw from, all if empty; the plain ones first is a lesson that starts.
        faint: share of the `pairs` that are hairlines, the rest as drawn; what a trained network misses is mostly among them.
        plain_hu: change from which a voxel of the crack is asked for; between VISIBLE_HU and that, nothing is asked.
        hard: share of the `others` that show a place which the network took for a crack (`mine`), once such are known.
        cuts: share of the `pairs` whose fracture is cut into the unbroken bone (`cuts`).
        edges: whether edges are varied, too (`augment.vary_edges`).
    """

    size: int
    pairs: int
    others: int
    whole: bool = False
    severities: tuple[str, ...] = ()
    strength: float = 1.0
    faint: float = 0.0
    plain_hu: float = 120.0
    hard: float = 0.0
    cuts: float = 0.0
    edges: bool = False


@dataclass(frozen=True)
class HardPlace:
    """A voxel of a pair's volume, fractured or not, at which the network saw a crack that is not there."""

    pair: int
    fractured: bool
    voxel: tuple[int, int, int]


class Bank(Protocol):
    """Where the loop's batches come from; the same step gives the same batch."""

    hard: list[tuple[int, list[HardPlace]]]

    def batch(self, step: int, plan: CropPlan) -> Batch:
        """Batch of step `step`."""
        ...


class PairBank:
    """Pairs, used while they are still being made: step s may draw from the first `start + s * growth` of them.

    The schedule depends on the step alone, so a run gives the same batches however fast the simulator is. `pair` gives pair
    number n and waits until it is there (`pair_source`). Crops are augmented on `device`. With `any_kind`, for trials of a few
    pairs, fractures of any severity stand in for a severity that none of the pairs has.
    """

    def __init__(
        self,
        pair: Callable[[int], Pair],
        count: int,
        start: int,
        growth: float,
        seed: int,
        device: torch.device | str = "cpu",
        any_kind: bool = False,
    ) -> None:
        self.any_kind = any_kind
        self._there: dict[tuple[int, int, tuple[str, ...]], bool] = {}
        self.pair, self.count, self.start, self.growth, self.seed = pair, count, start, growth, seed
        self.device = torch.device(device)
        self.hard: list[tuple[int, list[HardPlace]]] = []  # (first step at which the places count, places), in order

    def usable(self, step: int) -> int:
        """How many pairs step `step` draws from."""
        return int(min(self.count, self.start + step * self.growth))

    def batch(self, step: int, plan: CropPlan) -> Batch:
        """Batch of step `step`; waits for pairs that are not there yet."""
        rng = stream(self.seed, step, "batch")
        usable = self.usable(step)
        hard = next((places for first, places in reversed(self.hard) if first <= step), [])
        faint = round(plan.faint * plan.pairs)
        wanted = [("hairline",)] * faint + [plan.severities] * (plan.pairs - faint)
        rows = [self._twins(rng, self._draw_cracked(rng, usable, plan.size, severities), plan) for severities in wanted]
        for _ in range(plan.others):
            if hard and rng.random() < plan.hard:
                rows.append(self._again(rng, hard[rng.integers(len(hard))], plan))
            else:
                rows.append(self._elsewhere(rng, self._draw(rng, usable, plan.size), plan))
        hu, crack, changed = (torch.cat(parts) for parts in zip(*rows, strict=True))
        return Batch(hu, crack, changed, crack.flatten(1).any(dim=1, keepdim=True).float(), 2 * plan.pairs)

    def _draw(self, rng: np.random.Generator, usable: int, size: int, severities: tuple[str, ...] = ()) -> Pair:
        """One of the first `usable` pairs that holds a crop of `size` voxels and a fracture of one of `severities`, if given."""
        if severities and self.any_kind and not self._has(usable, size, severities):
            severities = ()
        for _ in range(MOST_TRIES):
            pair = self.pair(int(rng.integers(usable)))
            if min(pair.intact.shape) >= size and (not severities or pair.meta["severity"] in severities):
                return pair
        raise ValueError(
            f"hardly any of the first {usable} pairs is {' or '.join(severities) or 'of any kind'} and {size} voxels wide"
        )

    def _draw_cracked(self, rng: np.random.Generator, usable: int, size: int, severities: tuple[str, ...]) -> Pair:
        """The same with a crack in sight, if there is one: some close-ups are of another place, and their twins teach nothing."""
        pair = self._draw(rng, usable, size, severities)
        for _ in range(7):
            if pair.crack.any():
                break
            pair = self._draw(rng, usable, size, severities)
        return pair

    def _has(self, usable: int, size: int, severities: tuple[str, ...]) -> bool:
        """Whether `_draw` can find one; all pairs are looked at, so it is asked of few."""
        key = usable, size, severities
        if key not in self._there:
            pairs = map(self.pair, range(usable))
            self._there[key] = any(min(p.intact.shape) >= size and p.meta["severity"] in severities for p in pairs)
        return self._there[key]

    def _twins(self, rng: np.random.Generator, pair: Pair, plan: CropPlan) -> tuple[Tensor, Tensor, Tensor]:
        if plan.cuts and rng.random() < plan.cuts:
            fractured, intact, sheet = cut(rng, pair.intact, plan.size, float(str(pair.meta.get("spacing", 1.0))))
            return self._of_pair(rng, np.stack([fractured, intact]), sheet, plan)
        points = np.argwhere(pair.crack)
        shape = np.asarray(pair.intact.shape)
        centre = points[rng.integers(len(points))] if len(points) else shape // 2
        box = _box(centre + rng.integers(-plan.size // 3, plan.size // 3 + 1, 3), plan.size, shape)
        return self._of_pair(rng, np.stack([pair.fractured[box], pair.intact[box]]), pair.crack[box], plan)

    def _of_pair(
        self, rng: np.random.Generator, both: NDArray[Any], sheet: NDArray[np.bool_], plan: CropPlan
    ) -> tuple[Tensor, Tensor, Tensor]:
        """Rows of twins from their crops and the crack of the first."""
        change = np.abs(both[0].astype(np.int32) - both[1].astype(np.int32))
        nothing = np.zeros(change.shape, dtype=bool)
        crack = np.stack([sheet & (change > plan.plain_hu), nothing])
        changed = np.stack([(change > VISIBLE_HU) | sheet, nothing])
        return self._augmented(rng, both, crack, changed, plan)

    def _elsewhere(self, rng: np.random.Generator, pair: Pair, plan: CropPlan) -> tuple[Tensor, Tensor, Tensor]:
        volume = pair.intact if rng.random() < 0.7 else pair.fractured
        shape = np.asarray(volume.shape)
        centre = rng.integers(shape // 6, shape - shape // 6)
        for _ in range(8):  # a place on bone teaches more than air
            if volume[tuple(centre)] > 200:
                break
            centre = rng.integers(shape // 6, shape - shape // 6)
        return self._single(rng, pair, volume is pair.fractured, _box(centre, plan.size, shape), plan)

    def _again(self, rng: np.random.Generator, place: HardPlace, plan: CropPlan) -> tuple[Tensor, Tensor, Tensor]:
        pair = self.pair(place.pair)
        centre = np.asarray(place.voxel) + rng.integers(-(plan.size // 5), plan.size // 5 + 1, 3)
        return self._single(rng, pair, place.fractured, _box(centre, plan.size, np.asarray(pair.intact.shape)), plan)

    def _single(
        self, rng: np.random.Generator, pair: Pair, broken: bool, box: tuple[slice, ...], plan: CropPlan
    ) -> tuple[Tensor, Tensor, Tensor]:
        volume = pair.fractured if broken else pair.intact
        change = np.abs(pair.fractured[box].astype(np.int32) - pair.intact[box])
        crack = pair.crack[box] & (change > plan.plain_hu) & broken
        changed = ((change > VISIBLE_HU) | pair.crack[box]) & broken
        return self._augmented(rng, volume[box][None], crack[None], changed[None], plan)

    def _augmented(
        self,
        rng: np.random.Generator,
        hu: NDArray[Any],
        crack: NDArray[np.bool_],
        changed: NDArray[np.bool_],
        plan: CropPlan,
    ) -> tuple[Tensor, Tensor, Tensor]:
        arrays = (hu.astype(np.float32), crack, changed)
        tensors = [torch.from_numpy(np.ascontiguousarray(a))[:, None].to(self.device) for a in arrays]
        out = mirror(rng, *tensors) if plan.whole else turn(rng, *tensors)
        seen = vary_edges(rng, out[0]) if plan.edges else out[0]
        return vary_hu(rng, seen, plan.strength), out[1], out[2]


def _box(centre: NDArray[np.int64], size: int, shape: NDArray[np.int64]) -> tuple[slice, ...]:
    low = np.clip(centre - size // 2, 0, np.maximum(shape - size, 0))
    return tuple(slice(int(a), int(a) + size) for a in low)


class Source(Protocol):
    """Batches in the order of the steps; `waited` seconds in all."""

    waited: float

    def get(self) -> Batch:
        """The next batch."""
        ...

    def close(self) -> None:
        """No more are wanted."""
        ...


class Inline:
    """Works out each batch when it is asked for: where the network trains on the CPU a thread would only take its cores, unless
    the batch is much work that keeps one of them alone busy (with cuts, a third of the step's time: ahead it is a fifth faster).
    """

    def __init__(self, make: Callable[[int], Batch], first: int, last: int) -> None:
        self._make, self._next, self._last = make, first, last
        self.waited = 0.0

    def get(self) -> Batch:
        """The next batch."""
        start = time.monotonic()
        if self._next == self._last:
            raise IndexError(f"step {self._last} has no batch")
        self._next += 1
        try:
            return self._make(self._next - 1)
        finally:
            self.waited += time.monotonic() - start

    def close(self) -> None:
        """Nothing to end."""


class Prefetch:
    """Works out batches ahead in a thread, in order."""

    def __init__(self, make: Callable[[int], Batch], first: int, last: int, depth: int = 3) -> None:
        self._queue: queue.Queue[tuple[int, Batch | Exception]] = queue.Queue(depth)
        self._stop = threading.Event()
        self._make, self._range = make, range(first, last)
        self.waited = 0.0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        for step in self._range:
            try:
                item: Batch | Exception = self._make(step)
            except Exception as error:  # noqa: BLE001 (handed to the reader, which raises it)
                item = error
            while not self._stop.is_set():
                try:
                    self._queue.put((step, item), timeout=0.5)
                    break
                except queue.Full:
                    continue
            if self._stop.is_set() or isinstance(item, Exception):
                return

    def get(self) -> Batch:
        """The next batch."""
        start = time.monotonic()
        _, item = self._queue.get()
        self.waited += time.monotonic() - start
        if isinstance(item, Exception):
            raise item
        return item

    def close(self) -> None:
        """End the thread. One that waits for a pair is left to itself: it ends with the simulator, which ends after this."""
        self._stop.set()
        while not self._queue.empty():
            self._queue.get_nowait()
        self._thread.join(timeout=2)
