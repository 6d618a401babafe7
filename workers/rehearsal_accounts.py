"""What a rehearsal comes to: the signed audience exported for the checker, the checker run alone, or our own tables counted.

The checker's word is worth more: it imports nothing of ours and reads what the mail server wrote down. Where the mail server is somebody
else's, only our tables can be counted.
"""

import hashlib
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

from sqlmodel import Session, col, select

from campaigns.agreement import releases, sealed, signatures
from campaigns.agreement.sealed import PRIVATE, Particulars, SealedLetter
from campaigns.delivery import deliveries
from campaigns.delivery.deliveries import Delivery
from campaigns.foundation.database import Database
from campaigns.foundation.errors import CountersignError
from workers import checker

FAULTS = ("lost", "duplicated", "altered", "unsigned")
COUNTS = ("accepted", *FAULTS, "unknown")


class CheckerFailed(CountersignError):
    """The checker could not read what it was given."""


@dataclass(frozen=True)
class Exported:
    """How many letters were exported and how many octets they have on average, without the Date that is set when sent."""

    letters: int
    message_bytes: int


def export(database: Database, release_id: UUID, path: Path) -> Exported:
    """Write the signed audience as the checker reads it: see its first lines."""
    size = count = 0
    with database.reading() as session, path.open("w", encoding="utf-8") as lines:
        lines.write(json.dumps(_head(session, release_id)) + "\n")
        programs = sealed.programs_of(session, release_id)
        for letter, private, state in _letters(session, release_id):
            fields = private.fields or {}
            message = programs[letter.audience].join(fields)
            size, count = size + len(message), count + 1
            line = {
                "message_id": fields["message_id"],
                "recipient": str(letter.person_id),
                "address": private.address,
                "audience": letter.audience,
                "role": letter.role,
                "authority": letter.authority_code or "",
                "condition": letter.condition,
                "salt": (private.salt or b"").hex(),
                "canonical_sha256": hashlib.sha256(message).hexdigest(),
                "state": state or "queued",
            }
            lines.write(json.dumps(line) + "\n")
    return Exported(count, round(size / max(count, 1)))


def by_the_journal(journal: Path, audience: Path) -> dict[str, int]:
    """The checker's counts, from a process that cannot import ours (`-I`: neither our folder nor our environment)."""
    command = [sys.executable, "-I", str(Path(checker.__file__)), "--journal", str(journal), "--audience", str(audience)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    try:
        counts: dict[str, int] = json.loads(done.stdout)
    except ValueError:
        raise CheckerFailed(f"The checker could not count: {done.stderr.strip()[-300:]}") from None
    return counts


def by_the_tables(database: Database, release_id: UUID) -> dict[str, int]:
    """What our own rows say; whether letters were doubled or altered on their way they cannot know."""
    with database.reading() as session:
        release = releases.get(session, release_id)
        figures = deliveries.tally(session, release)
        missing = releases.missing(session, release)
    sent = figures["accepted"]
    lost = sum(figures[state] for state in ("queued", "attempting", "rejected", "missed"))
    return {
        "accepted": sent,
        "lost": lost,
        "duplicated": 0,
        "altered": 0,
        "unsigned": sent if missing else 0,
        "unknown": sum(figures[state] for state in checker.UNCLEAR),
    }


def _head(session: Session, release_id: UUID) -> dict[str, Any]:
    release = releases.get(session, release_id)
    given = signatures.given(session, release_id)
    return {
        "manifest": (release.manifest or b"").decode(),
        "signatures": [{"party": row.party, "officer": str(row.officer_id), "digest": row.digest} for row in given],
    }


def _letters(session: Session, release_id: UUID) -> Any:
    query = select(SealedLetter, Particulars, Delivery.state).join(Particulars, PRIVATE).join(Delivery, deliveries.SEALED, isouter=True)
    return session.exec(query.where(SealedLetter.release_id == release_id).order_by(col(SealedLetter.position)))
