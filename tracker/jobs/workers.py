"""Who reads the documents: this process, processes beside it, or a cluster (cluster.py). All take batches in order."""

import multiprocessing
import os
import signal
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Protocol

Batch = Sequence[Any]
Work = Callable[[Any], list[Any]]  # of a batch one result for each in it; another process finds it by its name
Lost = Callable[[Any], Any]  # what stands for the result of one that no worker survives

DOCUMENTS_AT_MOST = 20  # in one batch: many enough for small ones, few enough for a result to be seen soon
BATCHES_AHEAD = 2  # for each worker: none waits, and the memory does not grow with the files


class Workers(Protocol):
    """Whoever reads: `map` yields the results of each batch in the order of the batches, and asks for few ahead.

    `far` says that they do not see the files of this machine.
    """

    far: bool

    def batch(self, documents: int) -> int:
        """Into batches of how many `documents` are best divided."""

    def map(self, work: Work, batches: Iterable[Batch], lost: Lost) -> Iterator[list[Any]]:
        """The results of the batches."""


class Pool(Protocol):
    """What can be given batches; an answer is waited for with `result`, which raises one of `deaths` for a worker."""

    ahead: int
    deaths: tuple[type[Exception], ...]

    def submit(self, work: Work, batch: Batch) -> Any:
        """A future of the results."""

    def submit_alone(self, work: Work, batch: Batch) -> Any:
        """The same where nobody else's death is taken for its own."""


def in_order(pool: Pool, work: Work, batches: Iterable[Batch], lost: Lost) -> Iterator[list[Any]]:
    """The results of batches in their order. A batch whose worker died is tried again, each of it alone."""
    flying: deque[tuple[Batch, Any]] = deque()
    for batch in batches:
        flying.append((batch, pool.submit(work, batch) if batch else None))
        if len(flying) > pool.ahead:
            yield _landed(pool, work, *flying.popleft(), lost)
    while flying:
        yield _landed(pool, work, *flying.popleft(), lost)


def _landed(pool: Pool, work: Work, batch: Batch, future: Any, lost: Lost) -> list[Any]:
    with suppress(*pool.deaths):
        return list(future.result()) if batch else []
    found: list[Any] = []
    for one in batch:
        try:
            found += pool.submit_alone(work, [one]).result()
        except pool.deaths:
            found.append(lost(one))
    return found


class Here:
    """This process reads."""

    far = False

    def batch(self, documents: int) -> int:
        """A few, and fewer of few: results are to be seen soon."""
        return min(DOCUMENTS_AT_MOST, max(1, documents // 4))

    def map(self, work: Work, batches: Iterable[Batch], lost: Lost) -> Iterator[list[Any]]:
        """One batch after the other; nobody dies but all."""
        return map(work, batches)


class Processes:
    """So many processes on this machine read."""

    far = False

    def __init__(self, jobs: int) -> None:
        self.jobs = jobs

    def batch(self, documents: int) -> int:
        """A few, and fewer of few: there is to be one for each process."""
        return min(DOCUMENTS_AT_MOST, max(1, documents // (4 * self.jobs)))

    def map(self, work: Work, batches: Iterable[Batch], lost: Lost) -> Iterator[list[Any]]:
        """The processes start with the first batch that is not empty, and end with the last or when nobody asks on."""
        pool = _ProcessPool(self.jobs)
        try:
            yield from in_order(pool, work, batches, lost)
        finally:
            pool.end()


class _ProcessPool:
    """Two executors, one of a single process for batches alone; one that broke is replaced.

    The processes hold one end of a pipe and end when the other is closed: at our end, whatever that is.
    """

    deaths: tuple[type[Exception], ...] = (BrokenProcessPool,)

    def __init__(self, jobs: int) -> None:
        self.ahead = BATCHES_AHEAD * jobs
        self.jobs = jobs
        # Forking this process would take its threads' locks and its database along.
        self.context = multiprocessing.get_context("forkserver")
        self.context.set_forkserver_preload(["tracker.jobs.reading"])
        self.lifeline, self.ours = self.context.Pipe(duplex=False)
        self.executors: dict[str, ProcessPoolExecutor] = {}

    def submit(self, work: Work, batch: Batch) -> Any:
        return self._submit("all", self.jobs, work, batch)

    def submit_alone(self, work: Work, batch: Batch) -> Any:
        return self._submit("alone", 1, work, batch)

    def _submit(self, name: str, size: int, work: Work, batch: Batch) -> Any:
        with suppress(KeyError, BrokenProcessPool):
            return self.executors[name].submit(work, batch)
        self.executors[name] = ProcessPoolExecutor(size, self.context, initializer=_begin, initargs=(self.lifeline,))
        return self.executors[name].submit(work, batch)

    def end(self) -> None:
        self.ours.close()
        for executor in self.executors.values():
            executor.shutdown(cancel_futures=True)
        self.lifeline.close()


def _begin(lifeline: "Connection[Any, Any]") -> None:
    """What a process does first: it leaves Ctrl-C to the one that it works for, and ends with that one."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    def follow() -> None:
        with suppress(EOFError, OSError):
            lifeline.recv()
        os._exit(1)

    threading.Thread(target=follow, daemon=True).start()
