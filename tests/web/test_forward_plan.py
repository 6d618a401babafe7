"""The forward plan on one page: what is meant, agreed, due, held and sent, the calendars under it, and what is in the way, in sentences."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from flask.testing import FlaskClient

from campaigns.briefings import additions, arranging
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.tours import Briefing, Group
from campaigns.planning import plan_rows, rules
from campaigns.planning.plan_rows import Typed as Row
from campaigns.planning.rules import Typed as Rule
from tests.campaigns import stories
from tests.web.grounds import ADUR, BARNET, CARDIFF, Ground
from tests.web.visitors import NOON, SignIn, title_of, words_on

PLAN = "/forward-plan"
ROW = Row("practitioners", "Article on lead authorities", "article", date(2026, 12, 10), hse_owner="A", lacors_owner="B")
POLL = Rule("nation", "England", "pre-election", "pre-election period", date(2026, 11, 20), date(2026, 12, 17), "the returning officer")

COPY = Rule("everywhere", "", "copy date", "Environmental Health News copy", date(2026, 11, 30), date(2026, 11, 30), "the editor")


def plan(ground: Ground, row: Row = ROW) -> None:
    with ground.database.transaction() as session:
        plan_rows.add(session, ground.campaign, row, by=ground.house.drafter, at=NOON)


def rule(ground: Ground, typed: Rule) -> None:
    with ground.database.transaction() as session:
        rules.add(session, typed, by=ground.house.drafter, at=NOON)


def agreed(ground: Ground, *codes: str) -> None:
    """A release that both have signed, to a reader at each of these authorities."""
    readers = [stories.reader(number, authority_code=code) for number, code in enumerate(codes)]
    stories.agreed_release(ground.house, stories.words(latest_send=NOON + timedelta(days=20)), readers=readers)


def see(client: FlaskClient, **asked: Any) -> str:
    answer = client.get(PLAN, query_string=asked)
    assert answer.status_code == 200
    return words_on(answer)


def test_an_empty_plan_says_so_and_what_to_do_next(ground: Ground, client: FlaskClient) -> None:
    said = see(client)

    assert "Forward plan" in said and "Nothing is planned yet for these weeks. Plan something" in said
    assert "Nothing is in the way of what is planned." in said
    assert "23 November 2026 to 21 February 2027" in said
    assert "Bank holidays, England 25 December 2026 Christmas Day" in said and "Bank holidays, Scotland 2 January" not in said
    assert "Saint Andrew's Day" in said


def test_a_row_stands_on_the_plan_with_its_state_group_and_day(ground: Ground, client: FlaskClient) -> None:
    plan(ground)

    assert "10 December 2026 Article Article on lead authorities proposed Practitioners Everywhere" in see(client)
    assert "Article on lead authorities" not in see(client, audience="unions")
    assert "Article on lead authorities" not in see(client, weeks="4", start="1 3 2027")
    assert "This is not a real date" in see(client, start="soon")


def test_an_agreed_letter_and_a_briefing_are_on_it(ground: Ground, client: FlaskClient) -> None:
    ground.person()
    held = ground.held()

    said = see(client)

    assert "agreed" in said and "Briefing of Wales" in said and "took place" in said
    assert "Briefing of" not in see(client, nation="Scotland")
    with ground.database.transaction() as session:
        session.get_one(Briefing, held).slot = 2
    assert "Briefing of Wales liaison group, date 2, County Hall" in see(client)


def test_a_briefing_of_a_body_of_no_nation_stays_whatever_nation_is_chosen_and_keeps_england_s_holidays(
    ground: Ground, client: FlaskClient
) -> None:
    tour, by = ground.tour(), {"by": ground.house.drafter, "at": NOON}
    with ground.database.transaction() as session:
        panel = additions.add(session, tour, Group("lgp", "Local Government Panel", ""), **by)
        arranging.arrange(session, panel, Arrangement(NOON + timedelta(days=31), "Smith Square"), **by)

    for said in (see(client), see(client, nation="Wales")):
        assert "Panel, Smith Square It is on 25 December, a bank holiday in England: Christmas Day. dated Everybody Everywhere" in said


def test_a_letter_held_by_a_quiet_period_says_for_whom_and_until_when(ground: Ground, client: FlaskClient) -> None:
    agreed(ground, ADUR, BARNET)
    rule(ground, POLL)

    said = see(client)

    assert "Held. “ What LOPP is ”: 2 English authorities are held to 17 December: pre-election period; 2 have no day before" in said
    assert "agreed, held" in said
    assert "Quiet periods 23 November to 17 December 2026 pre-election period: 296 of 350 authorities" in said


def test_a_letter_to_another_nation_is_not_held(ground: Ground, client: FlaskClient) -> None:
    agreed(ground, CARDIFF)
    rule(ground, POLL)

    said = see(client)

    assert "is held" not in said and "agreed, held" not in said and "Nothing is in the way" in said
    assert "What LOPP is" not in see(client, nation="Scotland") and "What LOPP is" in see(client, region="Wales")


def test_copy_dates_held_days_and_crowded_letters_are_said(ground: Ground, client: FlaskClient) -> None:
    rule(ground, COPY)
    plan(ground)
    plan(ground, replace(ROW, title="Greetings", channel="letter", day=date(2026, 12, 25)))
    plan(ground, replace(ROW, title="More greetings", channel="letter", day=date(2026, 12, 29)))

    said = see(client)

    assert "“ Article on lead authorities ” is not agreed, and its copy date is 30 November: Environmental Health News copy." in said
    assert "“ Greetings ” is planned for 25 December, when all 350 authorities cannot be written to: Christmas Day." in said
    assert "Practitioners get 2 letters within 30 days" in said


def test_what_a_row_became_stands_once_under_its_channel_and_its_copy_date_goes_on_counting(ground: Ground, client: FlaskClient) -> None:
    rule(ground, COPY)
    plan(ground)
    story = stories.waiting_release(ground.house, stories.words(latest_send=NOON + timedelta(days=20)))
    with ground.database.transaction() as session:
        (row,) = plan_rows.standing(session)
        plan_rows.draft_for(session, row.id, story.message, by=ground.house.drafter, at=NOON)

    said = see(client)

    assert "Article What LOPP is It is not agreed, and its copy date is 30 November" in said
    assert "Article on lead authorities" not in said


def test_a_row_that_is_done_waits_for_no_copy_date(ground: Ground, client: FlaskClient) -> None:
    rule(ground, COPY)
    plan(ground)
    with ground.database.transaction() as session:
        (row,) = plan_rows.standing(session)
        plan_rows.done(session, row.id, on=NOON.date(), by=ground.house.drafter, at=NOON)

    said = see(client)

    assert "Article on lead authorities done" in said and "its copy date is" not in said


def test_committee_weeks_are_counted_among_the_authorities_looked_at(ground: Ground, client: FlaskClient) -> None:
    for code in (ADUR, BARNET):
        rule(
            ground,
            Rule("authority", code, "committee", "Licensing Committee", date(2026, 12, 3), date(2026, 12, 3), "its page", lead_days=5),
        )

    assert "Committee papers: 2 of 350 authorities" in see(client)
    assert "Committee papers: 1 of 33 authorities" in see(client, region="London")


def test_the_file_says_the_same_and_guards_formulas(ground: Ground, client: FlaskClient) -> None:
    plan(ground, replace(ROW, title="=cmd()"))

    lines = client.get(f"{PLAN}/forward-plan.csv").get_data(as_text=True).splitlines()

    assert lines[0].lstrip("\ufeff").startswith("From,To,At,What,Title,State,For,Where")
    assert lines[1].startswith("2026-12-10,2026-12-10,,Article,'=cmd(),proposed,Practitioners,Everywhere")


def test_a_hostile_title_is_only_shown(ground: Ground, client: FlaskClient) -> None:
    plan(ground, replace(ROW, title='<script>alert(1)</script>"><svg onload=x>'))

    page = client.get(PLAN).get_data(as_text=True)

    assert "<script>alert" not in page and "<svg onload" not in page and "&lt;script&gt;alert" in page


def test_an_observer_is_led_to_no_page_that_is_closed_to_them(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    plan(ground)
    assert "/campaigns/plan/" in client.get(PLAN).get_data(as_text=True)

    sign_in("observer", None)

    page = client.get(PLAN).get_data(as_text=True)
    assert "Article on lead authorities" in page and "/campaigns/plan/" not in page


def test_whatever_the_address_asks_for_is_answered(ground: Ground, client: FlaskClient) -> None:
    plan(ground)
    for asked in (
        {"weeks": "-1"},
        {"weeks": "9" * 40},
        {"start": "31 12 2100"},
        {"start": "1 1 2000"},
        {"nation": "'"},
        {"region": "x" * 3000},
    ):
        assert client.get(PLAN, query_string=asked).status_code == 200, asked


def test_a_day_that_is_none_is_said_at_the_top_and_what_is_shown_instead(ground: Ground, client: FlaskClient) -> None:
    plan(ground)
    page = client.get(PLAN, query_string={"start": "31 2 2027"})

    assert title_of(page).startswith("Error: ") and "There is a problem This is not a real date." in words_on(page)
    assert "Until it can be read, the plan is shown from today." in words_on(page)
    assert 'value="31 2 2027"' in page.text and "forward-plan.csv" not in page.text


def test_a_thing_of_government_interest_is_marked(ground: Ground, client: FlaskClient) -> None:
    assert "★ Government interest" in see(client)


def test_the_plan_is_ready_in_time(ground: Ground, client: FlaskClient) -> None:
    for number in range(30):
        plan(ground, replace(ROW, title=f"Row {number}", day=date(2026, 12, 1) + timedelta(days=number)))

    assert "Row 29" in see(client)
