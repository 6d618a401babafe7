"""System e-mails about accounts: an invitation, a new password. Each is three templates; a worker posts them as notices."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from flask import render_template, url_for
from flask_security import MailUtil
from sqlmodel import Session

from campaigns.delivery import notices
from campaigns.foundation import tokens
from campaigns.foundation.errors import NotFound
from campaigns.foundation.officers import Officer
from web import desk
from web.accounts import Account

INVITATION = "invitation"
INVITATION_LASTS = timedelta(days=7)

# Flask-Security's names for what it sends, and our templates.
TEMPLATES = {"security/email/reset_instructions": "new_password", "security/email/reset_notice": "password_changed"}


class NoticeUtil(MailUtil):
    """Flask-Security's way out: writes a notice instead of opening SMTP, in the transaction that is open, or in one of its own."""

    def send_mail(
        self, template: str, subject: str, recipient: Any, sender: Any, body: str | None, html: str | None, **kwargs: Any
    ) -> None:
        """Put one e-mail among the notices to be posted."""
        # Not the library's own link: it trusts the request's Host header.
        link = _absolute("security.reset_password", token=kwargs["reset_token"]) if "reset_token" in kwargs else ""
        with desk.in_transaction() as session:
            post(session, TEMPLATES[template], to=str(recipient), at=desk.now(), link=link)


def invite(session: Session, account: Account, officer: Officer, *, by: str, at: datetime) -> str:
    """Write the invitation and give its link, for the command that has no mail to look at."""
    link = invitation_link(account, at=at)
    post(session, "invitation", to=account.email, at=at, by=by, link=link, name=officer.name)
    return link


def invitation_link(account: Account, *, at: datetime) -> str:
    """A link to choose the first password: good once, for seven days."""
    ends = str(int((at + INVITATION_LASTS).timestamp()))
    token = tokens.make(desk.settings().secret_key, INVITATION, str(account.officer_id), ends, account.fs_uniquifier)
    return _absolute("officers.accept", token=token)


def invited(session: Session, token: str, *, at: datetime) -> Account:
    """Whose invitation this is; refuses one used, out of date, withdrawn or not ours."""
    parts = tokens.read(desk.settings().secret_key, INVITATION, token)
    account = session.get(Account, UUID(parts[0])) if len(parts) == 3 else None
    if account is None or not account.active or account.fs_uniquifier != parts[2] or int(parts[1]) < at.timestamp():
        raise NotFound("This invitation was used already or is out of date. Ask an administrator for a new one.")
    return account


def post(session: Session, letter: str, *, to: str, at: datetime, by: str = "Countersign", **values: Any) -> None:
    """Render templates/email/<letter> and queue it."""
    values["sender"] = desk.settings().sender_name
    subject, text, html = (render_template(f"email/{letter}/{part}", **values) for part in ("subject.txt", "body.txt", "body.html"))
    notices.write(session, to=to, subject=subject.strip(), text=text, html=html, by=by, at=at)


def _absolute(endpoint: str, **values: Any) -> str:
    return desk.settings().base_url.rstrip("/") + url_for(endpoint, **values, _external=False)
