"""How the installation is: alive, ready, and the few figures an operator watches. No names, no addresses, no secrets."""

import contextlib
import ipaddress
import math
from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from flask import Blueprint, Response, abort, request
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, func, select

from campaigns.agreement import releases, replaced
from campaigns.agreement.releases import Release
from campaigns.delivery import arming, deliveries, domains, heartbeats, mailboxes, notices, speed, unclear
from campaigns.foundation import audit, disks, revisions, stamps
from campaigns.foundation.log import Untold
from campaigns.foundation.revisions import OtherRevision
from campaigns.foundation.stamps import WrongDatabase
from web import desk, states

bp = Blueprint("health", __name__)


@bp.get("/healthz")
def alive() -> Response:
    """The process answers."""
    return _said("alive")


@bp.get("/readyz")
def ready() -> Response:
    """The database answers, is of our kind, stands at the newest revision, and may be written to; and there is room to write."""
    try:
        with desk.reading() as session:
            stamps.check(session, desk.settings().env)
        revisions.refuse_others(desk.database().engine)
        read_only, full = desk.database().is_read_only(), disks.full(desk.settings())
    except (SQLAlchemyError, WrongDatabase):
        return _said("the database does not answer, or is not ours", 503)
    except OtherRevision as other:
        return _said(str(other), 503)
    except OSError:
        return _said("a folder cannot be looked at: the database's, or the data folder", 503)
    if read_only:
        return _said("the database is read-only: a standby, or told to be; nothing can be saved", 503)
    if full:
        return _said(f"there is no room left on the disk of: {', '.join(full)}", 503)
    return _said("ready")


@bp.get("/metrics")
def metrics() -> Response:
    """Figures for Prometheus; only for this machine."""
    if not _from_this_machine():
        abort(404)
    registry = CollectorRegistry()
    with desk.reading() as session:
        _measure(session, partial(_tell, registry))
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _measure(session: Session, tell: Callable[..., None]) -> None:
    untold, at, mailbox_urls = select(func.count()).select_from(Untold), desk.now(), desk.settings().mailbox_urls
    tell("countersign_events_untold", "Events some subscriber has still to hear", session.exec(untold).one())
    failing = session.exec(untold.where(Untold.attempts > 0)).one()
    tell("countersign_events_failing", "Untold events whose subscriber failed at least once", failing)
    tell("countersign_events_unlinked", "Events that have no place in the chain over the log yet", audit.unlinked(session))
    waiting, refused = notices.counted(session)
    tell("countersign_notices_waiting", "System e-mails still to be posted", waiting)
    tell("countersign_letters_possibly_twice", "Letters that were to go again though they may have gone", unclear.maybe_twice(session))
    troubled = len(domains.troubled(session, at=at))
    tell("countersign_mail_domains_troubled", "Mail domains that rest or are being tried again", troubled)
    read_until, never = mailboxes.read_until(session, mailbox_urls), math.inf if mailbox_urls else 0
    unread = (at - read_until).total_seconds() if read_until else never
    tell("countersign_mailboxes_unread_seconds", "For how long one of the mailboxes was not read through", unread)
    machines = {"armed": len(arming.armed(session)), "held": len(arming.waiting(session))}
    tell("countersign_machines", "Machines that may send, and those that wait for both parties", machines)
    room: Mapping[str, int] = {}
    with contextlib.suppress(OSError):  # /readyz says so of a folder that cannot be looked at
        room = disks.free(desk.settings())
    tell("countersign_disk_free_bytes", "Room left on the disk of the data folder, and of a database file", room, label="of")
    scheduled = replaced.without(session, "scheduled")
    late = sum(one.scheduled_for is not None and one.scheduled_for + states.LATE < at for one in scheduled)
    tell("countersign_releases_late", "Releases that were to begin two minutes ago or earlier and have not", late)
    tell("countersign_notices_refused", "System e-mails that were refused for good, or whose fate is unclear", refused)
    _how_it_goes(session, tell, at)
    tell("countersign_letters", "Letters by state", deliveries.counted(session))
    by_state = select(Release.state, func.count()).group_by(Release.state)
    tell("countersign_releases", "Releases by state", dict(session.exec(by_state).all()))


def _how_it_goes(session: Session, tell: Callable[..., None], at: datetime) -> None:
    workers = "Workers seen in the last two minutes: those that may send, and those that may not"
    tell("countersign_workers", workers, heartbeats.counted(session, at=at))
    going = releases.in_state(session, "sending")
    speeds = [speed.of(session, release, at=at) for release in going]
    tell("countersign_letters_per_second", "Letters tried a second over the last minute", sum(one.rate for one in speeds))
    waits = [(at - one.oldest_due).total_seconds() for one in speeds if one.oldest_due]
    tell("countersign_oldest_due_seconds", "For how long the oldest letter that is due has waited", max(waits, default=0))
    letters = [deliveries.tally(session, release)["queued"] for release in going]
    spans = [one.time_left(number) for one, number in zip(speeds, letters, strict=True)]
    left = max((span.total_seconds() for span in spans if span), default=0)
    tell("countersign_seconds_left", "How long the letters that wait take at this rate, of the slowest release", left)


def _tell(registry: CollectorRegistry, name: str, said: str, figure: float | Mapping[str, float], *, label: str = "state") -> None:
    """Put a figure among the metrics, or one for each value of a label."""
    if isinstance(figure, Mapping):
        gauge = Gauge(name, said, [label], registry=registry)
        for value, number in figure.items():
            gauge.labels(value).set(number)
    else:
        Gauge(name, said, registry=registry).set(figure)


def _from_this_machine() -> bool:
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback and "X-Forwarded-For" not in request.headers
    except ValueError:
        return False


def _said(words: str, status: int = 200) -> Response:
    return Response(words + "\n", status, mimetype="text/plain")
