"""The signatories' page: what the next roster would change is said so that whoever signs it knows which passkeys come in."""

from datetime import datetime

from sqlmodel import Session

from campaigns.agreement import keyrings, rosters, software_keys, standing
from campaigns.agreement.passkeys import Word
from campaigns.agreement.rosters import Key
from campaigns.foundation import clock, officers
from campaigns.foundation.officers import OfficerRecord
from tests.campaigns.stories import MINUTE
from tests.web.conftest import Clock
from tests.web.office import Office
from tests.web.visitors import CODE_SECRET, PASSWORD, words_on
from web import accounts, codes


def test_a_passkey_that_the_next_roster_lists_is_named_with_its_date(office: Office) -> None:
    office.sit("signatory", "hse")
    at = office.desk.clock()
    with office.database.transaction() as session:
        record = officers.signatories(session, "hse")[0]
        by, key = officers.get(session, record.id), Key(id="another", cose="key", software=True)
        keyrings.keep(session, key, name="Unheard of", word=Word(0, False, False), by=by, at=at)
    office.post("/signatories/next")

    said = office.see("/signatories/")

    assert f"{record.name} gets 1 more passkey: “Unheard of”, added on {clock.say(at)}." in said


def _waiting(session: Session) -> str:
    row = rosters.proposed(session)
    assert row is not None
    return row.fingerprint


def test_a_signatory_who_left_is_not_shown_as_one_who_may_sign(office: Office) -> None:
    office.sit("signatory", "lacors")
    assert "has left" not in office.see("/signatories/")
    with office.database.transaction() as session:
        member = standing.chain(session).current.of_party("hse")[0]
        officers.leave(session, member.officer, by="Administrator", at=office.desk.clock())

    assert f"{member.post} has left : they sign nothing more, and the next roster leaves them out" in office.see("/signatories/")


def test_a_roster_that_waits_stands_on_the_first_page_of_whoever_may_sign_it(office: Office) -> None:
    waits, others = (
        "Roster 2 of the signatories is waiting for {} to sign. For a moment Read and sign",
        "Roster 2 of the signatories is waiting for {} to sign.",
    )
    office.sit("signatory", "hse")
    office.post("/signatories/next", passwords=["hse", "lacors"])
    assert waits.format("HSE") in office.see("/")
    assert others.format("HSE and LACoRS") not in office.see("/")
    office.sit("officer", "hse")
    assert others.format("HSE and LACoRS") in office.see("/")

    office.sit("signatory", "hse")
    with office.database.reading() as session:
        seen = _waiting(session)
    pressed = {"password": PASSWORD, "code": codes.at(CODE_SECRET, office.desk.clock()), "digest": seen}
    office.post("/signatories/signature-by-password", **pressed)
    assert others.format("LACoRS") in office.see("/") and waits.format("HSE") not in office.see("/")
    office.sit("signatory", "lacors")
    assert waits.format("LACoRS") in office.see("/")
    office.post("/signatories/taking-back", digest=seen)
    assert "Roster 2" not in office.see("/")


def test_a_roster_signed_twice_by_one_press_is_signed_once_and_is_no_wrong_try(office: Office) -> None:
    office.sit("signatory", "hse")
    office.post("/signatories/next", passwords=["hse", "lacors"])
    with office.database.reading() as session:
        seen = _waiting(session)

    for party, said in (("hse", "You have signed it. It waits for the others"), ("lacors", "Both parties have signed")):
        office.sit("signatory", party)
        pressed = {"password": PASSWORD, "code": codes.at(CODE_SECRET, office.desk.clock()), "digest": seen}
        for _ in range(2):
            assert said in words_on(office.post("/signatories/signature-by-password", **pressed))

    with office.database.reading() as session:
        assert len(standing.signatures(session, seen)) == 2
        assert {account.failed_tries for account in accounts.everyone(session)} == {0}


def test_a_roster_taken_back_is_not_said_to_wait_for_the_others(office: Office) -> None:
    office.sit("signatory", "hse")
    office.post("/signatories/next")
    with office.database.reading() as session:
        seen = _waiting(session)
    pressed = {"password": PASSWORD, "code": codes.at(CODE_SECRET, office.desk.clock()), "digest": seen}
    office.post("/signatories/signature-by-password", **pressed)
    office.post("/signatories/taking-back", digest=seen)

    said = words_on(office.post("/signatories/signature-by-password", **pressed))

    assert "It waits for the others" not in said


def test_whoever_mistypes_after_another_roster_was_put_forward_is_told_that_it_is_another(office: Office) -> None:
    office.sit("signatory", "hse")
    office.post("/signatories/next")
    with office.database.reading() as session:
        seen = _waiting(session)
    office.sit("signatory", "lacors")
    office.post("/signatories/taking-back", digest=seen)
    office.post("/signatories/next", passwords=["hse"])

    office.sit("signatory", "hse")
    for typed in ({"password": "wrong", "code": "123456"}, {"password": "", "code": ""}):
        said = words_on(office.post("/signatories/signature-by-password", digest=seen, **typed))
        assert "Another roster waits now than the one you read. Read what it would change before you sign" in said

    office.post("/signatories/taking-back", digest=rosters_waiting(office))
    said = words_on(office.post("/signatories/signature-by-password", digest=seen, password="wrong", code="123456"))
    assert "The roster you read waits for signatures no more" in said


def rosters_waiting(office: Office) -> str:
    with office.database.reading() as session:
        return _waiting(session)


def with_a_new_key(session: Session, record: OfficerRecord, *, at: datetime) -> None:
    key = Key(id=f"another of {record.name}", cose="key", software=True)
    keyrings.keep(session, key, name="New", word=Word(0, False, False), by=officers.get(session, record.id), at=at)


def test_whoever_was_suspended_is_left_out_until_they_add_a_passkey_and_whoever_signs_is_told_that_they_may_sign_again(
    office: Office, clock: Clock
) -> None:
    with office.database.transaction() as session:
        record, other = officers.signatories(session, "hse")[0], officers.signatories(session, "lacors")[0]
        third = officers.add(session, name="HSE third", party="hse", duty="signatory", by="test", at=office.desk.clock())
        with_a_new_key(session, session.get_one(OfficerRecord, third.id), at=office.desk.clock())
    office.sit("signatory", "hse", name=record.name)
    office.post("/signatories/next")
    assert "is taken back, as they may have signed it" in office.see(f"/signatories/{record.id}/suspension")
    assert "without hidden characters" in words_on(office.post(f"/signatories/{record.id}/suspension", reason="Key \u202enelots"))
    assert "a roster waiting for signatures is taken back" in words_on(
        office.post(f"/signatories/{record.id}/suspension", reason="Key stolen")
    )
    assert "Waiting for signatures" not in office.see("/signatories/")

    clock.forward(MINUTE)
    left_out = "(Key stolen). The next roster leaves them out until they add a new passkey on the page “Your passkeys”."
    assert left_out in office.see("/signatories/")
    assert "no: you had it when you were suspended. Add another" in office.see("/passkeys/")
    office.post("/signatories/next")
    assert f"{record.name} can no longer sign." in office.see("/signatories/")
    with office.database.transaction() as session:
        with_a_new_key(session, record, at=office.desk.clock())
    clock.forward(MINUTE)
    office.post("/signatories/next")
    office.sit("signatory", "lacors", name=other.name)
    page = office.see("/signatories/")
    assert f"What would change: {record.name} was suspended (Key stolen) and may sign again. " in page
    assert f"{record.name} gets 1 more passkey: “New”" in page and f"1 passkey of {record.name} can no longer sign" in page
    assert left_out not in page


def test_whoever_returns_after_a_roster_without_them_is_said_to_have_been_suspended_all_the_same(office: Office, clock: Clock) -> None:
    with office.database.transaction() as session:
        hse, lacors = (officers.signatories(session, party) for party in ("hse", "lacors"))
        third = officers.add(session, name="HSE third", party="hse", duty="signatory", by="test", at=office.desk.clock())
        with_a_new_key(session, session.get_one(OfficerRecord, third.id), at=office.desk.clock())
    office.sit("signatory", "hse", name=hse[1].name)
    office.post(f"/signatories/{hse[0].id}/suspension", reason="Key stolen")
    clock.forward(MINUTE)
    office.post("/signatories/next")
    with office.database.transaction() as session:
        software_keys.sign_roster(session, [officers.get(session, one.id) for one in (hse[1], lacors[0])], at=office.desk.clock())
        assert standing.chain(session).current.member(hse[0].id) is None
        with_a_new_key(session, hse[0], at=office.desk.clock())
    office.post("/signatories/next")

    page = office.see("/signatories/")

    assert f"What would change: {hse[0].name} was suspended (Key stolen) and may sign again." in page
    assert f"{hse[0].name} (signatory) joins, with 1 passkey: “New”" in page


def test_a_passkey_that_is_added_too_late_is_to_be_added_again(office: Office) -> None:
    office.sit("signatory", "hse")

    page = words_on(office.post("/passkeys/", nonce="x", answer="{}", name="Key"))

    assert "This was added too late, or added before. Nothing was recorded: add the passkey again." in page


def test_nobody_who_is_suspended_is_offered_to_sign_the_roster_that_waits(office: Office, clock: Clock) -> None:
    with office.database.reading() as session:
        record = officers.signatories(session, "hse")[0]
    office.sit("signatory", "hse", name=record.name)
    office.post("/signatories/next", passwords=["hse", "lacors"])
    assert "Sign this roster with a password" in office.see("/signatories/")
    office.post(f"/signatories/{record.id}/suspension", reason="Laptop stolen.")
    clock.forward(MINUTE)
    with office.database.transaction() as session:
        with_a_new_key(session, record, at=office.desk.clock())
    office.post("/signatories/next", passwords=["hse", "lacors"])

    said = office.see("/signatories/")
    assert "Waiting for signatures: roster 2" in said and "Sign this roster" not in said


def test_whoever_suspends_somebody_after_another_did_is_told_so_and_whose_reason_stands(office: Office) -> None:
    office.sit("signatory", "lacors")
    with office.database.reading() as session:
        member = officers.signatories(session, "hse")[0]
    office.post(address := f"/signatories/{member.id}/suspension", reason="Phone stolen")
    office.sit("signatory", "hse")

    said = words_on(office.post(address, reason="Bag lost on a train"))

    assert f"{member.name} is suspended already: Phone stolen." in said and "Suspended. What they signed" not in said
    assert "is suspended already: Phone stolen." in office.see(address) and "Suspend them" not in office.see(address)
