"""`countersign calendars`: a file is looked at, applied, brought again, and refused where it would take down what is not its own; the same from the web."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from audiences import calendar_places
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, Refused
from campaigns.planning import rules
from tests.audiences.calendar_servers import ok, serving
from tests.web import grounds
from tests.web.grounds import ADUR
from web.cli.main import countersign

pytestmark = pytest.mark.long  # `make test` stays within five minutes

SUBSCRIBE = ("subscribe", "--name", "term", "--scope", "everywhere", "--kind", "committee", "--lead-days", "2")
EVENT = "BEGIN:VEVENT\r\nUID:{uid}\r\nDTSTART;VALUE=DATE:{day}\r\nSUMMARY:Committee\r\nEND:VEVENT\r\n"


def calendar(*events: tuple[str, str]) -> bytes:
    said = "".join(EVENT.format(uid=uid, day=day) for uid, day in events)
    return f"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//y//\r\n{said}END:VCALENDAR\r\n".encode()


@pytest.fixture
def bring(sqlite: Database, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Callable[..., Result]:
    """Bring a file in, for everywhere unless it is said for what."""
    monkeypatch.setenv("COUNTERSIGN_DATABASE_URL", sqlite.url)
    monkeypatch.setenv("COUNTERSIGN_ENV", "test")
    grounds.found(sqlite)

    def bring(content: bytes, *options: str, name: str = "committees") -> Result:
        (tmp_path / "c.ics").write_bytes(content)
        said = ["calendars", "import", str(tmp_path / "c.ics"), "--kind", "committee", "--name", name]
        return CliRunner().invoke(countersign, [*said, *(options or ("--scope", "everywhere"))])

    return bring


def standing(database: Database, name: str) -> int:
    with database.reading() as session:
        return len(rules.standing(session, calendar=name))


def refused(answer: Result) -> str:
    assert isinstance(answer.exception, Invalid)
    return answer.exception.sentence


def test_a_file_is_applied_and_what_is_gone_from_it_is_retired(bring: Callable[..., Result], sqlite: Database) -> None:
    assert "Nothing was changed" in bring(calendar(("a", "20270105")), "--scope", "everywhere", "--dry-run").output
    assert bring(calendar(("a", "20270105"), ("b", "20270112"))).exit_code == 0
    assert "as they were: 2." in bring(calendar(("a", "20270105"), ("b", "20270112"))).output
    assert "retired: Committee" in bring(calendar(("a", "20270105"))).output
    assert standing(sqlite, "committees") == 1


def test_nothing_takes_down_rules_that_are_not_its_own_and_no_empty_answer_opens_closed_days(
    bring: Callable[..., Result], sqlite: Database
) -> None:
    before = standing(sqlite, "polls")
    assert before > 0
    for name in ("polls", " Polls "):
        answer = bring(calendar(("a", "20270105")), name=name)
        assert "kept for the polls" in refused(answer)
    bring(calendar(("a", "20270105")))
    assert "holds no day" in refused(bring(calendar()))
    assert "stands for somewhere else" in refused(bring(calendar(("a", "20270105")), "--scope", "nation", "--place", "Wales"))
    assert (standing(sqlite, "polls"), standing(sqlite, "committees")) == (before, 1)


def said(*words: str) -> Result:
    return CliRunner().invoke(countersign, ["calendars", *words])


def test_a_place_is_given_by_its_name_or_its_code_in_any_case(bring: Callable[..., Result], sqlite: Database) -> None:
    assert bring(calendar(("a", "20270105")), "--scope", "authority", "--place", "adur").exit_code == 0
    asked = [("authority", ADUR.lower()), ("nation", "wales"), ("group", "group-wales"), ("region", " london "), ("everywhere", "")]
    with sqlite.reading() as session:
        assert {rule.place for rule in rules.standing(session, calendar="committees")} == {ADUR}
        found = [calendar_places.by_name(session, scope, typed)[1] for scope, typed in asked]
        assert found == [ADUR, "Wales", "group-wales", "London", ""]
        for scope, typed in (("nation", "Atlantis"), ("nation", ""), ("everywhere", "Wales"), ("authority", "Atlantis"), ("authority", "")):
            with pytest.raises(Invalid, match=r"(?i)no one"):
                calendar_places.by_name(session, scope, typed)


def test_the_operator_subscribes_reads_now_lists_and_unsubscribes(bring: Callable[..., Result], sqlite: Database) -> None:
    with serving(ok(calendar(("a", "20270105")))) as server:
        assert "subscribed to http://localhost/…" in said(*SUBSCRIBE, server.url).output
        assert "There is a subscription named “term” already" in refusal(said(*SUBSCRIBE, server.url))
        assert "not read yet" in said("list").output
        done = said("refresh", "term")
        assert (done.exit_code, "added: Committee" in done.output) == (0, True)
        server.answer = b"HTTP/1.1 404 Not Found\r\n\r\n"
        failed = said("refresh")
        assert (failed.exit_code, "term: could not be read: localhost answered with the status 404" in failed.output) == (1, True)
    listed = said("list")
    (row,) = json.loads(said("list", "--json").output)["subscriptions"]
    assert "subscribed: term, from http://localhost/…: last read on " in listed.output and "status 404" in listed.output
    assert (row["name"], row["failures"], row["scope"], "secret" in listed.output + str(row)) == ("term", 1, "everywhere", False)
    assert "Rules of it that stand: 1" in said("unsubscribe", "term").output
    assert all("no subscription named" in refusal(said("refresh", name)) for name in ("term", ""))
    assert "no subscription named" in refusal(said("unsubscribe", "term"))


def test_an_address_that_may_not_be_read_is_refused_without_being_repeated(bring: Callable[..., Result]) -> None:
    answer = said(*SUBSCRIBE, "https://me:hunter2@calendar.example/a.ics")
    assert "user name or a password" in refusal(answer)
    assert "hunter2" not in answer.output + refusal(answer)


def refusal(answer: Result) -> str:
    assert isinstance(answer.exception, Refused)
    return answer.exception.sentence
