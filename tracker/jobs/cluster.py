"""A Dask cluster that reads: its address is dask://HOST:PORT. It needs the package `distributed`."""

import logging
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from ..errors import ConfigError, UsageError
from .workers import Batch, Lost, Work, in_order

if TYPE_CHECKING:
    from distributed import Client

DOCUMENTS = 100  # in one batch: a task costs milliseconds of the scheduler, however small it is
PATIENCE_SECONDS = 10


class Cluster:
    """The workers of a Dask scheduler; their machines see no files of ours, so the text travels.

    Raises UsageError for an address that is none, ConfigError where `distributed` is not installed.
    """

    far = True

    def __init__(self, address: str) -> None:
        parts = urlsplit(address)
        try:
            sound = parts.scheme == "dask" and parts.hostname and parts.port and not parts.path.strip("/")
        except ValueError:  # a port that is no number
            sound = False
        if not sound:
            raise UsageError(f"--engine {address}: write it as dask://HOST:PORT")
        try:
            import distributed  # noqa: F401
        except ModuleNotFoundError:
            raise ConfigError(f"{address}: a cluster needs its client: pip install 'tracker[dask]'") from None
        self.address = address

    def batch(self, documents: int) -> int:
        """Always the same."""
        return DOCUMENTS

    def map(self, work: Work, batches: Iterable[Batch], lost: Lost) -> Iterator[list[Any]]:
        """The connection is made when the first results are asked for. Raises ConfigError where it fails."""
        from distributed.client import FutureCancelledError
        from distributed.comm.core import CommClosedError

        client = self._connected()
        try:
            yield from in_order(_ClusterPool(client), work, batches, lost)
        except (CommClosedError, FutureCancelledError) as error:
            raise ConfigError(f"{self.address}: the scheduler has gone; start it, and do the same again") from error
        finally:
            client.close()  # type: ignore[no-untyped-call]

    def _connected(self) -> "Client":
        from distributed import Client

        for name in ("distributed", "distributed.client"):
            logging.getLogger(name).setLevel(logging.CRITICAL)  # what matters comes as an exception
        url = self.address.replace("dask://", "tcp://", 1)
        try:
            client = Client(url, timeout=PATIENCE_SECONDS, set_as_default=False)  # type: ignore[no-untyped-call]
        except (OSError, TimeoutError) as error:
            raise ConfigError(f"{self.address}: no scheduler answers; start one: dask scheduler") from error
        try:
            client.wait_for_workers(1, timeout=PATIENCE_SECONDS)
        except TimeoutError as error:
            client.close()  # type: ignore[no-untyped-call]
            raise ConfigError(f"{self.address}: has no workers; start some: dask worker {url}") from error
        return client


class _ClusterPool:
    """The scheduler gives a batch to another worker where one died; some deaths later it gives the batch up."""

    def __init__(self, client: "Client") -> None:
        from distributed.scheduler import KilledWorker

        self.deaths: tuple[type[Exception], ...] = (KilledWorker,)
        self.client = client
        self.ahead = 2 * max(1, sum(client.nthreads().values()))  # type: ignore[no-untyped-call]

    def submit(self, work: Work, batch: Batch) -> Any:
        return self.client.submit(work, batch, pure=False)

    submit_alone = submit
