"""The mailbox into which bounces, complaints and replies come: looked into every so often, each mail taken once, and only then marked as done.

On threads of their own, so that a mail server that is slow to answer keeps no schedule waiting. No transaction is open while the network is.
A mail that cannot be taken is set aside and does not stop the rest. Nothing that comes in is ever answered.
"""

import imaplib
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol
from urllib.parse import unquote, urlsplit

import structlog
from sqlalchemy.exc import InterfaceError, InternalError, OperationalError, SQLAlchemyError

from audiences import incoming_post
from campaigns.delivery import bounces, incoming, mailboxes, mails
from campaigns.foundation.errors import TryLater
from campaigns.foundation.settings import BadSettings
from workers.tools import Tools

try:
    import imap_tools
except ImportError:  # the extra `mailbox` is not installed
    imap_tools = None  # type: ignore[assignment]

AT_ONCE = 500  # mails in one look
PATIENCE = 30.0  # seconds for each of a mail server's answers
STOPS_WITHIN = 3.0  # seconds that a stop leaves to looks under way; what they had not marked as done is taken again, and counts once
READ = mails.MOST_OCTETS + 1  # of a larger mail the rest is not even fetched
DOWN = (OperationalError, InterfaceError, InternalError)  # the database does not answer: the mail stays where it is
SERVER_GONE = (imaplib.IMAP4.abort, ConnectionError, TimeoutError, ssl.SSLError)
UNREAD = "It could not be read here. Read it in the mailbox it came to."
logger = structlog.get_logger()


class Box(Protocol):
    """A mailbox, opened. `done` is called once a mail is safely taken."""

    def names(self) -> list[str]:
        """The mails that are not done, oldest first."""

    def read(self, name: str) -> bytes:
        """The beginning of one mail, as far as any is read."""

    def done(self, name: str) -> None:
        """Mark it as done."""


class Maildir:
    """A Maildir: what is new is read, and what is done is moved to `cur` as seen."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def names(self) -> list[str]:
        """Everything new, and what somebody has moved without reading it. A folder that may not be listed is a fault: `glob` would find nothing in it,
        and silence would be taken for "nothing came back".
        """
        if not (self.folder / "new").is_dir():
            raise TryLater(f"{self.folder} is not a Maildir")
        found = [path for part in ("new", "cur") for path in sorted((self.folder / part).iterdir()) if not _is_seen(path.name)]
        return [str(path.relative_to(self.folder)) for path in found]

    def read(self, name: str) -> bytes:
        """The file's beginning."""
        with (self.folder / name).open("rb") as file:
            return file.read(READ)

    def done(self, name: str) -> None:
        """Move it to `cur`, seen."""
        path = self.folder / name
        path.rename(self.folder / "cur" / f"{path.name.partition(':2,')[0]}:2,S")


class Imap:
    """A folder on an IMAP server: what is not seen is read, and what is done is marked as seen."""

    def __init__(self, box: "imap_tools.BaseMailBox") -> None:
        self.box = box

    def names(self) -> list[str]:
        """The UIDs of what is not seen."""
        return self.box.uids("UNSEEN")

    def read(self, name: str) -> bytes:
        """The mail's beginning; that alone is fetched, and looking does not mark it."""
        answer, parts = self.box.client.uid("fetch", name, f"(BODY.PEEK[]<0.{READ}>)")
        found = next((part[1] for part in parts if isinstance(part, tuple)), None)
        if answer != "OK" or not isinstance(found, bytes):
            raise TryLater(f"The mail server did not give mail {name}")
        return found

    def done(self, name: str) -> None:
        """Mark it as seen, and nothing more: `flag` of imap-tools would also expunge whatever somebody has marked as deleted."""
        answer, _ = self.box.client.uid("store", name, "+FLAGS", f"({imap_tools.MailMessageFlags.SEEN})")
        if answer != "OK":
            raise TryLater(f"The mail server did not mark mail {name}")


def run(tools: Tools) -> None:
    """Look into every mailbox until asked to stop, on a thread for each: a mail server that never ends an answer keeps no other mailbox waiting, and
    this process not from ending.
    """
    threads = [threading.Thread(target=_keep_looking, args=(url, tools), daemon=True) for url in tools.settings.mailbox_urls]
    for thread in threads:
        thread.start()
    tools.stopping.wait()
    until = time.monotonic() + STOPS_WITHIN
    for thread in threads:
        thread.join(max(until - time.monotonic(), 0))


def _keep_looking(url: str, tools: Tools) -> None:
    """Whatever goes wrong is tried again at the next look."""
    behind = set[str]()
    while not tools.stopping.wait(tools.settings.mailbox_seconds):
        try:
            if not tools.is_held():  # a copy takes no mail away from the real one
                look(url, tools, behind)
        except SQLAlchemyError as fault:
            logger.warning("the mailbox could not reach the database", fault=str(fault))
        except Exception as fault:  # a mail server's many ways of failing; the next look tries again
            logger.exception("the mailbox could not be read", box=mailboxes.name(url), fault=f"{type(fault).__name__}: {fault}")


def look(url: str, tools: Tools, behind: set[str] | None = None) -> int:
    """Take everything that is new in one mailbox; gives how many mails were taken. Once nothing is left in it, its silence counts until now.

    `behind`: mails that could not be taken at an earlier look come last.
    """
    at, behind = tools.clock(), set() if behind is None else behind
    with _opened(url) as box:
        names = box.names()
        behind.intersection_update(names)
        taken = list(_each(box, sorted(names, key=behind.__contains__)[:AT_ONCE], tools, behind))
    with tools.database.transaction() as session:
        if len(taken) == len(names):
            mailboxes.read_through(session, url, at=at)
    return sum(taken)


def _each(box: Box, names: list[str], tools: Tools, behind: set[str]) -> Iterator[bool]:
    """Take each of these mails, until asked to stop; of each that is done, whether it was new. One that cannot be is left `behind`; where the mail
    server has gone with it, so are the others, for now.
    """
    for name in names:
        if tools.stopping.is_set():
            return
        behind.add(name)
        try:
            new = take(box.read(name), tools)
            box.done(name)
        except (*DOWN, *SERVER_GONE):
            raise
        except (TryLater, FileNotFoundError) as fault:  # or another worker has taken it from a Maildir meanwhile
            logger.info("a mail is left for the next look", mail=name, fault=str(fault))
        except Exception as fault:  # one mail's, or the way it is kept; it may be as bad at the next look
            logger.exception("a mail could not be read or marked", mail=name, fault=f"{type(fault).__name__}: {fault}")
        else:
            behind.discard(name)
            yield new


def take(raw: bytes, tools: Tools) -> bool:
    """Take one mail, in one transaction; False when it was taken before. One that cannot be taken is set aside; one that says what became of a
    letter whose sending is not written down yet is left for later (`TryLater`).
    """
    known_by = incoming.digest(raw)
    try:
        reading = bounces.read(raw)
        with tools.database.transaction() as session:
            found = tools.returns.read(session, reading.sent_to)
            return incoming_post.take(session, known_by, reading, found, at=tools.clock()) is not None
    except (*DOWN, TryLater):
        raise
    except Exception:  # whatever a mail may do to us, it does to itself alone
        logger.exception("a mail could not be taken", digest=known_by)
        with tools.database.transaction() as session:
            incoming.set_aside(session, known_by, why=UNREAD, at=tools.clock())
        return False


@contextmanager
def _opened(url: str) -> Iterator[Box]:
    """The mailbox behind a URL. Refuses a kind we do not know."""
    parts = urlsplit(url)
    if parts.scheme == "maildir":
        yield Maildir(Path(unquote(parts.path)))
    elif parts.scheme in {"imap", "imaps"} and imap_tools is not None:
        host, port = parts.hostname or "localhost", parts.port
        box = (
            imap_tools.MailBox(host, port or 993, timeout=PATIENCE, ssl_context=ssl.create_default_context())
            if parts.scheme == "imaps"
            else imap_tools.MailBoxUnencrypted(host, port or 143, timeout=PATIENCE)
        )
        with box.login(
            unquote(parts.username or ""), unquote(parts.password or ""), initial_folder=unquote(parts.path.strip("/")) or "INBOX"
        ) as inside:
            yield Imap(inside)
    else:
        raise BadSettings(f"COUNTERSIGN_MAILBOX_URL: {parts.scheme}:// needs the extra 'mailbox', or is not a mailbox we know")


def _is_seen(name: str) -> bool:
    return "S" in name.partition(":2,")[2]
