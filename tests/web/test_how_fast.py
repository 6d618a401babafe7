"""How long a release will take: said while its letters go, and not where none does."""

from datetime import timedelta
from uuid import uuid4

import sqlalchemy as sa
from sqlmodel import select

from campaigns.agreement import releases, schedules
from campaigns.delivery import plans
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.settling import ChunkSent
from campaigns.foundation import log
from tests.web.office import Office


def test_how_long_it_takes_is_said_while_letters_go_and_not_once_none_does(office: Office) -> None:
    release = office.going(states={"accepted": 2})
    page = office.see(f"/releases/{release}/delivery")
    assert "A moment to go. Look again" in page and "letters a second: " not in page

    with office.database.transaction() as session:
        began = releases.get(session, release, lock=True)
        began.began_at = office.desk.clock() - timedelta(minutes=2)
        session.add(began)
        session.exec(sa.update(Delivery).values(at=began.began_at))

    page = office.see(f"/releases/{release}/delivery")
    assert "to go" not in page
    assert "No letter went in the last minute. The oldest that is due has waited since" in page
    assert "How fast: at most 100,000 letters a second. Look again" in page


def test_what_waits_behind_another_message_says_so_and_not_how_long_it_takes(office: Office) -> None:
    first, second = office.going(states={"accepted": 2}), office.agreed(title="The second")
    office.post(f"/releases/{second}/schedule", when="now")
    with office.database.transaction() as session:
        schedules.begin_due(session, at=office.desk.clock())
        assert plans.plan_next(session, second, size=100, at=office.desk.clock())
    assert "A moment to go." in office.see(f"/releases/{second}/delivery")

    with office.database.transaction() as session:
        log.record(session, ChunkSent(chunk=uuid4(), accepted=2), subject=first, by="Countersign", at=office.desk.clock())

    page = office.see(f"/releases/{second}/delivery")
    assert "Another message is going out first." in page
    assert "to go." not in page and "No letter went in the last minute" not in page


def test_while_no_relay_answers_the_page_says_so(office: Office) -> None:
    release = office.going()
    with office.database.transaction() as session:
        chunk = session.exec(select(Delivery.chunk_id)).first()
        assert chunk
        session.exec(sa.update(Delivery).values(stage="connection", reply="The relay mail.test:25 does not answer"))
        log.record(session, ChunkSent(chunk=chunk, accepted=0), subject=release, by="Countersign", at=office.desk.clock())

    assert "Nothing leaves: The relay mail.test:25 does not answer." in office.see(f"/releases/{release}/delivery")


def test_how_fast_it_would_go_is_not_said_of_what_does_not_go(office: Office) -> None:
    release = office.going()
    office.post(f"/releases/{release}/stop")

    page = office.see(f"/releases/{release}/delivery")

    assert "letters a second" not in page
    assert "Resume it" in page
