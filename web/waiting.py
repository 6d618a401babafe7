"""What waits for an officer: each thing a sentence, since when, and one button that leads to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import url_for
from sqlmodel import Session

from audiences import outlooks, suggestions, vacancies
from campaigns.agreement import parties, releases, schedules
from campaigns.agreement.releases import Release, ReleaseAgreed
from campaigns.agreement.schedules import SendingStopped
from campaigns.delivery import deliveries, incoming, windowless
from campaigns.delivery.timing import LettersHaveNoWindow
from campaigns.drafting import messages, proposals
from campaigns.drafting.messages import Message
from campaigns.foundation import clock, log
from campaigns.foundation.log import Event
from campaigns.foundation.officers import WRITERS, Officer
from web import message_sheets, states
from web.words import many

UNFINISHED = ("sending", "stopped", "sent", "withdrawn", "missed")
LATELY = timedelta(days=14)  # after its end; who has not written again by then does not mean to


@dataclass(frozen=True)
class Task:
    """Something to do: a sentence, since when it waits, and the one button."""

    sentence: str
    since: datetime
    button: str
    address: str


@dataclass(frozen=True)
class Blocked:
    """Something that does not go on, and by whom or what."""

    title: str
    sentence: str
    since: datetime
    address: str


def for_officer(session: Session, officer: Officer, *, at: datetime) -> list[Task]:
    """Everything this officer could do next, oldest first."""
    if officer.duty not in WRITERS:
        return []
    tasks = [
        *_to_sign(session, officer),
        *_to_schedule(session, officer),
        *_to_let_go_on(session, officer),
        *_unclear(session),
        *_without_a_window(session, at),
        *_to_mend(session, officer),
        *_to_answer(session, officer),
        *_to_correct(session),
        *_mail(session),
        *_left_empty(session),
    ]
    return sorted(tasks, key=lambda task: task.since)


def blocked(session: Session, officer: Officer, *, at: datetime) -> list[Blocked]:
    """What is stopped, what waits for somebody else's signature, and what a quiet period keeps from somebody."""
    found = [
        Blocked(
            release.title, f"is stopped. {(release.reason or '').rstrip('.')}.", _since(session, release, SendingStopped), _page(release)
        )
        for release in releases.in_state(session, "stopped")
        if states.of_release(session, release) == "stopped" and not schedules.may_resume(release, officer)
    ]
    for release in releases.in_state(session, "sealed"):
        if states.of_release(session, release) == "agreed" and not states.may_let_go(release, officer):
            sentence = f"is agreed, and waits for an officer of {states.let_go_by(session, release)} to choose when it goes."
            found.append(Blocked(release.title, sentence, _since(session, release, ReleaseAgreed), _page(release)))
        missing = [party.name for party in releases.missing(session, release)]
        if missing and releases.is_current(session, release) and message_sheets.why_not_sign(session, release, officer):
            sentence = f"waits for {' and '.join(missing)} to sign." if releases.said(release) else "cannot be read, so nobody can sign it."
            found.append(Blocked(release.title, sentence, release.sealed_at or release.submitted_at, _page(release)))
    found += [
        Blocked(release.title, f"is held back{clash.said}", release.sealed_at or release.submitted_at, _page(release))
        for clash, release in outlooks.blocked(session, at=at)
    ]
    return sorted(found, key=lambda thing: thing.since)


def _to_sign(session: Session, officer: Officer) -> list[Task]:
    return [
        Task(
            f"“{release.title}” waits for {parties.name(session, officer.party)}’s signature.",
            release.sealed_at or release.submitted_at,
            "Read and sign",
            url_for("signing.read", release_id=release.id),
        )
        for release in releases.in_state(session, "sealed")
        if not message_sheets.why_not_sign(session, release, officer)
    ]


def _to_schedule(session: Session, officer: Officer) -> list[Task]:
    return [
        Task(
            f"“{release.title}” is agreed by both parties, to go by {clock.say(release.latest_send)}.",
            _since(session, release, ReleaseAgreed),
            "Choose when it goes",
            url_for("scheduling.schedule", release_id=release.id),
        )
        for release in releases.in_state(session, "sealed")
        if states.of_release(session, release) == "agreed" and states.may_let_go(release, officer)
    ]


def _to_let_go_on(session: Session, officer: Officer) -> list[Task]:
    return [
        Task(
            f"“{release.title}” is stopped. {(release.reason or '').rstrip('.')}. Your party can let it go on.",
            _since(session, release, SendingStopped),
            "Look at it",
            _page(release),
        )
        for release in releases.in_state(session, "stopped")
        if states.of_release(session, release) == "stopped" and schedules.may_resume(release, officer)
    ]


def _unclear(session: Session) -> list[Task]:
    found = []
    for release in releases.in_state(session, *UNFINISHED):
        if number := deliveries.tally(session, release)["held"]:
            sentence = f"{many(number, 'letter')} of “{release.title}” {'needs' if number == 1 else 'need'} you: nothing shows whether {'it' if number == 1 else 'they'} went, or {'it' if number == 1 else 'they'} could not be sent."
            address = url_for("deliveries.show", release_id=release.id, _anchor="needs-you")
            found.append(Task(sentence, release.began_at or release.submitted_at, "Decide", address))
    return found


def _without_a_window(session: Session, at: datetime) -> list[Task]:
    """Letters that do not go any more, unless somebody withdrew them or said that they are dealt with, or that is long past."""
    found = []
    for release in releases.in_state(session, *UNFINISHED):
        number, is_past = windowless.number(session, release), release.ended_at is not None and at - release.ended_at >= LATELY
        if number and not is_past and not windowless.dealt_with(session, release.id, number):
            sentence = f"{many(number, 'letter')} of “{release.title}” {'does' if number == 1 else 'do'} not go: no window was left, or its latest time passed."
            address = url_for("deliveries.show", release_id=release.id, _anchor="no-window")
            since = release.ended_at or _since(session, release, LettersHaveNoWindow)
            found.append(Task(sentence, since, "See for whom, and decide", address))
    return found


def _to_mend(session: Session, officer: Officer) -> list[Task]:
    mine = [message for message in messages.every(session) if message.author_id == officer.id and message.state == "draft"]
    return [_mend(session, message) for message in mine]


def _mend(session: Session, message: Message) -> Task:
    release = states.newest(session, message)
    state = states.of_message(session, message, release)
    address = url_for("messages.show", message_id=message.id)
    if release is None or state == "draft":
        return Task(f"“{message.title}” is your draft, not yet submitted.", messages.current(session, message).at, "Go on", address)
    since = release.ended_at or release.sealed_at or release.submitted_at
    said = {"returned": "was returned for other words", "lapsed": "was not signed in time"}.get(state, state)
    why = f": “{release.reason}”" if release.reason else "."
    return Task(f"“{message.title}” {said}{why}", since, "Change the words", url_for("messages.edit", message_id=message.id))


def _to_answer(session: Session, officer: Officer) -> list[Task]:
    return [
        Task(
            f"{proposal.by_name} proposes other words for “{message.title}”.",
            proposal.at,
            "Look at them",
            url_for("messages.show", message_id=message.id, _anchor="proposals"),
        )
        for message in messages.every(session)
        if message.author_id == officer.id
        for proposal in proposals.open_for(session, message.id)
    ]


def _to_correct(session: Session) -> list[Task]:
    found = suggestions.waiting(session)
    if not found:
        return []
    sentence = f"{many(len(found), 'correction')} of who should be written to {'waits' if len(found) == 1 else 'wait'} for an answer."
    return [Task(sentence, found[0].at, "Look at them", url_for("corrections.every"))]


def _mail(session: Session) -> list[Task]:
    number = incoming.count_waiting(session)
    if not number:
        return []
    oldest = incoming.waiting(session, limit=1)[0]
    sentence = f"{many(number, 'mail')} that came in {'waits' if number == 1 else 'wait'} for an officer to say what {'it means' if number == 1 else 'they mean'}."
    return [Task(sentence, oldest.at, "Read what came in", url_for("replies.every"))]


def _left_empty(session: Session) -> list[Task]:
    return [
        Task(
            f"Nobody is left to write to as {vacancy.role} at {vacancy.place}.",
            since,
            "Find somebody",
            url_for("authorities.show", code=vacancy.code),
        )
        for vacancy, since in vacancies.standing(session)
    ]


def _since(session: Session, release: Release, what: type[Event]) -> datetime:
    """When this happened to a release last."""
    happened = log.of_kinds(session, release.id, what.__name__)
    return happened[-1].at if happened else release.sealed_at or release.submitted_at


def _page(release: Release) -> str:
    return url_for("releases.show", release_id=release.id)
