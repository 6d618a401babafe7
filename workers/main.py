"""`countersign-worker`: run the workers, catch mail locally, rehearse the whole job."""

import logging
import signal
import threading
from pathlib import Path

import click
import structlog
from dramatiq import Worker

from campaigns.foundation import log, settings
from campaigns.foundation.errors import CountersignError
from workers import actors, brokers, catcher, relay, scheduler, tools
from workers.tools import Tools

STOP_WITHIN = 4_500  # milliseconds; one letter's replies may still be waited for
QUEUE_PREFIX = "countersign"


@click.group()
def main() -> None:
    """Countersign's workers."""
    logging.basicConfig(level=logging.INFO)
    logging.getLogger("mail.log").setLevel(logging.WARNING)  # aiosmtpd tells every command
    structlog.configure(
        processors=[structlog.processors.TimeStamper(fmt="iso"), structlog.processors.add_log_level, structlog.processors.JSONRenderer()]
    )


@main.command()
def run() -> None:
    """Tell, seal, send and watch the clock until SIGTERM or SIGINT; whatever is in hand is finished first."""
    try:
        workshop = tools.gather(settings.load())
        work(workshop)
    except CountersignError as problem:
        raise click.ClickException(str(problem)) from problem


@main.command()
@click.option("--host", default="localhost", show_default=True)
@click.option("--port", default=2525, show_default=True)
@click.option("--maildir", type=click.Path(path_type=Path), default=None, help="Default: mail/ in the data directory.")
@click.option("--pace", type=float, default=None, help="Letters a second, at most.")
def catch(host: str, port: int, maildir: Path | None, pace: float | None) -> None:
    """Catch mail on this machine and pass nothing on."""
    kept = maildir or settings.load().mail_dir
    catcher.run(host=host, port=port, maildir=kept, journal=kept.with_suffix(".journal"), pace=pace)


def work(workshop: Tools) -> None:
    """One worker process: a lane of Dramatiq threads each, the relay and the clock, until a signal asks it to stop."""
    brokers_by_lane = {lane: brokers.connect(workshop.settings.broker_url) for lane in actors.LANES}
    lanes = {lane: actors.enlist(broker, workshop, name=f"{QUEUE_PREFIX}-{lane}") for lane, broker in brokers_by_lane.items()}
    workers = [Worker(broker, worker_threads=actors.LANES[lane]) for lane, broker in brokers_by_lane.items()]
    if workshop.settings.broker_url is None:  # what this process's memory held is gone
        with workshop.database.transaction() as session:
            log.forget_hints(session, at=workshop.clock())
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: workshop.stopping.set())
    threads = [threading.Thread(target=relay.run, args=(workshop, lanes)), threading.Thread(target=scheduler.run, args=(workshop,))]
    for worker in workers:
        worker.start()
    for thread in threads:
        thread.start()
    workshop.stopping.wait()
    for thread in threads:
        thread.join()
    for worker in workers:
        worker.stop(timeout=STOP_WITHIN)
    for broker in brokers_by_lane.values():
        broker.close()
    workshop.transport.close()
    workshop.database.dispose()
