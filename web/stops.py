"""Stop or change what I get: the page every letter links to, for readers without an account; and a mail program's own button (RFC 8058)."""

from dataclasses import dataclass

from flask import Response, request
from sqlmodel import Session

from audiences import people, preferences
from audiences.people import Person
from campaigns.agreement import bearers
from campaigns.delivery import removals
from campaigns.foundation.errors import NotFound
from campaigns.foundation.reader_links import READER
from campaigns.planning import campaign_plans
from campaigns.planning.campaign_plans import Campaign
from web import desk, forms, reader_pages
from web.reader_pages import ReaderForm

bp = reader_pages.blueprint("stops")

ONE_CLICK = "One-Click"
LEAVE, TOPIC, NOTHING, EVERYTHING = "leave", "topic", "nothing", "everything"
DONE = {
    LEAVE: "Nothing was changed",
    TOPIC: "You will get no more letters about this",
    NOTHING: "You will get no more letters",
    EVERYTHING: "You will get letters about everything again",
}


class StopForm(ReaderForm):
    """One question."""

    choice = forms.choice("What should we write to you about?", needed="Choose one. Nothing has been changed")
    submit = forms.submit("Save my choice")


@dataclass(frozen=True)
class Wishes:
    """Who asks, what their letter is about (None of an old link), and what holds for their address now: `removed` says why nothing goes."""

    person: Person
    campaign: Campaign | None
    removed: str
    topics: list[Campaign]

    @property
    def now(self) -> str:
        """What they get at present, as a sentence."""
        if self.removed:
            return f"At present we write nothing to this address: {self.removed.replace(READER, 'you')}."
        names = " and ".join(f"“{topic.name}”" for topic in self.topics)
        return f"At present we write to you about everything{f' except {names}' if names else ''}."

    @property
    def choices(self) -> list[tuple[str, str]]:
        """What they may choose; the first changes nothing."""
        found = [(LEAVE, "Leave it as it is")]
        if self.campaign and not self.removed and self.campaign not in self.topics:
            found.append((TOPIC, f"Do not write to me about “{self.campaign.name}”"))
        if self.removed != preferences.REASON:
            found.append((NOTHING, "Do not write to me at all"))
        if self.removed == preferences.REASON or (self.topics and not self.removed):
            found.append((EVERYTHING, "Write to me about everything again"))
        return found


@bp.route("/stop/<path:token>", methods=["GET", "POST"])
def stop(token: str) -> str | Response:
    """Looking changes nothing. A choice that was made does, or the one line that a mail program posts."""
    form = StopForm()
    with desk.reading() as session:
        wishes = _wishes(session, token)
    forms.offer(form.choice, wishes.choices)
    if request.method == "POST" and request.form.get("List-Unsubscribe") == ONE_CLICK:
        if wishes.removed != preferences.REASON:
            _keep(wishes, NOTHING)
        return Response(DONE[NOTHING], mimetype="text/plain")  # for a program: no page, no cookie, no redirect
    if form.validate_on_submit():
        return _done(token, wishes, form.choice.data)
    return reader_pages.page("stop", form=form, wishes=wishes)


def _done(token: str, wishes: Wishes, choice: str) -> str:
    _keep(wishes, choice)
    with desk.reading() as session:
        return reader_pages.page("stop_saved", heading=DONE[choice], wishes=_wishes(session, token), stopped=choice in (TOPIC, NOTHING))


def _keep(wishes: Wishes, choice: str) -> None:
    person, at = wishes.person.id, desk.now()
    with desk.writing() as session:
        if choice == NOTHING:
            preferences.stop(session, person, by=READER, at=at)
        elif choice == TOPIC and wishes.campaign:
            preferences.stop(session, person, by=READER, at=at, about=wishes.campaign.id)
        elif choice == EVERYTHING:
            preferences.start(session, person, by=READER, at=at)


def _wishes(session: Session, token: str) -> Wishes:
    person, campaign = _asking(session, token)
    topics = [campaign_plans.get(session, topic) for topic in removals.topics(session, person.address)]
    removed = removals.among(session, [person.address]).get(person.address.casefold(), "")
    return Wishes(person, campaign, removed, topics)


def _asking(session: Session, token: str) -> tuple[Person, Campaign | None]:
    try:
        known = reader_pages.bearer(session, token, "stop")
    except NotFound:
        person_id = bearers.known_of_old(token, secrets=desk.settings().secrets)
        return reader_pages.not_erased(people.get(session, person_id)), None
    return reader_pages.reader(session, known), campaign_plans.get(session, known.campaign_id)
