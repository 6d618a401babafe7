"""Somebody's file tells of the briefings they were at, the links made for them and the lines that name them, and of nobody else who has the same post or name."""

from audiences import dossiers
from campaigns.drafting import reviews
from campaigns.foundation.database import Database
from tests.audiences.test_passages import HEAD, SWANSEA, Written
from tests.campaigns import stories
from tests.web import grounds
from tests.web.grounds import ADUR, BARNET, CARDIFF
from tests.web.visitors import NOON


def told(written: Written, address: str, chapter: str, line: str) -> list[str]:
    """What one chapter of somebody's file says."""
    with written.ground.database.transaction() as session:
        whole = dossiers.make(session, address, by=written.ground.house.drafter, at=NOON)
    return [row[line] for row in whole.chapters[chapter]]


def test_a_line_of_a_sheet_is_in_the_file_of_whoever_it_is_about_alone(database: Database) -> None:
    ground = grounds.found(database)
    written = Written(ground, ground.held())
    adur = ground.person(ADUR, name=HEAD, address="head@adur.test")
    cardiff = ground.person(CARDIFF, name=HEAD, address="head@cardiff.test")
    ground.person(SWANSEA, name="Ann Jones", address="ann@swansea.test")
    written.came(BARNET, "A. Head", adur)
    written.came(CARDIFF, HEAD, cardiff)
    written.came(ADUR, HEAD.upper())
    written.came(SWANSEA, HEAD)
    written.came(CARDIFF, "head@adur.test")
    written.came(CARDIFF, "deputyhead@adur.test")
    written.came(CARDIFF, "ANN JONES")

    def places(address: str) -> list[str]:
        return told(written, address, "briefings they were at, or sent apologies for", "authority_code")

    assert sorted(places("head@adur.test")) == [ADUR, BARNET, CARDIFF]
    assert places("head@cardiff.test") == [CARDIFF]
    assert places("ann@swansea.test") == [CARDIFF]


def test_a_link_to_review_is_in_the_file_of_whoever_it_was_made_for_alone(database: Database) -> None:
    ground = grounds.found(database)
    written, message = Written(ground, ground.held()), stories.drafted(ground.house)
    for place, name in ((ADUR, HEAD), (CARDIFF, HEAD), (SWANSEA, "Ann Jones")):
        ground.person(place, name=name, address=f"head@{place.lower()}.test")
    made = [HEAD, f"{HEAD} <head@{ADUR.lower()}.test>", f"deputyhead@{ADUR.lower()}.test", "Ann  JONES"]
    with database.transaction() as session:
        for reviewer in made:
            reviews.make(session, message, reviewer=reviewer, by=ground.house.drafter, at=NOON)

    files = [told(written, f"head@{place.lower()}.test", "links to review a message", "reviewer") for place in (ADUR, CARDIFF, SWANSEA)]

    assert files == [[made[1]], [], [made[3]]]


def test_a_local_repeat_is_in_the_file_of_whoever_told_of_it_by_a_name_or_an_address_of_their_own(database: Database) -> None:
    ground = grounds.found(database)
    written = Written(ground, ground.held())
    for place, name in ((ADUR, HEAD), (CARDIFF, HEAD), (SWANSEA, "Ann Jones")):
        ground.person(place, name=name, address=f"head@{place.lower()}.test")
    for place, reporter in ((ADUR, HEAD), (BARNET, HEAD), (BARNET, "Ann  JONES"), (BARNET, f"head@{ADUR.lower()}.test"), (ADUR, "Jo")):
        written.repeat(place, reporter)

    files = [told(written, f"head@{place.lower()}.test", "local repeats they told of", "reporter") for place in (ADUR, CARDIFF, SWANSEA)]

    assert [sorted(reporters) for reporters in files] == [[HEAD, f"head@{ADUR.lower()}.test"], [], ["Ann  JONES"]]


def test_a_kit_is_in_the_file_of_whoever_holds_it_by_an_address_or_by_a_name_of_their_own(database: Database) -> None:
    ground = grounds.found(database)
    written = Written(ground, ground.held())
    for place, name in ((ADUR, HEAD), (CARDIFF, HEAD), (SWANSEA, "Ann Jones")):
        ground.person(place, name=name, address=f"head@{place.lower()}.test")
    for post, address in ((HEAD, "x@x.test"), ("Ann  JONES", "a@a.test"), ("Chair", f"head@{ADUR.lower()}.test")):
        written.give(post, address)

    files = [
        told(written, f"head@{place.lower()}.test", "kits of a briefing they were given", "post") for place in (ADUR, CARDIFF, SWANSEA)
    ]

    assert files == [["Chair"], [], ["Ann  JONES"]]


def test_a_question_an_action_and_a_call_are_in_the_file_of_whom_they_name_for_certain_by_the_line_alone(database: Database) -> None:
    ground = grounds.found(database)
    written = Written(ground, ground.held())
    ground.person(SWANSEA, name="Ann Jones", address="ann@swansea.test")
    ground.person(ADUR, name=HEAD, address="head@adur.test")
    written.ask("Ann Jones asks who pays")
    written.ask(f"The {HEAD} asks who pays")
    written.plan("Ask Barnet", "Ann Jones")
    written.plan("Write to head@adur.test", "Jo")
    written.call("Call with Ann Jones", BARNET)

    def lines(address: str) -> list[str]:
        with database.transaction() as session:
            rows = dossiers.make(session, address, by=ground.house.drafter, at=NOON).chapters[
                "lines about briefings and calls that name them"
            ]
        assert all(row["of"] for row in rows)
        return sorted(str(words) for row in rows for line, words in row.items() if line != "of")

    assert lines("ann@swansea.test") == ["Ann Jones", "Ann Jones asks who pays", "Call with Ann Jones"]
    assert lines("head@adur.test") == ["Write to head@adur.test"]
