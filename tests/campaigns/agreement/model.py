"""An independent judge of what may leave: it knows the rule from the paper, and none of the gate's code.

Told of every step that was taken and of every row changed behind the product's back, it says of each letter whether it might go, and of
each signature whether it might be given. Source: HELA paper, Annex 2 ("jointly agreed between HSE and LACoRS").
"""

import email
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

PARTIES = frozenset({"hse", "lacors"})
LIFE = timedelta(days=14)
MAY_STAND = [
    "Date",
    "From",
    "To",
    "Reply-To",
    "Subject",
    "Message-ID",
    "List-Unsubscribe",
    "List-Unsubscribe-Post",
    "MIME-Version",
    "Content-Type",
]


@dataclass(frozen=True)
class Given:
    """A signature that was admitted, and whether its giver was entitled to it then."""

    officer: UUID
    party: str | None
    digest: str
    at: datetime
    entitled: bool


@dataclass
class Sealed:
    """What was put before both parties: the letters by address, and what has happened to them since."""

    revision: int
    sealed_at: datetime
    digest: str
    letters: dict[str, bytes]
    not_before: datetime | None
    latest_send: datetime
    given: list[Given] = field(default_factory=list)
    altered: bool = False
    ended: str = ""
    stopped_by: set[str | None] = field(default_factory=set)
    goes_at: datetime | None = None
    gone: list[str] = field(default_factory=list)


@dataclass
class Model:
    """Everything the judge knows of one message, its releases and the officers."""

    register: dict[UUID, tuple[str | None, str]] = field(default_factory=dict)
    left: set[UUID] = field(default_factory=set)
    suspended: set[UUID] = field(default_factory=set)
    deputies: dict[UUID, datetime] = field(default_factory=dict)  # officer → when it ended
    editors: set[UUID] = field(default_factory=set)
    revision: int = 1
    given_up: bool = False
    rehearsal: bool = True
    releases: dict[UUID, Sealed] = field(default_factory=dict)
    violations: list[str] = field(default_factory=list)

    def signed(self, release: UUID, officer: UUID, seen: str, at: datetime, *, fresh: bool = True) -> None:
        """A signature was admitted: was it right to?"""
        sealed = self.releases[release]
        party, duty = self.register[officer]
        wrong = {
            "it is not waiting": bool(sealed.ended) or sealed.goes_at is not None,
            "the words have changed": sealed.revision != self.revision,
            "other bytes were seen": seen != sealed.digest,
            "the officer is suspended": officer in self.suspended,
            "the deputyship is over": officer in self.deputies and self.deputies[officer] <= at,
            "the officer signs for no party": duty != "signatory" or party not in PARTIES or officer in self.left,
            "the officer wrote the words": officer in self.editors,
            "the party had signed": any(one.party == party for one in sealed.given),
            "the person had signed": any(one.officer == officer for one in sealed.given),
            "nobody looked who it was": not fresh,
            "a software key signed in real life": not self.rehearsal,
        }
        self.violations += [f"a signature was admitted though {reason}" for reason, is_so in wrong.items() if is_so]
        sealed.given.append(Given(officer, party, seen, at, entitled=not any(wrong.values())))

    def left_the_house(self, address: str, message: bytes, at: datetime) -> None:
        """A letter was handed to the relay: might it go?"""
        if (names := list(email.message_from_bytes(message).keys())) != MAY_STAND:
            self.violations.append(f"a letter went with the headers {names}")
        canonical = message.partition(b"\r\n")[2]
        found = [sealed for sealed in self.releases.values() if sealed.letters.get(address) == canonical]
        if not found:
            self.violations.append(f"bytes nobody sealed went to {address}")
            return
        self.violations += [f"a letter went though {reason}" for reason in self.against(found[0], address, at)]
        found[0].gone.append(address)

    def against(self, sealed: Sealed, address: str, at: datetime) -> list[str]:
        """Every reason why this letter may not go now."""
        wrong = {
            "something sealed was altered": sealed.altered,
            f"it was {sealed.ended}": bool(sealed.ended),
            "it was stopped": bool(sealed.stopped_by),
            "nobody let it go": sealed.goes_at is None or sealed.goes_at > at,
            "it was too early": sealed.not_before is not None and at < sealed.not_before,
            "it was too late": at >= sealed.latest_send,
            "the words have changed": sealed.revision != self.revision,
            "the message was given up": self.given_up,
            "it had gone before": address in sealed.gone,
            "software keys signed in real life": not self.rehearsal,
            "both parties had not agreed": not self.agreed(sealed),
        }
        return [reason for reason, is_so in wrong.items() if is_so]

    def agreed(self, sealed: Sealed) -> bool:
        """Two different people, one for each party, entitled then and now, who wrote nothing, signed these bytes in time."""
        good = {
            (one.party, one.officer)
            for one in sealed.given
            if one.entitled
            and one.digest == sealed.digest
            and timedelta(0) <= one.at - sealed.sealed_at <= LIFE
            and one.officer not in self.editors
            and one.officer not in self.suspended
        }
        return {party for party, _ in good} == PARTIES and len({officer for _, officer in good}) >= 2
