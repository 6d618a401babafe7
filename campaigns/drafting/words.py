"""Words: everything an officer types for a message, checked before any of it is kept."""

from datetime import datetime
from typing import Any

from pydantic import AwareDatetime, BaseModel, ConfigDict

from campaigns.drafting import attachments as files
from campaigns.drafting import holding_lines, letters, links, placeholders
from campaigns.drafting.attachments import Attachment
from campaigns.drafting.risks import Risk
from campaigns.drafting.terms import Terms
from campaigns.foundation.errors import Invalid, Problem

LONGEST_LINE = 150
LONGEST_TEXT = 40_000


class Words(BaseModel):
    """A message as typed. `parts` are the words that differ, by audience key; `audiences` in order of precedence.

    `not_before` and `latest_send` bound the sending and are signed with the words; so is `let_go_by`: the parties whose duty officers may
    let a holding line go (none named: any). `invites_to` are briefings, by id: each reader is invited to their own group's.
    """

    model_config = ConfigDict(frozen=True)

    title: str
    subject: str
    core: str
    parts: dict[str, str] = {}
    audiences: list[str]
    not_before: AwareDatetime | None = None
    latest_send: AwareDatetime
    risk: Risk = Risk()
    terms: Terms = Terms()
    holding_line: bool = False
    closed: dict[str, list[str]] = {}
    let_go_by: list[str] = []
    attachments: list[Attachment] = []
    invites_to: list[str] = []

    def whole(self, audience: str) -> str:
        """What one audience reads, blanks still open."""
        return letters.whole(self.core, self.parts.get(audience, ""))

    def stored(self) -> dict[str, Any]:
        """The words as JSON, with one way of writing line ends and only parts that are used."""
        tidy = self.model_copy(
            update={
                "title": self.title.strip(),
                "subject": self.subject.strip(),
                "core": _lines(self.core),
                "parts": {key: _lines(part) for key, part in sorted(self.parts.items()) if key in self.audiences and part.strip()},
            }
        )
        return tidy.model_dump(mode="json")

    def check(self, *, at: datetime) -> None:
        """Refuse, all at once, whatever cannot be sealed: each problem names its field, and its line where there is one."""
        problems = [
            *_line("title", "title", self.title),
            *_line("subject", "subject", self.subject),
            *_subject(self.subject),
            *_text("core", self.core),
            *(problem for key, part in self.parts.items() for problem in _text(f"part-{key}", part, required=False)),
            *self._audience_problems(),
            *self._time_problems(at),
            *self._choice_problems(),
            *(
                []
                if self.risk.is_met
                else [Problem("risk", "Choose a second signatory for each party, or a rest, for a message of high risk")]
            ),
            *self.terms.problems(),
            *files.problems(self.attachments),
        ]
        if problems:
            raise Invalid(problems)

    def _choice_problems(self) -> list[Problem]:
        if self.invites_to:
            return holding_lines.problems_of_an_invitation(self.closed, self._used(), self.invites_to, holding_line=self.holding_line)
        return holding_lines.problems(self.closed, self._used(), holding_line=self.holding_line, follows_up=bool(self.terms.follows_up))

    def _used(self) -> set[str]:
        return placeholders.used(self.core).union(*(placeholders.used(part) for part in self.parts.values()))

    def _audience_problems(self) -> list[Problem]:
        if not self.audiences:
            return [Problem("audiences", "Choose at least one audience")]
        if len(set(self.audiences)) < len(self.audiences):
            return [Problem("audiences", "Choose each audience once")]
        return []

    def _time_problems(self, at: datetime) -> list[Problem]:
        if self.latest_send <= at:
            return [Problem("latest_send", "The latest time to send must be in the future")]
        if self.not_before and self.not_before >= self.latest_send:
            return [Problem("latest_send", "The latest time to send must be after the earliest")]
        return []


def after_the_greeting(core: str, opening: str) -> str:
    """A letter's words with others put in below "Dear …", or at the head of a letter that greets nobody."""
    greeting, _, rest = core.partition("\n\n")
    if not greeting.startswith("Dear "):
        greeting, rest = "", core
    return "\n\n".join(filter(None, (greeting, opening, rest)))


def _lines(text: str) -> str:
    return "\n".join(line.rstrip() for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n")).strip("\n")


def _line(field: str, what: str, text: str) -> list[Problem]:
    if not text.strip():
        return [Problem(field, f"Enter a {what}")]
    if len(text) > LONGEST_LINE:
        return [Problem(field, f"The {what} must be {LONGEST_LINE} characters or fewer")]
    if not text.strip().isprintable():
        return [Problem(field, f"The {what} must be on one line, without hidden characters")]
    return []


def _subject(text: str) -> list[Problem]:
    if "=?" in text:
        return [Problem("subject", "The subject must not contain =? because mail programs read it as a code. Type the words themselves")]
    if placeholders.used(text):
        return [Problem("subject", "The subject is the same for every reader. Put blanks in the message instead")]
    return []


def _text(field: str, text: str, *, required: bool = True) -> list[Problem]:
    if required and not text.strip():
        return [Problem(field, "Enter the message")]
    if len(text) > LONGEST_TEXT:
        return [Problem(field, f"These words must be {LONGEST_TEXT:,} characters or fewer")]
    if hidden := sorted({f"U+{ord(sign):04X}" for sign in text if not sign.isprintable() and sign not in "\n\r\t\u00a0\u00ad\u2028"}):
        return [Problem(field, f"These words contain hidden characters ({', '.join(hidden[:3])}). Paste them again as plain text")]
    found = placeholders.problems(text, field=field)
    parts = placeholders.split(text)[1::2].count(placeholders.YOUR_PART)
    if field != "core" and parts:
        found.append(Problem(field, "((your part)) belongs in the shared words only"))
    if parts > 1:
        found.append(Problem(field, "((your part)) can stand in one place only"))
    if not found and letters.blank_in_an_address(text):
        found.append(Problem(field, "A blank cannot be part of a link's address"))
    found += links.problems(text, field=field) if not found else []
    return found
