"""What the next roster would change, as sentences: who may sign again, who joins, who goes, whose passkeys or dates differ. Pure.

A roster holds neither what each passkey's owner calls it and since when it is on their ring (`called`, by its id), nor who is suspended and why.
"""

from collections.abc import Iterable, Iterator, Mapping
from uuid import UUID

from campaigns.agreement import parties
from campaigns.agreement.rosters import Member, Roster
from web import words

Called = Mapping[str, str]


def sentences(before: Roster | None, after: Roster, called: Called, suspended: Mapping[UUID, str]) -> list[str]:
    """Every difference, whom it lets sign again first, then party by party; for the first roster, everybody in it. `suspended`: by officer, why."""
    return [*_again(after, suspended), *_people(before, after, called), *_passwords(before, after), *_site(before, after)]


def _again(after: Roster, suspended: Mapping[UUID, str]) -> Iterator[str]:
    for member in after.members:
        if member.officer in suspended:
            yield f"{member.post} was suspended ({suspended[member.officer]}) and may sign again."


def _people(before: Roster | None, after: Roster, called: Called) -> Iterator[str]:
    old = {member.officer: member for member in before.members} if before else {}
    for member in after.members:
        if member.officer not in old:
            keys = [key.id for key in member.keys]
            yield f"{_described(member)} joins, with {words.many(len(keys), 'passkey')}{_names(keys, called)}."
        else:
            yield from _changed(old[member.officer], member, called)
    for gone in old.keys() - {member.officer for member in after.members}:
        yield f"{old[gone].post} can no longer sign."


def _changed(old: Member, new: Member, called: Called) -> Iterator[str]:
    added = {key.id for key in new.keys} - {key.id for key in old.keys}
    taken = {key.id for key in old.keys} - {key.id for key in new.keys}
    if added:
        yield f"{new.post} gets {words.many(len(added), 'more passkey')}{_names(added, called)}."
    if taken:
        yield f"{words.many(len(taken), 'passkey')} of {new.post} can no longer sign{_names(taken, called)}."
    if new.model_copy(update={"keys": old.keys}) != old:
        yield f"{_described(old)} becomes {_described(new)}."


def _names(keys: Iterable[str], called: Called) -> str:
    found = sorted(called[key] for key in keys if key in called)
    return f": {', '.join(found)}" if found else ""


def _described(member: Member) -> str:
    if member.standing == "signatory":
        return f"{member.post} (signatory)"
    until = f" until {words.when(member.ends)}" if member.ends else ""
    scope = f" for {words.many(len(member.campaigns), 'campaign')}" if member.campaigns else ""
    return f"{member.post} (deputy{until}{scope})"


def _passwords(before: Roster | None, after: Roster) -> Iterator[str]:
    old = set(before.passwords) if before else set()
    for party in sorted(set(after.passwords) - old):
        yield f"{parties.said(party)} may also sign with a password and a code, which is weaker."
    for party in sorted(old - set(after.passwords)):
        yield f"{parties.said(party)} signs with passkeys only."


def _site(before: Roster | None, after: Roster) -> Iterator[str]:
    if before and before.site != after.site:
        yield f"Passkeys are used at {', '.join(after.origins)} instead of {', '.join(before.origins)}."
