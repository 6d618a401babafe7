"""How a letter reaches the relay: the one module that opens SMTP, in plain smtplib, one recipient a message.

Every failure before the final dot is definite: nothing was accepted. Whatever goes wrong after the dot, before a whole reply is read, is
*unknown*: the relay may have taken the letter. A fast transport may stand behind the same interface; this one stays the reference.
"""

import contextlib
import smtplib
import socket
import ssl
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

from campaigns.foundation.errors import TryLater


@dataclass(frozen=True)
class Envelope:
    """One message to one recipient, as it goes on the wire: CRLF line ends, no line starting with a dot."""

    sender: str
    recipient: str
    message: bytes


@dataclass(frozen=True)
class Outcome:
    """What the relay said: accepted, rejected, deferred or unknown, at which stage, in its own words."""

    kind: str
    stage: str
    said: str


class Transport(Protocol):
    """What a sender needs of a transport. `deliver` raises `TryLater` when there is no relay to talk to."""

    def deliver(self, envelope: Envelope) -> Outcome:
        """Hand one message to the relay."""

    def close(self) -> None:
        """Say goodbye, if connected."""


class SmtpTransport:
    """A kept-open SMTP connection by URL: smtp://, smtps://, ?starttls=require, user:password@ where the relay asks."""

    def __init__(self, url: str, *, timeout: float, only_under: str | None = None) -> None:
        parts = urlsplit(url)
        self.host, self.secure = parts.hostname or "localhost", parts.scheme == "smtps"
        self.port = parts.port or (465 if self.secure else 25)
        self.starttls = parse_qs(parts.query).get("starttls") == ["require"]
        self.login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        self.timeout, self.only_under = timeout, only_under
        self.connection: smtplib.SMTP | None = None

    def deliver(self, envelope: Envelope) -> Outcome:
        """Hand one message to the relay; see the module for what an outcome means."""
        if self.only_under and not envelope.recipient.endswith(self.only_under):
            return Outcome("rejected", "here", f"a rehearsal writes to addresses under {self.only_under} only")
        smtp = self._connected()
        for stage, step in (
            ("MAIL", lambda: smtp.mail(envelope.sender)),
            ("RCPT", lambda: smtp.rcpt(envelope.recipient)),
            ("DATA", lambda: smtp.docmd("DATA")),
        ):
            refusal = self._before_the_dot(stage, step)
            if refusal is not None:
                return refusal
        try:
            smtp.send(envelope.message if envelope.message.endswith(b"\r\n") else envelope.message + b"\r\n")
        except OSError as fault:
            return self._dropped("deferred", "body", fault)
        return self._after_the_dot(smtp)

    def close(self) -> None:
        """Say goodbye, if connected; whatever the relay answers no longer matters."""
        if self.connection is not None:
            with contextlib.suppress(OSError, smtplib.SMTPException):
                self.connection.quit()
            self.connection = None

    def _connected(self) -> smtplib.SMTP:
        if self.connection is None:
            try:
                self.connection = self._connect()
            except (OSError, smtplib.SMTPException) as fault:
                raise TryLater(f"The relay {self.host}:{self.port} does not answer ({_sentence(fault)})") from fault
        return self.connection

    def _connect(self) -> smtplib.SMTP:
        secured = ssl.create_default_context()
        smtp = (
            smtplib.SMTP_SSL(self.host, self.port, timeout=self.timeout, context=secured)
            if self.secure
            else smtplib.SMTP(self.host, self.port, timeout=self.timeout)
        )
        smtp.ehlo_or_helo_if_needed()
        if self.starttls:
            smtp.starttls(context=secured)
            smtp.ehlo()
        if self.login:
            smtp.login(*self.login)
        if smtp.sock is not None:  # the dot goes in a packet of its own; unless told, TCP would hold it back for the body's receipt
            smtp.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return smtp

    def _before_the_dot(self, stage: str, step: object) -> Outcome | None:
        try:
            code, said = step()  # type: ignore[operator]
        except (OSError, smtplib.SMTPException) as fault:
            return self._dropped("deferred", stage, fault)
        if code in (250, 251, 354):
            return None
        if code == 421:
            self._forget()
        else:
            self._reset()
        return Outcome("rejected" if code >= 500 else "deferred", stage, _reply(code, said))

    def _after_the_dot(self, smtp: smtplib.SMTP) -> Outcome:
        try:
            smtp.send(b".\r\n")
            code, said = smtp.getreply()
        except (OSError, smtplib.SMTPException) as fault:
            return self._dropped("unknown", "dot", fault)
        if code == 421:
            self._forget()
        if not 200 <= code <= 599 or 300 <= code < 400:
            self._forget()
            return Outcome("unknown", "dot", _reply(code, said))
        kind = "accepted" if code < 300 else "rejected" if code >= 500 else "deferred"
        return Outcome(kind, "dot", _reply(code, said))

    def _dropped(self, kind: str, stage: str, fault: Exception) -> Outcome:
        self._forget()
        return Outcome(kind, stage, _sentence(fault))

    def _reset(self) -> None:
        try:
            if self.connection is not None and self.connection.rset()[0] == 250:
                return
        except (OSError, smtplib.SMTPException):
            pass
        self._forget()

    def _forget(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None


@dataclass
class RecordingTransport:
    """A transport that keeps what it is given: for tests, and for looking at letters without a relay."""

    sent: list[Envelope] = field(default_factory=list)
    outcomes: list[Outcome] = field(default_factory=list)  # handed out in order, then accepted for ever

    def deliver(self, envelope: Envelope) -> Outcome:
        """Keep the message unless the next scripted outcome refuses it."""
        outcome = self.outcomes.pop(0) if self.outcomes else Outcome("accepted", "dot", "250 recorded")
        if outcome.kind in {"accepted", "unknown"}:
            self.sent.append(envelope)
        return outcome

    def close(self) -> None:
        """Nothing is open."""


def _reply(code: int, said: bytes) -> str:
    return f"{code} {said.decode('utf-8', 'replace')}"


def _sentence(fault: Exception) -> str:
    return f"{type(fault).__name__}: {fault}"[:300]
