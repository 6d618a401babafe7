"""Where letters are sent from: the banner, the page, and each party's word."""

import platform
from pathlib import Path
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from campaigns.agreement import parties, schedules
from campaigns.delivery import halts
from campaigns.delivery.armed import Keeper
from campaigns.delivery.arming import ASKED, RESTORED, UNKNOWN
from campaigns.foundation import arming_files
from campaigns.foundation.database import Database
from tests.web.office import Office, open_office
from tests.web.visitors import NOON, SignIn, title_of, words_on


@pytest.fixture
def armed(sqlite: Database, tmp_path: Path) -> Keeper:
    """A machine that may send."""
    with sqlite.transaction() as session:
        parties.found(session)
    keeper = Keeper(sqlite, tmp_path / "state" / "arming.json", lambda: NOON)
    keeper.watch()
    return keeper


@pytest.fixture
def keeper(armed: Keeper) -> Keeper:
    """A machine whose arming file was lost, so that it asks."""
    armed.path.unlink()
    armed.watch()
    return armed


def epoch(keeper: Keeper) -> str:
    with arming_files.opened(keeper.path) as file:
        return next(iter(file.entries.values())).epoch


def test_home_says_that_sending_is_off_and_leads_to_the_page(client: FlaskClient, sign_in: SignIn, keeper: Keeper) -> None:
    sign_in("officer", "hse")
    home = client.get("/")
    assert "Sending is switched off on" in words_on(home)
    assert 'href="/arming"' in home.get_data(as_text=True)


def test_where_nothing_is_asked_home_says_nothing(client: FlaskClient, sign_in: SignIn) -> None:
    sign_in("officer", "hse")
    assert "switched off" not in words_on(client.get("/"))
    assert title_of(client.get("/arming")).startswith("Where letters are sent from")


def test_both_parties_confirm_on_the_page_and_then_it_sends(client: FlaskClient, sign_in: SignIn, keeper: Keeper) -> None:
    sign_in("signatory", "hse")
    page = words_on(client.get("/arming"))
    assert "Sending is switched off" in page
    assert "What to check first" in page
    assert "HSE: nobody yet" in page
    first = client.post(f"/arming/{epoch(keeper)}/confirmation", follow_redirects=True)
    assert "Confirmed for your party. It waits for the other one." in words_on(first)
    assert "HSE: signatory of hse" in words_on(first)
    assert "Let it send, for HSE" not in words_on(first)
    keeper.watch()
    assert keeper.held() is not None

    sign_in("signatory", "lacors")
    assert "Let it send, for LACoRS" in words_on(client.get("/arming"))
    second = client.post(f"/arming/{epoch(keeper)}/confirmation", follow_redirects=True)

    assert "Both parties let it send." in words_on(second)
    keeper.watch()
    assert keeper.held() is None
    assert "switched off" not in words_on(client.get("/"))


def test_an_officer_who_does_not_sign_reads_it_and_decides_nothing(client: FlaskClient, sign_in: SignIn, keeper: Keeper) -> None:
    sign_in("officer", "hse")
    page = words_on(client.get("/arming"))
    assert "A signatory of each party decides this." in page
    assert "Let it send" not in page
    assert client.post(f"/arming/{epoch(keeper)}/confirmation").status_code == 403
    assert client.post(f"/arming/{epoch(keeper)}/refusal").status_code == 403


def test_either_party_can_refuse(client: FlaskClient, sign_in: SignIn, keeper: Keeper) -> None:
    sign_in("signatory", "lacors")
    said = client.post(f"/arming/{epoch(keeper)}/refusal", follow_redirects=True)
    assert "It does not send, and no longer asks to." in words_on(said)
    keeper.watch()
    assert "a party does not let this machine send" in str(keeper.held())


def test_where_a_party_refused_the_pages_say_that_nothing_leaves_who_said_so_and_what_can_be_done(
    client: FlaskClient, sign_in: SignIn, armed: Keeper
) -> None:
    sign_in("signatory", "lacors")
    assert "switched off" not in words_on(client.get("/"))
    client.post(f"/arming/{epoch(armed)}/refusal")
    sign_in("officer", "hse")

    home, page = words_on(client.get("/")), words_on(client.get("/arming"))

    assert "Sending is switched off: signatory of lacors does not let" in home
    assert "signatory of lacors does not let" in page
    assert "countersign arming ask --yes" in page
    assert "No machine has begun to send yet" not in page
    assert title_of(client.get("/arming")).startswith("Sending is switched off")
    armed.ask_anew()
    assert "this may be a copy" in words_on(client.get("/"))


def test_a_refused_copy_on_the_machine_that_sends_says_who_refused_and_from_where_that_machine_sends(
    client: FlaskClient, sign_in: SignIn, armed: Keeper, sqlite: Database, tmp_path: Path
) -> None:
    copied = Keeper(
        sqlite, tmp_path / "copy" / "arming.json", lambda: NOON
    )  # another place, as a copy's is; what it was copied from stands in it
    copied.watch()
    sign_in("signatory", "lacors")
    client.post(f"/arming/{epoch(copied)}/refusal")
    copied.watch()
    assert "a party does not let this machine send" in str(copied.held())

    page, home = words_on(client.get("/arming")), words_on(client.get("/"))

    assert f"Sending is switched off: signatory of lacors does not let {(machine := platform.node())} send from the database" in home
    with sqlite.reading() as session:
        assert halts.said(session) == f"Nothing leaves from {machine} until both parties let it."
    assert "signatory of lacors does not let" in page and "countersign arming ask --yes" in page
    assert "may send from this database" not in page
    assert "If this is a copy, these machines go on sending from the database it was copied from." in page


def test_before_a_machine_is_let_send_no_more_a_page_says_what_that_does_and_who_can_undo_it(
    client: FlaskClient, sign_in: SignIn, armed: Keeper
) -> None:
    sign_in("signatory", "lacors")
    address = f"/arming/{epoch(armed)}/refusal"
    assert f'href="{address}"' in (shown := client.get("/arming").get_data(as_text=True)) and f'action="{address}"' not in shown

    assert "out of use for good stays on this list until a signatory stops it from sending" in shown

    page = words_on(client.get(address))

    assert "Neither party can undo this on its own." in page and "nothing leaves from anywhere" in page
    assert "has it ask again, and then a signatory of each party lets it send" in page
    armed.watch()
    assert armed.held() is None
    assert "It does not send, and no longer asks to." in words_on(client.post(address, follow_redirects=True))
    assert client.get(address).status_code == 409
    sign_in("officer", "hse")
    assert client.get(address).status_code == 403


@pytest.mark.long
def test_while_sending_is_off_no_page_says_that_letters_leave(client: FlaskClient, tmp_path: Path) -> None:
    office = open_office(client)
    release = office.agreed()
    keeper = Keeper(office.database, tmp_path / "state" / "arming.json", lambda: NOON)
    keeper.watch()
    office.sit("signatory", "hse")
    office.post(f"/arming/{epoch(keeper)}/refusal")
    halted = "Nothing leaves until sending is switched on again."

    assert f"It goes out as soon as it may. The page shows how far it has come. {halted}" in words_on(_let_go(office, release))
    page = office.see(f"/releases/{release}/delivery")
    assert f"{halted} Either party may stop it." in office.see(f"/releases/{release}") and f"{halted} Look again" in page
    assert "letters a second" not in page and "to go" not in page
    office.post(f"/releases/{release}/stop")
    on = words_on(office.post(f"/releases/{release}/resumption"))
    assert f"Resumed for your party. {halted}" in on and "It goes on." not in on and "Letters leave" not in on


def _let_go(office: Office, release: UUID) -> TestResponse:
    """Schedule it, and begin it as the clock does."""
    answer = office.post(f"/releases/{release}/schedule", when="now")
    with office.database.transaction() as session:
        schedules.begin_due(session, at=office.desk.clock())
    return answer


@pytest.mark.parametrize(("reason", "said"), [(UNKNOWN, "was a machine added"), (ASKED, "why"), (RESTORED, "from when is the backup")])
def test_what_to_check_depends_on_why(
    client: FlaskClient, sign_in: SignIn, keeper: Keeper, sqlite: Database, reason: str, said: str
) -> None:
    with sqlite.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE armings SET reason = ? WHERE armed_at IS NULL", (reason,))
    sign_in("signatory", "hse")
    assert said in words_on(client.get("/arming"))


def test_metrics_count_the_machines_that_may_send_and_those_that_wait(client: FlaskClient, keeper: Keeper) -> None:
    figures = client.get("/metrics").get_data(as_text=True)
    assert 'countersign_machines{state="held"} 1.0' in figures
    assert 'countersign_machines{state="armed"} 0.0' in figures
