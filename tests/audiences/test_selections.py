"""Whatever a rule asks, the database finds exactly whom an evaluator of our own finds, that reads plain facts and knows no SQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from audiences import footprints, headcounts, people, rules, selections
from audiences.rules import Condition, Rule
from audiences.selections import Seat
from campaigns.drafting.messages import Message
from campaigns.foundation.database import Database
from campaigns.planning.campaign_plans import Campaign
from campaigns.reach import touches
from campaigns.reach.touches import BRIEFED, CONFIRMED, UNDERSTANDS, WRITTEN, Fact
from tests.audiences.posts import CAMPAIGN, NOON, OFFICER

LETTER, BESIDE, ELSEWHERE = UUID(int=8), UUID(int=10), UUID(int=11)
LETTERS = {LETTER: UUID(int=9), BESIDE: UUID(int=9), ELSEWHERE: UUID(int=12)}  # and the campaign of each
ABOUT = {CAMPAIGN: f"campaign:{CAMPAIGN}"} | {letter: f"message:{letter}" for letter in LETTERS}
ORDER = ["written", "delivered", "unreturned", "confirmed", "briefed", "understands"]


@dataclass(frozen=True)
class Post:
    """One person, as anybody could write down what is known of them."""

    place: str
    role: str
    nation: str
    region: str
    kind: str
    group: str | None
    enforces: bool | None = None  # None at a body
    status: str | None = None
    lead: str | None = None
    sector: str | None = None
    regime: str | None = None
    sites: tuple[str, ...] = ()
    touched: tuple[tuple[UUID, str], ...] = ()


ADUR = ("E07000223", "England", "South East", "Non-metropolitan district", "group-south-east")
BARNET = ("E09000003", "England", "London", "London borough", "group-london")
CARDIFF = ("W06000015", "Wales", "Wales", "Welsh unitary authority", "group-wales")
EAST_SUSSEX = ("E10000011", "England", "South East", "County", None)
BELFAST = ("N09000003", "Northern Ireland", "Northern Ireland", "NI district", "group-northern-ireland")
REGIMES = {"tesco": "local authorities", "asda": "local authorities", "shell": "both", "greggs": "both"}
RETAIL = {"lead": "lacors", "sector": "retail", "regime": "local authorities"}
BAKERY = {"lead": "hse", "sector": "bakeries and shops", "regime": "both"}
SITES = {"E07000223": {"tesco": 2, "asda": 1, "shell": 1}, "W06000015": {"tesco": 5, "greggs": 1}, "E10000011": {"asda": 1}}
TOUCHES = {
    ("E07000223", "practitioner"): [(CAMPAIGN, WRITTEN), (LETTER, WRITTEN)],
    ("E07000223", "senior_manager"): [(BESIDE, CONFIRMED), (ELSEWHERE, WRITTEN)],
    ("W06000015", "practitioner"): [(LETTER, CONFIRMED)],
    ("W06000015", "senior_manager"): [(CAMPAIGN, BRIEFED)],
    ("E09000003", "elected_member"): [(CAMPAIGN, UNDERSTANDS), (LETTER, "unreturned")],
}


def _at(council: tuple[str, str, str, str, str | None], role: str) -> Post:
    place, nation, region, kind, group = council
    touched = tuple(TOUCHES.get((place, role), ()))
    return Post(
        place, role, nation, region, kind, group, place[:3] not in ("E10", "N09"), sites=tuple(SITES.get(place, {})), touched=touched
    )


POSTS = [
    *(_at(council, role) for council in (ADUR, BARNET, CARDIFF, EAST_SUSSEX, BELFAST) for role in ("practitioner", "senior_manager")),
    _at(BARNET, "elected_member"),
    Post("tuc", "union_contact", "", "", "union", None, status="", lead=""),
    Post("wales-tuc", "union_contact", "Wales", "Wales", "union", None, status="", lead=""),
    Post("cieh", "professional_body_contact", "", "", "professional body", None, status="", lead=""),
    Post("tesco", "account_manager", "Scotland", "Scotland", "pilot organisation", "group-scotland", status="signed", **RETAIL),
    Post("b-and-q", "account_manager", "England", "South East", "pilot organisation", "group-south-east", status="considering", **RETAIL),
    Post("greggs", "account_manager", "", "", "pilot organisation", None, status="signed", **BAKERY),
    Post("group-wales", "group_secretary", "Wales", "Wales", "regional group", "group-wales", status="", lead=""),
    Post("group-northern-ireland", "group_secretary", *BELFAST[1:3], "regional group", BELFAST[4], status="opt-in", lead=""),
]


def answers(post: Post, one: Condition) -> bool:
    """Whether one condition holds of somebody."""
    match one.asks:
        case "role" | "nation" | "region" | "kind" | "group" | "status" | "lead" | "sector" | "regime":
            holds = getattr(post, one.asks) in one.of
        case "authority" | "body":
            holds = post.place in one.of
        case "site":
            holds = bool(set(post.sites) & set(one.of))
        case "site_regime":
            holds = bool({REGIMES[site] for site in post.sites} & set(one.of))
        case "enforces":
            holds = post.enforces is True
        case _:
            enough = [BRIEFED] if one.grade == BRIEFED else ORDER[ORDER.index(one.grade) :]
            holds = any(ABOUT[what] in one.of and grade in enough for what, grade in post.touched)
    return holds != one.is_not


def fits(post: Post, rule: Rule) -> bool:
    """Whether somebody is in it."""
    wanted = any(all(any(answers(post, one) for one in clause) for clause in alternative) for alternative in rule.alternatives)
    writes_to = post.enforces is True or (post.enforces is None and post.status != "opt-in")
    return wanted and (writes_to or not rule.enforcing_only)


def _known() -> dict[str, list[str]]:
    known: dict[str, list[str]] = {
        asks: sorted({getattr(post, asks) for post in POSTS} - {None, ""})
        for asks in ("role", "nation", "region", "kind", "group", "status", "sector", "regime")
    }
    known |= {"site_regime": ["local authorities", "HSE", "both"], "lead": ["hse", "lacors"], "site": ["tesco", "asda", "greggs"]}
    return known | {"authority": [post.place for post in POSTS[:10:2]], "body": [post.place for post in POSTS[11:]]}


def sitting(seats: list[Seat]) -> list[tuple[str, str]]:
    """Place and role of everybody who sits there."""
    return sorted((seat.place, seat.role) for seat in seats for _ in range(seat.people))


def _conditions() -> st.SearchStrategy[Condition]:
    plain = [st.builds(Condition, asks=st.just(asks), of=_some(values), is_not=st.booleans()) for asks, values in _known().items()]
    touched = st.builds(
        Condition, asks=st.just("touched"), of=_some(list(ABOUT.values())), grade=st.sampled_from(rules.GRADES), is_not=st.booleans()
    )
    return st.one_of(*plain, touched, st.builds(Condition, asks=st.just("enforces"), is_not=st.booleans()))


def _some(values: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3, unique=True).map(tuple)


def _tuples(inner: st.SearchStrategy[object], most: int) -> st.SearchStrategy[tuple[object, ...]]:
    return st.lists(inner, min_size=1, max_size=most).map(tuple)


TREES = st.builds(
    Rule, alternatives=st.one_of(st.just(((),)), _tuples(_tuples(_tuples(_conditions(), 2), 3), 3)), enforcing_only=st.booleans()
)


@pytest.fixture
def population(founded: Database) -> Database:
    """All of them, on each engine."""
    return populated(founded)


@pytest.fixture
def village(desk: Database) -> Database:
    """The same on SQLite."""
    return populated(desk)


def populated(database: Database) -> Database:
    """With their sites and touches; and touches that must not count: of a whole authority, and taken back."""
    with database.transaction() as session:
        for number, post in enumerate(POSTS):
            address = f"post{number}@example.org.uk"
            people.add(session, name=f"Post {number}", role=post.role, place=post.place, address=address, by=OFFICER, at=NOON)
        for body in REGIMES:
            put = {code: sites[body] for code, sites in SITES.items() if body in sites}
            footprints.put(session, body, put, by=OFFICER, at=NOON)
        for campaign in set(LETTERS.values()):
            session.add(Campaign(id=campaign, name=f"{campaign}", objective="To be asked about by its letters", begun_at=NOON))
        session.flush()
        for letter, campaign in LETTERS.items():
            own = {"id": letter, "campaign_id": campaign, "reference": f"ABCD{letter.int}"}
            session.add(Message(**own, title="A letter", author_id=OFFICER.id, drafted_at=NOON))
        touches.put(session, _facts())
        touches.take_back(session, ["taken back"], at=NOON)
    return database


def _facts() -> Iterator[Fact]:
    for (place, role), found in TOUCHES.items():
        for what, grade in found:
            letter = what if what in LETTERS else None
            yield Fact(LETTERS.get(what, CAMPAIGN), place, role, grade, f"{place} {role} {what}", NOON, "tests", message_id=letter)
    yield Fact(CAMPAIGN, "E09000003", "", BRIEFED, "the whole authority", NOON, "tests")
    yield Fact(CAMPAIGN, "E09000003", "practitioner", BRIEFED, "taken back", NOON, "tests")


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(asked=st.lists(TREES, min_size=1, max_size=6))
def test_any_rule_finds_whom_the_evaluator_finds(population: Database, asked: list[Rule]) -> None:
    wanted = [sorted((post.place, post.role) for post in POSTS if fits(post, rule)) for rule in asked]

    with population.reading() as session:
        counted = selections.seats(session, asked)
        listed = selections.find(session, asked[0], variant="v")

    assert [sitting(seats) for seats in counted] == wanted
    assert len(listed) == len(wanted[0])


@pytest.mark.parametrize("is_not", [False, True])
def test_each_condition_alone_finds_whom_the_evaluator_finds(village: Database, is_not: bool) -> None:
    conditions = [
        *(Condition(asks=asks, of=(value,), is_not=is_not) for asks, values in _known().items() for value in values),
        *(Condition(asks="touched", of=(about,), grade=grade, is_not=is_not) for about in ABOUT.values() for grade in rules.GRADES),
        Condition(asks="enforces", is_not=is_not),
    ]
    with village.reading() as session:
        counted = selections.seats(session, [rules.all_of(one, enforcing_only=False) for one in conditions])

    found = [(one, sitting(seats)) for one, seats in zip(conditions, counted, strict=True)]
    assert found == [(one, sorted((post.place, post.role) for post in POSTS if answers(post, one))) for one in conditions]


def test_what_touched_a_whole_authority_or_was_taken_back_counts_for_no_role(village: Database) -> None:
    rule = rules.all_of(Condition(asks="authority", of=("E09000003",)), rules.not_yet(BRIEFED, ABOUT[CAMPAIGN]))

    with village.reading() as session:
        found = {reader.role for reader in selections.find(session, rule, variant="v")}

    assert found == {"practitioner", "senior_manager", "elected_member"}  # who has understood, and was not met face to face


def test_whoever_has_premises_under_both_regimes_in_their_area_or_manages_such_an_organisation_is_found(village: Database) -> None:
    """HELA paper, para 15."""
    both = (Condition(asks="site_regime", of=("both",)), Condition(asks="regime", of=("both",)))
    with village.reading() as session:
        found = {reader.organisation for reader in selections.find(session, Rule(alternatives=((both,),)), variant="v")}

    assert found == {"Adur District Council", "City of Cardiff Council", "Greggs"}


def test_a_rule_says_of_how_many_places_it_asks_whether_anybody_is_there_or_not(village: Database) -> None:
    tesco = Condition(asks="site", of=("tesco",))
    with village.reading() as session:
        here = headcounts.of_rule(session, rules.all_of(tesco))
        wales = headcounts.of_rule(session, rules.ticked(nations=["Wales"]))

    assert (here.authorities, here.denominator, here.bodies_asked, here.people) == (2, 2, 0, 4)
    assert (wales.authorities, wales.denominator, wales.bodies, wales.bodies_asked) == (1, 22, 2, 2)
    assert wales.regions == {("Wales", "Wales"): 4}


def test_pages_of_one_region_add_up_however_small(village: Database) -> None:
    with village.reading() as session:
        pages = [headcounts.members_of(session, Rule(enforcing_only=False), number, size=2, region="South East") for number in (1, 2, 3)]

    assert [page.total for page in pages] == [5, 5, 5]
    read = [(reader.organisation, reader.role) for page in pages for reader in page.people]
    assert len(read) == len(set(read)) == 5
