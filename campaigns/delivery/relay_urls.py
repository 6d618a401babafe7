"""Where a mail relay is and how it wants to be spoken to, as an operator says it in one URL."""

from dataclasses import dataclass, field
from urllib.parse import parse_qsl, unquote, urlsplit

SCHEMES = ("smtp", "smtps")
STARTTLS, PLAINLY = ("starttls", "require"), ("client", "plain")


@dataclass(frozen=True)
class Relay:
    """Where the relay is and how it wants to be spoken to."""

    host: str
    port: int
    secure: bool
    starttls: bool
    plainly: bool  # by `plain`, not by `pipelined`
    login: tuple[str, str] | None = field(repr=False)

    @classmethod
    def at(cls, url: str) -> "Relay":
        """From smtp://host:port or smtps://…, with user:password@, ?starttls=require and ?client=plain where the relay asks.

        Refuses any other scheme and option: one misspelt would send in the clear what was to be encrypted; and a URL that names no host.
        """
        parts, asked = urlsplit(url), set(parse_qsl(urlsplit(url).query, keep_blank_values=True))
        if parts.scheme not in SCHEMES or not parts.hostname:
            raise ValueError("A relay's URL is like smtp://host:port or smtps://host.")
        if unknown := asked - {STARTTLS, PLAINLY}:
            raise ValueError(f"A relay's URL takes starttls=require and client=plain, not {unknown}.")
        secure = parts.scheme == "smtps"
        login = (unquote(parts.username), unquote(parts.password or "")) if parts.username else None
        return cls(parts.hostname, parts.port or (465 if secure else 25), secure, STARTTLS in asked, PLAINLY in asked, login)

    @property
    def name(self) -> str:
        """How it is named where there are several."""
        return f"{self.host}:{self.port}"
