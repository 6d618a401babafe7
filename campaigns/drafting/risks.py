"""How careful to be with a message: an ordinary one, or one whose release could do harm. Source: HELA paper, Annex 2, 8b ("a high-risk area of work")."""

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

LONGEST_HOLD = 14 * 24  # hours


class Risk(BaseModel):
    """A risk class and what it asks for: how many sign for each party, how many hours it then rests, which observers are told."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["ordinary", "high"] = "ordinary"
    signatures: Literal[1, 2] = 1
    hold_hours: int = Field(0, ge=0, le=LONGEST_HOLD)
    observers: list[str] = []

    @property
    def said(self) -> str:
        """In words, as a signer reads it."""
        told = f"; told when it is agreed: {', '.join(self.observers)}" if self.observers else ""
        if self.kind == "ordinary":
            return f"ordinary{told}"
        asks = (
            "two signatories of each party sign"
            if self.signatures == 2
            else f"it rests for {self.hold_hours} hours after the last signature"
        )
        return f"high: {asks}{told}"

    @property
    def is_met(self) -> bool:
        """Whether a high risk is answered: by a second signatory for each party, or by a rest."""
        return self.kind == "ordinary" or self.signatures == 2 or self.hold_hours > 0
