"""The terms a message goes under, beside its window: what class it is, and what must be so at an authority before its letters go there.

Both parties sign them. A quiet period is overridden, and a milestone sent to who has not had the basics, only by a reason that stands here.
Source: HELA paper, Annex 2 ("ensure that LAs understand LOPP, before we start communicating the milestones and progress"; "high-risk
area of work") and para 15 ("once an approach has been agreed").
"""

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, SerializerFunctionWrapHandler, model_serializer

from campaigns.foundation.errors import Problem

LONGEST_REASON = 300
BASICS, MILESTONE = "basics", "milestone"
ASK: Literal["ask"] = "ask"
BETTER_TWICE = "better twice"


class Terms(BaseModel):
    """Reasons, what is waited for and what is followed are empty where there is none."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    message_class: Literal["operational", "publicity", "ministerial"] = "publicity"
    overrides_quiet: str = ""
    stage: Literal["", "basics", "milestone"] = ""
    waives_basics: str = ""
    waits_for: str = ""
    follows_up: str = ""  # the tour, by its id, whose briefings it follows
    when_unclear: Literal["ask", "better twice"] = ASK  # of a letter of which nothing shows whether it went

    @property
    def asks_for_basics(self) -> bool:
        """Whether its letters to an authority wait until that authority has had the basics."""
        return self.stage == MILESTONE and not self.waives_basics

    @property
    def better_twice(self) -> bool:
        """Whether a letter of which nothing shows whether it went goes once more, rather than wait for an officer."""
        return self.when_unclear == BETTER_TWICE

    @model_serializer(mode="wrap")
    def _as_signed(self, whole: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without what older manifests do not have, where it says the same as they do."""
        said: dict[str, Any] = whole(self)
        return said if self.better_twice else {name: value for name, value in said.items() if name != "when_unclear"}

    def said(self, tour: str) -> list[str]:
        """In sentences, as a signer reads them. `tour`: the name of the one it follows, if it does."""
        quiet = "goes on in pre-election periods" if self.message_class == "operational" else "is held in pre-election periods"
        found = [f"It is {self.message_class} and {quiet}"]
        if self.overrides_quiet:
            found = [f"It is {self.message_class} and goes on in pre-election periods all the same, because: {self.overrides_quiet}"]
        if self.stage == BASICS:
            found.append("It gives the basics, which milestone messages of this campaign wait for")
        if self.asks_for_basics:
            found.append("It goes to no authority that has not had the basics")
        if self.waives_basics:
            found.append(f"It goes to authorities that have not had the basics too, because: {self.waives_basics}")
        if self.follows_up:
            found.append(
                f"It follows the briefings of the tour “{tour}”: once the list of a reader's briefing is complete, they get the one letter for having come,"
                " for having sent apologies, or for neither"
            )
        if self.waits_for:
            found.append(f"None of it goes before this is recorded: {self.waits_for}")
        if self.better_twice:
            found.append("Where nothing shows whether a letter went, it is sent once more: its reader may get it twice")
        return found

    def problems(self) -> list[Problem]:
        """What is wrong with them, each beside its field."""
        lines = {"overrides_quiet": "why it goes on", "waives_basics": "why it need not wait", "waits_for": "what it waits for"}
        found = [
            Problem(name, f"Say {what} on one line, in up to {LONGEST_REASON} characters")
            for name, what in lines.items()
            if not _is_line(getattr(self, name))
        ]
        if self.overrides_quiet and self.message_class == "operational":
            found.append(Problem("overrides_quiet", "An operational message goes on in a pre-election period anyway. Clear the reason"))
        if self.waives_basics and self.stage != MILESTONE:
            found.append(Problem("waives_basics", "Only a milestone message waits for the basics. Clear the reason"))
        return found


def _is_line(text: str) -> bool:
    return not text or (bool(text.strip()) and text.isprintable() and len(text) <= LONGEST_REASON)
