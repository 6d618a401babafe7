"""What a tour has come to: who came, region by region, and who is briefed that was not when it was opened."""

from datetime import datetime, timedelta
from uuid import UUID

from audiences import tour_results
from audiences.tour_results import Result
from campaigns.briefings import additions, arranging, attendance, cancellations, questions, sign_ins, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.attendance import APOLOGIES, SCAN, Attendance
from campaigns.briefings.sign_ins import Attendee, Line
from campaigns.briefings.tours import Group
from campaigns.foundation.database import Database
from campaigns.reach import touches
from campaigns.reach.touches import BRIEFED, BRIEFING, VISIT, Fact
from tests.web import grounds
from tests.web.grounds import BARNET, CARDIFF, Ground
from tests.web.visitors import NOON

KENT, SWANSEA, SWINDON = "E10000016", "W06000011", "E06000030"
DAY = timedelta(days=1)


def evidence(ground: Ground, code: str, at: datetime, channel: str = BRIEFING) -> None:
    with ground.database.transaction() as session:
        touches.put(session, [Fact(ground.campaign, code, "practitioner", BRIEFED, f"{channel}:{code}", at, "tests", channel=channel)])


def held(ground: Ground, briefing: UUID, *ticks: tuple[str, str]) -> None:
    with ground.database.transaction() as session:
        arranging.arrange(session, briefing, Arrangement(NOON + DAY, "County Hall"), by=ground.house.drafter, at=NOON)
        tours.hold(session, briefing, why="A first talk", by=ground.house.drafter, at=NOON + 2 * DAY)
        attendance.record(session, briefing, ticks, by=ground.house.drafter, at=NOON + 2 * DAY)
    for code in {code for code, _ in ticks}:
        evidence(ground, code, NOON + DAY)


def result(ground: Ground, tour: UUID) -> Result:
    with ground.database.reading() as session:
        return tour_results.of(session, tour)


def test_a_tour_that_has_not_begun_has_come_to_nothing(database: Database) -> None:
    ground = grounds.found(database)

    found = result(ground, ground.tour())

    whole = found.whole
    assert (len(found.regions), found.before, found.now) == (11, 0, 0)
    assert (len(whole.members), whole.came, whole.fresh, whole.count("wanted")) == (350, set(), [], 11)
    assert [(nation, len(regions)) for nation, regions in found.nations.items()] == [("England", 9), ("Scotland", 1), ("Wales", 1)]
    assert len(tour_results.together("Wales", found.nations["Wales"]).members) == 22


def test_an_authority_counts_once_and_is_new_only_if_nobody_briefed_it_before(database: Database) -> None:
    ground = grounds.found(database)
    evidence(ground, BARNET, NOON - DAY, VISIT)
    evidence(ground, SWANSEA, NOON - DAY, VISIT)
    tour = ground.tour()
    held(ground, ground.briefing(tour), (CARDIFF, "practitioner"), (CARDIFF, "elected_member"), (SWANSEA, "practitioner"))
    with database.transaction() as session:
        cancellations.decline(session, ground.briefing(tour, "group-scotland"), reason="Own event", by=ground.house.drafter, at=NOON)

    found = result(ground, tour)

    wales = next(one for one in found.regions if one.nation == "Wales")
    assert wales.came == {CARDIFF, SWANSEA} and wales.by_role == {"senior_manager": 0, "elected_member": 1, "practitioner": 2}
    assert [one.name for one in wales.fresh] == ["Cardiff"]
    assert (wales.count("held"), wales.without) == (1, ["A first talk"])
    assert next(one for one in found.regions if one.nation == "Scotland").declined == ["Own event"]
    assert (found.before, found.now, len(found.whole.fresh), found.whole.count("held")) == (2, 3, 1, 1)


def test_only_what_still_counts_is_a_baseline_and_the_tours_own_briefings_are_none(database: Database) -> None:
    ground = grounds.found(database)
    evidence(ground, BARNET, NOON - DAY, VISIT)
    evidence(ground, KENT, NOON - DAY, VISIT)  # which does not enforce
    tour = ground.tour()
    briefing, by = ground.briefing(tour), ground.house.drafter
    with database.transaction() as session:
        arranging.arrange(session, briefing, Arrangement(NOON - timedelta(hours=2), "County Hall"), by=by, at=NOON)  # opened later that day
        tours.hold(session, briefing, why="A first talk", by=by, at=NOON)
        attendance.record(session, briefing, [(CARDIFF, "practitioner")], by=by, at=NOON)
        touches.put(session, attendance.briefed(session, briefing, members={CARDIFF})[0])

    first = result(ground, tour)
    with database.transaction() as session:
        touches.take_back(session, [f"{VISIT}:{BARNET}"], at=NOON + DAY)
    corrected = result(ground, tour)

    assert (first.before, first.now, [one.name for one in first.whole.fresh]) == (1, 2, ["Cardiff"])
    assert (corrected.before, corrected.now, len(corrected.whole.fresh)) == (0, 1, 1)


def test_people_apologies_and_questions_are_counted_beside_the_authorities(database: Database) -> None:
    ground = grounds.found(database)
    tour = ground.tour()
    briefing, by = ground.briefing(tour), ground.house.drafter
    held(ground, briefing, (CARDIFF, "practitioner"))
    with database.transaction() as session:
        count = Line(Attendee("practitioner", authority_code=CARDIFF), number=4)
        sorry = Line(Attendee("practitioner", authority_code=SWANSEA), APOLOGIES)
        sign_ins.enter(session, briefing, [count, sorry], by=by, at=NOON + 2 * DAY)
        for days, asked in ((2, "Who pays?"), (3, "Who is told first?")):
            row = questions.raise_one(session, briefing, question=asked, authority_code=SWANSEA, by=by, at=NOON + days * DAY)
        questions.settle(session, row, outcome="The account manager", by=by, at=NOON + 2 * DAY)

    found = result(ground, tour)

    wales = next(one for one in found.regions if one.nation == "Wales")
    assert (wales.came, wales.heads, wales.apologies, wales.open) == ({CARDIFF}, 4, 1, 1)
    assert [one.question for one in wales.asked] == ["Who pays?", "Who is told first?"]
    assert (found.whole.heads, found.whole.apologies, len(found.whole.asked)) == (4, 1, 2)


def test_a_second_date_is_a_line_with_the_first_and_another_body_has_its_own(database: Database) -> None:
    ground = grounds.found(database)
    tour = ground.tour()
    held(ground, ground.briefing(tour), (CARDIFF, "practitioner"))
    with database.transaction() as session:
        by = ground.house.drafter
        second = additions.add(session, tour, Group("group-wales", "Wales liaison group", "Wales"), by=by, at=NOON)
        additions.add(session, tour, Group("lgp", "Local Government Panel (LGP)", ""), by=by, at=NOON)
    held(ground, second, (CARDIFF, "practitioner"), (SWANSEA, "practitioner"))

    found = result(ground, tour)

    assert [(len(one.briefings), len(one.came)) for one in found.regions if one.nation == "Wales"] == [(2, 2)]
    assert (found.regions[-1].name, found.regions[-1].members) == ("Local Government Panel (LGP)", [])
    assert len(found.whole.members) == 350


def test_whoever_came_from_elsewhere_is_none_of_the_group_s_and_counts_once_in_all(database: Database) -> None:
    ground = grounds.found(database)
    tour = ground.tour()
    briefing = ground.briefing(tour)
    held(ground, briefing, (CARDIFF, "practitioner"), (BARNET, "practitioner"))
    with database.transaction() as session:
        councillor = Line(Attendee("committee_member", body_code="lgp", name="A councillor"))
        sign_ins.enter(session, briefing, [councillor], by=ground.house.drafter, at=NOON + 2 * DAY)
        scanned = {"authority_code": SWINDON, "role": "practitioner", "name": "Somebody", "how": SCAN, "digest": "s", "by": "the door"}
        session.add(Attendance(briefing_id=briefing, at=NOON, **scanned))  # counts once the list is complete

    found = result(ground, tour)

    wales = next(one for one in found.regions if one.nation == "Wales")
    assert (wales.came, wales.by_role["practitioner"], wales.heads) == ({CARDIFF}, 1, 4)
    assert (found.whole.came, found.whole.by_role["practitioner"]) == ({CARDIFF, BARNET}, 2)


def test_a_briefing_that_was_not_held_after_all_counts_no_more(database: Database) -> None:
    ground = grounds.found(database)
    tour = ground.tour()
    briefing = ground.briefing(tour)
    held(ground, briefing, (CARDIFF, "practitioner"))

    with database.transaction() as session:
        tours.reopen(session, briefing, by=ground.house.drafter, at=NOON + 3 * DAY)

    assert result(ground, tour).whole.came == set()
