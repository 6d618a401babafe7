"""The proof is taken away from the release's page, by anybody signed in, once both parties have agreed."""

from sqlalchemy import event

from campaigns.agreement import archives, verifier
from campaigns.agreement.verifier import Rules
from campaigns.foundation import audit
from tests.web.office import Office
from tests.web.visitors import words_on


def chain(office: Office) -> None:
    with office.database.transaction() as session:
        audit.chain(session)


def test_an_observer_takes_the_bundle_and_the_certificate(office: Office) -> None:
    release = office.agreed()
    chain(office)
    office.sit("observer", None)

    page = office.client.get(f"/releases/{release}").get_data(as_text=True)
    bundle, certificate = (office.client.get(f"/releases/{release}/{name}") for name in ("bundle.zip", "certificate.pdf"))

    assert f"/releases/{release}/bundle.zip" in page and f"/releases/{release}/certificate.pdf" in page
    assert "bundle-" in bundle.headers["Content-Disposition"] and bundle.mimetype == "application/zip"
    assert bundle.content_length == len(bundle.data) and bundle.headers["Cache-Control"] == "no-store"
    assert verifier.check(bundle.data, Rules(rehearsal=True)).said["release"] == str(release)
    assert archives.read(bundle.data)["certificate.pdf"] == certificate.data and certificate.data.startswith(b"%PDF")


def test_what_is_not_agreed_or_not_chained_yet_has_no_proof(office: Office) -> None:
    waiting = office.waiting()

    assert "Proof" not in office.see(f"/releases/{waiting}")
    refused = office.client.get(f"/releases/{waiting}/bundle.zip")
    assert refused.status_code == 409 and "has not been agreed by both parties" in words_on(refused)

    agreed = office.agreed()
    assert "has not reached this release yet" in words_on(office.client.get(f"/releases/{agreed}/certificate.pdf"))


def test_the_certificate_reads_neither_the_letters_nor_the_log_between(office: Office) -> None:
    release = office.agreed()
    chain(office)
    said: list[str] = []
    event.listen(office.database.engine, "before_cursor_execute", lambda _, __, statement, *___: said.append(statement))

    assert office.client.get(f"/releases/{release}/certificate.pdf").status_code == 200
    assert said and not [one for one in said if "sealed_letters" in one or ("log_entries.payload" in one and "links" in one)]

    assert office.client.get(f"/releases/{release}/bundle.zip").status_code == 200
    assert [one for one in said if "sealed_letters" in one] and [one for one in said if "log_entries.payload" in one and "links" in one]
