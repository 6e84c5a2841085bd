"""review: what waits for a person, gone through one keystroke each, listed, or answered by options."""

import sys
from typing import TYPE_CHECKING, Any

import click

from ..errors import UsageError
from .changing import confirm
from .correcting import given_fields, warn_of_new_agencies
from .deciding import day_option, decision_options
from .doubts import doubt
from .output import counted, plain, print_jsonl, put, say
from .paging import paged
from .session import Session, common_options, pass_session
from .tables import print_table

if TYPE_CHECKING:
    from ..jobs.review import Answer, Question
    from ..milestones import Milestone

NOTHING_WAITS = "nothing waits for a person"


@click.command("review")
@click.argument("ids", nargs=-1, metavar="[ID]...")
@click.option("--document", metavar="KEY", help="Only what waits in this document.")
@click.option("--list", "listing", is_flag=True, help="Print what waits; ask nothing.")
@click.option("--accept", is_flag=True, help="It holds as it was read.")
@click.option("--due", metavar="DATE", help="It holds, with this last day (or none).")
@click.option("--agency", "agencies", multiple=True, metavar="NAME", help="It holds, with this agency; repeatable.")
@click.option("--set-aside", "aside", metavar="REASON", help="It is no obligation; it is not asked about again.")
@click.option("--reason", default="", help="Why (default: that it was reviewed).")
@click.option("--format", "form", type=click.Choice(["table", "jsonl"]), default="table", show_default=True)
@decision_options
@common_options
@pass_session
def review_command(
    session: Session, ids: tuple[str, ...], document: str | None, listing: bool, accept: bool, due: str | None,
    agencies: tuple[str, ...], aside: str | None, reason: str, form: str, by: str | None, on: str | None,
) -> int:  # fmt: skip
    """Go through what waits: dates that nobody tracks yet (ids d1, d2, …), milestones whose day is open to doubt.

    On a terminal each is shown with its sentence, and one key answers it. Without a terminal, or with --list, they are
    printed. With --accept, --due, --agency or --set-aside the ones named are answered.
    """
    from ..jobs import look, review
    from .asking import Asking

    given = given_fields(session, {"due": due, "agencies": agencies})
    if aside is not None and (not aside.strip() or accept or given):
        raise UsageError("--set-aside takes a reason, and goes with neither --accept, --due nor --agency")
    day, engine = day_option(session, on), session.open()
    if document is not None:
        look.document(engine, document)  # a key that nobody knows is a mistake, and not an empty list
    found = chosen(review.questions(engine), ids, document)

    def decide(question: "Question", answer: "Answer") -> "Milestone | None":
        return review.answer(engine, question, answer, day=day, by=by or session.actor, now=session.now)

    if accept or given or aside is not None:
        if not ids:
            raise UsageError("name what is answered; `tracker review --list` shows what waits")
        warn_of_new_agencies(engine, given)
        confirm(session, len(found))
        for question in found:
            made = decide(question, review.Answer(given, aside or "", reason))
            if form == "jsonl":
                print_jsonl([answered(session, question, made)])
            else:
                put(told(question, made))
        return 0
    if listing or form == "jsonl" or not (sys.stdin.isatty() and sys.stdout.isatty()):
        with paged(session):
            print_questions(found, form)
        return int(bool(found))
    if not found:
        say(NOTHING_WAITS)
        return 0
    if session.dry_run:
        raise UsageError("--dry-run shows what answers given by options would do; at the keys nothing is asked then")
    return int(Asking(session, found, decide, lambda changes: warn_of_new_agencies(engine, changes)).run() > 0)


def chosen(found: "list[Question]", ids: tuple[str, ...], document: str | None) -> "list[Question]":
    """Those that are named, in the order of the call, or all; only a document's where its key is given.

    Raises UsageError for an id that does not wait.
    """
    there = {question.id: question for question in found if document in (None, question.document)}
    missing = [id for id in ids if id not in there]
    if missing:
        raise UsageError(f"{', '.join(missing)}: does not wait for a person; `tracker review --list` shows what does")
    return [there[id] for id in dict.fromkeys(ids)] if ids else list(there.values())


def told(question: "Question", made: "Milestone | None") -> str:
    """What an answer did."""
    if made is None:
        return f"{question.id} set aside: {question.words}"
    return f"{question.id} {made.status} as milestone {made.id}: {made.title}, due {made.due or 'undated'}"


def answered(session: Session, question: "Question", made: "Milestone | None") -> dict[str, Any]:
    """What an answer did, for programs: the id that waited, and the milestone in the fields of `list`."""
    from ..jobs import look
    from .listing import fields

    placed = made and look.place(made, session.config, session.today)
    return {"answered": question.id, "milestone": fields(placed) if placed else None}


def print_questions(found: "list[Question]", form: str) -> None:
    """What waits, as a table or as JSON lines."""
    if form == "jsonl":
        print_jsonl(map(row, found))
        return
    if not found:
        say(NOTHING_WAITS)
        return
    columns = ["id", "document", "item", "due", "sentence", "why"]
    rows = [[q.id, q.document, q.item, q.due, marked(q), "；".join(map(doubt, q.reasons))] for q in found]
    print_table(rows, columns, whole=["id", "item", "due"], weights={"sentence": 4, "why": 2})
    say(f"{counted(len(found), 'question')} waiting")


def row(question: "Question") -> dict[str, Any]:
    """A question in the fields that outside programs rely on."""
    names = ("id", "document", "item", "line", "sentence", "due", "precision", "agencies", "reasons")
    return {name: plain(getattr(question, name)) for name in names} | {"quote": question.words}


def marked(question: "Question") -> str:
    """The sentence with its date words in brackets."""
    start, stop = question.marked or (0, 0)
    text = question.sentence
    return f"{text[:start]}【{text[start:stop]}】{text[stop:]}" if question.marked else text
