"""Stop or change what I get: looking changes nothing, an explicit choice does, and a mail program's own button does (bad input 56, 57)."""

from datetime import timedelta

import pytest

from audiences import erasures, incoming_post, preferences
from campaigns.delivery import removals
from campaigns.foundation import log, tokens
from campaigns.foundation.officers import COUNTERSIGN
from campaigns.foundation.settings import Settings
from tests.web.conftest import Clock
from tests.web.letters_out import NOTHING, Out
from tests.web.visitors import NOON, title_of, words_on
from web.app import create_app

ONE_CLICK = {"List-Unsubscribe": "One-Click"}
PREFETCH = {"Sec-Purpose": "prefetch", "Purpose": "prefetch", "X-Moz": "prefetch"}


def stopped(out: Out, position: int = 0, *, about: object = None) -> bool:
    """Whether nothing more goes to this reader, or nothing about a campaign."""
    with out.database.reading() as session:
        return bool(removals.among(session, [out.person(position).address], campaign_id=about))  # type: ignore[arg-type]


def test_opening_the_link_in_any_way_changes_nothing_and_sets_no_cookie(out: Out) -> None:
    link = out.links[0]["stop"]
    answers = [out.client.open(link, method=method, headers=PREFETCH) for method in ("GET", "HEAD", "OPTIONS")]

    assert [answer.status_code for answer in answers] == [200] * 3
    assert "everything" in words_on(answers[0]) and out.person(0).address in words_on(answers[0])
    assert not any("Set-Cookie" in answer.headers for answer in answers)
    assert out.changed() == NOTHING


def test_the_form_sent_as_it_stands_changes_nothing_and_asks_again(out: Out) -> None:
    answer = out.client.post(out.links[0]["stop"], data={"submit": "Save my choice"})

    assert title_of(answer).startswith("Error: ") and "Nothing has been changed" in words_on(answer)
    assert out.changed() == NOTHING


def test_the_first_choice_there_is_changes_nothing_either(out: Out) -> None:
    for link, field, first in (("stop", "choice", "leave"), ("read", "read", "not yet"), ("share", "who", "mine")):
        page = out.client.get(out.links[0][link]).get_data(as_text=True)
        assert page.index(f'value="{first}"') == page.index('type="radio" value=') + len('type="radio" ') and "checked" not in page
        assert out.client.post(out.links[0][link], data={field: first}).status_code == 200

    assert out.changed() == NOTHING


def test_a_reader_stops_everything_and_starts_again(out: Out) -> None:
    link = out.links[0]["stop"]

    assert "You will get no more letters" in words_on(out.client.post(link, data={"choice": "nothing"}))
    assert stopped(out) and not stopped(out, 1)
    assert "write nothing to this address: you asked us to stop" in words_on(out.client.get(link))

    assert "everything again" in words_on(out.client.post(link, data={"choice": "everything"}))
    assert not stopped(out)


def test_a_reader_wants_nothing_about_one_campaign(out: Out) -> None:
    link = out.links[0]["stop"]
    page = words_on(out.client.post(link, data={"choice": "topic"}))

    assert "everything except “Revitalise LOPP”" in page
    assert stopped(out, about=out.campaign()) and not stopped(out)
    assert "Do not write to me about" not in words_on(out.client.get(link))

    out.client.post(link, data={"choice": "everything"})
    assert not stopped(out, about=out.campaign())


def test_a_mail_programs_own_button_works_without_page_cookie_or_guard(out: Out, settings: Settings) -> None:
    strict = create_app(settings, out.database)  # with the guard against forged forms

    answer = strict.test_client().post(out.links[0]["stop"], data=ONE_CLICK, headers={"Sec-Fetch-Site": "cross-site"})

    assert answer.status_code == 200 and "Set-Cookie" not in answer.headers and "Location" not in answer.headers
    assert stopped(out)


@pytest.mark.long
def test_the_button_posted_a_thousand_times_stops_once(out: Out, clock: Clock) -> None:
    codes, program = set(), out.client
    for _ in range(1000):
        codes.add(program.post(out.links[0]["stop"], data=ONE_CLICK).status_code)
        clock.forward(timedelta(seconds=1))

    assert codes == {200} and out.changed() == NOTHING | {"removals": 1}
    with out.database.reading() as session:
        mine = [entry.kind for entry in log.history(session, out.person(0).id)]
    assert mine.count("PreferenceRecorded") == 1


def test_a_reader_removed_for_another_reason_reads_why_and_cannot_lift_it(out: Out) -> None:
    with out.database.transaction() as session:
        removals.add(session, out.person(0).address, reason="the mailbox does not exist", by="tests", at=NOON)

    assert "the mailbox does not exist" in words_on(out.client.get(out.links[0]["stop"]))
    out.client.post(out.links[0]["stop"], data={"choice": "everything"})
    assert stopped(out)


@pytest.mark.parametrize("by_program", [False, True])
def test_a_reader_whose_letters_came_back_can_still_say_stop_and_only_they_lift_it(out: Out, by_program: bool) -> None:
    link, person = out.links[0]["stop"], out.person(0)
    with out.database.transaction() as session:
        removals.add(session, person.address, reason=removals.GONE, by="tests", at=NOON)
    assert "Do not write to me at all" in words_on(out.client.get(link))

    out.client.post(link, data=ONE_CLICK if by_program else {"choice": "nothing"})
    out.office.sit()
    lifted = out.office.client.post(f"/people/{person.id}/lifting")

    assert lifted.status_code == 409 and stopped(out)
    assert "Let letters go again" not in out.office.see(f"/people/{person.id}")
    page = words_on(out.client.get(link))
    assert "you asked us to stop" in page and "Do not write to me at all" not in page
    out.client.post(link, data={"choice": "everything"})
    assert not stopped(out)


@pytest.mark.parametrize("reason", [removals.GONE, incoming_post.COMPLAINED])
def test_everything_again_is_offered_only_where_it_can_be_done(out: Out, reason: str) -> None:
    link, person = out.links[0]["stop"], out.person(0)
    out.client.post(link, data={"choice": "topic"})
    assert "about everything again" in words_on(out.client.get(link))
    with out.database.transaction() as session:
        removals.add(session, person.address, reason=reason, by="tests", at=NOON)

    assert "about everything again" not in words_on(out.client.get(link))
    assert title_of(out.client.post(link, data={"choice": "everything"})).startswith("Error: ")
    assert stopped(out) and stopped(out, about=out.campaign())


def test_a_link_of_the_letters_before_links_had_numbers_still_stops_everything(out: Out, settings: Settings) -> None:
    old = "/stop/" + tokens.make(settings.secret_key, "stop", str(out.person(0).id))
    rotated = create_app(settings.model_copy(update={"secret_key": "k" * 40, "former_secret_keys": settings.secret_key}), out.database)

    assert "about everything" in words_on(out.client.get(old))
    assert out.client.post(old, data={"choice": "topic"}).status_code == 200 and not stopped(out, about=out.campaign())
    assert rotated.test_client().post(old, data=ONE_CLICK).status_code == 200
    assert stopped(out)


def test_the_link_of_an_erased_reader_says_so_and_stops_nobody(out: Out) -> None:
    person, address = out.person(0).id, out.person(0).address
    with out.database.transaction() as session:
        erasures.erase(session, person, by=COUNTERSIGN, at=NOON)

    for link in out.links[0].values():
        for answer in (out.client.get(link), out.client.post(link, data=ONE_CLICK)):
            assert answer.status_code == 404 and "have been erased here" in words_on(answer)
    with out.database.reading() as session:
        assert preferences.standing(session, address) == preferences.START
