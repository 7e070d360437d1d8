"""
The smallest edits that make a row pass: each changes the row in place, or says that it cannot.

An edit is given the row, where its rule is broken and what was found there.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable
from typing import Any

from curator.preflight.paths import reached

Keys = list[str | int]
Edit = Callable[[dict[str, Any], Keys, str, dict[str, Any]], bool]

CHANGES = {
    "drop_row": "rows that cannot be mended are left out, and written beside",
    "drop_key": "a field that is not taken is left out",
    "drop_inner": "a field that may not stand beside another is left out",
    "trim_start": "messages before the first that may begin are left out",
    "trim_end": "messages after the last that may end are left out",
    "merge_turns": "messages of one role in a row became one, a blank line between their texts",
    "replace_texts": "reserved words are written in another way",
    "rename_value": "a role has the name that is known for it, or moved to the field for it",
    "set_value": "a fixed value is written as it must be",
    "add_key": "a field with a fixed value was added",
    "wrap_text": "a text became a list of one part",
    "wrap_parts": "texts became lists of one part, as other messages of the row have",
    "wrap_list": "a message became a list of one message",
    "join_parts": "a list of texts became one text, a line break between them",
    "to_json_text": "arguments became JSON written as a string",
    "weight_number": "a weight is written as the number it means",
    "call_ids": "ids of calls have the form that is taken, in calls and replies alike",
    "write_anew": "the file has one row a line, in UTF-8, without marks, blank lines or packing",
}
"""What each kind of edit changes."""


def drop_row(_row: dict[str, Any], _keys: Keys, _found: str, _edit: dict[str, Any]) -> bool:
    """Never mend the row."""
    return False


def drop_key(row: dict[str, Any], keys: Keys, _found: str, _edit: dict[str, Any]) -> bool:
    """Leave the field out."""
    del reached(row, keys[:-1])[keys[-1]]
    return True


def drop_inner(row: dict[str, Any], keys: Keys, _found: str, edit: dict[str, Any]) -> bool:
    """Leave one field of the message out."""
    reached(row, _message(keys)).pop(edit["key"], None)
    return True


def trim_start(row: dict[str, Any], keys: Keys, _found: str, edit: dict[str, Any]) -> bool:
    """Leave out messages until one of ``values`` begins."""
    messages = reached(row, _list(keys))
    while messages and _role(messages[0]) not in edit["values"]:
        del messages[0]
    return bool(messages)


def trim_end(row: dict[str, Any], keys: Keys, _found: str, edit: dict[str, Any]) -> bool:
    """Leave out messages until one of ``values`` ends."""
    messages = reached(row, _list(keys))
    while messages and _role(messages[-1]) not in edit["values"]:
        messages.pop()
    return bool(messages)


def merge_turns(row: dict[str, Any], keys: Keys, _found: str, edit: dict[str, Any]) -> bool:
    """Join the message with the one before it, if they are of one role and hold only texts."""
    inside = edit.get("inside", "content")
    messages, at = reached(row, _list(keys)), keys[-1]
    if not isinstance(at, int) or at == 0:
        return False
    before, after = messages[at - 1], messages[at]
    if not (isinstance(before, dict) and isinstance(after, dict)):
        return False
    said: tuple[Any, Any] = (before.get(inside), after.get(inside))
    rest = [
        {key: value for key, value in each.items() if key != inside} for each in (before, after)
    ]
    if rest[0] != rest[1]:  # of another role, with calls, or another weight
        return False
    if isinstance(said[0], str) and isinstance(said[1], str):
        before[inside] = "\n\n".join(said)
    elif isinstance(said[0], list) and isinstance(said[1], list):
        before[inside] = said[0] + said[1]
    else:
        return False
    del messages[at]
    return True


def replace_texts(row: dict[str, Any], keys: Keys, _found: str, edit: dict[str, Any]) -> bool:
    """Write forbidden words in another way."""
    box, last = reached(row, keys[:-1]), keys[-1]
    for text, other in edit["texts"].items():
        box[last] = box[last].replace(text, other)
    return True


def rename_value(row: dict[str, Any], keys: Keys, _found: str, edit: dict[str, Any]) -> bool:
    """Give a role its known name; or move a first system message to the field ``system``."""
    box, last = reached(row, keys[:-1]), keys[-1]
    if not isinstance(box[last], str):
        return False
    role = box[last].strip().lower()
    if role == "system" and "lift_system" in edit:
        return _lift_system(row, keys, edit["lift_system"])
    name = edit["names"].get(role, role)
    is_other: bool = name != box[last]
    box[last] = name
    return is_other


def _lift_system(row: dict[str, Any], keys: Keys, form: str) -> bool:
    message = reached(row, keys[:-1])
    text = _joined(message.get("content"))
    if keys[:-1] != ["messages", 0] or text is None or row.get("system") is not None:
        return False
    row["system"] = text if form == "text" else [{"text": text}]
    del row["messages"][0]
    return True


def set_value(row: dict[str, Any], keys: Keys, _found: str, edit: dict[str, Any]) -> bool:
    """Write what must stand there."""
    reached(row, keys[:-1])[keys[-1]] = edit["value"]
    return True


def add_key(row: dict[str, Any], keys: Keys, found: str, edit: dict[str, Any]) -> bool:
    """Add the field that was not found."""
    reached(row, keys)[found] = edit["value"]
    return True


def wrap_text(row: dict[str, Any], keys: Keys, _found: str, edit: dict[str, Any]) -> bool:
    """Make a text a list of one part, or an object with such a list."""
    box, last = reached(row, keys[:-1]), keys[-1]
    if not isinstance(box[last], str):
        return False
    wrapped = [{"text": box[last]}]
    box[last] = {"parts": wrapped} if edit.get("as") == "parts" else wrapped
    return True


def wrap_parts(row: dict[str, Any], keys: Keys, _found: str, _edit: dict[str, Any]) -> bool:
    """Make all texts of the row's messages lists of one part."""
    for message in reached(row, keys[:-2]):
        if isinstance(message.get("content"), str):
            message["content"] = [{"type": "text", "text": message["content"]}]
    return True


def wrap_list(row: dict[str, Any], keys: Keys, _found: str, _edit: dict[str, Any]) -> bool:
    """Make one message a list of it."""
    box, last = reached(row, keys[:-1]), keys[-1]
    if not isinstance(box[last], dict):
        return False
    box[last] = [box[last]]
    return True


def join_parts(row: dict[str, Any], keys: Keys, _found: str, _edit: dict[str, Any]) -> bool:
    """Make a list of texts one text."""
    box, last = reached(row, keys[:-1]), keys[-1]
    text = _joined(box[last])
    if text is None:
        return False
    box[last] = text
    return True


def to_json_text(row: dict[str, Any], keys: Keys, _found: str, _edit: dict[str, Any]) -> bool:
    """Write arguments as a string."""
    box, last = reached(row, keys[:-1]), keys[-1]
    if not isinstance(box[last], (dict, list)):
        return False
    box[last] = json.dumps(box[last], ensure_ascii=False)
    return True


def weight_number(row: dict[str, Any], keys: Keys, _found: str, _edit: dict[str, Any]) -> bool:
    """Write 0 or 1 for what means that: true, 1.0, "1"."""
    box, last = reached(row, keys[:-1]), keys[-1]
    said = box[last].strip() if isinstance(box[last], str) else box[last]
    for number in (0, 1):
        if said in (str(number), f"{number}.0") or (not isinstance(said, str) and said == number):
            box[last] = number
            return True
    return False


def call_ids(row: dict[str, Any], _keys: Keys, _found: str, edit: dict[str, Any]) -> bool:
    """Give every call of the row an id of so many letters and digits, and its replies the same."""
    wanted = re.compile(f"[a-zA-Z0-9]{{{edit['chars']}}}")
    given: dict[str, str] = {}
    for box, key in _ids(row):
        said = box[key]
        if isinstance(said, str) and not wanted.fullmatch(said):
            box[key] = given.setdefault(
                said, hashlib.sha256(said.encode()).hexdigest()[: edit["chars"]]
            )
    return len(set(given.values())) == len(given) > 0


def _ids(row: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    boxes = []
    for name in ("messages", "interactions"):
        for message in row.get(name) or ():
            boxes.append((message, "tool_call_id"))
            calls = message.get("tool_calls")
            boxes += [(call, "id") for call in calls or () if isinstance(call, dict)]
    return [(box, key) for box, key in boxes if box.get(key) is not None]


def _joined(value: Any) -> str | None:
    if isinstance(value, str):
        return value
    if not isinstance(value, list) or not value:
        return None
    texts: list[Any] = [
        part.get("text") if isinstance(part, dict) and part.get("type", "text") == "text" else part
        for part in value
    ]
    return "\n".join(texts) if all(isinstance(text, str) for text in texts) else None


def _role(message: Any) -> Any:
    return message.get("role") if isinstance(message, dict) else None


def _list(keys: Keys) -> Keys:
    return keys[:-1] if isinstance(keys[-1], int) else keys


def _message(keys: Keys) -> Keys:
    return keys if isinstance(keys[-1], int) else keys[:-1]


EDITS: dict[str, Edit] = {
    "drop_row": drop_row,
    "drop_key": drop_key,
    "drop_inner": drop_inner,
    "trim_start": trim_start,
    "trim_end": trim_end,
    "merge_turns": merge_turns,
    "replace_texts": replace_texts,
    "rename_value": rename_value,
    "set_value": set_value,
    "add_key": add_key,
    "wrap_text": wrap_text,
    "wrap_parts": wrap_parts,
    "wrap_list": wrap_list,
    "join_parts": join_parts,
    "to_json_text": to_json_text,
    "weight_number": weight_number,
    "call_ids": call_ids,
}
