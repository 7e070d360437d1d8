"""The ``map`` of a reader: which source fields fill which part of a record."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl

from curator.read.shapes import Record, Roles, Row, messages, sharegpt
from curator.read.shapes.preference import pair
from curator.read.shapes.prompt_completion import merged, part
from curator.read.tool_calls import tools_of
from curator.read.values import Unmappable, needed, objects, only_text, text_of
from curator.records import ROLES, SPLITS, message

CHATS = ("messages", "chosen", "rejected")
EXTRAS = ("label", "context", "group", "licence", "language", "split")
"""Targets that may be added to a shape that was recognised; the others replace it."""
TARGETS = ("input", "output", "reasoning", "system", "tools", *CHATS, *EXTRAS)
SPLIT_NAMES = {
    **{name: name for name in SPLITS},
    "training": "train",
    "valid": "validation",
    "val": "validation",
    "dev": "validation",
    "testing": "test",
}
ONLY_TEXT = ("input", "reasoning", "system", "context")
"""Targets for which a number is the wrong type; the others, and templates, take its digits."""
_NEEDED = ("input", "output", "label")  # a row without them is rejected; the rest may be missing
_SPACE = " \t\r\n\f\v"


@dataclass(frozen=True)
class Part:
    """Where one target's text comes from: a field, a piece of a field, or a template."""

    field: str = ""
    before: str | None = None  # the text before the last such marker
    after: str | None = None  # the text after it
    template: tuple[tuple[str, str | None], ...] = ()  # (literal, field) in turn

    @property
    def fields(self) -> tuple[str, ...]:
        """Every field it looks at."""
        named = tuple(field for _, field in self.template if field is not None)
        return named or (self.field,)

    def text(self, row: Row, target: str) -> str | None:
        """Give the text for ``target``, null where one field is missing. Raises Unmappable."""
        if self.template:
            return "".join(
                literal + (needed(dig(row, field), f"$.{field}") if field is not None else "")
                for literal, field in self.template
            )
        take = only_text if target in ONLY_TEXT else text_of
        text = take(dig(row, self.field), f"$.{self.field}")
        marker = self.before or self.after
        if text is None or marker is None:
            return text
        head, found, tail = text.rpartition(marker)
        if not found:
            raise Unmappable("no marker", f"$.{self.field} has no {marker!r}")
        return (head if self.before else tail).strip(_SPACE)

    def column(self) -> pl.Expr:
        """Give the same by an expression; also null where a marker or a template's field is."""
        if self.template:
            return pl.concat_str(
                each
                for literal, field in self.template
                for each in ([pl.lit(literal), pl.col(field)] if field else [pl.lit(literal)])
            )
        marker = self.before or self.after
        if marker is None:
            return pl.col(self.field)
        parts = pl.col(self.field).str.split(marker)
        head = parts.list.head(parts.list.len() - 1).list.join(marker)
        cut = head if self.before else parts.list.last()
        return pl.when(parts.list.len() > 1).then(cut.str.strip_chars(_SPACE))


@dataclass(frozen=True)
class Mapping:
    """A ``map`` that holds together."""

    parts: dict[str, Part]
    speaker: str = "role"  # how a mapped chat names who speaks: role, or from

    def taken(self) -> set[str]:
        """Name the top-level fields that are used up; those used in part stay in meta."""
        whole = {f for p in self.parts.values() if not (p.before or p.after) for f in p.fields}
        heads = {part.field for part in self.parts.values() if part.before}
        tails = {part.field for part in self.parts.values() if part.after}
        return whole | (heads & tails)

    def only_text(self) -> set[str]:
        """Name the fields in which a number is the wrong type."""
        return {p.field for t, p in self.parts.items() if t in ONLY_TEXT and not p.template}

    def layout(self) -> dict[str, pl.DataType]:
        """Give the dtypes ``to_frame`` needs; empty where rows are read one by one."""
        if {"chosen", "rejected"} & set(self.parts):
            return {}
        found: dict[str, pl.DataType] = {}
        for target, each in self.parts.items():
            chat = messages.CHAT if self.speaker == "role" else sharegpt.CHAT
            dtype = chat if target == "messages" else pl.String()
            if any(found.setdefault(field, dtype) != dtype for field in each.fields):
                return {}
        return found

    def extras(self, row: Row) -> Record:
        """Give the columns that stand beside the messages."""
        found = {t: self.parts[t].text(row, t) or None for t in EXTRAS if t in self.parts}
        if "label" in found and found["label"] is None:
            raise Unmappable("missing field", f"$.{', $.'.join(self.parts['label'].fields)}")
        if (split := found.get("split")) is not None:
            if split not in SPLIT_NAMES:
                raise Unmappable(
                    "unknown split", f"{split[:40]!r} is not one of {', '.join(SPLITS)}"
                )
            found["split"] = SPLIT_NAMES[split]
        return found

    def to_records(self, row: Row, roles: Roles) -> list[Record]:
        """Turn one row into one record. Raises Unmappable."""
        found = self.extras(row)
        values = {t: dig(row, self.parts[t].field) for t in (*CHATS, "tools") if t in self.parts}
        text = {t: self.parts[t].text(row, t) for t in _TEXTS if t in self.parts}
        for target in _NEEDED:
            if target in text and text[target] is None:
                raise Unmappable("missing field", f"$.{', $.'.join(self.parts[target].fields)}")
        before: list[Record] = []
        if text.get("system"):
            before.append({"messages": [{"role": "system", "content": text["system"]}]})
        if "input" in text:
            before.append({"messages": [{"role": "user", "content": text["input"]}]})
        if "messages" in values:
            field = self.parts["messages"].field
            before += part(objects(values["messages"], f"$.{field}"), field, "user", roles)
        answer = text.get("output", found.get("label"))
        if "chosen" in values:
            better, worse = (
                part(values[t], self.parts[t].field, "assistant", roles) for t in CHATS[1:]
            )
            record = pair(before, better, worse)
        else:
            record = merged(before)
            if answer is not None and "messages" not in values:
                reasoning = text.get("reasoning") or None
                record["messages"].append(
                    {"role": "assistant", "content": answer, "reasoning": reasoning}
                )
        if "tools" in values:
            record["tools"] = tools_of(values["tools"], f"$.{self.parts['tools'].field}")
        return [record | found]

    def to_frame(self, raw: pl.DataFrame) -> pl.DataFrame:
        """Do the same to plain rows; those that need ``to_records`` are marked ``is_odd``."""
        column = {target: each.column() for target, each in self.parts.items()}
        odd = [
            column[t].is_null() for t in (*_TEXTS, *EXTRAS) if t in column and self._is_needed(t)
        ]
        shown: dict[str, pl.Expr] = {
            t: pl.when(column[t] != "").then(column[t]) for t in EXTRAS if t in column
        }
        if "split" in shown:
            given = shown["split"]
            shown["split"] = given.replace_strict(SPLIT_NAMES, default=None, return_dtype=pl.String)
            odd.append(given.is_not_null() & shown["split"].is_null())
        if "label" in shown:
            odd.append(shown["label"].is_null())
        if "tools" in column:
            odd.append(messages.has_tools(column["tools"]))
        chat, is_odd = self._chat(column)
        if chat is not None:
            shown["messages"] = chat
        return raw.select(**shown, is_odd=pl.any_horizontal(is_odd, *odd))

    def _is_needed(self, target: str) -> bool:
        """Whether a null of this target is a reason to look at the row itself."""
        one = self.parts[target]
        return target in _NEEDED or bool(one.template or one.before or one.after)

    def _chat(self, column: dict[str, pl.Expr]) -> tuple[pl.Expr | None, pl.Expr]:
        if "messages" in column:
            if self.speaker == "role":
                chat, is_odd = messages.chat_columns(
                    column["messages"], "role", "content", {r: r for r in ROLES}
                )
            else:
                chat, is_odd = messages.chat_columns(
                    column["messages"], "from", "value", sharegpt.SPEAKERS
                )
        elif "input" in column:
            said = [message(pl.lit("user"), column["input"])]
            answer = column.get("output", column.get("label"))
            if answer is not None:
                reasoning = column.get("reasoning", pl.lit(None, pl.String))
                thought = pl.when(reasoning != "").then(reasoning)
                said.append(message(pl.lit("assistant"), answer, reasoning=thought))
            chat, is_odd = pl.concat_list(said), pl.lit(value=False)
        else:
            return None, pl.lit(value=False)
        if "system" in column:
            guide = pl.concat_list(message(pl.lit("system"), column["system"]))
            has_system = (column["system"] != "").fill_null(value=False)
            chat = pl.when(has_system).then(pl.concat_list(guide, chat)).otherwise(chat)
        return chat, is_odd


_TEXTS = ("input", "output", "reasoning", "system")


def dig(row: Row, field: str) -> Any:
    """Give a field's value; a dotted name reaches into nested objects, if no field is so named."""
    if field in row or "." not in field:
        return row.get(field)
    value: Any = row
    for name in field.split("."):
        value = value.get(name) if isinstance(value, dict) else None
    return value
