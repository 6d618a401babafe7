"""What waits for an officer: each thing a sentence, since when, and one button that leads to it."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from flask import url_for
from sqlmodel import Session

from audiences import outlooks, suggestions, vacancies
from audiences.suggestions import Suggestion
from audiences.vacancies import Vacancy
from campaigns.agreement import occasions, permits, releases, replaced, roster_changes, rosters, schedules, unsigned
from campaigns.agreement.releases import Release, ReleaseAgreed, ReleaseReturned
from campaigns.agreement.schedules import ReleaseLapsed, SendingStopped
from campaigns.delivery import incoming
from campaigns.drafting import messages, proposals
from campaigns.drafting.messages import Message, Revision
from campaigns.foundation import clock
from campaigns.foundation.log import Event
from campaigns.foundation.officers import WRITERS, Officer
from web import letter_tasks, signature_tasks, states, tour_tasks
from web.letter_tasks import Task
from web.signature_tasks import Sealed
from web.words import many, quoted

UNREADABLE = "cannot be read"
RETURNED: dict[str, tuple[str, type[Event]]] = {
    "returned": ("was returned", ReleaseReturned),
    "lapsed": ("was not signed in time", ReleaseLapsed),
}


@dataclass(frozen=True)
class Blocked:
    """Something that does not go on, and by whom or what."""

    title: str
    sentence: str
    since: datetime
    address: str


@dataclass(frozen=True)
class Reserve:
    """A holding line that both parties have agreed: nothing waits for it until it is needed. `address`: where it is let go, for whoever may."""

    release: Release
    whose: str
    address: str


def in_reserve(session: Session, officer: Officer, waits: list[Sealed]) -> list[Reserve]:
    """Holding lines to let go when they are needed, as long as they may go."""
    agreed = [one.release for one in waits if one.state == "agreed"]
    words = messages.revision_each(session, {release.message_id: release.revision for release in agreed}) if agreed else {}
    return [
        Reserve(
            release,
            states.let_go_by(session, release),
            url_for("scheduling.schedule", release_id=release.id) if permits.may_let_go(session, release, officer) else "",
        )
        for release in agreed
        if words[release.message_id].read().holding_line
    ]


def for_officer(session: Session, officer: Officer, waits: list[Sealed], *, at: datetime) -> list[Task]:
    """Everything this officer could do next: first what waits for a signature, which keeps the other party waiting too; of each, the oldest first.

    `waits`: what is sealed, but for what is in reserve.
    """
    if officer.duty not in WRITERS:
        return []
    others = [
        *_to_schedule(session, officer, waits),
        *_to_let_go_on(session, officer),
        *letter_tasks.tasks(session, at=at),
        *tour_tasks.tasks(session, at=at),
        *_to_mend(session, messages.drafts_of(session, officer.id)),
        *_to_answer(session, officer),
        *_about_people(session),
        *_mail(session),
    ]
    return [*_oldest_first(signature_tasks.tasks(session, officer, waits)), *_oldest_first(others)]


def blocked(session: Session, officer: Officer, waits: list[Sealed], reserve: Collection[UUID], *, at: datetime) -> list[Blocked]:
    """What is stopped, what waits for somebody else's signature, and what a quiet period keeps from somebody, but for releases in reserve."""
    stopped = [release for release in replaced.without(session, "stopped") if not schedules.is_theirs_to_resume(release, officer)]
    since = letter_tasks.since(session, stopped, SendingStopped) | _agreed_since(session, waits)
    found = [Blocked(release.title, _stopped(release), since[release.id], _page(release)) for release in stopped]
    for one in waits:
        release = one.release
        if one.state == "agreed" and not permits.may_let_go(session, release, officer):
            why = occasions.overtaken(session, releases.said(release))
            choice = f"waits for an officer of {states.let_go_by(session, release)} to choose when it goes."
            sentence = f"is agreed, and {f'cannot go. {why}' if why else choice}"
            found.append(Blocked(release.title, sentence, since[release.id], _page(release)))
        if one.state != "agreed" and not one.may_sign:
            sentence = "cannot be read, so nobody can sign it." if one.state == UNREADABLE else f"is {one.state} to sign."
            found.append(Blocked(release.title, sentence, release.sealed_at or release.submitted_at, _page(release)))
    found += _roster(session, officer)
    found += [
        Blocked(release.title, f"is held back{clash.said}", release.sealed_at or release.submitted_at, _page(release))
        for clash, release in outlooks.blocked(session, at=at)
        if release.id not in reserve
    ]
    return sorted(found, key=lambda thing: thing.since)


def _roster(session: Session, officer: Officer) -> list[Blocked]:
    """The roster that waits, for whoever cannot sign it, or has."""
    row = rosters.proposed(session)
    if row is None or (officer.duty == "signatory" and roster_changes.may_sign(session, row, officer)):
        return []
    sentence = f"is waiting for {' and '.join(party.name for party in roster_changes.missing(session, row))} to sign."
    return [Blocked(f"Roster {row.version} of the signatories", sentence, row.proposed_at, url_for("signatories.show"))]


def _oldest_first(tasks: list[Task]) -> list[Task]:
    return sorted(tasks, key=lambda task: task.since)


def _agreed_since(session: Session, waits: list[Sealed]) -> dict[UUID, datetime]:
    return letter_tasks.since(session, [one.release for one in waits if one.state == "agreed"], ReleaseAgreed)


def _to_schedule(session: Session, officer: Officer, waits: list[Sealed]) -> list[Task]:
    since = _agreed_since(session, waits)
    return [
        Task(
            f"“{release.title}” is agreed by both parties, to go by {clock.say(release.latest_send)}."
            + states.waited(session, release.campaign_id, states.waits_for(release)),
            since[release.id],
            "Choose when it goes",
            url_for("scheduling.schedule", release_id=release.id),
        )
        for release in (one.release for one in waits if one.state == "agreed")
        if permits.may_let_go(session, release, officer)
    ]


def _to_let_go_on(session: Session, officer: Officer) -> list[Task]:
    theirs = [release for release in replaced.without(session, "stopped") if schedules.is_theirs_to_resume(release, officer)]
    since, for_good = letter_tasks.since(session, theirs, SendingStopped), permits.stopped_for_good(session, theirs)
    return [
        Task(
            f"“{release.title}” {_stopped(release)} {'It cannot be resumed.' if release.id in for_good else 'Your party can resume it.'}",
            since[release.id],
            "Look at it",
            _page(release),
        )
        for release in theirs
    ]


def _to_mend(session: Session, drafts: list[Message]) -> list[Task]:
    if not drafts:
        return []
    newest = releases.newest_each(session, [message.id for message in drafts])
    words = messages.revision_each(session, {message.id: message.revision for message in drafts})
    since = {kind: letter_tasks.since(session, newest.values(), kind) for _, kind in RETURNED.values()}
    void = unsigned.void(session, newest.values())
    return [
        _not_submitted(session, message, words[message.id])
        if state == "draft" or (release := newest.get(message.id)) is None  # submitted while this is read
        else _mend(message, release, state, since, is_void=release.id in void)
        for message, state in states.of_messages(session, drafts)
    ]


def _not_submitted(session: Session, message: Message, words: Revision) -> Task:
    waited = states.waited(session, message.campaign_id, words.read().terms.waits_for)
    address = url_for("messages.show", message_id=message.id)
    return Task(f"“{message.title}” is your draft, not yet submitted.{waited}", words.at, "Go on", address)


def _mend(message: Message, release: Release, state: str, when: Mapping[type[Event], Mapping[UUID, datetime]], *, is_void: bool) -> Task:
    """What a party returned is changed first; anything else may be submitted as it is, where its page says so."""
    if state in RETURNED:
        said, ended = RETURNED[state]
        since = when[ended][release.id]
    else:
        said, since = state, release.ended_at or release.sealed_at or release.submitted_at
    why = f": {quoted(release.reason)}." if release.reason else "."
    button, page = ("Change the words", "messages.edit") if state == "returned" and not is_void else ("Go on", "messages.show")
    return Task(f"“{message.title}” {said}{why}", since, button, url_for(page, message_id=message.id))


def _to_answer(session: Session, officer: Officer) -> list[Task]:
    return [
        Task(
            f"{proposal.by_name} proposes other words for “{message.title}”.",
            proposal.at,
            "Look at them",
            url_for("messages.show", message_id=message.id, _anchor="proposals"),
        )
        for proposal, message in proposals.open_to(session, officer.id)
    ]


def _about_people(session: Session) -> list[Task]:
    """Corrections, and the posts in which nobody is left: what says so is a correction too, and is counted once."""
    left = vacancies.standing(session)
    told = {vacancy.person_id for vacancy, _ in left}
    found = [one for one in suggestions.waiting(session) if one.kind != suggestions.NOBODY_LEFT or one.person_id not in told]
    return [*_to_correct(found), *_left_empty(left)]


def _to_correct(found: list[Suggestion]) -> list[Task]:
    if not found:
        return []
    one = len(found) == 1
    sentence = f"{many(len(found), 'correction')} to who we write to {'needs' if one else 'need'} an answer."
    return [Task(sentence, found[0].at, "Answer it" if one else "Answer them", url_for("corrections.every"))]


def _mail(session: Session) -> list[Task]:
    number = incoming.count_waiting(session)
    if not number:
        return []
    oldest = incoming.waiting(session, limit=1)[0]
    sentence = f"{many(number, 'incoming mail')} {'needs' if number == 1 else 'need'} an officer to say what {'it means' if number == 1 else 'they mean'}."
    return [Task(sentence, oldest.at, "Read what came in", url_for("replies.every"))]


def _left_empty(left: list[tuple[Vacancy, datetime]]) -> list[Task]:
    """One post leads to its authority; of several the page would be all theirs, so they are one thing to do. A post that was filled and emptied
    again is one, since it was emptied last.
    """
    if not left:
        return []
    posts = {(vacancy.code, vacancy.role): (vacancy, since) for vacancy, since in sorted(left, key=lambda pair: pair[1])}
    vacancy, since = min(posts.values(), key=lambda pair: pair[1])
    if len(posts) == 1:
        address = url_for("authorities.show", code=vacancy.code)
        return [Task(f"Nobody is left to write to as {vacancy.role} at {vacancy.place}.", since, "Find somebody", address)]
    sentence = f"Nobody is left to write to in {len(posts):,} posts, the first of them {vacancy.role} at {vacancy.place}."
    return [Task(sentence, since, "See in which", url_for("corrections.every"))]


def _page(release: Release) -> str:
    return url_for("releases.show", release_id=release.id)


def _stopped(release: Release) -> str:
    """`was stopped by …`, or that it is stopped and why."""
    return f"is stopped. {(release.reason or '').rstrip('.')}.".replace("is stopped. Stopped by", "was stopped by", 1)
