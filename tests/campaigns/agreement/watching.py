"""A transport that has each letter judged at the moment it leaves."""

from collections.abc import Callable
from dataclasses import dataclass

from campaigns.delivery.transport import Envelope, MayGo, Outcome, RecordingTransport, always


@dataclass
class Watched(RecordingTransport):
    """Keeps what it is given, and has the model judge each letter at the moment it leaves."""

    judge: Callable[[str, bytes], None] = lambda address, message: None

    def deliver(self, envelope: Envelope, *, may_go: MayGo = always, **_: object) -> Outcome:
        """Accept, and tell the judge."""
        outcome = super().deliver(envelope, may_go=may_go)
        if outcome.kind != "unsent":
            self.judge(envelope.recipient, envelope.message)
        return outcome
