"""A bounce in a form of its own: who could not be written to, and what was said of each, found by how such mails are laid out.

Exim, qmail, Exchange, Notes, GMX, Gmail and their kind put the address at the beginning of a line, before or behind the reason, and the
letter they give back under a rule. What stands under the rule is the letter's.
"""

import re
from dataclasses import dataclass

from campaigns.delivery import autoreplies, mails, reports, wordings
from campaigns.delivery.mails import ADDRESS, Mail

DAEMON = re.compile(
    r"mailer-?daemon|mdaemon|postmaster|mail delivery|mail administrator|system administrator|delivery (?:sub)?system|maildelivery|\bmta\b",
    re.I,
)
MACHINE = re.compile(r"mailer-?daemon|mdaemon|mail delivery (?:sub)?system", re.I)  # no person writes under these names
PLAIN = re.compile(
    r"(?:undeliver|returned mail|mail (?:delivery|system error|failure)|delivery (?:fail|status|notif)|non-?deliver|failure notice|unzustellbar|non remis"
    r"|(?:message|mail|e-?mail) (?:refused|rejected|blocked|not (?:be )?delivered|undeliverable|status|delivery))",
    re.I,
)
SUBJECT = re.compile(
    r"undeliver|un-?delivered|returned (?:mail|to sender)|return(?:ed|ing) message|delivery (?:status|fail|report|error|problem|notif|incomplete|has)"
    r"|(?:mail|message|email)\b.{0,30}\b(?:delivery|fail|could ?n[o']t be (?:sent|delivered)|not (?:be )?(?:sent|delivered)|returned|rejected|blocked)"
    r"|failure (?:notice|notification)|failed? (?:delivery|mail|message)|nondeliverable|non-?delivery|warning: |could not send|mail failure|delayed"
    r"|unzustellbar|nicht zugestellt|non remis|échec de|no se (?:ha )?(?:podido|pudo) entregar|non recapitat|mancato recapito|onbestelbaar"
    r"|не доставлено|недоставлен|配信|配送|送信でき|olevererbart|ikke leveres|niedoręcz|nedoručen|teslim edilemedi|退信|undeliverable",
    re.I,
)
FAILED = re.compile(
    r"(?:could ?n[o']t|cannot|can't|unable to|not able to|did ?n[o']t|was ?n[o']t|failed to|did not|was not|has not been|wasn't) (?:be )?(?:deliver|reach|sent|send)"
    r"|undeliverable|delivery (?:has )?failed|delivery to the following|permanent(?:ly)? (?:error|failed|fail|fatal)|fatal error|failure reasons"
    r"|addresses? (?:had|failed)|rejected your message|delivery (?:of|status)|returned message|has been delayed|is delayed|temporary problem"
    r"|was automatically rejected|has been rejected|was rejected|warning message only|undelivered|smtp error|remote host said|delivery incomplete"
    r"|failed at one or more|has failed|message refused|was refused|no such (?:user|person|mailbox)|user unknown|was not delivered|not been delivered"
    r"|nicht zugestellt|échec de la remise|не может быть доставлен|配信でき|no se pudo entregar|nicht vorhanden",
    re.I,
)
RULES = re.compile(
    r"^[ \t>]*(?:-{2,}[ \t]*(?:the header of the original|this is a copy|original message|below this line|returned message|transcript of the (?:message|original)"
    r"|message header|unsent message|the body of|begin (?:of )?(?:original|returned)|undelivered message|copy of|begin message|ここから)"
    r"|below (?:is|this line is) a copy|original message (?:headers|follows)|the (?:message|original) headers? (?:is|are|follow)"
    r"|en-t[eê]tes? de message|kopfzeilen der|a copy of (?:the|your) (?:original )?message|message headers follow|headers? of the original"
    r"|\*+ ?(?:original|begin)|original message follows|the original message (?:follows|is|header)|received:\s*(?:from|by)\b|return-path: )",
    re.I | re.M,
)
AT_THE_START = re.compile(
    rf"^[ \t>*•\"'<(\[-]{{0,12}}({ADDRESS.pattern})[\"'>)\]]{{0,3}}[ \t]*(?:$|[:;,]|\.\.\.|-|\(|\[|<|\bon\b|[A-Z]?[\w ]{{0,60}}$)", re.M
)
LABELLED = re.compile(
    rf"(?:undeliverable to|delivery failed[^:\n]{{0,30}}:|unknown (?:user|host|local[\w-]*)[^:\n]{{0,20}}:|(?:mailbox|userid)[^:\n@]{{0,40}}:"
    rf"|address:|recipients?(?: address)?(?:\(s\))?:|rcpt to:|failed recipient:|message to|delivered to|delivering your message to|<<< \d\d\d[^\n@<]{{0,60}})"
    rf"[ \t]*[<\"'\[]?({ADDRESS.pattern})",
    re.I,
)
CHAT = re.compile(
    r"assist|contact|support|help|question|further|report (?:this|to)|reply|inform|please|sender|\bfrom\b|subject|message-?id|http|mail from",
    re.I,
)
LONGEST_SENTENCE = 2000
LONGEST_BEFORE = 500  # what stands before an address on its line
PREFIX = re.compile(r"\b(?:dda:)?smtp=", re.I)  # Exchange's way of saying what kind of address follows
TELLS = (wordings.NOBODY, wordings.FULL, wordings.SUSPENDED, wordings.UNWANTED)
NOBODY_S = re.compile(r"(?:postmaster|mailer-?daemon|abuse|no-?reply|do-?not-?reply)@", re.I)
DELAY = re.compile(
    r"warning message only|has been delayed|is delayed|delayed for|will (?:be )?(?:keep|continue|retr)\w*|temporary failure report|delivery incomplete"
    r"|do not need to resend|not yet been delivered|has not been delivered|has not yet|still trying|verzögert|будет повторен",
    re.I,
)


@dataclass(frozen=True)
class Told:
    """What a bounce tells of one recipient."""

    address: str
    said: str


def is_bounce(mail: Mail, words: str) -> bool:
    """Whether a mail says that something was not delivered: by whom it is from and how it is headed, not by one word in it."""
    sender = mail.first("from")
    if not DAEMON.search(sender) and (autoreplies.HEADED.search(mail.first("subject")) or autoreplies.is_an_answer(mail)):
        return False
    daemon = (
        bool(DAEMON.search(sender))
        or mail.first("return-path").replace(" ", "") in {"<>", "<mailer-daemon>"}
        or mail.kind == "multipart/report"
    )
    if "x-failed-recipients" in mail.head or MACHINE.search(sender):
        return True
    plain = bool(PLAIN.match(mail.first("subject"))) and "in-reply-to" not in mail.head
    headed, failed = plain or bool(SUBJECT.search(mail.first("subject"))), bool(FAILED.search(words))
    return (daemon and (headed or failed)) or (headed and failed and bool(plain or mail.returned or RULES.search(words)))


def is_delay(words: str) -> bool:
    """Whether it only says that it is late, and still tried."""
    return bool(DELAY.search(words)) and not re.search(r"given up|permanent(?:ly)? (?:error|fail)|failed permanently", words, re.I)


def above(text: str) -> tuple[str, str]:
    """What the bounce says, and the letter it gives back under its rule."""
    found = RULES.search(text)
    return (text, "") if found is None else (text[: found.start()], text[found.start() :])


def told(mail: Mail, words: str, returned: mails.Head) -> list[Told]:
    """Who could not be written to, each once, with what was said of them."""
    failed = mails.addresses(mail.head, "x-failed-recipients")
    ours = {*mails.addresses(mail.head, "to", "from", "sender", "delivered-to", "x-original-to", "envelope-to")}
    if not failed:
        aims = mails.addresses(returned, "to")
        failed = _named(words, ours - set(aims), aims) or (aims if len(aims) == 1 else [])
    failed = failed[: reports.MOST_TOLD]
    return [Told(address, _around(words, address, failed)) for address in failed]


def _named(words: str, ours: set[str], aims: list[str]) -> list[str]:
    words = PREFIX.sub("", words)
    begun = [one for form in (AT_THE_START, LABELLED) if (one := _by(form, words))]
    for found in begun:
        if theirs := [one for one in found if one not in ours]:
            return theirs
    if begun:  # whoever wrote to themselves
        return begun[0]
    loose = _loose(words, ours)
    return [one for one in loose if one in aims] or loose


def _loose(words: str, ours: set[str]) -> list[str]:
    """Addresses anywhere in the prose: those in sentences that say what went wrong, rather than whom to ask."""
    sentences = [one[:LONGEST_SENTENCE] for one in re.split(r"(?<=[.!?])\s+|\n\s*\n", words)]
    telling = [one for one in sentences if FAILED.search(one) or any(wordings.says(kind, one) for kind in TELLS)]
    for some in (telling, [line for line in words.split("\n") if not CHAT.search(line)]):
        found = (one.lower().lstrip("'`") for sentence in some for one in ADDRESS.findall(sentence))
        if theirs := [one for one in dict.fromkeys(found) if one not in ours and not NOBODY_S.match(one)]:
            return theirs
    return []


def _by(form: re.Pattern[str], words: str) -> list[str]:
    placed = ((one[1].lower().lstrip("'`"), one.start(1)) for one in form.finditer(words))
    found = ((one, words[max(0, at - LONGEST_BEFORE) : at].rpartition("\n")[2]) for one, at in placed)
    return list(dict.fromkeys(one for one, before in found if not CHAT.search(before) and not NOBODY_S.match(one)))


def _around(words: str, address: str, failed: list[str]) -> str:
    """What stands beside an address: the whole text if it is the only one, else from it to the next."""
    if len(failed) == 1:
        return words
    lower = words.lower()
    start = lower.find(address)
    if start < 0:
        return ""
    others = [place for one in failed if one != address and (place := lower.find(one, start + len(address))) > 0]
    return words[start : min(others, default=len(words))]
