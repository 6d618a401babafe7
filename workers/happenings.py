"""What happened to a release, in the words in which officers are written to about it."""

from datetime import datetime, timedelta
from typing import Any

from campaigns.agreement.releases import ReleaseAgreed, ReleaseReturned, ReleaseWithdrawn
from campaigns.agreement.schedules import ReleaseLapsed, ReleaseMissed, ReleaseScheduled, ReleaseSent, SendingResumed, SendingStopped
from campaigns.agreement.seals import SealingFailed
from campaigns.delivery.returns import LettersCameBack
from campaigns.delivery.settling import LettersGivenUp, LettersHeld
from campaigns.delivery.timing import LettersHaveNoWindow
from campaigns.delivery.unclear import LettersResolved
from campaigns.foundation import clock, log
from campaigns.foundation.log import Event, LogEntry
from campaigns.foundation.wording import many

UNTIL = "Nothing leaves until it is resumed."
REPLACED = "Its words were changed after it was let go, so it will not go: the new words must be signed first."
PROMPTLY = timedelta(minutes=10)  # what is told later may be over by then
# Event → how the subject begins, and the sentence, with what the release and the event say put in.
SENTENCES: dict[type[Event], tuple[str, str]] = {
    ReleaseScheduled: ("Let go", "{by} let it go. Letters leave from {when}{in_windows}{days_before}{choice}.{halted}"),
    SendingResumed: ("Resumed", "{by} resumed it. {leaves}"),
    SendingStopped: ("Stopped", "It was stopped. {reason} {then}"),
    ReleaseMissed: ("Its time is over", "Its latest time to send has passed. {unsent} had not gone by then, and will not go."),
    LettersHaveNoWindow: (
        "Some letters have no window",
        "No window is left before the latest time for {letters}, and perhaps more in the next hours: their authorities’ calendars hold them, and nothing goes late. Its page says which, and lets you draft a new message for exactly those.",
    ),
    LettersGivenUp: (
        "Some letters are given up",
        "Mail servers put letters off until their time was up: {letters}, and perhaps more in the next hours. Its page says which, under “refused”, and what was answered last.",
    ),
    ReleaseSent: (
        "Some letters were refused",
        "Every letter has its outcome. Refused for good: {refused}. Its page says which, under “refused”, and what was answered.",
    ),
    LettersCameBack: (
        "Many letters came back",
        "The mail relay took letters that readers’ own mail servers then did not: {letters} so far. If it was still going out, it is now stopped. Its page says which, under “came back”, and what was answered.",
    ),
    LettersHeld: (
        "Some letters wait for an officer",
        "Letters could not be sent, because three workers ended with them in hand or they could not be put together: {letters}. The others go on. Its page says which, under “needs you”, and asks what to do with them.",
    ),
    LettersResolved: (
        "Some letters wait for an officer",
        "Nothing shows whether letters went: {held}, and perhaps more in the next hours. They do not go again by themselves. Its page says which, under “needs you”, and asks what to do with them.",
    ),
    ReleaseLapsed: ("Not signed in time", "The two parties did not both sign in time. Submit it again."),
    ReleaseWithdrawn: ("Withdrawn", "It was withdrawn: “{reason}” Letters that had not gone will not go."),
    ReleaseReturned: ("Returned", "It was returned: “{reason}”"),
    SealingFailed: ("Could not be sealed", "{reasons} The message is a draft again."),
    ReleaseAgreed: ("Agreed", "Both parties have signed it, for {people:,} readers. An officer chooses when it goes."),
}
# Event → where on a release's pages the officer does what the sentence asks for; the others lead to the release.
WHERE: dict[type[Event], str] = {
    LettersHaveNoWindow: "/delivery#no-window",
    LettersGivenUp: "/delivery/letters?state=refused",
    ReleaseSent: "/delivery/letters?state=refused",
    LettersCameBack: "/delivery/letters?state=came+back",
    LettersHeld: "/delivery#needs-you",
    LettersResolved: "/delivery#needs-you",
}


def words(
    entry: LogEntry, *, people: int, leaves: datetime | None = None, halted: str = "", is_current: bool = True, **counts: int
) -> tuple[str, str]:
    """How the subject begins, and the sentence. `people`: the release's readers; `leaves`: when it begins, if it has not begun; `halted`: that
    nothing leaves from anywhere, if so (see halts.py); `is_current`: whether its words are still those that were sealed; `counts`: of its letters,
    where the sentence names them.
    """
    said, sentence = SENTENCES[Event.kinds[entry.kind]]
    parts = {name: _said(name, value) for name, value in [*log.read(entry), *counts.items()]}
    begins = f"It goes out on {clock.say(leaves)}." if leaves else ""
    parts |= {
        "leaves": f"{begins} {halted}".strip() or "Letters leave again.",
        "halted": f" {halted}".rstrip(),
        "then": UNTIL if is_current else REPLACED,
    }
    return said, sentence.format(by=entry.by, people=people, **parts)


def when(entry: LogEntry, *, at: datetime) -> str:
    """What is added to the sentence of a fact that is told only `at` this moment: when it was, if that is a while ago; else nothing."""
    return f" This was on {clock.say(entry.at)}; the page says how it stands now." if at - entry.at > PROMPTLY else ""


def page(entry: LogEntry) -> str:
    """Where a release's page says it."""
    return f"/releases/{entry.subject}{WHERE.get(Event.kinds[entry.kind], '')}"


def _said(name: str, value: Any) -> str:
    match value:
        case str() if name == "reason":
            return value if value.endswith((".", "!", "?")) else f"{value}."
        case datetime():
            return clock.say(value)
        case list():
            return " ".join(value)
        case bool():
            return ", within each authority’s own windows" if value else ""
        case int() if name == "days_before":
            return f", {many(value, 'day')} before each reader’s own briefing" if value else ""
        case int() if name in {"letters", "held", "refused", "unsent"}:
            return many(value, "letter")
        case str() if name == "choice":
            return f", with {value}" if value else ""
        case _:
            return str(value)
