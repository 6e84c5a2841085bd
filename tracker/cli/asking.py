"""Asking a person on a terminal: one question after the other, one key each."""

import os
import sys
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .correcting import given_fields
from .doubts import doubt
from .output import put, say, shown, word
from .review import marked
from .session import Session
from .tables import columns_of_terminal, print_field

if TYPE_CHECKING:
    from ..jobs.review import Answer, Question
    from ..milestones import Milestone

KEYS = {"a": "accept", "d": "date", "g": "agency", "x": "set aside", "s": "skip", "u": "undo", "q": "quit"}
REASONS = ("已经完成", "背景情况", "名称的一部分", "不是时限", "不归本单位督办")  # each by its number
Decide = Callable[["Question", "Answer"], "Milestone | None"]


@dataclass
class Asking:
    """A person going through questions.

    The last answer is held, and stored with the next one or at the end: so it can be taken back without a trace.
    `changes` are corrections of the present question, None in `held` stands for one that was skipped.
    """

    session: Session
    questions: "Sequence[Question]"
    decide: Decide
    warn: Callable[[Mapping[str, Any]], None]
    at: int = 0
    changes: dict[str, Any] = field(default_factory=dict)
    held: "tuple[int, Answer | None] | None" = None
    answered: int = 0

    def run(self) -> int:
        """Asks until all is answered or the person leaves; returns how many questions are left."""
        try:
            while self.ask():
                pass
        finally:
            self.store()
        put(f"{word('answered')} {self.answered}, {word('left')} {len(self.questions) - self.answered}")
        return len(self.questions) - self.answered

    def ask(self) -> bool:
        """Shows the question whose turn it is and does what the key says; whether to go on."""
        over = self.at == len(self.questions)
        if over and self.held is None:
            return False
        if over:
            put(f"\n{word('that was the last one')}: [u] {word('undo')}  [q] {word('quit')}")
        else:
            show(self.questions[self.at], self.at + 1, len(self.questions), self.changes)
        key = read_key("uq" if over else "".join(KEYS))
        if key == "q":
            return False
        ACTIONS[key](self)
        return True

    def accept(self) -> None:
        """It holds, with the corrections made."""
        from ..jobs.review import Answer

        if self.questions[self.at].due is None and "due" not in self.changes:
            say(word("no day was read: d gives one (none: an undated duty)"))
            return
        self.hold(Answer(dict(self.changes)))

    def correct(self, name: str, label: str) -> None:
        """Another day or other agencies; nothing where nothing is typed, or nothing that can be read."""
        words = typed(label)
        given = words.replace("，", "、").split("、") if name == "agencies" else words
        if not words:
            return
        try:
            found = given_fields(self.session, {name: given})
        except UsageError as error:
            say(str(error))
            return
        self.warn(found)
        self.changes |= found

    def set_aside(self) -> None:
        """It is no obligation; a number stands for one of the usual reasons."""
        from ..jobs.review import Answer

        usual = "  ".join(f"{number} {words}" for number, words in enumerate(REASONS, 1))
        reason = typed(f"{word('reason')} ({usual})")
        if reason.isdecimal() and 0 < int(reason) <= len(REASONS):
            reason = REASONS[int(reason) - 1]
        if reason:
            self.hold(Answer(aside=reason))

    def hold(self, answer: "Answer | None") -> None:
        """Stores the answer before this one, and turns to the next question."""
        self.store()
        self.held = (self.at, answer)
        self.at, self.changes = self.at + 1, {}

    def undo(self) -> None:
        """Takes the last answer back, and asks again."""
        if self.held is None:
            say(word("nothing to undo"))
            return
        self.at, self.held, self.changes = self.held[0], None, {}

    def store(self) -> None:
        """Stores the answer that is held; one that somebody else made needless is told, and stays as it is."""
        held, self.held = self.held, None
        if held is None or held[1] is None:
            return
        try:
            self.decide(self.questions[held[0]], held[1])
            self.answered += 1
        except UsageError as error:
            say(str(error))


ACTIONS: dict[str, Callable[[Asking], None]] = {
    "a": Asking.accept,
    "d": lambda asking: asking.correct("due", "last day"),
    "g": lambda asking: asking.correct("agencies", "agencies, joined by 、"),
    "x": Asking.set_aside,
    "s": lambda asking: asking.hold(None),
    "u": Asking.undo,
}


def read_key(known: str) -> str:
    """The next key among `known`, the end of the input is q.

    What comes in one piece of several characters (an arrow key, something pasted) is no key: it answers nothing unseen.
    """
    import termios
    import tty

    terminal = sys.stdin.fileno()
    while True:
        before = termios.tcgetattr(terminal)
        try:
            tty.setcbreak(terminal, termios.TCSADRAIN)  # without flushing: a key pressed early counts
            typed = os.read(terminal, 64).decode(errors="replace")
        finally:
            termios.tcsetattr(terminal, termios.TCSADRAIN, before)
        key = unicodedata.normalize("NFKC", typed).lower()
        if key in ("", "\x04", "\0"):  # Ctrl-D is \0 where it was pressed before the terminal gave single keys
            return "q"
        if len(key) == 1 and key in known:
            return key
        say(keys(known))


def typed(label: str) -> str:
    """A line that is typed, without the blanks around it."""
    return str(click.prompt(f"  {word(label)}", default="", show_default=False)).strip()


def keys(known: str) -> str:
    """What can be pressed."""
    return "  ".join(f"[{key}] {word(meaning)}" for key, meaning in KEYS.items() if key in known)


def show(question: "Question", number: int, total: int, changes: Mapping[str, Any]) -> None:
    """A question with its sentence, its date words in reverse, what was read and why a person should look."""
    item = f", {word('item')} {question.item}" if question.item else ""
    put(f"\n[{number}/{total}] {question.id}  {question.document}{item}, {word('line')} {question.line}")
    print_marked(question)
    due = changes.get("due", question.due)
    agencies = changes.get("agencies", question.agencies)
    corrected = f" ({word('corrected')})" if changes else ""
    print_field("read as", f"{question.words} → {shown(due)}; {shown(agencies)}{corrected}")
    for reason in question.reasons:
        print_field("look at", doubt(reason))
    put(keys("".join(KEYS)))


def print_marked(question: "Question") -> None:
    """The sentence in lines that fit the terminal."""
    from rich.console import Console
    from rich.text import Text

    from ..render.wrapping import wrap

    console = Console(highlight=False, soft_wrap=True, emoji=False, markup=False)
    inside = False
    for line in wrap(shown(marked(question)), columns_of_terminal(), "  ", "  "):
        text = Text()
        for char in line:
            inside = inside or char == "【"
            text.append(char, "bold reverse" if inside else "")
            inside = inside and char != "】"
        console.print(text)
