"""Where a message or release stands, in the words officers use, and what happens next and who does it."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from sqlmodel import Session

from campaigns.agreement import leads, occasions, parties, permits, releases, reminders, replaced, unsigned
from campaigns.agreement.parties import Party
from campaigns.agreement.releases import Release
from campaigns.briefings import tours
from campaigns.delivery import corrections, deliveries, departures, halts, heartbeats
from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from campaigns.foundation import clock, lifecycles
from campaigns.foundation.lifecycles import RELEASE
from campaigns.planning import milestones
from web.words import many, quoted

SAID = {
    "sealing": "being sealed",
    "unsealed": "could not be sealed",
    "sending": "going out",
    "sent": "gone out",
    "superseded": "replaced",
}
LATE = timedelta(minutes=2)  # what is due begins within seconds
ENDED = frozenset({"returned", "replaced", "withdrawn", "missed", "lapsed", "could not be sealed"})  # nothing more happens then


def may_withdraw(release: Release) -> bool:
    """Whether there is something to withdraw: it may still go, or has gone, in whole or in part."""
    return release.state in lifecycles.before(RELEASE, "withdraw") and (release.state != "missed" or release.began_at is not None)


def went_and_ended(release: Release) -> bool:
    """Whether it had begun, under standing signatures, before it was withdrawn or its time was over."""
    return release.state in ("withdrawn", "missed") and release.began_at is not None


def of_release(session: Session, release: Release) -> str:
    """A release's state as it is said on screen."""
    return of_each(session, [release])[release.id]


def of_each(session: Session, found: Collection[Release]) -> dict[UUID, str]:
    """The same of many, in a few questions however many there are."""
    others = replaced.among(session, [one.id for one in found if one.state in lifecycles.before(RELEASE, "supersede")])
    missing = unsigned.missing(session, [one for one in found if one.state == "sealed" and one.id not in others])
    went = departures.went(session, [one.id for one in found if one.state == "sent"])
    said = {one.id: SAID.get(one.state, one.state) for one in found}
    said |= {one.id: _signed(one, missing[one.id]) for one in found if one.id in missing}
    said |= {one.id: "nothing went" for one in found if one.state == "sent" and one.id not in went}
    return said | dict.fromkeys(others, "replaced")


def of_messages(session: Session, found: Iterable[Message]) -> list[tuple[Message, str]]:
    """Messages, each with its state, in a few questions however many there are."""
    each = {message.id: message for message in found}
    newest = releases.newest_each(session, each)
    said = of_each(session, newest.values())
    return [(message, _of_message(message, newest.get(key), said)) for key, message in each.items()]


def of_message(session: Session, message: Message, release: Release | None) -> str:
    """A message's state: its newest release's, or that it is a draft."""
    return _of_message(message, release, of_each(session, [release] if release else []))


def newest(session: Session, message: Message) -> Release | None:
    """The release submitted last, if any."""
    return next(iter(releases.of_message(session, message.id)), None)


def next_step(session: Session, state: str, release: Release | None, *, pace: float, at: datetime) -> str:
    """What happens next, and who does it, as it is at this moment."""
    if release is None or state == "draft":
        return "An officer finishes the words and submits them. HSE and LACoRS are then both asked to sign."
    if state.startswith("waiting for"):
        return _signatures(session, release)
    if state == "being sealed" and (nobody := heartbeats.nobody(session, at=at)):
        return f"It waits to be sealed. {nobody}"
    if state == "going out":
        return _going(session, release, pace, at)
    if state == "scheduled" and release.scheduled_for:
        return _scheduled(session, release, release.scheduled_for, at)
    if state == "agreed":
        return _agreed(session, release)
    reason = (release.reason or "no reason was kept").strip().rstrip(".")
    if went_and_ended(release):
        said = _ONCE_BEGUN[state].format(reason=quoted(reason), went=went(session, release))
        return f"{_correction(session, release)} {said}".lstrip()
    said = _told(session, state, release).format(reason=quoted(reason), bare=reason)
    return f"{said} {_once_stopped(session, release, at)}" if state == "stopped" else said


def went(session: Session, release: Release) -> str:
    """To how many of its readers it may have gone by now, as a sentence; what a worker has in hand, most of which has not, is said beside."""
    in_hand = deliveries.counted(session, release.id).get("attempting", 0)
    number, people = departures.readers(session, release)
    if not number and not in_hand:
        return "None of its letters has left."
    beside = f", and {many(in_hand, 'letter is', 'letters are')} in hand" if in_hand else ""
    return f"It went, or may have gone, to {number:,} of {many(people, 'reader')}{beside}; letters that have gone cannot be called back."


def goes(session: Session, release: Release) -> str:
    """From when its letters go, as was chosen: at a moment, within windows, or before briefings. What ended before that goes at no time."""
    if release.began_at is None and of_release(session, release) in ENDED:
        return "not any more"
    if release.scheduled_for is None:
        return "not chosen yet"
    if lead := leads.of(session, release.id):
        return f"{lead.said} on the tour “{tours.tour(session, lead.tour_id).name}”, from {clock.say(release.scheduled_for)}"
    within = ", to each authority within its own windows" if release.in_windows else ""
    return f"{clock.say(release.scheduled_for)}{within}"


def let_go_by(session: Session, release: Release) -> str:
    """Whose officers choose when it goes: of a holding line, whose it was signed that they do."""
    said = releases.said(release)
    named = [parties.name(session, code) for code in said.let_go_by] if said else []
    return named[0] if len(named) == 1 else "either party"


def awaited(session: Session, release: Release) -> str:
    """The milestone that it was signed to wait for, as a sentence with a blank before it; empty where there is none, or it is recorded."""
    name = waits_for(release)
    return "" if milestones.is_reached(session, release.campaign_id, name) else waited(session, release.campaign_id, name)


def waited(session: Session, campaign_id: UUID, name: str) -> str:
    """What something of a campaign waits for, as such a sentence, or that it has happened; empty where it waits for nothing."""
    if not name:
        return ""
    said = "What it waited for has happened" if milestones.is_reached(session, campaign_id, name) else "It waits for this to be recorded"
    return f" {said}: {name}."


def waits_for(release: Release) -> str:
    """The name of the milestone that a release was signed to wait for, if any."""
    said = releases.said(release)
    return said.goes_under.waits_for if said else ""


def _of_message(message: Message, release: Release | None, said: Mapping[UUID, str]) -> str:
    if message.state == "withdrawn":
        return "withdrawn"
    if release is None or (message.state == "draft" and release.revision < message.revision):
        return "draft"
    return said[release.id]


def _signed(release: Release, missing: list[Party]) -> str:
    if releases.said(release) is None:
        return "cannot be read"
    return f"waiting for {' and '.join(party.name for party in missing)}" if missing else "agreed"


def _agreed(session: Session, release: Release) -> str:
    if why := occasions.overtaken(session, releases.said(release)):
        return f"Both parties have signed, but it cannot go. {why} Then withdraw this one."
    who, until = let_go_by(session, release), clock.say(release.latest_send)
    return f"Both parties have signed.{awaited(session, release)} An officer of {who} chooses when it goes, until {until}."


def _going(session: Session, release: Release, pace: float, at: datetime) -> str:
    if halted := halts.shown(session, at=at):
        return f"{halted} Either party may stop it."
    tally = deliveries.tally(session, release)
    if tally["held"] and tally["held"] == sum(tally[state] for state in deliveries.UNFINISHED):
        return f"Nothing more leaves by itself: an officer must decide about {many(tally['held'], 'letter')}."
    leaves = "Letters leave as each reader’s own turn comes" if release.in_windows else "Letters leave one after another"
    return f"{leaves}, at most {pace:,.10g} a second. Either party may stop them."


def _scheduled(session: Session, release: Release, begins: datetime, at: datetime) -> str:
    when, halted = clock.say(begins), halts.shown(session, at=at)
    if begins + LATE < at:
        return f"It was due to go out on {when}, but has not begun. {halted or heartbeats.TELL} Either party may stop it."
    return " ".join(filter(None, [_begins(session, release, when), halted, "Either party may stop it, before or while it goes."]))


def _once_stopped(session: Session, release: Release, at: datetime) -> str:
    """Of what is stopped: who lets it go on, if anybody can; and how much of it went or, where it had not begun, when it goes then."""
    gone = f" {went(session, release)}" if release.began_at else ""
    if permits.stopped_for_good(session, [release]):
        return f"It cannot be resumed: withdraw it, and have a new message signed for those it has not gone to.{gone}"
    stoppers = [parties.name(session, code) for code in release.stoppers]
    lets = f"{' and '.join(stoppers)} {'resume' if len(stoppers) > 1 else 'resumes'}" if stoppers else "an officer resumes"
    then = release.scheduled_for
    begins = _begins(session, release, clock.say(then)) if then and then > at else "It goes out at once."
    return f"Nothing leaves until {lets} it.{gone or f' Then {begins[0].lower()}{begins[1:]}'}"


def _begins(session: Session, release: Release, when: str) -> str:
    if lead := leads.of(session, release.id):
        return f"From {when} on, letters leave by themselves, {lead.said}."
    if release.in_windows:
        return f"From {when} on, letters leave by themselves as each reader’s own turn comes."
    return f"It goes out by itself on {when}."


_OTHER = {
    "being sealed": "Countersign makes each audience's letter and fixes who gets it. Then HSE and LACoRS are asked to sign. You need not wait here.",
    "could not be sealed": "{bare}. Put this right in the words or the audiences, and submit it again.",
    "cannot be read": "What was sealed can no longer be read, so nobody can sign it and nothing is sent. Withdraw it, or return it and submit the words again.",
    "returned": "It was returned: {reason}. An officer puts that right and submits it again.",
    "stopped": "{bare}.",
    "gone out": "Nothing: every letter has its outcome. The coverage page counts who has been written to.",
    "nothing went": "None of its letters went: their windows closed, or they were refused or taken off. To write to these readers, send a new message that both parties sign.",
    "withdrawn": "Nothing: it was withdrawn, so letters that had not gone will not go. The reason: {reason}.",
    "missed": "Its latest time to send passed before it began, so none of its letters went. Give it a later time, and submit it again.",
    "lapsed": "The two parties did not both sign in time. Submit it again to ask for their signatures.",
    "replaced": "Nothing: the words changed after this was submitted, so it can no longer be signed or sent.",
}

_SINCE = {  # the message was submitted again
    "could not be sealed": "Nothing: the message has been submitted again. This one could not be sealed: {bare}.",
    "returned": "Nothing: the message has been submitted again. It had been returned: {reason}.",
    "missed": "Nothing: the message has been submitted again. The latest time of this one passed before it began, so none of its letters went.",
    "lapsed": "Nothing: the message has been submitted again, because the two parties had not both signed in time.",
}

_ONCE_BEGUN = {
    "withdrawn": "It was withdrawn: {reason}. {went} Anybody who checks a letter’s reference is told that it was withdrawn.",
    "missed": "Its latest time to send has passed. Letters that had not gone will not go. {went}",
}


def _told(session: Session, state: str, release: Release) -> str:
    if state in _SINCE and messages.get(session, release.message_id).state == "withdrawn":
        return "Nothing: the message was withdrawn."
    return (_SINCE if state in _SINCE and releases.is_followed(session, release) else _OTHER)[state]


def _correction(session: Session, release: Release) -> str:
    if (begun := corrections.standing(session, release.id)) is None:
        return "An officer can draft a correction for the readers it went to." if corrections.may_begin(session, release) else ""
    return f"Its correction is “{begun.title}”: {of_message(session, begun, newest(session, begun))}."


def _signatures(session: Session, release: Release) -> str:
    missing = [party.name for party in releases.missing(session, release)]
    signed = [party.name for party in parties.required(session) if party.name not in missing]
    due = f"by {clock.say(reminders.due_by(release))}"
    if len(missing) > 1:
        return f"A signatory of {missing[0]} and a signatory of {missing[1]} each read what would be sent, and sign it or return it {due}."
    return f"{' and '.join(signed)} has signed. A signatory of {missing[0]} reads what would be sent, and signs it or returns it {due}."
