"""Each body is counted by its own people, by their own letters, by what they say of these and by the briefings they came to, and by nobody else's."""

from collections.abc import Iterable
from uuid import UUID, uuid4

import pytest
from sqlmodel import Session, col, select

from audiences import other_bodies, people
from audiences.contacts import Given
from audiences.organisations import COMMITTEE, GROUP, PROFESSIONAL, UNION, Body
from audiences.roles import Place
from campaigns.agreement.sealed import SealedLetter
from campaigns.briefings import tours
from campaigns.briefings.attendance import APOLOGIES, SCAN, TAKEN_BACK, Attendance
from campaigns.briefings.sign_ins import Attendee
from campaigns.briefings.tours import Briefing, Group
from campaigns.delivery import acknowledgements, removals
from campaigns.delivery.incoming import CONFIRMS, FILE, SAID, IncomingMail
from campaigns.foundation.database import Database
from tests.campaigns import posting, stories
from tests.campaigns.stories import NOON, House, Story

BODIES = {"tuc": (UNION, "union_contact"), "prospect": (UNION, "union_contact"), "cieh": (PROFESSIONAL, "professional_body_contact")}
AT = {code: stories.reader(number, authority_code=None) for number, code in enumerate(BODIES)}
Figures = tuple[int, int, int, str]


@pytest.fixture
def house(sqlite: Database) -> House:
    """Two unions and a professional body with somebody at each, a third union without anybody, and a group that has not opted in."""
    found = stories.house(sqlite)
    with sqlite.transaction() as session:
        session.add_all(Body(code=code, name=code, kind=kind) for code, (kind, _) in BODIES.items())
        session.add_all([Body(code="gmb", name="gmb", kind=UNION), Body(code="ni", name="ni", kind=GROUP, status="opt-in")])
        session.flush()
        for code, (kind, role) in BODIES.items():
            row = Given(code, role, Place(code, code, kind), AT[code].address).row(source="tests")
            people.insert(session, [row | {"id": AT[code].person_id}], at=NOON)
    return found


def gone(house: House, codes: Iterable[str] = BODIES) -> Story:
    """A letter to each of these, and one to an authority before them."""
    story = stories.sending_release(house, readers=[stories.reader(9), *(AT[code] for code in codes)])
    posting.sent(story)
    return story


def place(session: Session, story: Story, person_id: UUID) -> int:
    mine = select(SealedLetter.position).where(SealedLetter.release_id == story.release, col(SealedLetter.person_id) == person_id)
    return session.exec(mine).one()


def read(story: Story, person_id: UUID) -> None:
    with story.database.transaction() as session:
        assert acknowledgements.confirm(session, story.release, place(session, story, person_id), at=NOON)


def reply(story: Story, code: str, verdict: str) -> None:
    with story.database.transaction() as session:
        where = {"release_id": story.release, "position": place(session, story, AT[code].person_id)}
        session.add(IncomingMail(digest=f"{uuid4()}", kind="reply", at=NOON, state="done", done=SAID[verdict], **where))


def told(house: House) -> dict[str, Figures]:
    with house.database.reading() as session:
        found = other_bodies.told(session, house.campaign)
    return {one.body.code: (one.people, one.written, one.confirmed, one.words) for kind in found.values() for one in kind.bodies}


def test_what_one_reader_confirms_says_nothing_of_another_body_s(house: House) -> None:
    read(gone(house, ["prospect"]), AT["prospect"].person_id)  # whose place is the first union's in the next release
    story = gone(house)
    read(story, stories.reader(9).person_id)
    reply(story, "cieh", CONFIRMS), reply(story, "tuc", FILE)

    nobody = (0, 0, 0, "nobody to write to")
    assert told(house) == {
        "cieh": (1, 1, 1, "confirmed"),
        "gmb": nobody,
        "prospect": (1, 1, 1, "confirmed"),
        "tuc": (1, 1, 0, "written to"),
    }


def test_a_body_whose_reader_has_left_since_was_written_to_all_the_same(house: House) -> None:
    gone(house)
    with house.database.transaction() as session:
        people.leave(session, AT["tuc"].person_id, by=house.drafter, at=NOON)

    assert told(house)["tuc"] == (0, 1, 0, "written to")
    with house.database.reading() as session:
        unions = other_bodies.told(session, house.campaign)[UNION]
        assert (unions.contacted, unions.confirmed, unions.briefed, unions.nobody) == (2, 0, 0, 1)


def test_who_wants_no_letters_about_the_campaign_is_nobody_to_write_to(house: House) -> None:
    with house.database.transaction() as session:
        removals.add(session, AT["tuc"].address, reason="they asked", by="x", at=NOON, campaign_id=house.campaign)
        removals.add(session, AT["cieh"].address, reason="they asked", by="x", at=NOON, campaign_id=uuid4())

    found = told(house)
    assert (found["tuc"], found["cieh"][0]) == ((0, 0, 0, "nobody to write to"), 1)


def test_a_reader_of_two_letters_is_one(house: House) -> None:
    for story in (gone(house), gone(house)):
        read(story, AT["tuc"].person_id)

    assert told(house)["tuc"] == (1, 1, 1, "confirmed")


def came(house: House, group: str, who: Attendee, *, held: bool = True) -> UUID:
    """Somebody signs in by the link to a briefing of this group."""
    with house.database.transaction() as session:
        session.merge(Body(code="lgp", name="The LGP", kind=COMMITTEE))
        tour = tours.open_tour(session, house.campaign, name=f"{uuid4()}", groups=[Group(group, group, "")], by=house.drafter, at=NOON)
        (briefing,) = tours.briefings(session, tour)
        briefing.sqlmodel_update({"starts_at": NOON, "state": "held" if held else "dated"})
        row = {"authority_code": who.authority_code, "body_code": who.body_code, "role": who.role, "name": who.name}
        session.add(Attendance(briefing_id=briefing.id, how=SCAN, digest=f"{uuid4()}", by="the door", at=NOON, **row))
        return briefing.id


def figures(house: House) -> tuple[int, int, int, int, str]:
    with house.database.reading() as session:
        kind = other_bodies.told(session, house.campaign)[COMMITTEE]
    (one,) = kind.bodies
    return kind.contacted, kind.confirmed, kind.briefed, one.briefings, one.words


def test_a_body_that_was_briefed_face_to_face_says_so_without_any_letter(house: House) -> None:
    member = Attendee("committee_member", body_code="lgp", name="Councillor")
    came(house, "lgp", member), came(house, "lgp", Attendee("committee_member", body_code="lgp", name="Another"))
    came(house, "lgp", member, held=False)

    assert figures(house) == (1, 1, 1, 2, "briefed")


def test_whoever_of_a_body_signs_in_elsewhere_by_the_link_counts_once_that_list_is_complete(house: House) -> None:
    briefing = came(house, "region", Attendee("committee_member", body_code="lgp", name="Councillor"))
    assert figures(house) == (0, 0, 0, 0, "nobody to write to")

    with house.database.transaction() as session:
        session.get_one(Briefing, briefing).list_completed_at = NOON

    assert figures(house) == (1, 1, 1, 1, "briefed")


def test_what_was_taken_back_or_only_sent_apologies_is_no_briefing(house: House) -> None:
    for status in (TAKEN_BACK, APOLOGIES):
        briefing = came(house, "lgp", Attendee("committee_member", body_code="lgp", name="Councillor"))
        with house.database.transaction() as session:
            session.exec(select(Attendance).where(Attendance.briefing_id == briefing)).one().status = status

    assert figures(house)[2:] == (0, 0, "nobody to write to")
