"""Time expressions of official Chinese, read by a grammar of four tables into TIMEX3 values."""

from .values import Every, Mention, Precision, Reference, Timex, Unit

__all__ = ["Every", "Mention", "Precision", "Reference", "Timex", "Unit"]
