"""Files into what is made of them, batch after batch in their order, whoever reads them."""

import traceback
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import partial
from typing import Any

from .. import sources
from ..commitments import Extraction, extract
from ..documents import Source
from ..errors import FAULT, ConfigError, TrackerError, UnreadableFile
from .workers import Workers

Make = Callable[[Source], Any]  # what is made of a document: pure, and found by its name in another process


@dataclass(frozen=True, slots=True)
class About:
    """What the caller says of the documents, before what their files say."""

    key: str | None = None
    title: str | None = None
    issuer: str | None = None
    published: str | None = None

    @property
    def given(self) -> dict[str, str]:
        """What of it is said, and stays said when the document is read again."""
        words = {"title": self.title, "issuer": self.issuer, "published": self.published}
        return {name: value for name, value in words.items() if value}


@dataclass(frozen=True, slots=True)
class Failure:
    """A file that could not be read: the message for a person, and the exit code that it costs."""

    path: str
    message: str
    exit_code: int


@dataclass(frozen=True, slots=True)
class Reading:
    """A document as it was read. `items` are those that could have dates (`coverage.numbered`); `fingerprint` is that
    of all that decided the reading, "" where nobody asked; `given` is what a person said of it, now or earlier."""

    source: Source
    extraction: Extraction
    items: tuple[tuple[str, str], ...]
    fingerprint: str = ""
    given: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The document's."""
        return self.source.key

    @classmethod
    def of(cls, source: Source) -> "Reading":
        """The whole of the reading."""
        from .coverage import numbered  # knows milestones, and what is only shown becomes none

        return cls(source, extract(source), numbered(source.text))


@dataclass(frozen=True, slots=True)
class File:
    """A file to be read. `earlier` is what people said of its document when it was read before; `fingerprint` is that
    of all that decides what is read from it, "" where nobody asked; `kept` is what stands for the reading where there
    need be none, None where it must be read."""

    path: str
    earlier: Mapping[str, str] = field(default_factory=dict)
    fingerprint: str = ""
    kept: Any = None


def read_files(
    batches: Iterable[Sequence[File]], about: About, make: Make, workers: Workers
) -> Iterator[list[tuple[File, Any]]]:
    """For each batch its files, each with what `make` made of it, what is kept of it, or its Failure.

    The order is that of the files; only some batches are asked for ahead. Raises ConfigError for unusable workers.
    """
    asked: deque[Sequence[File]] = deque()

    def unread() -> Iterator[Sequence[Any]]:
        for batch in batches:
            asked.append(batch)
            files = [file for file in batch if file.kept is None]
            yield [_load(file, about) for file in files] if workers.far else files

    if workers.far:
        work: Callable[[Sequence[Any]], list[Any]] = partial(make_far, make=make, rules=sources.rules())
    else:
        work = partial(make_near, about=about, make=make)
    for made in workers.map(work, unread(), _lost):
        found = iter(made)
        yield [(file, next(found) if file.kept is None else file.kept) for file in asked.popleft()]


def make_near(files: Sequence[File], *, about: About, make: Make) -> list[Any]:
    """Reads files, where they can be seen."""
    return [_made(_load(file, about), make) for file in files]


def make_far(loaded: "Sequence[_Loaded | Failure]", *, make: Make, rules: str) -> list[Any]:
    """The rest of the work, on another machine. Raises ConfigError where that has other rules of reading."""
    if sources.rules() != rules:
        raise ConfigError("the workers of the cluster have another version of tracker; install this one there")
    return [_made(one, make) for one in loaded]


@dataclass(frozen=True, slots=True)
class _Loaded:
    path: str
    source: Source


def _load(file: File, about: About) -> Any:
    path = file.path
    return _guarded(path, lambda: _Loaded(path, sources.read(path, **asdict(about), earlier=file.earlier)))


def _made(loaded: _Loaded | Failure, make: Make) -> Any:
    return loaded if isinstance(loaded, Failure) else _guarded(loaded.path, lambda: make(loaded.source))


def _guarded(path: str, step: Callable[[], Any]) -> Any:
    """One bad file never stops the rest, not even by a fault of this program."""
    try:
        return step()
    except TrackerError as error:
        return Failure(path, str(error), error.exit_code)
    except MemoryError:
        return Failure(path, f"{path}: there is not memory enough to read it; split it", UnreadableFile.exit_code)
    except Exception:
        return fault(path)


def fault(path: str) -> Failure:
    """The failure of a file over which this program is failing right now, with the traceback."""
    words = f"{path}: this is a fault of the program; please report the lines below\n{traceback.format_exc()}"
    return Failure(path, words, FAULT)


def _lost(one: "File | _Loaded | Failure") -> Failure:
    if isinstance(one, Failure):
        return one
    told = "the process that read it died twice (killed, or out of memory?); the others were read"
    return Failure(one.path, f"{one.path}: {told}", UnreadableFile.exit_code)
