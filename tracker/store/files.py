"""Files that prove something, kept by the hash of their content: the same content once, under its first name."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

import sqlalchemy as sa
from sqlalchemy import Column, Integer, LargeBinary, String, Table, Text
from sqlalchemy.engine import Connection

from ..errors import UsageError
from .schema import metadata

files = Table(
    "files",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("name", Text, nullable=False),
    Column("size", Integer, nullable=False),  # bytes
    Column("data", LargeBinary, nullable=False),
)


@dataclass(frozen=True, slots=True)
class File:
    """A file by its name and its bytes."""

    name: str
    data: bytes

    @property
    def hash(self) -> str:
        """SHA-256 of the bytes, hexadecimal."""
        return sha256(self.data).hexdigest()

    @property
    def words(self) -> str:
        """How history names it: 照片.jpg (20480 bytes, sha256 9f3c…)."""
        return f"{self.name} ({len(self.data)} bytes, sha256 {self.hash})"


def keep(db: Connection, some: Sequence[File]) -> None:
    """Stores files whose content is not there yet."""
    new = {one.hash: one for one in some}
    known = set(db.execute(sa.select(files.c.sha256).where(files.c.sha256.in_(new))).scalars())
    rows = [
        {"sha256": hash, "name": one.name, "size": len(one.data), "data": one.data}
        for hash, one in new.items()
        if hash not in known
    ]
    if rows:
        db.execute(sa.insert(files), rows)


def get(db: Connection, prefix: str) -> File:
    """The file whose hash begins so. Raises UsageError for none, and for several."""
    query = sa.select(files.c.name, files.c.data).where(files.c.sha256.startswith(prefix, autoescape=True)).limit(2)
    found = db.execute(query).all()
    if len(found) != 1:
        raise UsageError(f"{'several files have' if found else 'no file has'} a hash that begins with {prefix!r}")
    return File(found[0].name, found[0].data)
