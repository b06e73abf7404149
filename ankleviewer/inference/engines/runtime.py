"""Running a model file: choice of engine, threads, cancelling, and the way to another engine after a fault."""

from __future__ import annotations

import contextlib
import functools
import logging
import math
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ankleviewer.core.errors import Cancelled, ModelError, stop_if
from ankleviewer.core.words import RUNTIMES
from ankleviewer.inference.engines.agreement import Answer, agree, as_answer
from ankleviewer.inference.engines.choice import fastest, forget, known
from ankleviewer.inference.engines.computer import cores
from ankleviewer.inference.engines.faults import ABSENT, FAILED, NO_START, TOO_LARGE, lacks_memory, refusal, remark
from ankleviewer.inference.engines.openvino_session import OpenVinoSession, has_openvino
from ankleviewer.inference.engines.ort_session import CPU, OrtSession, has_cuda
from ankleviewer.inference.engines.trying import sound, trying
from ankleviewer.inference.engines.watch import POLL_S, aside

log = logging.getLogger(__name__)

AT_ONCE = "at-once"  # as "auto", but what has not been measured yet is measured after the first answer (`Engine.measure`)
MAX_THREADS = 16

Float32 = NDArray[np.float32]


@dataclass(frozen=True)
class Output:
    """One run: logit, signed map (n, n, n) in logit units, the provider that did the work, its seconds, a remark or "",
    and the map of an earlier layer (m, m, m), >= 0 on no fixed scale, where the model gives one.
    """

    logit: float
    cam: Float32
    provider: str
    seconds: float
    note: str = ""
    finer: Float32 | None = None


class Session(Protocol):
    """A model loaded into one engine."""

    @property
    def provider(self) -> str:
        """What runs the model, by the engine's own word."""
        ...

    @property
    def input_shape(self) -> tuple[int, ...]:
        """Shape of the volume that it takes."""
        ...

    def run(self, tensor: Float32, cancelled: Callable[[], bool] | None) -> tuple[Any, Any, Any]:
        """(logit, cam, finer map or None) of a volume; raises Cancelled on request, and whatever the engine raises."""
        ...

    def rest(self) -> None:
        """Give back what memory can be had again quickly; the next run may be a little slower. Any thread; waits for no run."""
        ...


def available(runtime: str) -> bool:
    """Whether a runtime can be tried on this computer: its library is there, and the device it needs."""
    return {"cpu": lambda: True, "cuda": has_cuda, "openvino": has_openvino}[runtime]()


class Engine:
    """One loaded model. Its engine starts with the first run, which can be cancelled.

    Args:
        model: bytes of the .onnx file, already verified.
        runtime: "auto" (the fastest on this computer, measured once per model and remembered), "cpu", "cuda" or "openvino". In
            place of what cannot be had, or fails, the CPU answers, and the output says so. AT_ONCE: the likeliest engine that
            starts, for a window, in which somebody waits.

    Raises:
        ModelError: RUNTIME_UNKNOWN. And `run` and `provider`: MODEL_FILE_INVALID, the engine refuses the model; ENGINE_MISSING,
            its library cannot be loaded; OUT_OF_MEMORY.
    """

    def __init__(self, model: bytes, runtime: str = "auto") -> None:
        if runtime not in (*RUNTIMES, AT_ONCE):
            raise ModelError("RUNTIME_UNKNOWN", f"The runtime must be one of {', '.join(RUNTIMES)}, is {runtime!r}.")
        self._model, self._asked = model, runtime
        self._ours = runtime in ("auto", AT_ONCE)  # the choice
        self._session: Session | None = None
        self._name = ""  # of what runs, one of the candidates
        self._note = ""
        self._starting = threading.Lock()  # for what stands above and below
        self._expected = "" if self._ours else runtime  # by the user, or by what was measured: where that breaks we say so
        self._failed: set[str] = set()  # not tried again by this object
        self._trouble = ("", "")  # with what was expected: what happened, to whom
        self._unmeasured = False
        self._survived = ""  # an engine that has run, and need not be watched any more
        self._odd: set[str] = set()  # of those measured, which answer otherwise than the CPU
        self.disagreed = ""  # the engine's own word for what answered, where it was found to be one of them

    @property
    def provider(self) -> str:
        """The engine's own word for what runs the model, not what was asked for."""
        return self._started(None)[0].provider

    @property
    def note(self) -> str:
        """Why something else runs than what was asked for; "" when all is as asked, and before the first run."""
        return self._note

    @contextlib.contextmanager
    def _alone(self, cancelled: Callable[[], bool] | None) -> Iterator[None]:
        """No other thread starts an engine meanwhile. Raises Cancelled."""
        while not self._starting.acquire(timeout=POLL_S):  # another thread may be measuring, for many seconds
            stop_if(cancelled)
        try:
            yield
        finally:
            self._starting.release()

    def _started(self, cancelled: Callable[[], bool] | None) -> tuple[Session, str]:
        """The session, which begins now where there is none, and the note on it. Raises ModelError as `Engine`, Cancelled."""
        with self._alone(cancelled):
            if self._session is None:
                self._session = self._start(cancelled)
                self._note = remark(*self._trouble, self._name)
            return self._session, self._note

    def _start(self, cancelled: Callable[[], bool] | None) -> Session:
        """A session of the first engine in line that starts."""
        refused: dict[str, ModelError] = {}
        for name in self._line(cancelled):
            made = self._built(name, cancelled)
            if not isinstance(made, ModelError):
                self._name = name
                return made
            refused[name] = made
            self._broke(name, NO_START, name)
        self._failed.clear()  # what they lacked, such as memory, they may have for the next scan
        self._trouble = ("", "")
        raise refused["cpu"]

    def _line(self, cancelled: Callable[[], bool] | None) -> list[str]:
        """The engines to try, in turn; the CPU is always one."""
        if self._ours:
            candidates = self._candidates()
            first = "cpu" if self._trouble[0] else self._likeliest(candidates, cancelled)
            # in place of what answered, or was the fastest, the CPU, whose answer is the same everywhere
            line = [first, *(["cpu"] if self._expected else []), *candidates]
        elif available(self._asked):
            line = [self._asked, "cpu"]
        else:
            self._trouble = ABSENT, self._asked
            line = ["cpu"]
        return [name for name in dict.fromkeys(line) if name == "cpu" or name not in self._failed]

    def _candidates(self) -> list[str]:
        return sound(_candidates(), self._model, thread_count())

    def _watched(self, name: str, runs: bool = True) -> contextlib.AbstractContextManager[None]:
        """Around what is done with an engine that we chose and have not measured: it may end the process."""
        ours = self._ours and self._unmeasured and name not in ("cpu", self._survived)
        return trying(name, _candidates(), self._model, thread_count(), runs=runs) if ours else contextlib.nullcontext()

    def _likeliest(self, candidates: list[str], cancelled: Callable[[], bool] | None) -> str:
        """The fastest where that is known or nobody waits, else the one that mostly is."""
        found = known(self._model, candidates, thread_count())
        if found is None and self._asked == "auto":
            found = self._fastest(cancelled)
        self._unmeasured = found is None
        self._expected = found or ""
        return found or candidates[0]

    def _built(self, name: str, cancelled: Callable[[], bool] | None) -> Session | ModelError:
        """A session of one engine, or why there is none: returned, not raised, since the error's own frames hold what the engine
        had taken, and with it memory that the next one may need.
        """
        try:
            with self._watched(name, runs=False):
                session = aside(lambda: _open(self._model, name), cancelled)
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 (engines raise kinds of their own)
            log.warning("engine %s did not start: %s", name, _why(error))
            return refusal(error)
        if name != "cpu" and session.provider == CPU:
            return ModelError("MODEL_FILE_INVALID", f"The engine refuses the model ({name}).")
        return session

    def _broke(self, name: str, happened: str, who: str) -> None:
        """An engine that did not start or failed is not tried again, and what was remembered of it no longer counts."""
        self._failed.add(name)
        if name == self._expected or happened == FAILED:
            self._trouble = happened, who
        if self._ours:
            self._unmeasured = True
            if name == self._expected:
                forget(self._model, self._candidates(), thread_count())

    def _give_up(self, session: Session, cancelled: Callable[[], bool] | None) -> None:
        with self._alone(cancelled):
            if self._session is session:  # else another thread has met the fault first
                self._session = None
                self._broke(self._name, FAILED, session.provider)

    def distrust(self, provider: str, cancelled: Callable[[], bool] | None = None) -> bool:
        """What ran gave no answer that can be: the CPU is asked instead from now on. False where it was the CPU's. Raises
        Cancelled.
        """
        if provider == CPU:
            return False
        log.warning("engine %s gave no possible answer", provider)
        session = self._session
        if session is not None and session.provider == provider:  # else another thread has met the fault first
            self._give_up(session, cancelled)
        return True

    def _fastest(self, cancelled: Callable[[], bool] | None, open_now: Mapping[str, Session] | None = None) -> str:
        """Of the engines that answer as the CPU does, each measured once; `open_now` is measured as it stands, by its name: a
        device may have no room for a second one beside it.
        """
        self._unmeasured = True

        @functools.cache
        def trial(name: str) -> tuple[float, Answer | None]:
            with self._watched(name):
                return self._trial(name, cancelled, (open_now or {}).get(name))

        def seconds(name: str) -> float:
            took, answer = trial(name)
            if name == "cpu" or answer is None:
                return took
            right = trial("cpu")[1]
            agrees = math.isfinite(answer[0]) if right is None else agree(answer, right)
            if not agrees:
                log.warning("engine %s answers otherwise than the CPU: %.4f, not %.4f", name, answer[0], right[0] if right else 0)
                self._odd.add(name)
            return took if agrees else math.inf

        return fastest(self._model, self._candidates(), thread_count(), seconds, self._odd)

    def measure(self, cancelled: Callable[[], bool] | None = None) -> bool:
        """Find the fastest engine, for the next engine of this model; True where it is another one than runs now, else there is
        nothing more to note. Takes seconds, and nothing where it has been done. Where what runs now answers otherwise than the
        CPU does, `disagreed` names it: its answers do not count.

        Raises:
            Cancelled: on request; nothing is found out, and the next call begins anew.
        """
        if not self._unmeasured:
            return False
        with self._alone(cancelled):
            open_now = {self._name: self._session} if self._session is not None else {}
        best = self._fastest(cancelled, open_now)
        del open_now  # it may be let go for its fault by now
        with self._alone(cancelled):
            self._unmeasured = False
            if self._session is not None and self._name in self._odd:
                self.disagreed = self._session.provider
            if self._session is None or best != self._name:
                return True
            # what stood in another's place is the choice now: that has been told, and the next scan need not hear it again
            self._note, self._trouble, self._expected = "", ("", ""), best
            return False

    def _trial(self, name: str, cancelled: Callable[[], bool] | None, opened: Session | None) -> tuple[float, Answer | None]:
        """Seconds of one run on an engine, after one to warm up, and its answer; infinity and None where it does not work.
        `opened` is its session where there is one, and rests again afterwards.
        """
        stop_if(cancelled)
        try:
            session = opened or aside(lambda: _open(self._model, name), cancelled)
            if name != "cpu" and session.provider == CPU:
                return math.inf, None
            tensor = noise(session.input_shape)
            session.run(tensor, cancelled)
            start = time.perf_counter()
            logit, cam, finer = session.run(tensor, cancelled)
            took = time.perf_counter() - start
            return took, as_answer(logit, cam, finer)
        except Cancelled:
            raise
        except Exception as error:  # noqa: BLE001 (engines raise kinds of their own)
            log.warning("engine %s failed when it was tried: %s", name, _why(error))
            return math.inf, None
        finally:
            if opened is not None:
                _rest(opened)

    def run(self, tensor: Float32, cancelled: Callable[[], bool] | None = None) -> Output:
        """Logit and map of one volume.

        Args:
            tensor: float32 (1, 1, size, size, size).
            cancelled: asked every few hundredths of a second, also while the engine starts and while the model runs.

        Raises:
            Cancelled: on request; the engine stays usable.
            ModelError: MODEL_FAILED, the engine failed on the CPU; MODEL_OUTPUT_INVALID, other outputs than logit and cam, or
                none in numbers; as `Engine`.
        """
        while True:
            session, note = self._started(cancelled)  # its time is none of the run's
            start = time.perf_counter()
            with self._watched(self._name):
                answer = _answer(session, tensor, cancelled)
            self._survived = self._name
            if answer is not None:
                break
            # after a fault such as full device memory the session keeps failing: drop it, and let another engine answer; first
            # of all here, since what holds the session holds the memory that was too little
            self._give_up(session, cancelled)
            del session
        logit, cam, finer = answer
        seconds = time.perf_counter() - start
        if not (_has_numbers(logit) and logit.size == 1 and _is_map(cam) and (finer is None or _is_map(finer))):
            raise ModelError("MODEL_OUTPUT_INVALID", f"The model answers in shapes {_shape(logit)} and {_shape(cam)}.")
        with np.errstate(over="ignore"):  # doubles that no float32 holds become infinite, and are refused as such
            cells = np.asarray(cam[0, 0], dtype=np.float32)
            fine = None if finer is None else np.asarray(finer[0, 0], dtype=np.float32)
        return Output(float(logit.reshape(())), cells, session.provider, seconds, note, fine)

    def rest(self) -> None:
        """No scan is waiting: give back the memory of the last run (some 870 MiB of the shipped model)."""
        session = self._session
        if session is not None:
            _rest(session)


def _rest(session: Session) -> None:
    with contextlib.suppress(Exception):  # a courtesy: what has been answered is not lost for it
        session.rest()


def _answer(session: Session, tensor: Float32, cancelled: Callable[[], bool] | None) -> tuple[Any, Any, Any] | None:
    """What a session gives out; None where another engine shall be asked. Raises ModelError where it is the CPU's, Cancelled."""
    try:
        return session.run(tensor, cancelled)
    except Cancelled:
        raise
    except Exception as error:  # engines raise kinds of their own, derived from Exception
        if session.provider != CPU:
            log.warning("engine %s failed: %s", session.provider, type(error).__name__)  # no words: it had a scan
            return None
        if lacks_memory(error):
            raise ModelError("OUT_OF_MEMORY", TOO_LARGE) from error
        raise ModelError("MODEL_FAILED", f"The model could not be run ({type(error).__name__}).") from error


def _why(error: Exception) -> str:
    # The reader is told that another engine answered; why is for who looks after the computer. Words alone, since the error's own
    # frames hold what the engine had taken.
    return f"{type(error).__name__}: {str(error)[:500]}"


def _candidates() -> list[str]:
    """Engines that this computer may have, the likeliest to be fast first, the safest last."""
    return [name for name in ("cuda", "openvino") if available(name)] + ["cpu"]


def _has_numbers(array: Any) -> bool:
    return isinstance(array, np.ndarray) and array.dtype.kind in "fiu"


def _is_map(array: Any) -> bool:
    if not _has_numbers(array) or array.ndim != 5 or not array.size:
        return False
    return len(set(array.shape[2:])) == 1 and array.shape[:2] == (1, 1)


def _shape(output: Any) -> Any:
    return getattr(output, "shape", type(output).__name__)


def _open(model: bytes, runtime: str) -> Session:
    if runtime == "openvino":
        return OpenVinoSession(model, thread_count())
    return OrtSession(model, runtime == "cuda", thread_count())


def noise(shape: tuple[int, ...]) -> Float32:
    """What models are tried on: as a prepared scan, on both sides of 0."""
    return 2 * np.random.default_rng(0).random(shape, dtype=np.float32) - 1


def thread_count() -> int:
    """Threads for one model: the cores this process may use, at most 16 (3D convolutions gain nothing from more)."""
    return min(cores(), MAX_THREADS)
