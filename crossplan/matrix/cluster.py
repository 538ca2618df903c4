"""The same work on a Dask cluster: `--scheduler ADDRESS`. Its workers need this release of crossplan, and the same paths.

Dask does the work of a worker that ends again, elsewhere; an answer is taken once, by its place.
"""

from __future__ import annotations

import uuid
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any, TypeVar

from crossplan import __version__

Item = TypeVar("Item")
Answer = TypeVar("Answer")

PATIENCE = 30
"""Seconds to wait for a scheduler, and then for its first worker."""

AHEAD = 4
"""Items per thread of the cluster that are under way beyond the answer that is due."""


class ClusterError(Exception):
    """The cluster cannot be used: the extra is missing, nobody answers, or its workers have another crossplan."""


def on_cluster(
    function: Callable[[Item], Answer], items: Iterable[Item], address: str, lost: Callable[[Item, str], Answer]
) -> Iterator[Answer]:
    """`function` of each item, in order; see `crossplan.matrix.spread.spread`."""
    try:
        from distributed import KilledWorker
        from distributed.client import FutureCancelledError
    except ImportError as error:
        raise ClusterError(f"--scheduler needs Dask ({error}): pip install 'crossplan[dask]'") from error
    with _client(address) as client:
        _agree(client)
        run, number, source = uuid.uuid4().hex, 0, iter(items)
        waiting: deque[tuple[Item, Any]] = deque()
        while True:
            room = AHEAD * max(1, sum(client.nthreads().values())) - len(waiting)
            for item in islice(source, max(0, room)):
                # A key of its own: two equal items are two answers.
                waiting.append((item, client.submit(function, item, key=f"crossplan-{run}-{number}", pure=False)))
                number += 1
            if not waiting:
                return
            item, future = waiting.popleft()
            try:
                try:
                    answer = future.result()
                except KilledWorker:
                    # Dask blames every item that a worker held when it ended, so one that is blamed has a second try, alone.
                    for _, other in waiting:
                        other.exception()  # waits until it has ended, well or not
                    answer = client.submit(function, item, key=f"{future.key}-alone", pure=False).result()
            except KilledWorker as error:
                answer = lost(item, f"each worker that took it up ended: {error}")
            except FutureCancelledError as error:
                raise ClusterError(f"the scheduler {address} is gone: {error}") from error
            yield answer


def _client(address: str) -> Any:
    """A connection. Dask says much of its own on the way, none of it for whoever runs crossplan."""
    import logging

    import distributed

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    connect: Any = distributed.Client
    try:
        client = connect(address, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterError(f"no scheduler answers at {address}: {error}") from error
    try:
        client.wait_for_workers(1, timeout=PATIENCE)
    except TimeoutError as error:
        client.close()
        raise ClusterError(f"the scheduler {address} has no worker") from error
    return client


def _agree(client: Any) -> None:
    """Each worker has this crossplan, or the answers would be of several releases."""
    try:
        found = client.run(release)
    except Exception as error:  # what the worker raised: ModuleNotFoundError where crossplan is not installed
        raise ClusterError(f"a worker cannot load crossplan {__version__}: {error}") from error
    for worker, version in sorted(found.items()):
        if version != __version__:
            raise ClusterError(f"worker {worker} has crossplan {version}, not {__version__}")


def release() -> str:
    """The release of crossplan that a worker has."""
    return __version__
