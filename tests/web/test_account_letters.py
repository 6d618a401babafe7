"""Every system e-mail about accounts, word for word (tests/golden/<letter>.<part>). Set COUNTERSIGN_GOLDEN=write to write them anew."""

import os
from pathlib import Path

import pytest
from flask import Flask
from sqlmodel import select

from campaigns.delivery.notices import Notice
from tests.web.visitors import NOON, appoint, desk_of
from web import account_letters, accounts

GOLDEN = Path(__file__).parents[1] / "golden"
VALUES = {"link": "http://localhost:8000/example?a=1&b=2", "name": "Drafter, LOPP team (HSE) & others"}
LETTERS = ("invitation", "new_password", "password_changed")


@pytest.mark.parametrize("letter", LETTERS)
def test_a_system_e_mail_reads_as_agreed(app: Flask, letter: str) -> None:
    with app.test_request_context(), desk_of(app).database.transaction() as session:
        account_letters.post(session, letter, to="officer@posts.test", at=NOON, **VALUES)
        notice = session.exec(select(Notice)).one()

    for part, words in (("subject.txt", notice.subject + "\n"), ("body.txt", notice.text), ("body.html", notice.html)):
        path = GOLDEN / f"{letter}.{part}"
        if os.environ.get("COUNTERSIGN_GOLDEN") == "write":
            path.write_text(words or "", encoding="utf-8")
        assert words == path.read_text(encoding="utf-8")


def test_a_link_is_built_on_our_own_address_whatever_the_request_says(app: Flask) -> None:
    officer = appoint(app)
    with app.test_request_context(base_url="http://elsewhere.test"), desk_of(app).database.transaction() as session:
        account = accounts.of_officer(session, officer.id)

        assert account_letters.invitation_link(account, at=NOON).startswith("http://localhost:8000/invitation/")
