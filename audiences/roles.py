"""The roles people hold, and at which authorities and bodies each is held.

Three at an authority are counted in coverage; whoever led for it in the older scheme (LAPS) is known beside them. Source: HELA paper, Annex 1
(account managers; "the LAPS lead has assumed the role of account manager") and Annex 2 ("senior managers and elected members, as well as
practitioners"; "trade unions, professional bodies"; "Partnership Liaison Officers") and para 10 ("taking on board the
health and safety agendas of both the regulator and the organisation").
"""

import re
from dataclasses import dataclass

from audiences import organisations
from campaigns.foundation.wording import sentence

AUTHORITY_ROLES = ("senior_manager", "elected_member", "practitioner")
LAPS_LEAD = "laps_lead"
BODY_ROLES = {
    "union_contact": (organisations.UNION,),
    "professional_body_contact": (organisations.PROFESSIONAL,),
    "group_secretary": (organisations.GROUP,),
    "liaison_officer": (organisations.GROUP,),
    "account_manager": (organisations.PILOT,),
    "shadow_account_manager": (organisations.PILOT,),
    "organisation_contact": (organisations.PILOT,),  # the organisation's own: who answers for it
    "directorate_contact": (organisations.DIRECTORATE, organisations.COMMITTEE),  # at committees, from when these had no role of their own
    "committee_member": (organisations.COMMITTEE,),
}
ROLES = (*AUTHORITY_ROLES, LAPS_LEAD, *BODY_ROLES)


@dataclass(frozen=True)
class Place:
    """An authority or a body, as far as people are concerned. `kind` is None for authorities."""

    code: str
    name: str
    kind: str | None

    def admits(self, role: str) -> bool:
        """Whether this role can be held at this place."""
        return role in (*AUTHORITY_ROLES, LAPS_LEAD) if self.kind is None else self.kind in BODY_ROLES.get(role, ())


def words(role: str) -> str:
    """A role as people say it."""
    return "LAPS lead" if role == LAPS_LEAD else role.replace("_", " ")


def title(role: str) -> str:
    """The same at the beginning of a line."""
    return sentence(words(role))


def held_at(kind: str | None) -> list[str]:
    """The roles held at a kind of body, or at an authority (None)."""
    return [role for role in ROLES if Place("", "", kind).admits(role)]


def read(text: str) -> str:
    """A role as people write it: `Senior Managers` is `senior_manager`."""
    role = re.sub(r"[\s_-]+", "_", text.strip().lower())
    return role.removesuffix("s") if role.removesuffix("s") in ROLES else role
