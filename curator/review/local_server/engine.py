"""The search engine of the local server: it asks the server's own tables and keeps no index."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import numpy as np
import orjson
from argilla_server.database import AsyncSessionLocal
from argilla_server.models import Record, Response, Vector
from argilla_server.search_engine import (
    FloatMetadataMetrics,
    IntegerMetadataMetrics,
    SearchEngine,
    SearchResponseItem,
    SearchResponses,
    TermsMetrics,
)
from sqlalchemy import Text, cast, func, literal_column, select, type_coerce

from curator.review.local_server.conditions import SENT_ORDER, condition, each_value, ordering

MAX_TERMS = 2**14  # as upstream
BLOCK_ROWS = 50
SHUFFLE_PRIME = 1_000_003


class TableSearch:
    """
    What argilla-server asks of a search engine, answered from its own tables.

    The server commits to them before it tells its engine, so the engine has nothing to write, and
    nothing to rebuild after a restart. It is no subclass: registering makes it one of them.
    """

    @classmethod
    async def new_instance(cls) -> TableSearch:
        """Give an engine for one request."""
        return cls()

    async def close(self) -> None:
        """Do nothing: nothing is held."""

    async def ping(self) -> bool:
        """Tell that it answers."""
        return True

    async def info(self) -> dict[str, str]:
        """Tell what it is, for the status page."""
        return {"name": "curator", "tables": "sqlite"}

    async def _nothing_to_do(self, *_: Any, **__: Any) -> None:
        """Let it pass: the tables hold it already."""

    create_index = delete_index = configure_metadata_property = configure_index_vectors = (
        _nothing_to_do
    )
    index_records = partial_record_update = delete_records = _nothing_to_do
    update_record_response = delete_record_response = _nothing_to_do
    update_record_suggestion = delete_record_suggestion = _nothing_to_do

    async def get_dataset_progress(self, dataset: Any) -> dict[str, int]:
        """Count the records by status, and all of them as ``total``; a draft has none."""
        if dataset.is_draft:
            return {}
        counted = select(cast(Record.status, Text), func.count()).group_by(Record.status)
        return _with_total(await _rows(counted.where(Record.dataset_id == dataset.id)))

    async def get_dataset_user_progress(self, dataset: Any, user: Any) -> dict[str, int]:
        """Count the responses of ``user`` by status."""
        if dataset.is_draft:
            return {}
        counted = select(cast(Response.status, Text), func.count()).join(Response.record)
        mine = counted.where(Record.dataset_id == dataset.id, Response.user_id == user.id)
        return _with_total(await _rows(mine.group_by(Response.status)))

    async def search(  # noqa: PLR0913 - as it is called
        self,
        *,
        dataset: Any,
        query: Any = None,
        filter: Any = None,  # noqa: A002 - the caller's name
        sort: list[Any] | None = None,
        offset: int = 0,
        limit: int = 100,
        user_id: UUID | None = None,
    ) -> Any:
        """
        Find records; as they were sent, unless ``sort`` says otherwise.

        For a person at the page, each block of rows is shuffled in an order of their own, as
        upstream does with the whole: two people at once then seldom work on the same record.
        """
        where = _where(dataset, query, filter)
        order = ordering(sort)
        if user_id is not None and not sort:
            order = [SENT_ORDER // BLOCK_ROWS, _shuffled(user_id), SENT_ORDER]
        # Counted along, so that the text of each record is looked at once.
        found = select(Record.id, func.count().over()).where(*where).order_by(*order)
        rows = await _rows(found.offset(offset).limit(limit))
        if rows or not offset:
            total = rows[0][1] if rows else 0
        else:
            total = (await _rows(select(func.count(Record.id)).where(*where)))[0][0]
        items = [SearchResponseItem(record_id=row[0], score=1.0) for row in rows]
        return SearchResponses(items=items, total=total)

    async def similarity_search(  # noqa: PLR0913 - as it is called
        self,
        *,
        dataset: Any,
        vector_settings: Any,
        value: list[float] | None = None,
        record: Any = None,
        query: Any = None,
        filter: Any = None,  # noqa: A002 - the caller's name
        max_results: int = 100,
        order: str = "most_similar",
        threshold: float | None = None,
    ) -> Any:
        """Find the records nearest to a vector, or farthest from it, by the cosine."""
        if record is not None:
            value = record.vector_value_by_vector_settings(vector_settings)
        if not value:
            raise ValueError("a similarity search needs a vector, or a record that has one")
        found = (
            select(Record.id, type_coerce(Vector.value, Text))
            .join(Record.vectors)
            .where(Vector.vector_settings_id == vector_settings.id)
            .where(*_where(dataset, query, filter))
            .order_by(SENT_ORDER)
        )
        if record is not None:
            found = found.where(Record.id != record.id)
        sign = -1.0 if order == "least_similar" else 1.0
        rows = await _rows(found)
        # Aside from the server's loop: everybody else would wait for the arithmetic.
        return await asyncio.to_thread(_nearest, rows, value, sign, max_results, threshold)

    async def compute_metrics_for(self, metadata_property: Any) -> Any:
        """Count the terms of a property, or give its least and greatest number."""
        items = each_value(Record.metadata_, metadata_property.name)
        value = items.c.value
        of_dataset = (Record.dataset_id == metadata_property.dataset_id, value.is_not(None))
        if metadata_property.is_terms:
            counted = select(cast(value, Text), func.count()).select_from(Record)
            counted = counted.join(items, literal_column("true")).where(*of_dataset)
            ranked = counted.group_by(value).order_by(func.count().desc(), value).limit(MAX_TERMS)
            rows = await _rows(ranked)
            terms = [TermsMetrics.TermCount(term=term, count=count) for term, count in rows]
            return TermsMetrics(total=sum(row[1] for row in rows), values=terms)
        ends = select(func.min(value), func.max(value)).select_from(Record)
        low, high = (await _rows(ends.join(items, literal_column("true")).where(*of_dataset)))[0]
        kind = IntegerMetadataMetrics if metadata_property.is_integer else FloatMetadataMetrics
        return kind(min=low, max=high)


def register(name: str) -> None:
    """Let argilla-server find the engine under ``name``."""
    SearchEngine.register(name)(TableSearch)


async def _rows(statement: Any) -> list[Any]:
    async with AsyncSessionLocal() as session:
        return list((await session.execute(statement)).all())


def _with_total(counts: list[Any]) -> dict[str, int]:
    return {"total": sum(count for _, count in counts), **dict(map(tuple, counts))}


def _where(dataset: Any, query: Any, wanted: Any) -> list[Any]:
    where = [Record.dataset_id == dataset.id]
    if wanted is not None:
        where.append(condition(wanted))
    if query is not None:
        text, field = (query, None) if isinstance(query, str) else (query.q, query.field)
        fields = type_coerce(Record.fields, Text)
        where.append(func.curator_matches(fields, text, field) == 1)
    return where


def _shuffled(user_id: UUID) -> Any:
    """Give every row a number that looks random, another for each person, the same each time."""
    return (SENT_ORDER * (1 + user_id.int % (SHUFFLE_PRIME - 1))) % SHUFFLE_PRIME


def _nearest(
    rows: list[Any], value: list[float], sign: float, max_results: int, threshold: float | None
) -> Any:
    if not rows:
        return SearchResponses(items=[], total=0)
    vectors = np.asarray([orjson.loads(row[1]) for row in rows], dtype=np.float64)
    asked = np.asarray(value, dtype=np.float64)
    lengths = np.linalg.norm(vectors, axis=1) * np.linalg.norm(asked)
    cosines = np.divide(vectors @ asked, lengths, out=np.zeros(len(rows)), where=lengths > 0)
    scores = (1 + sign * cosines) / 2
    best = np.argsort(-scores, kind="stable")[:max_results]
    if threshold is not None:
        best = best[scores[best] >= threshold]
    items = [SearchResponseItem(record_id=rows[i][0], score=float(scores[i])) for i in best]
    return SearchResponses(items=items, total=len(items))
