"""What happened, in plain sentences."""

from string import Formatter
from uuid import UUID

from audiences.importing import PeopleImported
from audiences.reports import TouchRecorded
from campaigns.agreement.releases import ReleaseReturned
from campaigns.agreement.reminders import PartyReminded
from campaigns.briefings.tours import TourOpened
from campaigns.delivery.acknowledgements import PulseAnswered, ReadingConfirmed
from campaigns.delivery.unclear import LettersResolved
from campaigns.foundation import clock, log
from campaigns.foundation.database import Database
from campaigns.foundation.log import LogEntry
from tests.house import hearing
from tests.web.visitors import NOON
from web import histories


def test_every_event_is_told_in_a_sentence_or_is_the_machinerys_own() -> None:
    assert set(hearing.events()) == set(histories.SENTENCES) | histories.MACHINERY


def test_a_sentence_uses_only_what_its_event_says() -> None:
    for kind, event in hearing.events().items():
        used = {name for _, name, _, _ in Formatter().parse(histories.SENTENCES.get(kind, "")) if name}
        assert used <= set(event.model_fields), kind


def test_a_number_under_the_same_name_is_told_too(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        log.record(session, PeopleImported(added=3, changed=1), subject=UUID(int=1), by="Somebody", at=NOON)
        assert [line.what for line in histories.lines(log.latest(session))] == ["imported 3 people"]


def test_a_fact_about_one_is_told_of_one(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        for one in (
            PeopleImported(added=1, changed=0),
            TouchRecorded(channel="call", grade="confirmed", authorities=1),
            TourOpened(groups=1),
        ):
            log.record(session, one, subject=UUID(int=1), by="Somebody", at=NOON)
        said = [line.what for line in histories.lines(log.history(session, UUID(int=1)))]
    assert said == ["imported 1 person", "recorded by hand: 1 authority, by call", "opened a tour of 1 group"]


def test_what_was_found_out_about_unclear_letters_is_told_without_noughts(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        found = LettersResolved(chunk=UUID(int=2), accepted=0, queued=1, held=2, missed=0)
        log.record(session, found, subject=UUID(int=1), by="Countersign", at=NOON)
        (line,) = histories.lines(log.latest(session))
    assert line.what == "found out about unclear letters: 1 goes again, 2 wait for an officer"


def test_a_reminder_is_told_with_its_party_its_number_and_how_many_were_written_to(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        for told in (2, 0):
            log.record(session, PartyReminded(party="lacors", number=3, told=told), subject=UUID(int=1), by="Countersign", at=NOON)
        assert [line.what for line in histories.lines(log.history(session, UUID(int=1)))] == [
            "reminded LACoRS that its signature is missing (reminder 3): 2 written to",
            "reminded LACoRS that its signature is missing (reminder 3): nobody who may sign can be written to",
        ]


def test_days_roles_ways_and_classes_are_told_in_words_and_places_by_the_names_they_are_given() -> None:
    facts: list[tuple[str, dict[str, object]]] = [
        ("NobodyLeft", {"authority": "E06000061", "role": "senior_manager"}),
        ("TargetSet", {"grade": "briefed", "by_day": "2026-12-01"}),
        ("ActionAdded", {"due": "2026-12-01"}),
        ("InvitationAnswered", {"via": "officer", "answer": "coming"}),
        ("Disposed", {"record_class": "notices", "number": 4, "cutoff": "2026-11-24T12:00:00Z"}),
        ("Disposed", {"record_class": "a class of long ago", "number": 1, "cutoff": "2026-11-24T12:00:00Z"}),
    ]
    entries = [LogEntry(kind=kind, subject=UUID(int=1), by="Somebody", at=NOON, payload=said) for kind, said in facts]

    assert [line.what for line in histories.lines(entries, {"E06000061": "North Northamptonshire"})] == [
        "found nobody left to write to as senior manager at North Northamptonshire",
        "set a target: briefed by 1 December 2026",
        "added a next action after a briefing, due 1 December 2026",
        "answered the invitation to a briefing, by telephone: coming",
        "disposed of what is older than Tuesday 24 November 2026, 12:00: notices to officers (4)",
        "disposed of what is older than Tuesday 24 November 2026, 12:00: a class of long ago (1)",
    ]
    assert histories.lines(entries)[0].what.endswith("at E06000061")


def test_several_things_that_changed_are_listed_and_every_count_has_its_commas() -> None:
    facts: list[tuple[str, dict[str, object]]] = [
        ("MessageRevised", {"changed": ["core", "latest_send"], "revision": 2}),
        ("MessageRevised", {"changed": ["core", "latest_send", "title"], "revision": 3}),
        ("Disposed", {"record_class": "notices", "number": 1200, "cutoff": "2026-11-24T12:00:00Z"}),
        ("ImportUndone", {"ended": 12345}),
    ]
    entries = [LogEntry(kind=kind, subject=UUID(int=1), by="Somebody", at=NOON, payload=said) for kind, said in facts]

    assert [line.what for line in histories.lines(entries)] == [
        "changed the core and latest send (revision 2)",
        "changed the core, latest send and title (revision 3)",
        "disposed of what is older than Tuesday 24 November 2026, 12:00: notices to officers (1,200)",
        "took an import of people back: 12,345 ended",
    ]


def test_a_schedule_is_told_with_the_case_that_goes_or_without_one() -> None:
    said: list[dict[str, object]] = [
        {"choice": "place: Leeds"},
        {"choice": ""},
        {},
        {"in_windows": True},
        {"in_windows": True, "days_before": 3},
    ]
    entries = [
        LogEntry(kind="ReleaseScheduled", subject=UUID(int=1), by="Somebody", at=NOON, payload={"when": NOON.isoformat()} | one)
        for one in said
    ]

    assert [line.what for line in histories.lines(entries)] == [
        f"chose when it goes: {clock.say(NOON)}; place: Leeds",
        f"chose when it goes: {clock.say(NOON)}",
        f"chose when it goes: {clock.say(NOON)}",
        f"chose when it goes: {clock.say(NOON)}, within each authority’s own windows",
        f"chose when it goes: {clock.say(NOON)}, within each authority’s own windows, 3 days before each reader’s own briefing",
    ]


def test_one_is_no_plural_and_a_reasons_own_full_stop_is_the_only_one() -> None:
    facts: list[tuple[str, dict[str, object]]] = [
        ("LettersHeld", {"letters": 1}),
        ("LettersGivenUp", {"letters": 1200}),
        ("MissedLettersDealtWith", {"letters": 1}),
        ("ReleaseSealed", {"readers": 1}),
        ("SendingStopped", {"reason": "HSE has not signed."}),
        ("SendingStopped", {"reason": "Stopped by Countersign"}),
    ]
    entries = [LogEntry(kind=kind, subject=UUID(int=1), by="Countersign", at=NOON, payload=said) for kind, said in facts]

    assert [line.what for line in histories.lines(entries)] == [
        "kept 1 letter for an officer’s word, after three tries that failed here",
        "gave up 1,200 letters that had been put off again and again",
        "said that this is dealt with: 1 letter that did not go",
        "sealed it for 1 reader",
        "stopped it: HSE has not signed",
        "stopped it",
    ]


def test_what_readers_did_is_a_line_for_all_of_a_kind(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        for place in range(350):
            log.record(session, ReadingConfirmed(position=place), subject=UUID(int=1), by="A reader", at=NOON)
        log.record(session, PulseAnswered(position=3), subject=UUID(int=1), by="A reader", at=NOON)
        log.record(session, PulseAnswered(position=3), subject=UUID(int=2), by="A reader", at=NOON)

        found = log.newest_of(session, UUID(int=1), kinds=histories.FOR_EACH_READER)

    assert [line.what for line in histories.together(found)] == [
        "said that they have read their letter (350 times; this was the last)",
        "said whether they could explain their letter",
    ]


def test_quotation_marks_in_a_reason_are_single_ones_and_its_full_stop_stands_outside(sqlite: Database) -> None:
    with sqlite.transaction() as session:
        log.record(session, ReleaseReturned(reason="Say “every week”."), subject=UUID(int=1), by="Somebody", at=NOON)
        assert [line.what for line in histories.lines(log.latest(session))] == ["returned it: “Say ‘every week’”"]
