"""Replies, and other mail that waits for an officer: what it says, which letter it is about, and what an officer says that it means."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, Response, render_template, request
from sqlmodel import Session
from werkzeug.wrappers import Response as AnyResponse

from audiences import incoming_post, people, record_classes, retention
from campaigns.agreement import readers, releases
from campaigns.agreement.readers import Reader
from campaigns.agreement.releases import Release
from campaigns.delivery import incoming
from campaigns.delivery.incoming import CAME_BACK, CONFIRMS, FILE, STOP, IncomingMail
from campaigns.foundation import clock
from web import csv_files, desk
from web.guards import for_writers

bp = Blueprint("replies", __name__)

MAILS_A_PAGE = 50
MOST_EXPORTED = 10_000
COLUMNS = ("Came in", "What it is", "Who it is from", "Subject", "Letter", "Whose letter", "What waits")
BUTTONS = {
    CONFIRMS: "This confirms they have read it",
    CAME_BACK: "The letter did come back",
    STOP: "Stop letters to this reader",
    FILE: "File only",
}
DONE = {
    CONFIRMS: "It is filed, and counts as the reader’s confirmation.",
    CAME_BACK: "It is filed, and the letter counts as come back.",
    STOP: "It is filed, and no more letters go to the reader.",
    FILE: "It is filed.",
}
ANEW = {CONFIRMS: "It counts as the reader’s confirmation now.", FILE: "It is filed only, and confirms nothing any more."}
KINDS = {
    "reply": "a reply",
    "bounce": "a bounce that carries no token of ours",
    "complaint": "a complaint that carries no token of ours",
    "calendar reply": "a calendar’s answer to an invitation",
}


@dataclass(frozen=True)
class Shown:
    """A mail, and the letter it speaks of, if that is known."""

    mail: IncomingMail
    release: Release | None
    reader: Reader | None

    @property
    def what(self) -> str:
        """What kind of mail it is."""
        return KINDS.get(self.mail.kind, "mail that could not be told")

    @property
    def quoted(self) -> str:
        """The whole mail, where it says more than its new words."""
        return self.mail.whole if self.mail.whole.strip() != self.mail.words.strip() else ""


@bp.get("/replies")
def every() -> str:
    """What waits, the oldest first."""
    page = desk.page_asked(MAILS_A_PAGE)
    with desk.reading() as session:
        page = page.of(incoming.count_waiting(session))
        found = _shown(session, incoming.waiting(session, limit=page.size, offset=page.offset))
        return render_template("replies/every.html", found=found, page=page)


@bp.get("/replies.csv")
def export() -> Response:
    """The same list as a file."""
    with desk.reading() as session:
        found = _shown(session, incoming.waiting(session, limit=MOST_EXPORTED))
        return csv_files.answer("replies", COLUMNS, [_cells(one) for one in found])


@bp.get("/replies/<uuid:mail_id>")
def show(mail_id: UUID) -> str:
    """One mail: its new words first, what it quotes folded."""
    with desk.reading() as session:
        [shown] = _shown(session, [incoming.get(session, mail_id)])
        choices = [(verdict, BUTTONS[verdict]) for verdict in incoming.choices(shown.mail)]
        other = incoming.other_choice(shown.mail)
        words = {"other": other, "says": BUTTONS.get(other), "days": retention.kept(session, record_classes.MAIL).days}
        return render_template("replies/show.html", shown=shown, mail=shown.mail, choices=choices, **words)


@bp.post("/replies/<uuid:mail_id>")
@for_writers
def judge(mail_id: UUID) -> AnyResponse:
    """Say what it means."""
    verdict = request.form.get("verdict", "")
    with desk.writing() as session:
        incoming_post.judge(session, mail_id, verdict=verdict, by=desk.current_officer(), at=desk.now())
    return desk.done(DONE[verdict], "replies.every")


@bp.post("/replies/<uuid:mail_id>/another-word")
@for_writers
def judge_anew(mail_id: UUID) -> AnyResponse:
    """Say that a reply means something else than was said first."""
    verdict = request.form.get("verdict", "")
    with desk.writing() as session:
        incoming.judge_anew(session, mail_id, verdict=verdict, by=desk.current_officer(), at=desk.now())
    return desk.done(ANEW[verdict], "replies.show", mail_id=mail_id)


@bp.post("/people/<uuid:person_id>/lifting")
@for_writers
def lift(person_id: UUID) -> AnyResponse:
    """Let letters go again to an address that came back."""
    with desk.writing() as session:
        people.get(session, person_id)
        incoming_post.lift(session, person_id, by=desk.current_officer(), at=desk.now())
    return desk.done("Letters may go to this address again.", "people.show", person_id=person_id)


def _shown(session: Session, mails: Sequence[IncomingMail]) -> list[Shown]:
    """These mails with their letters; each release's readers are looked up at once."""
    places: defaultdict[UUID, set[int]] = defaultdict(set)
    for mail in mails:
        if mail.place:
            places[mail.place.release_id].add(mail.place.position)
    found = {release: readers.at(session, release, sorted(positions)) for release, positions in places.items()}
    about = {release: releases.get(session, release) for release in places}
    return [
        Shown(mail, about[place.release_id], found[place.release_id].get(place.position))
        if (place := mail.place)
        else Shown(mail, None, None)
        for mail in mails
    ]


def _cells(one: Shown) -> list[object]:
    title, who = one.release.title if one.release else "", one.reader.who if one.reader else ""
    return [clock.say(one.mail.at), one.what, one.mail.sender, one.mail.subject, title, who, one.mail.done or "an officer’s word"]
