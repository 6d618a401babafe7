"""Two at one account at the same moment: an invitation is good once, and one administrator stays."""

from functools import partial
from uuid import UUID

import pytest
from flask import Flask

from campaigns.foundation import officers
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Refused
from tests import crossings
from tests.web import visitors
from tests.web.visitors import NOON, PASSWORD, words_on
from web import account_letters, accounts


def test_an_invitation_that_two_use_at_once_is_good_for_one(served: Flask, on_postgres: Database) -> None:
    with served.test_request_context(), on_postgres.transaction() as session:
        officer = officers.add(session, name="A new officer", party="hse", duty="officer", by="tests", at=NOON)
        account = accounts.add(session, officer, email="new@posts.test", at=NOON)
        link = account_letters.invitation_link(account, at=NOON).removeprefix("http://localhost:8000")
    chosen = {"password": "another password of theirs", "again": "another password of theirs"}
    accept = partial(served.test_client().post, link, data=chosen)

    with crossings.other(on_postgres, accept) as begin, served.test_request_context(), on_postgres.transaction() as session:
        accounts.choose_password(session, account_letters.invited(session, link.rpartition("/")[2], lock=True, at=NOON), PASSWORD)
        session.flush()
        answer = begin()

    assert answer.result().status_code == 404 and "was used already" in words_on(answer.result())


def test_two_administrators_who_let_each_other_go_leave_one(served: Flask, on_postgres: Database) -> None:
    one, two = (visitors.appoint(served, "administrator", None, name=name) for name in ("One administrator", "Another administrator"))

    def close(officer: UUID) -> None:
        with on_postgres.transaction() as session:
            accounts.close_for_good(session, officer, by=one, at=NOON)

    with crossings.other(on_postgres, lambda: close(two.id)) as begin, on_postgres.transaction() as session:
        accounts.close_for_good(session, one.id, by=two, at=NOON)
        session.flush()
        other = begin()

    with pytest.raises(Refused, match="is the only administrator"):
        other.result()
