"""A test letter goes to the officer alone, marked in subject, body and sender, with links that lead nowhere."""

import re

import pytest
from sqlmodel import Session, select

from campaigns.delivery import trials
from campaigns.delivery.notices import Notice
from campaigns.drafting import messages, samples
from campaigns.drafting.letters import Opened
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotYours
from campaigns.foundation.officers import Officer
from tests import crossings
from tests.campaigns import stories
from tests.campaigns.stories import DAY, NOON, House

CORE = "Dear ((name)),\n\nSee [our pages](https://lopp.example.org/a?b=1&c=2) or https://lopp.example.org/.\n\n((your part))"


def try_out(house: House, by: Officer, *, times: int = 1, day: int = 0, core: str = CORE) -> Notice:
    message = stories.drafted(house, stories.words(core=core))
    with house.database.transaction() as session:
        words = messages.current(session, messages.get(session, message)).read()
        opened = samples.of_words(words, reference="ABCD-2345", sender=stories.SENDER)["practitioners"]
        for _ in range(times):
            notice = trials.write(session, message, opened, audience="practitioners", to="me@posts.test", by=by, at=NOON + day * DAY)
        return session.exec(select(Notice).where(Notice.id == notice)).one()


def test_it_is_marked_everywhere_and_its_links_are_inert(database: Database) -> None:
    house = stories.house(database)

    notice = try_out(house, house.drafter)

    assert notice.subject.startswith("[TEST – NOT APPROVED] ") and notice.sender == "test-not-approved"
    html, text = notice.html or "", notice.text or ""
    assert trials.BANNER in html and text.startswith(trials.BANNER)
    assert "<a" in html and not re.search(r"<a\b[^>]*href", html) and "https://" not in text and "http://" not in text
    assert "((name))" in html and "Council" not in html.replace("One *lead", "")


def test_no_address_that_can_be_read_in_it_is_one_a_mail_program_makes_a_link_of(sqlite: Database) -> None:
    house = stories.house(sqlite)

    notice = try_out(house, house.drafter, core="Read https://lopp.example.org/a.b, www.hse.gov.uk or hse.gov.uk; ask jo.smith@hse.gov.uk.")

    shown = re.sub("<[^>]*>", "", notice.html or "")
    for part in (notice.text or "", shown):
        assert "https[:]//lopp[.]example[.]org/a.b" in part and "www[.]hse[.]gov[.]uk or hse[.]gov[.]uk" in part
        assert "jo[.]smith@hse[.]gov[.]uk" in part
        assert "://" not in part and not re.search(r"\w\.(org|uk|test)\b", part)


def test_it_says_that_files_are_left_out(sqlite: Database) -> None:
    house = stories.house(sqlite)

    assert "Files that travel with the message are left out." in (try_out(house, house.drafter).text or "")


def test_twenty_a_day_are_enough(sqlite: Database) -> None:
    house = stories.house(sqlite)
    try_out(house, house.drafter, times=20)

    with pytest.raises(NotAllowedNow, match="which is the most"):
        try_out(house, house.drafter)

    assert try_out(house, house.hse) and try_out(house, house.drafter, day=1)


def test_two_at_once_are_not_one_too_many(on_postgres: Database) -> None:
    house = stories.house(on_postgres)
    try_out(house, house.drafter, times=19)
    message, opened = stories.drafted(house), Opened("Subject", "<p>words</p>", "words", [])

    def write(session: Session) -> None:
        trials.write(session, message, opened, audience="practitioners", to="me@posts.test", by=house.drafter, at=NOON)

    with pytest.raises(NotAllowedNow, match="which is the most"):
        crossings.at_once(on_postgres, write, write)


def test_whoever_only_reads_sends_no_test(sqlite: Database) -> None:
    house = stories.house(sqlite)

    with pytest.raises(NotYours):
        try_out(house, house.observer)
