"""Two officers change one message at once: neither writes over what the other saved without having seen it."""

import re
from uuid import UUID

import pytest
from werkzeug.test import TestResponse

from campaigns.agreement.releases import Release
from campaigns.drafting import messages
from tests.web.office import WORDS, Office
from tests.web.visitors import seen_on, words_on

CORE = str(WORDS["core"])


def test_what_somebody_saved_meanwhile_is_shown_and_not_written_over(office: Office) -> None:
    message = office.drafted()
    address = f"/messages/{message}/edit"
    seen = seen_on(office.client.get(address))
    office.change(message, core=f"{CORE}\n\nThe date was wrong: it is 4 January.")

    answer = office.change(message, seen=seen, subject="Another subject")

    page = words_on(answer)
    assert "Somebody else changed this message while you were writing. Nothing was saved" in page
    assert "What changed while you had this open" in page and "The date was wrong: it is 4 January." in page
    assert 'value="Another subject"' in answer.get_data(as_text=True) and office.revision(message) == 2

    assert "Saved as a new revision" in words_on(office.change(message, seen=seen_on(answer), subject="Another subject"))
    with office.database.reading() as session:
        words = messages.current(session, messages.get(session, message)).read()
    assert (office.revision(message), words.subject, words.core) == (3, "Another subject", CORE)


@pytest.mark.parametrize("seen", ["", "0", "2", "-1", "x", "1" * 30, "²"])
def test_words_over_a_revision_that_nobody_can_have_seen_are_not_saved(office: Office, seen: str) -> None:
    message = office.drafted()

    assert "Nothing was saved" in words_on(office.change(message, seen=seen, subject="Another subject"))
    assert office.revision(message) == 1


def test_what_is_as_it_stands_already_is_no_quarrel(office: Office) -> None:
    message = office.drafted()

    assert "You changed nothing" in words_on(office.change(message, seen="0"))


def test_words_that_the_officer_has_not_read_are_not_submitted(office: Office) -> None:
    message = office.drafted()
    seen = re.search(r'name="seen" value="(\d+)"', office.client.get(f"/messages/{message}").get_data(as_text=True))
    assert seen is not None
    office.change(message, core=f"{CORE}\n\nThe date was wrong: it is 4 January.")

    answer = office.post(f"/messages/{message}/submission", seen=seen[1])

    assert answer.status_code == 409 and "Somebody else changed this message while you were reading it. Nothing was submitted" in words_on(
        answer
    )
    assert "is being sealed" in words_on(office.post(f"/messages/{message}/submission", seen="2")).replace("What LOPP is being", "is being")


def test_what_was_submitted_since_the_page_was_opened_is_not_changed_before_that_is_said(office: Office) -> None:
    message = office.drafted()
    page = office.client.get(f"/messages/{message}/edit")
    was = {"seen": seen_on(page), "was": state_on(page)}
    release = submitted_meanwhile(office, message)

    answer = office.change(message, **was, subject="Another subject")

    assert "Somebody submitted this message while you were writing. Nothing was saved" in words_on(answer)
    assert "If you change anything, every signature on it is void" in words_on(answer)
    assert 'value="Another subject"' in answer.get_data(as_text=True)
    assert (office.revision(message), office.state(release)) == (1, "sealed")

    assert "Saved as a new revision" in words_on(office.change(message, seen="1", was=state_on(answer), subject="Another subject"))


def test_proposed_words_are_not_taken_into_what_was_submitted_since_the_page_was_opened(office: Office) -> None:
    message = office.drafted()
    office.sit("signatory", "lacors")
    office.client.post(f"/messages/{message}/proposal", data=WORDS | {"subject": "Another subject"})
    office.sit("officer", "hse")
    page = office.client.get(f"/messages/{message}").get_data(as_text=True)
    press = re.search(r'action="(/messages/[^"]*/proposals/[^"]*)"', page)
    release = submitted_meanwhile(office, message)

    assert press is not None and 'name="was" value="draft"' in page
    answer = office.post(press[1], verdict="accept", was="draft")

    assert answer.status_code == 409 and "Somebody submitted this message while you were" in words_on(answer)
    assert (office.revision(message), office.state(release)) == (1, "sealed")


def test_words_are_proposed_for_what_the_proposer_read_and_not_for_what_was_saved_since(office: Office) -> None:
    message = office.drafted()
    address = f"/messages/{message}/proposal"
    office.sit("signatory", "lacors")
    seen = seen_on(office.client.get(address))
    office.sit()
    office.change(message, core=f"{CORE}\n\nThe date was wrong: it is 4 January.")
    office.sit("signatory", "lacors")

    answer = office.post(address, **WORDS | {"subject": "Another subject", "seen": seen})

    assert "Somebody else changed this message while you were writing. Nothing was saved" in words_on(answer)
    assert "The date was wrong: it is 4 January." in words_on(answer) and 'value="Another subject"' in answer.get_data(as_text=True)
    assert "Your words are proposed" in words_on(office.post(address, **WORDS | {"subject": "Another", "seen": seen_on(answer)}))


def test_a_page_that_was_opened_on_a_draft_withdraws_nothing_that_has_gone_out_since(office: Office) -> None:
    release = office.going(states={"accepted": 2})
    message = office.message_of(release)

    answer = office.post(f"/messages/{message}/withdrawal", reason="Not wanted any more")

    assert answer.status_code == 409 and "This message has begun to go out since you opened the page. Nothing was withdrawn." in words_on(
        answer
    )
    assert office.state(release) == "sending"


def submitted_meanwhile(office: Office, message: UUID) -> UUID:
    office.post(f"/messages/{message}/submission")
    office.seal(release := office.newest(Release))
    return release


def state_on(page: TestResponse) -> str:
    """What had become of the message when its form was shown."""
    found = re.search(r'name="was"[^>]*value="(\w*)"', page.get_data(as_text=True))
    return found[1] if found else ""
