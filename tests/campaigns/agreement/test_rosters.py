"""The roster as a document: read from its own bytes alone, and refused when it could not be lived with."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from campaigns.agreement import manifest, rosters, software_keys, standing
from campaigns.agreement.rosters import Key, Member, Roster, RosterVersion
from campaigns.foundation.database import Database
from campaigns.foundation.errors import GateClosed, Invalid
from tests.campaigns.stories import DAY, NOON

CAMPAIGN, OTHER = UUID(int=1), UUID(int=2)


def member(number: int, party: str = "hse", **changes: Any) -> Member:
    """Somebody who may sign, with a key of their own."""
    key = Key(id=f"key-{number}", cose="cose", software=True)
    return Member(
        **{"officer": UUID(int=number), "post": f"Post {number}", "party": party, "standing": "signatory", "keys": [key], **changes}
    )


def roster(**changes: Any) -> Roster:
    """A founding that can be lived with."""
    values: dict[str, Any] = {
        "version": 1,
        "proposed_at": NOON,
        "previous": rosters.NOTHING_BEFORE,
        "rp_id": "localhost",
        "origins": ["http://localhost:8000"],
        "parties": ["hse", "lacors"],
        "passwords": [],
        "members": [member(1), member(2), member(3, "lacors"), member(4, "lacors")],
    }
    return Roster(**(values | changes))


def test_a_roster_reads_back_from_its_own_bytes_and_from_no_others() -> None:
    one = roster()
    document, fingerprint = one.to_bytes(), rosters.fingerprint(one)

    assert rosters.read(document, fingerprint) == one
    assert json.loads(document)["predicateType"] == "countersign/roster/v1"
    assert json.loads(document)["subject"] == [{"digest": {"sha256": "0" * 64}, "name": "roster 1"}]
    spaced = json.dumps(json.loads(document)).encode()
    for other, known in ((document + b" ", fingerprint), (document, "0" * 64), (spaced, fingerprint), (spaced, manifest.digest(spaced))):
        with pytest.raises(ValueError, match=r"^the roster is not in its canonical form$"):
            rosters.read(other, known)


def test_a_row_whose_document_was_altered_says_so_and_where_none_stands_is_said(sqlite: Database) -> None:
    row = RosterVersion(fingerprint="0" * 64, version=1, document=roster().to_bytes(), proposed_by="?", proposed_at=NOON)

    with pytest.raises(GateClosed, match=r"^The roster does not verify: the roster is not in its canonical form\.$"):
        row.read()
    with sqlite.reading() as session, pytest.raises(GateClosed) as refused:
        standing.chain(session)
    assert (
        refused.value.sentence
        == "There is no roster of signatories yet, so nobody can sign. Both parties must agree the first one on the Signatories page."
    )


def test_the_versions_that_stand_are_told_oldest_first(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        for version, (since, ended) in {3: (NOON, None), 1: (NOON, None), 2: (NOON, NOON), 4: (None, None)}.items():
            moments = {"proposed_at": NOON, "stands_since": since, "ended_at": ended}
            session.add(RosterVersion(fingerprint=str(version) * 64, version=version, document=b"", proposed_by="?", **moments))
        session.flush()
        assert [row.version for row in rosters.rows(session)] == [1, 3]


def test_a_roster_knows_its_site_and_whether_it_founds() -> None:
    assert roster().site == software_keys.SITE
    assert (roster().is_founding, roster(previous="1" * 64).is_founding) == (True, False)


def test_one_software_key_among_others_is_told() -> None:
    others = [one.model_copy(update={"keys": [Key(id=one.post, cose="cose", software=False)]}) for one in roster().members]

    assert roster(members=[member(1), *others[1:]]).has_software_keys
    assert not roster(members=others).has_software_keys


def test_members_are_found_by_officer_and_by_party_signatories_first() -> None:
    deputy, last = member(5, standing="deputy", post="A"), member(6, post="Z")
    one = roster(members=[deputy, last, member(1), member(3, "lacors")])

    assert one.member(UUID(int=3)) == member(3, "lacors")
    assert one.member(UUID(int=9)) is None
    assert one.of_party("hse") == [member(1), last, deputy]
    assert [member(1).key(name) for name in ("key-1", "key-2")] == [member(1).keys[0], None]


@pytest.mark.parametrize(
    ("begins", "ends", "campaigns", "may"),
    [
        (None, None, [], True),
        (NOON, None, [], True),
        (NOON + timedelta(microseconds=1), None, [], False),
        (None, NOON, [], False),
        (None, NOON + timedelta(microseconds=1), [], True),
        (NOON - DAY, NOON + DAY, [CAMPAIGN], True),
        (NOON - DAY, NOON + DAY, [OTHER], False),
        (NOON + DAY, NOON + 2 * DAY, [CAMPAIGN], False),
        (NOON - 2 * DAY, NOON - DAY, [], False),
    ],
)
def test_a_deputy_signs_within_dates_and_scope(begins: Any, ends: Any, campaigns: list[UUID], may: bool) -> None:
    assert member(1, begins=begins, ends=ends, campaigns=campaigns).may_sign(CAMPAIGN, at=NOON) is may


SAME = "A person and a key may stand in the roster once."
TOO_FEW = "HSE needs at least 2 signatories who can sign; it has 1."


@pytest.mark.parametrize(
    ("bend", "sentences"),
    [
        ({"members": [member(1), member(3, "lacors"), member(4, "lacors")]}, [TOO_FEW]),
        ({"members": [member(1), member(2, standing="deputy"), member(3, "lacors"), member(4, "lacors")]}, [TOO_FEW]),
        ({"members": [member(1), member(2), member(3, "lacors")]}, [TOO_FEW.replace("HSE", "LACoRS")]),
        ({"members": [member(1), member(2, keys=[]), member(3, "lacors"), member(4, "lacors")]}, [TOO_FEW]),
        ({"members": [member(1), member(2), member(3, "lacors"), member(4, "lacors"), member(1)]}, [SAME]),
        ({"members": [member(1), member(2, keys=member(1).keys), member(3, "lacors"), member(4, "lacors")]}, [SAME]),
        ({"members": [member(1), member(2), member(3, "lacors"), member(4, "lacors"), member(1, keys=[])]}, [SAME]),
        ({"members": [*roster().members, member(5, "tuc")]}, ["Everybody in the roster signs for one of its parties."]),
        ({"parties": ["hse"], "members": [member(1), member(2)]}, ["A roster names at least two parties."]),
        ({"parties": ["hse", "hse"], "members": [member(1), member(2)]}, ["A roster names at least two parties."]),
    ],
)
def test_a_roster_that_could_not_be_lived_with_is_refused(bend: dict[str, Any], sentences: list[str]) -> None:
    with pytest.raises(Invalid) as refusal:
        roster(**bend).check()

    assert [(problem.field, problem.sentence) for problem in refusal.value.problems] == [("members", sentence) for sentence in sentences]


def test_one_that_can_be_lived_with_is_not() -> None:
    roster().check()
    roster(members=[*roster().members, member(5, standing="deputy", keys=[])]).check()
    roster(passwords=["hse"], members=[member(1, keys=[]), member(2, keys=[]), member(3, "lacors"), member(4, "lacors")]).check()
