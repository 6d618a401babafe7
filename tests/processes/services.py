"""Where tests look for real brokers, and whether anything answers there."""

import os
import socket
from urllib.parse import urlsplit

AMQP_URL = os.environ.get("COUNTERSIGN_TEST_AMQP_URL", "amqp://guest:guest@127.0.0.1:5672/")
REDIS_URL = os.environ.get("COUNTERSIGN_TEST_REDIS_URL", "redis://127.0.0.1:6379/15")


def answers(url: str) -> bool:
    """Whether something listens where the URL points."""
    parts = urlsplit(url)
    try:
        with socket.create_connection((parts.hostname or "localhost", parts.port or 0), timeout=1):
            return True
    except OSError:
        return False
