"""Where a subscribed calendar may be: an https address of a machine on the public internet, without a password in it.

Whoever runs an installation types the address, but whoever owns the name decides what it leads to: a name that leads into our own network is
refused, however it is written. On a machine for development or tests, `localhost` may be read, over http too.
"""

import ipaddress
from urllib.parse import SplitResult, urljoin, urlsplit

from campaigns.foundation.errors import Refused

LONGEST_URL = 1000
LOOPBACK = frozenset({"localhost", "127.0.0.1", "::1"})
NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def check(url: str, *, loopback: bool) -> SplitResult:
    """The parts of an address that may be read. Refuses any other, with a sentence that does not repeat it."""
    if not url.isascii() or not url.isprintable() or " " in url or len(url) > LONGEST_URL:
        raise Refused(
            f"Give the calendar's address as a browser shows it, without spaces, in up to {LONGEST_URL:,} characters.", field="url"
        )
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        raise Refused("This is not an address on the web.", field="url") from None
    if parts.username is not None or parts.password is not None:
        raise Refused("The address contains a user name or a password. Ask whoever keeps the calendar for one without.", field="url")
    if not parts.hostname or parts.scheme not in ("https", "http"):
        raise Refused("Give an address that begins with https://", field="url")
    if parts.scheme == "http" and not (loopback and parts.hostname in LOOPBACK):
        raise Refused("A calendar is read over https:// only, so that nobody on the way can change it.", field="url")
    return parts


def refuse_inside(host: str, addresses: list[str], *, loopback: bool) -> None:
    """Refuse a name of which any address is not on the public internet: it may be the next one that is given."""
    for text in addresses:
        address = ipaddress.ip_address(text.partition("%")[0])
        if not (is_public(address) or (loopback and host in LOOPBACK and address.is_loopback)):
            raise Refused(f"{host} leads to {address}, which is not on the public internet; nothing was read.", field="url")


def is_public(address: Address) -> bool:
    """Whether it is one machine's on the public internet, also when it stands inside an IPv6 address that leads to an IPv4 one."""
    inner = _inner(address) if isinstance(address, ipaddress.IPv6Address) else None
    if inner is not None:
        return is_public(inner)
    special = address.is_multicast or address.is_reserved or address.is_unspecified or address.is_loopback or address.is_link_local
    return address.is_global and not special and not getattr(address, "is_site_local", False)


def shown(url: str) -> str:
    """An address for people to see: its path may be a secret by which anybody could read the calendar."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.hostname}/…"


def moved_to(url: str, location: str) -> str:
    """Where a calendar says that it has moved to, fit to be shown: without a query or a password."""
    try:
        parts = urlsplit(urljoin(url, location))
    except ValueError:
        return "nowhere that can be read"
    return "".join(each for each in f"{parts.scheme}://{parts.hostname or ''}{parts.path}" if each.isprintable())[:200]


def _inner(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address within (RFC 4291 mapped, RFC 3056 6to4, RFC 4380 Teredo, RFC 6052 NAT64)."""
    if address in NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
