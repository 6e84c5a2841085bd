"""Who a digest goes to, and the bytes that go there: addresses, redirection, the envelope, and freezing."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from email.utils import getaddresses
from typing import Final

from ..config import Config, is_address
from ..digests import Digest
from ..errors import ConfigError
from ..reminders import Role
from ..render import Envelope, Mailbox, Message, eml, list_id, message_id, thread_root, unsubscribe
from ..render.mail import REDIRECTED
from ..store.agencies import Agency

OFFICE: Final = 0  # the office's place among the agencies' ids
ROLES: Final[tuple[Role, ...]] = ("head", "office")
NAMED_AT_MOST: Final = 5  # addresses for which a redirected mail was meant
NOWHERE: Final = "tracker@localhost"  # who a digest on the console comes from and goes to


@dataclass(frozen=True, slots=True)
class Recipient:
    """An agency, or the office (id 0), with its addresses; `to` is empty where nobody is reached.

    `roles` are those who get some of its digests beside these.
    """

    id: int
    name: str
    to: tuple[str, ...]
    cc: tuple[str, ...] = ()
    roles: Mapping[Role, tuple[str, ...]] = field(default_factory=dict)

    def with_roles(self, roles: Collection[Role]) -> "Recipient":
        """Itself with a copy to some of the roles; a role without an address gets none."""
        found = _each(address for role in ROLES if role in roles for address in self.roles.get(role, ()))
        return replace(self, cc=(*self.cc, *(one for one in found if one not in (*self.to, *self.cc))))


@dataclass(frozen=True, slots=True)
class Frozen:
    """A message as it leaves: its envelope's recipients, its Message-ID and its bytes."""

    recipients: tuple[str, ...]
    message_id: str
    rfc822: bytes
    subject: str


def recipients(agencies: Mapping[str, Agency], config: Config) -> dict[str, Recipient]:
    """Every agency by name, and the office by ""."""
    found = {name: recipient(agency, config) for name, agency in agencies.items()}
    return found | {"": Recipient(OFFICE, config.office.name, addresses(config.office.email))}


def recipient(agency: Agency, config: Config) -> Recipient:
    """An agency with the addresses that it has now, suspended ones left out; who gets copies stands in for them."""
    to, cc, head = (
        tuple(address for address in addresses(text) if address.lower() not in agency.suspended)
        for text in (agency.email, agency.cc, agency.head)
    )
    roles: dict[Role, tuple[str, ...]] = {"head": head, "office": addresses(config.office.email)}
    to, cc = (to, cc) if to or not agency.email else (cc, ())
    return Recipient(agency.id, agency.name, to, cc, roles)


def reached(recipient: Recipient, config: Config) -> bool:
    """Whether a message to this recipient gets anywhere: on the console, redirected, or to an address of its own."""
    return config.channel == "console" or bool(config.delivery.redirect_to or recipient.to)


def everybody(recipient: Recipient, config: Config) -> tuple[str, ...]:
    """Whom a message to this recipient goes to; on the console its name stands for that."""
    if config.channel == "console":
        return (recipient.name,)
    return (config.delivery.redirect_to,) if config.delivery.redirect_to else _each((*recipient.to, *recipient.cc))


def readdressed(recipient: Recipient, config: Config, sent_to: Collection[str]) -> bool:
    """Whether a message went to an address that its recipient has no more, or not to one that it has."""
    now = everybody(recipient, config)
    known = everybody(recipient.with_roles(ROLES), config)
    return not set(now) <= set(sent_to) <= set(known)


def silent(config: Config, agencies: Iterable[Agency]) -> list[str]:
    """The names of the agencies that no message reaches."""
    return [name for name, one in recipients({each.name: each for each in agencies}, config).items()
            if one.id != OFFICE and not reached(one, config)]  # fmt: skip


def addresses(text: str) -> tuple[str, ...]:
    """The bare addresses in what a person entered, each once; what is no address is left out."""
    if not text or is_address(text):
        return (text,) if text else ()
    parsed = (address for _, address in getaddresses([text.replace("；", ",").replace(";", ",").replace("，", ",")]))
    return _each(address for address in parsed if is_address(address))


def tried_out(message: bytes) -> bool:
    """Whether a frozen message was meant for somebody else than it goes to."""
    return message.startswith(REDIRECTED.encode())


def refuse_missing_sender(config: Config) -> None:
    """Raises ConfigError where mail is to be sent and nobody sends it."""
    if config.channel == "smtp" and not config.sender:
        raise ConfigError(f"{config.file}: [mail] from: mail needs a sender; set it, or [office] email")


def freeze(digest: Digest, message: Message, recipient: Recipient, config: Config, day: date, now: datetime) -> Frozen:
    """The bytes of a digest with everything that will ever be said about where it goes."""
    recipient = recipient.with_roles(digest.to)
    to, cc, meant_for = recipient.to, recipient.cc, ""
    if config.channel == "console":
        to, cc = (NOWHERE,), ()
    elif config.delivery.redirect_to:
        # Whoever tries the program out sees whom each mail was meant for, and no agency is written to.
        meant_for = _few((*to, *cc))
        to, cc = (config.delivery.redirect_to,), ()
        message = replace(message, subject=f"[试运行→{recipient.name}] {message.subject}")
    sender = config.sender or NOWHERE
    host = sender.rpartition("@")[2]
    number = digest.number or 0
    identity = message_id(number, recipient.id, day, host, message)
    envelope = Envelope(
        sender=Mailbox(config.office.name, sender),
        to=tuple(Mailbox(recipient.name, address) for address in to),
        cc=tuple(Mailbox("", address) for address in cc),
        reply_to=Mailbox(config.office.name, config.office.email) if config.office.email else None,
        date=now.astimezone(config.zone),
        message_id=identity,
        thread=thread_root(recipient.id, day.year, host),
        list_id=list_id(recipient.id, host),
        issue=f"{number} {day} agency {recipient.id}",
        unsubscribe=unsubscribe(recipient.id, config.office.email) if recipient.id != OFFICE else "",
        meant_for=meant_for,
    )
    data = eml(message, envelope)
    return Frozen(everybody(recipient, config), identity, data, message.subject)


def _each(addresses: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(addresses))


def _few(addresses: tuple[str, ...]) -> str:
    """The first of the addresses, and how many more there are."""
    more = f" and {len(addresses) - NAMED_AT_MOST} more" if len(addresses) > NAMED_AT_MOST else ""
    return ", ".join(addresses[:NAMED_AT_MOST]) + more or "nobody"
