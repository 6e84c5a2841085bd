"""Sources: a document as it lies on disk, with what is known about it."""

from .files import expand, read_file
from .fingerprint import fingerprint, rules
from .published import Dated, parse_published
from .reading import key_of, read

__all__ = ["Dated", "expand", "fingerprint", "key_of", "parse_published", "read", "read_file", "rules"]
