"""Namesakes: which words name one person and nobody else, and which may name others, too.

Two people of one name, and the heads of health of two authorities, are told apart only by address or place. Compared in Python, because
SQLite folds the capitals of ASCII alone.
"""

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import cached_property
from uuid import UUID

from sqlmodel import Session, col, select

from audiences.people import KEPT, Person
from campaigns.briefings import sign_ins
from campaigns.foundation import addresses

SHORTEST = 5  # characters of a name, of two words or more, by which somebody is told in a sentence: `May` and `Will` stand in many
SUBJECTS = (
    "and business commercial council department enforcement enquiries environment environmental food for group health hygiene licensing "
    "mailbox occupational of office policy protection public regulatory safety service services standards support team the trading unit"
)  # a name of these words alone names nobody in a sentence, and one that holds any of them, or of the next, is nobody's alone
TITLES = (
    "adviser advisor assistant chair chief clerk contact coordinator deputy director head inspector lead leader manager member officer "
    "practitioner representative secretary"
)
LEVELLED = str.maketrans("‘’‐", "''-")


@dataclass(frozen=True)
class Known:
    """What whoever is to be erased is known by; `others` are the names and places of everybody else who is kept."""

    ids: frozenset[UUID]
    address: str
    posts: frozenset[tuple[str, str]]  # names and places
    others: frozenset[tuple[str, str]]

    @cached_property
    def names(self) -> frozenset[str]:
        """Every name they have."""
        return frozenset(name for name, _ in self.posts)

    @cached_property
    def alone(self) -> frozenset[str]:
        """Those of their names that mean them, and nobody else, in any sentence."""
        taken = {name for name, _ in self.others}
        return frozenset(name for name in self.names - taken if tells(name) and not _words(name) & _words(f"{SUBJECTS} {TITLES}"))

    @property
    def words(self) -> frozenset[str]:
        """What means them wherever it is said: those names, and their address."""
        return self.alone | {self.address}

    @cached_property
    def longer(self) -> frozenset[str]:
        """The names of others in which one of theirs stands: `Deputy Head of Health`, where they are the head."""
        return frozenset(other for other, _ in self.others if other not in self.names and any(says(other, name) for name in self.names))

    def bare(self, text: str) -> str:
        """A text as it is compared, without what names somebody else for certain."""
        said = plain(text)
        for other in self.longer:
            said = said.replace(other, "…")
        return said


def plain(text: str) -> str:
    """A text as it is compared: capitals, spaces, apostrophes and ways of writing a letter levelled."""
    return sign_ins.spelt(text).translate(LEVELLED)


def says(said: str, words: str) -> bool:
    """Whether a text holds these words whole, or this address; both `plain`."""
    if not words or words not in said:
        return False
    return addresses.stands(words, said) if "@" in words else re.search(rf"(?<!\w)(?<!\w-){re.escape(words)}(?!-?\w)", said) is not None


def tells(name: str) -> bool:
    """Whether a name in a sentence tells who is meant: it has several words, and not only such as stand in many names."""
    return " " in name and len(name) >= SHORTEST and not _words(name) <= _words(SUBJECTS)


def known(session: Session, them: Collection[Person], address: str = "") -> Known:
    """What these people, who are written to at one address, are known by; where they are not in the register, the address alone."""
    ids = frozenset(one.id for one in them)
    others = session.exec(select(Person.name, Person.place).where(KEPT, col(Person.id).not_in(ids))).all()
    address = next((one.address for one in them), address)
    return Known(ids, plain(address), _posts((one.name, one.place) for one in them), _posts(others))


def _words(name: str) -> set[str]:
    return set(re.findall(r"\w+", name))


def _posts(pairs: Iterable[tuple[str, str]]) -> frozenset[tuple[str, str]]:
    return frozenset((plain(name), place) for name, place in pairs)
