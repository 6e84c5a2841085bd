"""What a document has that nobody is reminded of: milestones without an agency, items without any milestone."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from ..documents import heal, outline, simplified
from ..milestones import Draft, Milestone


@dataclass(frozen=True, slots=True)
class Gaps:
    """`nameless` are the ids of open milestones without an agency (0 for one that is not stored), `items` the numbers
    and titles of items."""

    nameless: tuple[int, ...]
    items: tuple[tuple[str, str], ...]


def numbered(text: str) -> tuple[tuple[str, str], ...]:
    """The numbers and titles of the items of a document. A heading with items below it is no item of its own."""
    items = outline(heal(simplified(text)).text).items
    below = Counter(heading for item in items for heading in set(item.headings))
    return tuple((item.number, item.title or "") for item in items if item.number and below[item.title or ""] <= 1)


def gaps(items: Iterable[tuple[str, str]], milestones: Iterable[Draft]) -> Gaps:
    """The gaps of a document with these items, as `numbered` gives them."""
    known = list(milestones)
    nameless = tuple(
        one.id if isinstance(one, Milestone) else 0 for one in known if not one.agencies and not one.closed
    )
    tracked = {(one.item, simplified(one.item_title or "")) for one in known}
    return Gaps(nameless, tuple(item for item in items if item not in tracked))
