"""The roles people hold, and at which authorities and bodies each is held.

Source: HELA paper, Annex 2 ("senior managers and elected members, as well as practitioners"; "trade unions, professional bodies").
"""

import re
from dataclasses import dataclass

from audiences import organisations

AUTHORITY_ROLES = ("senior_manager", "elected_member", "practitioner")
BODY_ROLES = {
    "union_contact": (organisations.UNION,),
    "professional_body_contact": (organisations.PROFESSIONAL,),
    "group_secretary": (organisations.GROUP,),
    "account_manager": (organisations.PILOT,),
    "directorate_contact": (organisations.DIRECTORATE, organisations.COMMITTEE),
}
ROLES = (*AUTHORITY_ROLES, *BODY_ROLES)


@dataclass(frozen=True)
class Place:
    """An authority or a body, as far as people are concerned. `kind` is None for authorities."""

    code: str
    name: str
    kind: str | None

    def admits(self, role: str) -> bool:
        """Whether such a role is held at such a place."""
        return role in AUTHORITY_ROLES if self.kind is None else self.kind in BODY_ROLES.get(role, ())


def words(role: str) -> str:
    """A role as people say it."""
    return role.replace("_", " ")


def read(text: str) -> str:
    """A role as people write it: `Senior Managers` is `senior_manager`."""
    role = re.sub(r"[\s_-]+", "_", text.strip().lower())
    return role.removesuffix("s") if role.removesuffix("s") in ROLES else role
