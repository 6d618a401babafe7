"""A disclosure: everything held about a subject over a time, in one folder, without anybody's name or address that need not be there.

For a request under the Freedom of Information Act 2000; personal data of readers is withheld under its section 40 and counted instead. What an
officer still has to read is said in README.txt: a program finds addresses and known names, not what identifies somebody by other words.
"""

from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time
from uuid import UUID

from sqlmodel import Session, col, select

from audiences import exports, papers, spoken_of
from audiences.papers import Redactor
from campaigns.agreement import bundles, releases
from campaigns.agreement.releases import Release
from campaigns.delivery import incoming
from campaigns.drafting import comments, messages, proposals, searches
from campaigns.drafting.messages import Message
from campaigns.foundation import clock, log, officers
from campaigns.foundation.errors import Invalid, NotAllowedNow, Problem
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.officers import Officer
from campaigns.foundation.wording import many

SHORTEST = 2

Tell = Callable[[LogEntry], str]


class Disclosed(Event):
    """What was held about a subject was put into a folder; the subject may be somebody's name, and is not told here."""

    messages: int
    files: int
    withheld: int
    start: date
    end: date


@dataclass(frozen=True)
class Request:
    """What is asked for: a text, taken letter by letter, and the days from and to, both included."""

    about: str
    start: date
    end: date

    def check(self) -> None:
        """Refuse a request that cannot be searched for."""
        problems = []
        if len(self.about.strip()) < SHORTEST:
            problems.append(Problem("about", f"Say what it is about, in at least {SHORTEST} characters."))
        if self.end < self.start:
            problems.append(Problem("to", "The last day must not come before the first."))
        if problems:
            raise Invalid(problems)

    def within(self, moment: datetime | None) -> bool:
        """Whether something happened on one of these days, in London."""
        return moment is not None and self.start <= clock.london(moment).date() <= self.end


@dataclass
class Folder:
    """The files by name, and a line about each for the index."""

    files: dict[str, bytes] = field(default_factory=dict)
    index: list[list[str]] = field(default_factory=list)

    def put(self, name: str, content: str | bytes, *, kind: str, of: Message | None, at: datetime | None = None, said: str = "") -> None:
        """One file more, about a message or about none."""
        self.files[name] = content if isinstance(content, bytes) else content.encode("utf-8")
        self.index.append([name, kind, of.reference if of else "", clock.london(at).isoformat() if at else "", said])


def gather(session: Session, request: Request, *, tell: Tell, by: Officer, at: datetime) -> dict[str, bytes]:
    """Every file of the folder, by name. `tell` says what an entry of the log is in words. Refuses a request that cannot be searched for."""
    officers.require_writer(by)
    request.check()
    redactor, folder = Redactor(session), Folder()
    ids = searches.about(session, request.about)
    found = session.exec(select(Message).where(col(Message.id).in_(ids)).order_by(col(Message.drafted_at), Message.reference)).all()
    for message in found:
        _drafts(session, folder, message, request, redactor)
        _proposals(session, folder, message, request, redactor)
        _comments(session, folder, message, request, redactor)
        _replies(session, folder, message, request, redactor)
        for release in reversed(releases.of_message(session, message.id)):
            if _is_of_the_time(session, release, request):
                _release(session, folder, message, release, redactor)
        _decisions(session, folder, message, request, redactor, tell)
    told = {row[2] for row in folder.index}
    _elsewhere(session, folder, request, redactor, but=ids)
    index = exports.table(["file", "what it is", "reference", "when", "note"], folder.index)
    readme = papers.readme(request.about, request.start, request.end, found=len(told), files=len(folder.files), withheld=redactor.withheld)
    said = Disclosed(
        messages=len(told), files=len(folder.files), withheld=sum(redactor.withheld.values()), start=request.start, end=request.end
    )
    log.record(session, said, subject=UUID(int=0), by=by.name, at=at)
    return {"README.txt": readme.encode(), "index.csv": index.encode(), **folder.files}


def _is_of_the_time(session: Session, release: Release, request: Request) -> bool:
    """Whether it was submitted, did anything, had anything done to it, or ended on these days: letters may go long after the one, and before the other."""
    first, last = clock.from_london(request.start, time(0)), clock.end_of(request.end)
    return request.within(release.submitted_at) or log.is_any_between(session, release.id, first, last)


def _drafts(session: Session, folder: Folder, message: Message, request: Request, redactor: Redactor) -> None:
    for revision in reversed(messages.revisions(session, message.id)):
        if request.within(revision.at):
            text = redactor.clean(papers.revision(message, revision))
            name = f"{message.reference}/drafts/revision-{revision.number:03}.txt"
            folder.put(name, text, kind="draft", of=message, at=revision.at, said=f"by {revision.by_name}")


def _proposals(session: Session, folder: Folder, message: Message, request: Request, redactor: Redactor) -> None:
    said = [one for one in proposals.of_message(session, message.id) if request.within(one.at)]
    if said:
        text = redactor.clean("\n".join(papers.proposal(message, one) for one in said))
        folder.put(
            f"{message.reference}/proposals.txt", text, kind="proposals", of=message, at=said[-1].at, said=many(len(said), "proposal")
        )


def _replies(session: Session, folder: Folder, message: Message, request: Request, redactor: Redactor) -> None:
    ids = [release.id for release in releases.of_message(session, message.id)]
    said = [one for one in incoming.of_releases(session, ids) if request.within(one.at)]
    if said:
        text = redactor.clean("\n".join(map(papers.reply, said)))
        folder.put(f"{message.reference}/replies.txt", text, kind="replies", of=message, at=said[-1].at, said=many(len(said), "mail"))


def _comments(session: Session, folder: Folder, message: Message, request: Request, redactor: Redactor) -> None:
    said = [one for one in comments.of_message(session, message.id) if request.within(one.at)]
    if said:
        text = redactor.clean("\n".join(papers.comment(one) for one in said))
        folder.put(f"{message.reference}/comments.txt", text, kind="comments", of=message, at=said[-1].at, said=many(len(said), "comment"))


def _release(session: Session, folder: Folder, message: Message, release: Release, redactor: Redactor) -> None:
    place, of = f"{message.reference}/release-{release.revision:03}-{str(release.id)[:8]}", message
    for name, content in _proof(session, release):
        folder.put(f"{place}/{name}", content, kind="release", of=of, at=release.sealed_at, said=release.state)
    redactor.count("readers’ names and addresses in letters", sum(papers.readers_of(session, release).values()))
    for name, content in papers.letters(session, release):
        note = "as each reader’s, their own particulars left blank"
        folder.put(f"{place}/letter-{name}.eml", content, kind="letter", of=of, at=release.sealed_at, said=note)
    table = exports.table(
        ["authority", "code", "audience", "role", "outcome", "letters", "possibly twice"], papers.deliveries(session, release)
    )
    folder.put(f"{place}/deliveries.csv", table, kind="deliveries", of=of, at=release.ended_at, said="counts by authority; no addresses")


def _proof(session: Session, release: Release) -> Iterator[tuple[str, bytes]]:
    """The bundle and its certificate; the salts are withheld, with which a guess about a reader could be tried. It verifies without."""
    if release.manifest is None or not bundles.is_agreed(session, release):
        return
    try:
        parts = bundles.gather(session, release.id)
    except NotAllowedNow:  # its sealing is a second old and not linked yet; its letters are given all the same
        return
    whole = bundles.covered(replace(parts, leaves=[{**leaf, "salt": None} for leaf in parts.leaves]))
    yield "bundle.zip", bundles.pack(whole)
    if whole.certificate:
        yield "certificate.pdf", whole.certificate


def _decisions(session: Session, folder: Folder, message: Message, request: Request, redactor: Redactor, tell: Tell) -> None:
    subjects = [message.id, *(release.id for release in releases.of_message(session, message.id))]
    entries = [(entry, tell(entry)) for entry in log.history(session, *subjects) if request.within(entry.at)]
    rows = [[clock.london(entry.at).isoformat(), entry.by, redactor.clean(said)] for entry, said in entries if said]
    if rows:
        table = exports.table(["when", "who", "what"], rows)
        folder.put(f"{message.reference}/decisions.csv", table, kind="decisions", of=message, said=many(len(rows), "decision"))


def _elsewhere(session: Session, folder: Folder, request: Request, redactor: Redactor, *, but: Collection[UUID]) -> None:
    rows = [
        [clock.london(line.at).isoformat(), line.what, line.where, line.by, redactor.clean(line.text)]
        for line in spoken_of.find(session, request.about, within=request.within, but=but)
    ]
    if rows:
        table = exports.table(["when", "what it is", "of", "by", "what it says"], rows)
        folder.put("elsewhere.csv", table, kind="elsewhere", of=None, said=many(len(rows), "line"))
