"""A council is found by what people call it when that is certain, and asked about when it is not."""

import csv
import random
from collections import Counter
from collections.abc import Callable

import pytest

from audiences import authorities, names
from audiences.names import ASK, CODE, FORMERLY, NAME, PART, SPELLING
from campaigns.foundation.database import Database
from tests.audiences.posts import real

NOW, PAST = authorities.read(), authorities.read_past()
ENDED = {one.code: one for one in PAST}
SEED = 20060321


def today(code: str) -> set[str]:
    """Who is there now for a code."""
    return {later for one in ENDED[code].successors.split() for later in today(one)} if code in ENDED else {code}


NAMES = names.over([*NOW, *PAST], {one.code: tuple(sorted(today(one.code))) for one in PAST})


@pytest.mark.parametrize(
    ("written", "code", "how"),
    [
        ("E07000223", "E07000223", CODE),
        ("e08000016", "E08000038", CODE),
        ("Adur", "E07000223", NAME),
        ("ADUR  district council", "E07000223", NAME),
        ("London Borough of Barnet", "E09000003", NAME),
        ("Barnet LB", "E09000003", NAME),
        ("Bournemouth, Christchurch &amp; Poole", "E06000058", NAME),
        ("King’s Lynn and West Norfolk", "E07000146", NAME),
        ("KingsLynn&WestNorfolk", "E07000146", NAME),
        ("Dundee", "S12000042", NAME),
        ("Derby", "E06000015", NAME),
        ("Derbyshire", "E10000007", NAME),
        ("Cyngor Sir Fynwy", "W06000021", NAME),
        ("Comhairle nan Eilean Siar", "S12000013", NAME),
        ("NE Lincs Council", "E06000012", NAME),
        ("City of London", "E09000001", NAME),
        ("Stoke", "E06000021", PART),
        ("Chester", "E06000050", FORMERLY),
        ("West Somerset District Council", "E06000066", FORMERLY),
        ("Antrim", "N09000001", FORMERLY),
        ("Adurr", "E07000223", SPELLING),
        ("Hartlepool Boroughb Cuoncil", "E06000001", SPELLING),
        ("Redcar andk Cleveland", "E06000003", SPELLING),
        ("Bary", "E08000002", SPELLING),
        ("Hartlpol Borough Council", "E06000001", SPELLING),
        ("ehos@hartlepool.gov.uk", "E06000001", NAME),
        ("https://www.barnet.gov.uk/", "E09000003", NAME),
        ("wrexhamcc.gov.uk", "W06000006", PART),
        ("Middlesbrough Council - EHO team", "E06000002", NAME),
    ],
)
def test_a_council_is_found_as_people_write_it(written: str, code: str, how: str) -> None:
    assert (NAMES.match(written).code, NAMES.match(written).how) == (code, how)


@pytest.mark.parametrize(
    ("written", "between"),
    [
        ("Newcastle", {"E07000195", "E08000021"}),
        ("Northamptonshire", {"E06000061", "E06000062"}),
        ("Cumbria County Council", {"E06000063", "E06000064"}),
        ("Richmond", {"E09000027", "E06000065"}),
        ("Kingston", {"E06000010", "E09000021"}),
        ("Kesteven", {"E07000139", "E07000141"}),
        ("Nouth Kesteven", {"E07000139", "E07000141"}),
        ("Gloucesters.", {"E07000081", "E10000013"}),
        ("Devon District Council", {"E07000040", "E07000042", "E07000043", "E07000047", "E10000008"}),
        ("info@adur-worthing.gov.uk", {"E07000223", "E07000229"}),
        ("Berkshire", {"E06000037"}),
        ("London", {"E09000001"}),
        ("Glamorgan", {"W06000014"}),
        ("Borsetshire", set()),
        ("Council", set()),
        ("Tesco", set()),
        ("x", set()),
        ("", set()),
    ],
)
def test_what_is_not_certain_is_asked_with_those_it_may_be(written: str, between: set[str]) -> None:
    found = NAMES.match(written)

    assert (found.code, found.how, set(found.candidates)) == (None, ASK, between)


def test_an_import_takes_only_what_is_certain_without_asking() -> None:
    assert NAMES.find("Adur") == {"E07000223"} and NAMES.find("Newcastle") == {"E07000195", "E08000021"}
    assert NAMES.find("Adurr") == NAMES.find("Stoke") == NAMES.find("Berkshire") == frozenset()


def test_a_name_of_another_day_means_who_was_there_then(founded: Database) -> None:
    with founded.reading() as session:
        then, now = names.of(session, on=authorities.PILOT), names.of(session)

    assert (then.match("Kerrier").code, now.match("Kerrier").code, now.match("Kerrier").formerly) == ("E07000021", "E06000052", "E07000021")
    assert then.match("Northamptonshire").code == "E10000021"


def test_every_variant_of_a_name_and_every_name_of_2006_leads_to_the_right_council(record_property: Callable[[str, object], None]) -> None:
    with real("authorities/mysociety_lookup_gss_to_registry.csv").open() as stream:
        codes = {row["local-authority-code"]: row["gss-code"] for row in csv.DictReader(stream)}
    with real("authorities/name_variants.csv").open() as stream:
        variants = [
            (row["la-name"], codes.get(row["local-authority-code"]) or row["local-authority-code"]) for row in csv.DictReader(stream)
        ]
    with real("authorities/authorities_2006.csv").open(encoding="utf-8-sig") as stream:
        then = [(row["name"], row["gss_code"]) for row in csv.DictReader(stream) if row["gss_code"]]

    judged = Counter(_judge(name, code) for name, code in [*variants, *then] if NAMES.codes.get(code))

    record_property("figure", f"names as people write them, and names of 2006: {dict(judged)}")
    assert judged["wrong"] == 0 and judged["right"] >= 0.97 * judged.total()


def test_a_slip_of_the_pen_is_seen_through_or_asked_about(record_property: Callable[[str, object], None]) -> None:
    chance = random.Random(SEED)
    slips = [(_slip(name, chance), one.code) for one in NOW for name in (one.name, one.official_name) for _ in range(2)]

    judged = Counter(_judge(name, code) for name, code in slips)

    record_property("figure", f"names with a slip in them: {dict(judged)}")
    assert judged["wrong"] <= 0.005 * judged.total() and judged["right"] >= 0.97 * judged.total()


def _judge(name: str, code: str) -> str:
    found, meant = NAMES.match(name), today(NAMES.codes[code])
    if found.code is None:
        return "right" if len(meant) > 1 else "asked"  # asking is the right answer where two came after
    return "right" if {found.code} == meant else "wrong"


def _slip(name: str, chance: random.Random) -> str:
    place, letter = chance.randrange(1, len(name) - 1), chance.choice("abcdefghijklmnopqrstuvwxyz")
    before, here, after = name[:place], name[place], name[place + 1 :]
    swapped = f"{after[:1]}{here}{after[1:]}"
    return before + chance.choice([after, swapped, here + here + after, letter + after, letter + here + after])


def test_the_finder_stands_without_the_past() -> None:
    assert names.over(NOW).match("Kerrier").code is None
