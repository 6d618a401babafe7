"""The lives of things, each one table of moves: verb → {state before: state after}.

Only `move` decides. Approval is not a state: it is deduced from standing signatures (see agreement/gate.py).
"""

from campaigns.foundation.errors import NotAllowedNow

Moves = dict[str, dict[str, str]]

MESSAGE: Moves = {
    "submit": {"draft": "submitted"},
    "return": {"submitted": "draft"},
    "revise": {"draft": "draft", "submitted": "draft"},
    "send": {"submitted": "gone"},
    "withdraw": {"draft": "withdrawn", "submitted": "withdrawn", "gone": "withdrawn"},
}

RELEASE: Moves = {
    "seal": {"sealing": "sealed"},
    "fail": {"sealing": "unsealed"},
    "return": {"sealed": "returned", "scheduled": "returned"},
    "supersede": dict.fromkeys(("sealing", "sealed", "scheduled", "stopped"), "superseded"),  # one that began has a message that is gone
    "lapse": {"sealed": "lapsed"},
    "schedule": {"sealed": "scheduled", "scheduled": "scheduled"},
    "begin": {"scheduled": "sending"},
    "stop": {"scheduled": "stopped", "sending": "stopped", "stopped": "stopped"},
    "resume": {"stopped": "sending"},
    "reschedule": {"stopped": "scheduled"},
    "add to": {"sending": "sending", "stopped": "stopped", "sent": "sending"},  # an invitation's reminders, or its cancellation
    "finish": {"sending": "sent"},
    "miss": {"sealed": "missed", "scheduled": "missed", "sending": "missed", "stopped": "missed"},
    "withdraw": dict.fromkeys(("sealing", "sealed", "scheduled", "sending", "stopped", "sent", "missed"), "withdrawn"),
}

DELIVERY: Moves = {
    "attempt": {"queued": "attempting"},
    "accept": dict.fromkeys(("attempting", "unknown", "held"), "accepted"),  # unknown: its worker answers after all, or its journal does
    "reject": dict.fromkeys(("attempting", "unknown", "held"), "rejected"),
    "defer": dict.fromkeys(("attempting", "unknown", "held"), "queued"),
    "give back": dict.fromkeys(("attempting", "unknown", "held"), "queued"),  # its dot never went
    "lose": {"attempting": "unknown", "unknown": "unknown", "held": "held"},
    "remove": {"queued": "removed"},
    "miss": {"queued": "missed"},
    "hold": dict.fromkeys(("attempting", "unknown", "queued"), "held"),  # for an officer's word
    "count as sent": {"unknown": "accepted", "held": "accepted"},
    "send again": {"unknown": "queued", "held": "queued"},
    "leave": {"unknown": "left", "held": "left"},
    "bounce": dict.fromkeys(("accepted", "unknown", "held", "left"), "returned"),  # what came back had gone
}

BRIEFING: Moves = {
    "date": {"wanted": "dated", "dated": "dated", "declined": "dated"},
    "call off": {"dated": "wanted"},
    "decline": {"wanted": "declined", "dated": "declined"},
    "pin": {"dated": "dated"},
    "hold": {"dated": "held"},
    "reopen": {"held": "dated"},
}

SAID = {  # where “is” and the state's own name would not do
    "draft": "is a draft",
    "wanted": "has no date yet",
    "dated": "has a date",
    "queued": "waits to be sent",
    "attempting": "is being sent",
    "unknown": "is being checked",
    "left": "was left as it is",
    "sealing": "is being sealed",
    "unsealed": "could not be sealed",
    "sending": "is going out",
    "sent": "has gone out",
    "gone": "has gone out",
    "superseded": "was replaced",
    "missed": "has missed its latest time",
    "lapsed": "was not signed in time",
}

CALLED = {"delivery": "letter"}
LIVES: dict[str, Moves] = {"message": MESSAGE, "release": RELEASE, "delivery": DELIVERY, "briefing": BRIEFING}


def move(moves: Moves, state: str, verb: str) -> str:
    """The state after `verb`; refuses a verb this state does not know."""
    after = moves.get(verb, {})
    if state not in after:
        is_end = not any(state in steps for steps in moves.values())
        raise NotAllowedNow(f"This {said(state)} already." if is_end and state in after.values() else _not_now(moves, state))
    return after[state]


def _not_now(moves: Moves, state: str) -> str:
    """One sentence for every verb: what it was is on the page, and verbs such as `fail` or `give back` are nobody's but ours."""
    thing = next((CALLED.get(name, name) for name, life in LIVES.items() if life is moves), "thing")
    return f"This cannot be done now: the {thing} {said(state)}. Somebody may have changed it meanwhile. Look at it again."


def said(state: str) -> str:
    """`is going out`, `is scheduled`: a state as a sentence says it."""
    return SAID.get(state, f"is {state}")


def before(moves: Moves, verb: str) -> frozenset[str]:
    """The states from which `verb` is allowed."""
    return frozenset(moves[verb])
