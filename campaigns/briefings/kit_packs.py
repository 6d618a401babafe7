"""Packing a kit: every file of it under a plain name, and a READ-ME that lists the versions; the same kit makes the same bytes."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from campaigns.agreement import archives
from campaigns.briefings import paper_html, paper_pdf, paper_word
from campaigns.briefings.papers import Paper
from campaigns.drafting import files, office_files
from campaigns.drafting.attachments import Enclosed

MAKERS = {"pdf": paper_pdf.make, "docx": paper_word.make, "html": paper_html.make}
TYPES = {"pdf": files.PDF, "docx": office_files.WORD, "html": "text/html"}


@dataclass(frozen=True)
class Kit:
    """What goes in: the note by audience, the answers by audience, the files that travel with the note, and the sheet to sign in on.

    `focus` is what the briefing is to be about, or that this awaits a steer.
    """

    group: str
    note: Mapping[str, Paper]
    answers: Sequence[Mapping[str, Paper]] = ()
    files: Sequence[Enclosed] = ()
    sheet: bytes = b""
    focus: str = ""


def pack(kit: Kit) -> bytes:
    """The kit as one archive."""
    members: dict[str, bytes] = {"READ-ME.txt": _read_me(kit).encode()}
    for audience, paper in kit.note.items():
        members |= {f"speaking-note/{named(paper, audience)}.{ending}": make(paper) for ending, make in MAKERS.items()}
    for answer in kit.answers:
        members |= {f"agreed-answers/{named(paper, audience)}.pdf": paper_pdf.make(paper) for audience, paper in answer.items()}
    members |= {f"hand-outs/{attachment.name}": content for attachment, content in kit.files}
    if kit.sheet:
        members["sign-in-sheet.pdf"] = kit.sheet
    return archives.write(members)


def named(paper: Paper, audience: str) -> str:
    """A file's name without its ending: reference, revision and audience."""
    return f"{paper.reference}-revision-{paper.revision}-{audience}"


def _read_me(kit: Kit) -> str:
    lines = [f"Kit for the briefing of {kit.group}", *([f"Focus: {kit.focus}"] if kit.focus else [])]
    lines += ["", "SPEAKING NOTE", *_version(kit.note.values())]
    if kit.files:
        lines += ["", "HAND-OUTS, signed with the speaking note", *(f"- {one.name} (SHA-256 {one.digest})" for one, _ in kit.files)]
    if kit.answers:
        lines += ["", "AGREED ANSWERS"]
        for answer in kit.answers:
            lines += _version(answer.values())
    lines += ["", "Read only what is in here. Before you read aloud, check that the reference is still the one that holds.", ""]
    return "\r\n".join(lines)


def _version(papers: Iterable[Paper]) -> list[str]:
    paper = next(iter(papers))
    lines = [
        f"- {paper.title}",
        f"  {paper.version}",
        f"  {paper.agreed}",
        f"  Digest of what was signed: {paper.digest}",
        f"  Check it at {paper.check}",
    ]
    return [*lines, f"  {paper.superseded}"] if paper.superseded else lines
