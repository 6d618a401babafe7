"""A release: one revision on its way to both parties, sealed so that what they sign is what is sent.

Approval is never stored: it is deduced from the signatures that stand (see gate.py). Once the message has a newer revision, its older releases are
*replaced*, whatever their rows say. Source: HELA paper, Annex 2 ("jointly agreed between HSE and LACoRS").
"""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement import manifest, parties, signatures, standing
from campaigns.agreement.identity import Evidence
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.parties import Party
from campaigns.agreement.signatures import Request, Signature
from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from campaigns.foundation import database, lifecycles, log, officers
from campaigns.foundation.errors import GateClosed, NotAllowedNow, Stale
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer


class RevisionSubmitted(Event):
    """A revision is to be sealed for both parties."""

    release: UUID


class ReleaseSigned(Event):
    """One party signed."""

    party: str
    digest: str


class ReleaseAgreed(Event):
    """Both parties' signatures stand on the same bytes."""

    digest: str


class ReleaseReturned(Event):
    """A party wants other words; the message is a draft again."""

    reason: str


class ReleaseWithdrawn(Event):
    """A party stopped the release for good or, once it had gone, no longer stands by it."""

    reason: str


class Release(SQLModel, table=True):
    """One row per submitted revision. `digest` and `manifest` are null until it is sealed."""

    __tablename__ = "releases"

    id: UUID = Field(default_factory=uuid4, primary_key=True)
    message_id: UUID = Field(foreign_key="messages.id", index=True)
    campaign_id: UUID = Field(foreign_key="campaigns.id", index=True)
    revision: int
    reference: str
    title: str
    state: str = Field(default="sealing", index=True)
    manifest: bytes | None = Field(default=None, sa_type=sa.LargeBinary)
    digest: str | None = None
    not_before: datetime | None = None
    latest_send: datetime
    submitted_by: str
    submitted_at: datetime
    sealed_at: datetime | None = None
    people: int = 0
    sealed: int = 0
    claim: UUID | None = None
    claimed_until: datetime | None = None
    link_key: str = ""  # the id of the key that its readers' links were made with
    choice: str = ""  # of a holding line or an invitation: which of the sealed cases goes
    in_windows: bool = False  # whether each letter waits for its authority's own window
    scheduled_for: datetime | None = None
    began_at: datetime | None = None
    ended_at: datetime | None = None
    stopped_by: str | None = None
    reason: str | None = None

    @property
    def stoppers(self) -> list[str]:
        """The parties that want it stopped, by code; empty when the gate stopped it, or nobody."""
        return (self.stopped_by or "").split()


def submit(session: Session, message_id: UUID, *, by: Officer, at: datetime) -> UUID:
    """Send the current words to both; a worker seals them. Older releases are superseded. Refuses all but a draft, and a time gone by."""
    officers.require_writer(by)
    message = messages.move(session, message_id, "submit")
    words = messages.current(session, message).read()
    words.check(at=at)
    _supersede_older(session, message)
    copied: dict[str, Any] = {name: getattr(message, name) for name in ("campaign_id", "revision", "reference", "title")}
    copied |= {"not_before": words.not_before, "latest_send": words.latest_send}
    release = Release(message_id=message.id, **copied, submitted_by=by.name, submitted_at=at)
    session.add(release)
    log.record(session, RevisionSubmitted(release=release.id), subject=release.id, by=by.name, at=at)
    return release.id


def sign(session: Session, release_id: UUID, *, seen: str, evidence: Evidence, by: Officer, at: datetime) -> None:
    """Add `by`'s signature for their party over exactly the bytes they saw (`seen`: the digest the form showed).

    Refuses `Stale` when the release is no longer the one shown, `NotYours` for another party, an editor of the words, somebody outside
    the roster or a second signature, and evidence that does not verify. Source: HELA paper, Annex 2, Communications.
    """
    release = get(session, release_id, lock=True)
    require_current(session, release, seen)
    request = asked(session, release, by=by, at=at)
    signatures.admit(request)
    signatures.add(request, release.id, release.manifest or b"", digest=seen, evidence=evidence)
    log.record(session, ReleaseSigned(party=str(by.party), digest=seen), subject=release.id, by=by.name, at=at)
    if not missing(session, release):
        log.record(session, ReleaseAgreed(digest=seen), subject=release.id, by=by.name, at=at)


def asked(session: Session, release: Release, *, by: Officer, at: datetime) -> Request:
    """Everything that decides whether `by` may sign this release now (see signatures.admit). Refuses one that is not sealed, or while no roster stands."""
    if release.manifest is None:
        raise NotAllowedNow(f"This release {lifecycles.said(release.state)}; it is not waiting for signatures.")
    editors, given = messages.editors(session, release.message_id), signatures.given(session, release.id)
    return Request(session, release.state, read(release), release.campaign_id, standing.chain(session).in_force(at), given, editors, by, at)


def return_(session: Session, release_id: UUID, *, reason: str, by: Officer, at: datetime) -> None:
    """Ask for other words: the message is a draft again, and every signature on this release is void. Needs a reason; refuses a replaced release."""
    officers.require_writer(by)
    lock(session, release_id)
    release = move(session, release_id, "return", reason=messages.plain_reason(reason))
    if not is_current(session, release):
        raise NotAllowedNow("This was replaced: the words changed after it was submitted, so there is nothing left to return.")
    messages.move(session, release.message_id, "return")
    log.record(session, ReleaseReturned(reason=reason.strip()), subject=release_id, by=by.name, at=at)


def withdraw(session: Session, release_id: UUID, *, reason: str, by: Officer, at: datetime) -> None:
    """Stop a release for good, for either party. What has gone stays gone, and its reference says that it was withdrawn. Needs a reason."""
    officers.require_writer(by)
    lock(session, release_id)
    release = move(session, release_id, "withdraw", reason=messages.plain_reason(reason), ended_at=at)
    if is_current(session, release):
        messages.withdraw(session, release.message_id, reason=reason.strip(), by=by, at=at)
    log.record(session, ReleaseWithdrawn(reason=reason.strip()), subject=release_id, by=by.name, at=at)


def get(session: Session, release_id: UUID, *, lock: bool | dict[str, bool] = False) -> Release:
    """The release; refuses an unknown id. `lock` locks its row until the transaction ends; a dict is passed on to `FOR UPDATE`."""
    return database.get(session, Release, release_id, "There is no such release.", lock=lock)


def lock(session: Session, release_id: UUID) -> Release:
    """Lock a release and its message until the transaction ends: the message first, as `submit` does, or two would wait for each other."""
    messages.get(session, get(session, release_id).message_id, lock=True)
    return get(session, release_id, lock=True)


def of_message(session: Session, message_id: UUID) -> list[Release]:
    """A message's releases, the newest first."""
    return list(session.exec(select(Release).where(Release.message_id == message_id).order_by(col(Release.submitted_at).desc())))


def newest_each(session: Session, message_ids: Collection[UUID]) -> dict[UUID, Release]:
    """The release submitted last for each of these messages that has one."""
    theirs = select(Release).where(col(Release.message_id).in_(message_ids)).order_by(col(Release.submitted_at))
    return {release.message_id: release for release in session.exec(theirs)}


def read(release: Release) -> Manifest:
    """The manifest in its stored bytes; refuses a release that is not sealed, and bytes that are altered or of an older kind."""
    try:
        return manifest.read(release.manifest or b"")
    except (ValueError, KeyError, TypeError, RecursionError) as fault:
        raise GateClosed("Its stored bytes cannot be read.") from fault


def said(release: Release) -> Manifest | None:
    """The manifest; None where `read` refuses."""
    try:
        return read(release)
    except GateClosed:
        return None


def in_state(session: Session, *states: str) -> list[Release]:
    """Releases by state, oldest first."""
    return list(session.exec(select(Release).where(col(Release.state).in_(states)).order_by(col(Release.submitted_at), col(Release.id))))


def is_current(session: Session, release: Release) -> bool:
    """Whether the message still says what this release sealed."""
    return messages.get(session, release.message_id).revision == release.revision


def is_followed(session: Session, release: Release) -> bool:
    """Whether the message was submitted again after this release."""
    later = col(Release.message_id) == release.message_id, col(Release.submitted_at) > release.submitted_at
    return session.connection().scalar(sa.select(col(Release.id)).where(*later).limit(1)) is not None


def require_current(session: Session, release: Release, seen: str) -> None:
    """Refuse, with what changed, when the release is no longer the one that was shown."""
    if not is_current(session, release):
        raise Stale("The words changed after this page was shown to you. Nothing was signed.", changes=_changes(session, release))
    if release.digest != seen or manifest.digest(release.manifest or b"") != seen:
        raise Stale("What you saw is not what would be sent. Read it again before you sign.")


def missing(session: Session, release: Release) -> list[Party]:
    """The parties that have not signed these bytes as often as their risk asks for; all of them, if the bytes cannot be read."""
    return lacking(release, signatures.given(session, release.id), parties.required(session))


def lacking(release: Release, given: Iterable[Signature], required: list[Party]) -> list[Party]:
    """The same, from the signatures `given` on the release and the parties `required`."""
    found, digest = said(release), manifest.digest(release.manifest or b"")
    signed = [signature.party for signature in given if signature.digest == digest]
    return [party for party in required if found is None or signed.count(party.code) < found.risk.signatures]


def move(session: Session, release_id: UUID, verb: str, **columns: object) -> Release:
    """Move a release along its life and set the columns that go with the move; refuses a move that its state does not have."""
    release = get(session, release_id, lock=True)
    release.sqlmodel_update({"state": lifecycles.move(lifecycles.RELEASE, release.state, verb), **columns})
    return release


def _supersede_older(session: Session, message: Message) -> None:
    older = col(Release.message_id) == message.id, col(Release.state).in_(lifecycles.before(lifecycles.RELEASE, "supersede"))
    session.exec(sa.update(Release).where(*older).values(state="superseded"))


def _changes(session: Session, release: Release) -> list[str]:
    before = messages.revision(session, release.message_id, release.revision).words
    after = messages.current(session, messages.get(session, release.message_id))
    names = [name.replace("_", " ") for name in after.words if after.words[name] != before.get(name)]
    return [f"{after.by_name} changed the {name}." for name in names] or [f"{after.by_name} changed the words and changed them back."]
