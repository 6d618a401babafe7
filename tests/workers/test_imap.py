"""A mailbox on an IMAP server: nothing in it is deleted, and a server that cannot show who it is is told nothing."""

import ssl
from pathlib import Path

import pytest

from tests.campaigns.delivery import certificates
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
