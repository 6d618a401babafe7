"""A person's name, role, place and address as typed or uploaded, checked before anything is kept."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

from email_validator import EmailNotValidError, validate_email

from audiences import roles
from audiences.roles import ROLES, Place
from campaigns.drafting import programs
from campaigns.foundation.errors import Invalid, Problem, Refused

LONGEST_NAME = 80
WEB_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)


@dataclass(frozen=True)
class Given:
    """A person as typed or uploaded, checked."""

    name: str
    role: str
    place: Place
    address: str

    def row(self, *, source: str) -> dict[str, Any]:
        """The columns of a new row."""
        at_body = self.place.kind is not None
        return {
            "id": uuid4(),
            "name": self.name,
            "role": self.role,
            "place": self.place.code,
            "authority_code": None if at_body else self.place.code,
            "body_code": self.place.code if at_body else None,
            "address": self.address,
            "source": source,
        }


def check(name: str, role: str, place: Place | None, address: str, *, test_domains_allowed: bool) -> Given:
    """All four values fit for use, or `Invalid` with every problem found."""
    problems: list[Problem] = []
    name, role = _tidy(name), roles.read(role)
    problems += _name_problems(name)
    if role not in ROLES:
        problems.append(Problem("role", "Give a role from the list: " + ", ".join(roles.words(known) for known in ROLES)))
    if place is None:
        problems.append(Problem("place", "Give the code or the full name of an authority or body in the register"))
    elif role in ROLES and not place.admits(role):
        problems.append(Problem("place", f"There is no {roles.words(role)} at {place.name}"))
    try:
        address = usable_address(address, test_domains_allowed=test_domains_allowed)
    except Refused as refusal:
        problems.append(Problem("address", refusal.sentence))
    if problems or place is None:
        raise Invalid(problems)
    return Given(name, role, place, address)


def usable_address(text: str, *, test_domains_allowed: bool) -> str:
    """The address in lower case, its domain in ASCII. Refuses what no relay would take, and `.test` where real letters go."""
    text = _tidy(text)
    if not text:
        raise Refused("Enter an e-mail address", field="address")
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=test_domains_allowed)
    except (EmailNotValidError, UnicodeError):
        raise _unusable(text) from None
    address = (found.ascii_email or found.normalized).lower()
    if not programs.fits_a_header(address):  # =? is allowed in an address, and would begin something else in its header
        raise _unusable(text)
    return address


def _name_problems(name: str) -> list[Problem]:
    if not 0 < len(name) <= LONGEST_NAME:
        return [Problem("name", f"Enter a name or post of up to {LONGEST_NAME} characters")]
    if not name.isprintable():
        return [Problem("name", "Remove line breaks and invisible characters from the name")]
    if WEB_ADDRESS.search(name):  # a name is put into letters that were signed without it: it must say no more than who somebody is
        return [Problem("name", "Take the web address out of the name")]
    # A mail program would read =?…?= as another text than the one an officer saw (RFC 2047).
    if "=?" in name and "?=" in name:
        return [Problem("name", "Type the name as people read it: =?…?= stands for something else in a mail header")]
    return []


def _unusable(address: str) -> Refused:
    return Refused(f"{address[:80]!r} is not an e-mail address we can write to", field="address")


def _tidy(text: str) -> str:
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ")).strip(" \t")
