"""The generated sections of README.md: `python -m tests.house.readme --write` fills them, and a test holds them to the tables.

Each stands between two marks, `<!-- NAME:begin -->` and `<!-- NAME:end -->`; everything else in the README is written by hand.
"""

import re
import sys
import textwrap
from collections.abc import Callable, Iterable
from inspect import getdoc

from pydantic.fields import FieldInfo

from campaigns.foundation.lifecycles import LIVES, Moves
from campaigns.foundation.settings import Settings
from tests.house import hearing, source

README = source.ROOT / "README.md"


def states(moves: Moves) -> set[str]:
    """Every state a table of moves names."""
    return {state for steps in moves.values() for pair in steps.items() for state in pair}


def first_state(moves: Moves) -> str:
    """Where a life begins: the state before its first move."""
    return next(iter(next(iter(moves.values()))))


def lives() -> str:
    """One state diagram for each life."""
    return "\n\n".join(f"**{name.capitalize()}**\n\n```mermaid\n{_diagram(moves)}\n```" for name, moves in LIVES.items())


def hears() -> str:
    """The table event → who hears it; after it the events that nobody hears."""
    heard, events = hearing.heard(), hearing.events()
    rows = [f"| `{name}` | {_sentence(kind)} | {_named(heard[name])} |" for name, kind in events.items() if heard.get(name)]
    history = textwrap.fill(f"History alone, which nobody hears: {_named(name for name in events if not heard.get(name))}.", 140)
    return "\n".join(["| event | what it says | who hears it |", "|---|---|---|", *rows, "", history])


def settings() -> str:
    """The table of settings."""
    rows = [
        f"| `COUNTERSIGN_{name.upper()}` | {_default(name, field)} | {field.description} |" for name, field in Settings.model_fields.items()
    ]
    return "\n".join(["| setting | default | what it is |", "|---|---|---|", *rows])


SECTIONS: dict[str, Callable[[], str]] = {"lives": lives, "hears": hears, "settings": settings}


def filled(text: str) -> str:
    """The README with every generated section as the tables have it; refuses a README that lost a mark."""
    for name, write in SECTIONS.items():
        begin, end = f"<!-- {name}:begin -->", f"<!-- {name}:end -->"
        if text.count(begin) != 1 or text.count(end) != 1:
            raise SystemExit(f"README.md must hold {begin} and {end} once each.")
        head, rest = text.split(begin)
        text = f"{head}{begin}\n{write()}\n{end}{rest.split(end)[1]}"
    return text


def _diagram(moves: Moves) -> str:
    pairs: dict[tuple[str, str], list[str]] = {}
    for verb, steps in moves.items():
        for before, after in steps.items():
            pairs.setdefault((before, after), []).append(verb)
    arrows = [f"    {before} --> {after}: {' / '.join(verbs)}" for (before, after), verbs in pairs.items()]
    last = sorted(states(moves) - {before for before, _ in pairs})
    return "\n".join(["stateDiagram-v2", f"    [*] --> {first_state(moves)}", *arrows, *(f"    {state} --> [*]" for state in last)])


def _sentence(kind: type) -> str:
    return re.split(r"(?<=\.)\s", " ".join((getdoc(kind) or "").split()))[0].replace("|", "\\|")


def _named(found: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in found)


def _default(name: str, field: FieldInfo) -> str:
    if name == "secret_key":
        return "for development only"
    return "absent" if field.default is None else f"`{field.default}`"


def main() -> None:
    """Fill the README with `--write`; without it, say whether it is up to date."""
    text = README.read_text("utf-8")
    if "--write" in sys.argv[1:]:
        README.write_text(filled(text), "utf-8")
    elif filled(text) != text:
        raise SystemExit("README.md is behind the tables: python -m tests.house.readme --write")


if __name__ == "__main__":
    main()
