"""What people decided about the date expressions of a document, found again in a new reading of it."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from ..commitments import Extraction, Sighting
from ..documents import Identity, identities
from ..store.sightings import Judged, Verdict


@dataclass(frozen=True, slots=True)
class Recalled:
    """An extraction in which every date expression has the fate that a person gave it.

    `milestones` are those that a person made of its date expressions, one a sighting, None where nobody made one;
    `promoted` are all that were ever made of the document's.
    """

    extraction: Extraction
    milestones: tuple[int | None, ...]
    promoted: frozenset[int]


def recall(decided: Iterable[Judged], text: str, extraction: Extraction) -> Recalled:
    """`extraction` of a document's `text` with what people decided in earlier readings of it, oldest first."""
    known: dict[Identity, Verdict] = {}
    for judged in decided:
        named = identities(judged.text, judged.places)
        known |= {named[place]: verdict for place, verdict in judged.verdicts.items()}
    named = identities(text, [(one.start, one.stop) for one in extraction.sightings]) if known else {}
    verdicts = [known.get(named[one.start, one.stop]) if known else None for one in extraction.sightings]
    sightings = tuple(map(_judged, extraction.sightings, verdicts))
    return Recalled(
        replace(extraction, sightings=sightings),
        tuple(verdict.milestone if verdict else None for verdict in verdicts),
        frozenset(verdict.milestone for verdict in known.values() if verdict.milestone is not None),
    )


def _judged(sighting: Sighting, verdict: Verdict | None) -> Sighting:
    """A sighting with its verdict; what the document states as a commitment is tracked, whatever was said before."""
    if verdict is None or (verdict.milestone is None and sighting.fate == "tracked"):
        return sighting
    if verdict.milestone is None:
        return replace(sighting, fate="set-aside", reason=verdict.reason)
    return replace(sighting, fate="tracked")
