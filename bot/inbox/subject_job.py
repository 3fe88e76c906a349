"""One job of the engine (Procrastinate) for each key under which deliveries wait.

The deliveries say what to do and in which order; the job says that there is something to do, when
it is due, and its priority. Its lock, the key, keeps two workers from handling one key at the same
time. The job is created anew in the transaction that changes what waits, so workers are notified
at once that the next batch of a key may begin.
"""

from procrastinate.jobs import Job, Status

from bot.inbox import postgres_statements as statements
from bot.inbox.backoff import LONGEST_DELAY
from bot.inbox.engine import Connection, engine_on
from bot.inbox.postgres_statements import Head

QUEUE = "deliveries"
"""Where the jobs are."""

ALONE = "deliveries-alone"
"""Where those are that a worker handles while it handles nothing else; see `bot.inbox.worker`."""

_TASK = "bot.deliveries"


async def keep_job(connection: Connection, key: str) -> None:
    """Have the job of a key say what waits under it; the key is locked (`lock_keys`)."""
    engine = engine_on(connection)
    jobs = list(await engine.list_jobs_async(lock=key))
    if any(job.status == Status.DOING.value for job in jobs):
        # Whoever settles what is being handled sees to what waits behind it.
        return
    head = await statements.head_of(connection, key, LONGEST_DELAY)
    wanted = None if head is None else _job(key, head)
    for job in jobs:
        if wanted is not None and _says(job) == _says(wanted):
            wanted = None
        elif job.id is not None:
            await engine.cancel_job_by_id_async(job.id, delete_job=True)
    if wanted is not None:
        await engine.defer_job_async(wanted)


async def end_job(connection: Connection, job_id: int, key: str) -> None:
    """Take away the job of what is being handled no more, and let the next of its key begin."""
    engine = engine_on(connection)
    await engine.finish_job_by_id_async(job_id, Status.SUCCEEDED, delete_job=True)
    await keep_job(connection, key)


def _job(key: str, head: Head) -> Job:
    return Job(
        queue=ALONE if head.alone else QUEUE,
        priority=head.priority,
        lock=key,
        queueing_lock=key,
        task_name=_TASK,
        scheduled_at=head.due,
    )


def _says(job: Job) -> tuple[object, ...]:
    return (job.status in (None, Status.TODO.value), job.queue, job.priority, job.scheduled_at)
