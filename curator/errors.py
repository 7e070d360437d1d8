"""
The CuratorError family: bad requests raise, bad rows are data.

    CuratorError
    +-- RecipeError        2  the recipe asks for something that cannot be
    |   +-- MissingExtra   2  an optional library is not installed
    +-- SourceError        3  an input cannot be opened or decoded
    +-- ValidationFailed   4  data broke a schema, a check or the recipe's limit
    +-- ReviewError        5  the review service failed, or verdicts are missing
    +-- WriteError         6  an artifact cannot be produced
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

MAX_SHOWN_CHARS = 80
"""Documents may be private: no message shows more of a value than this."""


def shorten(value: object, max_chars: int = MAX_SHOWN_CHARS) -> str:
    """Show ``value`` on one line, control characters blanked, cut to ``max_chars``."""
    text = value if isinstance(value, str) else repr(value)
    text = "".join(char if char.isprintable() else " " for char in text[: max_chars + 1])
    return text if len(text) <= max_chars else text[: max_chars - 1] + "…"


@dataclass(frozen=True, kw_only=True)
class Violation:
    """One broken rule: where, what is wrong, and what to do about it."""

    rule: str
    message: str
    where: str = ""  # file:line: $.json.path
    record_id: str | None = None
    hint: str = ""

    def __str__(self) -> str:
        """Read as ``where: message``, with the hint on a second line."""
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n  hint: {self.hint}" if self.hint else head

    def as_dict(self) -> dict[str, Any]:
        """Give the fields by name, for JSON."""
        return asdict(self)


class CuratorError(Exception):
    """What this package raises on purpose; ``exit_code`` is what the shell returns."""

    exit_code = 1

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        """Say ``where`` (file:line: $.path), what is wrong, and what to do."""
        super().__init__(message)
        self.message, self.where, self.hint = message, where, hint

    def __str__(self) -> str:
        """Read as ``where: message``, with the hint on a second line."""
        head = f"{self.where}: {self.message}" if self.where else self.message
        return f"{head}\n  hint: {self.hint}" if self.hint else head

    def __reduce__(self) -> tuple[Any, ...]:
        """Survive pickling with all fields."""
        return _rebuild, (type(self), self.__dict__)


def _rebuild(kind: type[CuratorError], fields: dict[str, Any]) -> CuratorError:
    error = kind.__new__(kind)
    Exception.__init__(error, fields["message"])
    error.__dict__.update(fields)
    return error


class _Violations(CuratorError):
    """An error that holds everything that was found, best first."""

    def __init__(
        self, message: str, violations: Sequence[Violation] = (), *, where: str = "", hint: str = ""
    ) -> None:
        """Keep ``violations`` beside the one-line ``message``."""
        super().__init__(message, where=where, hint=hint)
        self.violations = tuple(violations)

    def __str__(self) -> str:
        """List every violation under the message."""
        return "\n".join([super().__str__(), *map(str, self.violations)])


class RecipeError(_Violations):
    """The recipe, or a flag, asks for something that cannot be."""

    exit_code = 2


class MissingExtra(RecipeError):
    """An optional library is not installed."""

    def __init__(self, library: str, extra: str) -> None:
        """Say which command installs ``library``."""
        super().__init__(
            f"{library} is not installed",
            hint=f"pip install 'curator-toolkit[{extra}]'",
        )


class SourceError(CuratorError):
    """An input cannot be opened or decoded."""

    exit_code = 3


class ValidationFailed(_Violations):
    """Data broke a schema, a check, or the recipe's rejection limit."""

    exit_code = 4


class ReviewError(_Violations):
    """The review service failed, or verdicts are still missing."""

    exit_code = 5


class WriteError(CuratorError):
    """An artifact cannot be produced."""

    exit_code = 6
