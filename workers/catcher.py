"""A local mail catcher: real SMTP on loopback, every letter kept in a Maildir, nothing passed on. For development and rehearsals.

Before it answers it writes a line to its journal: when, Message-ID, recipients, SHA-256 of what it was given, and the reply.
"""

import asyncio
import hashlib
import json
import os
import re
import signal
import time
from pathlib import Path
from typing import IO, Any

from aiosmtpd.controller import UnthreadedController
from aiosmtpd.smtp import SMTP, Envelope, Session

from campaigns.foundation.errors import Refused

SET_WHEN_SENT = re.compile(
    rb"(?:(?:DKIM-Signature|Date|Received):[^\n]*\n(?:[ \t][^\n]*\n)*)*", re.IGNORECASE
)  # in front of what was sealed
MESSAGE_ID = re.compile(rb"^Message-ID:\s*(\S+)", re.IGNORECASE | re.MULTILINE)
LARGEST = 5_000_000


class Catcher:
    """Keeps what it is given, at most `pace` letters a second."""

    def __init__(self, maildir: Path, journal: IO[str], pace: float | None) -> None:
        self.maildir = maildir
        self.kept = 0
        self.journal, self.pace = journal, pace
        self.free_at = time.monotonic()

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep one letter and say so."""
        if self.pace:
            self.free_at = max(self.free_at, time.monotonic()) + 1 / self.pace
            await asyncio.sleep(self.free_at - time.monotonic())
        content = envelope.original_content or b""
        self._keep(content)
        reply = "250 2.0.0 kept by the local catcher"
        self._note(content, envelope, reply)
        return reply

    def _keep(self, content: bytes) -> None:
        """Written aside and moved in, as a Maildir asks; not forced to disk, since nobody's post depends on it."""
        self.kept += 1
        name = f"{time.time_ns()}.{os.getpid()}_{self.kept}.catcher"
        (self.maildir / "tmp" / name).write_bytes(content)
        (self.maildir / "tmp" / name).rename(self.maildir / "new" / name)

    def _note(self, content: bytes, envelope: Envelope, reply: str) -> None:
        head = content.partition(b"\r\n\r\n")[0]
        found = MESSAGE_ID.search(head)
        line: dict[str, Any] = {
            "at": time.time(),
            "message_id": found[1].decode("ascii", "replace") if found else "",
            "to": envelope.rcpt_tos,
            "sha256": hashlib.sha256(content).hexdigest(),
            "canonical_sha256": hashlib.sha256(SET_WHEN_SENT.sub(b"", content, count=1)).hexdigest(),
            "bytes": len(content),
            "reply": reply,
        }
        self.journal.write(json.dumps(line) + "\n")
        self.journal.flush()


def run(*, host: str, port: int, maildir: Path, journal: Path, pace: float | None) -> None:
    """Catch until SIGTERM or SIGINT. Refuses where nothing can listen."""
    for folder in ("tmp", "new", "cur"):
        (maildir / folder).mkdir(parents=True, exist_ok=True)
    with journal.open("a", encoding="utf-8") as lines, asyncio.Runner() as runner:  # whoever still talks to it is cut off in the end
        loop = runner.get_loop()
        catcher = Catcher(maildir, lines, pace)
        controller = UnthreadedController(
            catcher, hostname=host, port=port, loop=loop, data_size_limit=LARGEST, ident="Countersign catcher"
        )
        try:
            controller.begin()  # type: ignore[no-untyped-call]
        except OSError as problem:
            raise Refused(f"No mail can be caught on {host}:{port}: {problem.strerror}.") from None
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, loop.stop)
        loop.run_forever()
        controller.end()  # type: ignore[no-untyped-call]
