"""URLs as settings and commands name them: whether one is of a kind that is known, and says where."""

import re
from urllib.parse import urlsplit

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

DATABASES = ("sqlite://", "postgresql://", "postgresql+psycopg://")


def names_a_database(url: str) -> bool:
    """Whether it is the URL of a database that we can work with."""
    try:
        return url.startswith(DATABASES) and bool(make_url(url))
    except (ArgumentError, ValueError):
        return False


def leads_somewhere(said: str, schemes: tuple[str, ...], *, host: bool = True) -> bool:
    """Whether it is a URL of these kinds that says where; with a `host`, or with a path alone."""
    try:
        parts = urlsplit(said)
        where = parts.hostname if host else parts.path.strip("/")
        return bool(where) and parts.scheme in schemes and parts.port != 0 and not re.search(r"\s", said)
    except ValueError:
        return False
