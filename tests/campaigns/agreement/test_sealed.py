"""Sealing: claimed by one worker, begun again after a death, whole or not at all."""

import hashlib
from dataclasses import replace
from datetime import datetime
from unittest.mock import Mock
from uuid import UUID

import pytest
from sqlmodel import select

from campaigns.agreement import gate, manifest, merkle, releases, sealed, seals
from campaigns.agreement.addressees import LeftOut
from campaigns.agreement.sealed import Particulars
from campaigns.agreement.seals import Order
from campaigns.drafting import letters, messages
from campaigns.drafting.invitations import Occasion
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, Refused
from tests.campaigns import stories
from tests.campaigns.stories import MINUTE, NOON, READERS, House, Story, reader


def take(house: House, release: UUID, at: datetime = NOON) -> Order | None:
    with house.database.transaction() as session:
        return seals.take(session, release, at=at)


def ordered(house: House) -> tuple[UUID, Order]:
    release = stories.submitted(house, stories.drafted(house))
    order = take(house, release)
    assert order is not None
    return release, order


def keep(house: House, order: Order, *, people: int, frozen: int, at: datetime = NOON) -> None:
    programs = seals.compile_variants(order, sender=stories.SENDER)
    with house.database.transaction() as session:
        seals.keep_programs(session, order, programs, people=people, at=at)
        chunk = [stories.letter(reader(number), order) for number in range(frozen)]
        if chunk:
            seals.keep_letters(session, order, programs, chunk, start=0, at=at)


def test_the_manifest_names_everything_that_will_be_sent(database: Database) -> None:
    story = stories.waiting_release(stories.house(database))

    with database.reading() as session:
        release = releases.get(session, story.release)
        said = manifest.read(release.manifest or b"")
        assert release.digest == hashlib.sha256(release.manifest or b"").hexdigest()
        assert said.root == merkle.root(sealed.leaves(session, story.release)).hex()
        assert {variant.audience: variant.readers for variant in said.variants} == {"senior-managers": 2, "practitioners": 1}
        assert (said.release, said.message, said.revision) == (str(story.release), str(story.message), 1)
        assert said.sender == vars(stories.SENDER) and said.headers == list(letters.HEADERS)
        assert said.latest_send == stories.LATEST and said.parties == ["hse", "lacors"] and said.layout == letters.layout_digest()
        assert sealed.readers_by(session, story.release, "role") == {"practitioner": 1, "senior_manager": 2}
        assert (release.people, release.sealed) == (3, 3)
        assert log.read(log.history(session, release.id)[-1]) == seals.ReleaseSealed(digest=release.digest, readers=3)


def test_the_words_that_were_submitted_are_sealed_with_each_audience_s_own_part(database: Database) -> None:
    house = stories.house(database)
    message = stories.drafted(house)
    said = stories.words(core="Quite other words\n\n((your part))", parts={"practitioners": "Own part."})
    with database.transaction() as session:
        messages.revise(session, message, said, by=house.drafter, at=NOON)
    stories.seal(house, release := stories.submitted(house, message))

    with database.reading() as session:
        programs = {key: program.to_bytes() for key, program in sealed.programs_of(session, release).items()}
    assert all(b"Quite other words" in program for program in programs.values())
    assert [key for key, program in programs.items() if b"Own part." in program] == ["practitioners"]


def test_premailer_runs_once_for_each_variant(database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    inlined = Mock(wraps=letters._inlined)
    monkeypatch.setattr(letters, "_inlined", inlined)

    stories.waiting_release(stories.house(database), readers=[reader(number) for number in range(20)])

    assert inlined.call_count == 2


def test_a_release_is_sealed_by_one_worker_at_a_time(database: Database) -> None:
    house = stories.house(database)
    release, _ = ordered(house)

    assert take(house, release, NOON + MINUTE) is None


def test_a_worker_that_takes_over_begins_again_and_the_first_can_finish_nothing(database: Database) -> None:
    house = stories.house(database)
    release, dead = ordered(house)
    keep(house, dead, people=2, frozen=2)

    later = NOON + seals.CLAIM_LASTS
    order = take(house, release, later)

    assert order is not None
    with pytest.raises(NotAllowedNow, match="Another worker"), database.transaction() as session:
        seals.seal(session, dead, sender=stories.SENDER, by="test", at=later)
    keep(house, order, people=1, frozen=1, at=later)
    with database.transaction() as session:
        seals.seal(session, order, sender=stories.SENDER, by="test", at=later)
    with database.reading() as session:
        assert len(sealed.leaves(session, release)) == 1


@pytest.mark.parametrize(("people", "frozen"), [(3, 2), (1, 2), (0, 0), (2, 0)])
def test_what_is_not_whole_is_not_sealed(database: Database, people: int, frozen: int) -> None:
    house = stories.house(database)
    release, order = ordered(house)
    keep(house, order, people=people, frozen=frozen)

    with pytest.raises(NotAllowedNow, match="not whole"), database.transaction() as session:
        seals.seal(session, order, sender=stories.SENDER, by="test", at=NOON)

    assert take(house, release) is None


@pytest.mark.parametrize("address", ["a@b.test\r\nBcc: e@evil.test", "né@b.test", "", "a@b.test\x00"])
def test_a_reader_whose_address_could_break_a_header_is_not_frozen(database: Database, address: str) -> None:
    house = stories.house(database)
    _, order = ordered(house)
    programs = seals.compile_variants(order, sender=stories.SENDER)

    with pytest.raises(Refused, match="plain characters"), database.transaction() as session:
        seals.keep_letters(session, order, programs, [stories.letter(replace(READERS[0], address=address), order)], start=0, at=NOON)


def test_a_release_that_cannot_be_sealed_gives_the_words_back_with_the_reasons(database: Database) -> None:
    house = stories.house(database)
    release, order = ordered(house)

    with database.transaction() as session:
        seals.fail(session, order, reasons=["Nobody is in these audiences."], by="test", at=NOON)

    with database.reading() as session:
        row = releases.get(session, release)
        assert (row.state, row.reason) == ("unsealed", "Nobody is in these audiences.")
        assert messages.get(session, row.message_id).state == "draft"
        assert log.read(log.history(session, release)[-1]) == seals.SealingFailed(reasons=["Nobody is in these audiences."])
    assert take(house, release) is None


def test_a_sealing_that_fails_keeps_nothing_of_it_and_leaves_newer_words_alone(database: Database) -> None:
    house = stories.house(database)
    beside, (release, order) = stories.waiting_release(house), ordered(house)
    keep(house, order, people=1, frozen=1)
    with database.transaction() as session:
        message = releases.get(session, release).message_id
        messages.revise(session, message, stories.words(title="Newer"), by=house.drafter, at=NOON)

    with database.transaction() as session:
        assert seals.fail(session, order, reasons=["Nobody is in these audiences."], by="test", at=NOON)

    with database.reading() as session:
        assert messages.get(session, message).state == "draft" and releases.get(session, release).ended_at == NOON
        assert {row.release_id for row in session.exec(select(Particulars))} == {beside.release}
        assert sealed.leaves(session, release) == [] and sealed.programs_of(session, release) == {}


def test_an_edit_while_it_is_being_sealed_makes_the_seal_worth_nothing(database: Database) -> None:
    house = stories.house(database)
    release, order = ordered(house)
    keep(house, order, people=1, frozen=1)
    with database.reading() as session:
        message = releases.get(session, release).message_id
    with database.transaction() as session:
        messages.revise(session, message, stories.words(title="Newer"), by=house.drafter, at=NOON)
    newer = stories.submitted(house, message)

    with pytest.raises(NotAllowedNow, match="no longer wanted"), database.transaction() as session:
        seals.seal(session, order, sender=stories.SENDER, by="test", at=NOON)
    with database.transaction() as session:
        assert not seals.fail(session, order, reasons=["Nobody is in these audiences."], by="test", at=NOON)

    assert Story(house, message, release).state() == "superseded" and Story(house, message, newer).state() == "sealing"


def test_what_is_personal_can_be_erased_and_the_proof_still_stands(database: Database) -> None:
    story = stories.agreed_release(stories.house(database))

    with database.transaction() as session:
        for row in session.exec(select(Particulars)):
            row.sqlmodel_update({"address": None, "fields": None, "salt": None})
            session.add(row)

    with database.reading() as session:
        assert gate.check(session, releases.get(session, story.release), at=NOON).said.readers == 3


def test_every_leaf_has_a_salt_of_its_own(database: Database) -> None:
    stories.waiting_release(stories.house(database))

    with database.reading() as session:
        salts = {row.salt for row in session.exec(select(Particulars))}

    assert len(salts) == 3 and {len(salt or b"") for salt in salts} == {32}


def test_whatever_is_asked_of_a_release_is_said_of_it_alone(database: Database) -> None:
    house, sealings = stories.house(database), list[UUID]()
    readers = READERS[:1], [READERS[1], replace(READERS[0], variant="practitioners")]
    for number, frozen in enumerate(readers, 1):
        sealings.append(release := stories.submitted(house, stories.drafted(house)))
        occasion = Occasion(uid=f"{number}", sequence=0, briefing="b", group="g", starts_at=NOON, ends_at=NOON, place="", link="")
        left_out = [LeftOut(replace(frozen[0], variant="practitioners"), f"reason {number}")]
        stories.seal(house, release, frozen, left_out, occasions=[occasion])

    with database.reading() as session:
        for number, release in enumerate(sealings, 1):
            senior = READERS[0].variant
            assert merkle.root(sealed.branches(session, release)) == merkle.root(sealed.leaves(session, release))
            assert sealed.count(session, release, "") == sealed.letters_by(session, release, "role")[READERS[0].role] == number
            assert [one.audience for one in sealed.audiences_of(session, release)] == list(stories.AUDIENCES)
            assert [one.uid for one in sealed.occasions_of(session, release)] == [f"{number}"]
            assert sealed.left_out_by_reason(session, release) == {f"reason {number}": 1}
            assert [one.reason for one in sealed.omissions(session, release, limit=None)] == [f"reason {number}"]
            assert sealed.omissions(session, release, limit=0) == []
            assert sealed.twice(session, release) == [("practitioners", senior, READERS[number - 1].person_id)]
            assert sealed.is_to_any(session, release, [READERS[1].person_id]) == (number == 2)
            reference, programs = releases.get(session, release).reference.encode(), sealed.programs_of(session, release)
            assert [key for key, program in programs.items() if reference in program.to_bytes()] == sorted(stories.AUDIENCES)
            assert sealed.count(session, release, "another case") == 0
        assert sealed.releases_to(session, READERS[1].person_id) == sealings[1:]
        assert sealed.releases_to(session, READERS[0].person_id) == sorted(sealings)


@pytest.mark.parametrize("places", [range(2), range(1, 3)], ids=str)
def test_what_is_forgotten_at_some_places_of_a_release_is_all_that_is_personal_and_nothing_beside(
    database: Database, places: range
) -> None:
    house = stories.house(database)
    release, other = (stories.waiting_release(house, stories.words(title=title)).release for title in ("First", "Second"))

    with database.transaction() as session:
        sealed.forget(session, release, places)

    with database.reading() as session:
        whole = {(row.release_id, row.position) for row in session.exec(select(Particulars)) if row.address and row.fields and row.salt}
        bare = {(row.release_id, row.position) for row in session.exec(select(Particulars)) if not (row.address or row.fields or row.salt)}
    assert bare == {(release, place) for place in places}
    assert whole == {(one, place) for one in (release, other) for place in range(3)} - bare
