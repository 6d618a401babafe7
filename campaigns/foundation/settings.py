"""How this installation is set up: one frozen class, read from COUNTERSIGN_… in the environment.

Development needs nothing set. Production refuses to start with what `production.py` objects to.
"""

import ipaddress
import os
import re
from pathlib import Path
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from campaigns.foundation import production, urls
from campaigns.foundation.errors import CountersignError
from campaigns.foundation.production import DEVELOPMENT_SECRET

ADDRESS = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)*[A-Za-z0-9-]{1,63}")
TAKING_OVER = 1.0  # seconds a relay may take to fail for the next one to take over the same letter
BLANK = BeforeValidator(lambda said: said or None)  # as files of settings have it; as a path it would be the folder itself
LONGEST_BOUNCE_LOCAL = 26  # of the 64 octets that stand before an @, 38 are for a token


class BadSettings(CountersignError):
    """The settings do not allow a start; the message names the setting."""


class Settings(BaseSettings):
    """Everything that differs between installations."""

    model_config = SettingsConfigDict(env_prefix="COUNTERSIGN_", frozen=True, extra="ignore", allow_inf_nan=False)

    env: Literal["development", "test", "production"] = Field("development", description="which kind of installation this is")
    database_url: str = Field("sqlite:///.data/countersign.db", description="`sqlite:///path` or `postgresql+psycopg://…`")
    broker_url: Annotated[str | None, BLANK] = Field(None, description="`amqp://…` or `redis://…`; absent: in memory, one worker process")
    smtp_url: str = Field(
        "smtp://localhost:2525",
        description="`smtp://host:port`, `smtps://…`, `?starttls=require`, `?client=plain`; may carry `user:password@`; several with spaces "
        "between: the next takes over when one fails",
    )
    base_url: str = Field(
        "http://localhost:8000", description="where readers and officers find the web pages: in production over https, but on this machine"
    )
    trusted_proxy: str | None = Field(
        None,
        description="the address of the proxy in front of the pages; only its `X-Forwarded-For` is believed, so that limits are per visitor",
    )
    secret_key: str = Field(
        DEVELOPMENT_SECRET,
        repr=False,
        description="at least 32 characters, as `openssl rand -hex 32` makes them; keys sessions and the links in letters",
    )
    former_secret_keys: str | None = Field(
        None,
        repr=False,
        description="secrets that were replaced, with spaces between: links in letters sent under one work, and their bounces are taken, while it stands here",
    )
    sender_name: str = Field("LOPP team, HSE and LACoRS", description="the single credible source every letter comes from")
    sender_address: str = Field(
        "lopp@countersign.test", description="From; and where bounces go, unless `COUNTERSIGN_BOUNCE_ADDRESS` says otherwise"
    )
    bounce_address: str | None = Field(
        None, description="where bounces go, with `+` and a token in the envelope's sender of each letter; absent: the sender's own address"
    )
    mailbox_url: str | None = Field(
        None,
        repr=False,
        description="where mail comes in: `imaps://user:password@host/INBOX` or `maildir:///path`; several with spaces between; absent: nowhere",
    )
    mailbox_seconds: float = Field(60.0, gt=0, le=86_400, description="seconds between two looks into the mailbox")
    dkim_key_file: Annotated[Path | None, BLANK] = Field(
        None, description="an Ed25519 private key in PEM, with which letters are signed (DKIM) as they are sent; absent: the relay signs"
    )
    dkim_selector: str = Field(
        "countersign",
        pattern=r"^[A-Za-z0-9]([A-Za-z0-9.-]{0,61}[A-Za-z0-9])?$",
        description="the key's name in DNS: its public half stands at this, `._domainkey.`, and the domain of the sender's address",
    )
    reply_to: str = Field("lopp-replies@countersign.test", description="where answers go")
    data_dir: Path = Field(Path(".data"), description="files this installation keeps beside its database")
    arming_file: Annotated[Path | None, BLANK] = Field(
        None,
        description="what this machine remembers of the databases it may send from; outside the data folder, and never copied or restored with it; "
        "absent: `countersign/arming.json` under `$XDG_STATE_HOME`, or `~/.local/state`",
    )
    pace: float = Field(
        25.0,
        ge=0.5,
        description="letters a second, at most, of one worker process; from 50 on it keeps up to five connections to the relay, or as many as that lets it have",
    )
    domain_pace: str | None = Field(
        None, description="letters a second to one mail domain, and to some of their own: `5 council.example=2`; absent: the relay paces"
    )
    domain_connections: Annotated[int | None, BLANK] = Field(None, ge=1, description="connections to one mail domain, over all workers")
    tries: str = Field(
        "1 5 15 30 60 120 240",
        description="minutes after its first try at which a letter is tried again that was put off; then as far apart as the last two",
    )
    give_up_hours: float = Field(
        72.0, gt=0, le=8760, description="hours after its first try at which such a letter is given up, and both parties are told"
    )
    chunk_size: int = Field(500, ge=1, le=5000, description="letters claimed together; at a high pace up to six times as many")
    lease_seconds: float = Field(20.0, gt=0, le=3600, description="how long a claim stands without a sign of life")
    head_hours: float = Field(24.0, gt=0, le=8760, description="hours between two mails to the signatories that say where the log stands")
    contact_days: int = Field(30, ge=1, le=3650, description="over how many days contacts with an authority are counted")
    contact_cap: int = Field(4, ge=1, description="contacts in those days after which drafter and signers are warned; nothing is stopped")
    smtp_timeout: float = Field(3.5, gt=0, description="seconds to wait for each reply of the relay; at most a fifth of the lease")
    relay_log: Annotated[Path | None, BLANK] = Field(
        None,
        description="the mail relay’s own log (Postfix’s), which says what became of a letter whose reply was not heard; absent: an officer is asked",
    )
    relay_name: str = Field("postfix", description="what that relay calls itself in the log (Postfix’s `syslog_name`)")
    unclear_seconds: float = Field(
        60.0, gt=0, le=86_400, description="seconds for which a letter whose reply was not heard may still turn up in the relay’s log"
    )

    @property
    def returns_to(self) -> str:
        """The address to which letters that cannot be delivered come back."""
        return self.bounce_address or self.sender_address

    @property
    def smtp_urls(self) -> tuple[str, ...]:
        """The relays, the preferred one first."""
        return tuple(self.smtp_url.split())

    @property
    def mailbox_urls(self) -> tuple[str, ...]:
        """The mailboxes into which bounces come."""
        return tuple((self.mailbox_url or "").split())

    @property
    def relay_hosts(self) -> tuple[str, ...]:
        """The relays, without what is secret in their URLs."""
        return tuple(urlsplit(url).netloc.rpartition("@")[2] for url in self.smtp_urls)

    @property
    def only_under(self) -> str | None:
        """The one domain that a rehearsal may write to; None: letters go to any."""
        return ".test" if self.env == "test" else None

    @property
    def test_domains_allowed(self) -> bool:
        """Whether `.test` may be written to: anywhere but in production."""
        return self.env != "production"

    @property
    def mail_dir(self) -> Path:
        """The local catcher's Maildir."""
        return self.data_dir / "mail"

    @property
    def journals(self) -> Path:
        """Where the sending processes of this machine keep their evidence."""
        return self.data_dir / "journals"

    @property
    def arming_path(self) -> Path:
        """The arming file, by default where whoever runs the workers keeps such things."""
        state = Path(os.environ.get("XDG_STATE_HOME") or "~/.local/state")
        return (self.arming_file or state / "countersign" / "arming.json").expanduser().absolute()

    @property
    def secrets(self) -> tuple[str, ...]:
        """The secret in use and the former ones, by which links in letters are known."""
        return self.secret_key, *(self.former_secret_keys or "").split()

    @model_validator(mode="after")
    def _fit_the_lease(self) -> Self:
        if not self.smtp_urls:
            raise ValueError("COUNTERSIGN_SMTP_URL names no relay")
        if self.smtp_timeout * 5 > self.lease_seconds:  # five replies are waited for under one lease
            raise ValueError("COUNTERSIGN_SMTP_TIMEOUT must be at most a fifth of COUNTERSIGN_LEASE_SECONDS")
        if len(self.smtp_urls) > 1 and self.smtp_timeout * 5 + TAKING_OVER > self.lease_seconds:
            raise ValueError(
                "COUNTERSIGN_LEASE_SECONDS must be a second longer than five times COUNTERSIGN_SMTP_TIMEOUT with several relays"
            )
        return self

    @field_validator("base_url")
    @classmethod
    def _base_url(cls, said: str) -> str:
        if not urls.leads_somewhere(said, ("http", "https")) or urlsplit(said).query or urlsplit(said).fragment:
            raise ValueError("is to be like `https://countersign.example`")
        return said.rstrip("/")

    @field_validator("sender_name")
    @classmethod
    def _sender_name(cls, said: str) -> str:
        if not said.isprintable():
            raise ValueError("is to stand on one line, without hidden characters")
        return said

    @field_validator("mailbox_url")
    @classmethod
    def _mailbox_url(cls, said: str | None) -> str | None:
        if not all(
            urls.leads_somewhere(url, ("imap", "imaps")) or urls.leads_somewhere(url, ("maildir",), host=False)
            for url in (said or "").split()
        ):
            raise ValueError(
                "is to be like `imaps://user:password@host/INBOX` or `maildir:///path`; in a user or a password write `/` as `%2F`"
            )
        return said

    @field_validator("sender_address", "bounce_address", "reply_to")
    @classmethod
    def _address(cls, said: str | None, info: ValidationInfo) -> str | None:
        if not ADDRESS.fullmatch(said or "") and (said or info.field_name != "bounce_address"):
            raise ValueError("is to be an address and nothing else, like `lopp@example.gov.uk`")
        return said

    @field_validator("trusted_proxy")
    @classmethod
    def _trusted_proxy(cls, said: str | None) -> str | None:
        try:
            return str(ipaddress.ip_address(said)) if said else said
        except ValueError:
            raise ValueError("is to be one IP address: no name is compared with, and nobody else is to be believed") from None

    @model_validator(mode="after")
    def _fit_to_start(self) -> Self:
        if not urls.names_a_database(self.database_url):
            raise ValueError("COUNTERSIGN_DATABASE_URL is to be like `sqlite:///path` or `postgresql+psycopg://user@host/name`")
        if len(self.returns_to.rpartition("@")[0].encode()) > LONGEST_BOUNCE_LOCAL:
            raise ValueError(
                f"COUNTERSIGN_BOUNCE_ADDRESS must have at most {LONGEST_BOUNCE_LOCAL} characters before the @: a token is put behind them"
            )
        if self.env != "test" and self.arming_path.is_relative_to(self.data_dir.absolute()):
            raise ValueError("COUNTERSIGN_ARMING_FILE must not lie in COUNTERSIGN_DATA_DIR: a copy of the data would take it along")
        if self.env == "production" and (objection := production.objection(self.secret_key, self.secrets[1:], self.base_url)):
            raise ValueError(objection)
        return self


def load(**given: Any) -> Settings:
    """Read the settings, but for those that are given; raises `BadSettings` naming what stops a start."""
    try:
        return Settings(**given)
    except ValidationError as problem:
        raise BadSettings("\n".join(_said(fault) for fault in problem.errors(include_url=False, include_input=False))) from None


def _said(fault: Any) -> str:
    """One fault in a sentence. What was set is not repeated: it may be a secret, and this is logged."""
    named = "".join(f"COUNTERSIGN_{str(name).upper()}: " for name in fault["loc"])
    return named + str(fault.get("ctx", {}).get("error") or fault["msg"])
