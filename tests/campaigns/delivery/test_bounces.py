"""What comes back is understood: whose it is, whether the address is bad for good, and what is only a machine talking."""

import json
from email import message_from_bytes
from email.message import EmailMessage
from email.mime.text import MIMEText
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.delivery import bounces, failures, mails, replies
from campaigns.delivery.bounces import Reading
from tests.audiences.posts import real

OWN = Path(__file__).parent / "mails"
LETTER = "<11111111111111111111111111111111.22222222222222222222222222222222@countersign.test>"
ANNA = "anna@ashby.test"

# Each mail: its kind, and for each address the outcome, whether for good, and the status.
UNDERSTOOD: dict[str, tuple[str, dict[str, tuple[str, bool, str]]]] = {
    "dsn-no-such-mailbox": ("bounce", {ANNA: ("hard", True, "5.1.1")}),
    "dsn-delayed": ("bounce", {ANNA: ("delayed", False, "4.4.1")}),
    "dsn-arrived": ("delivered", {ANNA: ("delivered", False, "2.0.0")}),
    "dsn-two-fates": ("bounce", {ANNA: ("hard", True, "5.1.1"), "bob@ashby.test": ("soft", True, "5.2.2")}),
    "dsn-without-the-letter": ("bounce", {ANNA: ("hard", True, "5.1.10")}),
    "dsn-policy": ("bounce", {ANNA: ("soft", True, "5.7.1")}),
    "dsn-says-unknown-but-full": ("bounce", {ANNA: ("soft", True, "5.1.1")}),
    "dsn-unknown-once-it-had-the-letter": ("bounce", {ANNA: ("soft", True, "5.0.0")}),
    "dsn-suspended": ("bounce", {ANNA: ("soft", True, "5.2.1")}),
    "exim-two-fates": ("bounce", {ANNA: ("hard", True, ""), "bob@ashby.test": ("soft", False, "4.2.2")}),
    "exim-delayed": ("bounce", {ANNA: ("delayed", False, "")}),
    "qmail": ("bounce", {ANNA: ("hard", True, "")}),
    "exchange": ("bounce", {ANNA: ("hard", True, "")}),
    "exchange-without-an-address": ("bounce", {"": ("hard", True, "")}),
    "names-others-in-its-prose": ("bounce", {ANNA: ("hard", True, "")}),
    "daemon-that-says-it-is-automatic": ("bounce", {ANNA: ("hard", True, "")}),
    "notes": ("bounce", {ANNA: ("hard", True, "")}),
    "gmx": ("bounce", {ANNA: ("soft", True, "5.2.2")}),
    "gmail": ("bounce", {ANNA: ("soft", True, "5.7.0")}),
    "german-in-latin-1": ("bounce", {"anna@rat.test": ("hard", True, "")}),
    "charset-nobody-knows": ("bounce", {ANNA: ("hard", True, "5.1.1")}),
    "service-bounce": ("bounce", {ANNA: ("hard", True, "5.1.1")}),
    "complaint": ("complaint", {ANNA: ("", False, "")}),
    "complaint-made-unreadable": ("complaint", {}),
    "out-of-office": ("auto-reply", {ANNA: ("", False, "")}),
    "sieve-vacation": ("auto-reply", {ANNA: ("", False, "")}),
    "out-of-office-in-welsh": ("auto-reply", {"rhys@sir.test": ("", False, "")}),
    "challenge": ("challenge", {ANNA: ("", False, "")}),
    "calendar-reply": ("calendar reply", {ANNA: ("", False, "")}),
    "receipt": ("auto-reply", {ANNA: ("", False, "")}),
    "reply": ("reply", {}),
    "ordinary": ("other", {}),
}


def reading(name: str) -> Reading:
    return bounces.read((OWN / f"{name}.eml").read_bytes())


def test_every_mail_of_ours_is_expected() -> None:
    assert {path.stem for path in OWN.iterdir()} == set(UNDERSTOOD)


@pytest.mark.parametrize("name", UNDERSTOOD)
def test_a_mail_is_understood(name: str) -> None:
    kind, recipients = UNDERSTOOD[name]

    found = reading(name)

    assert found.kind == kind
    assert {one.address: (one.outcome, one.permanent, one.status) for one in found.recipients} == recipients


@pytest.mark.parametrize(
    "name", ["dsn-no-such-mailbox", "exim-two-fates", "qmail", "notes", "gmx", "gmail", "complaint", "complaint-made-unreadable"]
)
def test_the_letter_that_came_back_is_named(name: str) -> None:
    assert reading(name).returned == (LETTER,)


def test_a_bounce_that_was_passed_on_is_opened_and_a_letter_that_was_is_not() -> None:
    passed_on = {}
    for name in ("dsn-no-such-mailbox", "ordinary"):
        mail = EmailMessage()
        mail["From"], mail["To"], mail["Subject"] = "postmaster@ashby.test", "lopp@countersign.test", "Fwd: see below"
        mail.set_content("Is this yours?")
        mail.add_attachment(message_from_bytes((OWN / f"{name}.eml").read_bytes()))
        passed_on[name] = mails.opened(mail.as_bytes())

    bounce, other = passed_on["dsn-no-such-mailbox"], passed_on["ordinary"]
    assert "Final-Recipient" in bounce.reports["text/delivery-status"] and mails.first(bounce.returned, "message-id") == LETTER
    assert (other.reports, other.words.strip()) == ({}, "Is this yours?")


def test_the_words_of_a_mail_stand_in_the_order_of_its_parts() -> None:
    letter, mail = EmailMessage(), EmailMessage()
    letter.set_content("First what was written.")
    letter.add_alternative("<p>First what was written.</p>", subtype="html")
    mail.make_mixed()
    mail.attach(letter)
    mail.attach(MIMEText("Then what the list adds."))

    assert " ".join(mails.opened(mail.as_bytes()).words.split()) == "First what was written. Then what the list adds."


def test_an_automatic_reply_names_who_to_write_to_instead() -> None:
    found = reading("out-of-office").contact

    assert found is not None
    assert (found.address, found.name) == ("sue.jones@ashby.test", "Sue Jones")


@pytest.mark.parametrize(
    ("subject", "kind"),
    [
        ("RE: Managing staff on sick leave", bounces.REPLY),
        ("Re: Automatic response to incidents", bounces.REPLY),
        ("Re: Confirm your address", bounces.REPLY),
        ("Automatic reply: Re: Managing staff", bounces.AUTO_REPLY),
        ("Managing staff on sick leave", bounces.AUTO_REPLY),
    ],
)
def test_a_person_s_answer_to_a_letter_about_absence_is_not_taken_for_a_machine_s(subject: str, kind: str) -> None:
    raw = f"From: anna@council.test\nSubject: {subject}\nIn-Reply-To: <a.b@countersign.test>\n\nPlease contact me."

    assert bounces.read(raw.encode()).kind == kind


@pytest.mark.parametrize("of_the_list", ["List-Id: <lopp.countersign.test>", "Precedence: list"])
@pytest.mark.parametrize(
    ("said", "kind"), [("In-Reply-To: <a.b@countersign.test>", bounces.REPLY), ("X-Newsletter: 12", bounces.AUTO_REPLY)]
)
def test_an_answer_that_came_through_a_list_is_a_person_s_and_what_a_list_sends_of_itself_is_not(
    of_the_list: str, said: str, kind: str
) -> None:
    raw = f"From: anna@council.test\nSubject: RE: What LOPP is\n{of_the_list}\n{said}\n\nI have read it."

    assert bounces.read(raw.encode()).kind == kind


def test_of_a_reply_the_new_words_are_told_from_the_quoted_ones() -> None:
    found = reading("reply")

    assert found.text.startswith("Thank you. I have read this")
    assert "Dear Anna" not in found.text
    assert "Dear Anna" in found.whole
    assert found.speaks_of == (LETTER,)


@pytest.mark.parametrize(
    ("said", "status", "outcome"),
    [
        ("550 5.1.1 User unknown", "5.1.1", "hard"),
        ("550 5.1.2 Host unknown", "5.1.2", "hard"),
        ("550 5.2.1", "5.2.1", "hard"),
        ("556 5.1.10 null MX", "5.1.10", "hard"),
        ("550 5.1.1 blocked by our spam list", "5.1.1", "soft"),
        ("552 5.2.2 over quota", "5.2.2", "soft"),
        ("550 5.2.1 mailbox suspended", "5.2.1", "soft"),
        ("550 5.7.1 user unknown, access denied", "5.7.1", "soft"),
        ("450 4.1.1 User unknown", "4.1.1", "soft"),
        ("553 5.1.8 sender's domain does not exist", "5.1.8", "soft"),
        ("550 5.1.1 unknown user (in reply to MAIL FROM command)", "5.1.1", "soft"),
        ("nothing that anybody could read", "", "soft"),
    ],
)
def test_only_what_leaves_no_doubt_is_hard(said: str, status: str, outcome: str) -> None:
    assert failures.judge(said, status=status).outcome == outcome


def test_words_in_a_link_or_an_address_prove_nothing() -> None:
    said = "550 5.1.1 <spam.policy@blocked.test> user unknown, see https://virus.example.test/blacklist"

    assert failures.judge(said, status="5.1.1").outcome == "hard"


def test_twenty_megabytes_and_fifty_levels_are_answered_with_a_sentence() -> None:
    large = (OWN / "dsn-no-such-mailbox.eml").read_bytes() + b"x" * 20_000_000
    deep = b"".join(b'Content-Type: multipart/mixed; boundary="%d"\n\n--%d\n' % (level, level) for level in range(50))

    assert "only the first" in bounces.read(large).remark
    assert bounces.read(large).recipients == reading("dsn-no-such-mailbox").recipients
    assert "only its head was read" in bounces.read(deep).remark


def test_a_long_row_of_colons_hides_no_address() -> None:
    raw = b"From: %b a@x.test\nTo: b@y.test, %b\nSubject: Re: it\n\nYes\n" % (b":" * 1900, b":" * 1900)

    found = bounces.read(raw)

    assert (found.kind, found.sender, found.sent_to) == (bounces.REPLY, "a@x.test", ("b@y.test",))


def test_of_a_bounce_that_is_mostly_empty_lines_a_hint_is_asked_of_the_beginning_only(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = list[int]()
    monkeypatch.setattr(bounces.flufl, "all_failures", lambda message: (set(), asked.append(len(message.as_bytes())) or set()))

    bounces.read(b"From: MAILER-DAEMON@x.test\nSubject: Undelivered Mail Returned to Sender\n\n" + b"\n" * 480_000)

    assert len(asked) == 1 and 0 < asked[0] <= 66_000


@settings(max_examples=25)
@given(st.binary(max_size=400), st.sampled_from(sorted(UNDERSTOOD)), st.integers(0, 2000), st.integers(0, 300))
def test_no_bytes_stop_the_reader(noise: bytes, name: str, place: int, length: int) -> None:
    raw = (OWN / f"{name}.eml").read_bytes()

    for mangled in (noise, raw[:place] + noise + raw[place + length :]):
        assert bounces.read(mangled).kind in bounces.KINDS


def expected() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(real("bounces/expected.json").read_text("utf-8"))["messages"]
    return found


def test_real_mails_give_their_recipients_and_no_good_address_is_called_bad(record_property: Any) -> None:
    asked = found = named = wrong = judged = 0
    for name, told in expected().items():
        reading = bounces.read(real(f"bounces/{name}").read_bytes())
        if not told["records"]:
            assert reading.kind not in {bounces.BOUNCE, bounces.COMPLAINT, bounces.ARRIVED}, name
            continue
        got = {one.address: one for one in reading.recipients}
        named += len(got)
        for record in told["records"]:
            asked += 1
            one = next((got[name] for name in [record["recipient"].lower(), *record.get("also_accept", [])] if name in got), None)
            found += one is not None
            judged += one is not None and (one.outcome or reading.kind.replace("-", "")) == record["outcome"]
            wrong += one is not None and one.outcome == "hard" and record["outcome"] in {"soft", "delayed"}

    record_property("figure", f"bounces: {found} of {asked} recipients found, {named} named, {judged} judged alike, {wrong} wrongly hard")
    assert found / asked >= 0.95
    assert found / named >= 0.98  # one in 65 is the reader whom a report names and the label does not
    assert wrong == 0


def test_real_replies_give_their_new_words() -> None:
    for name, words in json.loads(real("replies/expected.json").read_text("utf-8"))["expected"].items():
        assert replies.new_text(real(f"replies/{name}").read_text("utf-8")).split() == words.split(), name
