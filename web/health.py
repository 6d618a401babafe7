"""How the installation is: alive, ready, and the few figures an operator watches. No names, no addresses, no secrets."""

import contextlib
import ipaddress
import math
from collections.abc import Mapping

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
        _measure(session, registry)
    return Response(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def _measure(session: Session, registry: CollectorRegistry) -> None:
    untold = Gauge("countersign_events_untold", "Events some subscriber has still to hear", registry=registry)
    untold.set(session.exec(select(func.count()).select_from(Untold)).one())
    failing = Gauge("countersign_events_failing", "Untold events whose subscriber failed at least once", registry=registry)
    failing.set(session.exec(select(func.count()).select_from(Untold).where(Untold.attempts > 0)).one())
    unlinked = Gauge("countersign_events_unlinked", "Events that have no place in the chain over the log yet", registry=registry)
    unlinked.set(audit.unlinked(session))
    waiting, refused = notices.counted(session)
    unposted = Gauge("countersign_notices_waiting", "System e-mails still to be posted", registry=registry)
    unposted.set(waiting)
    twice = Gauge("countersign_letters_possibly_twice", "Letters that were to go again though they may have gone", registry=registry)
    twice.set(unclear.maybe_twice(session))
    resting = Gauge("countersign_mail_domains_troubled", "Mail domains that rest or are being tried again", registry=registry)
    resting.set(len(domains.troubled(session, at=desk.now())))
    heard_until = mailboxes.read_until(session, desk.settings().mailbox_urls)
    unread = Gauge("countersign_mailboxes_unread_seconds", "For how long one of the mailboxes was not read through", registry=registry)
    never = math.inf if desk.settings().mailbox_urls else 0
    unread.set((desk.now() - heard_until).total_seconds() if heard_until else never)
    machines = Gauge("countersign_machines", "Machines that may send, and those that wait for both parties", ["state"], registry=registry)
    machines.labels("armed").set(len(arming.armed(session)))
    machines.labels("held").set(len(arming.waiting(session)))
    room = Gauge(
        "countersign_disk_free_bytes", "Room left on the disk of the data folder, and of a database file", ["of"], registry=registry
    )
    with contextlib.suppress(OSError):  # /readyz says so of a folder that cannot be looked at
        _by_state(room, disks.free(desk.settings()))
    late = Gauge("countersign_releases_late", "Releases that were to begin two minutes ago or earlier and have not", registry=registry)
    late.set(
        sum(
            one.scheduled_for is not None and one.scheduled_for + states.LATE < desk.now() for one in replaced.without(session, "scheduled")
        )
    )
    lost = Gauge("countersign_notices_refused", "System e-mails that were refused for good, or whose fate is unclear", registry=registry)
    lost.set(refused)
    _how_it_goes(session, registry)
    _by_state(Gauge("countersign_letters", "Letters by state", ["state"], registry=registry), deliveries.counted(session))
    by_state = select(Release.state, func.count()).group_by(Release.state)
    _by_state(Gauge("countersign_releases", "Releases by state", ["state"], registry=registry), dict(session.exec(by_state).all()))


def _how_it_goes(session: Session, registry: CollectorRegistry) -> None:
    at, going = desk.now(), releases.in_state(session, "sending")
    workers = Gauge(
        "countersign_workers",
        "Workers seen in the last two minutes: those that may send, and those that may not",
        ["state"],
        registry=registry,
    )
    _by_state(workers, heartbeats.counted(session, at=at))
    speeds = [speed.of(session, release, at=at) for release in going]
    waits = [one.oldest_due for one in speeds if one.oldest_due]
    rate = Gauge("countersign_letters_per_second", "Letters tried a second over the last minute", registry=registry)
    rate.set(sum(one.rate for one in speeds))
    oldest = Gauge("countersign_oldest_due_seconds", "For how long the oldest letter that is due has waited", registry=registry)
    oldest.set((at - min(waits)).total_seconds() if waits else 0)
    left = Gauge("countersign_seconds_left", "How long the letters that wait take at this rate, of the slowest release", registry=registry)
    letters = [deliveries.tally(session, release)["queued"] for release in going]
    spans = [one.time_left(number) for one, number in zip(speeds, letters, strict=True)]
    left.set(max((span.total_seconds() for span in spans if span), default=0))


def _by_state(gauge: Gauge, counts: Mapping[str, int]) -> None:
    for state, number in counts.items():
        gauge.labels(state).set(number)


def _from_this_machine() -> bool:
    try:
        return ipaddress.ip_address(request.remote_addr or "").is_loopback and "X-Forwarded-For" not in request.headers
    except ValueError:
        return False


def _said(words: str, status: int = 200) -> Response:
    return Response(words + "\n", status, mimetype="text/plain")
