"""Sources: a document as it lies on disk, with what is known about it."""

from .published import Dated, parse_published
from .reading import read, read_file

__all__ = ["Dated", "parse_published", "read", "read_file"]
