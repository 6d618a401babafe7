"""A person's name, role, place and address as typed or uploaded, checked before anything is kept."""

import re
import unicodedata
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from email_validator import EmailNotValidError, validate_email

from audiences import roles
from audiences.roles import ROLES, Place
from campaigns.drafting import characters, programs
from campaigns.foundation.errors import Invalid, Problem, Refused

LONGEST_NAME = 80
NOBODYS = (".example",)  # reserved for examples (RFC 2606); the library refuses the others
LONGEST_LOCAL_PART, LONGEST_ADDRESS = 64, 254  # RFC 5321
INVISIBLE = " \t\r\n\u00a0\u180e\u200b\u200c\u200d\u2060\ufeff"
PLAIN = re.compile(r"[a-z0-9_-]+([.+'-][a-z0-9_-]+)*")
NO_PLACE = "Give the code or the full name of an authority or body in the register"
WEB_ADDRESS = re.compile(r"://|\bwww\.", re.IGNORECASE)


@dataclass
class Addresses:
    """Checks many addresses: a plain one at a domain that was looked at before is known at once."""

    test_domains_allowed: bool
    domains: dict[str, str | None] = field(default_factory=dict)

    def usable(self, text: str) -> str:
        """What `usable_address` says of it."""
        name, _, domain = text.strip().lower().rpartition("@")
        if not PLAIN.fullmatch(name) or len(name) > LONGEST_LOCAL_PART:
            return usable_address(text, test_domains_allowed=self.test_domains_allowed)
        if domain not in self.domains:
            self.domains[domain] = self._known(domain)
        known = self.domains[domain]
        if known is None or len(name) + len(known) > LONGEST_ADDRESS - 1:
            return usable_address(text, test_domains_allowed=self.test_domains_allowed)
        return f"{name}@{known}"

    def _known(self, domain: str) -> str | None:
        try:
            return usable_address(f"a@{domain}", test_domains_allowed=self.test_domains_allowed).removeprefix("a@")
        except Refused:
            return None


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
    name, role = tidy(name), roles.read(role)
    problems = [*name_problems(name), *post_problems(role, place)]
    if place is None:
        problems.append(Problem("place", NO_PLACE))
    try:
        address = usable_address(address, test_domains_allowed=test_domains_allowed)
    except Refused as refusal:
        problems.append(Problem("address", refusal.sentence))
    if problems or place is None:
        raise Invalid(problems)
    return Given(name, role, place, address)


def post_problems(role: str, place: Place | None) -> list[Problem]:
    """Why there is no such post: an unknown role, or one that is not held at the place."""
    if role not in ROLES:
        return [Problem("role", "Give a role from the list: " + ", ".join(roles.words(known) for known in ROLES))]
    if place is not None and not place.admits(role):
        return [Problem("place", f"There is no {roles.words(role)} at {place.name}")]
    return []


def usable_address(text: str, *, test_domains_allowed: bool) -> str:
    """The address in lower case, its domain in ASCII. Refuses what no relay would take, and `.test` where real letters go."""
    text = text.strip(INVISIBLE).removesuffix(".")  # a full stop after an address ends the sentence it was copied from
    if not text:
        raise Refused("Enter an e-mail address", field="address")
    try:
        found = validate_email(text, check_deliverability=False, allow_smtputf8=False, test_environment=test_domains_allowed)
    except (EmailNotValidError, UnicodeError):
        raise _unusable(text) from None
    address = (found.ascii_email or found.normalized).lower()
    if len(address.rpartition("@")[0]) > LONGEST_LOCAL_PART or address.endswith(NOBODYS):
        raise _unusable(text)
    if not programs.fits_a_header(address):  # =? is allowed in an address, and would begin something else in its header
        raise _unusable(text)
    return address


def name_problems(name: str) -> list[Problem]:
    """Why a name, tidied, cannot stand in letters."""
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
    return Refused(f"“{characters.shown(address[:80])}” is not an e-mail address we can write to", field="address")


def tidy(text: str) -> str:
    """A name with its accents composed and without space round it."""
    return unicodedata.normalize("NFC", text.replace("\u00a0", " ")).strip(" \t")
