"""A test letter: a message as it stands, sent to the officer's own confirmed address alone, and marked so that nobody can take it for real.

It goes by the way of notices, never by the sender: subject, body and sender say that it is a test, its links lead nowhere, and it carries
no files, which nobody has agreed to either.
"""

import re
from datetime import datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from campaigns.delivery import notices
from campaigns.drafting.letters import Opened
from campaigns.foundation import log, officers
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.officers import Officer, OfficerRecord

MARK = "[TEST – NOT APPROVED]"
BANNER = (
    "TEST – NOT APPROVED. This is a draft. It was sent only to the officer who asked for it. Its blanks are not filled in, its links do not work, "
    "and its addresses are broken up with brackets, so that no mail program makes links of them. Files that travel with the message are left out."
)
STYLE = "margin:0;padding:12px;background:#d4351c;color:#ffffff;font-family:Arial,sans-serif;font-weight:bold"
A_DAY = 20
SENDER = "test-not-approved"  # the local part it comes from: never the campaign's own

TAG = re.compile(r"(<[^>]*>)")
HREF = re.compile(r"""\s+href\s*=\s*("[^"]*"|'[^']*'|[^\s>]+)""", re.IGNORECASE)
BODY = re.compile(r"(<body[^>]*>)", re.IGNORECASE)
HOST = re.compile(r"\b(?:[^\W_][\w-]*\.)+[^\W\d_]{2,}\b")  # of a web address with or without its https://, and of an e-mail address


class TrialWritten(Event):
    """An officer had the words sent to themselves."""

    audience: str


def write(session: Session, message_id: UUID, opened: Opened, *, audience: str, to: str, by: Officer, at: datetime) -> UUID:
    """Send one audience's letter to the officer's own, confirmed address; gives the notice. Refuses the 21st in a day, and non-writers."""
    officers.require_writer(by)
    if _today(session, by, at) >= A_DAY:
        raise NotAllowedNow(f"You have sent yourself {A_DAY} test letters in the last day, which is the most. Use the preview.")
    log.record(session, TrialWritten(audience=audience), subject=message_id, by=by.name, at=at)
    subject, text, html = f"{MARK} {opened.subject}", f"{BANNER}\n\n{_inert_text(opened.text)}", _inert(opened.html)
    return notices.write(session, to=to, subject=subject, text=text, html=html, sender=SENDER, by=by.name, at=at)


def _inert(html: str) -> str:
    """A letter's HTML under its banner, every link without its address, and every address that can be read broken up."""
    banner = f'<p style="{STYLE}">{BANNER}</p>'
    pieces = [HREF.sub("", piece) if place % 2 else _inert_text(piece) for place, piece in enumerate(TAG.split(html))]
    return BODY.sub(lambda found: found[1] + banner, "".join(pieces), count=1)


def _inert_text(text: str) -> str:
    """Words with addresses that no program makes into links: `https[:]//www[.]hse[.]gov[.]uk/`."""
    return HOST.sub(lambda found: found[0].replace(".", "[.]"), text.replace("://", "[:]//"))


def _today(session: Session, by: Officer, at: datetime) -> int:
    """How many they wrote in the last day; they are held, so that of two written at once the second counts the first."""
    session.get(OfficerRecord, by.id, with_for_update={"key_share": True})
    written = select(sa.func.count()).select_from(LogEntry).where(log.TRIALS)
    return session.exec(written.where(col(LogEntry.by) == by.name, col(LogEntry.at) > at - timedelta(days=1))).one()
