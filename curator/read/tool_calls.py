"""Function calls of chats: their JSON text, and ids for those that came without one."""

from __future__ import annotations

from typing import Any

from curator.read.shapes import Record
from curator.read.values import Digits, Unmappable, dumps, loads, needed, objects, remembered

AS_TEXT = "read: tool arguments written as JSON text"
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
            name = needed(each.get("name"), f"{path}.name")
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


def calls_text(value: Any, path: str, changes: list[str]) -> str | None:
    """Give tool calls as JSON text, their arguments as text too; text stays as it is."""
    if isinstance(value, str) and not value.strip():
        return None
    listed = loads(value) if isinstance(value, str) else value
    if not listed:
        return None
    calls = objects(listed, path)
    if not any(map(_has_objects, calls)):
        return value if isinstance(value, str) else dumps(listed)
    changes.append(AS_TEXT)
    return dumps([_with_text(call) for call in calls])


def _has_objects(call: dict[str, Any]) -> bool:
    function = call.get("function")
    return isinstance(function, dict) and isinstance(function.get("arguments"), (dict, list))


def _with_text(call: dict[str, Any]) -> dict[str, Any]:
    if not _has_objects(call):
        return call
    function = call["function"]
    return call | {"function": function | {"arguments": dumps(function["arguments"])}}


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
    tools = loads(text)
    if not any(map(_is_bare, tools)):
        return text
    return dumps([{"type": "function", "function": t} if _is_bare(t) else t for t in tools])


def _is_bare(tool: Any) -> bool:
    return isinstance(tool, dict) and "name" in tool and not {"function", "type"} & set(tool)
