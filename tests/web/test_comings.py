"""Are you coming: a reader says so by an explicit choice, on one page without an account, and only about the briefing as it stands."""

import re

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from campaigns.agreement import releases
from campaigns.agreement.releases import Release
from campaigns.briefings import cancellations
from campaigns.briefings.answers import COMING
from campaigns.drafting import letters
from campaigns.foundation.database import Database
from campaigns.reach.touches import Touch
from tests.audiences import invited
from tests.audiences.answers_given import says, told
from tests.audiences.invited import WALES, Invited
from tests.campaigns.stories import DAY, MINUTE, NOON
from tests.web.conftest import Clock
from tests.web.visitors import title_of, words_on
from web.words import on

LINK = re.compile(rb"http://localhost:8000(/coming/[\w-]+)")


@pytest.fixture
def tour(sqlite: Database, clock: Clock) -> Invited:
    """Invitations that went, in May."""
    clock.at = NOON + MINUTE
    return invited.gone(sqlite)[0]


@pytest.fixture
def link(tour: Invited) -> str:
    """That of the head of health in Cardiff."""
    return link_to(tour, "head@cardiff.test")


def link_to(tour: Invited, address: str) -> str:
    letter = next(one.message for one in tour.transport.sent if one.recipient == address)
    found = LINK.search(letters.open_letter(letter).text.encode())
    assert found is not None
    return found[1].decode()


def touches(tour: Invited) -> int:
    with tour.database.reading() as session:
        return len(session.exec(select(Touch)).all())


def test_the_page_says_which_briefing_when_and_where_and_needs_no_cookie(client: FlaskClient, link: str) -> None:
    answer = client.get(link)

    said = words_on(answer)
    assert "Are you coming to this briefing?" in said and "Wales" in said
    assert "Tuesday 19 May 2026, 12:00 to 14:00" in said and "County Hall" in said
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow, noarchive" and "Set-Cookie" not in answer.headers
    assert " checked" not in answer.get_data(as_text=True)


def test_looking_and_a_form_sent_as_it_stands_change_nothing(client: FlaskClient, tour: Invited, link: str) -> None:
    for method in ("GET", "HEAD", "OPTIONS"):
        assert client.open(link, method=method).status_code == 200
    assert title_of(client.post(link, data={"submit": "Send my answer"})).startswith("Error: ")
    assert "Choose an answer" in words_on(client.post(link, data={"coming": "of course"}))
    assert "Nothing was recorded" in words_on(client.post(link, data={"coming": "not yet"}))

    assert set(says(tour).values()) == {"not answered"} and told(tour) == []


def test_an_answer_is_thanked_for_and_can_be_changed(client: FlaskClient, tour: Invited, link: str) -> None:
    before = touches(tour)
    answer = client.post(link, data={"coming": "coming"}, follow_redirects=True)
    assert "Thank you" in words_on(answer) and "You said: Yes" in words_on(answer)
    assert says(tour)["head@cardiff.test"] == "coming"
    assert "You said: Yes" in words_on(client.get(link))

    assert "Are you coming to this briefing?" in words_on(client.get(f"{link}?again=yes"))
    for said, shown in (("not coming", "No"), ("perhaps", "Perhaps"), ("sends somebody", "Somebody else comes instead of me")):
        assert f"You said: {shown}" in words_on(client.post(f"{link}?again=yes", data={"coming": said}, follow_redirects=True))
        assert says(tour)["head@cardiff.test"] == said
    assert len(told(tour)) == 4 and touches(tour) == before


def test_whoever_does_not_know_yet_is_told_what_they_said_before(client: FlaskClient, link: str) -> None:
    assert "you said" not in (first := words_on(client.post(link, data={"coming": "not yet"}))) and "Nothing was recorded" in first
    client.post(link, data={"coming": COMING})

    said = words_on(client.post(link, data={"coming": "not yet"}))

    assert "Nothing was recorded" in said and "Until you answer again, what you said before stands: Yes" in said


def test_each_link_answers_for_its_own_reader(client: FlaskClient, tour: Invited, link: str) -> None:
    client.post(link_to(tour, "inspector@cardiff.test"), data={"coming": "perhaps"})

    assert says(tour) == {
        "head@cardiff.test": "not answered",
        "inspector@cardiff.test": "perhaps",
        "inspector@swansea.test": "not answered",
    }
    assert "Are you coming to this briefing?" in words_on(client.get(link))


def test_a_link_that_is_bent_or_of_another_kind_opens_nothing(client: FlaskClient, tour: Invited, link: str) -> None:
    for bent in (f"{link[:-1]}{'A' if link[-1] != 'A' else 'B'}", link.replace("/coming/", "/read/"), "/coming/x"):
        assert client.get(bent).status_code == client.post(bent, data={"coming": "coming"}).status_code == 404
    assert told(tour) == []


def test_the_link_of_an_invitation_that_was_withdrawn_says_so_wherever_it_leads(client: FlaskClient, tour: Invited, link: str) -> None:
    with tour.database.transaction() as session:
        release = session.exec(select(Release.id)).one()
        releases.withdraw(session, release, reason="The room is wrong.", by=tour.house.hse, at=NOON)

    recalled = f"This letter was withdrawn on {on(NOON)}: do not rely on it."
    assert recalled in words_on(client.get(link))
    assert recalled in words_on(client.post(link, data={"coming": "not yet"}))
    assert recalled in words_on(client.post(link, data={"coming": "coming"}, follow_redirects=True))


def test_called_off_it_says_so_and_takes_no_answer(client: FlaskClient, tour: Invited, link: str) -> None:
    with tour.database.transaction() as session:
        cancellations.call_off(session, tour.briefing().id, reason="Flooded", by=tour.house.drafter, at=NOON)

    for answer in (client.get(link), client.post(link, data={"coming": "coming"})):
        said = words_on(answer)
        assert "This briefing has been called off" in said and "Tuesday 19 May 2026" in said
    assert told(tour) == []


def test_moved_it_says_where_to_and_takes_no_answer_to_the_old_date(client: FlaskClient, tour: Invited, link: str) -> None:
    client.post(link, data={"coming": "coming"})
    tour.arrange(WALES, NOON + 8 * DAY, "Town Hall")

    for answer in (client.get(link), client.post(link, data={"coming": "not coming"})):
        said = words_on(answer)
        assert "This briefing has been changed" in said
        assert said.index("Tuesday 19 May 2026") < said.index("As it is now") < said.index("Wednesday 20 May 2026, 12:00 to 14:00")
        assert "Town Hall" in said
    assert len(told(tour)) == 1


def test_once_it_has_begun_no_answer_is_taken(client: FlaskClient, tour: Invited, link: str, clock: Clock) -> None:
    clock.at = NOON + 7 * DAY

    assert "This briefing has begun" in words_on(client.post(link, data={"coming": "coming"}))
    assert told(tour) == []
