"""`countersign serve`: the pages, by waitress; one process is enough for the two teams."""

import gc
import signal
import sys
from collections.abc import Callable
from typing import Any

import click
import structlog
import waitress

from campaigns.foundation import timekeeper
from campaigns.foundation.errors import Refused
from web.app import create_app
from web.cli import installation

# Whoever leaves requests half-sent takes no thread, but a connection each: waitress's own hundred of them, for two minutes, shut out everybody else.
MANY_AT_ONCE = {"connection_limit": 500, "asyncore_use_poll": True, "channel_timeout": 30, "cleanup_interval": 5}
LARGEST_REQUEST = 64 * 1024 * 1024  # beyond this waitress hangs up; up to it the pages explain (web/app.py)

log = structlog.get_logger()


@click.command()
@click.option("--host", default="localhost", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, threads: int) -> None:
    """Serve the pages."""
    with installation.writing() as (settings, database):
        server = listen(
            create_app(settings, database, now=timekeeper.of(database)), host, port, threads=threads, proxy=settings.trusted_proxy
        )
        signal.signal(signal.SIGTERM, lambda *_: sys.exit())  # waitress ends at this in order, and what was last written is linked
        gc.collect()
        gc.freeze()  # what is loaded by now stays; to look through it took a fifth of a second with every third page
        log.info("the pages are open", address=settings.base_url, host=host, port=port)
        server.run()


def listen(app: Callable[..., Any], host: str, port: int, *, threads: int, proxy: str | None) -> Any:
    """A server that is not running yet. `proxy`: the one address whose word is taken for where a visitor comes from."""
    behind = {"trusted_proxy": proxy, "trusted_proxy_headers": {"x-forwarded-for"}} if proxy else {}
    # Where no proxy is named, a header that one set stays, and shows that a visitor came through it: `/metrics` is for this machine alone.
    ours = {"ident": "", "max_request_body_size": LARGEST_REQUEST, "clear_untrusted_proxy_headers": proxy is not None}
    try:
        return waitress.create_server(app, host=host, port=port, threads=threads, **ours, **behind, **MANY_AT_ONCE)
    except OSError as problem:
        raise Refused(f"Nothing can be served on {host}:{port}: {problem.strerror}.") from None
    except ValueError:
        raise Refused(f"Nothing can be served on {host}:{port}: give --host a name or an address of this machine.") from None
