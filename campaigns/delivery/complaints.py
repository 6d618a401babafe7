"""A complaint: a reader's provider says that they reported a letter as unwanted, often without saying who. Sources: RFC 5965, RFC 6650.

Also what bulk mail services report as JSON: bounces, complaints and deliveries in one form (Amazon SES through SNS).
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from campaigns.delivery import mails, reports
from campaigns.delivery.mails import ADDRESS, Mail
from campaigns.delivery.reports import Line

SUBJECT = re.compile(r"^(?:complaint about message from|abuse report|spam (?:report|complaint)|feedback report)", re.IGNORECASE)
REPORT = "text/feedback-report"
NOT_A_COMPLAINT = frozenset({"not-spam", "auth-failure", "dmarc"})
WRAPPED = re.compile(r"!\n[ \t]")  # how an old mail server cuts a line that is too long
DEEPEST = 200  # brackets; a notice has six


def is_complaint(mail: Mail) -> bool:
    """Whether it reports a letter as unwanted."""
    kind = field(mail.reports.get(REPORT, ""), "feedback-type")
    return (REPORT in mail.reports and kind not in NOT_A_COMPLAINT) or bool(mail.returned and SUBJECT.match(mail.first("subject")))


def complainers(mail: Mail) -> list[str]:
    """Who complained, as far as it is said; nobody where that was made unreadable."""
    report = mail.reports.get(REPORT, "")
    for name in ("original-rcpt-to", "removal-recipient"):
        values = re.findall(rf"^{name}[ \t]*:[ \t]*(.+)$", report, re.IGNORECASE | re.MULTILINE)
        if found := [one.lower() for value in values for one in ADDRESS.findall(value)]:
            return list(dict.fromkeys(found))
    return mails.addresses(mail.returned, "x-hmxmroriginalrecipient") or mails.addresses(mail.returned, "to")


def field(report: str, name: str) -> str:
    """A field of a report, in lower case."""
    return reports.about(report).get(name, "").lower()


def notice(mail: Mail) -> dict[str, Any] | None:
    """What a service reports as JSON; None when there is nothing of the kind."""
    text = WRAPPED.sub("", mail.words).lstrip()
    if not text.startswith("{") or "otificationType" not in text[:5000] or text.count("{") + text.count("[") > DEEPEST:
        return None
    try:
        found, _ = json.JSONDecoder().raw_decode(text)
    except ValueError:
        return None
    if isinstance(found, dict) and isinstance(found.get("Message"), str) and found["Message"].count("{") < DEEPEST:
        try:
            found = json.loads(found["Message"])
        except ValueError:
            return None
    return found if isinstance(found, dict) else None


def complainers_of(told: dict[str, Any]) -> list[str]:
    """Who complained, by a service's notice."""
    return [one["emailAddress"].lower() for one in _rows(told, "complaint", "complainedRecipients")]


def lines_of(told: dict[str, Any]) -> list[Line]:
    """What a service's notice says of each recipient, as a report would."""
    bounced = [
        Line(
            one["emailAddress"].lower(),
            "",
            str(one.get("action", "failed")).lower(),
            str(one.get("status", "")),
            str(one.get("diagnosticCode", "")),
        )
        for one in _rows(told, "bounce", "bouncedRecipients")
    ]
    arrived = told.get("delivery")
    names = arrived.get("recipients", []) if isinstance(arrived, dict) else []
    return bounced + [Line(one.lower(), "", "delivered", "", "") for one in names if isinstance(one, str) and ADDRESS.fullmatch(one)]


def _rows(told: dict[str, Any], part: str, rows: str) -> Iterator[dict[str, Any]]:
    inside = told.get(part)
    found = inside.get(rows, []) if isinstance(inside, dict) else []
    for one in found if isinstance(found, list) else []:
        if isinstance(one, dict) and ADDRESS.fullmatch(str(one.get("emailAddress", ""))):
            yield one
