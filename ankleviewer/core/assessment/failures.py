"""What is said where no model answered: every model's own reason, not only the first one's."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from ankleviewer.core.errors import AnkleViewerError, ModelError


class NoneAnswered(ModelError):
    """Several models failed, or some failed and others were left out. Code and kind are those of the first failure.

    Attributes:
        errors: what is to be told, each once, named by model; `message` is all of it in one line.
    """

    def __init__(self, errors: Sequence[ModelError]) -> None:
        super().__init__(errors[0].code, " ".join(error.message for error in errors))
        self.errors = tuple(errors)


def none_answered(failed: Sequence[tuple[str, ModelError]], left_out: Sequence[ModelError] = ()) -> ModelError:
    """The one error for a scan on which no model answered.

    Args:
        failed: name and error of each failure, at least one; several of one model where it failed on several ankles.
        left_out: of packs that were not run, their sentences naming them.

    Returns:
        The failure itself where there is no other model to tell it from and nothing else to tell; else all of them, those that
        failed for one reason together.
    """
    names: dict[tuple[str, str], dict[str, None]] = {}
    for name, error in failed:
        names.setdefault((error.code, error.message), {})[name] = None
    if len(names) == 1 and len({name for name, _ in failed}) == 1 and not left_out:
        return failed[0][1]
    named = [ModelError(code, _named(who, message)) for (code, message), who in names.items()]
    return NoneAnswered([*named, *left_out])


def _named(who: Iterable[str], message: str) -> str:
    """A sentence with the models that it is said of before it, but for those that it names itself."""
    others = [name for name in who if not re.search(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", message)]
    return f"{', '.join(others)}: {message}" if others else message


def each(error: AnkleViewerError) -> tuple[AnkleViewerError, ...]:
    """What an error has to tell, one thing after the other: itself, as a rule."""
    return error.errors if isinstance(error, NoneAnswered) else (error,)
