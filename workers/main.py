"""`countersign-worker`: run the workers, catch mail locally, rehearse the whole job."""

import contextlib
import gc
import json
import logging
import os
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO, cast

import click
import structlog
from dramatiq import Worker
from sqlalchemy.exc import DatabaseError, SQLAlchemyError

from campaigns.delivery import heartbeats
from campaigns.foundation import audit, late, log, revisions, settings
from campaigns.foundation.errors import CountersignError
from workers import actors, brokers, calendar_reading, mailbox, relay, scheduler, starting, watchdog
from workers.tools import Tools

if TYPE_CHECKING:
    from workers import catcher, rehearsal
else:  # of these a process that sends knows nothing: neither a mail server, nor people who are made up
    catcher, rehearsal = late.module("workers.catcher"), late.module("workers.rehearsal")

# Objects made, less those freed, before Python looks for cycles. With its own 700 a tenth of the time of a process that sends goes into looking at
# letters in hand, which are in none; with 50,000 and rarer looks at what is older it grew by 6 MB more over a million letters.
COLLECTED_AFTER = 10_000, 10, 10
SETTLES_WITHIN = 1.0  # seconds in which what a reply says of the letter in hand is written down
logger = structlog.get_logger()


class Output:
    """Standard output, but what cannot be written is left out: a full disk, or a reader that has gone, stops no work, and no alarm that follows a line."""

    def write(self, words: str) -> None:
        """Write, or not."""
        with contextlib.suppress(OSError):
            sys.stdout.write(words)

    def flush(self) -> None:
        """The same at once."""
        with contextlib.suppress(OSError):
            sys.stdout.flush()


@click.group()
def main() -> None:
    """Countersign's workers."""
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every command
    # pika tells of each connection that RabbitMQ closed because nobody spoke on it, which is opened anew; where the broker is gone Dramatiq says so.
    logging.getLogger("pika").setLevel(logging.CRITICAL)
    structlog.configure(
        processors=[
            structlog.processors.TimeStamper(fmt="iso"),
            structlog.processors.add_log_level,
            structlog.processors.format_exc_info,  # without it a traceback is the word `true`
            structlog.processors.JSONRenderer(),
        ],
        logger_factory=structlog.PrintLoggerFactory(cast("TextIO", Output())),
    )


@main.command()
def run() -> None:
    """Tell, seal, send and watch the clock until SIGTERM or SIGINT; whatever is in hand is finished first.

    Before its database and its broker answer it waits for them.
    """
    with in_one_line():
        give_way()
        gc.set_threshold(*COLLECTED_AFTER)
        tools = starting.gather(settings.load())
        gc.collect()
        gc.freeze()  # what is loaded by now stays; to look through it takes a tenth of a second each time
        work(tools)


@main.command()
@click.option("--host", default="localhost", show_default=True)
@click.option("--port", default=2525, show_default=True, type=click.IntRange(1, 65535))
@click.option("--maildir", type=click.Path(path_type=Path), default=None, help="Default: mail/ in the data directory.")
@click.option("--pace", type=click.FloatRange(min=0, min_open=True), default=None, help="Letters a second, at most.")
def catch(host: str, port: int, maildir: Path | None, pace: float | None) -> None:
    """Catch mail on this machine and pass nothing on."""
    with in_one_line():
        kept = maildir or settings.load().mail_dir
        catcher.run(host=host, port=port, maildir=kept, journal=kept.with_suffix(".journal"), pace=pace)


@main.command()
@click.option("--people", type=click.IntRange(min=1), required=True, help="How many people get a letter.")
@click.option("--variants", type=click.IntRange(1, 3), default=3, show_default=True, help="How many audiences they are in.")
@click.option("--workers", type=click.IntRange(min=1), default=1, show_default=True, help="Worker processes; several need a broker.")
@click.option("--smtp", metavar="HOST:PORT", help="A mail server instead of our own catcher.")
@click.option("--database-url", help="An empty database, left to be looked at. Default: SQLite in a folder that is removed.")
@click.option("--broker-url", help="amqp://… or redis://…; default: in memory.")
@click.option("--pace", type=click.FloatRange(min=0, min_open=True), help="Letters a second our own catcher takes at most.")
@click.option("--keep", type=click.Path(path_type=Path), help="A new folder that keeps database, Maildir, journal and audience.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object, for programs.")
def rehearse(as_json: bool, **plan: Any) -> None:
    """Play the whole job through on made-up people under .test, and count what arrived. Exit code 1 when anything did not."""
    logging.getLogger("alembic").setLevel(logging.WARNING)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the processes we started are stopped with us
    with in_one_line():
        figures = rehearsal.rehearse(planned := rehearsal.Plan(**plan))
    click.echo(json.dumps(figures) if as_json else "\n".join(f"{name:20} {value}" for name, value in figures.items()))
    for command in rehearsal.proofs(planned, figures):
        click.echo(command, err=as_json)
    sys.exit(int(any(figures[fault] for fault in rehearsal.FAULTS)))


@contextlib.contextmanager
def in_one_line() -> Iterator[None]:
    """What is refused, and why a file or a host cannot be used, is said in one line, with exit code 1."""
    try:
        yield
    except CountersignError as problem:
        raise click.ClickException(str(problem)) from problem
    except OSError as fault:
        raise click.ClickException(f"{fault.filename or 'Something'} cannot be used: {fault.strerror or fault}.") from fault
    except DatabaseError as fault:
        raise click.ClickException(f"The database cannot be used: {fault.orig}.") from fault


def give_way() -> None:
    """Let this process interrupt no other when it is woken: one woken by each reply would keep the relay from the next letter, which it has already,
    and pages from whoever waits for them. What it gets of the processor in all stays the same, and what an operator chose for it stands. Source:
    sched(7), SCHED_BATCH.
    """
    with contextlib.suppress(AttributeError, OSError):  # not every system knows it, and a container may forbid it
        if os.sched_getscheduler(0) == os.SCHED_OTHER:
            os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))


def work(tools: Tools) -> None:
    """One worker process: a lane of Dramatiq threads each, the relay and the clock, until a signal asks it to stop."""
    broker_url, database_url = tools.settings.broker_url, tools.settings.database_url
    brokers_by_lane = {lane: brokers.connect(broker_url) for lane in actors.LANES}
    lanes = {lane: actors.enlist(broker, tools, name=brokers.queue(lane, database_url)) for lane, broker in brokers_by_lane.items()}
    workers = [brokers.hearer(broker, threads=actors.LANES[lane]) for lane, broker in brokers_by_lane.items()]
    if broker_url is None:  # what this process's memory held is gone
        with tools.database.transaction() as session:
            log.forget_hints(session, at=tools.clock())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: tools.stopping.set())
    threads = [threading.Thread(target=relay.run, args=(tools, lanes))]
    threads += [threading.Thread(target=loop, args=(tools,)) for loop in (scheduler.run, mailbox.run, calendar_reading.run)]
    for worker in workers:
        worker.start()
    for thread in threads:
        thread.start()
    _tell_of_the_start(tools)
    threading.Thread(target=watchdog.run, args=(tools, threads), daemon=True).start()
    tools.stopping.wait()
    for thread in threads:
        thread.join()
    _lay_down(tools, workers)
    for broker in brokers_by_lane.values():
        broker.close()
    with contextlib.suppress(SQLAlchemyError):  # a database that is away hears of it from whoever comes next
        scheduler.watch_arming(tools)  # so that the arming file knows of the last fact, too
        audit.chain_all(tools.database)  # the threads wrote on after the clock's last look
        with tools.database.transaction() as session:
            heartbeats.end(session, tools.name)
    tools.database.dispose()


def _tell_of_the_start(tools: Tools) -> None:
    """One line for whoever reads the log later: what began, of which version, and what it works with. No secret: of a URL its kind or its host."""
    settings = tools.settings
    logger.info(
        "this worker begins",
        worker=tools.name,
        tables=revisions.newest(),
        kind=settings.env,
        database=tools.database.engine.dialect.name,
        broker=(settings.broker_url or "in memory").partition(":")[0],
        relays=settings.relay_hosts,
        lanes=actors.LANES,
        journals=str(settings.journals.resolve()),
        arming=str(settings.arming_path),
    )


def _lay_down(tools: Tools, workers: list[Worker]) -> None:
    """Stop every lane, all at once, so that one that hangs takes no time of another: the reply to a dot that has gone is waited for. Where a letter
    is in hand for longer, this process ends with it.
    """
    patience = int(1000 * (tools.settings.smtp_timeout + SETTLES_WITHIN))
    stops = [threading.Thread(target=worker.stop, args=(patience,)) for worker in workers]
    for stop in stops:
        stop.start()
    for stop in stops:
        stop.join()
    if not any(thread.is_alive() for worker in workers for thread in worker.workers):
        tools.transport.close()
        tools.journal.close()
