"""
What is changed in memory of argilla-server, for speed: nothing of what it answers.

Measured on 1,000 records of three suggestions and four metadata values: 10 s before. Only the
version that was measured is changed; another works as it is.
"""

from __future__ import annotations

import logging
from typing import Any

from argilla_server._version import __version__ as installed
from argilla_server.api.schemas.v1.questions import QuestionSettings
from argilla_server.bulk import records_bulk
from argilla_server.contexts import distribution, webhooks
from argilla_server.models import MetadataProperty, Question
from argilla_server.models.metadata_properties import MetadataPropertySettings
from argilla_server.models.mixins import CRUDMixin
from pydantic import TypeAdapter

log = logging.getLogger(__name__)
MEASURED = "2.8.0"
ROWS_A_STATEMENT = 500


def apply() -> None:
    """Make logging fast, if this is the version that is known."""
    if installed != MEASURED:
        log.warning("argilla-server %s is not %s: logging stays slow", installed, MEASURED)
        return
    _build_validators_once()
    _build_events_for_webhooks_only()
    _insert_in_pieces()


def _build_validators_once() -> None:
    """
    Read settings of questions and properties with validators that are built once.

    Upstream builds one for each suggestion and each metadata value of each record: 70% of it all.
    """
    for model, settings in (
        (Question, QuestionSettings),
        (MetadataProperty, MetadataPropertySettings),
    ):
        model.parsed_settings = property(_reader(TypeAdapter(settings)))


def _reader(adapter: Any) -> Any:
    return lambda row: adapter.validate_python(row.settings)


def _build_events_for_webhooks_only() -> None:
    """
    Tell webhooks of a record only where there is one.

    Upstream loads the dataset again and builds the whole event for each record, then looks who
    wants it. What is enabled is asked once a session, which is one request.
    """
    notify = records_bulk.notify_record_event_v1

    async def tell(db: Any, event: Any, record: Any) -> list[Any]:
        if "webhooks" not in db.info:
            db.info["webhooks"] = bool(await webhooks.list_enabled_webhooks(db))
        return list(await notify(db, event, record)) if db.info["webhooks"] else []

    records_bulk.notify_record_event_v1 = distribution.notify_record_event_v1 = tell


def _insert_in_pieces() -> None:
    """
    Insert suggestions, vectors and responses of a batch in statements of a bounded size.

    Upstream names every value of a batch in one: 1,000 records of four suggestions are more than
    the 32,766 that SQLite takes.
    """
    whole = CRUDMixin.upsert_many.__func__

    async def in_pieces(
        cls: Any,
        db: Any,
        objects: list[Any],
        constraints: list[Any],
        autocommit: bool = True,  # noqa: FBT001, FBT002 - as it is called
    ) -> list[Any]:
        rows = []
        for start in range(0, max(1, len(objects)), ROWS_A_STATEMENT):
            piece = objects[start : start + ROWS_A_STATEMENT]
            rows += await whole(cls, db, piece, constraints, autocommit=False)
        if autocommit:
            await db.commit()
        return rows

    CRUDMixin.upsert_many = classmethod(in_pieces)
