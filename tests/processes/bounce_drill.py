"""The bounce drill: a real Postfix takes a campaign's letters and returns five to dead addresses; exactly those five are marked.

`python -m tests.processes.bounce_drill` plays it with 200 people; `--people` and `--dead` change that.
"""

import argparse
import json
import os
import sys
import time
from typing import Any

from sqlmodel import select

from audiences import incoming_post
from campaigns.agreement.sealed import Particulars
from campaigns.delivery.deliveries import Delivery
from campaigns.delivery.incoming import IncomingMail
from campaigns.delivery.removals import Removal
from campaigns.reach.touches import STANDING, Touch
from tests.processes import postfixes
from tests.processes.postfixes import Postfix
from workers import rehearsal
from workers.rehearsal import Plan, Rehearsal

COMES_WITHIN = 400.0
STILL_FOR = 3.0  # seconds in which another might wrongly be marked


def play(people: int, dead: int) -> dict[str, Any]:
    """Send, let the dead ones come back, and count; every figure is a set compared with the set that should be."""
    with postfixes.postfix() as own:
        os.environ |= {"COUNTERSIGN_MAILBOX_URL": f"maildir://{own.box}", "COUNTERSIGN_MAILBOX_SECONDS": "0.5"}
        try:
            with rehearsal.opened(Plan(people=people, smtp=f"127.0.0.1:{own.port}")) as played:
                return _played(played, own, dead)
        finally:
            del os.environ["COUNTERSIGN_MAILBOX_URL"], os.environ["COUNTERSIGN_MAILBOX_SECONDS"]


def _played(played: Rehearsal, own: Postfix, dead: int) -> dict[str, Any]:
    played.start_workers()
    played.gather()
    played.seal()
    addresses = _addresses(played)
    gone = {
        address
        for number, address in addresses.items()
        if number % (len(addresses) // dead) == 1 and number // (len(addresses) // dead) < dead
    }
    own.know(set(addresses.values()) - gone)
    began = time.monotonic()
    played.agree()
    played.await_outcomes()
    sent = played.tally()
    while played.tally()["returned"] < len(gone) and time.monotonic() - began < COMES_WITHIN:
        time.sleep(0.2)
    seconds = time.monotonic() - began
    time.sleep(STILL_FOR)
    return {
        "people": len(addresses),
        "accepted_by_the_relay": sent["accepted"] + sent["returned"],
        **_figures(played, addresses, gone),
        "seconds": round(seconds, 1),
    }


def _addresses(played: Rehearsal) -> dict[int, str]:
    with played.stage.database.reading() as session:
        mine = select(Particulars.position, Particulars.address).where(Particulars.release_id == played.release_id)
        return {position: address or "" for position, address in session.exec(mine)}


def _figures(played: Rehearsal, addresses: dict[int, str], gone: set[str]) -> dict[str, Any]:
    with played.stage.database.reading() as session:
        back = session.exec(select(Delivery.position).where(Delivery.release_id == played.release_id, Delivery.state == "returned")).all()
        removed = set(session.exec(select(Removal.address).where(Removal.reason == incoming_post.GONE)))
        mails = session.exec(select(IncomingMail)).all()
        standing = session.exec(select(Touch.evidence).where(STANDING)).all()
    marked = {addresses[position] for position in back}
    return {
        "dead": len(gone),
        "marked": len(marked),
        "marked_wrongly": len(marked - gone),
        "missed": len(gone - marked),
        "taken_off": len(removed),
        "taken_off_wrongly": len(removed - {address.casefold() for address in gone}),
        "mails": len(mails),
        "waiting_for_an_officer": sum(mail.state != "done" for mail in mails),
        "still_counted_as_written": len(standing),
        "tally": {state: number for state, number in played.tally().items() if number},
    }


def main() -> int:
    """Play it and print what came of it; 1 when anybody else was marked, or one of the dead was not."""
    parser = argparse.ArgumentParser(description="Let a real Postfix return a campaign's dead letters.")
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--dead", type=int, default=5)
    given = parser.parse_args()
    if why := postfixes.why_not():
        print(json.dumps({"skipped": why}))
        return 0
    found = play(given.people, given.dead)
    print(json.dumps(found))
    return int(found["marked"] != given.dead or found["marked_wrongly"] or found["taken_off_wrongly"] or found["taken_off"] != given.dead)


if __name__ == "__main__":
    sys.exit(main())
