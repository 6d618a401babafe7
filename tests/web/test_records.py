"""The pages about records: the schedule, holds, what is kept about a person, and how often authorities were contacted."""

import json
import re
from datetime import timedelta
from uuid import UUID

from flask.testing import FlaskClient

from audiences import legal_holds, record_classes, reorganisations, retention
from campaigns.foundation import log
from campaigns.reach import touches
from campaigns.reach.touches import Fact
from tests.audiences.posts import OFFICER
from tests.web.grounds import ADUR, BARNET, Ground
from tests.web.office import Office, open_office
from tests.web.visitors import NOON, SignIn, words_on


def place(client: FlaskClient, **typed: str) -> str:
    fields = {"kind": "text", "about": "", "campaign": "", "address": "", "reason": "claim 7", "save": "Save"}
    return words_on(client.post("/records/holds/new", data=fields | typed, follow_redirects=True))


def test_a_hold_is_placed_stops_an_erasure_and_is_lifted(ground: Ground, client: FlaskClient) -> None:
    person = ground.person()
    assert "The hold is in force." in place(client, kind="person", address="SOMEONE@adur.test")

    for refused in (client.get(f"/people/{person}/erasure"), client.post(f"/people/{person}/erasure", data={})):
        assert refused.status_code == 409 and "legal hold on the person “Health Officer”" in words_on(refused)
    with ground.database.reading() as session:
        (hold,) = legal_holds.standing(session)
    assert "in force Lift it" in words_on(client.get("/records/holds")), "on paper there are no buttons"
    assert "The hold is lifted." in words_on(client.post(f"/records/holds/{hold.id}/lifting", follow_redirects=True))
    assert "The person is erased." in words_on(client.post(f"/people/{person}/erasure", data={}, follow_redirects=True))
    assert "claim 7" not in client.get("/records/holds.csv", follow_redirects=True).get_data(as_text=True)


def test_of_what_is_kept_outside_the_database_it_is_said_who_deletes_it(ground: Ground, client: FlaskClient) -> None:
    said = {"days": "60", "save": "Save"}
    within = words_on(client.post("/records/notices/days", data=said, follow_redirects=True))
    outside = words_on(client.post("/records/web-logs/days", data=said, follow_redirects=True))

    assert "It applies from the next daily check" in within
    assert "whoever runs the machine" in outside and "next daily check" not in outside


def test_the_privacy_notice_says_of_every_class_how_long_it_is_kept_as_officers_decided(ground: Ground, client: FlaskClient) -> None:
    client.post("/records/suggestions/days", data={"days": "400", "save": "Save"})

    notice = words_on(client.get("/privacy"))

    assert "People who left their post 3 years" in notice
    assert "What was suggested about whom to write to, once answered 400 days" in notice
    assert all(one.what[1:] in notice for one in record_classes.CLASSES)


def test_a_hold_on_a_campaign_or_a_text_is_listed_and_a_wrong_one_says_what_to_mend(ground: Ground, client: FlaskClient) -> None:
    place(client, kind="campaign", campaign=str(ground.campaign))
    listed = place(client, kind="text", about="fire doors")

    assert "the campaign “LOPP”" in listed and "whatever speaks of “fire doors”" in listed
    assert "fire doors" in client.get("/records/holds/holds.csv").get_data(as_text=True)
    assert "Enter the text it is about" in place(client, about="ab")
    assert "Enter the address of somebody" in place(client, kind="person", address="nobody@adur.test")
    assert "Choose the campaign" in place(client, kind="campaign")
    assert "Choose what the hold is on" in place(client, kind="all")
    for kind, what in (("text", {"about": "ab"}), ("person", {"address": "nobody@adur.test"}), ("campaign", {})):
        said = place(client, kind=kind, reason=" ", **what)
        assert "Say why" in said and any(one in said for one in ("Enter the text it is", "Enter the address of", "Choose the campaign")), (
            kind
        )
    assert "Choose one from the list" in place(client, kind="campaign", campaign="nonsense")
    for kind, what in (
        ("text", {"about": "fire doors"}),
        ("person", {"address": "head@adur.test"}),
        ("campaign", {"campaign": str(ground.campaign)}),
    ):
        beside = {"text": {"address": "head@adur.test"}, "person": {"campaign": str(ground.campaign)}, "campaign": {"about": "fire doors"}}
        said = place(client, kind=kind, **what, **beside[kind])
        assert "One hold is on one thing: empty this, and place another hold for it" in said and "in force." not in said


def test_the_schedule_is_shown_and_changed_by_officers(ground: Ground, client: FlaskClient, sign_in: SignIn) -> None:
    page = words_on(client.get("/records")).lower()
    assert "who each letter was to" in page and "countersign checks once a day" in page and "leaf" not in page

    saved = words_on(client.post("/records/notices/days", data={"days": "40", "save": "Save"}, follow_redirects=True))
    assert "Saved." in saved
    for days in ("29", "x", "-5", "１２３", "1e3"):
        assert "Keep it for 30 to 36,500 days" in words_on(client.post("/records/notices/days", data={"days": days}))
    assert client.get("/records/signatures/days").status_code == 404
    with ground.database.reading() as session:
        assert next(kept.days for kept in retention.schedule(session) if kept.record.key == "notices") == 40
    assert client.get("/records/disposals.csv").status_code == 200
    sign_in("observer", None)
    assert client.get("/records/notices/days").status_code == 403 and "Change" not in words_on(client.get("/records"))


def test_what_was_disposed_of_is_named_as_in_the_schedule(ground: Ground, client: FlaskClient) -> None:
    with ground.database.transaction() as session:
        session.add(retention.Disposal(record_class="leavers", number=2, cutoff=NOON, by="Countersign", at=NOON))

    for page in ("/records", "/records/disposals.csv"):
        assert words_on(client.get(page)).count("People who left their post") == 2 - page.endswith("csv")


def test_everything_about_a_person_is_downloaded_by_officers_alone_and_recorded(
    ground: Ground, client: FlaskClient, sign_in: SignIn
) -> None:
    person = ground.person()

    page = client.get(f"/people/{person}")
    read, data = (
        client.post(f"/people/{person}/dossier", data={"form": "text"}),
        client.post(f"/people/{person}/dossier", data={"form": "json"}),
    )

    assert "Everything kept about them" in words_on(page)
    assert "name: Health Officer" in read.get_data(as_text=True) and json.loads(data.data)["about"] == "someone@adur.test"
    assert "attachment" in read.headers["Content-Disposition"] and client.get(f"/people/{person}/dossier").status_code == 405
    with ground.database.reading() as session:
        assert [entry.kind for entry in log.history(session, person)] == ["PersonAdded", "PersonExported", "PersonExported"]
    for duty in ("observer", "administrator"):
        sign_in(duty, None)
        assert client.post(f"/people/{person}/dossier").status_code == 403
        assert "Everything kept about them" not in words_on(client.get(f"/people/{person}"))


def test_the_contact_load_is_a_table_and_a_file_and_says_who_is_over(ground: Ground, client: FlaskClient) -> None:
    with ground.database.transaction() as session:
        facts = [Fact(ground.campaign, ADUR, "practitioner", "briefed", f"call:{n}", NOON, "tests", channel="call") for n in range(5)]
        touches.put(session, facts)

    page, table = words_on(client.get("/coverage/load")), client.get("/coverage/load.csv").get_data(as_text=True)

    assert "1 authority above 4 contacts" in page
    heads, row = "Authority In all Role Letter Briefing Call Visit Relay Article Post To come", "Adur 5 over Practitioner 0 0 5 0 0 0 0 0"
    assert f"{heads} {row}" in page
    assert table.splitlines()[1] == f"{ADUR},Adur,practitioner,0,0,5,0,0,0,0,0,5"
    assert "Contact load" in words_on(client.get("/coverage"))


def test_the_contact_load_of_one_authority_is_found_by_its_name_or_code_on_the_page_and_in_the_file(
    ground: Ground, client: FlaskClient
) -> None:
    with ground.database.transaction() as session:
        for code in (ADUR, BARNET):
            touches.put(session, [Fact(ground.campaign, code, "practitioner", "briefed", f"call:{code}", NOON, "tests", channel="call")])
    assert "Barnet 1 Practitioner" in words_on(client.get("/coverage/load"))

    for typed in ("adur", ADUR, "Adur District"):
        page = words_on(answer := client.get("/coverage/load", query_string={"words": typed}))
        assert "Adur 1 Practitioner" in page and "Barnet" not in page and "1 in all" in page
        (link,) = re.findall(r'href="(/coverage/load[.]csv[^"]*)"', answer.get_data(as_text=True))
        assert [row[:9] for row in client.get(link).get_data(as_text=True).splitlines()[1:]] == [ADUR]
    assert "No authority with contacts or letters to come is called this." in words_on(client.get("/coverage/load?words=%25"))


def test_the_contact_load_of_a_council_that_came_to_an_end_is_shown_and_found_by_its_name(ground: Ground, client: FlaskClient) -> None:
    with ground.database.transaction() as session:
        touches.put(session, [Fact(ground.campaign, ADUR, "practitioner", "briefed", "call:1", NOON, "tests", channel="call")])
        reorganisations.end(session, ADUR, on=NOON.date() - timedelta(days=1), successors=[], by=OFFICER, at=NOON)

    assert "Adur 1 Practitioner" in words_on(client.get("/coverage/load"))
    assert f"{ADUR},Adur,practitioner" in client.get("/coverage/load.csv?words=adur+dist").get_data(as_text=True)


def test_drafter_and_signer_are_warned_and_nothing_is_stopped(client: FlaskClient) -> None:
    office = open_office(client)
    release = office.waiting()
    assert "contact in 30 days" not in office.see(f"/messages/{office.message_of(release)}")
    load(office)
    said = "This would be the 5th contact in 30 days for 2 authorities."

    office.sit("signatory", "lacors")
    assert said in office.see(f"/releases/{release}/sign")
    assert "You have signed it" in words_on(office.sign(release))
    office.sit()
    assert said in office.see(f"/messages/{office.message_of(release)}")
    assert said.replace("5th", "6th") in office.see(f"/messages/{office.drafted()}"), "what is sealed already counts too"


def load(office: Office) -> None:
    """Four contacts at both councils."""
    with office.database.transaction() as session:
        for code in ("E07000001", "W06000001"):
            facts = [
                Fact(office.campaign, code, "practitioner", "written", f"{code}:{n}", NOON, "tests", message_id=UUID(int=n))
                for n in range(1, 5)
            ]
            touches.put(session, facts)
