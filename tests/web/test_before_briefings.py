"""Letting a release go before its readers' briefings: offered where there is a tour, refused in a sentence where it cannot be, and shown."""

from datetime import timedelta
from uuid import UUID

from audiences.organisations import GROUP, Body, Membership
from campaigns.agreement import leads, schedules
from campaigns.briefings import tours
from campaigns.briefings.tours import Group
from campaigns.foundation.officers import COUNTERSIGN
from tests.web.office import Office
from tests.web.visitors import words_on

ASHBY = "E07000001"
OFFERED = "To each reader some days before their own briefing"


def opened_tour(office: Office) -> UUID:
    with office.database.transaction() as session:
        groups = [Group("group-wales", "Wales", "Wales"), Group("group-london", "London", "England")]
        return tours.open_tour(session, office.campaign, name="Spring", groups=groups, by=COUNTERSIGN, at=office.desk.clock())


def test_it_is_offered_with_how_far_each_tour_has_come_and_said_afterwards(office: Office) -> None:
    release = office.agreed()
    assert OFFERED not in office.see(f"/releases/{release}/schedule")
    tour = opened_tour(office)
    assert "Choose a tour Spring (0 of 2 briefings still to come have a date)" in office.see(f"/releases/{release}/schedule")

    answer = words_on(office.post(f"/releases/{release}/schedule", when="briefing", tour=str(tour), days=" 7 "))

    assert "It goes to each reader 7 days before their own briefing. Where that has no date yet, it waits for one." in answer
    page = office.see(f"/releases/{release}")
    assert "7 days before each reader’s own briefing on the tour “Spring”, from" in page
    assert "within each authority’s own windows, 7 days before each reader’s own briefing" in page
    assert (
        "on, letters leave by themselves, 7 days before each reader’s own briefing. Either party may stop it, before or while it goes."
        in page
    )
    form = " ".join(office.client.get(f"/releases/{release}/schedule").get_data(as_text=True).split())
    assert 'value="briefing" checked' in form and f'value="{tour}" selected' in form and 'value="7"' in form
    with office.database.reading() as session:
        assert (lead := leads.of(session, release)) and (lead.tour_id, lead.days) == (tour, 7)
    with office.database.transaction() as session:
        schedules.begin_due(session, at=office.desk.clock())
    assert "Letters leave as each reader’s own turn comes" in office.see(f"/releases/{release}")
    assert "held until its reader’s turn comes" in office.see(f"/releases/{release}/delivery")


def test_before_it_is_let_go_the_page_names_who_has_no_briefing_still_to_come(office: Office) -> None:
    release, tour = office.agreed(), opened_tour(office)
    without = "On “Spring”, 5 readers have no briefing of their own still to come: Union of Officers, Ashby, "
    assert without in office.see(f"/releases/{release}/schedule")

    with office.database.transaction() as session:
        session.add(Body(code="group-wales", name="Wales", kind=GROUP))
        session.flush()
        session.add(Membership(authority_code=ASHBY, group_code="group-wales"))
    page = office.see(f"/releases/{release}/schedule")
    assert "On “Spring”, 3 readers have no briefing of their own still to come: Union of Officers, " in page and "Ashby" not in page
    assert "their letters come back for a decision, some not before Sunday 20 December 2026, 17:00" in page

    answer = words_on(office.post(f"/releases/{release}/schedule", when="briefing", tour=str(tour), days="7"))
    assert "3 readers have no briefing of their own still to come" in answer


def test_a_briefing_whose_day_is_past_is_not_counted_among_those_that_have_a_date(office: Office) -> None:
    at, release = office.desk.clock(), office.agreed()
    tour = opened_tour(office)
    office.sit()
    for days, said in ((-1, "0 of 1 briefing still to come have a date"), (1, "1 of 2 briefings still to come has a date")):
        with office.database.transaction() as session:
            first = tours.briefings(session, tour)[0]
            first.sqlmodel_update({"state": "dated", "starts_at": at + timedelta(days=days)})
            session.add(first)
        assert f"Spring ({said})" in office.see(f"/releases/{release}/schedule")
    with office.database.transaction() as session:
        session.add(tours.briefings(session, tour)[0].sqlmodel_update({"state": "held", "starts_at": at + timedelta(minutes=-1)}))
    assert "Spring (0 of 1 briefing still to come have a date)" in office.see(f"/releases/{release}/schedule")


def test_what_cannot_be_is_refused_beside_its_field(office: Office) -> None:
    release, tour = office.agreed(), str(opened_tour(office))
    how_many, which = "Enter how many days before, between 1 and 60", "Choose the tour whose briefings it goes before"
    for days in ("", "0", "61", "-3", "7.5", "seven", "٣", "9" * 10):
        answer = office.post(f"/releases/{release}/schedule", when="briefing", tour=tour, days=days)
        assert answer.status_code == 200 and words_on(answer).count(how_many) == 2, days
    for bent, sentence in (("", which), ("nonsense", "Choose one from the list"), (str(UUID(int=3)), "Choose one from the list")):
        assert sentence in words_on(office.post(f"/releases/{release}/schedule", when="briefing", tour=bent, days="7")), bent
    for days, sentence in (("9" * 5000, "10 characters or fewer"), ("7\x00", "invisible character")):
        assert sentence in words_on(office.post(f"/releases/{release}/schedule", when="briefing", tour=tour, days=days))
    assert office.state(release) == "sealed"

    assert "It goes out as soon as it may" in words_on(office.post(f"/releases/{release}/schedule", when="now"))  # the rest may stay empty


def test_without_a_tour_it_cannot_be_asked_for(office: Office) -> None:
    release = office.agreed()

    answer = office.post(f"/releases/{release}/schedule", when="briefing", tour=str(UUID(int=3)), days="7")

    assert "Choose when it goes" in words_on(answer)
    assert office.state(release) == "sealed"
