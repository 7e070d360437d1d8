"""Front matter of Markdown files: fields as they are written, never more than data."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import yaml

MAX_CHARS = 1 << 16
MAX_DEPTH = 20

_FRONT = re.compile(
    r"\A(?:---\n(?P<yaml>[\w\"'-]+[ ]?:.*?)\n(?:---|\.\.\.)|\+\+\+\n(?P<toml>.*?)\n\+\+\+)"
    r"[ \t]*(?:\n|\Z)",
    re.DOTALL,
)
_FIELD = re.compile(r"([\w-]+)[ ]?:[ \t]+(\S.*)")
_NOT_PLAIN = "[{|>&*!?%@`-"  # in YAML, what begins so is more than a text


def taken_apart(text: str) -> tuple[dict[str, Any], str]:
    """
    Give the fields of the front matter, and the text after it.

    Every value is text as it is written: ``no`` stays ``no``, and ``1.10`` stays ``1.10``. Front
    matter that is not sound YAML, names a field twice, or uses aliases, is kept whole.
    """
    front = _FRONT.match(text)
    if front is None:
        return {}, text
    rest = text[front.end() :]
    raw = front["yaml"] if front["yaml"] is not None else front["toml"]
    fields = _plain(raw)
    if fields is None and front["yaml"] is not None and len(raw) <= MAX_CHARS:
        fields = _nested(raw)
    return ({"front_matter": raw} if fields is None else fields), rest


def title_of(meta: dict[str, Any]) -> str:
    """Give the title that the fields tell, also where not all of them could be told apart."""
    title = meta.get("title", "")
    for line in meta.get("front_matter", "").split("\n") if "front_matter" in meta else ():
        field = _FIELD.fullmatch(line.rstrip())
        if field and field[1] == "title" and field[2][0] not in _NOT_PLAIN:
            return _unquoted(field[2])
    return title if isinstance(title, str) else ""


def _plain(raw: str) -> dict[str, Any] | None:
    """Read ``key: value`` lines; none where a line is more than that."""
    lines = [line.rstrip() for line in raw.split("\n") if line.strip() and line[:1] != "#"]
    found = [_FIELD.fullmatch(line) for line in lines]
    plain = {match[1]: _unquoted(match[2]) for match in found if match and _is_plain(match[2])}
    return plain if len(plain) == len(lines) else None


def _is_plain(value: str) -> bool:
    if value[0] in "'\"":
        inner = value[1:-1]
        return len(value) > 1 and value[-1] == value[0] and not {value[0], "\\"} & {*inner}
    return value[0] not in _NOT_PLAIN and " #" not in value and "\t#" not in value


def _unquoted(value: str) -> str:
    is_quoted = len(value) > 1 and value[0] == value[-1] and value[0] in "'\""
    return value[1:-1] if is_quoted else value


def _nested(raw: str) -> dict[str, Any] | None:
    import yaml

    depth = 0
    try:
        for event in yaml.parse(raw, Loader=yaml.BaseLoader):
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > MAX_DEPTH or isinstance(event, yaml.AliasEvent):
                return None  # a few aliases of aliases stand for millions of values
        fields = _value(yaml.compose(raw, Loader=yaml.BaseLoader))
    except (yaml.YAMLError, _NotData):
        return None
    return fields if isinstance(fields, dict) else None


class _NotData(ValueError):
    """What JSON cannot say: a field named twice, or named by a list."""


def _value(node: yaml.Node | None) -> Any:
    import yaml

    if isinstance(node, yaml.SequenceNode):
        return [_value(inner) for inner in node.value]
    if not isinstance(node, yaml.MappingNode):
        return node.value if node else ""
    fields = {}
    for key, inner in node.value:
        if not isinstance(key, yaml.ScalarNode) or key.value in fields:
            raise _NotData
        fields[key.value] = _value(inner)
    return fields
