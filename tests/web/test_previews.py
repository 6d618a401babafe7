"""A letter as a real reader would get it, before anything is submitted."""

import pytest
from flask.testing import FlaskClient

from tests.web.office import Office, open_office
from tests.web.visitors import words_on


@pytest.fixture
def office(client: FlaskClient) -> Office:
    """Both parties, five readers and a campaign."""
    return open_office(client)


def test_save_and_preview_shows_the_letter_of_a_real_reader(office: Office) -> None:
    office.sit()

    page = words_on(office.write(save="", preview="Save and preview"))

    assert "Preview for Senior managers" in page
    assert "As Head of Health, Ashby" in page
    assert "Dear Head of Health, Ashby," in page
    assert "One lead authority speaks for Ashby Council" in page


def test_a_preview_goes_from_reader_to_reader_and_from_audience_to_audience(office: Office) -> None:
    message = office.drafted()

    assert "Brynmor Council" in office.see(f"/messages/{message}/preview/senior-managers?reader=2")
    assert "You may come to every briefing." in office.see(f"/messages/{message}/preview/unions")
    assert "reader 2 of 2" in office.see(f"/messages/{message}/preview/practitioners?reader=999")
    assert "reader 1 of 2" in office.see(f"/messages/{message}/preview/practitioners?reader=x")
    assert office.client.get(f"/messages/{message}/preview/no-such").status_code == 404


def test_a_letter_stands_in_a_frame_that_fetches_and_runs_nothing(office: Office) -> None:
    message = office.drafted(core="Dear ((name)), <script>alert(1)</script>")

    answer = office.client.get(f"/messages/{message}/preview/unions/letter")

    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'; style-src 'unsafe-inline'")
    assert "sandbox" in office.client.get(f"/messages/{message}/preview/unions").get_data(as_text=True)
    assert "&lt;script&gt;" in answer.get_data(as_text=True)


def test_a_preview_of_an_audience_with_nobody_in_it_shows_the_blanks_as_written(office: Office) -> None:
    message = office.drafted(audiences=["account-managers"], **{"part-unions": ""})

    assert "Nobody is in this audience today" in (page := office.see(f"/messages/{message}/preview/account-managers"))
    assert "Dear ((name))" in page
    assert "Nobody is in the audiences chosen today" in office.see(f"/messages/{message}")
