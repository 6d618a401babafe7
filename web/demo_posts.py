"""The posts a visitor may step into: one for each duty and party. Development only; every address ends in .test."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from campaigns.foundation import officers
from campaigns.foundation.officers import Officer
from web import accounts, codes, desk

CODE_SECRET = "COUNTERSIGNDEMONSTRATIONONLYCODE"  # noqa: S105 - the same
PASSWORD = "both-must-sign"  # noqa: S105 - shown on the page: it opens nothing outside development


@dataclass(frozen=True)
class Post:
    """One post of the demonstration."""

    key: str
    name: str
    duty: str
    party: str | None
    can: str

    @property
    def email(self) -> str:
        """Where this post's notices go; the local catcher keeps them."""
        return f"{self.key}@countersign.test"


POSTS = (
    Post("hse-drafter", "Drafter, LOPP team (HSE)", "officer", "hse", "Writes messages, submits them, arranges briefings and sending."),
    Post("hse-signatory", "Signatory, HSE", "signatory", "hse", "Reads what would be sent and signs it for HSE."),
    Post("lacors-signatory", "Signatory, LACoRS", "signatory", "lacors", "Reads what would be sent and signs it for LACoRS."),
    Post("hse-second", "Second signatory, HSE", "signatory", "hse", "The same as HSE's signatory, for when they are away."),
    Post("lacors-second", "Second signatory, LACoRS", "signatory", "lacors", "The same as LACoRS's signatory, for when they are away."),
    Post("lacors-drafter", "Drafter, LACoRS", "officer", "lacors", "The same as the drafter at HSE, for LACoRS."),
    Post("observer", "Observer", "observer", None, "Reads everything and changes nothing."),
    Post("administrator", "Administrator", "administrator", None, "Looks after accounts; can sign nothing."),
)


def code_hint(spent: int | None, at: datetime) -> str:
    """What a page that asks for password and code may say: both, in development alone. `spent` is the half minute of the last code used."""
    if not desk.in_development():
        return ""
    fresh = at + timedelta(seconds=codes.SECONDS) if spent == int(at.timestamp()) // codes.SECONDS else at
    return f"In this demonstration the password is {PASSWORD}, and the code now is {codes.at(CODE_SECRET, fresh)}"


def find(key: str) -> Post | None:
    """The post with this key."""
    return next((post for post in POSTS if post.key == key), None)


def found(session: Session, *, at: datetime) -> dict[str, Officer]:
    """Create every post with its account: key → officer. Needs an application context, for hashing the password."""
    made = {}
    for post in POSTS:
        officer = officers.add(session, name=post.name, party=post.party, duty=post.duty, email=post.email, by="Countersign", at=at)
        account = accounts.add(session, officer, email=post.email, password=PASSWORD, at=at)
        account.code_secret, account.last_signed_in_at = CODE_SECRET, at  # the local catcher has every address: nothing to confirm
        made[post.key] = officer
    return made
