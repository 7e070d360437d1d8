"""Filters and orders of a search as SQL over the server's own tables."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from argilla_server.errors.future import UnprocessableEntityError
from argilla_server.models import Question, Record, Response, Suggestion
from argilla_server.search_engine import (
    AndFilter,
    MetadataFilterScope,
    RangeFilter,
    RecordFilterScope,
    ResponseFilterScope,
    SuggestionFilterScope,
    TermsFilter,
)
from sqlalchemy import Integer, Text, and_, cast, exists, func, literal_column, not_, or_, select

SENT_ORDER = literal_column("records.rowid", Integer)
"""Records as they were logged; their time of insertion ties within a batch."""


def condition(wanted: Any) -> Any:
    """Tell in SQL which records pass a filter."""
    if isinstance(wanted, AndFilter):
        return and_(True, *(condition(each) for each in wanted.filters))  # noqa: FBT003
    scope = wanted.scope
    if isinstance(scope, RecordFilterScope):
        return _of_record(scope.property, wanted)
    if isinstance(scope, ResponseFilterScope) and scope.question is None:
        return _of_status(scope.user, wanted.values)
    values, found = _values(scope)
    return exists(found.where(_fits(values, wanted)))


def ordering(orders: list[Any] | None) -> list[Any]:
    """Give the terms of ORDER BY: what a record lacks stands last, ties as they were sent."""
    terms = []
    for order in orders or []:
        rises = order.order == "asc"
        value = _sort_value(order.scope, rises=rises)
        terms.append((value.asc() if rises else value.desc()).nulls_last())
    return [*terms, SENT_ORDER]


def each_value(document: Any, *path: str) -> Any:
    """
    List what stands at ``path`` of a JSON column: one row a scalar, or one an element of a list.

    Names are quoted, so that a dot or a dash in them is not read as syntax.
    """
    place = "$" + "".join(f'."{name}"' for name in path)
    return func.json_each(document, place).table_valued("value", joins_implicitly=True)


def _values(scope: Any) -> tuple[Any, Any]:
    """Give the column that is asked about, and the rows it is found in for one record."""
    if isinstance(scope, MetadataFilterScope):
        items = each_value(Record.metadata_, scope.metadata_property)
        return items.c.value, select(1).select_from(items).correlate(Record)
    if isinstance(scope, SuggestionFilterScope):
        return _of_suggestion(scope)
    items = each_value(Response.values, scope.question, "value")
    found = select(1).select_from(Response).join(items, literal_column("true"))
    return items.c.value, _by(scope.user, found.where(Response.record_id == Record.id))


def _of_suggestion(scope: Any) -> tuple[Any, Any]:
    found = select(1).select_from(Suggestion).join(Suggestion.question)
    found = found.where(Suggestion.record_id == Record.id, Question.name == scope.question)
    if scope.property in ("agent", "type"):
        return getattr(Suggestion, scope.property), found.correlate(Record)
    items = each_value(Suggestion.score if scope.property == "score" else Suggestion.value)
    return items.c.value, found.join(items, literal_column("true")).correlate(Record)


def _by(user: Any, found: Any) -> Any:
    if user is not None:
        found = found.where(Response.user_id == user.id)
    return found.correlate(Record)


def _of_status(user: Any, wanted: list[str]) -> Any:
    """Pending is who has not answered; without a person, what nobody has answered."""
    mine = _by(user, select(1).select_from(Response).where(Response.record_id == Record.id))
    stored = [str(status) for status in wanted if status != "pending"]
    answered = exists(mine.where(cast(Response.status, Text).in_(stored)))
    return or_(answered, not_(exists(mine))) if "pending" in wanted else answered


def _of_record(name: str, wanted: Any) -> Any:
    column = getattr(Record, name)
    if name in ("inserted_at", "updated_at"):
        return _fits(column, wanted, read=_moment)
    if name == "id" and isinstance(wanted, TermsFilter):
        plain = [value.replace("-", "").lower() for value in wanted.values]
        return cast(column, Text).in_(plain)
    return _fits(cast(column, Text), wanted, read=str)


def _fits(value: Any, wanted: Any, read: Any = None) -> Any:
    if isinstance(wanted, TermsFilter):
        if read is _moment:
            return value.in_([_moment(each) for each in wanted.values])
        return cast(value, Text).in_([str(each) for each in wanted.values])
    if not isinstance(wanted, RangeFilter):
        raise UnprocessableEntityError(f"unknown kind of filter {type(wanted).__name__}")
    read = read or (lambda bound: bound)
    bounds = []
    if wanted.ge is not None:
        bounds.append(value >= read(wanted.ge))
    if wanted.le is not None:
        bounds.append(value <= read(wanted.le))
    return and_(*bounds)


def _moment(given: float | str) -> datetime:
    """Read a time as the table holds it: UTC without saying so; a number is in milliseconds."""
    try:
        if not isinstance(given, str):
            moment = datetime.fromtimestamp(given / 1000, tz=UTC)
        else:
            moment = datetime.fromisoformat(given)
            moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return moment.astimezone(UTC).replace(tzinfo=None)
    except (ValueError, OverflowError, OSError) as error:
        raise UnprocessableEntityError(f"{given!r} is not a time") from error


def _sort_value(scope: Any, *, rises: bool) -> Any:
    """Give one value a record: of several the mean for answers, else the end that comes first."""
    if isinstance(scope, RecordFilterScope):
        return getattr(Record, scope.property)
    if isinstance(scope, ResponseFilterScope) and scope.question is None:
        status = cast(Response.status, Text)
        found = select(func.min(status)).where(Response.record_id == Record.id)
        return _by(scope.user, found).scalar_subquery()
    value, found = _values(scope)
    if isinstance(scope, ResponseFilterScope):
        # A mean of words is 0 to SQLite: they go by their first.
        is_number = func.typeof(func.min(value)).in_(["integer", "real"])
        one = func.iif(is_number, func.avg(value), func.min(value))
    else:
        one = func.min(value) if rises else func.max(value)
    return found.with_only_columns(one).scalar_subquery()
