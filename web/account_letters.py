"""System e-mails about accounts: an invitation, a new password. Each is three templates; a worker posts them as notices."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import render_template
from flask_security import MailUtil
from sqlmodel import Session

from campaigns.delivery import notices
from campaigns.foundation import tokens
from campaigns.foundation.errors import NotFound
from campaigns.foundation.officers import Officer
from web import accounts, desk
from web.accounts import Account

INVITATION = "invitation"
INVITATION_LASTS = timedelta(days=7)

NEXT_LINK_AFTER = timedelta(minutes=10)  # whoever knows an address could else fill its mailbox


class NoticeUtil(MailUtil):
    """Flask-Security's way out: writes a notice instead of opening SMTP, a link in a transaction of its own."""

    def send_mail(
        self, template: str, subject: str, recipient: Any, sender: Any, body: str | None, html: str | None, **kwargs: Any
    ) -> None:
        """Put one e-mail among the notices to be posted."""
        if "reset_token" in kwargs:
            _send_link(kwargs["user"], kwargs["reset_token"], at=desk.now())
        else:
            post(desk.open_transaction(), "password_changed", to=str(recipient), at=desk.now())


def invite(session: Session, account: Account, officer: Officer, *, by: str, at: datetime) -> str:
    """Write the invitation and give its link, for the command that has no mail to look at."""
    link = invitation_link(account, at=at)
    post(session, "invitation", to=account.email, at=at, by=by, link=link, name=officer.name)
    return link


def invitation_link(account: Account, *, at: datetime) -> str:
    """A link to choose the first password: good once, for seven days."""
    ends = str(int((at + INVITATION_LASTS).timestamp()))
    token = tokens.make(desk.settings().secret_key, INVITATION, str(account.officer_id), ends, account.fs_uniquifier)
    return desk.whole_address("officers.accept", token=token)


def invited(session: Session, token: str, *, lock: bool = False, at: datetime) -> Account:
    """Whose invitation this is; refuses one used, out of date, withdrawn or not ours. `lock` holds the account until the transaction ends."""
    parts = tokens.read((desk.settings().secret_key,), INVITATION, token)
    account = session.get(Account, UUID(parts[0]), with_for_update=lock) if len(parts) == 3 else None
    if account is None or not account.active or account.fs_uniquifier != parts[2] or int(parts[1]) < at.timestamp():
        raise NotFound("This invitation was used already or is out of date. Ask an administrator for a new one.")
    return account


def post(session: Session, letter: str, *, to: str, at: datetime, by: str = "Countersign", **values: Any) -> None:
    """Render templates/email/<letter> and queue it."""
    values["sender"] = desk.settings().sender_name
    subject, text, html = (render_template(f"email/{letter}/{part}", **values) for part in ("subject.txt", "body.txt", "body.html"))
    notices.write(session, to=to, subject=subject.strip(), text=text, html=html, by=by, at=at)


def _send_link(account: Account, token: str, *, at: datetime) -> None:
    """Write to an account the link to choose a new password, unless one was written in the minutes before."""
    with desk.writing() as session:
        standing = accounts.locked(session, account.officer_id)  # of two who ask at once, the second finds the first's
        subject = render_template("email/new_password/subject.txt").strip()
        if not notices.written_since(session, at - NEXT_LINK_AFTER, to=standing.email, subject=subject):
            # Not the library's own link: it trusts the request's Host header.
            post(session, "new_password", to=standing.email, at=at, link=desk.whole_address("security.reset_password", token=token))
