"""
Chat templates run as transformers runs them, and cannot harm whoever runs them.

Source: transformers 5.23, utils/chat_template_utils.py: a sandbox in which nothing can be changed,
blocks trimmed, loop controls, ``tojson`` without HTML escapes, ``raise_exception``,
``strftime_now``, namespaces without underscores, ``{% generation %}``. What is refused here
and not there has no place in a chat template: chance, today's date, and work without end.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from datetime import date as day
from functools import update_wrapper
from typing import Any, NoReturn

import jinja2
from jinja2 import nodes, pass_eval_context
from jinja2.exceptions import SecurityError, TemplateError, TemplateSyntaxError
from jinja2.ext import Extension
from jinja2.parser import Parser
from jinja2.runtime import Context, Macro, markup_join, str_join
from jinja2.sandbox import ImmutableSandboxedEnvironment
from jinja2.utils import Namespace

from curator.write.trainer.template.limits import (
    MAX_CHARS,
    Spent,
    check_date_format,
    check_format,
    check_numbers,
    check_power,
    length,
    product,
    written_length,
)

_TEXT_MAKERS = frozenset({"tojson", "string", "join", "pprint", "format", "urlize", "xmlattr"})
_UNKNOWN = frozenset({"random"})
_SMALL = 1024  # characters whose making costs no step of its own


class RaisedByTemplate(TemplateError):
    """The template called ``raise_exception``: it does not take this chat."""


class DateNotGiven(TemplateError):
    """The template asks for today's date, and the recipe does not give one."""


class ChatEnvironment(ImmutableSandboxedEnvironment):
    """The sandbox of one template; holds what the render in progress has spent and marked."""

    intercepted_binops = frozenset({"+", "*", "**", "%"})

    def __init__(self, date: str | None = None) -> None:
        """Know the ``date`` that a template is told when it asks for today."""
        super().__init__(
            trim_blocks=True, lstrip_blocks=True, extensions=[_Generation, jinja2.ext.loopcontrols]
        )
        self.spent, self.written_chars = Spent(), 0
        self.spans: list[tuple[int, int]] = []
        self.has_generation = False
        self.finalize = self._finalize
        for name in _UNKNOWN:
            del self.filters[name]
        self.filters["tojson"] = _tojson
        self.filters = {name: self._limited(name, run) for name, run in self.filters.items()}
        self.filters |= {" each": self._each, " joined": self._joined, " made": self._made}
        del self.globals["lipsum"]
        self.globals |= {
            "raise_exception": _raise_exception,
            "strftime_now": _clock(date),
            "dict": _Dict(),
            "namespace": _Namespace,
        }

    def render(self, template: jinja2.Template, values: dict[str, Any]) -> str:
        """Give the text of ``template``; ``spans`` are then what it marks as generated."""
        self.spent, self.written_chars, self.spans = Spent(), 0, []
        blocks: list[str] = []
        for block in template.generate(values):
            blocks.append(block)
            self.written_chars += len(block)
            self.spent.take(self.written_chars if self.written_chars > MAX_CHARS else 0)
        return "".join(blocks)

    def call_binop(self, context: Context, operator: str, left: Any, right: Any) -> Any:
        """Reckon, unless the result is larger than any chat needs."""
        if operator == "+":
            chars = length(left) + length(right)
            if chars > _SMALL:
                self.spent.take(chars)
        elif operator == "*":
            self.spent.take(product(left, right))
        elif operator == "**":
            check_power(left, right)
        elif isinstance(left, str):
            check_format(left)
            self.spent.take(written_length(right))
        return super().call_binop(context, operator, left, right)

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call, one step each; texts and numbers are held to the limits."""
        values = (*args, *kwargs.values())
        check_numbers(values)
        owner = getattr(obj, "__self__", None)
        if isinstance(owner, str):
            self.spent.take(_made(owner, obj.__name__, values))
        self.spent.take(sum(map(written_length, values)) if values else 0)
        return super().call(context, obj, *args, **kwargs)

    def wrap_str_format(self, value: Any) -> Callable[..., str] | None:
        """Give a text's ``format`` for templates; its widths are looked at before it is called."""
        safe = super().wrap_str_format(value)
        if safe is not None:
            check_format(value.__self__)
        return safe

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        """Parse, and let every loop and every joined text be counted."""
        tree = super()._parse(source, name, filename)
        for kind in (nodes.Include, nodes.Import, nodes.FromImport, nodes.Extends):
            for other in tree.find_all(kind):
                raise TemplateSyntaxError("it reads another file", other.lineno)
        for loop in tree.find_all(nodes.For):
            loop.iter = _filtered(" each", loop.iter)
        return _Measured().visit(tree)  # type: ignore[no-any-return]

    def _each(self, values: Any) -> Any:
        return self.spent.each(values)

    def _made(self, values: Any) -> Any:
        self.spent.take(written_length(values))
        return values

    @property
    def _joined(self) -> Callable[..., str]:
        @pass_eval_context
        def joined(eval_context: nodes.EvalContext, values: list[Any]) -> str:
            self.spent.take(written_length(values))
            return markup_join(values) if eval_context.autoescape else str_join(values)

        return joined

    def _finalize(self, value: Any) -> Any:
        if isinstance(value, str):
            if len(value) > _SMALL:
                self.spent.take(len(value))
        elif isinstance(value, list | tuple | dict):
            self.spent.take(written_length(value))
        return value

    def _limited(self, name: str, run: Callable[..., Any]) -> Callable[..., Any]:
        """Let a filter run within the limits."""
        measure = written_length if name in _TEXT_MAKERS else length
        passes = hasattr(run, "jinja_pass_arg")

        def limited(*args: Any, **kwargs: Any) -> Any:
            values = args[1:] if passes else args
            check_numbers((*values[1:], *kwargs.values()))
            if name == "join":
                values = (list(values[0]), *values[1:])
                args = (args[0], *values)
                between = values[1] if len(values) > 1 else kwargs.get("d", "")
                self.spent.take(length(between) * len(values[0]))
            elif name == "replace" and isinstance(values[0], str):
                self.spent.take(_made(values[0], "replace", values[1:]))
            elif name == "format":
                check_format(values[0])
            elif name == "sum":  # of lists: each sum is a new list
                parts = values[0] if isinstance(values[0], list | tuple) else ()
                self.spent.take(len(parts) * sum(map(length, parts)))
            elif name == "indent" and isinstance(values[0], str):
                width = values[1] if len(values) > 1 else kwargs.get("width", 4)
                wide = width if isinstance(width, int) else length(width)
                self.spent.take(wide * (values[0].count("\n") + 1))
            self.spent.take(sum(map(measure, values)))
            made = run(*args, **kwargs)
            self.spent.take(length(made))
            return made

        return update_wrapper(limited, run)


class _Measured(jinja2.visitor.NodeTransformer):
    """What a template joins, ``a ~ b``, or puts in a list, held to the limits by filters."""

    def visit_Concat(self, node: nodes.Concat) -> nodes.Filter:  # noqa: N802  the visitor's name
        self.generic_visit(node)
        return _filtered(" joined", nodes.List(node.nodes, lineno=node.lineno))

    def visit_List(self, node: nodes.List | nodes.Dict | nodes.Tuple) -> nodes.Expr:  # noqa: N802
        self.generic_visit(node)
        is_target = isinstance(node, nodes.Tuple) and node.ctx != "load"
        is_plain = all(isinstance(part, nodes.Const) for part in node.iter_child_nodes())
        return node if is_target or is_plain else _filtered(" made", node)

    visit_Dict = visit_Tuple = visit_List  # noqa: N815


def _filtered(name: str, value: Any) -> nodes.Filter:
    return nodes.Filter(value, name, [], [], None, None, lineno=value.lineno)


class _Generation(Extension):
    """``{% generation %}``: what lies in it is what a model writes."""

    tags = {"generation"}  # noqa: RUF012  as Jinja declares it
    environment: ChatEnvironment

    def parse(self, parser: Parser) -> nodes.CallBlock:
        """Read the block up to its end."""
        line = next(parser.stream).lineno
        body = parser.parse_statements(("name:endgeneration",), drop_needle=True)
        self.environment.has_generation = True
        return nodes.CallBlock(self.call_method("_mark"), [], [], body, lineno=line)

    def _mark(self, caller: Macro) -> str:
        start = self.environment.written_chars
        text: str = caller()
        self.environment.spans.append((start, start + len(text)))
        return text


class _Dict:
    """``dict`` for templates: two ways to make one, and no type to climb from."""

    def __call__(self, *args: Any, **kwargs: Any) -> dict[Any, Any]:
        return dict(*args, **kwargs)

    def fromkeys(self, keys: Iterable[Any], value: Any = None) -> dict[Any, Any]:
        """Give every key the same value."""
        return dict.fromkeys(keys, value)


class _Namespace(Namespace):
    """``namespace`` for templates; names with an underscore before them are refused."""

    def __init__(*args: Any, **kwargs: Any) -> None:
        self, given = args[0], dict(*args[1:], **kwargs)
        for name in given:
            _check_name(name)
        Namespace.__init__(self, given)

    def __setitem__(self, name: str, value: Any) -> None:
        _check_name(name)
        super().__setitem__(name, value)

    def __repr__(self) -> str:
        return "<Namespace>"  # what it holds may hold it


def _check_name(name: Any) -> None:
    if isinstance(name, str) and name.startswith("_"):
        raise SecurityError(f"a namespace cannot hold {name!r}")


def _made(owner: str, method: str, values: tuple[Any, ...]) -> int:
    """Give about how long the text is that a text's ``method`` makes of it."""
    if method == "replace" and len(values) > 1 and isinstance(values[1], str):
        found = owner.count(values[0]) if isinstance(values[0], str) else 0
        return len(owner) + found * len(values[1])
    if method == "join" and values:
        return len(owner) * length(values[0]) + written_length(values[0])
    if method == "expandtabs" and values and isinstance(values[0], int):
        return owner.count("\t") * values[0]
    return len(owner)


def _tojson(
    value: Any,
    ensure_ascii: bool = False,  # noqa: FBT001, FBT002
    indent: int | None = None,
    separators: tuple[str, str] | None = None,
    sort_keys: bool = False,  # noqa: FBT001, FBT002
) -> str:
    return json.dumps(
        value,
        ensure_ascii=ensure_ascii,
        indent=indent,
        separators=separators,
        sort_keys=sort_keys,
    )


def _raise_exception(message: str) -> NoReturn:
    raise RaisedByTemplate(message)


def _clock(date: str | None) -> Callable[[str], str]:
    def strftime_now(format: str) -> str:  # noqa: A002  as transformers names it
        if date is None:
            raise DateNotGiven("strftime_now")
        check_date_format(format)
        return day.fromisoformat(date).strftime(format)

    return strftime_now
