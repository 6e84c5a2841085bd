"""The account of a reading, for a person: what was found, what it changed, what to look at."""

import re
from collections.abc import Callable, Container, Iterator
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from ..milestones import Added, Change, Withdrawn
from ..milestones.amendments import Kind
from ..milestones.reconcile import is_kept
from .doubts import doubt
from .ids import ranges
from .many import Tally
from .output import counted, precision_word, put, say, shown, word
from .tables import print_folded

if TYPE_CHECKING:
    from ..digests import MentionCounts
    from ..jobs.coverage import Gaps
    from ..jobs.plans import Report
    from ..jobs.reading import Failure
    from ..store.fingerprints import Kept

ITEMS_AT_MOST = 20
CHANGES_AT_MOST = 20
DONE = {
    Kind.EARLIER: "brought forward", Kind.LATER: "put off", Kind.DATED: "given a day",
    Kind.UNDATED: "without a day now", Kind.RECURS: "recurrence changed", Kind.REASSIGNED: "agencies changed",
    Kind.REWORDED: "reworded",
    Kind.PLACED: "renumbered or retitled",
}  # fmt: skip
SUMMED_UP: dict[str, Callable[[Any], str]] = {  # without notes and reasons: those of the entry stand beside
    "precision": precision_word,
    "claims": lambda claim: f"{claim['agency']} {claim['day']}",
    "asked": lambda asked: f"{asked['to']}{' (late)' if asked['late'] else ''}",
    "slips": lambda slip: f"{slip['was']} ⇒ {slip['now']}{' (late)' if slip['late'] else ''}",
}
HASH = re.compile(r"(?<=sha256 )([0-9a-f]{12})[0-9a-f]{52}")
AROUND = 8  # characters that are shown on each side of a difference


def tell_file(found: "Report | Kept | Failure", tally: Tally, *, brief: bool) -> None:
    """What became of a file: counted, then told, in full or on a line."""
    from ..jobs.plans import Report
    from ..store.fingerprints import Kept

    if isinstance(found, Report):
        fates = {"tracked": found.counts.tracked, "set-aside": found.counts.set_aside, "waiting": found.counts.waiting}
        tally.document(found.commitments, fates, found.to_look_at)
        (tell_briefly if brief else tell)(found)
    elif isinstance(found, Kept):
        tally.kept(found.to_look_at)
        put(f"{found.key} 《{found.title}》: the same was read before: nothing changed; {dates(found)}")
    else:
        tally.failure(found.exit_code)
        say(f"tracker: {found.message}")


def dates(counts: "MentionCounts | Kept") -> str:
    """The account of the mentions."""
    tracked, aside, waiting = counts.tracked, counts.set_aside, counts.waiting
    return f"{tracked + aside + waiting} dates = {tracked} tracked + {aside} set aside + {waiting} waiting"


def tell_briefly(report: "Report") -> None:
    """The account on a line."""
    look = f"; look at: tracker documents show {report.key}" if report.to_look_at else ""
    changes = ", ".join(change_counts(report)) or "nothing changed"
    put(f"{report.key} 《{report.source.title}》: {dates(report.counts)}; {changes}{look}")


def tell(report: "Report") -> None:
    """The whole account."""
    source = report.source
    would = " (dry run: nothing was stored)" if report.dry_run else ""
    dated = f"published {source.published_as} ({source.published_from}){would}"
    print_folded(f"{report.key} 《{source.title}》, {dated}", rest="  ")
    if not source.confirmed:
        tell_line("the date was inferred: confirm it with --published, or published = … in the .toml beside the file")
    put(f"  {dates(report.counts)}")
    if not report.counts.all:
        tell_line("no date stands in it, so nothing is tracked: is it the right document, and whole?")
    tell_gaps(report.gaps, "  ")
    if report.unchanged:
        put("  the same text was read before: nothing changed")
    for line in change_counts(report):
        put(f"  {line}")
    tell_changes(report)
    for commitment in report.review:
        reasons = "; ".join(map(doubt, commitment.review))
        tell_line(f"look at: item {commitment.item or '–'}, {commitment.quote[:40]}: {reasons}")
    for problem in (one for one in report.problems if not one.words):  # with words, it waits below
        tell_line(f"look at: {problem}")
    for sighting in report.waiting:
        tell_line(f"waits: item {sighting.item or '–'}, …{sighting.context}…: {sighting.reason}")
    if (report.review or report.waiting) and not report.dry_run:
        put(f"  tracker review --document {report.key} goes through them")


def tell_changes(report: "Report") -> None:
    """Each change with what it does, and in a line each item of which only number or title changed."""
    done = {one.before.id: one.kinds for one in report.amendments if one.before}
    placed = {id for id, kinds in done.items() if kinds == (Kind.PLACED,)}
    told = [one for one in report.changes if isinstance(one, Added) or one.milestone.id not in placed]
    few = len(told) <= CHANGES_AT_MOST or report.dry_run
    for change in told:
        if few or is_kept(change):
            kinds = () if isinstance(change, Added | Withdrawn) else done.get(change.milestone.id, ())
            words = ", ".join(DONE[kind] for kind in kinds if kind in DONE)
            print_folded(describe(change) + (f" [{words}]" if words else ""), " " * 4, " " * 6)
    if placed:
        for before, after, ids in renumbered(report, placed):
            print_folded(f"Renumbered: item {before} → {after}: {ranges(ids)}", " " * 4, " " * 6)


def renumbered(report: "Report", placed: Container[int]) -> Iterator[tuple[str, str, list[int]]]:
    """The items of which only number or title changed, as they were and are, each with the milestones in it."""
    found: dict[tuple[str, str], list[int]] = {}
    for one in report.amendments:
        if one.before and one.before.id in placed:
            was, now = one.before, one.after
            titles = (was.item_title, now.item_title) if was.item_title != now.item_title else ("", "")
            names = (f"{m.item or '–'} {title or ''}".strip() for m, title in zip((was, now), titles, strict=True))
            found.setdefault((next(names), next(names)), []).append(was.id)
    for (before, after), ids in found.items():
        yield before, after, ids


def tell_line(words: str) -> None:
    """A line of the account, as wide as the terminal."""
    print_folded(words, "  ", "    ")


def tell_gaps(gaps: "Gaps", indent: str = "") -> None:
    """What nobody is reminded of: milestones without an agency, items without any milestone."""
    if gaps.nameless:
        named = f": {ranges(gaps.nameless)}; tracker edit ID --agency …" if all(gaps.nameless) else ""
        number = counted(len(gaps.nameless), "milestone")
        names = "names" if len(gaps.nameless) == 1 else "name"
        print_folded(f"{number} {names} no agency{named}", indent, indent + "  ")
    if gaps.items:
        more = len(gaps.items) - ITEMS_AT_MOST
        rest = f" and {more} more" if more > 0 else ""
        named = ", ".join(f"{number} {title[:12]}" for number, title in gaps.items[:ITEMS_AT_MOST])
        print_folded(f"items without a date: {named}{rest}", indent, indent + "  ")


def change_counts(report: "Report") -> list[str]:
    """How many milestones were added, moved and so on; nothing for what did not occur."""
    placed = {one.before.id for one in report.amendments if one.before and one.kinds == (Kind.PLACED,)}
    kinds = [counted_as(change, placed) for change in report.changes]
    found = [f"{counted(kinds.count(kind), 'milestone')} {kind}" for kind in dict.fromkeys(kinds)]
    opened = report.opened
    return [*found, *([f"{counted(len(opened), 'later occurrence')} opened: {ranges(opened)}"] if opened else [])]


def counted_as(change: Change, placed: Container[int]) -> str:
    """What a change is counted as; `placed` are the milestones of which only the item's number or title changed."""
    if not isinstance(change, Added) and change.milestone.id in placed:
        return "renumbered"
    return "kept" if is_kept(change) else type(change).__name__.lower()


def describe(change: Change) -> str:
    """One change on one line."""
    kind = type(change).__name__
    if isinstance(change, Added):
        said = change.commitment
        return f"{kind}: {said.due or 'undated'} {said.quote[:50]}"
    m = change.milestone
    if isinstance(change, Withdrawn):
        return f"{kind}: {m.id}: {m.due or 'undated'} {m.title}"
    said = change.commitment
    if is_kept(change):
        now = f"{m.id}: the document now says {said.timex or '–'} ({said.due or 'undated'})"
        if m.closed:
            return f"{now}; it was {m.status} on {m.closed_on}, and keeps {m.due or 'no day'}"
        return f"{now}; your {m.due or 'undated'} is kept; decide: tracker edit {m.id} --due … --reason …"
    moved = f" {m.due or 'undated'} → {said.due or 'undated'}" if said.due != m.due else ""
    words = "; ".join(
        difference(name, getattr(m.stated, name), getattr(said, name))
        for name in change.fields
        if name not in UNTOLD and getattr(m.stated, name) != getattr(said, name)
    )
    return f"{kind}: {m.id}:{moved}{';' if moved and words else ''}{f' {words}' if words else ''}"


UNTOLD = ("due", "begin", "rrule", "kind", "timex")  # the sentence says as much


def difference(name: str, old: Any, new: Any) -> str:
    """A field before and after; of a sentence the part that differs."""
    if isinstance(old, str) and isinstance(new, str) and max(len(old), len(new)) > 4 * AROUND:
        old, new = differing(old, new)
    if name in SUMMED_UP:
        old, new = (summed_up(name, value) for value in (old, new))
    return f"{word(name)}: {said(old)} → {said(new)}"


def summed_up(name: str, value: Any) -> Any:
    """What was claimed, asked or put off, as history keeps it, without what its own entry tells."""
    if isinstance(value, list | tuple):
        return [summed_up(name, one) for one in value]
    return SUMMED_UP[name](value) if value else value


def with_short_hashes(words: str) -> str:
    """Evidence for a person: of a file's hash as much as `tracker evidence` needs."""
    return HASH.sub(r"\1…", words)


def said(value: Any) -> str:
    """A value of a commitment; a target as its parts."""
    if isinstance(value, list | tuple):
        return "、".join(map(said, value)) or "–"
    if hasattr(value, "indicator"):
        return f"{value.indicator} {value.op} {value.value:g} {value.unit}"
    if isinstance(value, dict):
        return " ".join(map(shown, value.values()))
    return word(value) if isinstance(value, str) and value else shown(value)


def shared(one: str, other: str) -> int:
    """With how many equal characters two texts begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def differing(old: str, new: str) -> tuple[str, str]:
    """What differs between two texts, with a little of what stands around it."""
    start = shared(old, new)
    tail = shared(old[start:][::-1], new[start:][::-1])
    begin, stop = max(start - AROUND, 0), max(tail - AROUND, 0)
    before, after = (
        f"{'…' if begin else ''}{text[begin : len(text) - stop]}{'…' if stop else ''}" for text in (old, new)
    )
    return before, after
