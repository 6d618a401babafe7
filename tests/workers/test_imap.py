"""A mailbox on an IMAP server: nothing in it is deleted, one that cannot show who it is is told nothing, and one that never ends holds up nobody."""

import socketserver
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.campaigns.delivery import certificates
from tests.processes.patience import until
from tests.workers import boxes
from workers import mailbox
from workers.tools import Tools

REPLY = b"From: anna@ashby.test\r\nSubject: Re: What LOPP is\r\n\r\nThank you."


def test_a_mail_that_somebody_marked_as_deleted_is_still_there_after_a_look(tools: Tools) -> None:
    with boxes.imap(REPLY, REPLY + b" Anna") as server:
        server.deleted = {1}

        assert mailbox.look(server.url, tools) == 2
        assert (set(server.mails), server.seen) == ({1, 2}, {1, 2})


def test_a_mail_server_is_told_the_password_once_its_certificate_can_be_trusted(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, shows = certificates.signed_by_itself(tmp_path, "127.0.0.1")
    with boxes.imap(REPLY, shows=shows) as server:
        with pytest.raises(ssl.SSLCertVerificationError):
            mailbox.look(server.url, tools)
        assert server.seen == set()

        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert mailbox.look(server.url, tools) == 1


class Dripping(socketserver.BaseRequestHandler):
    """Greets without an end."""

    def handle(self) -> None:
        """One letter after the other."""
        self.request.sendall(b"* OK ")
        while True:
            self.request.sendall(b"a")
            time.sleep(0.05)


@contextmanager
def dripping() -> Iterator[str]:
    """A mail server that never ends its answer."""
    with boxes.Server(("127.0.0.1", 0), Dripping) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server.url
        server.shutdown()


def test_a_mail_server_that_never_ends_an_answer_keeps_no_other_mailbox_waiting_and_no_worker_from_ending(
    tools: Tools, box: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mailbox, "STOPS_WITHIN", 0.5)
    (box / "new" / "1.test").write_bytes(REPLY)
    with dripping() as url:
        tools.settings = tools.settings.model_copy(update={"mailbox_url": f"{url} maildir://{box}", "mailbox_seconds": 0.1})
        running = threading.Thread(target=mailbox.run, args=(tools,), daemon=True)
        running.start()
        until(lambda: not list((box / "new").iterdir()), "the other mailbox is read", within=10)
        tools.stopping.set()
        running.join(10)

        assert not running.is_alive()
