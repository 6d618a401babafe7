"""Subscribers that write to officers: ask for signatures, and post whatever notices wait."""

from collections.abc import Iterable
from contextlib import closing
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from sqlmodel import Session

from campaigns.agreement import censuses, releases, reminders
from campaigns.delivery import notices, verdicts
from campaigns.delivery.notices import Notice
from campaigns.delivery.transport import NO_RELAY, Envelope, Outcome, Transport, sentence
from campaigns.foundation import clock, log
from campaigns.foundation.errors import TryLater
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.officers import COUNTERSIGN
from campaigns.foundation.wording import many
from workers import tools as workshop
from workers.tools import Tools

TEMPLATES = Path(__file__).parents[1] / "templates" / "email"
_templates = Environment(loader=FileSystemLoader(TEMPLATES), autoescape=select_autoescape(["html"]), undefined=StrictUndefined)


class SignaturesAsked(Event):
    """Both parties' signatories were written to."""


def ask_for_signatures(entry: LogEntry, tools: Tools) -> None:
    """Write to those of each party who may give its missing signature. Heard twice, it asks once."""
    with tools.database.transaction() as session:
        release = releases.get(session, entry.subject, lock=True)
        asked = bool(log.of_kinds(session, release.id, SignaturesAsked.__name__))
        if asked or release.state != "sealed" or not releases.is_current(session, release):
            return
        log.record(session, SignaturesAsked(), subject=release.id, by=COUNTERSIGN.name, at=tools.clock())
        for party in releases.missing(session, release):
            call = reminders.call(session, release, party, reminders.FIRST_ASKED, at=tools.clock())
            facts = {
                "title": release.title,
                "party": party.name,
                "submitted_by": release.submitted_by,
                "readers": many(censuses.readers_of(session, release.id), "person", "people"),
                "due": clock.say(reminders.due_by(release)),
                "deputies": call.deputies,
                "url": f"{tools.settings.base_url}/releases/{release.id}/sign",
            }
            write(session, "please_sign", facts, to=call.addresses, tools=tools)


def write(session: Session, name: str, facts: dict[str, str], *, to: Iterable[str], tools: Tools) -> None:
    """Queue a system e-mail to each of these addresses."""
    subject, text, html = _render(name, facts)
    for address in sorted(set(to)):
        notices.write(session, to=address, subject=subject, text=text, html=html, by=COUNTERSIGN.name, at=tools.clock())


def _render(name: str, facts: dict[str, str]) -> tuple[str, str, str]:
    """A system e-mail's subject, text and HTML from its three templates."""
    subject, text, html = (_templates.get_template(f"{name}/{part}").render(facts) for part in ("subject.txt", "body.txt", "body.html"))
    return subject.strip(), text, html


def post_notice(entry: LogEntry, tools: Tools) -> None:
    """Hand a waiting notice to the relay. One whose fate is unclear is not posted again: its links can be asked for anew. Only where the worker
    that had it could not write down what became of it is it posted again, after a lease. One that is put off, or refused for what is not its
    reader's matter (us, the relay, a rule), is tried again for as long as a letter would be: it may tell of that very refusal. While there is
    no relay to talk to it waits, and while it was silent a moment ago it is not asked: each would keep a thread for seconds from all other facts.
    """
    if tools.notice_brake.left:
        raise TryLater("The relay did not answer a moment ago, and is left alone for a while.")
    with tools.database.transaction() as session:
        notice = notices.take(session, entry.subject, lease=tools.lease, at=tools.clock())
    if notice is None:
        return
    # A goodbye may take its time: what became of the notice is written down before.
    with closing(workshop.connect(tools.settings, tools.clock)) as transport:
        outcome = _deliver(notice, transport, tools)
        tools.notice_brake.heard(notice.to, outcome)
        again = _write_down(notice, outcome, tools)
    if again:
        raise TryLater(outcome.said)


def _write_down(notice: Notice, outcome: Outcome, tools: Tools) -> bool:
    """Keep what became of it; True when it is to be posted again."""
    lasts = outcome.stage == NO_RELAY or tools.clock() < notice.written_at + tools.manners.plan.give_up
    again = lasts and _may_pass(outcome)
    with tools.database.transaction() as session:
        if outcome.kind == "accepted":
            notices.posted(session, notice.id, at=tools.clock())
        elif again:
            notices.give_back(session, notice)
        else:
            notices.refused(session, notice.id, reply=outcome.said)
    return again


def _may_pass(outcome: Outcome) -> bool:
    """Whether it was put off, or refused with nothing said against the address."""
    if outcome.kind != "rejected":
        return outcome.kind == "deferred"
    return outcome.stage not in {"RCPT", "here"} and verdicts.subject(outcome.said) != verdicts.READER


def _deliver(notice: Notice, transport: Transport, tools: Tools) -> Outcome:
    try:
        envelope = Envelope(_from(notice, tools), notice.to, _message(notice, tools).as_bytes(policy=SMTP))
        _ = envelope.commands
    except (ValueError, LookupError, AttributeError) as fault:  # raised for an address that `email` or the wire cannot say; it never will
        return Outcome("rejected", "here", f"Nothing can be posted to this address: {sentence(fault)}")
    try:
        return transport.deliver(envelope)
    except TryLater as fault:
        return Outcome("deferred", NO_RELAY, str(fault))


def _from(notice: Notice, tools: Tools) -> str:
    local, _, domain = tools.settings.sender_address.rpartition("@")
    return f"{notice.sender or local}@{domain}"


def _message(notice: Notice, tools: Tools) -> EmailMessage:
    settings = tools.settings
    message = EmailMessage()
    message["Date"] = format_datetime(tools.clock())
    message["From"] = formataddr(("TEST" if notice.sender else settings.sender_name, _from(notice, tools)))
    message["To"] = notice.to
    message["Subject"] = notice.subject
    message["Message-ID"] = f"<notice.{notice.id.hex}@{settings.sender_address.rpartition('@')[2]}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(notice.text or "")
    if notice.html:
        message.add_alternative(notice.html, subtype="html")
    return message
