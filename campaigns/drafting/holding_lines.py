"""A holding line: words agreed in advance, to be let go by a duty officer when they are needed, with a few blanks closed to agreed choices.

Every case (one choice for each blank) is sealed as letters of its own, so that what goes is, byte for byte, what both parties signed.
Source: HELA paper, Annex 2, 8b; also for logistics, such as a briefing's new place.
"""

from collections.abc import Mapping, Sequence
from itertools import product

from campaigns.drafting import invitations, placeholders
from campaigns.foundation.errors import Problem, Refused

MOST_CASES = 24
LONGEST_CHOICE, LONGEST_PARAGRAPH = 80, 600
ATTENDANCE, OUTCOMES = "attendance", ("attended", "absent", "apologies")  # the blank of a follow-up, and what its three choices are for
EACH_FOR_SOMEBODY = {ATTENDANCE, invitations.STAGE}  # nobody chooses: each reader has the line that is for them

Closed = Mapping[str, Sequence[str]]  # blank → the choices that are agreed


def cases(closed: Closed) -> list[dict[str, str]]:
    """Every combination of choices; one empty case where nothing is closed."""
    names = sorted(closed)
    return [dict(zip(names, chosen, strict=True)) for chosen in product(*(closed[name] for name in names))]


def key(case: Mapping[str, str]) -> str:
    """By what a case is named in a leaf, and shown: `date: 12 May; place: Leeds`. Empty where nothing is closed."""
    return "; ".join(f"{name}: {case[name]}" for name in sorted(case))


def condition(closed: Closed, outcome: str) -> str:
    """Of a follow-up: the case that is for readers who attended, were absent, or sent apologies."""
    return key({ATTENDANCE: closed[ATTENDANCE][OUTCOMES.index(outcome)]})


def problems(closed: Closed, used: set[str], *, holding_line: bool, follows_up: bool = False) -> list[Problem]:
    """What is wrong with the choices, given the blanks that the words use."""
    wanted = used & set(placeholders.CLOSED)
    found = [
        Problem(f"closed-{name}", f"Give the choices for (({name})), one a line")
        for name in sorted(wanted - set(closed) - set(EACH_FOR_SOMEBODY))
    ]
    found += [
        Problem(f"closed-{name}", f"(({name})) does not stand in the words; put it there or clear its choices")
        for name in sorted(set(closed) - wanted)
    ]
    if follows_up or ATTENDANCE in wanted | set(closed):
        return found + _of_a_follow_up(closed, follows_up=follows_up)
    if invitations.STAGE in wanted | set(closed):
        return [Problem("invites_to", "Choose the briefings it invites to, or take ((invitation)) and its lines out")]
    if closed and not holding_line:
        found.append(Problem("holding_line", "Only a holding line has blanks that are chosen when it goes. Tick that it is one"))
    found += [problem for name in closed for problem in _choices(name, closed[name])]
    if not found and len(cases(closed)) > MOST_CASES:
        found.append(
            Problem("holding_line", f"The choices make {len(cases(closed))} cases; {MOST_CASES} is the most both parties can read")
        )
    return found


def problems_of_an_invitation(closed: Closed, used: set[str], briefings: Sequence[str], *, holding_line: bool) -> list[Problem]:
    """The same of a message that invites: of an invitation, and of a notice of change, which is a holding line about one briefing."""
    if ATTENDANCE in closed or ATTENDANCE in used:
        return [Problem("follows_up", "A message invites to a briefing or follows one up, not both")]
    if not holding_line:
        if set(closed) != {invitations.STAGE} or len(closed[invitations.STAGE]) != len(invitations.STAGES):
            return [Problem("closed-invitation", "Give exactly three lines: to invite, to remind, and to say that it does not take place")]
        wanted = [] if invitations.STAGE in used else [Problem("core", "Write ((invitation)) where one of these three lines should go")]
        return wanted + _choices(invitations.STAGE, closed[invitations.STAGE])
    if len(briefings) > 1:
        return [Problem("invites_to", "A notice of change is about one briefing. Choose one")]
    if not closed or set(closed) - set(invitations.SAID_OF_IT):
        return [Problem("holding_line", "Give the choices for what may change of the briefing: its date, time, place or link")]
    return problems(closed, used, holding_line=True) + _times(closed)


def _times(closed: Closed) -> list[Problem]:
    found = []
    for name, read in (("date", invitations.day_of), ("time", invitations.span_of)):
        for choice in closed.get(name, ()):
            try:
                read(choice)
            except Refused as refusal:
                found.append(Problem(f"closed-{name}", refusal.sentence))
    return found


def _of_a_follow_up(closed: Closed, *, follows_up: bool) -> list[Problem]:
    if not follows_up:
        return [Problem("follows_up", "Say which tour’s briefings this follows, or take ((attendance)) and its lines out")]
    if set(closed) != {ATTENDANCE} or len(closed[ATTENDANCE]) != len(OUTCOMES):
        return [
            Problem("closed-attendance", "Give exactly three lines: for those who came, those who did not, and those who sent apologies")
        ]
    return _choices(ATTENDANCE, closed[ATTENDANCE])


def _choices(name: str, choices: Sequence[str]) -> list[Problem]:
    longest = LONGEST_PARAGRAPH if name in EACH_FOR_SOMEBODY else LONGEST_CHOICE
    fits = all(choice.strip() and choice.isprintable() and len(choice) <= longest for choice in choices)
    if not fits or len(set(choices)) < len(choices):
        return [Problem(f"closed-{name}", f"Each choice for (({name})) is one line of up to {longest} characters, given once")]
    return []
