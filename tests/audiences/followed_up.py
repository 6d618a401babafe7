"""What tests of follow-ups begin with: four authorities of which two were written to, letters, touches, and a draft."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from audiences import coverage, definitions, follow_ups, people
from audiences.coverage_views import View
from audiences.people import Person
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedLetter
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.drafting import messages
from campaigns.drafting.words import Words
from campaigns.foundation.database import Database
from campaigns.planning import campaign_plans
from campaigns.reach import touches
from campaigns.reach.touches import Fact
from tests.audiences.posts import NOON, OFFICER

WORDS = Words(title="T", subject="S", core="Dear ((name)),", audiences=["practitioners"], latest_send=NOON + timedelta(days=90))
ADUR, BARNET, CARDIFF, FIFE = "E07000223", "E09000003", "W06000015", "S12000047"
ESSEX = "E10000012"  # a county, which does not enforce
PRACTITIONERS = View(role="practitioner")


def campaign(desk: Database) -> UUID:
    """Four authorities with a practitioner each, Adur with a senior manager too; Fife's was written to and has confirmed, Adur's written to."""
    with desk.transaction() as session:
        for code in (ADUR, BARNET, CARDIFF, FIFE):
            somebody(session, code)
        somebody(session, ADUR, "senior_manager")
        found = campaign_plans.begin(session, name="Revitalise LOPP", objective="Everybody knows.", by=OFFICER, at=NOON)
        letters(session, found, ADUR, FIFE)
        touch(session, found, FIFE, "confirmed")
    return found


def somebody(session: Session, code: str, role: str = "practitioner", *, name: str = "a", days: int = 0) -> None:
    address, at = f"{name}.{role}@{code.lower()}.test", NOON + timedelta(days=days)
    people.add(session, name=f"A {role}", role=role, place=code, address=address, by=OFFICER, at=at, test_domains_allowed=True)


def letters(
    session: Session, campaign: UUID, *codes: str, to: str = "", state: str = "accepted", days: int = 1, message: UUID | None = None
) -> None:
    """A letter so many days later to every practitioner at these authorities, or those whose address begins so, and what it is evidence of."""
    about = message or messages.draft(session, campaign, WORDS, by=OFFICER, at=NOON)
    said: dict[str, Any] = {
        "revision": 1,
        "reference": "R",
        "title": "T",
        "latest_send": NOON,
        "submitted_by": "tests",
        "submitted_at": NOON,
    }
    release = Release(message_id=about, campaign_id=campaign, **said)
    session.add(release)
    session.flush()
    chunk = Chunk(release_id=release.id, not_before=NOON)
    session.add(chunk)
    session.flush()
    theirs = select(Person).where(Person.role == "practitioner", col(Person.place).in_(codes), col(Person.address).startswith(to))
    for place, person in enumerate(session.exec(theirs)):
        own = {"release_id": release.id, "position": place}
        session.add(SealedLetter(**own, person_id=person.id, audience="x", role=person.role, authority_code=person.place, leaf=b""))
        session.add(Delivery(**own, chunk_id=chunk.id, state=state, due_at=NOON, at=NOON + timedelta(days=days)))
        if state == "accepted":
            touch(session, campaign, person.place, "written", days=days, message=about)


def touch(session: Session, campaign: UUID, code: str, grade: str, *, days: int = 1, message: UUID | None = None) -> None:
    at = NOON + timedelta(days=days)
    touches.put(session, [Fact(campaign, code, "practitioner", grade, f"{grade}:{code}:{message}", at, "tests", message_id=message)])


def gap(session: Session, campaign: UUID, view: View, grade: str) -> list[str]:
    return [row.authority.code for row in follow_ups.gap(coverage.grid(session, campaign, view).rows, grade)]


def drafted(session: Session, campaign: UUID, view: View, grade: str, codes: list[str]) -> Words:
    made = follow_ups.draft(session, campaign, view, grade, codes, by=OFFICER, at=NOON + timedelta(days=2))
    return messages.current(session, messages.get(session, made)).read()


def readers(session: Session, words: Words) -> set[tuple[str, str]]:
    return {(reader.authority_code or "", reader.role) for reader in definitions.resolve(session, words.audiences)}
