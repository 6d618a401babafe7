"""Where no worker is at work, no page says that letters leave, and each says whom to tell."""

from datetime import timedelta

import sqlalchemy as sa
from flask.testing import FlaskClient

from campaigns.agreement import releases
from campaigns.delivery import heartbeats
from campaigns.delivery.heartbeats import Heartbeat
from tests.web.office import Office
from tests.web.visitors import words_on
from web import states

NOBODY = "The program that seals and sends letters has not run here yet. Tell whoever runs Countersign."


def leave(office: Office) -> None:
    """Every worker goes."""
    with office.database.transaction() as session:
        session.exec(sa.delete(Heartbeat))


def test_of_a_message_that_goes_out(office: Office) -> None:
    release = office.going(states={"accepted": 2})
    assert "Nothing leaves" not in office.see(f"/releases/{release}/delivery")
    leave(office)

    page = office.see(f"/releases/{release}/delivery")

    assert f"Nothing leaves. {NOBODY} Look again" in page and "letters a second: " not in page and "to go." not in page
    assert f"Nothing leaves. {NOBODY} Either party may stop it." in office.see(f"/releases/{release}")


def test_of_a_worker_that_may_not_send_it_is_said_why(office: Office) -> None:
    release = office.going()
    leave(office)
    with office.database.transaction() as session:
        heartbeats.beat(session, "a worker", why="The clock jumped by +3600 seconds.", at=office.desk.clock())

    page = office.see(f"/releases/{release}/delivery")

    assert "Nothing leaves. The clock jumped by +3600 seconds. Tell whoever runs Countersign. Look again" in page


def test_on_the_first_page(office: Office) -> None:
    office.sit()
    assert "Nothing leaves" not in office.see("/")
    leave(office)

    assert f"Important Nothing leaves. {NOBODY} Waiting for you" in office.see("/")


def test_of_a_message_that_is_let_go(office: Office) -> None:
    release = office.agreed()
    leave(office)

    said = words_on(office.post(f"/releases/{release}/schedule", when="now"))

    assert f"It goes out as soon as it may. The page shows how far it has come. Nothing leaves. {NOBODY}" in said


def test_of_a_message_that_is_being_sealed(office: Office) -> None:
    office.sit()
    release = office.submitted()
    leave(office)

    assert f"It waits to be sealed. {NOBODY}" in office.see(f"/releases/{release}")


def test_of_a_message_that_is_late(office: Office) -> None:
    release = office.agreed()
    office.post(f"/releases/{release}/schedule", when="now")
    leave(office)
    with office.database.transaction() as session:
        scheduled = releases.get(session, release, lock=True)
        scheduled.scheduled_for = office.desk.clock() - states.LATE - timedelta(seconds=1)
        session.add(scheduled)

    assert f"but has not begun. Nothing leaves. {NOBODY} Either party may stop it." in office.see(f"/releases/{release}")


def test_metrics_count_workers_that_may_send_and_those_that_may_not(client: FlaskClient, office: Office) -> None:
    assert 'countersign_workers{state="sending"} 1.0' in client.get("/metrics").get_data(as_text=True)
    leave(office)
    figures = client.get("/metrics").get_data(as_text=True)
    assert 'countersign_workers{state="sending"} 0.0' in figures and 'countersign_workers{state="idle"} 0.0' in figures
