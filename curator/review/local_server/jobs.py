"""Background jobs run in the server's own process: no Redis and no worker are needed."""

from __future__ import annotations

import asyncio
import logging
from functools import partial
from typing import Any

import fakeredis
from argilla_server.jobs import queues

log = logging.getLogger(__name__)
WAIT_S = 1
_running: set[asyncio.Task[None]] = set()


def run_here() -> None:
    """
    Turn the two queues of argilla-server into tasks on its own event loop.

    All its modules share one client object of Redis, so the pool below it is what changes.
    """
    queues.REDIS_CONNECTION.connection_pool = fakeredis.FakeRedis().connection_pool
    for queue in (queues.DEFAULT_QUEUE, queues.HIGH_QUEUE):
        queue._is_async = False  # noqa: SLF001 - it then calls run_sync at once
        queue.run_sync = _start


def _start(job: Any) -> Any:
    _try(job, job.retries_left or 0)
    return job


def _try(job: Any, left: int) -> None:
    job.set_status("started")
    task = asyncio.get_running_loop().create_task(job.func(*job.args, **job.kwargs))
    _running.add(task)  # one that nobody refers to may be collected before it ends
    task.add_done_callback(partial(_ended, job, left))


def _ended(job: Any, left: int, task: asyncio.Task[None]) -> None:
    """Note how it went: what a job raises is the job's failure, and no end of the server."""
    _running.discard(task)
    if task.cancelled():
        return
    if error := task.exception():
        log.warning("job %s failed, %d tries left", job.func_name, left, exc_info=error)
        if left:
            asyncio.get_running_loop().call_later(WAIT_S, _try, job, left - 1)
            return
    job.set_status("failed" if error else "finished")
