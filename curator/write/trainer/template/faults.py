"""What can be wrong when a chat is written: the template, or this one row."""

from __future__ import annotations


class TemplateFault(Exception):
    """The template, not the row, is wrong: no row can be trusted to it."""

    def __init__(self, row: int | None, message: str, hint: str) -> None:
        """Say in which ``row`` it shows (None until the caller knows), what, and what to do."""
        super().__init__(row, message, hint)
        self.row, self.message, self.hint = row, message, hint


class Refused(Exception):
    """This row cannot be written by the template; the others may."""

    def __init__(self, message: str) -> None:
        """Say what the template said."""
        super().__init__(message)
        self.message = message
