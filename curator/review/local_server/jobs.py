"""Background jobs run in the server's own process: no Redis and no worker are needed."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import fakeredis
from argilla_server.jobs import queues

log = logging.getLogger(__name__)
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
    # A task that nobody refers to may be collected before it ends.
    task = asyncio.get_running_loop().create_task(_run(job))
    _running.add(task)
    task.add_done_callback(_running.discard)
    return job


async def _run(job: Any) -> None:
    tries = 1 + (job.retries_left or 0)
    for left in reversed(range(tries)):
        try:
            job.set_status("started")
            await job.func(*job.args, **job.kwargs)
        except Exception:  # whatever a job raises is the job's failure, not the server's
            log.warning("job %s failed, %d tries left", job.func_name, left, exc_info=True)
            await asyncio.sleep(1 if left else 0)
        else:
            job.set_status("finished")
            return
    job.set_status("failed")
