"""What a signer is asked for: a passkey's answer, good once and for what was shown; or, while the roster allows it, a password and a code."""

import re
from datetime import timedelta
from uuid import UUID

import pytest

from campaigns.agreement import nonces, releases, roster_changes, signatures, software_keys, standing
from campaigns.drafting.messages import Message
from campaigns.foundation import officers
from tests.web.conftest import Clock
from tests.web.office import Office
from tests.web.visitors import CODE_SECRET, PASSWORD, words_on
from web import accounts, codes
from web.wrong_tries import TRIES


@pytest.mark.long
def test_without_the_right_password_nothing_is_signed(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "hse")

    assert "Enter your password to sign" in words_on(office.sign_by_password(release, password=""))
    assert "Enter the code your app shows" in words_on(office.sign_by_password(release, code=""))
    assert "This is not your password" in words_on(office.sign_by_password(release, password="wrong"))
    assert "This is not your password" in words_on(office.sign_by_password(release, code="000000"))
    assert "There is a problem" in words_on(office.sign_by_password(release, password="nul\x00"))
    for _ in range(TRIES):
        office.sign_by_password(release, password="wrong")
    assert "This is not your password" in words_on(office.sign_by_password(release))
    assert office.signed(release) == []


def test_a_code_is_good_once(office: Office) -> None:
    first, second = office.waiting(), office.waiting(title="Another")
    office.sit("signatory", "hse")

    assert "You have signed it for HSE" in words_on(office.sign_by_password(first))

    assert "This is not your password with the code" in words_on(office.sign_by_password(second))
    assert (office.signed(first), office.signed(second)) == (["hse"], [])


def test_a_password_and_a_code_posted_twice_sign_once_and_are_no_wrong_try(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "hse")

    pressed = {"password": PASSWORD, "code": codes.at(CODE_SECRET, office.desk.clock()), "digest": office.shown(release)}
    for _ in range(2):
        assert "You have signed it for HSE" in words_on(office.post(f"/releases/{release}/sign-by-password", **pressed))

    with office.database.reading() as session:
        assert len(signatures.given(session, release)) == 1
        assert [account.failed_tries for account in accounts.everyone(session)] == [0] * len(accounts.everyone(session))


def test_a_passkey_s_answer_is_good_for_one_signature_on_what_was_shown(office: Office) -> None:
    release, other = office.waiting(), office.waiting(title="Another")
    office.sit("signatory", "hse")
    asked = office.client.post(f"/releases/{release}/challenge", data={"digest": office.shown(release)}).get_json()
    answer, shown = office.passkey(asked), office.shown(release)

    assert "does not hold" in words_on(office.post(f"/releases/{other}/sign", digest=office.shown(other), **answer))
    assert "No passkey was used" in words_on(office.post(f"/releases/{release}/sign", digest=shown))
    for _ in range(2):  # a captured answer is no second signature: it is answered as the first was, and nothing is recorded
        assert "You have signed it for HSE" in words_on(office.post(f"/releases/{release}/sign", digest=shown, **answer))
    with office.database.reading() as session:
        assert len(signatures.given(session, release)) == 1
    assert (office.signed(release), office.signed(other)) == (["hse"], [])


def test_whoever_has_no_passkey_is_shown_the_other_way_and_told_how_to_get_one(office: Office) -> None:
    release = office.waiting()
    _without_passkey(office, "Second signatory of hse")
    office.sit("signatory", "hse", name="Second signatory of hse")

    page = office.client.get(f"/releases/{release}/sign").get_data(as_text=True)

    assert "None of your passkeys is in the roster" in page and ">Agree and sign<" not in page
    assert page.index("Agree and sign with a password") < page.index("Return with a reason") and "and a code instead" not in page
    assert "None of your passkeys is in the roster" in words_on(office.post(f"/releases/{release}/sign", digest=office.shown(release)))


def _without_passkey(office: Office, post: str) -> None:
    """The next roster lists no passkey of theirs, and both parties sign it."""
    with office.database.transaction() as session:
        roster = standing.current(session)
        assert roster
        members = [one.model_copy(update={"keys": []}) if one.post == post else one for one in roster.members]
        by = [officers.get(session, one.officer) for one in members if one.keys]
        roster_changes.propose(
            session, members=members, passwords=["hse", "lacors"], site=software_keys.SITE, by=by[0], at=office.desk.clock()
        )
        software_keys.sign_roster(session, by, at=office.desk.clock())


def _found_and_accepted(office: Office) -> UUID:
    """A sealed release in which something was found, and accepted; a signatory of HSE sits before it."""
    office.drafted(core="Dear ((name)),\n\n[www.hse.gov.uk](https://www.evil.test/)\n\n((your part))")
    message = office.newest(Message)
    found = re.findall(r'id="accept-([0-9a-f]{16})"', office.client.get(f"/messages/{message}").get_data(as_text=True))
    office.post(f"/messages/{message}/acceptances", accept=found)
    office.post(f"/messages/{message}/submission")
    release = office.newest(releases.Release)
    office.seal(release)
    office.sit("signatory", "hse")
    return release


def test_what_was_accepted_by_name_is_ticked_by_the_signer_too(office: Office) -> None:
    release = _found_and_accepted(office)

    assert "Accepted by officer of hse." in office.see(f"/releases/{release}/sign")
    assert "Tick each thing that was found" in words_on(office.sign(release))
    assert office.signed(release) == []
    assert "You have signed it for HSE" in words_on(office.sign(release, accepted="0"))


def test_whoever_signs_with_a_password_is_told_everything_that_is_missing_at_once(office: Office) -> None:
    release = _found_and_accepted(office)

    said = words_on(office.sign_by_password(release, password="", code=""))

    assert "Enter your password to sign" in said and "Enter the code your app shows" in said and "Tick each thing that was found" in said
    assert office.signed(release) == []


def test_an_answer_that_came_too_late_loses_nothing_and_the_button_asks_again(office: Office, clock: Clock) -> None:
    release = _found_and_accepted(office)
    shown = office.shown(release)
    asked = office.client.post(f"/releases/{release}/challenge", data={"digest": shown}).get_json()
    answer = office.passkey(asked)
    clock.forward(nonces.LASTS + timedelta(seconds=1))

    late = office.post(f"/releases/{release}/sign", digest=shown, accepted="0", **answer)

    assert late.status_code == 403
    assert "not given within five minutes of being asked for. Sign again." in words_on(late)
    assert re.search(r'value="0"\s+checked', late.get_data(as_text=True))
    assert "You have signed it for HSE" in words_on(office.sign(release, accepted="0"))
