"""How the rows of a file are read: decided once from its first rows, and said."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import polars as pl

from curator.errors import RecipeError
from curator.read import map_grammar, mapping, reasoning, shapes
from curator.read.shapes import Record, Row, columns, messages
from curator.read.tool_calls import with_tools
from curator.read.values import Digits, Unmappable, dumps

SAMPLE_ROWS = 50
"""So many good rows are looked at before anything is decided."""

_log = logging.getLogger("curator.read")
_CONSTANTS = ("split", "group", "licence", "language")


class Options(Protocol):
    """What the options of every reader have in common."""

    @property
    def map(self) -> dict[str, Any] | None: ...  # noqa: D102
    @property
    def shape(self) -> str | None: ...  # noqa: D102
    @property
    def roles(self) -> dict[str, str] | None: ...  # noqa: D102
    @property
    def split(self) -> str | None: ...  # noqa: D102
    @property
    def group(self) -> str | None: ...  # noqa: D102
    @property
    def licence(self) -> str | None: ...  # noqa: D102
    @property
    def language(self) -> str | None: ...  # noqa: D102
    @property
    def max_chars(self) -> int: ...  # noqa: D102


@dataclass(frozen=True, kw_only=True)
class Reading:
    """How the rows of one file become records: the plain way, and the fast way for regular rows."""

    name: str
    taken: frozenset[str]  # top-level fields that do not go to meta
    layout: dict[str, pl.DataType]  # what ``to_frame`` needs; empty: there is no fast way
    to_records: Callable[[Row], list[Record]]
    to_frame: Callable[[pl.DataFrame], pl.DataFrame]
    only_text: frozenset[str]  # fields in which a number is the wrong type
    constants: dict[str, str] = field(default_factory=dict)
    max_chars: int = 1_000_000

    def records(self, row: Row, raw: Mapping[str, str] | None = None) -> list[Record]:
        """
        Turn one row into whole records, ``meta`` as JSON text.

        ``raw`` holds the values as the source writes them. Raises Unmappable.
        """
        for name, value in row.items():
            if raw is None or len(raw[name]) > self.max_chars:  # a text is no longer than its JSON
                check_length(value, f"$.{name}", self.max_chars)
        found = [with_tools(reasoning.told_apart(each)) for each in self.to_records(row)]
        rest = {name: value for name, value in row.items() if name not in self.taken}
        for record in found:
            record["meta"] = _meta(rest, record.get("meta") or {}, raw or {})
            record.update({k: v for k, v in self.constants.items() if record.get(k) is None})
        return found


def check_length(value: Any, path: str, max_chars: int) -> None:
    """Raise Unmappable where a text is longer than ``max_chars``."""
    if isinstance(value, str):
        if len(value) > max_chars and not isinstance(value, Digits):
            raise Unmappable("over-long field", f"{path} has {len(value):,} characters")
    elif isinstance(value, dict):
        for name, inner in value.items():
            check_length(inner, f"{path}.{name}", max_chars)
    elif isinstance(value, (list, tuple)):
        for at, inner in enumerate(value):
            check_length(inner, f"{path}[{at}]", max_chars)


def _meta(rest: Row, left: Record, raw: Mapping[str, str]) -> str | None:
    parts = [f"{dumps(name)}:{raw.get(name) or dumps(value)}" for name, value in rest.items()]
    parts += [f"{dumps(name)}:{dumps(value)}" for name, value in left.items()]
    return f"{{{','.join(parts)}}}" if parts else None


def recognise(sample: Sequence[Row], options: Options, uri: str) -> Reading:
    """
    Decide how the rows of ``uri`` are read, from its first good rows, and say so in the log.

    Raises: RecipeError when the map names a field that no row has, or no shape fits.
    """
    first = sample[0] if sample else {}
    given = map_grammar.parse(options.map) if options.map else None
    if given and sample and (wrong := map_grammar.missing(given, _names(sample))):
        raise RecipeError("the map names fields that are not there", wrong, where=uri)
    whole = given is not None and not set(given.parts) <= set(mapping.EXTRAS)
    if given is not None and whole:
        reading = _mapped("map", given, first, options)
        detail = ", ".join(f"{t} from {' and '.join(p.fields)}" for t, p in given.parts.items())
    else:
        name = shapes.named(options.shape) if options.shape else shapes.matching(first)
        if name is None or (name == "columns" and columns.guess(first) is None):
            raise RecipeError(
                f"no known shape has the fields {', '.join(first) or '(there is no good row)'}",
                where=uri,
                hint="say what they are: map: {input: <field>, output: <field>}",
            )
        reading, detail = _shaped(name, given, first, options)
    _log.info("%s: read as %s (%s)", uri, reading.name, detail)
    return reading


def _names(sample: Iterable[Row]) -> list[str]:
    return list(dict.fromkeys(name for row in sample for name in row))


def _constants(options: Options) -> dict[str, str]:
    return {k: v for k in _CONSTANTS if (v := getattr(options, k)) is not None}


def _mapped(name: str, given: mapping.Mapping, first: Row, options: Options) -> Reading:
    if chat := given.parts.get("messages"):
        is_sharegpt = messages.has_chat(mapping.dig(first, chat.field), "from")
        given = mapping.Mapping(given.parts, "from" if is_sharegpt else "role")
    roles = options.roles or {}
    nested = any(f not in first and "." in f for p in given.parts.values() for f in p.fields)
    return Reading(
        name=name,
        taken=frozenset(given.taken()),
        layout={} if nested else given.layout(),
        to_records=lambda row: given.to_records(row, roles),
        to_frame=_telling_apart(given.to_frame),
        only_text=frozenset(given.only_text()),
        constants=_constants(options),
        max_chars=options.max_chars,
    )


def _telling_apart(
    to_frame: Callable[[pl.DataFrame], pl.DataFrame],
) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """Leave rows whose texts may hold reasoning to ``records``."""

    def careful(raw: pl.DataFrame) -> pl.DataFrame:
        found = to_frame(raw)
        if "messages" not in found.columns:
            return found
        is_odd = pl.col("is_odd") | reasoning.may_need_telling(pl.col("messages"))
        return found.with_columns(is_odd=is_odd)

    return careful


def _shaped(
    name: str, extra: mapping.Mapping | None, first: Row, options: Options
) -> tuple[Reading, str]:
    if name == "columns":
        guessed: dict[str, Any] = (columns.guess(first) or {}) | (options.map or {})
        reading = _mapped(name, map_grammar.parse(guessed), first, options)
        return reading, ", ".join(f"{target} from {field}" for target, field in guessed.items())
    shape, roles = shapes.load(name), options.roles or {}
    layout, taken = shape.LAYOUT, set(shape.FIELDS)
    more = extra.layout() if extra else {}
    if any(layout.get(each, dtype) != dtype for each, dtype in more.items()) or any(
        each not in first and "." in each for each in more
    ):
        layout = {}

    def to_records(row: Row) -> list[Record]:
        beside = extra.extras(row) if extra else {}
        return [record | beside for record in shape.to_records(row, roles)]

    def to_frame(raw: pl.DataFrame) -> pl.DataFrame:
        found = shape.to_frame(raw)
        if extra is None:
            return found
        beside = extra.to_frame(raw)
        is_odd = found["is_odd"] | beside["is_odd"]
        return found.drop("is_odd").hstack(beside.drop("is_odd")).with_columns(is_odd=is_odd)

    reading = Reading(
        name=name,
        taken=frozenset(taken | (extra.taken() if extra else set())),
        layout=layout | more if layout else {},
        to_records=to_records,
        to_frame=_telling_apart(to_frame),
        only_text=frozenset({*shape.ONLY_TEXT, *(extra.only_text() if extra else ())}),
        constants=_constants(options),
        max_chars=options.max_chars,
    )
    return reading, f"fields {', '.join(each for each in first if each in shape.FIELDS)}"
