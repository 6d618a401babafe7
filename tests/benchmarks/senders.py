"""Who is measured, in the order in which they take turns, and what share of the letters the slow ones send."""

from dataclasses import dataclass

from tests.benchmarks import peers
from tests.benchmarks.errands import Send
from tests.benchmarks.ours import Setup


@dataclass(frozen=True)
class Sender:
    """Who it is, how it sends, and one in how many of the letters it is given, as it is slow."""

    said: str
    send: Send
    one_in: int = 1

    def letters(self, of: int) -> int:
        """How many it sends in a run of so many."""
        return max(of // self.one_in, 100)


LIMIT, OURS, NODEMAILER, POST_OFFICE, LOOP = "smtp-source", "ours-postgresql-2", "nodemailer", "post-office", "loop"
SENDERS = {
    LIMIT: Sender("`smtp-source -d -s 16`, a constant message", peers.smtp_source),
    "ours-sqlite-1": Sender("Countersign, SQLite, 1 worker", Setup("sqlite", 1).send),
    "ours-postgresql-1": Sender("Countersign, PostgreSQL + RabbitMQ, 1 worker", Setup("postgresql", 1).send),
    OURS: Sender("Countersign, PostgreSQL + RabbitMQ, 2 workers", Setup("postgresql", 2).send),
    NODEMAILER: Sender("Nodemailer's pool, 10 connections", peers.nodemailer, one_in=5),
    POST_OFFICE: Sender("django-post-office, PostgreSQL, 2 processes, end to end", peers.post_office, one_in=15),
    LOOP: Sender("smtplib loop with `EmailMessage`", peers.smtplib_loop, one_in=10),
}
