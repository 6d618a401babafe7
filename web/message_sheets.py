"""Everything one page says about a message: its words, who gets it, when, who has signed, what was proposed, and what happened."""

from dataclasses import dataclass
from uuid import UUID

from sqlmodel import Session

from audiences import invitations
from campaigns.agreement import permits, releases, signatures, unsigned
from campaigns.agreement.releases import Release, ReleaseWithdrawn
from campaigns.briefings import tours
from campaigns.delivery import corrections
from campaigns.drafting import acceptances, comments, lint, messages, proposals, reviews
from campaigns.drafting.comments import COMMENTERS, Comment
from campaigns.drafting.lint import Finding
from campaigns.drafting.messages import Message, MessageWithdrawn, Revision
from campaigns.drafting.proposals import Proposal
from campaigns.drafting.terms import Terms
from campaigns.drafting.words import Words
from campaigns.foundation import lifecycles, log
from campaigns.foundation.errors import Refused
from campaigns.foundation.log import LogEntry
from campaigns.foundation.officers import WRITERS, Officer
from campaigns.planning import campaign_plans
from web import comparisons, desk, differences, histories, loads, readership, signature_boxes, states
from web import findings as finding_pages
from web.comparisons import Comparison
from web.differences import Change
from web.histories import Line
from web.readership import Readership
from web.signature_boxes import Box
from web.words import quoted


@dataclass(frozen=True)
class Suggestion:
    """A proposal, with what it would change, whether this officer may answer it, and why nobody can accept it any more, if so."""

    proposal: Proposal
    changes: list[Change]
    may_answer: bool
    why_not_accept: str


@dataclass(frozen=True)
class Sheet:
    """The page."""

    message: Message
    revision: Revision
    words: Words
    names: dict[str, str]
    campaign: str
    release: Release | None
    state: str
    next_step: str
    goes: str
    terms: str
    why_not_sign: str
    may_write: bool
    may_let_go: bool
    may_resume: bool
    may_correct: bool
    may_comment: bool
    readership: Readership
    kept_back: str
    is_void: bool
    load: str
    findings: list[Finding]
    accepted: dict[str, str]
    boxes: list[Box]
    since_parent: Comparison | None
    suggestions: list[Suggestion]
    comments: list[Comment]
    reviewers: dict[UUID, str]
    history: list[Line]

    @property
    def is_editable(self) -> bool:
        """Whether the words may still change."""
        return self.message.state in lifecycles.before(lifecycles.MESSAGE, "revise")

    @property
    def may_submit(self) -> bool:
        """Whether nothing is known for which this draft would come back unsealed. One that a party returned has to be changed first."""
        is_free = self.state != "returned" or self.is_void
        return is_free and bool(self.readership.total) and not self.readership.blanks and not self.kept_back

    @property
    def may_withdraw(self) -> bool:
        """Whether there is something this officer could withdraw."""
        if self.release is None or self.message.state == "draft":
            return self.may_write and self.is_editable
        return self.may_write and states.may_withdraw(self.release)

    @property
    def to_accept(self) -> list[Finding]:
        """What must be resolved or accepted by name before it can be submitted."""
        return [finding for finding in self.findings if finding.must and finding.key not in self.accepted]

    @property
    def may_sign(self) -> bool:
        """Whether this officer could sign it now."""
        return not self.why_not_sign


def read(session: Session, message_id: UUID, *, officer: Officer, pace: float) -> Sheet:
    """Gather the page for one officer."""
    message = messages.get(session, message_id)
    revision = messages.current(session, message)
    words, names, release = revision.read(), readership.names(session), states.newest(session, message)
    state = states.of_message(session, message, release)
    stands = release if release and release.digest and release.revision == message.revision else None
    live = stands if stands and (state not in states.ENDED or stands.began_at) else None
    readers = readership.sealed(session, live) if live else readership.today(session, message, words)
    return Sheet(
        message=message,
        revision=revision,
        words=words,
        names=names,
        campaign=campaign_plans.get(session, message.campaign_id).name,
        release=release,
        state=state,
        next_step=_withdrawn(session, message, release) or states.next_step(session, state, release, pace=pace, at=desk.now()),
        goes=states.goes(session, release) if release and message.state != "draft" else "not chosen yet",
        terms=terms(session, words.terms),
        why_not_sign=why_not_sign(session, release, officer) if release else "Nothing waits for a signature.",
        may_write=officer.duty in WRITERS,
        may_let_go=release is not None and permits.may_let_go(session, release, officer),
        may_resume=release is not None and permits.may_resume(session, release, officer),
        may_correct=release is not None and _may_correct(session, release, officer),
        may_comment=officer.duty in COMMENTERS,
        readership=readers,
        kept_back=kept_back(session, words) if message.state == "draft" else "",
        is_void=bool(release and unsigned.void(session, [release])),
        load=loads.warning(session, readers.places, message.id) if message.state in ("draft", "submitted") else "",
        findings=finding_pages.of_message(session, message),
        accepted=acceptances.accepted_by(session, message.id, message.revision),
        boxes=signature_boxes.of_release(session, release, state),
        since_parent=comparisons.with_parent(session, message, words),
        suggestions=_suggestions(session, message, words, officer),
        comments=comments.of_message(session, message.id),
        reviewers=reviews.names(session, message.id),
        history=history(session, message_id),
    )


def _withdrawn(session: Session, message: Message, release: Release | None) -> str:
    """Of a message that was withdrawn before it was submitted, or after it had come back: that nothing happens, and why. Empty of any other."""
    if message.state != "withdrawn" or (release is not None and release.state == "withdrawn"):
        return ""
    reason = log.of_kinds(session, message.id, MessageWithdrawn.__name__)[-1].payload["reason"]
    return f"Nothing: it was withdrawn, and will not be sent. The reason: {quoted(reason.rstrip('.'))}."


def kept_back(session: Session, words: Words) -> str:
    """Why words cannot be submitted now, as their latest time has passed, or for the briefings they invite to; empty where nothing keeps them."""
    try:
        words.check(at=desk.now())
        invitations.occasions_of(session, words, at=desk.now())
    except Refused as refusal:
        return refusal.sentence
    return ""


def terms(session: Session, under: Terms) -> str:
    """What it goes under, in sentences, with the tour that it follows by its name."""
    tour = tours.named(session, under.follows_up) if under.follows_up else None
    return ". ".join(under.said(tour.name if tour else "")) + "."


def why_not_sign(session: Session, release: Release, officer: Officer) -> str:
    """Why this officer cannot sign this release now; empty when they can."""
    if not releases.is_current(session, release):
        return "The words changed after this was submitted."
    try:
        signatures.admit(releases.asked(session, release, by=officer, at=desk.now()))
    except Refused as refusal:
        return refusal.sentence
    return ""


def history(session: Session, message_id: UUID) -> list[Line]:
    """Every event of the message and its releases, the newest first; what readers and their mail servers did, a line for all of a kind."""
    subjects = [message_id, *(release.id for release in releases.of_message(session, message_id))]
    each = histories.lines(_once(log.history(session, *subjects, but=histories.MACHINERY | histories.FOR_EACH_READER)))
    together = histories.together(log.newest_of(session, *subjects, kinds=histories.FOR_EACH_READER))
    return sorted([*each, *together], key=lambda line: line.at)[::-1]


def _once(entries: list[LogEntry]) -> list[LogEntry]:
    """Whoever withdraws a release withdraws its message with it: two facts of one act, told as one."""
    at_once = {entry.at for entry in entries if entry.kind == ReleaseWithdrawn.__name__}
    return [entry for entry in entries if entry.kind != MessageWithdrawn.__name__ or entry.at not in at_once]


def findings(words: Words) -> list[str]:
    """What readers will see as plain text though somebody may have meant it otherwise, or left it open for later, with its line."""
    return [f"{finding.where}: {finding.said}" for finding in lint.typed(words)]


def _may_correct(session: Session, release: Release, officer: Officer) -> bool:
    """Whether this officer may begin a correction of what went and was withdrawn, or did not all go."""
    return officer.duty in WRITERS and states.went_and_ended(release) and corrections.may_begin(session, release)


def _suggestions(session: Session, message: Message, words: Words, officer: Officer) -> list[Suggestion]:
    return [
        Suggestion(
            proposal,
            differences.of_words(words, Words.model_validate(proposal.words), readership.said(session)),
            officer.duty in WRITERS and officer.id != proposal.by_id,
            proposals.why_not_accept(message, proposal),
        )
        for proposal in proposals.open_for(session, message.id)
    ]
