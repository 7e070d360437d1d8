"""A chat template that runs under watch: what it does to the texts of a chat is noted."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields
from functools import cached_property, update_wrapper
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.runtime import Context, Macro
from jinja2.visitor import NodeTransformer

from curator.write.trainer.chat import Chat
from curator.write.trainer.probe import Probe, Unforeseen, Watch
from curator.write.trainer.template import ChatTemplate
from curator.write.trainer.template.environment import ChatEnvironment

_FILTERS = frozenset({"trim", "string", "default", "d", "join", "replace"})
"""Filters that reach into a text by its methods alone, which a Probe watches; so do our own, whose
names begin with a space."""

_LIST_FILTERS = _FILTERS | {
    *("list", "map", "select", "reject", "selectattr", "rejectattr", "first", "last", "length"),
    *("count", "reverse", "items", "batch", "slice"),
}
"""Filters that do not look at the texts in a list, or do so by their methods."""

_TESTS = frozenset(
    {"string", "defined", "undefined", "none", "mapping", "sequence", "number", "boolean", "true"}
    | {"false", "integer", "float", "callable", "sameas", "in", "eq", "==", "equalto", "ne", "!="}
)


class Size:
    """The length of a Probe: not 0 is all that is known of it."""

    def __bool__(self) -> bool:
        return True

    def __eq__(self, other: object) -> bool:
        return not self > other

    def __ne__(self, other: object) -> bool:
        return self > other

    def __gt__(self, other: object) -> bool:
        if other != 0:
            raise Unforeseen(f"the length of a content held against {other!r}")
        return True

    def __le__(self, other: object) -> bool:
        return not self > other

    def __ge__(self, other: object) -> bool:
        return self > (0 if other == 1 else other)

    def __lt__(self, other: object) -> bool:
        return not self >= other

    def __hash__(self) -> int:
        raise Unforeseen("the length of a content used as a key")

    def __repr__(self) -> str:
        raise Unforeseen("the length of a content written")


class WatchedEnvironment(ChatEnvironment):
    """The sandbox of a template, in which a text made of Probes is a Probe."""

    def __init__(self, date: str | None, watch: Watch) -> None:
        """Let every filter, test and call be seen by ``watch``."""
        super().__init__(date)
        self.watch = watch
        self.concat = self._concatenated  # type: ignore[method-assign]
        self.filters = {name: self._seen_filter(name, run) for name, run in self.filters.items()}
        self.tests = {name: _seen_test(name, run) for name, run in self.tests.items()}

    def call(self, context: Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call; what a call of unknown kind makes of a content cannot be foretold."""
        owner, values = getattr(obj, "__self__", None), (*args, *kwargs.values())
        if any(isinstance(value, Probe | Size) for value in values):
            is_known = isinstance(obj, Macro) or isinstance(owner, Probe | list | dict)
            made = (self.globals["dict"], self.globals["namespace"])
            if not is_known and obj not in (*made, self.globals["raise_exception"]):
                raise Unforeseen("a content given to a call")
        if isinstance(owner, str) and obj.__name__ in ("format", "format_map") and _holds(values):
            raise Unforeseen("a content in a format")
        return self.watch.taint(super().call(context, obj, *args, **kwargs))

    def getitem(self, obj: Any, argument: Any) -> Any:
        """Read an item, but not one that a content names."""
        if isinstance(argument, Probe | Size):
            raise Unforeseen("a content used as a key")
        return super().getitem(obj, argument)

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        return _Comparisons().visit(tree)  # type: ignore[no-any-return]

    def _concatenated(self, texts: Any) -> Any:
        return self.watch.taint("".join(texts))

    def _seen_filter(self, name: str, run: Callable[..., Any]) -> Callable[..., Any]:
        def seen(*args: Any, **kwargs: Any) -> Any:
            values = () if name.startswith(" ") else (*args, *kwargs.values())
            if name in ("length", "count") and isinstance(args[0], Probe):
                return Size()
            if name not in _FILTERS and any(isinstance(value, Probe | Size) for value in values):
                raise Unforeseen(f"a content in the filter {name}")
            if name not in _LIST_FILTERS and _holds(values):
                raise Unforeseen(f"contents in the filter {name}")
            return self.watch.taint(run(*args, **kwargs))

        return update_wrapper(seen, run)


class _Comparisons(NodeTransformer):
    """Comparisons by ``in``, done by the test of that name, which sees both sides."""

    def visit_Compare(self, node: nodes.Compare) -> nodes.Expr:  # noqa: N802  the visitor's name
        self.generic_visit(node)
        if len(node.ops) > 1 or node.ops[0].op not in ("in", "notin"):
            return node
        args = [node.ops[0].expr]
        test = nodes.Test(node.expr, "in", args, [], None, None, lineno=node.lineno)
        return test if node.ops[0].op == "in" else nodes.Not(test, lineno=node.lineno)


def _seen_test(name: str, run: Any) -> Callable[..., bool]:
    def seen(*args: Any, **kwargs: Any) -> Any:
        if name == "iterable" and isinstance(args[0], Probe):
            return True
        if any(isinstance(value, Size) for value in args) or (
            name not in _TESTS and any(isinstance(value, Probe) for value in args)
        ):
            raise Unforeseen(f"a content in the test {name}")
        if name == "in" and isinstance(args[0], Probe) and isinstance(args[1], str):
            raise Unforeseen("a content looked for in a text")
        return run(*args, **kwargs)

    return update_wrapper(seen, run)


def _holds(value: Any) -> bool:
    """Say whether there is a Probe anywhere in ``value``; a list in it many times is read once."""
    left, seen = [value], set()
    while left:
        item = left.pop()
        if isinstance(item, Probe | Size):
            return True
        if isinstance(item, list | tuple | dict) and id(item) not in seen:
            seen.add(id(item))
            left.extend(item.values() if isinstance(item, dict) else item)
    return False


@dataclass(frozen=True, kw_only=True)
class WatchedTemplate(ChatTemplate):
    """A template to whose renders every text that holds a mark of ``watch`` is a Probe."""

    watch: Watch

    @staticmethod
    def of(template: ChatTemplate) -> WatchedTemplate:
        """Watch ``template``."""
        known = {item.name: getattr(template, item.name) for item in fields(ChatTemplate)}
        return WatchedTemplate(**known, watch=Watch())

    def render(
        self, chat: Chat, *, messages: int | None = None, add_generation_prompt: bool = False
    ) -> str:
        """Give the text, with marks; Unforeseen where a content decides what is written."""
        taint = self.watch.taint
        said = [{name: taint(value) for name, value in m.items()} for m in chat.messages]
        text = super().render(
            Chat(messages=said, tools=chat.tools),
            messages=messages,
            add_generation_prompt=add_generation_prompt,
        )
        return str.__str__(text)

    @cached_property
    def _compiled(self) -> tuple[ChatEnvironment, jinja2.Template]:
        environment = WatchedEnvironment(self.date, self.watch)
        return environment, environment.from_string(self.source)
