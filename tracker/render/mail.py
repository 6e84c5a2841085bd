"""A message as the bytes of a mail, RFC 5322: nothing random in it, so that the same message is the same bytes.

The ids hold an agency's database id, never its name: Python's folding would turn a long or Chinese id into an encoded
word, and RFC 2047 §5 allows none inside `<…>`.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from hashlib import sha256
from typing import Final

from .message import Attachment, Message
from .wrapping import printable

WORD_AT_MOST: Final = 75  # RFC 2047 §2: octets of an encoded word; Python fills the line with it, behind a blank
# 7 bits: no relay has to recode the frozen bytes.
POLICY: Final = SMTP.clone(cte_type="7bit", max_line_length=WORD_AT_MOST + 1)
ID_AT_MOST: Final = 74  # a token as long as a line is folded into an encoded word, and the thread is lost
HOST_AT_MOST: Final = 34
ENCODED_WORD: Final = re.compile(r"=\?[^?\s]+\?[bBqQ]\?[^?\s]*\?=")
MESSAGE_ID: Final = re.compile(r"<[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+>")
# Python forgets the quotation marks around a name when it folds a long one: then what is in it is an address.
FULL_WIDTH: Final = str.maketrans({special: chr(ord(special) + 0xFEE0) for special in '()<>[]:;@\\,"'})
REDIRECTED: Final = "X-Redirected-From"
THREADING: Final = ("Message-ID", "In-Reply-To", "References", "List-Id", "List-Unsubscribe")


@dataclass(frozen=True, slots=True)
class Mailbox:
    """A name, which may be Chinese or empty, and an ASCII address."""

    name: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """What a mail's header says beyond its subject.

    `date` is an aware instant. `message_id` and `thread` are whole ids with their brackets, as `message_id()` and
    `thread_root()` make them; `list_id` likewise. `issue` is the digest's number in words that support can search for.
    `unsubscribe` is as `unsubscribe()` makes it. `meant_for` says in ASCII whose mail this is where it goes to
    somebody else.
    """

    sender: Mailbox
    to: tuple[Mailbox, ...]
    date: datetime
    message_id: str
    thread: str
    list_id: str
    issue: str
    cc: tuple[Mailbox, ...] = ()
    reply_to: Mailbox | None = None
    unsubscribe: str = ""
    meant_for: str = ""


def message_id(number: int, agency: int, day: date, host: str, message: Message) -> str:
    """`<d3.12.20181105.9f3c2a7e@host>`, at most 74 characters: issue 3 of agency 12 (0: the office)."""
    content = sha256(f"{message.subject}\0{message.text}".encode()).hexdigest()[:8]
    return f"<d{number}.{agency}.{day:%Y%m%d}.{content}@{_short(host)}>"


def digest_id(message_id: str) -> str:
    """`d3.12.20181105` of `<d3.12.20181105.9f3c2a7e@host>`: the same for a digest that is frozen anew."""
    return message_id.strip("<>").partition("@")[0].rpartition(".")[0]


def thread_root(agency: int, year: int, host: str) -> str:
    """The id of a mail that never was: all digests of one agency in one year answer it, so they are one thread."""
    return f"<t.{agency}.{year}@{_short(host)}>"


def list_id(agency: int, host: str) -> str:
    """RFC 2919: by which an agency can file its digests."""
    return f"<digest-{agency}.{_short(host)}>"


def unsubscribe(agency: int, office_email: str) -> str:
    """RFC 2369: a mail to the office, which names another contact and ends no duty; never one click (RFC 8058), which a
    link scanner may follow. Empty where there is no office to ask, or its address is too long for a header."""
    found = f"<mailto:{office_email}?subject=unsubscribe-digest-{agency}>"
    return found if office_email and len(found) <= ID_AT_MOST else ""


def eml(message: Message, envelope: Envelope) -> bytes:
    """The mail as it goes over the wire: CRLF, no line over 998 octets, 7 bits.

    multipart/mixed(multipart/alternative(text, HTML), table, calendar). Raises ValueError for an address or an id that
    a header cannot hold.
    """
    mail = EmailMessage(policy=POLICY)
    _head(mail, message.subject, envelope)
    mail.set_content(message.text, cte="base64")
    mail.add_alternative(message.html, subtype="html", cte="base64")
    for attachment in message.attachments:
        _attach(mail, attachment)
    mail["Content-Language"] = "zh-CN"  # not before: add_attachment moves Content-* headers into the first part
    for number, part in enumerate(part for part in mail.walk() if part.is_multipart()):
        # RFC 2046 §5.1.1: "=_" occurs in no base64 body.
        part.set_boundary(f"=_{number}_{sha256(envelope.message_id.encode()).hexdigest()[:24]}")
    data = mail.as_bytes()
    _check(data)
    return data


def _head(mail: EmailMessage, subject: str, envelope: Envelope) -> None:
    for name in (envelope.message_id, envelope.thread):
        if not MESSAGE_ID.fullmatch(name) or len(name) > ID_AT_MOST:
            raise ValueError(f"{name!r} is no message id of at most {ID_AT_MOST} characters")
    if envelope.meant_for:
        mail[REDIRECTED] = envelope.meant_for  # the first of all: a mail that was redirected is known by it
    mail["From"] = _addresses([envelope.sender])
    mail["To"] = _addresses(envelope.to)
    if envelope.cc:
        mail["Cc"] = _addresses(envelope.cc)
    if envelope.reply_to:
        mail["Reply-To"] = _addresses([envelope.reply_to])
    mail["Subject"] = printable(subject)
    mail["Date"] = envelope.date
    mail["Message-ID"] = envelope.message_id
    mail["In-Reply-To"] = envelope.thread
    mail["References"] = envelope.thread
    mail["List-Id"] = envelope.list_id
    if envelope.unsubscribe:
        mail["List-Unsubscribe"] = envelope.unsubscribe
    mail["Auto-Submitted"] = "auto-generated"  # RFC 3834: no vacation answers
    mail["X-Auto-Response-Suppress"] = "All"  # the same for Exchange
    mail["X-Digest-Issue"] = printable(envelope.issue)


def _addresses(mailboxes: Iterable[Mailbox]) -> list[Address]:
    return [Address(display_name=printable(box.name).translate(FULL_WIDTH), addr_spec=box.address) for box in mailboxes]


def _attach(mail: EmailMessage, attachment: Attachment) -> None:
    main, sub = attachment.type.split("/")
    params = {"charset": "utf-8"}
    if attachment.method:
        params["method"] = attachment.method
    mail.add_attachment(
        attachment.data, maintype=main, subtype=sub, filename=attachment.name, cte="base64", params=params
    )


def _check(data: bytes) -> None:
    """The ways in which Python's mail package has broken such headers before: guarded, not trusted."""
    head = data.split(b"\r\n\r\n", 1)[0].replace(b"\r\n ", b" ").replace(b"\r\n\t", b" ").decode("ascii")
    for word in ENCODED_WORD.findall(head):
        if len(word) > WORD_AT_MOST:
            raise ValueError(f"an encoded word of {len(word)} octets; RFC 2047 allows {WORD_AT_MOST}: {word}")
    for line in head.split("\r\n"):
        name, _, value = line.partition(":")
        if name in THREADING and "=?" in value:
            raise ValueError(f"the header {name} was encoded: {value}")
    longest = max(map(len, data.split(b"\r\n")))
    if longest > 998:
        raise ValueError(f"a line of the mail has {longest} octets; RFC 5322 allows 998")


def _short(host: str) -> str:
    """The end of a host's name that leaves an id short: whole labels where they fit."""
    labels = host.split(".")
    while len(labels) > 1 and len(".".join(labels)) > HOST_AT_MOST:
        labels = labels[1:]
    return ".".join(labels)[-HOST_AT_MOST:].strip("-.")
