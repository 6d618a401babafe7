"""The papers of a disclosure: revisions, comments, letters and outcomes written down without the readers' personal data."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences.authorities import Authority
from audiences.people import KEPT, Person
from campaigns.agreement import readers, sealed
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery.deliveries import SEALED, Delivery
from campaigns.delivery.incoming import IncomingMail
from campaigns.drafting.comments import Comment
from campaigns.drafting.messages import Message, Revision
from campaigns.drafting.proposals import Proposal
from campaigns.foundation import clock
from campaigns.foundation.errors import Refused
from campaigns.foundation.wording import many

ADDRESS = re.compile(r"[^\s<>()\[\],;:\"'@]{1,64}@[^\s<>()\[\],;:\"'@]{1,253}")
WITHHELD = "[withheld: FOIA s.40]"
# A name with one of these words is a post's ("Head of Environmental Health"), which a public body has no reason to withhold.
POSTS = re.compile(
    r"\b(head|chief|director|manager|officer|inspector|practitioner|lead|team|secretary|contact|member|councillor|chair|deputy|service|services|unit)\b",
    re.IGNORECASE,
)


class Redactor:
    """Takes addresses and the names of known people out of words, and counts what it took."""

    def __init__(self, session: Session) -> None:
        known = {name for name in session.exec(select(Person.name).where(KEPT).distinct()) if " " in name.strip()}
        self.names = [name.casefold() for name in known if not POSTS.search(name)]
        self.withheld: Counter[str] = Counter()

    def clean(self, text: str) -> str:
        """The words without them."""
        text, number = ADDRESS.subn(WITHHELD, text)
        self.count("e-mail addresses in drafts, comments, replies and decisions", number)
        folded = text.casefold()
        if here := [name for name in self.names if name in folded]:
            longest = "|".join(re.escape(name) for name in sorted(here, key=len, reverse=True))
            text, number = re.subn(rf"(?<!\w)(?:{longest})(?!\w)", WITHHELD, text, flags=re.IGNORECASE)
            self.count("names of people in drafts, comments, replies and decisions", number)
        return text

    def count(self, what: str, number: int) -> None:
        """So many more were withheld."""
        self.withheld[what] += number


def revision(message: Message, one: Revision) -> str:
    """A revision's words, field by field."""
    return _words(message, f"revision {one.number}", one.words, by=one.by_name, at=one.at)


def proposal(message: Message, one: Proposal) -> str:
    """The words that somebody proposed for a revision, field by field, and what came of them."""
    what = f"proposed for revision {one.revision}, {one.answer or 'not answered'}"
    return _words(message, what, one.words, by=one.by_name, at=one.at)


def reply(one: IncomingMail) -> str:
    """A mail about a letter: what it was, what was done about it, and what it says, as far as that is kept. Its sender is not said."""
    words = "" if one.is_forgotten else f"Subject: {one.subject}\n\n{one.whole or one.words}\n"
    return f"{clock.say(one.at)}, a mail about a letter ({one.kind}): {one.done or 'waits for an officer'}\n{words}"


def _words(message: Message, what: str, words: dict[str, Any], *, by: str, at: datetime) -> str:
    head = f"{message.title}\nReference {message.reference}, {what}, by {by}, {clock.say(at)}\n"
    parts = [f"\n--- only for {audience} ---\n{text}\n" for audience, text in words.get("parts", {}).items()]
    kept = {name: value for name, value in words.items() if name not in ("title", "subject", "core", "parts")}
    rest = "".join(f"{name}: {value}\n" for name, value in sorted(kept.items()))
    return f"{head}\nTitle: {words.get('title')}\nSubject: {words.get('subject')}\n\n{words.get('core')}\n{''.join(parts)}\n{rest}"


def comment(one: Comment) -> str:
    """Who said what on which revision, and whether it was dealt with."""
    resolved = f"resolved by {one.resolved_by}, {clock.say(one.resolved_at)}" if one.resolved_at else "not resolved"
    return f"{clock.say(one.at)}, {one.by_name} ({one.by_duty}), on revision {one.revision}; {resolved}\n{one.text}\n"


def letters(session: Session, release: Release) -> Iterator[tuple[str, bytes]]:
    """Each audience's sealed letters, what is the reader's own left blank; where it has several, they are numbered."""
    if release.manifest is None:
        return
    try:
        written = readers.unfilled(session, release)
    except Refused:  # programs that are not the signed ones are nobody's letter
        return
    many, number = Counter(audience for audience, _ in written), Counter[str]()
    for audience, letter in written:
        number[audience] += 1
        yield f"{audience}-{number[audience]}" if many[audience] > 1 else audience, letter


def readers_of(session: Session, release: Release) -> dict[str, int]:
    """How many readers each audience has, by number alone."""
    return sealed.readers_by(session, release.id, "audience")


def deliveries(session: Session, release: Release) -> list[list[str]]:
    """What became of the letters: how many in each state, by authority, audience and role; and how many of them went possibly twice."""
    parts = (Authority.official_name, SealedLetter.authority_code, SealedLetter.audience, SealedLetter.role, Delivery.state)
    twice = sa.func.sum(sa.case((col(Delivery.maybe_twice), 1), else_=0))
    query = sa.select(*parts, sa.func.count(), twice).select_from(Delivery).join(SealedLetter, SEALED)  # type: ignore[call-overload]
    query = query.join(Authority, col(Authority.code) == SealedLetter.authority_code, isouter=True)
    rows = session.execute(query.where(col(Delivery.release_id) == release.id).group_by(*parts).order_by(*parts))
    return [["" if cell is None else str(cell) for cell in row] for row in rows]


def readme(about: str, start: date, end: date, *, found: int, files: int, withheld: Counter[str]) -> str:
    """What was searched, what was found, what was withheld and why, and what an officer must still do."""
    counted = "".join(f"  {number:,} {what}\n" for what, number in withheld.items() if number) or "  nothing\n"
    return README.format(
        about=about, start=start.isoformat(), end=end.isoformat(), found=many(found, "message"), files=many(files, "file"), withheld=counted
    )


README = """\
What this installation of Countersign holds about: {about}
From {start} to {end}, both days included, by the clock in London.

WHAT WAS SEARCHED
For that text as it is written, in upper or lower case: the titles, every revision, every proposed wording and every comment of every message; the
questions, next actions and local repeats of every briefing; the rows of every communications plan; what was recorded by hand, and what shows that
a milestone was reached; mail that came in; and what was noted where another reader was suggested.
Everything about a message that was found is here as far as it is dated in this time. Found: {found}, {files}; index.csv lists them.

WHAT IS HERE
drafts/          every revision's words
proposals.txt    other words that were proposed, and what came of them
comments.txt     what officers and reviewers said about them
replies.txt      mail that came in about its letters, as far as its words are still kept
release-…/       what both bodies were asked to sign: bundle.zip (the whole proof; its README says how to check it), certificate.pdf, the
                 letter to each audience, and deliveries.csv: what became of the letters, counted by authority
decisions.csv    who decided what and when, from the log
elsewhere.csv    what speaks of it outside messages, line by line

WHAT WAS WITHHELD, AND WHY
Personal data of the letters' readers, under section 40 of the Freedom of Information Act 2000:
{withheld}Also the salts of the bundles' leaves, with which a guess about a reader could be tried; the bundles verify without them.
Officers appear by the post they hold.

BEFORE YOU SEND THIS
Read it. Addresses and the names of people on the register were taken out by a program; whatever else identifies somebody, it cannot see.
Files attached to messages are inside the bundles' letters.
"""
