"""An addressee: one reader as told to the campaign, with the values that will stand in their letter; or who is left out, and why."""

from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Addressee:
    """A person at a post. `variant` is the audience whose letter they get; `authority_code` is None for other bodies."""

    person_id: UUID
    address: str
    variant: str
    name: str
    role: str
    organisation: str
    nation: str
    region: str
    authority_code: str | None

    def fields(self) -> dict[str, str]:
        """The values of the reader's own placeholders."""
        return {
            "name": self.name,
            "role": self.role.replace("_", " "),
            "organisation": self.organisation,
            "nation": self.nation,
            "region": self.region,
        }


@dataclass(frozen=True)
class LeftOut:
    """Somebody an audience's rule finds who gets no letter, and why: a clause that names nobody, as it outlives them."""

    addressee: Addressee
    reason: str
