"""Seeking: which of many known names a text has, and where; one pass however many names there are."""

from collections.abc import Iterable, Iterator


def seek(text: str, names: Iterable[str]) -> Iterator[tuple[int, str]]:
    """Where names stand in a text, in order: (offset, name), the longest at each place, none overlapping another."""
    import ahocorasick  # a text is searched where somebody asks who is meant, not on every start

    automaton = ahocorasick.Automaton()
    for name in names:
        automaton.add_word(name, name)
    if len(automaton):
        automaton.make_automaton()
        for last, name in automaton.iter_long(text):
            yield last - len(name) + 1, name
