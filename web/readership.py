"""Who gets a message: counted by audience, nation and role, who is left out and why, and which blanks would stay empty for whom."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from sqlmodel import Session, select

from audiences import contact_load, corrected, definitions, invitations, roles
from audiences.authorities import NATIONS
from audiences.corrected import Found
from audiences.definitions import Sifted
from audiences.to_come import Place
from campaigns.agreement import censuses, releases
from campaigns.agreement import sealed as frozen
from campaigns.agreement.addressees import Addressee, LeftOut
from campaigns.agreement.releases import Release
from campaigns.briefings import tours
from campaigns.briefings.tours import Briefing
from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from campaigns.drafting.words import Words
from campaigns.foundation.errors import Refused
from web import directory, overlaps
from web.overlaps import Overlap

NO_NATION = "No one nation"
SHOWN = 200  # of those left out; the whole list is a file


@dataclass(frozen=True)
class Row:
    """One audience's readers, nation by nation."""

    name: str
    counts: list[int]

    @property
    def total(self) -> int:
        """Everybody in the row."""
        return sum(self.counts)


@dataclass(frozen=True)
class Without:
    """Somebody in the audiences who gets no letter, and why."""

    who: str
    reason: str


@dataclass(frozen=True)
class Omissions:
    """Everybody who gets no letter, counted by reason, and the beginning of the list."""

    reasons: dict[str, int]
    people: list[Without]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.reasons.values())


@dataclass(frozen=True)
class Described:
    """An audience of a message: which version of it found the readers, the rule in words, and the newest version there is."""

    name: str
    version: int
    rule: str
    newest: int


@dataclass(frozen=True)
class Readership:
    """The table an officer sees. `blanks` are sentences; `fixed` once a release has frozen its readers.

    `described` in order of precedence, which `overlaps` come from; `refusal` says why nobody can be found today; `corrects`: the reference of the
    letter whose readers they are, of a correction.
    """

    nations: list[str]
    rows: list[Row]
    roles: dict[str, int]
    fixed: bool
    left_out: Omissions
    blanks: list[str] = field(default_factory=list)
    overlaps: list[Overlap] = field(default_factory=list)
    described: list[Described] = field(default_factory=list)
    refusal: str = ""
    corrects: str = ""
    places: frozenset[Place] = frozenset()

    @property
    def total(self) -> int:
        """Everybody who gets a letter."""
        return sum(row.total for row in self.rows)


def names(session: Session) -> dict[str, str]:
    """Every audience's name on screen, by key, in the order of the list."""
    return {audience.key: audience.name for audience in definitions.every(session)}


def said(session: Session) -> dict[str, str]:
    """The same, and every briefing's title and tour's name by its id: whatever words name by a key."""
    briefings = {str(briefing.id): briefing.title for briefing in session.exec(select(Briefing))}
    return names(session) | briefings | {str(tour.id): tour.name for tour in tours.every(session)}


def today(session: Session, message: Message, words: Words) -> Readership:
    """Who would get the message if it were sealed now; nobody, with the reason, where an audience asks about something that is gone, or more
    letters of the one that is corrected may leave.
    """
    corrects = original(session, message)
    try:
        standing = [] if corrects else definitions.standing(session, words.audiences)
        found = _found(session, message, words)
    except Refused as refusal:
        return Readership([], [], {}, False, Omissions({}, []), refusal=refusal.sentence, corrects=corrects)
    counted: dict[str, dict[str, int]] = {key: {} for key in words.audiences}
    for (key, nation), number in found.nations.items():
        counted[key][nation] = number
    said = names(session)
    nations, rows = _table(counted, said)
    return Readership(
        nations,
        rows,
        _said(found.roles),
        False,
        _omissions(found.sifted.left_out),
        found.blanks,
        overlaps.of(found.sifted.twice, said),
        [Described(one.name, one.says.version, one.says.rule, one.says.version) for one in standing],
        corrects=corrects,
        places=found.places,
    )


def sift(session: Session, message: Message, words: Words) -> Sifted:
    """Who would get it today and who would not, as it would be sealed. Refuses what cannot be found."""
    return _found(session, message, words).sifted


def original(session: Session, message: Message) -> str:
    """The reference of the letter that a correction corrects; empty for any other message."""
    return releases.get(session, message.corrects).reference if message.corrects else ""


def sealed(session: Session, release: Release) -> Readership:
    """Who gets it and who does not, as the release froze them."""
    said = names(session)
    census = censuses.of(session, release.id)
    nations, rows = _table(census.nations, said)
    roles, places = _said(census.roles), contact_load.places_of(census)
    corrects = original(session, messages.get(session, release.message_id))
    fixed = Readership(nations, rows, roles, True, left_out(session, release.id, limit=SHOWN), corrects=corrects, places=places)
    return replace(fixed, overlaps=overlaps.sealed_in(session, release, said), described=_described(session, release))


def _described(session: Session, release: Release) -> list[Described]:
    """The audiences as the signed bytes say them; none where they are older than that."""
    manifest, newest = releases.said(release), {audience.key: audience.version for audience in definitions.every(session)}
    found = manifest.audiences if manifest else None
    return [Described(one.name, one.version, one.rule, newest.get(one.audience, one.version)) for one in found or []]


def left_out(session: Session, release_id: UUID, *, limit: int | None = None) -> Omissions:
    """Who was left out when a release was sealed, by the name they have today: what is frozen names nobody."""
    rows = frozen.omissions(session, release_id, limit=limit)
    named = directory.named(session, {row.person_id for row in rows})
    people = [Without(named.get(row.person_id, "somebody erased since"), row.reason) for row in rows]
    return Omissions(frozen.left_out_by_reason(session, release_id), people)


def would_read(session: Session, message: Message, words: Words, audience: str) -> Sequence[Addressee]:
    """The readers of one audience's letter, today."""
    return _found(session, message, words).of(audience)


def _found(session: Session, message: Message, words: Words) -> Found:
    if message.corrects:
        return corrected.read(session, message.corrects, words)
    sifted = definitions.sift(session, words.audiences, campaign_id=message.campaign_id)
    return corrected.listed(invitations.narrowed(session, sifted, words), words)


def _omissions(left_out: Sequence[LeftOut]) -> Omissions:
    reasons = Counter(left.reason for left in left_out)
    people = [Without(f"{left.addressee.name}, {left.addressee.organisation}", left.reason) for left in left_out[:SHOWN]]
    return Omissions({reason: reasons[reason] for reason in sorted(reasons)}, people)


def _said(held: Mapping[str, int]) -> dict[str, int]:
    return {roles.words(role): held[role] for role in roles.ROLES if role in held}


def _table(counted: Mapping[str, Mapping[str, int]], said: dict[str, str]) -> tuple[list[str], list[Row]]:
    found = {nation for counts in counted.values() for nation in counts}
    nations = [nation for nation in (*NATIONS, "") if nation in found]
    nations += sorted(found - set(nations))
    rows = [Row(name, [counted[key].get(nation, 0) for nation in nations]) for key, name in said.items() if key in counted]
    return [nation or NO_NATION for nation in nations], rows
