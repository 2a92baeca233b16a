"""The worker process: fetches jobs, runs them, and takes over what a dead worker left half done."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import uuid
from collections.abc import Callable
from functools import partial
from typing import Any

from django.db import connections
from procrastinate import App, BaseRetryStrategy, JobContext, RetryDecision
from procrastinate.contrib.django.utils import connector_params
from procrastinate.jobs import Job
from procrastinate.psycopg_connector import PsycopgConnector

from serai.jobs.queue import ForeignActor, Task, UnknownTask, run_job, tasks

log = logging.getLogger("serai")

CONCURRENCY = 2
HEARTBEAT, STALLED = 5.0, 20.0  # seconds: a worker says it lives; one that has not said so is taken for dead
RECOVERY_PAUSE = 15.0
KEEP_DONE_HOURS = 24 * 7


def work(*, forever: bool = True) -> None:
    """Runs jobs until told to end; with `forever=False` until the queue is empty. Needs Django set up."""
    asyncio.run(_work(forever))


def name() -> str:
    """A name no other worker has, also after a restart."""
    return f"{socket.gethostname()}-{os.getpid()}-{uuid.uuid4().hex[:8]}"


def app() -> App:
    """Procrastinate with every domain's jobs, on this process's own database role."""
    kwargs = connector_params("default")
    made = App(connector=PsycopgConnector(kwargs=kwargs, min_size=1, max_size=CONCURRENCY + 3))
    for known in tasks().values():
        made.task(name=known.name, pass_context=True, retry=Again(known.attempts))(_body(known))
    return made


class Again(BaseRetryStrategy):  # type: ignore[misc]
    """Tries a failed job again after 6, 36, 216 … seconds: eight attempts outlast a weekend without mail server."""

    def __init__(self, attempts: int) -> None:
        self.attempts = attempts

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """When to try again; None where it was tried often enough or can never work."""
        if isinstance(exception, ForeignActor | UnknownTask) or job.attempts + 1 >= self.attempts:
            return None
        return RetryDecision(retry_in={"seconds": 6 ** (job.attempts + 1)})


def _body(known: Task) -> Callable[..., None]:
    def body(context: JobContext, **args: Any) -> None:
        try:
            run_job(known.name, args)
        finally:
            connections.close_all()

    return body


async def _work(forever: bool) -> None:
    made = app()
    async with made.open_async():
        recovery = asyncio.create_task(_recover(made))
        try:
            await made.run_worker_async(
                name=name(),
                concurrency=CONCURRENCY,
                wait=forever,
                update_heartbeat_interval=HEARTBEAT,
                stalled_worker_timeout=STALLED,
                fetch_job_polling_interval=5.0,
                shutdown_graceful_timeout=20.0,
                delete_jobs="successful",
            )
        finally:
            recovery.cancel()


async def _recover(made: App) -> None:
    """Jobs of a worker that died go back into the queue; jobs that failed long ago are forgotten."""
    manager = made.job_manager
    while True:
        try:
            for job in await manager.get_stalled_jobs(seconds_since_heartbeat=STALLED):
                log.warning("Job %s was left half done and is run again", job.id)
                await manager.retry_job(job)
            forget = partial(manager.delete_old_jobs, nb_hours=KEEP_DONE_HOURS)
            await forget(include_failed=True, include_cancelled=True, include_aborted=True)
        except Exception:
            log.exception("Looking for jobs left half done failed")
        await asyncio.sleep(RECOVERY_PAUSE)
