"""What the signing page shows of a release: who gets it and who does not, every choice, and words that changed under its reader."""

import re
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import select

from campaigns.agreement import schedules
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import Particulars, SealedLetter
from campaigns.delivery import plans, removals
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation.officers import COUNTERSIGN
from campaigns.planning import rules
from campaigns.planning.rules import Typed
from tests.campaigns import posting
from tests.web import correcting
from tests.web.office import Office
from tests.web.visitors import NOON, words_on

HOLDING = {
    "core": "Dear ((name)),\n\nThe briefing moves to ((date)) in ((place)).\n\n((your part))",
    "holding_line": "y",
    "let_go_by": ["hse", "lacors"],
    "closed-date": "12 May\n14 May\n16 May",
    "closed-place": "Leeds\nYork",
}


def stopped(office: Office, *addresses: str) -> None:
    with office.database.transaction() as session:
        for address in addresses:
            removals.add(session, address, reason="the reader asked us to stop", by="tests", at=NOON)


def test_readers_are_counted_by_nation_and_by_role(office: Office) -> None:
    page = office.see(f"/releases/{office.waiting()}/sign")

    assert "Audience Readers England Wales No one nation Senior managers 2 1 1 0" in page
    assert "Readers by role Role Readers Senior manager 2 Practitioner 2 Union contact 1" in page
    assert "Nobody in these audiences is left out." in page


def test_who_is_left_out_is_counted_by_reason_and_listed_as_it_was_when_it_was_sealed(office: Office) -> None:
    stopped(office, "safety@union.test", "practitioner@e07000001.test")
    release = office.waiting()
    stopped(office, "senior_manager@e07000001.test")  # later: of another release

    counts, line = (
        "2 people are left out: 2 because the reader asked us to stop.",
        "Safety Officer, Union of Officers: the reader asked us to stop",
    )
    for address in (f"/releases/{release}/sign", f"/releases/{release}/readers", f"/releases/{release}"):
        page = office.see(address)
        assert counts in page and line in page
        assert "Head of Health, Ashby, Ashby Council: the reader" not in page
    assert "Inspector, Ashby, Ashby Council" in office.client.get(f"/releases/{release}/left-out.csv").get_data(as_text=True)
    assert "3 people are left out: 3 because" in office.see(f"/releases/{office.waiting()}/sign")


def test_of_a_holding_line_persons_and_letters_are_told_apart(office: Office) -> None:
    release = office.waiting(**HOLDING)

    page = office.see(f"/releases/{release}/sign")

    assert "5 readers, one letter each in each of 6 cases, of which one goes: see them all" in page
    assert "Senior managers: 2 readers" in page and "All together 5 2 2 1" in page and "Practitioner 2" in page
    assert "((date)) 12 May or 14 May or 16 May ((place)) Leeds or York" in page
    assert "1 to 5 of 5 readers" in office.see(f"/releases/{release}/readers")
    assert len(office.client.get(f"/releases/{release}/readers.csv").get_data(as_text=True).splitlines()) == 6
    assert "sealed it for 5 readers" in office.see(f"/releases/{release}")


def test_a_correction_of_a_holding_line_shows_the_choices_that_are_signed(office: Office) -> None:
    release = office.agreed(**HOLDING)
    office.post(f"/releases/{release}/schedule", when="now", **{"case-date": "14 May", "case-place": "York"})
    sent(office, release)
    office.post(f"/releases/{release}/correction")
    stopped(office, "safety@union.test")
    office.post(f"/messages/{correcting.say_what_was_wrong(office)}/submission")
    office.seal(correction := office.newest(Release))

    page = office.see(f"/releases/{correction}/sign")
    assert "This corrects letter" in page
    assert "((date)) 12 May or 14 May or 16 May" in page
    assert "1 person is left out: 1 because the reader asked us to stop." in page


def test_the_page_still_opens_when_the_first_reader_of_an_audience_was_erased(office: Office) -> None:
    release = office.waiting()
    erased(office, release, "senior-managers", 1)
    erased(office, release, "unions", 1)

    page = office.see(f"/releases/{release}/sign")

    assert "Shown as Head of Health, Brynmor, Brynmor Council gets it, except their own links" in page
    assert "Union" in page and "Erased since" in page
    assert "Brynmor" in office.client.get(f"/releases/{release}/letters/senior-managers").get_data(as_text=True)
    assert office.client.get(f"/releases/{release}/letters/unions").status_code == 404


def test_a_replaced_release_says_before_anything_else_what_changed(office: Office) -> None:
    release = office.waiting()
    office.change(office.message_of(release), subject="What LOPP gives you")

    page = office.client.get(f"/releases/{release}/sign").get_data(as_text=True)

    assert "<del>offers</del><ins>gives</ins>" in page
    assert page.index("The words changed after this was submitted") < page.index("<ins>gives</ins>") < page.index("<h1")
    assert 'hx-get="/releases' not in page  # nothing more to wait for


def test_while_it_is_read_the_page_asks_whether_the_words_changed_and_says_so_aloud(office: Office) -> None:
    release = office.waiting()
    asks = f"/releases/{release}/sign/changes"
    office.sit("signatory", "lacors")
    assert f'hx-get="{asks}"' in office.client.get(f"/releases/{release}/sign").get_data(as_text=True)
    assert "alert" not in (quiet := office.client.get(asks).get_data(as_text=True)) and f'hx-get="{asks}"' in quiet

    office.sit()
    office.change(office.message_of(release), subject="What LOPP gives you")

    office.sit("signatory", "lacors")
    said = office.client.get(asks)
    assert 'role="alert"' in said.get_data(as_text=True)
    assert "The words changed while you were reading" in words_on(said)
    assert "<del>offers</del><ins>gives</ins>" in said.get_data(as_text=True)


def test_the_page_reads_in_the_order_of_the_decision(office: Office) -> None:
    first = office.agreed()
    office.change(office.message_of(first), subject="What LOPP gives you")
    office.post(f"/messages/{office.message_of(first)}/submission")
    office.seal(release := office.newest(Release))
    office.sit("signatory", "lacors")

    page = office.see(f"/releases/{release}/sign")

    order = ("You are about to agree", "These words", "As plain text", "What changed since", "These people", "This time, this sender")
    order += ("Checked for you", "Your decision for LACoRS", "Agree and sign", "Return with a reason", "Signatures", "Details:")
    places = [page.index(words) for words in order]
    assert places == sorted(places)
    assert "nobody who asked to stop" not in page


def sent(office: Office, release: UUID) -> None:
    """Every letter of the case that was chosen has gone."""
    with office.database.transaction() as session:
        schedules.begin_due(session, at=office.desk.clock())
        plans.plan_next(session, release, size=100, at=office.desk.clock())
        session.exec(sa.update(Delivery).values(state="accepted"))
        posting.recount(session, release)
    office.end(release)


def erased(office: Office, release: UUID, audience: str, number: int) -> None:
    """The first readers of an audience ask to be forgotten."""
    with office.database.transaction() as session:
        rows = select(SealedLetter.position).where(SealedLetter.release_id == release, SealedLetter.audience == audience)
        for position in sorted(session.exec(rows))[:number]:
            private = session.get_one(Particulars, (release, position))
            private.sqlmodel_update({"address": None, "fields": None, "salt": None})
            session.add(private)


def test_the_links_that_act_for_a_reader_are_shown_to_signatories_alone(office: Office) -> None:
    release = office.waiting()
    pages = f"/releases/{release}/sign", f"/releases/{release}/letters/unions"
    link = re.compile(r"/(?:stop|read|share)/(?:=\s*)?[\w-]{20}")

    office.sit("signatory", "lacors")
    assert all(link.search(office.client.get(page).get_data(as_text=True)) for page in pages)
    for duty, party in (("officer", "hse"), ("observer", None)):
        office.sit(duty, party)
        assert not any(link.search(office.client.get(page).get_data(as_text=True)) for page in pages)
        assert "only signatories see those" in office.see(pages[0])


def test_whoever_signs_reads_whom_a_quiet_period_keeps_it_from(office: Office) -> None:
    release = office.waiting()
    assert "It is held back" not in office.see(f"/releases/{release}/sign")
    poll = Typed("everywhere", "", "pre-election", "polls", date(2026, 11, 1), date(2026, 12, 31), "the returning officers")
    with office.database.transaction() as session:
        rules.add(session, poll, by=COUNTERSIGN, at=NOON)

    said = office.see(f"/releases/{release}/sign")
    assert "held to 31 December: polls; 2 have no day before its latest time." in said, said
