"""A letter as a real reader would get it, before anything is submitted."""

import html
import re

import pytest

from audiences import definitions, rules
from campaigns.delivery import removals
from campaigns.foundation.officers import COUNTERSIGN
from tests.web.office import WORDS, Office
from tests.web.visitors import NOON, words_on


def test_save_and_preview_shows_the_letter_of_a_real_reader(office: Office) -> None:
    office.sit()

    page = words_on(office.write(save="", preview="Save and preview"))

    assert "Preview for Senior managers" in page
    assert "As Head of Health, Ashby" in page
    assert "Dear Head of Health, Ashby," in page
    assert "One lead authority speaks for Ashby Council" in page


def test_a_preview_goes_from_reader_to_reader_and_from_audience_to_audience(office: Office) -> None:
    message = office.drafted()

    assert "Brynmor Council" in office.see(f"/messages/{message}/preview/senior-managers?reader=2")
    assert "You may come to every briefing." in office.see(f"/messages/{message}/preview/unions")
    assert "reader 2 of 2" in office.see(f"/messages/{message}/preview/practitioners?reader=999")
    assert "reader 1 of 2" in office.see(f"/messages/{message}/preview/practitioners?reader=x")
    assert office.client.get(f"/messages/{message}/preview/no-such").status_code == 404


def test_a_letter_does_not_say_by_what_name_officers_keep_its_readers(office: Office) -> None:
    with office.database.transaction() as session:
        rule = rules.ticked(roles=["practitioner"])
        key = definitions.define(session, name="Not yet confirmed: LOPP", rule=rule, by=COUNTERSIGN, at=NOON)

    page = office.see(f"/messages/{office.drafted(audiences=[key], **{'part-unions': ''})}/preview/{key}")

    assert "You receive this as practitioner at Ashby Council." in page
    assert "not yet confirmed" not in page


def test_a_letter_stands_in_a_frame_that_fetches_and_runs_nothing(office: Office) -> None:
    message = office.drafted(core="Dear ((name)), <script>alert(1)</script>")

    answer = office.client.get(f"/messages/{message}/preview/unions/letter")

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "sandbox" in office.client.get(f"/messages/{message}/preview/unions").get_data(as_text=True)
    assert "&lt;script&gt;" in answer.get_data(as_text=True)


def test_a_preview_of_an_audience_with_nobody_in_it_shows_the_blanks_as_written(office: Office) -> None:
    message = office.drafted(audiences=["account-managers"], **{"part-unions": ""})

    assert "Nobody is in this audience today" in (page := office.see(f"/messages/{message}/preview/account-managers"))
    assert "Dear ((name))" in page
    assert "Nobody is in the audiences chosen today" in office.see(f"/messages/{message}")


def test_a_live_preview_shows_unsaved_words_and_marks_what_is_only_for_the_audience(office: Office) -> None:
    office.sit()

    answer = office.post("/messages/live-preview", **{**WORDS, "core": "Dear ((name)), come.", "live_audience": "unions"})

    assert "As Safety Officer would get it" in words_on(answer)
    assert "Dear Safety Officer, come." in words_on(answer)
    marked = re.search(r"<mark>(.*?)</mark>", answer.get_data(as_text=True), re.DOTALL)
    assert marked
    assert marked[1].strip() == "You may come to every briefing."


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"core": ""}, "Nothing is written yet."),
        ({"core": "((nickname))"}, "Line 1: ((nickname)) is not a blank"),
        ({"core": "x" * 40_001}, "40,000 characters or fewer"),
        ({"core": "Words", "subject": "a\x07b"}, "must be on one line"),
        ({"core": "<script>alert(1)</script> {{ 7*7 }}"}, "<script>alert(1)</script> {{ 7*7 }}"),
        ({"core": "Words", "live_audience": "no-such"}, "As Head of Health, Ashby would get it"),
        ({"core": "Words", "live_audience": "account-managers"}, "As nobody in particular would get it"),
    ],
)
def test_a_live_preview_answers_whatever_is_typed(office: Office, fields: dict[str, str], sentence: str) -> None:
    office.sit()

    answer = office.post("/messages/live-preview", **fields)

    assert answer.status_code == 200
    assert sentence in html.unescape(answer.get_data(as_text=True))


def test_everybody_who_would_get_it_is_listed_by_name_and_so_is_who_would_not(office: Office) -> None:
    message = office.drafted()
    with office.database.transaction() as session:
        removals.add(session, "safety@union.test", reason="asked for no more letters", by="tests", at=NOON)

    page = office.see(f"/messages/{message}/readers")

    assert "Inspector, Brynmor Brynmor Council Practitioners practitioner@w06000001.test" in page
    assert "1 to 4 of 4 readers" in page
    assert "Safety Officer, Union of Officers: asked for no more letters" in page
    assert "1 person is left out" in office.see(f"/messages/{message}")
