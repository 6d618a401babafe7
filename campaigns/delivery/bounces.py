"""What a mail that came back to us means: a bounce, a complaint, a machine's answer, or a person's reply. Pure: bytes in, a reading out.

Standard reports are read by their fields, others by their layout; what flufl.bounce finds is taken as a hint of who is meant and never as
proof that an address is bad. Sources: RFC 3464, 5965, 3834.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from email import message_from_bytes

from campaigns.delivery import autoreplies, complaints, failures, mails, replies, reports, undelivered
from campaigns.delivery.autoreplies import Contact
from campaigns.delivery.failures import DELAYED, DELIVERED, HARD, SOFT, Failure
from campaigns.delivery.mails import Mail
from campaigns.delivery.reports import Line

try:
    from flufl import bounce as flufl
except ImportError:  # the extra `mailbox` is not installed
    flufl = None  # type: ignore[assignment]

KINDS = BOUNCE, ARRIVED, COMPLAINT, AUTO_REPLY, CHALLENGE, CALENDAR, REPLY, OTHER = (
    "bounce",
    "delivered",
    "complaint",
    autoreplies.AUTO_REPLY,
    autoreplies.CHALLENGE,
    autoreplies.CALENDAR,
    "reply",
    "other",
)
MOST_WORDS = 100_000
MOST_SPOKEN_OF = 100  # letters; each is looked up while the database waits for whoever takes the mail
MOST_HINTED = 64 * 1024  # flufl.bounce takes 15 ms for each kB of short lines
STATUS_REPORT = "text/delivery-status"
ANSWERS = frozenset({AUTO_REPLY, CHALLENGE, CALENDAR})
GRAVEST_FIRST = (HARD, SOFT, DELAYED, DELIVERED, "")
SENT_TO = ("to", "delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-rcpt-to", "original-recipient", "apparently-to", "cc")


@dataclass(frozen=True)
class Recipient:
    """What a mail says of one `address`, empty where it does not say whose it is. `outcome`: hard, soft, delayed, delivered, or empty where it only
    speaks for itself. `original`: the address we wrote to, if it says.
    """

    address: str
    outcome: str = ""
    permanent: bool = False
    status: str = ""
    reason: str = ""
    original: str = ""


@dataclass(frozen=True)
class Reading:
    """One mail, understood. `sent_to`: the addresses it came to, and the returned letter from: one may carry a token. `speaks_of`: Message-IDs of letters.

    `returned`: of these, those that stand in the head of a letter it gives back. `text`: what a person newly wrote. `calendar`: what a calendar
    answers, unread. `remark`: what was left unread.
    """

    kind: str
    recipients: tuple[Recipient, ...] = ()
    sent_to: tuple[str, ...] = ()
    speaks_of: tuple[str, ...] = ()
    returned: tuple[str, ...] = ()
    sender: str = ""
    subject: str = ""
    text: str = ""
    whole: str = ""
    calendar: str = ""
    contact: Contact | None = None
    remark: str = ""

    @property
    def worst(self) -> Recipient:
        """Of whom it says the gravest; one of whom nothing is said, where it speaks of nobody."""
        return min(self.recipients, key=lambda one: GRAVEST_FIRST.index(one.outcome), default=Recipient(""))


def read(raw: bytes) -> Reading:
    """Understand one mail, whatever its bytes are."""
    mail = mails.opened(raw)
    words, below = undelivered.above(mail.words[:MOST_WORDS])
    returned = mail.returned or _head_below(below)
    kind, recipients = _understood(mail, words, returned, raw)
    sender = next(iter(mails.addresses(mail.head, "from")), "")
    if kind in ANSWERS and sender:
        recipients = [Recipient(sender)]
    back = [*autoreplies.message_ids(mails.first(returned, "message-id")), *autoreplies.message_ids(_said_id(mail))]
    ours = {"original-mail-from": [complaints.field(mail.reports.get(complaints.REPORT, ""), "original-mail-from")]}
    sent_to = tuple(mails.addresses(mail.head, *SENT_TO))
    came_from = mails.addresses(returned, "return-path") + mails.addresses(ours, "original-mail-from")
    answered = kind in {REPLY, AUTO_REPLY, OTHER, CALENDAR}
    return Reading(
        kind=kind,
        recipients=tuple(recipients),
        sent_to=tuple(dict.fromkeys([*sent_to, *came_from])),
        speaks_of=tuple(dict.fromkeys([*back, *autoreplies.answers(mail)]))[:MOST_SPOKEN_OF],
        returned=tuple(back),
        sender=sender,
        subject=mail.first("subject")[:200],
        text=replies.new_text(mail.words) if answered else "",
        whole=mail.words[:MOST_WORDS] if answered else "",
        calendar=mail.calendar if kind == CALENDAR else "",
        contact=autoreplies.contact(words, besides={sender, *sent_to}) if kind == AUTO_REPLY else None,
        remark=mail.remark,
    )


def _head_below(below: str) -> mails.Head:
    """The head of the letter that stands under a bounce's rule."""
    headed = below.lower().startswith(("received:", "return-path:"))
    return mails.head_of(below if headed else below.partition("\n")[2])


def _understood(mail: Mail, words: str, returned: mails.Head, raw: bytes) -> tuple[str, list[Recipient]]:
    if told := complaints.notice(mail):
        if people := complaints.complainers_of(told):
            return COMPLAINT, [Recipient(address, reason=COMPLAINT) for address in people]
        return _of(_judged(line, "") for line in complaints.lines_of(told))
    if complaints.is_complaint(mail):
        return COMPLAINT, [Recipient(address, reason=COMPLAINT) for address in complaints.complainers(mail)]
    if found := reports.lines(mail.reports.get(STATUS_REPORT, "")):
        return _of(_judged(line, _beside(words, line, found)) for line in _each_once(found))
    if undelivered.is_bounce(mail, words):
        action = DELAYED if undelivered.is_delay(words) else "failed"
        return _of(_recipient(one.address, failures.judge(one.said, action=action)) for one in _named(mail, words, returned, raw))
    if kind := autoreplies.kind_of(mail, words):
        return kind, []
    return (REPLY, []) if _is_reply(mail) else (OTHER, [])


def _of(recipients: Iterable[Recipient]) -> tuple[str, list[Recipient]]:
    found = list(recipients)
    return (ARRIVED if found and all(one.outcome == DELIVERED for one in found) else BOUNCE), found


def _is_reply(mail: Mail) -> bool:
    return bool(autoreplies.answers(mail) or autoreplies.ANSWERED.match(mail.first("subject")))


def _judged(line: Line, beside: str) -> Recipient:
    failure = failures.judge(line.said, status=line.status, action=line.action, beside=beside)
    return _recipient(line.address, failure, line.original)


def _recipient(address: str, failure: Failure, original: str = "") -> Recipient:
    return Recipient(address, failure.outcome, failure.permanent, failure.status, failure.reason, original)


def _each_once(lines: Iterable[Line]) -> list[Line]:
    return list({line.address: line for line in lines}.values())


def _beside(words: str, line: Line, lines: list[Line]) -> str:
    """What the mail tells a person about this recipient: everything, where it is the only one."""
    if len({one.address for one in lines}) == 1:
        return words
    return next((part for part in words.split("\n\n") if line.address in part.lower()), "") if len(words) < mails.MOST_OCTETS else ""


def _named(mail: Mail, words: str, returned: mails.Head, raw: bytes) -> list[undelivered.Told]:
    if found := undelivered.told(mail, words, returned):
        return found
    return [undelivered.Told(address, words) for address in ([] if mail.remark else _hinted(raw)) or [""]]


def _hinted(raw: bytes) -> list[str]:
    """Whom flufl.bounce takes to be meant. It crashes on some mails, and calls temporary failures permanent."""
    logging.getLogger("flufl.bounce").setLevel(logging.CRITICAL)  # it logs its own crashes, with what it read
    try:
        temporary, permanent = flufl.all_failures(message_from_bytes(raw[:MOST_HINTED]))
    except Exception:  # noqa: BLE001 - a hint that cannot be had, or nobody to ask for one, is none
        return []
    names = (one.decode("ascii", "replace").lower() for one in {*temporary, *permanent})
    return sorted(name for name in names if mails.ADDRESS.fullmatch(name))


def _said_id(mail: Mail) -> str:
    return mail.reports.get(STATUS_REPORT, "").partition("X-Original-Message-ID:")[2][: mails.LONGEST_VALUE].partition("\n")[0]
