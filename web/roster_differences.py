"""What the next roster would change, as sentences: who joins, who goes, whose passkeys or dates differ. Pure."""

from collections.abc import Iterator

from campaigns.agreement.rosters import Member, Roster
from web import words


def sentences(before: Roster | None, after: Roster) -> list[str]:
    """Every difference, party by party; for the first roster, everybody in it."""
    return [*_people(before, after), *_passwords(before, after), *_site(before, after)]


def _people(before: Roster | None, after: Roster) -> Iterator[str]:
    old = {member.officer: member for member in before.members} if before else {}
    for member in after.members:
        if member.officer not in old:
            yield f"{_described(member)} joins, with {words.many(len(member.keys), 'passkey')}."
        else:
            yield from _changed(old[member.officer], member)
    for gone in old.keys() - {member.officer for member in after.members}:
        yield f"{old[gone].post} can sign no more."


def _changed(old: Member, new: Member) -> Iterator[str]:
    added = {key.id for key in new.keys} - {key.id for key in old.keys}
    taken = {key.id for key in old.keys} - {key.id for key in new.keys}
    if added:
        yield f"{new.post} gets {words.many(len(added), 'more passkey')}."
    if taken:
        yield f"{words.many(len(taken), 'passkey')} of {new.post} can sign no more."
    if new.model_copy(update={"keys": old.keys}) != old:
        yield f"{_described(old)} becomes {_described(new)}."


def _described(member: Member) -> str:
    if member.standing == "signatory":
        return f"{member.post} (signatory)"
    until = f" until {words.when(member.ends)}" if member.ends else ""
    scope = f" for {words.many(len(member.campaigns), 'campaign')}" if member.campaigns else ""
    return f"{member.post} (deputy{until}{scope})"


def _passwords(before: Roster | None, after: Roster) -> Iterator[str]:
    old = set(before.passwords) if before else set()
    for party in sorted(set(after.passwords) - old):
        yield f"{party.upper()} may also sign with a password and a code, which is weaker."
    for party in sorted(old - set(after.passwords)):
        yield f"{party.upper()} signs with passkeys only."


def _site(before: Roster | None, after: Roster) -> Iterator[str]:
    if before and before.site != after.site:
        yield f"Passkeys are used at {', '.join(after.origins)} instead of {', '.join(before.origins)}."
