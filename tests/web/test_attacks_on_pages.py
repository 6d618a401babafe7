"""Attacks that begin at a page: forged forms, scanners, frames, guessed ids, a stolen session, an administrator (A5, A37, A38)."""

from uuid import UUID, uuid4

from sqlmodel import select

from audiences import calendars, overtaken
from campaigns.agreement import schedules, signatures
from campaigns.delivery import claims, plans
from campaigns.delivery.deliveries import Chunk
from campaigns.delivery.transport import RecordingTransport
from tests.attacks.scene import write_down
from tests.campaigns import posting
from tests.campaigns.posting import LEASE, Clock
from tests.web.office import Office
from tests.web.visitors import words_on


def test_a37_no_signature_by_get_by_a_scanner_or_from_another_site(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "hse")
    page = f"/releases/{release}/sign"
    for method in ("GET", "HEAD", "OPTIONS"):
        office.client.open(page, method=method)
        office.client.open(f"/releases/{release}/sign-by-password", method=method)
    framed = office.client.get(page).headers

    assert "frame-ancestors 'none'" in framed["Content-Security-Policy"]
    assert framed["X-Frame-Options"] == "DENY"
    office.client.application.config["WTF_CSRF_ENABLED"] = True
    forged = office.client.post(page, data={"digest": office.shown(release)})
    office.client.application.config["WTF_CSRF_ENABLED"] = False
    assert forged.status_code == 400
    elsewhere = office.client.post(page, data={"digest": office.shown(release)}, headers={"Sec-Fetch-Site": "cross-site"})
    assert elsewhere.status_code == 403 and "Another site’s page sent this" in words_on(elsewhere)
    refused(office, release, "A37", "GET, HEAD, a forged form without the page's token, another site's page, a frame")


def test_a38_guessed_ids_and_a_stolen_session_sign_nothing(office: Office) -> None:
    release = office.waiting()
    office.sit("signatory", "hse")

    for door in ("sign", "challenge", "sign-by-password", "schedule"):
        assert office.client.post(f"/releases/{uuid4()}/{door}", data={"digest": office.shown(release)}).status_code in {404, 422}
    stolen = office.post(f"/releases/{release}/sign", digest=office.shown(release))  # the session without the key
    assert "No passkey was used" in words_on(stolen)
    refused(office, release, "A38", "guessed ids; a stolen session without the key")


def test_a5_no_page_gives_an_administrator_power_over_approvals(office: Office) -> None:
    release = office.waiting()
    office.sit("administrator", None)
    rules = [
        rule for rule in office.client.application.url_map.iter_rules() if "POST" in (rule.methods or ()) and "release_id" in rule.arguments
    ]

    answers = {
        rule.endpoint: office.client.post(rule.rule.replace("<uuid:release_id>", str(release)).split("<")[0]).status_code for rule in rules
    }
    assert len(rules) >= 8
    assert set(answers.values()) <= {403, 404, 405}, answers
    refused(office, release, "A5", f"an administrator posts to all {len(rules)} addresses of a release")


def refused(office: Office, release: UUID, name: str, tried: str) -> None:
    """Nobody has signed and nothing goes; once both have signed in earnest, every letter goes."""
    with office.database.reading() as session:
        assert signatures.given(session, release) == []
    before = delivered(office, release)
    for party in ("hse", "lacors"):
        office.sit("signatory", party)
        assert "You have signed it" in words_on(office.sign(release))
    after = delivered(office, release)
    write_down(name, tried, "HSE has not signed.", before, after)
    assert (before, after) == (0, 5)


def delivered(office: Office, release: UUID) -> int:
    """Schedule, begin, plan, claim and send, whatever each step answers; gives how many letters went."""
    at, transport = office.desk.clock(), RecordingTransport()
    office.sit()
    office.post(f"/releases/{release}/schedule", when="now")
    with office.database.transaction() as session:
        schedules.begin_due(session, at=at)
    with office.database.transaction() as session:
        while plans.plan_next(session, release, size=100, at=at):
            pass
        chunks = session.exec(select(Chunk.id).where(Chunk.release_id == release)).all()
    for chunk in chunks:
        with office.database.transaction() as session:
            taken = claims.claim_chunk(
                session, chunk, calendars=calendars.of, outdated=overtaken.letters, briefings=posting.tomorrow, lease=LEASE, at=at
            )
        if taken is not None:
            posting.sender(office.database, transport, Clock(at)).send(taken)
    return len(transport.sent)
