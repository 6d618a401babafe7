"""Suggestions wait for an officer, and change nobody by themselves."""

from datetime import timedelta

import pytest
from sqlmodel import Session

from audiences import people, suggestions
from audiences.suggestions import NEW_CONTACT, WRONG_PERSON
from campaigns.foundation import log
from campaigns.foundation.database import Database
from campaigns.foundation.errors import NotAllowedNow, NotYours, Refused
from tests.audiences.posts import NOON, OBSERVER, OFFICER

ADUR, BARNET = "E07000223", "E09000003"


def person(session: Session) -> people.Person:
    name, role, address = "Head of Environmental Health", "senior_manager", "head@adur.test"
    who = people.add(session, name=name, role=role, place=ADUR, address=address, by=OFFICER, at=NOON, test_domains_allowed=True)
    return people.get(session, who)


def suggest(session: Session, about: people.Person, kind: str = NEW_CONTACT, address: str = "new@adur.test") -> suggestions.UUID:
    return suggestions.make(
        session,
        about=about.id,
        authority_code=ADUR,
        kind=kind,
        address=address,
        note="x" * 2000,
        source="a reply",
        by="the reader",
        at=NOON,
    )


def test_a_suggestion_waits_is_kept_once_and_changes_nobody(founded: Database) -> None:
    with founded.transaction() as session:
        first, again = suggest(session, person(session)), suggest(session, people.at_place(session, ADUR)[0])

    with founded.reading() as session:
        (waits,) = suggestions.waiting(session, authority_code=ADUR)
        assert (first, waits.id) == (again, again) and len(waits.note) == suggestions.LONGEST_NOTE
        assert [one.address for one in people.at_place(session, ADUR)] == ["head@adur.test"]
        assert [entry.kind for entry in log.history(session, first)] == ["SuggestionMade"]


def test_of_another_kind_or_once_that_was_answered_it_is_another(founded: Database) -> None:
    with founded.transaction() as session:
        who = person(session)
        first, other_kind = suggest(session, who), suggest(session, who, WRONG_PERSON)
        suggestions.settle(session, first, verdict="let be", by=OFFICER, at=NOON)

        assert len({first, other_kind, suggest(session, who)}) == 3


def test_what_is_said_stands_without_spaces_around_it_and_no_longer_than_a_line(founded: Database) -> None:
    said = {"name": f" {'n' * 300}", "address": f" {'a' * 300}", "note": f" {'x' * 2000}"}
    with founded.transaction() as session:
        who = person(session)
        made = suggestions.make(
            session, about=who.id, authority_code=ADUR, kind=WRONG_PERSON, source="a reply", by="a reader", at=NOON, **said
        )
        kept = suggestions.get(session, made)

        assert (kept.name, kept.address, kept.note) == ("n" * 200, "a" * 200, "x" * 1000)


def test_an_officer_answers_once(founded: Database) -> None:
    with founded.transaction() as session:
        made = suggest(session, person(session))
        with pytest.raises(Refused, match="Choose whether"):
            suggestions.settle(session, made, verdict="waiting", by=OFFICER, at=NOON)
        suggestions.settle(session, made, verdict="taken", by=OFFICER, at=NOON)

    with founded.transaction() as session, pytest.raises(NotAllowedNow):
        suggestions.settle(session, made, verdict="let be", by=OFFICER, at=NOON)
    with founded.transaction() as session, pytest.raises(NotYours):
        suggestions.settle(session, made, verdict="let be", by=OBSERVER, at=NOON)
    with founded.reading() as session:
        assert suggestions.waiting(session) == []


def test_only_what_was_let_be_and_is_still_kept_is_put_back(founded: Database) -> None:
    with founded.transaction() as session:
        who = person(session)
        let_be, taken, gone = (suggest(session, who, address=f"{name}@adur.test") for name in ("a", "b", "c"))
        for made, verdict in ((let_be, "let be"), (taken, "taken"), (gone, "let be")):
            suggestions.settle(session, made, verdict=verdict, by=OFFICER, at=NOON)
        suggestions.get(session, gone).sqlmodel_update(suggestions.BLANK)

    for made, refusal in ((taken, "was taken"), (gone, "not kept any more")):
        with founded.transaction() as session, pytest.raises(NotAllowedNow, match=refusal):
            suggestions.put_back(session, made, by=OFFICER, at=NOON)
    with founded.transaction() as session, pytest.raises(NotYours):
        suggestions.put_back(session, let_be, by=OBSERVER, at=NOON)
    with founded.transaction() as session:
        suggestions.put_back(session, let_be, by=OFFICER, at=NOON)
        assert [(one.id, one.settled_by) for one in suggestions.waiting(session)] == [(let_be, None)]


def test_what_was_said_again_since_it_was_let_be_is_not_put_back_to_wait_twice(founded: Database) -> None:
    with founded.transaction() as session:
        who = person(session)
        let_be, other = (suggest(session, who, address=f"{name}@adur.test") for name in ("a", "b"))
        for made in (let_be, other):
            suggestions.settle(session, made, verdict="let be", by=OFFICER, at=NOON)
        again = suggest(session, who, address="a@adur.test")

    with founded.transaction() as session, pytest.raises(NotAllowedNow, match="said again since, and waits"):
        suggestions.put_back(session, let_be, by=OFFICER, at=NOON)
    with founded.transaction() as session:
        suggestions.put_back(session, other, by=OFFICER, at=NOON)
        assert {one.id for one in suggestions.waiting(session)} == {again, other}


@pytest.mark.parametrize(
    ("kind", "said"), [(WRONG_PERSON, {}), *((NEW_CONTACT, {line: "a.new@adur.test"}) for line in ("name", "address", "note"))]
)
def test_whatever_it_said_it_waits_again_and_each_answer_is_told(founded: Database, kind: str, said: dict[str, str]) -> None:
    by = {"by": OFFICER, "at": NOON}
    with founded.transaction() as session:
        about = person(session).id
        made = suggestions.make(session, about=about, authority_code=ADUR, kind=kind, source="a reply", by="a reader", at=NOON, **said)
        suggestions.settle(session, made, verdict="let be", **by)  # type: ignore[arg-type]
        suggestions.put_back(session, made, **by)  # type: ignore[arg-type]
        suggestions.settle(session, made, verdict="taken", **by)  # type: ignore[arg-type]

    with founded.reading() as session:
        told = [(entry.kind, entry.by, entry.payload.get("verdict")) for entry in log.history(session, made)]
        assert told[1:] == [
            ("SuggestionSettled", OFFICER.name, "let be"),
            ("SuggestionPutBack", OFFICER.name, None),
            ("SuggestionSettled", OFFICER.name, "taken"),
        ]


def test_what_was_said_first_waits_first_and_what_was_let_be_last_is_read_first(founded: Database) -> None:
    hours = [NOON + number * timedelta(hours=1) for number in range(7)]
    with founded.transaction() as session:
        said = {"about": person(session).id, "authority_code": ADUR, "kind": WRONG_PERSON, "source": "a reply", "by": "a reader"}
        second, first, third = (suggestions.make(session, **said, note=str(at), at=hours[at]) for at in (2, 1, 3))  # type: ignore[arg-type]
        assert [one.id for one in suggestions.waiting(session)] == [first, second, third]
        taken = suggestions.make(session, **said, note="taken", at=NOON)  # type: ignore[arg-type]
        for made, at, verdict in ((first, 6, "let be"), (second, 4, "let be"), (third, 5, "let be"), (taken, 6, "taken")):
            suggestions.settle(session, made, verdict=verdict, by=OFFICER, at=hours[at])

        for since, limit, found in ((5, 9, [first, third]), (4, 9, [first, third, second]), (4, 1, [first])):
            assert [one.id for one in suggestions.let_be_since(session, hours[since], limit=limit)] == found


def test_an_unknown_kind_is_refused(founded: Database) -> None:
    with founded.transaction() as session, pytest.raises(Refused):
        suggest(session, person(session), kind="gossip")


def test_what_is_asked_of_one_authority_or_person_is_theirs(founded: Database) -> None:
    with founded.transaction() as session:
        who = person(session)
        other = people.add(
            session,
            name="Other",
            role="practitioner",
            place=BARNET,
            address="o@barnet.test",
            by=OFFICER,
            at=NOON,
            test_domains_allowed=True,
        )
        said = {"kind": NEW_CONTACT, "source": "a reply", "by": "a reader", "at": NOON}
        theirs = suggestions.make(session, about=other, authority_code=BARNET, note="Ask Ann", **said)  # type: ignore[arg-type]
        mine, answered = suggest(session, who), suggest(session, who, WRONG_PERSON)
        suggestions.settle(session, answered, verdict="let be", by=OFFICER, at=NOON)

        assert [one.id for one in suggestions.waiting(session, authority_code=BARNET)] == [theirs]
        assert [one.id for one in suggestions.waiting(session, authority_code=ADUR)] == [mine]
        assert [suggestions.waiting_about(session, one) for one in (who.id, other)] == [1, 1]
        assert [row["note"] for row in suggestions.about(session, [other], "o@barnet.test")] == ["Ask Ann"]


def test_erasing_somebody_forgets_what_was_said_about_and_of_them(founded: Database) -> None:
    with founded.transaction() as session:
        about = person(session)
        suggest(session, about, WRONG_PERSON, "Head@ADUR.test")
        suggest(session, about)
        suggestions.erase(session, [], "head@adur.test")

    with founded.reading() as session:
        assert sorted(one.address for one in suggestions.waiting(session)) == ["", "new@adur.test"]
    with founded.transaction() as session:
        suggestions.erase(session, [people.at_place(session, ADUR)[0].id], "head@adur.test")
        assert {one.note for one in suggestions.waiting(session)} == {""}
