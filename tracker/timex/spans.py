"""Span: the days that one expression denotes while its rows are applied, and the Anchor that supplies missing parts."""

from calendar import monthrange
from dataclasses import dataclass, field
from datetime import date, timedelta

from .values import Every, Precision, Reference, TimexType, Unit

MONTHS = {"M": 1, "Q": 3, "H": 6, "Y": 12}
UNITS: dict[str, Unit] = {
    "年": "Y", "周年": "Y", "季度": "Q", "月": "M", "周": "W", "星期": "W",
    "天": "D", "日": "D", "自然日": "D", "工作日": "D",
}  # fmt: skip
PRECISIONS: dict[str, Precision] = {"Y": "year", "H": "half", "Q": "quarter", "M": "month", "W": "day", "D": "day"}


@dataclass(frozen=True, slots=True)
class Span:
    """Days, both ends included; None where that side is open or unknown. `length` belongs to a DURATION."""

    value: str
    begin: date | None
    end: date | None
    precision: Precision | None
    mod: str | None = None
    type: TimexType = "DATE"
    every: Every | None = None
    length: tuple[float, str] | None = None
    open_start: bool = False


@dataclass(slots=True)
class Anchor:
    """Hands out the parts that the words leave out, and remembers in words which of them were taken from where."""

    reference: Reference
    shift: int = 0  # periods by which a SET's occurrence lies after the reference
    assumed: list[str] = field(default_factory=list)

    @property
    def year(self) -> int:
        """The year that a missing one takes."""
        if not self.reference.stated:
            self.note(f"year {self.reference.year} from {self.reference.year_from}")
        return self.reference.year

    def relative_year(self, offset: int) -> int:
        """今年, 明年."""
        year = self.reference.day.year + offset
        self.note(f"year {year} from {self.reference.day_from}")
        return year

    @property
    def day(self) -> date:
        """The day that 本月, 下周 are relative to."""
        self.note(f"relative to {self.reference.day_from}")
        return self.reference.day

    @property
    def plan(self) -> tuple[date, date]:
        """The first and the last day of the plan that 规划期 means. Raises ValueError where the document is none."""
        if self.reference.plan is None:
            raise ValueError("does not say which day")
        self.note(f"the plan of {self.reference.plan[0].year}-{self.reference.plan[1].year} from the title")
        return self.reference.plan

    @property
    def start(self) -> date:
        """The day that a length counts from."""
        self.note(f"counted from {self.reference.day_from} {self.reference.day}")
        return self.reference.day

    @property
    def period_day(self) -> date:
        """The day whose period is the first of a SET."""
        self.note(f"first period from {self.reference.day_from}")
        return self.reference.day

    def note(self, words: str) -> None:
        """Remembers once that something was taken from elsewhere."""
        if words not in self.assumed:
            self.assumed.append(words)


def month_end(year: int, month: int) -> date:
    """The last day of a month."""
    return date(year, month, monthrange(year, month)[1])


def months_on(day: date, count: int) -> date:
    """`day` so many months later; the 31st of a month that has none is its last day."""
    month = day.year * 12 + day.month - 1 + count
    year, month = divmod(month, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def units_on(day: date, count: int, unit: Unit) -> date:
    """`day` so many units later."""
    if unit in MONTHS:
        return months_on(day, count * MONTHS[unit])
    return day + timedelta(days=count * (7 if unit == "W" else 1))
