"""A form that adds something, sent again as it is: where no script runs a button can be pressed twice, and one thing is to be kept."""

import re
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from flask.testing import FlaskClient
from itsdangerous import TimestampSigner
from werkzeug.test import TestResponse

from campaigns.agreement import nonces
from campaigns.foundation.database import Database
from campaigns.foundation.officers import COUNTERSIGN
from tests.campaigns.stories import NOON
from tests.web.office import Office, open_office
from tests.web.visitors import words_on


@pytest.fixture
def office(client: FlaskClient) -> Iterator[Office]:
    """Both parties, five readers and a campaign; forms carry their page's token, as they do in earnest."""
    office = open_office(client)
    client.application.config["WTF_CSRF_ENABLED"] = True
    yield office
    client.application.config["WTF_CSRF_ENABLED"] = False


def token(office: Office, page: str) -> str:
    found = re.search(r'name="csrf_token" value="([^"]+)"', office.client.get(page).get_data(as_text=True))
    assert found
    return found[1]


def drafted(office: Office) -> str:
    office.client.application.config["WTF_CSRF_ENABLED"] = False
    page = f"/messages/{office.drafted()}"
    office.client.application.config["WTF_CSRF_ENABLED"] = True
    return page


def test_a_comment_sent_six_times_from_one_page_is_kept_once(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    page = drafted(office)
    said = {"comment": "Which councils?", "revision": "1", "csrf_token": token(office, page)}

    def send(**other: str) -> TestResponse:
        return office.client.post(f"{page}/comments", data=said | other)

    answers = [send() for _ in range(6)]

    assert [answer.status_code for answer in answers] == [302, *[409] * 5]
    assert "You sent this already It is kept once." in words_on(answers[-1]) and "not done" not in words_on(answers[-1])
    assert send(comment="And when?").status_code == 302
    monkeypatch.setattr(TimestampSigner, "get_timestamp", lambda signer: int(time.time()) + 1)  # of one second tokens are alike
    assert send(csrf_token=token(office, page)).status_code == 302, "whoever opens the page anew may say the same again"
    shown = office.see(page).split("History")[0]
    assert (shown.count("Which councils?"), shown.count("And when?")) == (2, 1)


def test_what_was_refused_may_be_sent_again_as_it_is(office: Office) -> None:
    page = drafted(office)
    said = {"comment": "a\u202eb", "revision": "1", "csrf_token": token(office, page)}

    again = [office.client.post(f"{page}/comments", data=said) for _ in range(2)]

    assert [(answer.status_code, "U+202E" in words_on(answer)) for answer in again] == [(422, True)] * 2


def test_a_number_is_used_up_once_and_forgotten_later(database: Database) -> None:
    with database.transaction() as session:

        def spend(number: str, hours: int) -> bool:
            asked = {"purpose": b"form", "by": COUNTERSIGN, "kept": timedelta(hours=8)}
            return nonces.spend_once(session, number, at=NOON + timedelta(hours=hours), **asked)  # type: ignore[arg-type]

        assert [spend("one", 0), spend("one", 8), spend("two", 8), spend("one", 9)] == [True, False, True, True]
