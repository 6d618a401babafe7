"""A transport that has each letter judged at the moment it leaves."""

from collections.abc import Callable
from dataclasses import dataclass

from campaigns.delivery.transport import Envelope, Outcome, RecordingTransport


@dataclass
class Watched(RecordingTransport):
    """Keeps what it is given, and has the model judge each letter at the moment it leaves."""

    judge: Callable[[str, bytes], None] = lambda address, message: None

    def deliver(self, envelope: Envelope) -> Outcome:
        """Accept, and tell the judge."""
        self.judge(envelope.recipient, envelope.message)
        return super().deliver(envelope)
