"""The SQLite file of the local server: made whole or not at all, written by several at once."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import argilla_server
from alembic.command import upgrade
from alembic.config import Config
from alembic.util import CommandError
from argilla_server import database
from argilla_server.settings import settings
from sqlalchemy import event, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from curator.errors import ReviewError, shorten
from curator.review.local_server.text_query import matches

log = logging.getLogger(__name__)


def migrate(path: Path) -> None:
    """
    Bring the file to the tables of this argilla-server.

    A new file is built beside its place: a process killed in the middle would leave tables that
    the next start could neither use nor finish.

    Raises: ReviewError for a file that is none of its own, or of a later argilla-server.
    """
    config = Config()  # its own file would take over the log of the process
    config.set_main_option("script_location", str(Path(argilla_server.__file__).parent / "alembic"))
    if path.exists():
        try:
            upgrade(config, "head")
        except (CommandError, DatabaseError) as error:
            raise ReviewError(
                f"the data cannot be used: {shorten(str(error))}",
                where=str(path),
                hint="it may be of a later argilla-server: install that one, or move the file away",
            ) from error
        return
    new = path.with_name(f"{path.name}.new")
    for name in (f"{path.name}-wal", f"{path.name}-shm", new.name, f"{new.name}-journal"):
        path.with_name(name).unlink(missing_ok=True)  # of a file that is gone, or was not finished
    place = settings.database_url
    settings.database_url = place.replace(str(path), str(new))
    try:
        upgrade(config, "head")
    finally:
        settings.database_url = place
    new.replace(path)


def open_engine() -> AsyncEngine:
    """
    Give the sessions of argilla-server connections that never wait for each other.

    Its own pool ends at 15, and a request holds one while it asks for another: enough people at
    once would wait for themselves.
    """
    engine = create_async_engine(
        settings.database_url,
        connect_args={"timeout": settings.database_sqlite_timeout},
        pool_size=8,
        max_overflow=-1,
        hide_parameters=True,  # an error in the log holds no text of a record
    )
    event.listen(engine.sync_engine, "connect", _set_up)
    database.AsyncSessionLocal.configure(bind=engine)
    return engine


def _set_up(connection: Any, _record: Any) -> None:
    """Let readers go on beside a writer, and teach the connection to search text."""
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = WAL")
    cursor.execute("PRAGMA foreign_keys = ON")
    cursor.close()
    connection.create_function("curator_matches", 3, matches, deterministic=True)


async def heal(engine: AsyncEngine) -> None:
    """
    Set the status of records from their responses.

    A response and the status that follows from it are two transactions, so a kill between them
    leaves a record pending that nobody needs to answer any more.
    """
    async with engine.begin() as connection:
        await connection.execute(text(_HEAL))


_HEAL = """
UPDATE records SET status = CASE status WHEN 'pending' THEN 'completed' ELSE 'pending' END
WHERE (status = 'completed') <> (
  (SELECT count(*) FROM responses r WHERE r.record_id = records.id AND r.status = 'submitted')
  >= (SELECT json_extract(d.distribution, '$.min_submitted') FROM datasets d
      WHERE d.id = records.dataset_id))
"""
