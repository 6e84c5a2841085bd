"""Files into the database, many at a time: what is known already is not read again, and no file stops the rest."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import astuple, replace
from datetime import datetime
from typing import Any

from sqlalchemy.engine import Engine

from .. import sources, store
from ..errors import TrackerError, UnreadableFile, UsageError
from ..store.fingerprints import Kept
from .ingest import ingest_all
from .plans import Report
from .reading import About, Failure, File, Reading, fault, read_files
from .workers import Workers

Opened = Callable[[], Engine]  # the database, opened when it is first needed


def take_in(
    engine: Opened,
    files: Sequence[str],
    about: About,
    workers: Workers,
    *,
    named: Collection[str],
    fresh: bool,
    clock: Callable[[], datetime],
    **words: Any,
) -> Iterator[Report | Kept | Failure]:
    """Reads files and stores them, batch by batch, each batch in one transaction; yields what became of each, in order.

    `named` are those that a person named: only they revise a document of the same key that was read in this run, for
    two files of one folder that happen to be called alike are no revisions of each other. `fresh` says that nothing is
    in the database yet. `clock` gives the instant, `words` are those of `ingest_all`. Raises DatabaseError and
    ConfigError (of the workers); what was yielded before stays stored.
    """
    size = workers.batch(len(files))
    batches = (_unread(engine, files[at : at + size], about, fresh) for at in range(0, len(files), size))
    taken: dict[str, str] = {}
    for batch in read_files(batches, about, Reading.of, workers):
        found = [_checked(taken, file, made, named, about) for file, made in batch]
        readings = [one for one in found if isinstance(one, Reading)]
        stored = iter(_stored(engine, readings, now=clock(), **words))
        yield from (next(stored) if isinstance(one, Reading) else one for one in found)


def _unread(engine: Opened, paths: Sequence[str], about: About, fresh: bool) -> list[File]:
    """The files, each with what is kept of it where its reading would change nothing."""
    if fresh:
        return [File(path, fingerprint=_fingerprint(path, about, {})) for path in paths]
    keys = {path: _key(path, about) for path in paths}
    with store.reading(engine()) as db:
        given = store.documents.given(db, {*keys.values()})
        files = [(path, _left(given.get(key, {}), about)) for path, key in keys.items()]
        prints = {path: _fingerprint(path, about, earlier) for path, earlier in files}
        kept = store.fingerprints.kept(db, {one for one in prints.values() if one})
    return [File(path, earlier, prints[path], kept.get(prints[path])) for path, earlier in files]


def _left(earlier: Mapping[str, str], about: About) -> dict[str, str]:
    """What was said earlier and is not said anew."""
    return {name: words for name, words in earlier.items() if name not in about.given}


def _key(path: str, about: About) -> str:
    try:
        return sources.key_of(path, about.key)
    except TrackerError:  # reading it will say so, in its place
        return ""


def _fingerprint(path: str, about: About, earlier: Mapping[str, str]) -> str:
    try:
        return sources.fingerprint(path, [*astuple(about), *(earlier.get(name) for name in sorted(earlier))])
    except UnreadableFile:  # likewise
        return ""


def _checked(
    taken: dict[str, str], file: File, found: Any, named: Collection[str], about: About
) -> Reading | Kept | Failure:
    """What was found, unless another file of this run has its key."""
    if isinstance(found, Failure):
        return found
    before = taken.setdefault(found.key, file.path)
    if before != file.path and file.path not in named:
        told = f"{file.path}: has the key {found.key}, as {before} has; give it another id in the .toml beside it"
        return Failure(file.path, told, UsageError.exit_code)
    given = {**file.earlier, **about.given}
    return replace(found, fingerprint=file.fingerprint, given=given) if isinstance(found, Reading) else found


def _stored(engine: Opened, readings: Sequence[Reading], **words: Any) -> list[Report | Failure]:
    """The reports of readings, in one transaction; in two where a document is among them twice."""
    groups: list[list[Reading]] = []
    for one in readings:
        if not groups or any(one.key == other.key for other in groups[-1]):
            groups.append([])
        groups[-1].append(one)
    return [report for group in groups for report in _group_stored(engine, group, **words)]


def _group_stored(engine: Opened, group: Sequence[Reading], **words: Any) -> list[Report | Failure]:
    try:
        return [*ingest_all(engine(), group, **words)]
    except TrackerError:
        raise
    except Exception:
        if len(group) == 1:
            return [fault(group[0].source.file_name)]
        return [report for one in group for report in _group_stored(engine, [one], **words)]
