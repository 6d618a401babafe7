"""Is this genuine? For anybody, without an account: what a reference stands for, and whether a received letter is the one that was agreed."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from sqlmodel import Session
from werkzeug.wrappers import Response

from campaigns.agreement import genuineness, parties, readers, received, releases, signatures
from campaigns.agreement.genuineness import Verdict
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.readers import Reader
from campaigns.agreement.received import Received
from campaigns.agreement.releases import Release
from campaigns.delivery.deliveries import Delivery
from campaigns.drafting import letters, messages
from campaigns.drafting.invitations import Occasion
from campaigns.foundation.errors import Refused
from web import desk, forms, limits, recalls, refusals
from web.recalls import Recall

bp = Blueprint("checks", __name__, url_prefix="/check")

A_MINUTE = 30
LARGEST = 10 * 1024 * 1024
OURS = re.compile(r"<([0-9a-f]{32})\.([0-9a-f]{32})(?:\.[a-z]+)?@")


class ReferenceForm(forms.Form):
    """One question."""

    reference = forms.text(
        "The reference of the letter",
        needed="Enter the reference, like ABCD-2345",
        hint="Eight letters and figures, at the letter's foot.",
        limit=20,
    )
    submit = forms.submit("Check it")


class LetterForm(forms.Form):
    """A received letter."""

    letter = forms.upload("The letter, saved as .eml", needed="Choose the letter's file", hint="We look at it once and keep nothing of it.")
    submit = forms.submit("Compare it")


@dataclass(frozen=True)
class Standing:
    """What may be said of a letter to anybody; its title is for officers alone. `now`: current, corrected or withdrawn."""

    subject: str
    reference: str
    since: datetime
    agreed: list[tuple[str, str, datetime]]
    now: str
    recall: Recall


@bp.route("/", methods=["GET", "POST"])
def ask() -> str | Response:
    """Which letter?"""
    form = ReferenceForm()
    if form.validate_on_submit():
        if reference := messages.spelt(form.reference.data or ""):
            return redirect(url_for("checks.show", reference=reference))
        refusals.show_on(form, Refused("A reference has eight letters and figures, like ABCD-2345", field="reference"))
    return render_template("public/check.html", form=form, settings=desk.settings())


@bp.route("/<reference>", methods=["GET", "POST"])
def show(reference: str) -> str | tuple[str, int]:
    """What a reference stands for; and, for a letter that is dropped here, one of three answers."""
    limits.admit("check", A_MINUTE)
    form = LetterForm()
    letter, judges = _dropped(form), list[Callable[[], Verdict]]()
    with desk.reading() as session:
        release = recalls.went(session, messages.spelt(reference))
        if release is None:
            return render_template("public/check_unknown.html", settings=desk.settings()), 404
        standing = _standing(session, release)
        try:
            judges = _judges(session, release, letter) if letter else []
        except Refused as refusal:
            refusals.show_on(form, Refused(refusal.sentence, field="letter"))
    verdict = _verdict(judges)
    return render_template("public/checked.html", standing=standing, form=form, verdict=verdict, settings=desk.settings())


def _dropped(form: LetterForm) -> Received | None:
    """The letter that was dropped, read before the database is asked for anything; None where there is none, or the form says why not."""
    if not form.validate_on_submit():
        return None
    try:
        return _uploaded(form)
    except Refused as refusal:
        refusals.show_on(form, Refused(refusal.sentence, field="letter"))
        return None


def _standing(session: Session, release: Release) -> Standing:
    agreed = [(parties.name(session, one.party), one.officer_name, one.at) for one in signatures.on(session, release.id, release.digest)]
    recall = recalls.of(session, release)
    now = " and ".join(said for said, holds in (("withdrawn", recall.withdrawn), ("corrected", recall.correction)) if holds) or "current"
    said, since = releases.said(release), release.began_at or release.submitted_at
    return Standing(said.subject if said else "", release.reference, since, agreed, now, recall)


def _uploaded(form: LetterForm) -> Received:
    raw = form.letter.data.stream.read(LARGEST + 1)
    if len(raw) > LARGEST:
        raise Refused("A letter may be up to 10 MB.")
    return received.read(raw)


def _judges(session: Session, release: Release, letter: Received) -> list[Callable[[], Verdict]]:
    """What holds it against each letter it may be; none of them needs the session."""
    said = releases.said(release)
    judge = partial(genuineness.judge, letter, headers=said.headers if said else [])
    reader = _reader(session, release, letter)
    if reader is not None:
        sealed = readers.letter(session, release, reader)
        return [partial(judge, letters.open_letter(sealed), sealed=sealed)]
    unfilled = readers.unfilled(session, release, to=_occasions(said, letter))
    return [partial(judge, letters.open_letter(one), sealed=None) for _, one in unfilled]


def _verdict(judges: list[Callable[[], Verdict]]) -> Verdict | None:
    """The first verdict that does not say it differs; else the first."""
    found = (judge() for judge in judges)
    first = next(found, None)
    return first and next((one for one in chain([first], found) if one.kind != genuineness.DIFFERS), first)


def _occasions(said: Manifest | None, letter: Received) -> list[Occasion]:
    """What it may invite to: the one its calendar entry names, or any that was agreed."""
    agreed = (said.occasions if said else None) or []
    return [one for one in agreed if any(one.uid in entry for entry in letter.entries)] or agreed


def _reader(session: Session, release: Release, letter: Received) -> Reader | None:
    """The reader that a letter names by its Message-ID. Of several letters sealed for them under one Message-ID, the one that was queued."""
    named = OURS.match(letter.message_id)
    if named is None or named[1] != release.id.hex:
        return None
    theirs = [one for one in readers.as_person(session, release.id, UUID(named[2])) if one.fields.get("message_id") == letter.message_id]
    return next((one for one in theirs if session.get(Delivery, (release.id, one.position)) is not None), None)
