"""A newer list of councils applied over the register: everything that was shown and nothing else, in one step, by an officer."""

from collections.abc import Collection
from datetime import date, datetime, timedelta

from sqlmodel import Session

from audiences import authorities, organisations, register_differences, reorganisations
from audiences.authorities import REGISTER, Authority
from audiences.register_differences import Change, Difference
from audiences.register_files import Listing
from campaigns.foundation import clock, log, officers
from campaigns.foundation.errors import Invalid, Problem, Stale
from campaigns.foundation.log import Event
from campaigns.foundation.officers import Officer


class RegisterAmended(Event):
    """An officer applied a newer list of councils over the register."""

    new: int
    renamed: int
    ended: int
    recoded: int


def apply(
    session: Session, listing: Listing, *, day: date, seen: str | None = None, ending: Collection[str] = (), by: Officer, at: datetime
) -> Difference:
    """Write what the list says otherwise, and give it; nothing at all when a line is refused.

    `ending` are those of the councils it leaves out that have come to an end, on the eve of `day`. What is asked about stays as it is. Refuses
    a day to come, an ending of a council that it does not leave out, and as `Stale` when the difference is no longer the one that was `seen`.
    """
    officers.require_writer(by)
    require_gone_by(day, at=at)
    found = register_differences.compare(session, listing, day=day)
    if seen is not None and seen != found.seal:
        raise Stale("The register has changed since this page was made. Below is what the list would change now; nothing has been applied.")
    if found.refused:
        return found
    require_left_out(found, ending)
    gone = [change for change in found.missing if change.code in ending]
    _write(session, found, gone, eve=day - timedelta(days=1), at=at)
    if found.changes or gone:
        fact = RegisterAmended(
            new=len(found.new), renamed=len(found.renamed), ended=len(found.ended) + len(gone), recoded=len(found.recoded)
        )
        log.record(session, fact, subject=REGISTER, by=by.name, at=at)
    found.saved = True
    return found


def require_gone_by(day: date, *, at: datetime) -> None:
    """Refuse the list of a day to come: whoever comes to an end by then is there until then."""
    if day > clock.london(at).date():
        raise Invalid([Problem("day", "That day is in the future. Load the list on that day, or leave the day empty for today")])


def require_left_out(found: Difference, ending: Collection[str]) -> None:
    """Refuse to end a council that the list does not leave out, as when its code was mistyped."""
    if others := sorted(set(ending) - {change.code for change in found.missing}):
        raise Invalid([Problem("ending", f"“{others[0][:60]}” is no code of a council that the list leaves out, so nothing was changed")])


def _write(session: Session, found: Difference, gone: list[Change], *, eve: date, at: datetime) -> None:
    for change in found.new:
        authority = Authority(code=change.code, amended=True, **change.values)
        session.add(authority)
        session.flush()
        organisations.settle(session, authority)
    for change in (*found.renamed, *found.recoded, *found.moved):
        authority = authorities.get(session, change.code)
        authority.sqlmodel_update(change.values | {"amended": True})
        session.add(authority)
    for change in found.ended:
        _end(session, change, at=at, **change.values)
    for change in gone:
        _end(session, change, on=eve, successors=(), at=at)


def _end(session: Session, change: Change, *, on: date, successors: Collection[str], at: datetime) -> None:
    reorganisations.record(session, authorities.get(session, change.code), on=on, successors=successors, at=at)
