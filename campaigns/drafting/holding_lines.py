"""A holding line: words agreed in advance, to be let go by a duty officer when they are needed, with a few blanks closed to agreed choices.

Every case (one choice for each blank) is sealed as letters of its own, so that what goes is, byte for byte, what both parties signed.
Source: HELA paper, Annex 2, 8b; also for logistics, such as a briefing's new place.
"""

from collections.abc import Mapping, Sequence
from itertools import product

from campaigns.drafting import placeholders
from campaigns.foundation.errors import Problem

MOST_CASES = 24
LONGEST_CHOICE = 80

Closed = Mapping[str, Sequence[str]]  # blank → the choices that are agreed


def cases(closed: Closed) -> list[dict[str, str]]:
    """Every combination of choices; one empty case where nothing is closed."""
    names = sorted(closed)
    return [dict(zip(names, chosen, strict=True)) for chosen in product(*(closed[name] for name in names))]


def key(case: Mapping[str, str]) -> str:
    """By what a case is named in a leaf, and shown: `date: 12 May; place: Leeds`. Empty where nothing is closed."""
    return "; ".join(f"{name}: {case[name]}" for name in sorted(case))


def problems(closed: Closed, used: set[str], *, holding_line: bool) -> list[Problem]:
    """What is wrong with the choices, given the blanks that the words use."""
    wanted = used & set(placeholders.CLOSED)
    found = [Problem(f"closed-{name}", f"Give the choices for (({name})), one a line") for name in sorted(wanted - set(closed))]
    found += [
        Problem(f"closed-{name}", f"(({name})) does not stand in the words; put it there or clear its choices")
        for name in sorted(set(closed) - wanted)
    ]
    if closed and not holding_line:
        found.append(Problem("holding_line", "Only a holding line has blanks that are chosen when it goes. Tick that it is one"))
    found += [problem for name in closed for problem in _choices(name, closed[name])]
    if not found and len(cases(closed)) > MOST_CASES:
        found.append(
            Problem("holding_line", f"The choices make {len(cases(closed))} cases; {MOST_CASES} is the most both parties can read")
        )
    return found


def _choices(name: str, choices: Sequence[str]) -> list[Problem]:
    if len(set(choices)) < len(choices) or any(
        not choice.strip() or not choice.isprintable() or len(choice) > LONGEST_CHOICE for choice in choices
    ):
        return [Problem(f"closed-{name}", f"Each choice for (({name})) is one line of up to {LONGEST_CHOICE} characters, given once")]
    return []
