"""What a reading changes: decided from what is known, and reported; nothing is written here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date

from .. import store
from ..commitments import Commitment, Extraction, Sighting
from ..digests import MentionCounts
from ..documents import Source
from ..errors import Problem
from ..milestones import Added, Change, Milestone, Restored, Withdrawn
from ..milestones.amendments import Amendment, of_changes
from ..milestones.matching import Pair, match
from ..milestones.reconcile import can_withdraw, is_kept, reconcile, restated
from ..store.documents import StoredDocument
from ..store.sightings import Seen
from .coverage import Gaps, gaps
from .reading import Reading
from .recalling import Recalled


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """What a reading changed, or (`dry_run`) would change.

    `new` says that the document was not known, `same_text` that this very text was read before with the same title and
    date. `added` holds the ids of the Added among `changes`, in their order, and `opened` those of later occurrences
    of series; both are empty on a dry run. `review` lists commitments that a person should look at, `waiting` the date
    expressions that are no milestone until a person decides; `gaps` is what nobody will be reminded of; `compared`
    counts the milestones that were known.
    """

    source: Source
    new: bool
    same_text: bool
    changes: tuple[Change, ...]
    counts: MentionCounts
    commitments: int
    review: tuple[Commitment, ...]
    waiting: tuple[Sighting, ...]
    problems: tuple[Problem, ...]
    dry_run: bool
    gaps: Gaps
    compared: int = 0
    added: tuple[int, ...] = ()
    opened: tuple[int, ...] = ()

    @property
    def key(self) -> str:
        """The document's."""
        return self.source.key

    @property
    def amendments(self) -> list[Amendment]:
        """What the changes do to milestones, in their order; those added have ids once they are stored."""
        found = of_changes(self.changes, document=self.key, day=self.source.published)
        ids = iter(self.added)
        return [replace(one, stored=next(ids, None)) if one.before is None else one for one in found]

    @property
    def to_look_at(self) -> bool:
        """Whether a person should look at something now."""
        kept = any(map(is_kept, self.changes))
        unread = [one for one in self.problems if not one.words]  # one with words is a date, and waits or was decided
        return bool(kept or unread or self.review or self.waiting or not self.counts.all or not self.source.confirmed)

    @property
    def unchanged(self) -> bool:
        """Whether the database holds just what it held before."""
        return self.same_text and not self.changes and not self.opened


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier readings and people left of a document."""

    document: StoredDocument | None
    milestones: tuple[Milestone, ...]
    recalled: Recalled

    def stated(self) -> list[Milestone]:
        """Those that the extraction states itself: of a series the first, and none that a person made of a sighting."""
        made = self.recalled.promoted
        return [one for one in self.milestones if one.stated and one.id not in made and one.series in (None, one.id)]

    def members(self, head: Milestone) -> list[Milestone]:
        """The open later occurrences of a series."""
        return [one for one in self.milestones if one.series == head.id != one.id and not one.closed]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a reading changes: decided, not written. `moved_along` are milestones whose place in the text alone did.

    In the extraction of `reading` every date expression has the fate that a person gave it.
    """

    known: Known
    reading: Reading
    moved_along: tuple[Milestone, ...]
    report: Report

    @property
    def key(self) -> str:
        """The document's."""
        return self.reading.key

    @property
    def added(self) -> list[Commitment]:
        """Those that are new."""
        return [change.commitment for change in self.report.changes if isinstance(change, Added)]

    def day(self, today: date) -> date:
        """The day from which entries hold."""
        return min(self.reading.source.published, today)

    def seen(self) -> Seen:
        """The sightings, and the milestones that people made of them."""
        return self.reading.extraction.sightings, self.known.recalled.milestones

    def done(self, added: Sequence[int], opened: Collection[int], milestones: Sequence[Milestone]) -> Report:
        """The report of what was written."""
        mine = tuple(one.id for one in milestones if one.id in opened)
        found = gaps(self.reading.items, milestones)
        return replace(self.report, added=tuple(added), opened=mine, gaps=found)


def planned(known: Known, reading: Reading, *, dry_run: bool) -> Plan:
    """What a reading changes, given what is known of its document."""
    extraction, stated = known.recalled.extraction, known.stated()
    reading = replace(reading, extraction=extraction)
    pairs = match(extraction.commitments, stated)
    changes = reconcile(extraction.commitments, stated, pairs) + _promoted_changes(known)
    report = _report(known, reading, changes, {place for place, one in pairs if one.settled}, dry_run)
    return Plan(known, reading, tuple(_moved_along(extraction, pairs, changes, not report.same_text)), report)


def _promoted_changes(known: Known) -> list[Change]:
    """A milestone that a person made of a sighting is withdrawn and restored with that sighting."""
    found: list[Change] = []
    for milestone in known.milestones:
        if milestone.id in known.recalled.promoted and milestone.stated:
            seen = milestone.id in known.recalled.milestones
            if not seen and can_withdraw(milestone):
                found.append(Withdrawn(milestone))
            elif seen and milestone.withdrawn:
                found.append(Restored(milestone, milestone.stated, ()))
    return found


def _report(
    known: Known, reading: Reading, changes: Sequence[Change], settled: Collection[int], dry_run: bool
) -> Report:
    source, extraction, document = reading.source, reading.extraction, known.document
    fates = [sighting.fate for sighting in extraction.sightings]
    waiting = [sighting for sighting in extraction.sightings if sighting.fate == "waiting"]
    text = (store.documents.sha256(source), source.title, source.published)
    amended = of_changes(changes, document=source.key, day=source.published) if dry_run else []
    after = {one.id: one.after for one in amended}
    drafts = [*(after.get(one.id, one) for one in known.milestones), *(one.after for one in amended if not one.before)]
    return Report(
        source=source,
        new=document is None,
        same_text=document is not None and (document.sha256, document.title, document.published) == text,
        changes=tuple(changes),
        counts=MentionCounts(fates.count("tracked"), fates.count("set-aside"), len(waiting)),
        commitments=len(extraction.commitments),
        review=tuple(one for place, one in enumerate(extraction.commitments) if one.review and place not in settled),
        waiting=tuple(waiting),
        problems=extraction.problems,
        dry_run=dry_run,
        gaps=gaps(reading.items, drafts),
        compared=len(known.stated()),
    )


def _moved_along(
    extraction: Extraction, pairs: Sequence[Pair], changes: Sequence[Change], new_text: bool
) -> list[Milestone]:
    """Unchanged milestones whose sentence stands elsewhere in the text now: no news, but their provenance follows."""
    altered = {change.milestone.id for change in changes if not isinstance(change, Added)}
    found = []
    for place, milestone in pairs:
        stated = restated(extraction.commitments[place], milestone)
        if milestone.id not in altered and (new_text or stated != milestone.stated):
            found.append(replace(milestone, stated=stated))
    return found
