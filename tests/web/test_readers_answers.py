"""I have read this, and somebody else should get it: only an explicit answer counts, once, as exactly one grade."""

import re

import pytest
from flask.testing import FlaskClient

from audiences import suggestions
from campaigns.agreement import releases
from campaigns.delivery import acknowledgements
from campaigns.foundation.errors import NotAllowedNow
from campaigns.foundation.log import LogEntry
from tests.web import correcting, letters_out
from tests.web.letters_out import NOTHING, Out
from tests.web.visitors import title_of, words_on


def say(out: Out, link: str, **fields: str) -> str:
    """Answer a question; the words of the page that follows."""
    answer = out.client.post(link, data=fields, follow_redirects=True)
    assert answer.status_code == 200
    return words_on(answer)


def authority(out: Out, position: int) -> tuple[str, str]:
    person = out.person(position)
    return person.authority_code or "", person.role


def test_one_answer_moves_one_grade_and_the_pulse_one_more(out: Out) -> None:
    read, pulse = out.links[0]["read"], out.links[0]["read"].replace("/read/", "/pulse/")

    assert "Have you read “What LOPP offers you”?" in words_on(out.client.get(read))
    assert "Could you explain to a colleague" in say(out, read, read="yes")
    out.hear()
    assert out.grades() == [(*authority(out, 0), "confirmed")]

    assert "You said: In part" in say(out, pulse, answer="partly")
    out.hear()
    assert out.grades() == [(*authority(out, 0), "confirmed")]

    assert "You said: Yes" in say(out, pulse, answer="yes")
    out.hear()
    assert out.grades() == [(*authority(out, 0), "confirmed"), (*authority(out, 0), "understands")]

    assert "You said: Not yet" in say(out, pulse, answer="no")
    out.hear()
    assert out.grades() == [(*authority(out, 0), "confirmed")]


def test_looking_or_sending_the_forms_as_they_stand_moves_none(out: Out) -> None:
    for links in out.links:
        for link in (links["read"], links["read"].replace("/read/", "/pulse/"), links["share"]):
            for method in ("GET", "HEAD", "OPTIONS"):
                assert out.client.open(link, method=method).status_code in {200, 303}
            again = out.client.post(link, data={"submit": "Send my answer"}, follow_redirects=True)
            assert title_of(again).startswith("Error: ") or "/pulse/" in link

    out.hear()
    assert (out.grades(), out.changed()) == ([], NOTHING)


def test_the_pulse_alone_says_nothing_of_a_letter_not_said_to_be_read(out: Out) -> None:
    say(out, out.links[0]["read"].replace("/read/", "/pulse/"), answer="yes")

    assert out.changed() == NOTHING


@pytest.mark.long
def test_said_a_hundred_times_it_is_recorded_once(out: Out) -> None:
    for _ in range(100):
        say(out, out.links[0]["read"], read="yes")

    out.hear()
    assert out.changed() == NOTHING | {"acknowledgements": 1} and len(out.grades()) == 1


def test_the_reader_of_a_body_is_recorded_and_lifts_no_authority(out: Out) -> None:
    position = next(place for place in range(5) if out.person(place).authority_code is None)
    say(out, out.links[position]["read"], read="yes")

    out.hear()
    assert out.changed() == NOTHING | {"acknowledgements": 1} and out.grades() == []


def test_no_answer_counts_before_the_letter_has_gone(client: FlaskClient) -> None:
    out = letters_out.sent(client)
    out.office.put_in_state(out.release, {"queued": 1})

    answer = out.client.post(out.links[0]["read"], data={"read": "yes"})

    assert answer.status_code == 409 and "has not been sent" in words_on(answer)
    assert out.changed() == NOTHING


def test_a_withdrawn_letter_says_so_leads_to_its_correction_and_counts_nobody_any_more(out: Out) -> None:
    confirmed, fresh = out.links[0]["read"], out.links[1]["read"]
    say(out, confirmed, read="yes")
    out.office.sit()
    out.office.end(out.release)
    out.office.post(f"/releases/{out.release}/withdrawal", reason="The fee is wrong.")
    out.office.post(f"/releases/{out.release}/correction")
    correction = correcting.go(out.office)
    with out.database.reading() as session:
        reference = releases.get(session, correction).reference

    looked = words_on(out.client.get(fresh)), words_on(out.client.get(out.links[1]["share"]))
    for page in (*looked, say(out, confirmed), say(out, fresh, read="yes"), say(out, confirmed, answer="yes")):
        assert "This letter was withdrawn on 24 November 2026: do not rely on it." in page
        assert f"corrected by letter {reference}" in page
    for link in (fresh, confirmed, f"{confirmed.replace('/read/', '/pulse/')}?again=yes"):
        page = words_on(answer := out.client.get(link, follow_redirects=True))
        assert "HSE and LACoRS no longer count who has read it. You need do nothing more." in page and "<form" not in answer.text, link
    assert "Nothing was recorded" in say(out, fresh, read="yes") and "Thank you" not in say(out, fresh, read="yes")

    out.hear()
    assert out.grades() == [(*authority(out, 0), "confirmed")]
    message = out.office.message_of(out.release)
    for page in ("/coverage", "/coverage/not-yet"):
        narrowed = out.office.client.get(f"{page}?message={message}").get_data(as_text=True)
        assert 'cs-tag">withdrawn<' in narrowed and 'cs-tag">withdrawn<' not in out.office.client.get(page).get_data(as_text=True)


def test_an_answer_that_overtakes_the_withdrawal_is_refused_by_the_step_itself(out: Out) -> None:
    out.office.sit()
    out.office.post(f"/releases/{out.release}/withdrawal", reason="The fee is wrong.")

    with out.database.transaction() as session, pytest.raises(NotAllowedNow, match="was withdrawn"):
        acknowledgements.confirm(session, out.release, 0, at=out.office.desk.clock())


def test_the_facts_of_an_answer_name_a_place_and_nobody(out: Out) -> None:
    say(out, out.links[0]["read"], read="yes")

    with out.database.reading() as session:
        entry = session.exec(letters_out.select(LogEntry).where(LogEntry.kind == "ReadingConfirmed")).one()
    assert (entry.subject, entry.by, entry.payload) == (out.release, "the reader", {"position": 0})


def test_a_reader_names_somebody_else_and_an_officer_is_asked(out: Out) -> None:
    said = {"who": "too", "name": " Deputy\r\nhead ", "address": "deputy@ashby.test", "note": "<script>alert(1)</script>"}
    assert "an officer will look at it" in say(out, out.links[0]["share"], **said)
    say(out, out.links[0]["share"], **said)

    with out.database.reading() as session:
        (kept,) = suggestions.waiting(session)
    assert (kept.kind, kept.name, kept.address, kept.note) == ("somebody else too", "Deputy head", said["address"], said["note"])
    assert (kept.person_id, kept.authority_code, kept.by) == (out.person(0).id, out.person(0).authority_code, "the reader")


def test_the_wrong_person_says_so_without_knowing_the_right_one(out: Out) -> None:
    say(out, out.links[1]["share"], who="wrong")

    with out.database.reading() as session:
        assert [one.kind for one in suggestions.waiting(session)] == ["wrong person"]


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "Nothing has been passed on"),
        ({"who": "somebody"}, "Nothing has been passed on"),
        ({"who": "too"}, "Enter their name or post, or their e-mail address"),
        ({"who": "too", "address": "a@b, c@d"}, "is not an e-mail address"),
        ({"who": "wrong", "note": "x" * 1001}, "1,000 characters or fewer"),
        ({"who": "wrong", "name": "a\x00b"}, "invisible character"),
        (
            {"who": "mine", "name": "Ann"},
            "You wrote who else should get it, or something we should know: choose what holds, or empty the boxes",
        ),
        ({"who": "mine", "note": "Ann left"}, "choose what holds, or empty the boxes. Nothing has been passed on"),
    ],
)
def test_what_cannot_be_passed_on_is_asked_for_again(out: Out, fields: dict[str, str], sentence: str) -> None:
    assert sentence in words_on(out.client.post(out.links[0]["share"], data=fields))
    assert out.changed() == NOTHING


def test_one_reader_cannot_fill_the_officers_queue(out: Out) -> None:
    answers = [out.client.post(out.links[0]["share"], data={"who": "too", "name": f"Somebody {n}"}).status_code for n in range(12)]

    assert answers == [200] * 10 + [409] * 2
    said = {"who": "too", "name": "Ann", "note": "She runs the team."}
    refused = words_on(out.client.post(out.links[0]["share"], data=said, headers={"Origin": "http://localhost"}))
    assert "To tell us about more, write to us." in refused and "Copy it before you leave this page. She runs the team." in refused


def test_officers_see_what_a_reader_asked_for_and_confirmed(out: Out) -> None:
    say(out, out.links[0]["read"], read="yes")
    say(out, out.links[0]["stop"], choice="topic")
    out.hear()
    out.office.sit()

    assert "yes, but none about Revitalise LOPP" in out.office.see(f"/people/{out.person(0).id}")
    assert re.search(
        r"Confirmed: confirmed by the reader letter [A-Z0-9]{4}-[A-Z0-9]{4}, What LOPP is",
        out.office.see(f"/authorities/{out.person(0).authority_code}"),
    )
