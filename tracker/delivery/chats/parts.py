"""A text in parts that a chat service can carry: numbered, broken between lines where that is possible, complete."""

from collections.abc import Iterator

from .values import Chat

ROOM = "（99/99）\n"  # for the number of a part


def parts(text: str, chat: Chat) -> tuple[str, ...]:
    """The lines of `text` in as few messages as they need; of several each begins with its number: （1/2）.

    Nothing is left out: a line that is longer than a whole message is broken where it has to be.
    """
    text = chat.plain(text)
    if chat.limit is None or chat.weigh(text) <= chat.limit:
        return (text,)
    found = list(_filled(text.splitlines(), chat, chat.limit - chat.weigh(ROOM)))
    return tuple(f"（{number}/{len(found)}）\n{part}" for number, part in enumerate(found, 1))


def _filled(lines: list[str], chat: Chat, limit: int) -> Iterator[str]:
    part = ""
    for line in lines:
        for piece in _pieces(line, chat, limit):
            longer = f"{part}\n{piece}" if part else piece
            if part and chat.weigh(longer) > limit:
                yield part
                part = piece
            else:
                part = longer
    if part:
        yield part


def _pieces(line: str, chat: Chat, limit: int) -> Iterator[str]:
    """The line, in as many pieces as it needs."""
    while chat.weigh(line) > limit:
        fits = next(length for length in range(len(line) - 1, 0, -1) if chat.weigh(line[:length]) <= limit)
        yield line[:fits]
        line = line[fits:]
    yield line
