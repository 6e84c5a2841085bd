"""Building: a Commitment of a quote, the mention that governs it, and the bodies that answer for it."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from operator import itemgetter
from typing import Literal

from ..documents import Healed, Item, SectionName, Source, as_written, heal, simplified, widened
from ..timex import Every, Reference, Timex
from .agencies import Bodies
from .numbering import doubt as numbering_doubt
from .references import published_begin
from .seeing import Seen
from .targets import find_targets
from .values import Commitment, Kind, Target

Spans = tuple[tuple[int, int], ...]
FREQUENCIES = {"Y": "YEARLY", "H": "HALF-YEARLY", "Q": "QUARTERLY", "M": "MONTHLY", "W": "WEEKLY", "D": "DAILY"}
BY_MONTHS = {3: "QUARTERLY", 6: "HALF-YEARLY", 12: "YEARLY"}
MONTHS = {"Y": 12, "H": 6, "Q": 3, "M": 1}

ISSUED = re.compile(
    "本[^，。；]{0,6}(?:印发|下发|发布|公布|出台|发文)(?:之日|之后|后)起?$|(?<!件)(?:印发|下发)(?:之后|后)$"
)
ASKED = re.compile("请|报送|上报")  # a notice asks for an answer in so many working days; a service promises them


@dataclass(frozen=True, slots=True)
class Reading:
    """A document while it is read: its healed text in simplified characters and full-width marks, and `written`, the
    same as it is written.

    `own` turns the characters and marks that are read back into those that the document uses.
    """

    source: Source
    healed: Healed
    written: str
    own: Mapping[int, str]

    @classmethod
    def of(cls, source: Source) -> "Reading":
        """The reading of a source."""
        plain = simplified(source.text)
        healed = heal(plain)
        written = healed.text if plain is source.text else as_written(healed, source.text)
        healed = replace(healed, text=widened(healed.text))
        if healed.text == written:
            return cls(source, healed, written, {})
        changed = {ord(new): old for new, old in zip(healed.text, written, strict=True) if new != old}
        return cls(source, healed, written, {new: old for new, old in changed.items() if chr(new) not in written})

    @property
    def text(self) -> str:
        """The healed text as it is read."""
        return self.healed.text

    def in_its_characters(self, words: str) -> str:
        """Words that were read or put together, in the characters of the document."""
        return words.translate(self.own) if self.own else words

    def named(self, bodies: Bodies) -> Bodies:
        """Bodies with their names in the characters of the document."""
        if not self.own:
            return bodies
        listed = (bodies.agencies, bodies.lead, bodies.support)
        return Bodies(*(tuple(map(self.in_its_characters, names)) for names in listed))

    def measured(self, targets: tuple[Target, ...]) -> tuple[Target, ...]:
        """Targets in the characters of the document."""
        if not self.own:
            return targets
        own = self.in_its_characters
        return tuple(replace(t, indicator=own(t.indicator), unit=own(t.unit), base=own(t.base)) for t in targets)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a commitment stands: its item and section, and the half-open span of its quote in the healed text."""

    item: Item
    section: SectionName
    start: int
    stop: int
    extent_stop: int


KINDS: dict[str, Kind] = {"window": "window", "recurrence": "recurrence", "duration": "duration"}


def recurrence(every: Every) -> str:
    """The name of a recurrence: YEARLY, QUARTERLY and so on, whatever its interval."""
    if every.unit in MONTHS:
        return BY_MONTHS.get(every.count * MONTHS[every.unit], FREQUENCIES[every.unit])
    return FREQUENCIES[every.unit]


DAY_OF_MONTH = re.compile(r"XXXX-(?:XX|\d\d)-(\d\d)")


def rrule(timex: Timex, every: Every, due: date) -> str:
    """The RFC 5545 rule of a recurrence whose first due day is `due`: the day that the words name, else the last."""
    stated = DAY_OF_MONTH.fullmatch(timex.value)
    named = int(stated[1]) if stated else due.day if timex.precision == "day" else 31
    month_day = named if named < 31 else -1
    if every.unit == "Y":
        rule, interval = f"FREQ=YEARLY;BYMONTH={due.month};BYMONTHDAY={month_day}", every.count
    elif every.unit in MONTHS:
        rule, interval = f"FREQ=MONTHLY;BYMONTHDAY={month_day}", every.count * MONTHS[every.unit]
    else:
        rule, interval = f"FREQ={FREQUENCIES[every.unit]}", every.count
    head, _, rest = rule.partition(";")
    return ";".join(filter(None, (head, f"INTERVAL={interval}" if interval > 1 else "", rest)))


def due_of(seen: Seen, place: Place, reading: Reading) -> tuple[date | None, str]:
    """The last acceptable day of a governing mention, and a reason why a person should look, or ""."""
    timex, before = seen.mention.timex, reading.text[place.start : seen.mention.start]
    if seen.role != "duration":
        return timex.end or timex.unit_end, ""
    if any("之日起" in row for row in seen.mention.rows) or ISSUED.search(before):
        return timex.end, ""
    if timex.end is None or ("工作日" in seen.mention.quote and not ASKED.search(before)):
        return None, f"{seen.mention.quote} counts from an event whose day is not known"
    if place.section == "objective" and len(place.item.sections) > 1:
        return None, ""
    return timex.end, ""


def reviews(seen: Seen, source: Source) -> list[str]:
    """Why a person should look at a date."""
    found = [seen.review] if seen.review else []
    end = seen.mention.timex.end
    if end and end < published_begin(source) and not seen.review:
        found.append(f"{seen.mention.quote} lies before the document")
    if seen.mention.timex.mod == "BEFORE" and not any("festival" in row for row in seen.mention.rows):
        found.append(f"{seen.mention.quote} is read as ending before it begins; usage differs")
    if numbered := numbering_doubt(seen.parse.text, seen.parse.start):
        found.append(numbered)
    if not source.confirmed and seen.mention.assumed:
        found.append("the document date was inferred")
    return found


def year_from(seen: Seen, due: date | None) -> Literal["explicit", "document"] | None:
    """explicit where the sentence states the year, document where it was taken from elsewhere, None without a day."""
    if due is None:
        return None
    explicit = seen.stated or any("five_year_plan" in row for row in seen.mention.rows)
    return "explicit" if explicit else "document"


def build(reading: Reading, place: Place, seen: Seen, bodies: Bodies, due: date | None = None, *, low: bool = False,
          dates: Spans = (), start: Timex | None = None) -> Commitment:  # fmt: skip
    """The commitment of a place; `due` picks one of several days, `start` is the stated start of a recurrence.

    `dates` are spans in order that hold no targets: the clause's mentions, or the clauses with dates of their own.
    """
    seen.tracked = True
    timex, quote = seen.mention.timex, reading.text[place.start : place.stop]
    extent = reading.text[place.start : max(place.stop, place.extent_stop)]
    first = bisect_right(dates, place.start, key=itemgetter(1))
    last = bisect_left(dates, place.start + len(extent), key=itemgetter(0))
    if start and start.begin and timex.every:
        timex = seen.parse.read(Reference.of(start.begin, "the stated start")).timex
        due = timex.end
    computed, doubt = due_of(seen, place, reading)
    due = seen.due = due or computed
    kind: Kind = "window" if low and timex.precision == "plan" else KINDS.get(seen.role, "deadline")
    targets = find_targets(extent, tuple((a - place.start, b - place.start) for a, b in dates[first:last]))
    if due in timex.ends and len(targets) == len(timex.ends):  # 2018年、2019年底前分别完成50%、80%
        targets = (targets[timex.ends.index(due)],)
    raw_start, raw_stop = reading.healed.raw_span(place.start, place.stop)
    own, bodies = reading.in_its_characters, reading.named(bodies)
    return Commitment(
        item=place.item.number,
        item_title=place.item.title and own(place.item.title),
        section=place.section,
        quote=reading.written[place.start : place.stop],
        start=raw_start,
        stop=raw_stop,
        timex=reading.written[seen.mention.start : seen.mention.stop],
        due=due,
        begin=start.begin if start else timex.begin if due else None,
        precision=timex.precision if due else None,
        recurrence=recurrence(timex.every) if timex.every else None,
        rrule=rrule(timex, timex.every, due) if timex.every and due else None,
        year_from="explicit" if start else year_from(seen, due),
        assumed=seen.mention.assumed if due else (),
        rows=seen.mention.rows,
        agencies=bodies.agencies,
        lead=bodies.lead,
        support=bodies.support,
        extent=reading.written[place.start : place.start + len(extent)].replace("\n", "").replace("\t", ""),
        targets=reading.measured(targets),
        kind=kind,
        confidence="low" if low or doubt or "预计" in quote or "本年度" in seen.mention.quote else "high",
        review=tuple(own(words) for words in [*reviews(seen, reading.source), doubt] if words),
    )
