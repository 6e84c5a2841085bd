"""Doubts: why a person should look at a date, in the language of the person; programs get the words as they are."""

from .output import chinese


def doubt(reason: str) -> str:
    """A reason in the language of the person; one that is not known as it is."""
    if not chinese():
        return reason
    from ..digests import wording

    return wording.doubt(reason)
