"""Work spread over processes of this machine, or a Dask cluster; the answers come in the order of the work.

Both run ahead of the answer that is due by a bounded number of items, so a list may be endless and memory stays flat.
"""

from __future__ import annotations

import os
import signal
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from itertools import islice
from multiprocessing import get_context
from typing import TypeVar

from crossplan.matrix.cluster import on_cluster
from crossplan.record import record

Item = TypeVar("Item")
Answer = TypeVar("Answer")

AHEAD = 4
"""Items per process that are under way beyond the answer that is due."""


@record
class Workers:
    """Who does the work: a number of processes here, or the cluster whose scheduler has that address.

    With one process the work is done in this one, so an item that ends its process ends the run.
    """

    jobs: int = 1
    scheduler: str | None = None


def workers_of(jobs: int | None = None, scheduler: str | None = None) -> Workers:
    """As asked for; where nothing is said, a process for each processor that this one may use."""
    if jobs is None:
        jobs = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return Workers(jobs, scheduler)


def spread(
    function: Callable[[Item], Answer], items: Iterable[Item], workers: Workers, lost: Callable[[Item, str], Answer]
) -> Iterator[Answer]:
    """`function` of each item, in order. `lost` answers for one that ended the process which worked on it, twice.

    What `function` raises comes out here. It and the items are sent, so it is a function of a module.
    """
    if workers.scheduler is not None:
        return on_cluster(function, items, workers.scheduler, lost)
    if workers.jobs == 1:
        return map(function, items)
    return _in_processes(function, items, workers.jobs, lost)


def _in_processes(
    function: Callable[[Item], Answer], items: Iterable[Item], jobs: int, lost: Callable[[Item, str], Answer]
) -> Iterator[Answer]:
    """A pool that breaks is replaced: what it had under way is done again, the item whose turn it is in a process of its own."""
    source = iter(items)
    waiting: deque[Item] = deque()
    under_way: deque[Future[Answer]] = deque()
    pool = _pool(jobs)
    try:
        while True:
            waiting.extend(islice(source, jobs * AHEAD - len(waiting)))
            if not waiting:
                return
            try:
                for item in islice(waiting, len(under_way), None):
                    under_way.append(pool.submit(function, item))
                answer = under_way.popleft().result()
            except BrokenProcessPool:
                pool.shutdown()
                pool = _pool(jobs)
                under_way.clear()
                answer = _alone(function, waiting[0], lost)
            waiting.popleft()
            yield answer
    finally:
        pool.shutdown(cancel_futures=True)


def _alone(function: Callable[[Item], Answer], item: Item, lost: Callable[[Item, str], Answer]) -> Answer:
    with _pool(1) as pool:
        try:
            return pool.submit(function, item).result()
        except BrokenProcessPool:
            return lost(item, "its process was ended by the system, as when memory runs out")


def _pool(jobs: int) -> ProcessPoolExecutor:
    """Fresh processes, which inherit neither locks nor open files; Ctrl-C is for the process that waits for them."""
    return ProcessPoolExecutor(
        jobs, get_context("spawn"), initializer=signal.signal, initargs=(signal.SIGINT, signal.SIG_IGN)
    )
