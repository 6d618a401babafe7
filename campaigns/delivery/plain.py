"""The reference: the same outcomes as `pipelined`, by the standard library's smtplib, one question at a time; one recipient a message.

Tests hold the two against each other, byte for byte and fault for fault. It is also the way round a relay that says it can do PIPELINING
and cannot: `?client=plain` in the relay's URL. Its waits are the standard library's: so long for each read, with no end to all of them.
"""

import contextlib
import smtplib
import socket
import time

from campaigns.delivery import calling, line, lookups, transport
from campaigns.delivery.line import LineFault
from campaigns.delivery.relay_urls import Relay
from campaigns.delivery.transport import Ends, Envelope, MayGo, OneAtATime, Outcome
from campaigns.foundation.errors import TryLater

FAULTS = (OSError, smtplib.SMTPException)


class _WholeLines:
    """What smtplib reads from: a line that was cut off is none, a reply has an end, and what came too early can be seen."""

    def __init__(self, connection: socket.socket) -> None:
        self.connection, self.unread, self.left = connection, b"", line.LONGEST_REPLY

    def readline(self, longest: int) -> bytes:
        """The next line, with its end; nothing when the relay has closed."""
        while b"\n" not in self.unread and len(self.unread) < longest:
            if not (octets := self.connection.recv(16_384)):
                break
            self.unread += octets
        read = self.unread[: min(self.unread.find(b"\n") + 1 or longest, longest)]
        self.unread, self.left = self.unread[len(read) :], self.left - len(read)
        if self.left < 0 or (read and len(read) < longest and not read.endswith(b"\n")):
            raise LineFault("the relay's reply does not end")
        return read

    def speaks(self) -> bool:
        """Whether anything is here to be read by now."""
        patience = self.connection.gettimeout()
        self.connection.setblocking(False)
        with contextlib.suppress(OSError):  # nothing, or a fault, which comes up again when a reply is read
            self.unread += self.connection.recv(line.AT_ONCE)
        self.connection.settimeout(patience)
        return bool(self.unread)

    def close(self) -> None:
        """As smtplib wants it; the connection is closed by itself."""


class _Smtp(smtplib.SMTP):
    """smtplib on a line of ours."""

    used = False  # a dot was answered on it

    def __init__(self, relay: Relay, timeout: float) -> None:
        self.relay = relay
        super().__init__(relay.host, relay.port, local_hostname=lookups.own_name(), timeout=timeout)

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        connection = calling.dial(self.relay, time.monotonic() + timeout)
        connection.settimeout(timeout)
        return connection

    def getreply(self) -> tuple[int, bytes]:
        """One reply with all its lines."""
        if self.file is None and self.sock is not None:
            self.file = _WholeLines(self.sock)
        if self.file is not None:
            self.file.left = line.LONGEST_REPLY
        return super().getreply()

    def speaks(self) -> bool:
        """Whether anything was said by now that was not asked for."""
        return self.file is not None and self.file.speaks()


class PlainTransport(OneAtATime):
    """A kept-open SMTP connection to the relay at a URL (see `Relay`)."""

    def __init__(self, url: str, *, timeout: float, only_under: str | None = None) -> None:
        self.relay, self.timeout, self.only_under = Relay.at(url), timeout, only_under
        self.connection: _Smtp | None = None

    def deliver(self, envelope: Envelope, *, may_go: MayGo = transport.always, following: Ends | None = None) -> Outcome:
        """Hand one message to the relay, and wait for each reply; see `transport` for what an outcome means."""
        if elsewhere := transport.not_ours_to_write_to(envelope.recipient, self.only_under):
            return elsewhere
        commands, body = envelope.commands, envelope.framed
        if self.connection is not None and self.connection.speaks():
            self._forget()
        stood_open, used = self.connection is not None, self.connection is not None and self.connection.used
        try:
            outcome = self._hand_over(self._connected(), commands, body, may_go)
            if stood_open and transport.says_nothing(outcome, used=used):
                self._forget()
                outcome = self._hand_over(self._connected(), commands, body, may_go)
            return outcome
        except BaseException:  # a late reply could pass for the next letter's
            self._forget()
            raise

    def close(self) -> None:
        """Say goodbye, if connected; whatever the relay answers no longer matters."""
        if self.connection is not None:
            with contextlib.suppress(*FAULTS):
                self.connection.quit()
            self._forget()

    def _connected(self) -> _Smtp:
        if self.connection is None:
            try:
                self.connection = self._connect()
            except FAULTS as fault:
                where = f"{self.relay.host}:{self.relay.port}"
                raise TryLater(f"The relay {where} does not answer ({transport.sentence(fault)})") from fault
        return self.connection

    def _connect(self) -> _Smtp:
        smtp = _Smtp(self.relay, self.timeout)
        try:
            smtp.ehlo_or_helo_if_needed()
            if self.relay.starttls:
                smtp.starttls(context=calling.encryption())
                smtp.ehlo()
            if self.relay.login and smtp.sock is not None:
                calling.refuse_open_login(smtp.sock)
                smtp.login(*self.relay.login)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _hand_over(self, smtp: _Smtp, commands: bytes, body: bytes, may_go: MayGo) -> Outcome:
        if smtp.has_extn("8bitmime"):
            commands = transport.with_eight_bits(commands, is_ascii=body.isascii())
        for stage, command in transport.by_stage(commands).items():
            refusal = self._before_the_dot(smtp, stage, command)
            if refusal is not None:
                return refusal
        if smtp.speaks():  # an answer before the question
            return self._early(smtp)
        try:
            smtp.send(body)
        except OSError as fault:
            return self._dropped("deferred", "body", fault)
        if smtp.speaks():
            return self._early(smtp)
        if not may_go():
            self._forget()
            return transport.NOT_TO_GO
        return self._after_the_dot(smtp)

    def _before_the_dot(self, smtp: _Smtp, stage: str, command: str) -> Outcome | None:
        try:
            code, said = smtp.docmd(command)
        except FAULTS as fault:
            return self._dropped("deferred", stage, fault)
        refusal = transport.before_the_dot(stage, code, said)
        if refusal is not None and transport.in_step(code):
            self._reset()
        elif refusal is not None:
            self._forget()
        return refusal

    def _early(self, smtp: _Smtp) -> Outcome:
        try:
            return transport.before_the_body(*smtp.getreply())
        except FAULTS as fault:
            return Outcome("deferred", "DATA", transport.sentence(fault))
        finally:
            self._forget()

    def _after_the_dot(self, smtp: _Smtp) -> Outcome:
        try:
            smtp.send(b".\r\n")
            code, said = smtp.getreply()
        except FAULTS as fault:
            return self._dropped("unknown", "dot", fault)
        smtp.used = True
        if not (200 <= code <= 299 or transport.in_step(code)):
            self._forget()
        return transport.after_the_dot(code, said)

    def _dropped(self, kind: str, stage: str, fault: Exception) -> Outcome:
        self._forget()
        return Outcome(kind, stage, transport.sentence(fault))

    def _reset(self) -> None:
        try:
            if self.connection is not None and self.connection.rset()[0] == 250:
                return
        except FAULTS:
            pass
        self._forget()

    def _forget(self) -> None:
        if self.connection is not None:
            self.connection.close()
            self.connection = None
