"""Many letters under one digest, and the one form in which a manifest is signed."""

import hashlib
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.agreement import differences, manifest, merkle
from campaigns.agreement.manifest import Accepted, Definition, Manifest, Original, Variant
from campaigns.drafting.attachments import Attachment
from campaigns.drafting.invitations import Occasion
from campaigns.drafting.risks import Risk
from campaigns.drafting.terms import Terms
from tests.campaigns.agreement import altering

LEAVES = st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=40)


def by_the_book(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word: split at the largest power of two below the number of leaves."""
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + by_the_book(leaves[:split]) + by_the_book(leaves[split:])).digest()


@given(LEAVES)
def test_the_root_is_the_one_rfc_6962_describes(leaves: list[bytes]) -> None:
    assert merkle.root(leaves) == by_the_book(leaves)


@given(leaves=LEAVES, place=st.integers(0, 39))
def test_any_leaf_changed_dropped_or_added_changes_the_root(leaves: list[bytes], place: int) -> None:
    place %= len(leaves)
    root = merkle.root(leaves)

    assert merkle.root([*leaves, b"\x00" * 32]) != root
    assert merkle.root([*leaves[:place], hashlib.sha256(leaves[place]).digest(), *leaves[place + 1 :]]) != root
    if len(leaves) > 1:
        assert merkle.root(leaves[:place] + leaves[place + 1 :]) != root


def test_nobody_is_not_an_audience() -> None:
    with pytest.raises(ValueError, match="at least one leaf"):
        merkle.root([])


def test_the_parts_of_a_leaf_cannot_be_shifted_into_each_other() -> None:
    salt, letter = b"s" * 32, b"m" * 32

    assert merkle.leaf(salt, ("ab", "c"), letter) != merkle.leaf(salt, ("a", "bc"), letter)
    assert merkle.leaf(salt, ("a", "b"), letter) != merkle.leaf(salt, ("a", "b", ""), letter)
    assert merkle.leaf(salt, ("a", "b"), letter) != merkle.leaf(b"t" * 32, ("a", "b"), letter)


@given(st.lists(st.binary(min_size=32, max_size=32), min_size=1, max_size=3 * merkle.BRANCH))
def test_the_root_over_branches_is_the_root_over_leaves(leaves: list[bytes]) -> None:
    assert merkle.root(merkle.branches(leaves)) == merkle.root(leaves)


@pytest.mark.parametrize("count", [merkle.BRANCH, merkle.BRANCH + 1, 2 * merkle.BRANCH, 2 * merkle.BRANCH + 3])
def test_the_same_holds_where_a_branch_is_full_and_others_follow(count: int) -> None:
    leaves = [hashlib.sha256(place.to_bytes(2, "big")).digest() for place in range(count)]

    assert merkle.root(merkle.branches(leaves)) == merkle.root(leaves)


AT = datetime(2026, 5, 12, 11, tzinfo=UTC)
BRIEFING = Occasion(uid="x-0", sequence=0, briefing="x", group="Wales", starts_at=AT, ends_at=AT)


def said(**changes: Any) -> Manifest:
    values: dict[str, Any] = {
        "release": "r",
        "reference": "ABCD-2345",
        "message": "m",
        "revision": 1,
        "purpose": "message",
        "corrects": None,
        "attachments": [],
        "links": [],
        "closed": {},
        "risk": Risk(),
        "terms": Terms(),
        "occasions": [BRIEFING],
        "findings": [],
        "sealed_at": datetime(2026, 5, 1, tzinfo=UTC),
        "campaign": "LOPP",
        "campaign_id": "c",
        "objective": "Reach them all",
        "title": "Ynys M\u00f4n",
        "subject": "s",
        "sender": {"name": "n", "address": "a@b.test", "reply_to": "r@b.test", "base_url": "u"},
        "headers": ["From", "To"],
        "compiler": "c/1",
        "layout": "00",
        "variants": [Variant(audience="x", program="00", letters=1, readers=1)],
        "audiences": [Definition(audience="x", name="X", version=1, rule="Everybody.")],
        "letters": 1,
        "readers": 1,
        "left_out": {},
        "root": "00",
        "not_before": None,
        "latest_send": datetime(2026, 6, 1, tzinfo=UTC),
        "approval_days": 14,
        "parties": ["hse", "lacors"],
        "let_go_by": ["hse", "lacors"],
    }
    return Manifest(**(values | changes))


WHOLE = said(
    corrects=Original(release="o", reference="EFGH-6789"),
    attachments=[Attachment(name="a.ics", type="text/calendar", digest="00", size=1)],
    findings=[Accepted(code="mixed", where="Line 1", said="Look.", accepted_by="Somebody")],
    terms=Terms(when_unclear="better twice"),
)


def test_a_manifest_reads_back_from_its_own_bytes() -> None:
    assert manifest.read(said().to_bytes()) == said()
    assert manifest.digest(said().to_bytes()) == hashlib.sha256(said().to_bytes()).hexdigest()


def test_a_manifest_older_than_the_versions_of_audiences_is_read_and_spelt_as_it_was() -> None:
    older = said(audiences=None, terms=None, occasions=None)

    assert b"audiences" not in older.to_bytes()
    assert b"terms" not in older.to_bytes()
    assert manifest.read(older.to_bytes()) == older and older.goes_under == Terms()
    with pytest.raises(ValueError, match="canonical"):
        manifest.read(older.to_bytes().replace(b'"campaign":', b'"audiences":null,"campaign":'))


def test_terms_that_say_nothing_of_unclear_letters_are_spelt_as_they_were_before_they_could() -> None:
    assert b"when_unclear" not in said().to_bytes()
    assert b'"when_unclear":"better twice"' in WHOLE.to_bytes() and manifest.read(WHOLE.to_bytes()).goes_under.better_twice
    with pytest.raises(ValueError, match="canonical"):
        manifest.read(said().to_bytes().replace(b'"waives_basics":""', b'"waives_basics":"","when_unclear":"ask"'))


def test_two_ways_of_typing_an_accent_are_one_manifest() -> None:
    assert said(title="Ynys Mo\u0302n").to_bytes() == said().to_bytes()


def test_what_is_signed_is_spelt_in_one_way_to_the_byte() -> None:
    stored = said().to_bytes().decode()

    assert stored.startswith(
        '{"_type":"https://in-toto.io/Statement/v1","predicate":{"approval_days":14,"attachments":[],"audiences":[{"audience":"x",'
    )
    assert stored.endswith('"predicateType":"countersign/release/v2","subject":[{"digest":{"sha256":"00"},"name":"ABCD-2345"}]}')
    assert manifest.canonical({"b": ["Mo\u0302n", {"n": 1}], "a": None}) == '{"a":null,"b":["M\u00f4n",{"n":1}]}'.encode()


def test_bytes_spelt_otherwise_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match=r"^the manifest is not in its canonical form$"):
        manifest.read(said().to_bytes() + b" ")


@pytest.mark.parametrize(
    "bend",
    [
        lambda text: text.replace('"revision":1', '"revision": 1'),
        lambda text: text.replace('"revision":1', '"revision":1,"revision":1'),
        lambda text: text.replace('"title":"Ynys Môn"', '"title":"Ynys Mo\u0302n"'),
        lambda text: text.replace("Môn", "M\\u00f4n"),
        lambda text: text.replace('"_type"', '"_kind"'),
        lambda text: text.replace('"approval_days":14', '"approval_days":14,"bcc":"x"'),
        lambda text: text.replace("2026-06-01T00:00:00Z", "2026-06-01T01:00:00+01:00"),
        lambda text: text + " ",
        lambda text: "{}",
    ],
)
def test_bytes_in_any_other_form_are_not_read(bend: Any) -> None:
    text = said().to_bytes().decode()
    assert bend(text) != text

    with pytest.raises((ValueError, KeyError)):
        manifest.read(bend(text).encode())


@pytest.mark.parametrize("place", list(altering.places()), ids=str)
def test_every_field_and_every_field_inside_one_is_under_the_digest(place: altering.Place) -> None:
    bent = altering.altered(WHOLE.to_bytes(), place)

    assert manifest.digest(bent) != manifest.digest(WHOLE.to_bytes())
    assert [name for name in Manifest.model_fields if getattr(manifest.read(bent), name) != getattr(WHOLE, name)] == [place[0]]


def test_every_field_has_a_name_in_plain_words() -> None:
    assert list(differences.LABELS) == list(Manifest.model_fields)
    assert len(set(differences.LABELS.values())) == len(Manifest.model_fields)
    assert set(Manifest.model_fields) >= differences.ITS_OWN


@pytest.mark.parametrize("name", [name for name in Manifest.model_fields if name != "variants"])
def test_a_field_that_differs_is_named_and_no_other(name: str) -> None:
    other = manifest.read(altering.altered(WHOLE.to_bytes(), (name,)))

    assert differences.differences(WHOLE, other) == [differences.LABELS[name]]
    assert differences.differences(WHOLE, WHOLE) == []
    assert differences.beyond_another_sealing(WHOLE, other) == ([] if name in differences.ITS_OWN else [differences.LABELS[name]])


@pytest.mark.parametrize(
    ("variants", "whose"),
    [
        ([{"audience": "x", "program": "01", "letters": 1, "readers": 1}], ["the letters of Chairs"]),
        ([{"audience": "x", "program": "00", "letters": 2, "readers": 2}], ["the readers of Chairs"]),
        ([{"audience": "x", "program": "01", "letters": 2, "readers": 2}], ["the letters of Chairs", "the readers of Chairs"]),
        ([], ["the letters of Chairs"]),
        (
            [
                {"audience": "y", "program": "00", "letters": 1, "readers": 1},
                {"audience": "x", "program": "00", "letters": 1, "readers": 1},
            ],
            ["the letters of y"],
        ),
    ],
)
def test_of_letters_it_is_said_whose_differ(variants: list[dict[str, Any]], whose: list[str]) -> None:
    other = said(variants=[Variant(**variant) for variant in variants])

    assert differences.differences(said(), other, {"x": "Chairs"}) == whose


def test_what_differs_is_said_in_one_sentence() -> None:
    assert differences.sentence(["the sender"]) == "the sender changed"
    assert differences.sentence(["the subject", "the layout", "the risk"]) == "the subject, the layout and the risk changed"


def test_a_moment_without_a_zone_is_no_moment() -> None:
    with pytest.raises(ValueError, match="timezone"):
        said(latest_send=datetime(2026, 6, 1))  # noqa: DTZ001 - the very thing that is refused
