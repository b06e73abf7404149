"""What is said where an engine does not start or fails, by its error or by what happened to it."""

from __future__ import annotations

from ankleviewer.core.errors import ModelError

ABSENT, NO_START, FAILED = "absent", "no-start", "failed"  # what may happen to an engine
TOO_LARGE = "The model does not fit into this computer's memory."
_MEMORY = ("bad_alloc", "allocate memory")
_STATIC_TLS = "static TLS"  # a table of few kilobytes for the libraries of a program: what it has no place for is not loaded


def refusal(error: Exception) -> ModelError:
    """Why an engine did not start: OUT_OF_MEMORY, ENGINE_MISSING or MODEL_FILE_INVALID; a ModelError says so itself."""
    if isinstance(error, ModelError):
        return error.with_traceback(None)
    if lacks_memory(error) or isinstance(error, ImportError | OSError):
        return missing(error)
    return _caused(ModelError("MODEL_FILE_INVALID", f"The engine refuses the model ({type(error).__name__})."), error)


def missing(error: Exception) -> ModelError:
    """Why an engine's library could not be loaded, whatever it raised: OUT_OF_MEMORY or ENGINE_MISSING."""
    if lacks_memory(error):
        return _caused(ModelError("OUT_OF_MEMORY", TOO_LARGE), error)
    kind = type(error).__name__
    said = ModelError("ENGINE_MISSING", f"The engine that runs the models cannot be loaded on this computer ({kind}).")
    return _caused(said, error)


def _caused(said: ModelError, error: Exception) -> ModelError:
    said.__cause__ = error.with_traceback(None)  # whose frames would hold the engine's memory
    return said


def lacks_memory(error: Exception) -> bool:
    """By its kind, or by the words of onnxruntime, which has no kind for it."""
    said = str(error)
    return isinstance(error, MemoryError) or (_STATIC_TLS not in said and any(words in said for words in _MEMORY))


def remark(happened: str, who: str, runs: str) -> str:
    """What a person is told of an engine that something happened to, where `runs` answers in its place; whole sentences, for they
    are translated.
    """
    if happened == ABSENT:
        return f"{who} is not available on this computer; the CPU was used."
    if happened == NO_START:
        return f"{who} did not start; the CPU was used." if runs == "cpu" else f"{who} did not start; another engine was used."
    if happened == FAILED:
        return f"{who} failed; the CPU was used." if runs == "cpu" else f"{who} failed; another engine was used."
    return ""
