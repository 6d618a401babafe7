"""Is this genuine? Anybody may ask, without an account, and learns what was agreed; never who else reads."""

import io
import re

import pytest
import sqlalchemy as sa

from campaigns.agreement import readers, releases
from campaigns.agreement.sealed import Particulars
from tests.campaigns.agreement.test_genuineness import parts
from tests.web import correcting
from tests.web.office import Office
from tests.web.visitors import NOON, words_on
from web.words import on

UNNAMED = "The agreed words are there, but we cannot say whether the reader’s own name and place are genuine"


def reference(office: Office, release: object) -> str:
    with office.database.reading() as session:
        return releases.get(session, release).reference  # type: ignore[arg-type]


def leave(office: Office) -> None:
    office.client.post("/sign-out", follow_redirects=True)


def letters(office: Office, release: object) -> list[bytes]:
    with office.database.reading() as session:
        row = releases.get(session, release)  # type: ignore[arg-type]
        return [readers.letter(session, row, reader) for reader in readers.of(session, row.id, limit=9)]


def gone(office: Office) -> tuple[str, bytes]:
    """The reference of a release that went, and one letter of it; a visitor asks."""
    release = office.going()
    leave(office)
    return reference(office, release), letters(office, release)[0]


def dropped(office: Office, known: str, raw: bytes) -> str:
    answer = office.client.post(f"/check/{known}", data={"letter": (io.BytesIO(raw), "letter.eml")}, content_type="multipart/form-data")
    assert answer.status_code == 200
    return words_on(answer)


def test_a_reference_tells_what_was_agreed_by_which_posts_and_no_address(office: Office) -> None:
    release = office.going()
    leave(office)
    known = reference(office, release)

    page = words_on(office.post("/check/", reference=known.lower().replace("-", " ")))

    assert f"Letter {known}" in page and "Subject What LOPP offers you" in page and "Status current" in page
    assert "What LOPP is" not in page  # the title, which the page where it is written says is for officers
    assert "Agreed for HSE signatory of hse" in page and "Agreed for LACoRS signatory of lacors" in page
    assert ".test" not in page.replace("lopp-replies@countersign.test", "")


def test_what_is_unknown_and_what_never_went_answer_alike(office: Office) -> None:
    known = reference(office, office.agreed())
    leave(office)

    unsent, unknown = (office.client.get(f"/check/{asked}") for asked in (known, "ABCD-EFGH"))

    assert unsent.status_code == unknown.status_code == 404
    assert words_on(unsent) == words_on(unknown) and "We have no letter with this reference" in words_on(unknown)


def test_a_dropped_letter_is_one_of_three_things(office: Office) -> None:
    release = office.going()
    known, (first, second, *_) = reference(office, release), letters(office, release)
    leave(office)

    assert "this is the letter that was agreed" in dropped(office, known, first)
    assert "this is the letter that was agreed" in dropped(office, known, b"Received: from x\n" + second.replace(b"\r\n", b"\n"))
    forwarded = first.replace(b"Message-ID: <", b"Message-ID: <other.")
    assert UNNAMED in dropped(office, known, forwarded)
    page = dropped(office, known, first.replace(b"lead authority", b"lead officer"))
    assert "this letter differs" in page and "lead officer" in page
    assert "This file is not a letter" in dropped(office, known, b"nothing at all")


def test_a_link_put_in_front_loses_the_plain_yes_and_is_shown(office: Office) -> None:
    known, first = gone(office)

    page = dropped(
        office, known, first.replace(b"printable\r\n\r\n", b"printable\r\n\r\n" + b"word\r\n" * 100 + b"https://evil.test/pay\r\n", 1)
    )

    assert "with an address that nobody agreed to" in page and "Yes:" not in page
    assert "not part of what was agreed" in page and "“word word word word https://evil.test/pay”" in page


def test_a_forwarded_or_erased_letter_is_held_against_what_was_sealed_not_against_todays_layout(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    known, first = gone(office)
    monkeypatch.setattr("campaigns.drafting.letters.compile_letter", None)  # as after an upgrade: nothing can be compiled as it was

    forwarded = first.replace(b"Message-ID: <", b"Message-ID: <other.")
    assert UNNAMED in dropped(office, known, forwarded)
    with office.database.transaction() as session:
        session.exec(sa.update(Particulars).values(address=None, fields=None, salt=None))
    assert UNNAMED in dropped(office, known, first)
    assert "this letter differs" in dropped(office, known, first.replace(b"lead authority", b"lead officer"))


def forged(letter: bytes, name: str) -> bytes:
    """The letter under a Message-ID that is not ours, with other words where its reader's own name is."""
    renamed = parts(letter, lambda text: re.sub(r"Dear [^,]+,", f"Dear {name},", text))
    return renamed.replace(b"Message-ID: <", b"Message-ID: <other.")


@pytest.mark.parametrize(
    "name", ["colleague, ring 0909 879 0123 today", "colleague, pay at pay-lopp.example", "write to fees@lopp.example now"]
)
def test_what_leads_somewhere_in_place_of_a_readers_name_is_no_letter_of_ours(office: Office, name: str) -> None:
    known, first = gone(office)

    assert "this letter differs" in dropped(office, known, forged(first, name))


def test_what_stands_in_place_of_a_readers_name_is_shown_under_no_plain_yes(office: Office) -> None:
    known, first = gone(office)

    page = dropped(office, known, forged(first, "colleague, the whole scheme was cancelled"))

    assert UNNAMED in page and "Yes:" not in page
    assert "In place of the reader’s own name or post, this letter says: “colleague, the whole scheme was cancelled, Ashby”" in page


def test_a_reference_that_cannot_be_one_is_asked_for_again_as_it_was_typed(office: Office) -> None:
    leave(office)

    answer = office.client.post("/check/", data={"reference": "hello"})

    assert answer.status_code == 200 and 'value="hello"' in answer.text
    assert "A reference has eight letters and figures" in words_on(answer)


@pytest.mark.parametrize("as_copied", ["{}.", "({})", " {},", "“{}”", "{}/"])
def test_a_reference_copied_with_the_signs_around_it_is_found(office: Office, as_copied: str) -> None:
    typed = as_copied.format(gone(office)[0])

    assert "Subject What LOPP offers you" in words_on(office.post("/check/", reference=typed))
    assert "Subject What LOPP offers you" in words_on(office.client.get(f"/check/{typed}"))


def test_a_letter_withdrawn_after_it_went_says_so_and_since_when(office: Office) -> None:
    release = office.going(states={"accepted": 5})
    office.end(release)
    office.post(f"/releases/{release}/withdrawal", reason="Not true any more.")
    leave(office)

    page = office.see(f"/check/{reference(office, release)}")

    assert f"This letter was withdrawn on {on(NOON)}: do not rely on it." in page and "Status withdrawn" in page
    compared = dropped(office, reference(office, release), letters(office, release)[0])
    assert "Yes: this is the letter that was agreed, and it was withdrawn It is, byte for byte" in compared


@pytest.mark.long
@pytest.mark.parametrize("withdrawn", [False, True])
def test_a_corrected_letter_leads_to_its_correction_once_that_goes_withdrawn_or_not(office: Office, withdrawn: bool) -> None:
    release = office.going(states={"accepted": 5})
    office.end(release)
    if withdrawn:
        office.post(f"/releases/{release}/withdrawal", reason="Not true any more.")
    office.post(f"/releases/{release}/correction")
    correction = correcting.go(office)
    leave(office)

    page = office.see(f"/check/{reference(office, release)}")

    assert f"corrected by letter {reference(office, correction)}" in page
    assert ("This letter was withdrawn" in page) == withdrawn
    assert f"Status {'withdrawn and ' * withdrawn}corrected" in page


def test_nobody_asks_more_than_thirty_times_a_minute(office: Office) -> None:
    leave(office)
    answers = [office.client.get("/check/ABCD-EFGH").status_code for _ in range(31)]

    assert answers == [404] * 30 + [429]
