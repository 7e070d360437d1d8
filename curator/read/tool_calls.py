"""Function calls of chats: their JSON text, and ids for those that came without one."""

from __future__ import annotations

from types import NoneType
from typing import Any

from curator.read.shapes import Record
from curator.read.values import (
    Digits,
    Unmappable,
    dumps,
    kind,
    loads,
    needed,
    objects,
    only_text,
    remembered,
)

AS_TEXT = "read: tool arguments written as JSON text"
NULLS = "read: tool calls without id or type written without the null"
AS_TOOLS = "read: functions written as tools of type function"


class Calls:
    """Function calls that came without an id: made ids, given to the answers in order."""

    def __init__(self) -> None:
        """Start with no call."""
        self._made = 0
        self._open: list[tuple[str, str]] = []  # id and name of those without an answer

    def make(self, call: Any, path: str) -> str:
        """Give ``call`` (name and arguments) as tool calls in JSON text, with made ids."""
        listed = call if isinstance(call, list) else [call]
        made = []
        for each in listed:
            if not isinstance(each, dict):
                raise Unmappable("wrong type", f"{path}: a call is an object with a name")
            name = named(each.get("name"), f"{path}.name")
            arguments = each.get("arguments")
            if not isinstance(arguments, str) or isinstance(arguments, Digits):
                arguments = dumps({} if arguments is None else arguments)
            rest = {k: v for k, v in each.items() if k not in ("name", "arguments")}
            made.append(
                {
                    "id": f"call_{self._made}",
                    "type": "function",
                    "function": {"name": name, "arguments": arguments, **rest},
                }
            )
            self._open.append((f"call_{self._made}", name))
            self._made += 1
        return dumps(made)

    def answer(self, path: str, name: str | None = None) -> str:
        """Give the id of the oldest call, by that ``name`` if there is one, without an answer."""
        found = next((call for call in self._open if name in (None, call[1])), None)
        if found is None:
            raise Unmappable("answer without a call", path)
        self._open.remove(found)
        return found[0]


def named(value: Any, path: str) -> str:
    """Give the name of a function. Raises Unmappable where it says nothing."""
    name = needed(value, path, only_text)
    if not name.strip():
        raise Unmappable("empty field", path)
    return name


def calls_text(value: Any, path: str, changes: list[str]) -> str | None:
    """
    Give tool calls as JSON text, their arguments as text too; text stays as it is.

    Raises: Unmappable for what is no call of a function by its name.
    """
    if isinstance(value, str) and not value.strip():
        return None
    listed = loads(value) if isinstance(value, str) else value
    if not listed:
        return None
    calls = objects(listed, path)
    made = [_call(call, f"{path}[{at}]", changes) for at, call in enumerate(calls)]
    if made == calls:
        return value if isinstance(value, str) else dumps(listed)
    return dumps(made)


def _call(call: dict[str, Any], path: str, changes: list[str]) -> dict[str, Any]:
    """Give a call with its arguments as text, and without ``id`` and ``type`` that are null."""
    only_text(call.get("id"), f"{path}.id")
    if call.get("type") not in (None, "function"):
        raise Unmappable("wrong type", f"{path}.type: only functions are called")
    function = call.get("function")
    if not isinstance(function, dict):
        why = "missing field" if function is None else "wrong type"
        raise Unmappable(why, f"{path}.function")
    named(function.get("name"), f"{path}.function.name")
    given = function.get("arguments")
    if not isinstance(given, (dict, list, NoneType)):
        only_text(given, f"{path}.function.arguments")
    else:
        changes.append(AS_TEXT)
        call = call | {"function": function | {"arguments": dumps({} if given is None else given)}}
    if None in (call.get("id", ""), call.get("type", "")):
        changes.append(NULLS)
        call = {k: v for k, v in call.items() if k not in ("id", "type") or v is not None}
    return call


def tools_of(value: Any, path: str = "$.tools") -> str | None:
    """Give function schemas as JSON text: text stays as it is, an empty list counts as none."""
    listed = loads(value) if isinstance(value, str) and value.strip() else value
    if not listed:
        return None
    if not isinstance(listed, list):
        raise Unmappable("wrong type", f"{path}: {kind(listed)} where a list is expected")
    return value if isinstance(value, str) else dumps(listed)


def with_tools(record: Record) -> Record:
    """Give the record with its functions as chat APIs take them: tools of type function."""
    told = _as_tools(given) if (given := record.get("tools")) else given
    if told != given:
        record["tools"] = told
        record["changes"] = list(dict.fromkeys([*record.get("changes", ()), AS_TOOLS]))
    return record


@remembered
def _as_tools(text: str) -> str:
    """Wrap functions that stand by themselves; other tools, and text that is right, stay."""
    tools = objects(loads(text), "$.tools")
    if not any(map(_is_bare, tools)):
        return text
    return dumps([{"type": "function", "function": t} if _is_bare(t) else t for t in tools])


def _is_bare(tool: dict[str, Any]) -> bool:
    return "name" in tool and not {"function", "type"} & set(tool)
