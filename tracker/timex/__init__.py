"""Time expressions of official Chinese, read by a grammar of four tables into TIMEX3 values."""

from .numerals import integer
from .reader import Parse, find_timexes, scan
from .values import Every, Mention, Precision, Reference, Timex, Unit

__all__ = ["Every", "Mention", "Parse", "Precision", "Reference", "Timex", "Unit", "find_timexes", "integer", "scan"]
