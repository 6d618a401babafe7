"""Writing a message, as an officer does it on the pages."""

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlmodel import col

from audiences.people import Person
from campaigns.agreement.releases import Release
from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from tests.web.conftest import Clock
from tests.web.office import Office
from tests.web.visitors import title_of, words_on


def test_a_message_is_written_saved_and_shown_with_who_gets_it(office: Office) -> None:
    message = office.drafted()

    page = office.see(f"/messages/{message}")
    assert "What LOPP is draft" in page and "One lead authority speaks for ((organisation))" in page
    assert "Only for Unions You may come to every briefing." in page
    assert "5 readers as the audiences stand today" in page
    assert "Unions 1 0 0 1" in page and "Not after Sunday 20 December 2026, 17:00" in page
    assert "HSE Not signed yet LACoRS Not signed yet" in page and "Submit to HSE and LACoRS" in page
    assert "officer of hse began the message “What LOPP is”" in page
    assert "</a>·" not in office.client.get(f"/messages/{message}").get_data(as_text=True)


def test_the_list_names_every_message_with_its_state_and_leaves_as_csv(office: Office) -> None:
    office.drafted()

    assert "What LOPP is draft Revitalise LOPP 24 November 2026" in office.see("/messages/")
    assert "There is no message here yet" in office.see("/messages/?state=agreed")
    assert ",What LOPP is,draft,Revitalise LOPP," in office.see("/messages/messages.csv?state=draft")
    assert "What LOPP is" not in office.see("/messages/messages.csv?state=agreed")


def test_changing_the_words_makes_a_new_revision_and_saving_the_same_does_not(office: Office) -> None:
    message = office.drafted()

    assert "every signature stands" in words_on(office.change(message))
    assert office.revision(message) == 1
    assert "Saved as a new revision" in words_on(office.change(message, subject="Other"))
    assert office.revision(message) == 2
    assert "changed the subject (revision 2)" in office.see(f"/messages/{message}")


def test_the_form_comes_back_filled_with_the_words_that_stand(office: Office) -> None:
    message = office.drafted(not_before=["1", "12", "2026"], not_before_hour="9.30am")

    page = office.client.get(f"/messages/{message}/edit").get_data(as_text=True)

    assert 'value="What LOPP offers you"' in page
    assert "You may come to every briefing." in page
    assert 'value="09:30"' in page
    assert "every signature stands" in words_on(office.change(message, not_before=["1", "12", "2026"], not_before_hour="9.30am"))


def test_an_empty_form_names_every_field_at_once(office: Office) -> None:
    office.sit()

    answer = office.write(title="", subject="", core=" ", audiences=[], latest_send=["", "", ""], **{"part-unions": ""})

    page = words_on(answer)
    assert title_of(answer).startswith("Error:")
    for sentence in (
        "Enter a title",
        "Enter a subject",
        "Enter the message",
        "Choose at least one audience",
        "Enter the latest day to send",
    ):
        assert sentence in page
    assert 'href="#latest_send-day"' in answer.get_data(as_text=True)


@pytest.mark.long
@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("core", "Dear ((nickname)),", "Line 1: ((nickname)) is not a blank"),
        ("core", "Hello\n\nDear ((name", "Line 3: a blank is opened with (( and not closed"),
        ("core", "[here](https://x.test/((name)))", "a blank cannot stand in a link's address"),
        ("core", "x" * 40_001, "40,000 characters or fewer"),
        ("core", "x" * 100_001, "100,000 characters or fewer"),
        ("core", "nul\x00", "NUL"),
        ("subject", "=?utf-8?q?hi?=", "must not contain =?"),
        ("subject", "Hello\r\nBcc: everybody@example.test", "must be on one line"),
        ("subject", "Dear ((name))", "the same for every reader"),
        ("title", "x" * 151, "150 characters or fewer"),
        ("part-unions", "((your part))", "belongs in the shared words only"),
        ("part-unions", "((nickname))", "Line 1: ((nickname)) is not a blank"),
        ("part-account-managers", "Only for you", "Tick Account managers above, or clear the words for them"),
        ("audiences", ["no-such-audience"], "Choose from the list"),
        ("latest_send", ["31", "2", "2027"], "Enter a real date"),
        ("latest_send", ["x", "", ""], "Enter a real date"),
        ("latest_send", ["1", "1", "2020"], "must be in the future"),
        ("latest_send_hour", "half past", "Enter a time, like 9:30am"),
        ("latest_send_hour", "", "Enter a time, like 9:30am"),
        ("not_before", ["21", "12", "2026"], "must be after the earliest"),
        ("campaign", "no-such", "Choose one from the list"),
    ],
)
def test_what_cannot_be_used_is_named_beside_its_field_and_nothing_is_saved(
    office: Office, field: str, typed: str | list[str], sentence: str
) -> None:
    office.sit()

    answer = office.write(**{field: typed})

    assert answer.status_code == 200
    assert "There is a problem" in words_on(answer)
    assert sentence in words_on(answer)
    with office.database.reading() as session:
        assert messages.every(session) == []


@pytest.mark.parametrize(
    ("day", "hour", "sentence"),
    [
        (["28", "3", "2027"], "1:30", "01:30 does not exist on Sunday 28 March 2027"),
        (["31", "10", "2027"], "1.30am", "01:30 comes twice on Sunday 31 October 2027"),
    ],
)
def test_a_time_the_clocks_skip_or_show_twice_is_refused_with_the_choices(office: Office, day: list[str], hour: str, sentence: str) -> None:
    office.sit()

    page = words_on(office.write(latest_send=day, latest_send_hour=hour))

    assert sentence in page
    assert "Choose" in page


def test_a_body_no_form_should_carry_is_refused_whole(office: Office) -> None:
    office.sit()

    answer = office.write(core="x" * 12_000_000)

    assert answer.status_code == 413
    assert "Nothing was saved" in words_on(answer)
    assert "100,000 characters or fewer; it has 600,000" in words_on(office.write(core="x" * 600_000))


def test_html_and_jinja_are_reported_and_shown_as_text(office: Office) -> None:
    office.sit()

    page = words_on(office.write(core="Dear ((name)),\n\nA <b>bold</b> word\n\n{{ 7*7 }} {% x %}"))

    assert "What everybody reads: Line 3 contains HTML" in page
    assert "What everybody reads: Line 5 contains {{ or {%" in page
    message = office.newest(messages.Message)
    assert "{{ 7*7 }} {% x %}" in office.see(f"/messages/{message}/preview/unions")


def test_blanks_that_would_stay_empty_are_listed_before_submission(office: Office) -> None:
    message = office.drafted(core="Dear ((name)) in ((region))")

    page = office.see(f"/messages/{message}")

    assert "((region)) is empty for 1 reader in unions" in page
    assert "Submit to HSE and LACoRS" not in page


def test_what_could_not_be_sealed_comes_back_with_the_reason_and_is_submitted_again_once_that_is_put_right(office: Office) -> None:
    release = office.submitted(core="Dear ((name)) in ((region))")
    office.seal(release)

    page = office.see(f"/releases/{release}")
    assert "could not be sealed" in page and "((region)) is empty for 1 reader in unions. Put this right" in page
    assert "could not be sealed: “((region)) is empty for 1 reader in unions”. For" in office.see("/")
    with office.database.transaction() as session:
        session.execute(sa.update(Person).where(col(Person.body_code) == "tuc").values(until=office.desk.clock()))
    assert "Submit to HSE and LACoRS" in office.see(f"/messages/{office.message_of(release)}")


def test_a_draft_is_withdrawn_with_a_reason(office: Office) -> None:
    message = office.drafted()

    assert "Give a reason" in words_on(office.post(f"/messages/{message}/withdrawal", reason=""))
    assert "What LOPP is withdrawn" in words_on(office.post(f"/messages/{message}/withdrawal", reason="Not wanted"))
    assert office.client.post(f"/messages/{message}/submission").status_code == 409


def test_words_whose_latest_time_has_passed_are_not_submitted(office: Office, clock: Clock) -> None:
    message = office.drafted(latest_send=["24", "11", "2026"], latest_send_hour="12:30")
    clock.forward(timedelta(hours=1))

    assert "must be in the future" in words_on(office.post(f"/messages/{message}/submission"))


def test_an_observer_reads_a_message_and_finds_nothing_to_press(office: Office) -> None:
    message = office.drafted()
    office.sit("observer", None)

    page = office.see(f"/messages/{message}")

    assert "The words" in page
    assert "Submit to HSE" not in page
    assert "Change the words" not in page


def test_a_campaign_is_begun_and_a_first_message_asks_for_one(client: FlaskClient, office: Office) -> None:
    office.sit()

    page = words_on(office.post("/campaigns/new", name="", objective=""))
    assert "Enter a name of up to 120 characters" in page
    assert "Enter what this campaign is for" in page
    assert "Write a new message" in words_on(office.post("/campaigns/new", name="Spring", objective="Everybody comes"))
    assert "Spring Everybody comes" in office.see("/campaigns/")


@pytest.mark.long
def test_another_is_begun_with_the_words_of_one_and_without_its_signatures(office: Office) -> None:
    release = office.agreed(subject="A subject to use again")
    message = office.message_of(release)
    office.sit("officer", "lacors")

    assert 'value="A subject to use again"' in office.client.get(f"/messages/new?like={message}").get_data(as_text=True)
    office.write(subject="A subject to use again")
    copy = office.newest(Message)
    assert copy != message
    assert "draft" in office.see(f"/messages/{copy}")
    office.post(f"/messages/{copy}/submission")
    office.seal(office.newest(Release))
    assert "waiting for HSE and LACoRS" in office.see(f"/messages/{copy}")
    assert office.client.get("/messages/new?like=nonsense").status_code == 200
    assert office.client.get(f"/messages/new?like={release}").status_code == 404


@pytest.mark.parametrize("risk", ["ordinary", "high"])
def test_observers_that_were_ticked_are_kept_whatever_the_risk(office: Office, risk: str) -> None:
    office.sit("observer", None, name="Ministers’ office")
    release = office.waiting(risk=risk, observers=["Ministers’ office"])

    assert "told when it is agreed: Ministers’ office" in office.see(f"/releases/{release}/sign")
    page = office.client.get(f"/messages/{office.message_of(release)}/edit").get_data(as_text=True)
    assert 'value="Ministers’ office" checked' in " ".join(page.split())
