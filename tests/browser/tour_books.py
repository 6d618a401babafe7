"""The tests' own books of a tour: who comes from where, who sends apologies, who also signs the paper, and what must come of it.

Everything is worked out from two lists that an officer can download, authorities and people; nothing of the product is imported.
"""

import csv
import io
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass

SIGN_INS, TWICE, BY_HAND = 300, 40, 6  # in all; those on paper, too; those of each group that are clicked through on the telephone
ROLES = ("senior manager", "elected member", "practitioner")
DECLINED = "Wales"
GIVEN = ("Amina", "Bryn", "Carol", "Deepak", "Elspeth", "Fergus", "Grace", "Hugh", "Irma", "Jo", "Kwame", "Lena")

Seat = tuple[str, str]  # an authority's code and a role, as the list of people calls it


@dataclass(frozen=True)
class Guest:
    """Somebody at the door: the name they write, and the address of their post where they hold it."""

    code: str
    place: str
    role: str
    name: str
    address: str = ""

    @property
    def seat(self) -> Seat:
        """Where they come from, and in which role."""
        return self.code, self.role


@dataclass
class Group:
    """One regional group: who comes, the first of them after apologies; who sends these by telephone or to the officer; who signs the paper, too."""

    name: str
    guests: list[Guest]
    by_telephone: list[Guest]
    by_post: list[Guest]
    twice: list[Guest]

    @property
    def apologies(self) -> list[Guest]:
        """Everybody whose apologies stand in the end."""
        return [one for one in (*self.by_telephone, *self.by_post) if one not in self.guests]


@dataclass
class Books:
    """The whole tour, and everybody who holds a post that the follow-up is written to."""

    groups: list[Group]
    posts: dict[Seat, Guest]
    regions: dict[str, str]

    @property
    def seats(self) -> set[Seat]:
        """What coverage must show as briefed, and nothing else."""
        return {guest.seat for group in self.groups for guest in group.guests}

    def letters(self, group: Group) -> dict[str, str]:
        """Each address that gets a letter for this group's briefing, and which: a post's own line on the list goes before a colleague's."""
        became = dict.fromkeys((post.address for post in self.posts.values() if self.regions[post.code] == group.name), "absent")
        for outcome, guests in (("attended", group.guests), ("apologies", group.apologies)):
            became |= {self.posts[guest.seat].address: outcome for guest in guests if guest.seat in self.posts}
        return became


def read(authorities: str, people: str) -> Books:
    """Decide who does what, group by group, from the two lists as an officer downloads them."""
    regions, names = {}, {}
    members: dict[str, list[str]] = defaultdict(list)
    for row in _rows(authorities):
        regions[row["Code"]], names[row["Code"]] = row["Region"], row["Authority"]
        if row["Enforces health and safety"] == "yes" or row["Nation"] == "Northern Ireland":
            members[row["Region"]].append(row["Code"])
    posts = {}
    for row in _rows(people):
        if row["Role"] in ROLES and row["Code"] in names:
            posts[row["Code"], row["Role"]] = Guest(row["Code"], names[row["Code"]], row["Role"], row["Name"], row["E-mail"])
    held = sorted(region for region in members if region != DECLINED)
    quota = [SIGN_INS // len(held) + (place < SIGN_INS % len(held)) for place in range(len(held))]
    double = [TWICE // len(held) + (place < TWICE % len(held)) for place in range(len(held))]
    groups = [_group(name, members[name], names, posts, *numbers) for name, *numbers in zip(held, quota, double, strict=True)]
    _stand_in(groups[0])
    return Books(groups, posts, regions)


def _group(name: str, codes: list[str], names: dict[str, str], posts: dict[Seat, Guest], quota: int, double: int) -> Group:
    """Two authorities of three come; of the others two send apologies, and so does the first guest, who then comes after all."""
    coming, away = [code for place, code in enumerate(codes) if place % 3 != 2], codes[2::3]
    guests = [guest for guest, _ in zip(_guests(coming, names, posts), range(quota), strict=False)]
    sorry = [_holder(code, "practitioner", names, posts) for code in away[:2]]
    return Group(name, guests, [sorry[0], guests[0]], sorry[1:], guests[-double:])


def _guests(codes: list[str], names: dict[str, str], posts: dict[Seat, Guest]) -> Iterator[Guest]:
    """Round after round over the authorities, each round in another role; every third is a colleague, and so is everybody from round four on."""
    turn = 0
    while True:
        for place, code in enumerate(codes):
            role = ROLES[(place + turn) % len(ROLES)]
            colleague = Guest(code, names[code], role, f"{GIVEN[(place + turn) % len(GIVEN)]} {GIVEN[turn]}son-{place + 1}")
            yield colleague if turn >= len(ROLES) or place % 3 == 2 else _holder(code, role, names, posts)
        turn += 1


def _holder(code: str, role: str, names: dict[str, str], posts: dict[Seat, Guest]) -> Guest:
    return posts.get((code, role)) or Guest(code, names[code], role, f"Post of {role} {code}")


def _stand_in(group: Group) -> None:
    """One colleague comes from the very role whose holder sent apologies: the holder still gets the letter for apologies."""
    sorry = group.by_telephone[0]
    group.guests[-5] = Guest(sorry.code, sorry.place, sorry.role, "Stella Standin")


def _rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
