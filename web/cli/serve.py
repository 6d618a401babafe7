"""`countersign serve`: the pages, by waitress; one process is enough for the two teams."""

import click
import structlog
import waitress

from web.app import create_app
from web.cli import installation

log = structlog.get_logger()


@click.command()
@click.option("--host", default="localhost", show_default=True, help="The address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535))
@click.option("--threads", default=8, show_default=True, type=click.IntRange(1, 64))
def serve(host: str, port: int, threads: int) -> None:
    """Serve the pages."""
    with installation.opened() as (settings, database):
        installation.ready(settings, database)
        app = create_app(settings, database)
        log.info("the pages are open", address=settings.base_url, host=host, port=port)
        waitress.serve(
            app, host=host, port=port, threads=threads, ident="", clear_untrusted_proxy_headers=True, max_request_body_size=12 * 1024 * 1024
        )
