"""Jobs: what is done after the answer, by the worker, in the name of whoever asked; and the keeper's clocks.

A domain writes its jobs in its `tasks.py` as functions under `@task("domain.verb")`, and what the keeper must do
for it as `keep() -> int`. Ids only travel in the queue; the body reads the rest as the asker.
"""

from serai.jobs.keeper import keep, run_clocks
from serai.jobs.queue import ForeignActor, UnknownTask, enqueue, run_job, task
from serai.jobs.worker import work

__all__ = ["ForeignActor", "UnknownTask", "enqueue", "keep", "run_clocks", "run_job", "task", "work"]
