"""Chat templates: a tokenizer's own, one from a file, or one of ours."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import jinja2
from jinja2.exceptions import SecurityError, TemplateError

from curator.errors import RecipeError, shorten
from curator.tokenizer import TokenizerFiles
from curator.write.trainer.chat import Chat
from curator.write.trainer.options import Options
from curator.write.trainer.template.environment import (
    ChatEnvironment,
    DateNotGiven,
    RaisedByTemplate,
)
from curator.write.trainer.template.faults import Refused, TemplateFault
from curator.write.trainer.template.limits import MAX_SOURCE_CHARS

OURS = ("chatml", "gemma", "llama3", "mistral", "phi", "qwen")
"""Templates of our own, each in the shape of a family of models."""

_ROW_ERRORS = (TypeError, ValueError, LookupError, ArithmeticError, AttributeError)


@dataclass(frozen=True, kw_only=True)
class ChatTemplate:
    """A chat template and what it is given beside the chat; one thread renders at a time."""

    name: str
    source: str
    sha256: str
    values: Mapping[str, Any]  # bos_token, eos_token, ... and the recipe's template_values
    marks_generation: bool  # has {% generation %}
    end_marks: tuple[str, ...] = ()  # control tokens that may end a turn
    date: str | None = None  # what strftime_now tells

    def render(
        self, chat: Chat, *, messages: int | None = None, add_generation_prompt: bool = False
    ) -> str:
        """
        Give the text of the first ``messages`` of the chat, or of all.

        Raises: Refused where the template does not take the chat; TemplateFault where no chat
                could be written by it.
        """
        environment, template = self._compiled
        values = {
            **self.values,
            "messages": chat.messages[:messages],
            "tools": chat.tools,
            "documents": None,
            "add_generation_prompt": add_generation_prompt,
        }
        with _explained(self.name):
            return environment.render(template, values)

    def render_marked(self, chat: Chat) -> tuple[str, list[tuple[int, int]]]:
        """Give the text, and the spans of it that the template marks as generated."""
        text = self.render(chat)
        return text, list(self._compiled[0].spans)

    @cached_property
    def _compiled(self) -> tuple[ChatEnvironment, jinja2.Template]:
        environment = ChatEnvironment(self.date)
        return environment, environment.from_string(self.source)


def open_template(
    options: Options, files: TokenizerFiles, control_tokens: tuple[str, ...]
) -> ChatTemplate:
    """
    Open the chat template that a recipe asks for.

    Raises: RecipeError where there is none, it cannot be read, or is no template.
    """
    name, source = _source(options.template, files)
    if len(source) > MAX_SOURCE_CHARS:
        raise RecipeError(
            f"the chat template {shorten(name)!r} has {len(source):,} characters",
            hint=f"a chat template has at most {MAX_SOURCE_CHARS:,}",
        )
    _check_date(options.date)
    environment = ChatEnvironment(options.date)
    try:
        environment.from_string(source)
    except (TemplateError, SyntaxError, RecursionError, MemoryError) as error:
        line = getattr(error, "lineno", None)
        raise RecipeError(
            f"the chat template {shorten(name)!r} is not one: {shorten(str(error))}"
            + (f" (line {line})" if line else ""),
            hint=f"a Jinja file, or one of {', '.join(OURS)}",
        ) from error
    tokens = {
        key: value
        for key in ("bos_token", "eos_token", "pad_token")
        if (value := getattr(files, key)) is not None
    }
    marks = {*control_tokens, *([files.eos_token] if files.eos_token else [])}
    return ChatTemplate(
        name=name,
        source=source,
        sha256=hashlib.sha256(source.encode()).hexdigest(),
        values={**tokens, **_plain(options.template_values)},
        marks_generation=environment.has_generation,
        end_marks=tuple(sorted(marks)),
        date=options.date,
    )


def _source(template: str | None, files: TokenizerFiles) -> tuple[str, str]:
    """Give the name and the text of the template that is asked for."""
    ours = f"template: {', '.join(OURS)}, or a .jinja file"
    if template is None:
        if files.chat_template is None:
            message = f"the tokenizer {shorten(files.name)!r} has no chat template"
            raise RecipeError(message, hint=ours)
        return "the tokenizer's own", files.chat_template
    if template in OURS:
        return template, (package_files(__name__) / f"{template}.jinja").read_text("utf-8")
    try:
        with Path(template).open(encoding="utf-8", newline="") as file:
            return template, file.read(MAX_SOURCE_CHARS + 1)
    except (OSError, UnicodeDecodeError) as error:
        message = f"the chat template {shorten(template)!r} cannot be read: {shorten(str(error))}"
        raise RecipeError(message, hint=ours) from error


def _check_date(text: str | None) -> None:
    try:
        if text is not None:
            date.fromisoformat(text)
    except ValueError as error:
        message = f"date: {shorten(text)!r} is not a day"
        raise RecipeError(message, hint="date: 2026-01-31") from error


def _plain(value: Any) -> Any:
    """Give a value of the recipe as JSON has it: a template gets nothing that has methods."""
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float) else str(value)


@contextmanager
def _explained(name: str) -> Iterator[None]:
    """Say of what a template raises whether the row or the template is to blame."""
    try:
        yield
    except RaisedByTemplate as error:
        raise Refused(shorten(str(error))) from error
    except DateNotGiven as error:
        message = f"the template {shorten(name)!r} asks for today's date"
        hint = "date: 2026-01-31; today's would make other bytes tomorrow"
        raise TemplateFault(None, message, hint) from error
    except SecurityError as error:
        message = f"the template {shorten(name)!r} does what none may: {shorten(str(error))}"
        raise TemplateFault(None, message, "another template") from error
    except (RecursionError, MemoryError) as error:
        message = f"the template {shorten(name)!r} calls itself without end"
        raise TemplateFault(None, message, "another template") from error
    except (TemplateError, *_ROW_ERRORS) as error:
        raise Refused(shorten(f"{type(error).__name__}: {error}")) from error
