"""The files of a briefing's kit, gathered from what is pinned on it and from the register of authorities."""

from collections.abc import Mapping

from flask import Response
from sqlmodel import Session

from audiences import organisations, roles
from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.briefings import kits, papers, sign_in_sheets, sign_ins
from campaigns.briefings.kit_packs import Kit
from campaigns.briefings.papers import Paper
from campaigns.briefings.sign_in_sheets import Sheet
from campaigns.briefings.tours import Briefing
from campaigns.drafting import attachments
from campaigns.drafting.attachments import Attachment
from web import briefing_links, desk, words


def gather(session: Session, briefing: Briefing) -> Kit:
    """Everything that goes in; refuses a briefing without a note."""
    found = note(session, briefing)
    files = attachments.enclosed(session, attached(kits.note(session, briefing)))
    answers = [_papers(session, one, briefing, "Agreed answer") for one in kits.answers(session, briefing.id)]
    paper = sign_in_sheets.make(sheet(session, briefing))
    return Kit(briefing.title, found, answers, files, paper, briefing.focus_said)


def note(session: Session, briefing: Briefing) -> dict[str, Paper]:
    """The speaking note by audience; it says what the briefing is to be about."""
    focus = f" (focus: {briefing.focus_said})" if briefing.focus_said else ""
    return _papers(session, kits.note(session, briefing), briefing, f"Speaking note for {briefing.title}{focus}")


def attached(release: Release) -> list[Attachment]:
    """The files that were signed with a release."""
    return list(releases.read(release).attachments)


def sheet(session: Session, briefing: Briefing) -> Sheet:
    """The sheet to sign in on; once there is a date it says where to sign in on a phone instead, and shows the code of that address."""
    where = briefing.place or "by the joining link"
    when = f"{words.when(briefing.starts_at)}, {where}" if briefing.starts_at else "Date and place to be agreed."
    members = [member.name for member in organisations.members(session, briefing.group_code)]
    called = [roles.title(role) for role in roles.AUTHORITY_ROLES]
    at, focus = briefing.starts_at or desk.now(), briefing.focus_said
    if sign_ins.window(briefing) is None:
        return Sheet(briefing.title, when, members, called, at, focus=focus)
    door = briefing_links.link(briefing_links.SIGN_IN, briefing.id)
    return Sheet(briefing.title, when, members, called, at, door.address, door.svg, focus)


def choices(session: Session, briefing: Briefing) -> list[tuple[str, str]]:
    """What may be ticked: what is offered, and what is in the kit already."""
    found = {one.id: one for one in (*kits.answers(session, briefing.id), *kits.offered(session, briefing))}
    named = sorted(found.values(), key=lambda one: (one.title, one.reference, one.revision))
    return [(str(one.id), f"{one.title}, {one.reference}, revision {one.revision}") for one in named]


def answer(content: bytes, kind: str, name: str) -> Response:
    """A file to be saved."""
    made = Response(content, mimetype=kind, headers={"Cache-Control": "private, no-store"})
    made.headers.set("Content-Disposition", "attachment", filename=name)
    return made


def stem(found: Mapping[str, Paper]) -> str:
    """Reference and revision, for a file's name."""
    paper = next(iter(found.values()))
    return f"{paper.reference}-revision-{paper.revision}"


def _papers(session: Session, release: Release, briefing: Briefing, label: str) -> dict[str, Paper]:
    told = {"group": briefing.group_name, "nation": briefing.nation}
    return papers.of(session, release, label=label, base_url=desk.settings().base_url, **told)
