"""An account: the e-mail address and password with which one officer signs in, and how often somebody got it wrong.

The officer below knows nothing of accounts; an account points at its officer by id. Passwords are kept as argon2 hashes.
"""

import unicodedata
from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID, uuid4

from email_validator import validate_email
from flask_login import current_user
from flask_security import RoleMixin, UserMixin, hash_password, verify_password
from sqlmodel import Field, Session, SQLModel, col, select

from campaigns.agreement.identity import CodesSetUp
from campaigns.foundation import database, log, officers
from campaigns.foundation.errors import Invalid, Problem, Stale
from campaigns.foundation.officers import Officer
from web import codes, desk, limits, wrong_tries
from web.wrong_tries import CLOSED_FOR, TO_SIGN, TRIES

MOST_TRIES = 10 * TRIES  # of all visitors together, before it is closed to everybody
SHORTEST_PASSWORD = 12
TOO_SHORT = f"Choose a password of {SHORTEST_PASSWORD} characters or more"
NOT_THE_SAME = "The two passwords are not the same"
NORMAL_FORM: Final = "NFKD"  # the same password typed on two keyboards is one password
NOT_THEMSELVES = (
    f"This is not your password with the code your app shows now. After {TRIES} wrong tries your account is closed for 15 minutes"
)
SIGNED_IN_FOR = timedelta(hours=12)  # then the password is asked for again, whatever the browser kept


class Account(SQLModel, UserMixin, table=True):  # type: ignore[misc,unused-ignore]
    """One row per officer. `fs_uniquifier` is what a session carries: changing it ends every session and every link at once."""

    __tablename__ = "accounts"

    officer_id: UUID = Field(primary_key=True, foreign_key="officers.id")
    email: str = Field(unique=True)
    password: str | None = None
    active: bool = True
    fs_uniquifier: str = Field(default_factory=lambda: uuid4().hex, unique=True)
    failed_tries: int = 0
    closed_until: datetime | None = None
    last_signed_in_at: datetime | None = None
    code_secret: str | None = None  # of the app that gives codes, where the officer set one up
    code_step: int | None = None  # the half minute of the last code used
    invited_at: datetime

    @property
    def roles(self) -> list[RoleMixin]:  # type: ignore[override]
        """Flask-Security asks; duties belong to the officer."""
        return []


def add(session: Session, officer: Officer, *, email: str, at: datetime, password: str | None = None) -> Account:
    """Give an officer an account. Refuses an address that cannot be one, and one in use; whoever left gives theirs up, to be invited again."""
    address = readable(email)
    if (found := by_email(session, address)) is not None:
        if found.active:
            raise Invalid([Problem("email", "There is already an account with this e-mail address")])
        session.delete(found)
        session.flush()
    account = Account(officer_id=officer.id, email=address, invited_at=at, password=_hashed(password) if password else None)
    session.add(account)
    session.flush()
    return account


def readable(email: str) -> str:
    """The address in the form accounts keep it, one that any relay takes; `.test` only outside production."""
    try:
        found = validate_email(email, check_deliverability=False, strict=True, test_environment=desk.settings().test_domains_allowed)
        return found.normalized.encode("ascii").decode().casefold()
    except ValueError:
        raise Invalid([Problem("email", "Enter an e-mail address, like name@example.gov.uk")]) from None


def by_email(session: Session, email: str) -> Account | None:
    """The account with this address, typed in any case."""
    return session.exec(select(Account).where(Account.email == email.casefold())).first()


def of_officer(session: Session, officer_id: UUID) -> Account:
    """An officer's account; refuses an officer who has none."""
    return database.get(session, Account, officer_id, "This officer has no account.")


def locked(session: Session, officer_id: UUID) -> Account:
    """An officer's account as it stands, which nobody else changes until this transaction ends."""
    return session.exec(select(Account).where(Account.officer_id == officer_id).with_for_update()).one()


def everyone(session: Session) -> list[Account]:
    """All accounts, those of leavers included."""
    return list(session.exec(select(Account).order_by(col(Account.email))))


def about(session: Session, ids: Collection[UUID], address: str) -> list[dict[str, Any]]:
    """What is kept of this address as an account, without what opens it."""
    found = select(Account).where(Account.email == address)
    return [one.model_dump(include={"email", "active", "invited_at", "last_signed_in_at"}) for one in session.exec(found)]


def signed_in() -> Account:
    """The account whose session this is; only for pages behind sign-in."""
    account = current_user._get_current_object()
    assert isinstance(account, Account)
    return account


def _is_closed(account: Account, whom: str, *, at: datetime) -> bool:
    return (account.closed_until or at) > at or wrong_tries.closed(account.officer_id, whom, at=at)


def _count_failure(account: Account, whom: str, *, weight: int = 1, at: datetime) -> None:
    # Tries while it is closed to them do not count, so that one visitor alone cannot close it to everybody.
    if _is_closed(account, whom, at=at):
        return
    wrong_tries.count(account.officer_id, whom, at=at)
    account.failed_tries += weight
    if account.failed_tries >= MOST_TRIES:
        account.failed_tries, account.closed_until = 0, at + CLOSED_FOR


def signed_in_now(account: Account, *, at: datetime) -> None:
    """The right password: forget the wrong ones."""
    open_again(account)
    account.last_signed_in_at = at


def open_again(account: Account) -> None:
    """Forget the wrong passwords, and let this visitor try again; to another who is kept out it stays closed."""
    account.failed_tries, account.closed_until = 0, None
    wrong_tries.forget(account.officer_id, limits.visitor())


def end_sessions(account: Account) -> None:
    """End every session of this account, whichever browser has it, and every link that was sent to it."""
    with desk.writing() as session:
        locked(session, account.officer_id).fs_uniquifier = uuid4().hex


def tried(account: Account | None, *, right: bool, at: datetime) -> bool:
    """Keep what came of a try to sign in; gives whether it succeeded: not while the account is closed, nor with a password replaced since.

    The password was looked at before, because that takes long and one writer at a time is all that SQLite has. For an address without an
    account the transaction is opened all the same, so that it takes as long.
    """
    with desk.writing() as session:
        standing = locked(session, account.officer_id) if account else None
        if account is None or standing is None or standing.fs_uniquifier != account.fs_uniquifier:
            return False
        if not right:
            _count_failure(standing, limits.visitor(), at=at)
        elif not _is_closed(standing, limits.visitor(), at=at):
            standing.password = account.password  # hashed anew, where the way to hash has changed
            signed_in_now(standing, at=at)
            return True
    return False


def is_themselves(account: Account, *, password: str, code: str) -> bool:
    """Whether these are the account's password and a code of its app, both entered again; a code is good once.

    A wrong one counts towards closing the account to everybody, and signing in with the right password does not make up for it. It is counted
    in a transaction of its own, which the refusal that follows cannot undo. The password is looked at before that: see `tried`.
    """
    right = matches(account, password)
    with desk.writing() as session:
        return entered(session, account, matches=right, code=code)


def entered(session: Session, account: Account, *, matches: bool, code: str) -> bool:
    """The same within a transaction that does nothing else where this is False. Whether the password `matches` was found out before it."""
    standing = locked(session, account.officer_id)
    closed = _is_closed(standing, TO_SIGN, at=desk.now())
    right = matches and standing.password == account.password and _spend(standing, code)
    if right and not closed:
        standing.failed_tries = 0
        wrong_tries.forget(account.officer_id, TO_SIGN)
    else:
        _count_failure(standing, TO_SIGN, weight=MOST_TRIES // TRIES, at=desk.now())
    return right and not closed


def set_up_codes(session: Session, account: Account, secret: str, *, code: str, by: Officer, at: datetime) -> None:
    """Keep the secret of an officer's app, once a code shows that the app has it, and have them told.

    Where `account` had an app already, whoever asks has shown that they are themselves. Refuses a code that is not the new app's, and an
    account whose app is not the one it had then.
    """
    step = step_of_new_app(secret, code, at)
    standing = locked(session, account.officer_id)
    if standing.code_secret != account.code_secret:
        raise Stale("Your app was set up elsewhere in the meantime. Open this page again.")
    standing.code_secret, standing.code_step = secret, max(step, standing.code_step or 0)
    session.add(standing)
    log.record(session, CodesSetUp(), subject=by.id, by=by.name, at=at)


def step_of_new_app(secret: str, code: str, at: datetime) -> int:
    """Which half minute a new app's first code is of. Refuses a code that is not the app's."""
    step = codes.step_of(secret, code, at)
    if step is None:
        raise Invalid([Problem("code", "This is not the code the app shows now. Check the phone's clock, and enter the newest code")])
    return step


def choose_password(session: Session, account: Account, password: str) -> None:
    """Set a password: every earlier link and session ends."""
    account.password = _hashed(password)
    account.fs_uniquifier = uuid4().hex
    session.add(account)


def close_for_good(session: Session, officer_id: UUID, *, by: Officer, at: datetime) -> None:
    """An officer leaves: the account ends now, with its sessions and links. What they signed before stays valid.

    Refuses whom `officers.leaver` refuses.
    """
    officers.leaver(session, officer_id)
    account = of_officer(session, officer_id)
    officers.leave(session, officer_id, by=by.name, at=at)
    account.active, account.password, account.fs_uniquifier = False, None, uuid4().hex
    session.add(account)


def _hashed(password: str) -> str:
    return str(hash_password(unicodedata.normalize(NORMAL_FORM, password)))


def matches(account: Account, password: str) -> bool:
    """Whether this is the account's password: a slow look, to be had while nothing is held."""
    if not password or "\x00" in password or account.password is None:
        return False
    return bool(verify_password(unicodedata.normalize(NORMAL_FORM, password), account.password))


def _spend(account: Account, code: str) -> bool:
    step = codes.step_of(account.code_secret, code, desk.now()) if account.code_secret else None
    if step is None or step <= (account.code_step or 0):
        return False
    account.code_step = step
    return True
