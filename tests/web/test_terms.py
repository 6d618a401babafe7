"""Terms on the pages: typed, signed, shown, and what a message waits for recorded on the campaign's page."""

from typing import Any

import pytest
from sqlmodel import select

from campaigns.agreement.releases import Release
from tests.web.office import WORDS, Office
from tests.web.visitors import words_on

WAITS = {"message_class": "ministerial", "waits_for": "Approach agreed", "stage": "milestone", "waives_basics": "The plenary asked for it"}


def test_terms_are_read_before_signing_and_stand_in_the_form_again(office: Office) -> None:
    release = office.waiting(**WAITS)
    for page in (f"/releases/{release}/sign", f"/releases/{release}", f"/messages/{office.message_of(release)}"):
        shown = office.see(page)
        assert "Risk ordinary" in shown and "It is ministerial and is held in pre-election periods" in shown, page
        assert "None of it goes before this is recorded: Approach agreed" in shown, page
    form = office.client.get(f"/messages/{office.message_of(release)}/edit").get_data(as_text=True)
    assert 'value="ministerial" checked' in " ".join(form.split())


def test_that_a_letter_is_better_sent_twice_than_never_is_read_before_signing_and_otherwise_nothing_is_said_of_it(office: Office) -> None:
    said = "Where nothing shows whether a letter went, it is sent once more: its reader may get it twice"
    release = office.waiting(when_unclear="better twice")
    assert said in office.see(f"/releases/{release}/sign")
    form = office.client.get(f"/messages/{office.message_of(release)}/edit").get_data(as_text=True)
    assert 'value="better twice" checked' in " ".join(form.split())


def test_to_ask_an_officer_instead_is_another_release_that_nobody_has_signed(office: Office) -> None:
    release = office.agreed(when_unclear="better twice")
    message = office.message_of(release)
    office.change(message, when_unclear="ask")
    office.post(f"/messages/{message}/submission")
    with office.database.reading() as session:
        other = session.exec(select(Release.id).where(Release.id != release)).one()
    office.seal(other)

    assert office.see(f"/releases/{release}").count("Void: changed since: terms.") == 2
    changed = office.see(f"/releases/{other}/sign").partition("What changed since both parties last agreed it Terms ")[2]
    assert changed.startswith("It is publicity") and changed.partition(" These people ")[0].endswith("its reader may get it twice")


def test_a_reason_that_has_no_place_is_refused_beside_its_field(office: Office) -> None:
    office.sit()
    assert "Clear the reason" in words_on(office.write(message_class="operational", overrides_quiet="We want to"))
    assert "Only a milestone message waits for the basics" in words_on(office.write(waives_basics="We want to"))


@pytest.mark.parametrize("name", ["message_class", "stage", "when_unclear", "follows_up", "risk", "answer", "audiences"])
def test_a_choice_that_there_is_not_is_refused_beside_its_field_and_the_words_stay(office: Office, name: str) -> None:
    message = office.drafted()
    kept = {"risk": "high", name: "nonsense", "core": "Words of an hour"}
    proposed = office.post(f"/messages/{message}/proposal", **{**WORDS, **kept})
    for answer in (office.write(**kept), office.change(message, **kept), proposed):
        page = answer.get_data(as_text=True)
        assert answer.status_code == 200 and "Words of an hour" in page
        assert f'id="{name}-error"' in page


def test_hours_of_rest_are_a_number_from_1_to_336(office: Office) -> None:
    office.sit()
    for typed in ("", "0", "337", "٣", "9" * 5000):
        answer = office.write(risk="high", answer="rest", hold_hours=typed)
        assert "Enter the hours it rests, from 1 to 336" in words_on(answer), typed[:9]


def test_it_waits_until_somebody_records_that_it_has_happened(office: Office) -> None:
    release = office.agreed(**WAITS)
    assert "It waits for this to be recorded: Approach agreed" in words_on(office.post(f"/releases/{release}/schedule", when="now"))

    assert "It waits for this to be recorded: Approach agreed." in office.see(f"/releases/{release}/schedule")
    assert "It waits for this to be recorded: Approach agreed. An officer" in office.see(f"/releases/{release}")
    assert "It waits for this to be recorded: Approach agreed." in office.see("/")

    page = f"/campaigns/{office.campaign}/milestones"
    assert "Named." in words_on(office.post(page, name="Approach agreed"))
    assert "a milestone of that name already" in words_on(office.post(page, name="Approach agreed"))
    link = next(part for part in office.client.get(page).get_data(as_text=True).split('"') if part.startswith("/campaigns/milestones/"))
    assert "Enter what shows it" in words_on(office.post(link, evidence=" "))
    assert "may be scheduled" in words_on(office.post(link, evidence="HELA minutes of 9 May"))
    assert "It waits for this to be recorded" not in office.see("/") + office.see(f"/releases/{release}/schedule")
    assert "What it waited for has happened: Approach agreed. " in office.see("/")
    assert "It goes out as soon as it may" in words_on(office.post(f"/releases/{release}/schedule", when="now"))


def test_what_was_recorded_by_mistake_is_taken_back_with_a_reason(office: Office) -> None:
    release = office.agreed(**WAITS)
    page = f"/campaigns/{office.campaign}/milestones"
    office.post(page, name="Approach agreed")
    link = next(part for part in office.client.get(page).get_data(as_text=True).split('"') if part.startswith("/campaigns/milestones/"))
    back = f"{link}/taking-back"
    assert "there is nothing to take back" in office.see(back)
    assert "there is nothing to take back" in words_on(office.post(back, reason="A slip"))
    office.post(link, evidence="HELA minutes of 9 May")
    assert f'href="{back}"' in office.client.get(page).get_data(as_text=True)

    assert "shown by “HELA minutes of 9 May”" in office.see(back)
    assert "Enter why it is taken back" in words_on(office.post(back, reason=" "))
    assert "Messages wait for it again" in words_on(office.post(back, reason="It was the wrong meeting"))

    assert "Not yet" in office.see(page)
    assert "It waits for this to be recorded: Approach agreed." in office.see(f"/releases/{release}/schedule")


def test_what_the_campaign_names_is_offered_to_whoever_writes_what_a_message_waits_for(office: Office) -> None:
    message = office.drafted()
    office.post(f"/campaigns/{office.campaign}/milestones", name="Approach agreed")
    for page in ("/messages/new", f"/messages/{message}/edit", f"/messages/{message}/proposal"):
        form = office.client.get(page).get_data(as_text=True)
        assert 'list="milestones"' in form and '<option value="Approach agreed"></option>' in form, page


def test_the_author_of_a_draft_finds_on_their_first_page_what_it_waits_for_and_that_it_has_happened(office: Office) -> None:
    office.drafted(**WAITS)
    assert "is your draft, not yet submitted. It waits for this to be recorded: Approach agreed." in office.see("/")

    page = f"/campaigns/{office.campaign}/milestones"
    office.post(page, name="Approach agreed")
    link = next(part for part in office.client.get(page).get_data(as_text=True).split('"') if part.startswith("/campaigns/milestones/"))
    assert "their drafters are told" in words_on(office.post(link, evidence="HELA minutes of 9 May"))

    assert "is your draft, not yet submitted. What it waited for has happened: Approach agreed." in office.see("/")


def test_within_each_authority_s_window_is_a_choice(office: Office) -> None:
    release = office.agreed()
    assert "in its own next window" in words_on(office.post(f"/releases/{release}/schedule", when="windows"))


@pytest.mark.parametrize(
    ("typed", "asked"),
    [
        ({"risk": "ordinary", "answer": "rest"}, "You chose that it rests, as only a message of a high risk does. Choose a high risk"),
        ({"risk": "ordinary", "hold_hours": "48"}, "You entered hours of rest, as only a message of a high risk has. Choose a high risk"),
        ({"risk": "high", "answer": "second", "hold_hours": "48"}, "You entered hours of rest. Choose that it rests, or leave 24 there"),
        ({"let_go_by": ["hse"]}, "You chose who may let it go. Tick that it is a holding line, or tick both parties"),
    ],
)
def test_care_that_was_asked_for_is_not_dropped_in_silence(office: Office, typed: dict[str, Any], asked: str) -> None:
    office.sit()

    assert asked in words_on(office.write(**typed))
