"""Home: what waits for me, and nothing that is somebody else's to do."""

from datetime import timedelta

from flask.testing import FlaskClient

from campaigns.agreement import schedules, software_keys
from campaigns.agreement.releases import Release
from campaigns.briefings import actions, attendance, tours
from campaigns.drafting.messages import Message
from campaigns.foundation import log
from campaigns.foundation.audit import HEADS, HeadPublished
from tests.web import visitors
from tests.web.conftest import Clock
from tests.web.grounds import CARDIFF, Ground
from tests.web.office import Office
from tests.web.visitors import NOON, words_on


def test_a_release_waits_only_for_signatories_who_may_sign_it(office: Office, clock: Clock) -> None:
    release = office.waiting()
    clock.forward(timedelta(days=3))

    office.sit("signatory", "lacors")
    assert "“What LOPP is” is waiting for LACoRS to sign. For 3 days Read and sign" in office.see("/")
    office.sign(release)
    assert "Nothing is waiting for you." in (page := office.see("/"))
    assert "What LOPP is is waiting for HSE to sign." in page

    office.sit("officer", "lacors")
    assert "Read and sign" not in office.see("/")


def test_an_author_finds_their_draft_and_others_do_not(office: Office) -> None:
    office.drafted()
    assert "“What LOPP is” is your draft, not yet submitted." in office.see("/")

    office.sit("officer", "lacors")
    assert "is your draft" not in office.see("/")


def test_what_was_returned_waits_since_then(office: Office, clock: Clock) -> None:
    release = office.waiting()
    clock.forward(timedelta(days=3))
    office.sit("signatory", "lacors")
    office.post(f"/releases/{release}/return", reason="Say which week")
    clock.forward(timedelta(hours=3))

    office.sit("officer", "hse")
    assert "was returned: “Say which week”. For 3 hours Change the words" in office.see("/")


def test_with_nothing_to_do_the_page_says_so_and_what_happened_last(office: Office) -> None:
    office.sit("signatory", "hse")

    page = office.see("/")

    assert "Nothing is waiting for you. Last:" in page
    assert "Nothing is scheduled in these days." in page


def test_coverage_is_one_line_a_campaign_that_says_its_denominator(office: Office) -> None:
    office.sit()

    page = office.see("/")

    assert "Revitalise LOPP contacted 0 · at least confirmed 0 · briefed 0 of 2 authorities that enforce health and safety" in page
    assert "0 with nobody to write to" in page


def test_an_observer_sees_everything_but_what_waits(office: Office) -> None:
    office.waiting()
    office.sit("observer", None)

    page = office.see("/")

    assert "Where things stand" in page
    assert "Waiting for you" not in page
    assert "What LOPP is is waiting for HSE and LACoRS to sign." in page
    assert "Write a new message" not in page


def test_what_waits_for_a_signature_comes_before_what_is_older(office: Office, clock: Clock) -> None:
    office.sit("signatory", "lacors")
    office.write(title="An old draft")
    clock.forward(timedelta(days=3))
    office.waiting(title="For both to sign")
    office.sit("signatory", "lacors")

    page = office.see("/")

    assert page.index("“For both to sign” is waiting for LACoRS to sign.") < page.index("“An old draft” is your draft")


def test_the_oldest_thing_comes_first(office: Office, clock: Clock) -> None:
    office.drafted(title="The first")
    clock.forward(timedelta(hours=1))
    office.drafted(title="The second")

    page = office.see("/")

    assert page.index("“The first”") < page.index("“The second”")


def test_the_last_thing_that_happened_says_of_what(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "lacors")
    office.post(f"/releases/{release}/return", reason="Say which week")

    assert "Nothing is waiting for you. Last: “What LOPP is”: signatory of lacors returned it: “Say which week”, Tuesday" in office.see("/")


def test_what_only_the_machinery_cares_about_does_not_hide_what_happened_last_however_long_ago(office: Office) -> None:
    office.sit("signatory", "hse")
    before = office.see("/")
    with office.desk.database.transaction() as session:
        for number in range(100):
            log.record(session, HeadPublished(number=number, hash=""), subject=HEADS, by="Countersign", at=NOON)

    assert "Nothing is waiting for you. Last:" in before and office.see("/") == before


def test_each_bar_of_a_campaign_stands_beside_its_name(office: Office) -> None:
    office.sit()

    page = office.client.get("/").get_data(as_text=True).split("cs-bars", 1)[1].split("</div>", 1)[0]

    assert [page.index(f'<span aria-hidden="true">{said}</span>') for said in ("Contacted", "At least confirmed", "Briefed")]
    assert page.count("<svg") == 3 and 'aria-label="briefed 0 of 2"' in page


def test_whoever_changes_what_was_returned_reads_why_above_the_boxes(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "lacors")
    assert "was returned" not in office.see(f"/messages/{office.message_of(release)}/edit")
    office.post(f"/releases/{release}/return", reason="Say which week")
    office.sit("officer", "hse")

    page = office.see(f"/messages/{office.message_of(release)}/edit")

    assert "Revision 1 was returned: “Say which week”" in page.partition("Subject")[0]


def test_a_signatory_who_cannot_sign_yet_reads_what_waits_and_what_they_lack(office: Office) -> None:
    office.waiting()
    office.sit("signatory", "hse", name="New signatory")
    lacks = "“What LOPP is” is waiting for HSE to sign. You can sign once {} For a moment {} "

    said = lacks.format("you have added a passkey and both parties have signed a roster that lists it.", "Add a passkey")
    assert said in (page := office.see("/")) and "Nothing is waiting for you" not in page

    officer = visitors.appoint(office.client.application, "signatory", "hse", name="New signatory")
    with office.database.transaction() as session:
        software_keys.enrol(session, [officer], at=NOON)
    said = lacks.format("both parties have signed a roster that lists your passkey.", "See the signatories")
    assert said in office.see("/")

    office.sit("signatory", "hse")
    office.sign(office.newest(Release))
    office.sit("signatory", "hse", name="New signatory")
    assert "You can sign messages once both parties have signed a roster that lists your passkey." in office.see("/")


def test_somebody_who_wrote_the_words_lacks_nothing(office: Office) -> None:
    office.waiting()
    office.sit("signatory", "hse", name="New signatory")
    message = office.newest(Message)
    office.change(message, core="Other words for ((name)).")
    office.post(f"/messages/{message}/submission")
    office.seal(office.newest(Release))

    assert "You can sign once" not in office.see("/")


def test_what_missed_its_latest_time_before_it_began_waits_for_somebody_to_look_at_it(office: Office, clock: Clock) -> None:
    release = office.agreed()
    clock.forward(timedelta(days=27))
    with office.database.transaction() as session:
        schedules.end_overdue(session, at=office.desk.clock())
    message = f"/messages/{office.message_of(release)}"
    task = "“What LOPP is” missed its latest time, so none of its 5 letters went. For a moment Look at it"

    assert task in office.see("/")
    page = office.see(message)
    assert "passed before it began, so none of its letters went. Give it a later time, and submit it again. Change the words" in page
    assert page.count("Change the words") == 1

    clock.forward(timedelta(days=13))
    assert "missed its latest time" in office.see("/")
    clock.forward(timedelta(days=2))
    assert "missed its latest time" not in office.see("/")


def test_what_missed_its_latest_time_and_was_changed_since_is_a_draft_alone(office: Office, clock: Clock) -> None:
    office.agreed()
    clock.forward(timedelta(days=27))
    with office.database.transaction() as session:
        schedules.end_overdue(session, at=office.desk.clock())

    office.change(office.newest(Message), latest_send=["20", "1", "2027"])

    assert "missed its latest time" not in (page := office.see("/")) and "“What LOPP is” is your draft, not yet submitted." in page


def test_an_undated_tour_is_one_task_since_it_was_opened(ground: Ground, client: FlaskClient, clock: Clock) -> None:
    ground.tour()
    clock.forward(timedelta(days=4))

    said = words_on(client.get("/"))

    assert said.count("Spring briefings:") == 1
    assert "groups without a date. The next is " in said
    assert " For 4 days Arrange " in said


def test_a_briefing_whose_time_has_come_and_then_its_list_wait_at_home(ground: Ground, client: FlaskClient) -> None:
    briefing, by_hand = ground.held(), {"by": ground.house.drafter, "at": NOON}
    assert "Spring briefings: Wales" in (said := words_on(client.get("/")))
    assert "enter who was there, from the sign-in sheet" in said
    assert f'href="/briefings/{briefing}/attendance"' in client.get("/").get_data(as_text=True)

    with ground.database.transaction() as session:
        attendance.record(session, briefing, [(CARDIFF, "practitioner")], **by_hand)
    assert "the list of who was there is not complete yet" in words_on(client.get("/"))

    with ground.database.transaction() as session:
        tours.reopen(session, briefing, **by_hand)
    assert "Mark it as held and tick who was there. For 24 hours Go to this briefing" in words_on(client.get("/"))


def test_an_overdue_action_waits_at_home_until_it_is_done(ground: Ground, client: FlaskClient, clock: Clock) -> None:
    briefing, by_hand = ground.held(), {"by": ground.house.drafter, "at": NOON}
    with ground.database.transaction() as session:
        attendance.record(session, briefing, [(CARDIFF, "practitioner")], **by_hand)
        attendance.complete(session, briefing, **by_hand)
        action = actions.add(session, briefing, what="Send the slides", party="hse", owner="Head of the unit", due=NOON.date(), **by_hand)
    assert "a next action was due" not in words_on(client.get("/"))

    clock.forward(timedelta(days=1))
    assert "a next action was due by 24 November 2026 and is not marked as done." in words_on(client.get("/"))

    with ground.database.transaction() as session:
        actions.finish(session, action, **by_hand)
    assert "a next action was due" not in words_on(client.get("/"))
