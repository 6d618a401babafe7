"""Polls: the quiet period before each poll of 2024 to 2027 that was or is due by law, nation by nation, as rules of the calendar.

A quiet period goes from the last day for the notice of election to the end of poll day, because a council may not publish what could sway a
vote meanwhile (Local Government Act 1986, section 2, and its Code). A whole nation is the cautious default: where no poll is held, an officer
says so; by-elections, referendums and postponed polls are added by hand. The dates were counted by each source's own rule.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, select

from campaigns.foundation.officers import Officer
from campaigns.planning import rules
from campaigns.planning.rules import EVERYWHERE, CalendarRule, Typed
from campaigns.planning.windows import QUIET

CALENDAR = "polls"
LOOKED_UP = date(2026, 11, 26)
ENGLISH = "Local Elections (Principal Areas) (England and Wales) Rules 2006, Sch. 2 rule 1: notice by the 25th working day before"
WELSH = "Local Elections (Principal Areas) (Wales) Rules 2021: notice by the 25th working day before"
SCOTTISH = "Scottish Local Government Elections Order 2011, Sch. 1 rule 1: notice by the 28th working day before"
HOLYROOD = "Scottish Parliament (Elections etc.) Order 2015, Sch. 2 rule 1: notice by the 28th working day before"
SENEDD = "Senedd Cymru (Representation of the People) Order 2025: notice by the 25th working day before"
POLICE = "Police and Crime Commissioner Elections Order 2012, Sch. 3 rule 1: notice by the 25th working day before"
IRISH = "Electoral Law Act (Northern Ireland) 1962, Sch. 5 rule 1: notice by the 25th day before, without weekends and holidays"
STORMONT = (
    "Northern Ireland Assembly (Elections) Order 2001, which takes the timetable of Northern Ireland: notice by the 25th working day before"
)
COMMONS = "Representation of the People Act 1983, Sch. 1 rule 1: notice by the second day after the writ, which came on 31 May 2024"


@dataclass(frozen=True)
class Poll:
    """A poll of a nation (empty: of all four), with the last day for its notice. `kind` also names its row, and stays as it is."""

    nation: str
    kind: str
    notice: date
    day: date
    source: str

    def typed(self) -> Typed:
        """Its quiet period, as a rule."""
        return Typed(
            scope="nation" if self.nation else EVERYWHERE,
            place=self.nation,
            kind=QUIET,
            title=f"pre-election period ({self.kind})",
            first=self.notice,
            last=self.day,
            source=self.source,
            confirmed_on=LOOKED_UP,
            calendar=CALENDAR,
            uid=f"{self.day.isoformat()} {self.nation or EVERYWHERE}: {self.kind}",
        )


POLLS = (
    Poll("England", "local elections", date(2024, 3, 26), date(2024, 5, 2), ENGLISH),
    Poll("Wales", "police and crime commissioners", date(2024, 3, 26), date(2024, 5, 2), POLICE),
    Poll("", "general election", date(2024, 6, 4), date(2024, 7, 4), COMMONS),
    Poll("England", "local elections", date(2025, 3, 25), date(2025, 5, 1), ENGLISH),
    Poll("England", "local elections", date(2026, 3, 30), date(2026, 5, 7), ENGLISH),
    Poll("Scotland", "Scottish Parliament", date(2026, 3, 25), date(2026, 5, 7), HOLYROOD),
    Poll("Wales", "Senedd", date(2026, 3, 30), date(2026, 5, 7), SENEDD),
    Poll("England", "local elections", date(2027, 3, 31), date(2027, 5, 6), ENGLISH),
    Poll("Scotland", "local elections", date(2027, 3, 24), date(2027, 5, 6), SCOTTISH),
    Poll("Wales", "local elections", date(2027, 3, 31), date(2027, 5, 6), WELSH),
    Poll("Northern Ireland", "local elections", date(2027, 3, 31), date(2027, 5, 6), IRISH),
    Poll("Northern Ireland", "Assembly", date(2027, 3, 31), date(2027, 5, 6), STORMONT),
)


def load(session: Session, *, by: Officer, at: datetime) -> int:
    """Add the quiet periods that were never loaded, and say how many; what an officer changed or retired since stays as they left it."""
    known = set(session.exec(select(CalendarRule.uid).where(CalendarRule.calendar == CALENDAR)))
    missing = [typed for typed in (poll.typed() for poll in POLLS) if typed.uid not in known]
    for typed in missing:
        rules.add(session, typed, by=by, at=at)
    return len(missing)
