"""Words about a briefing that name somebody are blanked row by row, by a writer, once, and never under a legal hold."""

from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlmodel import select

from audiences import legal_holds
from audiences.legal_holds import PERSON, TEXT
from campaigns.briefings import attendance
from campaigns.briefings.attendance import Attendance
from campaigns.briefings.questions import Question
from campaigns.foundation import log
from campaigns.foundation.database import Database
from tests.audiences.test_passages import HEAD, Written
from tests.web import grounds
from tests.web.grounds import ADUR, CARDIFF
from tests.web.visitors import NOON, SignIn, words_on


@pytest.fixture
def written(sqlite: Database, sign_in: SignIn) -> Written:
    """A briefing at which somebody asked, was to do something, signed in, and of which they told."""
    ground = grounds.found(sqlite)
    written = Written(ground, ground.held())
    written.ask("Ann Jones asked who pays", CARDIFF)
    written.plan("Call Ann Jones", "LOPP lead")
    written.repeat(CARDIFF, "Ann Jones")
    written.came(CARDIFF, "Ann Jones")
    sign_in("officer", "hse")
    return written


def links(client: FlaskClient, written: Written) -> list[str]:
    """Where words can be blanked, as the pages link there."""
    pages = [client.get(f"/briefings/{written.briefing}{page}").get_data(as_text=True) for page in ("", "/who-was-there")]
    return sorted({part for page in pages for part in page.split('"') if part.endswith("/blanking")})


def test_every_passage_is_blanked_from_its_page_once_and_what_is_counted_stays(written: Written, client: FlaskClient) -> None:
    found = links(client, written)
    assert [link.split("/")[3] for link in found] == ["attendances", "briefing_actions", "briefing_questions", "local_repeats"]

    for link in found:
        assert "Ann Jones" in words_on(client.get(link)) and "cannot be undone" in words_on(client.get(link))
        assert "The text is blanked." in words_on(client.post(link, follow_redirects=True))
        assert "blanked already" in words_on(client.post(link)) and "blanked already" in words_on(client.get(link))

    assert "Ann Jones" not in str(written.said())
    with written.ground.database.reading() as session:
        assert attendance.heads(attendance.standing(session, written.briefing)) == 1
        assert [one.outcome for one in session.exec(select(Question))] == [None]
        assert [entry.kind for entry in log.history(session, written.briefing)].count("PassageBlanked") == 4


@pytest.mark.parametrize("kind", [TEXT, PERSON])
def test_what_a_legal_hold_covers_is_not_blanked_and_the_hold_is_named(written: Written, client: FlaskClient, kind: str) -> None:
    ground = written.ground
    head = ground.person(ADUR, name=HEAD)
    ground.person(CARDIFF, name=HEAD, address="head@cardiff.test")  # of two, which one is meant cannot be told
    written.ask(f"The {HEAD} asked about claim 7")
    on = {"about": "CLAIM 7"} if kind == TEXT else {"subject": head}
    with ground.database.transaction() as session:
        legal_holds.place(session, kind=kind, **on, reason="tribunal", by=ground.house.drafter, at=NOON)  # type: ignore[arg-type]
        asked = session.exec(select(Question.id).where(Question.authority_code == None)).one()  # noqa: E711
    before = written.said()

    page = f"/briefings/passages/briefing_questions/{asked}/blanking"

    for answer in (client.get(page), client.post(page)):
        assert "This text cannot be blanked: a legal hold on" in words_on(answer) and "tribunal" in words_on(answer)
    assert written.said() == before


def test_somebody_in_the_register_another_table_and_a_reader_are_refused(written: Written, client: FlaskClient, sign_in: SignIn) -> None:
    written.came(ADUR, "Bob", written.ground.person(ADUR))
    with written.ground.database.reading() as session:
        row = session.exec(select(Attendance.id).where(Attendance.name == "Bob")).one()

    assert str(row) not in str(links(client, written))
    assert "Erase them on their own page" in words_on(client.post(f"/briefings/passages/attendances/{row}/blanking"))
    for table in ("attendances", "kit_holders", "officers"):
        assert client.get(f"/briefings/passages/{table}/{UUID(int=9)}/blanking").status_code == 404
    found, before = links(client, written), written.said()
    sign_in("observer")
    assert links(client, written) == [] and client.post(found[0]).status_code == 403
    assert written.said() == before
