"""What coverage must say, worked out by somebody who has read none of our code: from what happened, and from the file's touches."""

import sqlite3
from typing import Any

GRADES = ["written", "delivered", "unreturned", "confirmed", "briefed", "understands"]
UNDONE = {"take": "put", "reopened": "held"}
Said = dict[tuple[str, str, str], set[str]]  # campaign, authority, role → grades


def today(happened: list[tuple[Any, ...]]) -> Said:
    """Replay what happened, in the order in which it did."""
    stands: dict[str, dict[str, list[Any]]] = {"put": {}, "sheet": {}, "held": {}}
    for verb, key, *what in happened:
        if verb in UNDONE:
            stands[UNDONE[verb]].pop(key, None)
        else:
            stands[verb][key] = what
    said: Said = {}
    for campaign, code, role, grade in stands["put"].values():
        said.setdefault((campaign, code, role), set()).add(grade)
    for campaign, ticks in (stands["sheet"][briefing] for briefing in stands["held"] if briefing in stands["sheet"]):
        for code, role in ticks:
            said.setdefault((campaign, code, role), set()).add("briefed")
    return said


def as_at(path: str, moment: str) -> Said:
    """What stood at a moment (UTC, as the file writes it), read from the file of touches."""
    said: Said = {}
    stood = "SELECT campaign_id, authority_code, role, grade FROM touches WHERE at <= ? AND (withdrawn_at IS NULL OR withdrawn_at > ?)"
    for campaign, code, role, grade in sqlite3.connect(path).execute(stood, (moment, moment)):
        said.setdefault((campaign, code, role), set()).add(grade)
    return said
