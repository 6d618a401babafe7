"""Addresses not to be written to, and notices that keep no words once they are posted."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import pytest
import sqlalchemy as sa
from sqlmodel import Session, select

from campaigns.delivery import notices, removals
from campaigns.delivery.removals import Removal
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, TryLater
from tests.campaigns.stories import MINUTE, NOON


def test_an_address_is_removed_once_whatever_its_capitals(database: Database) -> None:
    with database.transaction() as session:
        removals.add(session, "Post@Council.test", reason="asked to stop", by="reader", at=NOON)
        removals.add(session, "post@council.TEST", reason="again", by="reader", at=NOON)

    with database.reading() as session:
        assert removals.among(session, ["POST@council.test", "other@council.test"]) == {"post@council.test": "asked to stop"}
        (entry,) = log.latest(session, 5)
        assert entry.kind == "AddressRemoved" and "council" not in str(entry.payload)


def test_a_removal_lifted_is_gone_and_lifting_twice_is_harmless(database: Database) -> None:
    with database.transaction() as session:
        removals.add(session, "post@council.test", reason="asked to stop", by="reader", at=NOON)
        removals.lift(session, "POST@council.test", by="reader", at=NOON)
        removals.lift(session, "post@council.test", by="reader", at=NOON)

    with database.reading() as session:
        assert removals.among(session, ["post@council.test"]) == {}
        assert [entry.kind for entry in log.latest(session, 5)] == ["AddressRestored", "AddressRemoved"]


def test_a_thousand_addresses_are_looked_up_at_once(database: Database) -> None:
    with database.transaction() as session:
        removals.add(session, "p1100@council.test", reason="bounced", by="test", at=NOON)

        assert removals.among(session, [f"p{number}@council.test" for number in range(1200)]) == {"p1100@council.test": "bounced"}


def test_however_many_addresses_are_looked_up_in_parts_none_is_lost(sqlite: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(removals, "ADDRESSES_A_QUERY", 2)
    addresses = [f"p{number}@council.test" for number in range(5)]
    with sqlite.transaction() as session:
        for address in addresses:
            removals.add(session, address, reason="bounced", by="test", at=NOON)

        assert list(removals.among(session, addresses)) == addresses


def test_an_address_that_is_veiled_while_it_is_looked_for_is_found_all_the_same(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It may be veiled between two questions: whether any is veiled is asked after the others were looked for."""
    with database.transaction() as session:
        removals.add(session, "Post@council.test", reason="asked to stop", by="reader", at=NOON)
    kept_as = removals._kept_as

    def veiling(session: Session, meant: Mapping[str, str], topics: Collection[str]) -> dict[str, str]:
        removals.veil(session, "post@council.test")
        return kept_as(session, meant, topics)

    monkeypatch.setattr(removals, "_kept_as", veiling)
    with database.transaction() as session:
        found = removals.among(session, ["other@council.test", "POST@council.test"])

    assert found == {"post@council.test": "asked to stop"}


def test_the_database_finds_the_same_addresses_and_as_they_were_on_a_day(database: Database) -> None:
    one, other = UUID(int=1), UUID(int=2)
    with database.transaction() as session:
        for address, campaign in (("all@council.test", None), ("one@council.test", one), ("veiled@council.test", None)):
            removals.add(session, address, reason="asked to stop", by="reader", at=NOON, campaign_id=campaign)
        removals.veil(session, "veiled@council.test")

        def finds(address: str, campaign: UUID | None, by: datetime | None = None) -> bool:
            return bool(session.scalar(sa.select(removals.removing(session, sa.literal(address), campaign_id=campaign, by=by))))

        for address in ("All@council.test", "One@council.test", "Veiled@council.test", "nobody@council.test"):
            for campaign in (None, one, other):
                assert finds(address, campaign) is bool(removals.among(session, [address], campaign_id=campaign))
        assert (finds("all@council.test", None, NOON), finds("all@council.test", None, NOON - MINUTE)) == (True, False)
        assert [row["reason"] for row in removals.about(session, [], "Veiled@council.test")] == ["asked to stop"]


def test_an_address_is_looked_up_among_those_removed_without_a_list_of_them_all(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        condition = removals.removing(session, sa.literal("post@council.test"), campaign_id=None)
        said = str(sa.select(condition).compile(sqlite.engine, compile_kwargs={"literal_binds": True}))
        plan = [step.detail for step in session.execute(sa.text(f"EXPLAIN QUERY PLAN {said}"))]

    assert any("SEARCH removals" in step for step in plan) and not any("LIST SUBQUERY" in step for step in plan), plan


@pytest.mark.parametrize("is_veiled", [False, True])
def test_that_letters_came_back_gives_way_to_any_other_reason_and_no_other_does_and_the_day_stays_the_first(
    database: Database, is_veiled: bool
) -> None:
    with database.transaction() as session:
        assert removals.add(session, "post@council.test", reason=removals.GONE, by="test", at=NOON)
        if is_veiled:
            removals.veil(session, "post@council.test")
        for reason, is_new in ((removals.GONE, False), ("asked to stop", True), ("complained", False), (removals.GONE, False)):
            assert removals.add(session, "Post@council.test", reason=reason, by="test", at=NOON + MINUTE) is is_new

        assert removals.among(session, ["post@council.test"]) == {"post@council.test": "asked to stop"}
        (row,) = session.exec(select(Removal)).all()
        assert (row.reason, row.at, row.address.startswith("sha256:")) == ("asked to stop", NOON, is_veiled)
    with database.reading() as session:
        said = [(entry.kind, entry.subject, entry.payload) for entry in log.latest(session, 5)]
    assert said == [("AddressRemoved", row.id, {"reason": reason}) for reason in ("asked to stop", removals.GONE)]


@pytest.mark.parametrize(
    ("to", "subject"),
    [("a@b.test\r\nBcc: c@d.test", "x"), ("a@b.test, c@d.test", "x"), ("nobody", "x"), ("a@b.test", "Two\r\nlines"), ("a@b.test", "x\x00")],
)
def test_a_notice_goes_to_one_address_under_one_line(database: Database, to: str, subject: str) -> None:
    with pytest.raises(Invalid), database.transaction() as session:
        notices.write(session, to=to, subject=subject, text="words", html=None, by="test", at=NOON)


def test_a_notice_s_words_are_forgotten_once_it_is_posted_or_refused(database: Database) -> None:
    with database.transaction() as session:
        first, second = (
            notices.write(session, to="a@b.test", subject="Please sign", text="words", html="<p>", by="test", at=NOON) for _ in range(2)
        )
        assert notices.take(session, first, lease=MINUTE, at=NOON) is not None

    with database.transaction() as session:
        notices.posted(session, first, at=NOON)
        notices.refused(session, second, reply="550 " + "x" * 900)
        notices.posted(session, UUID(int=9), at=NOON)

    with database.transaction() as session:
        assert [notices.take(session, one, lease=MINUTE, at=NOON + MINUTE) for one in (first, second)] == [None, None]
        assert session.get_one(notices.Notice, first).html is None and session.get_one(notices.Notice, first).posted_at == NOON
        assert len(session.get_one(notices.Notice, second).refused or "") == 500


@pytest.mark.parametrize(
    ("to", "subject", "since", "was"),
    [
        ("a@b.test", "Please sign", NOON - MINUTE, True),
        ("a@b.test", "Your new password", NOON - MINUTE, False),
        ("c@b.test", "Please sign", NOON - MINUTE, False),
        ("a@b.test", "Please sign", NOON, False),
    ],
)
def test_only_a_notice_of_that_subject_to_that_address_was_written_lately(
    sqlite: Database, to: str, subject: str, since: datetime, was: bool
) -> None:
    with sqlite.transaction() as session:
        notice = notices.write(session, to="a@b.test", subject="Please sign", text="words", html=None, by="test", at=NOON)
        notices.posted(session, notice, at=NOON)

        assert notices.written_since(session, since, to=to, subject=subject) is was


def test_whoever_was_too_slow_with_a_notice_gives_back_nothing_of_whoever_has_it_now(database: Database) -> None:
    with database.transaction() as session:
        notice = notices.write(session, to="a@b.test", subject="Please sign", text="words", html=None, by="test", at=NOON)
        slow = notices.take(session, notice, lease=MINUTE, at=NOON)
        assert slow is not None
        session.expunge(slow)
    with database.transaction() as session:
        assert notices.take(session, notice, lease=MINUTE, at=NOON + MINUTE) is not None

    with database.transaction() as session:
        notices.give_back(session, slow)

    with database.transaction() as session, pytest.raises(TryLater):
        notices.take(session, notice, lease=MINUTE, at=NOON + MINUTE)


def test_a_notice_that_was_forgotten_while_it_was_posted_keeps_no_word_of_the_answer(database: Database) -> None:
    with database.transaction() as session:
        notice = notices.write(session, to="a@b.test", subject="Please sign", text="words", html=None, by="test", at=NOON)
        assert notices.take(session, notice, lease=MINUTE, at=NOON) is not None
        notices.forget(session, "a@b.test")

    with database.transaction() as session:
        notices.refused(session, notice, reply="550 5.1.1 <a@b.test>: unknown")

    with database.reading() as session:
        assert session.get_one(notices.Notice, notice).refused is None


def test_veiling_one_address_leaves_every_other_removal_as_it_was(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        for address, campaign in (("post@council.test", None), ("other@council.test", UUID(int=1))):
            removals.add(session, address, reason="asked to stop", by="test", at=NOON, campaign_id=campaign)
        removals.veil(session, "Post@council.test")

        assert set(removals.among(session, ["post@council.test", "other@council.test"])) == {"post@council.test"}
        assert removals.topics(session, "other@council.test") == [UUID(int=1)]
        assert removals.topics(session, "post@council.test") == removals.topics(session, "nobody@council.test") == []
