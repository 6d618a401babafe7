"""What happened, in plain sentences: every event of a message and its releases, who did it, and when."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from campaigns.foundation.log import LogEntry
from web import fact_values
from web.words import many, within_quotes

# What each fact says after the name of whoever did it. A test holds this list and the next against every event there is.
SENTENCES = {
    "MessageDrafted": "began the message “{title}”",
    "MessageRevised": "changed the {changed} (revision {revision})",
    "MessageWithdrawn": "withdrew the message: “{reason}”",
    "WordingProposed": "proposed other words",
    "WordingAnswered": "{accepted}",
    "FindingAccepted": "accepted by name: {where}: {said}",
    "CommentMade": "commented on revision {revision}",
    "ReviewLinkMade": "made a link for somebody without an account to comment on revision {revision}",
    "ReviewLinkTakenBack": "took back a link to comment",
    "ReviewerForgotten": "erased the name on a link to comment",
    "CommentResolved": "resolved a comment",
    "CommentReopened": "opened a comment again",
    "RevisionSubmitted": "submitted it to HSE and LACoRS",
    "ReleaseSealed": "sealed it for {readers}",
    "SealingFailed": "could not seal it: {reasons}",
    "ReleaseSigned": "signed it for {party}",
    "ReleaseAgreed": "gave the last signature: both parties agree",
    "ReleaseReturned": "returned it: “{reason}”",
    "ReleaseWithdrawn": "withdrew it: “{reason}”",
    "ReleaseScheduled": "chose when it goes: {when}{in_windows}{days_before}; {choice}",
    "SendingBegan": "began to send",
    "SendingStopped": "stopped it: {reason}",
    "StopLifted": "resumed it for {party}; the other party has not yet",
    "SendingResumed": "resumed it",
    "ReleaseMissed": "closed it: its latest time to send had passed",
    "ReleaseLapsed": "closed it: the signatures did not come in time",
    "ReleaseSent": "finished sending; every letter has its outcome",
    "LettersResolved": "found out about unclear letters: {accepted}",
    "LetterDecided": "decided about an unclear letter: {verdict}",
    "TrialWritten": "sent themselves a test letter",
    "SignaturesAsked": "wrote to the signatories who have not signed",
    "PartyReminded": "reminded {party} that its signature is missing (reminder {number}): {told}",
    "CampaignBegun": "began the campaign “{name}”",
    "LettersGivenUp": "gave up {letters} that had been put off again and again",
    "LettersCameBack": "had {letters} back that mail servers did not take: more than can be by chance",
    "LettersHeld": "kept {letters} for an officer’s word, after three tries that failed here",
    "LettersHaveNoWindow": "found no window before the latest time for {letters}",
    "MissedLettersDealtWith": "said that this is dealt with: {letters} that did not go",
    "MilestoneNamed": "named what messages may wait for: {name}",
    "MilestoneReached": "recorded that this has happened: {name}, shown by {evidence}",
    "MilestoneTakenBack": "recorded that this has not happened after all: {name}, because “{reason}”",
    "CalendarChanged": "changed the calendar: {title}, {what}",
    "CalendarSubscribed": "subscribed to the calendar “{name}”",
    "CalendarUnsubscribed": "subscribed to the calendar “{name}” no more",
    "PlanRowAdded": "put “{title}” into the communications plan",
    "PlanRowChanged": "changed the {changed} of “{title}” in the communications plan",
    "PlanRowDropped": "took “{title}” out of the communications plan",
    "PlanRowDone": "recorded that “{title}” of the communications plan was done",
    "PlanRowReopened": "recorded that “{title}” of the communications plan is not done after all",
    "TourOpened": "opened a tour of {groups}",
    "BriefingDated": "arranged a briefing for {starts_at}",
    "BriefingAdded": "put a briefing of {group} on a tour",
    "InviteesReminded": "had {letters} written to invited people who had not said whether they come",
    "InvitationAnswered": "answered the invitation to a briefing, by {via}: {answer}",
    "BriefingCalledOff": "called a briefing off: “{reason}”",
    "BriefingFocused": "said what a briefing is to be about: {focus}",
    "NotePinned": "chose the speaking note of a briefing: {reference}, revision {revision}",
    "NoteRecalled": "wrote to {holders} of this speaking note: it is superseded",
    "KitChosen": "chose what goes with a briefing’s kit: {answers}",
    "KitGiven": "gave out a briefing’s kit, {reference}, revision {revision}",
    "KitTakenBack": "recorded that somebody does not hold a briefing’s kit any more",
    "BriefingHeld": "recorded that a briefing was held",
    "BriefingDeclined": "recorded that a group wants no briefing: “{reason}”",
    "BriefingReopened": "took back that a briefing was held",
    "AttendanceRecorded": "recorded who came to a briefing",
    "AttendanceLapsed": "moved or called off a briefing: its sign-ins and apologies ({lines}) no longer count",
    "AttendanceCompleted": "said that the list of who came to a briefing is complete",
    "SignedIn": "took down somebody who signed in to a briefing: {status}",
    "QuestionRaised": "wrote down a question raised at a briefing",
    "QuestionSettled": "wrote down what came of a question",
    "ActionAdded": "added a next action after a briefing, due {due}",
    "ActionFinished": "marked a next action as done",
    "ActionReopened": "recorded that a next action is not done after all",
    "RepeatReported": "took down a report of a local repeat",
    "RepeatAccepted": "accepted a local repeat of a briefing",
    "RepeatRefused": "decided that a local repeat does not count",
    "KeyEnrolled": "added a passkey",
    "KeyRemoved": "stopped using a passkey",
    "CodesSetUp": "set up the app that shows their codes",
    "RosterProposed": "put roster {version} of the signatories forward",
    "RosterReminded": "asked again for signatures on roster {version} (reminder {number})",
    "RosterSigned": "signed the roster for {party}",
    "RosterStands": "brought roster {version} into force: both parties have signed it",
    "RosterTakenBack": "took roster {version} back",
    "RosterGivenUp": "gave the roster up, for a new one to be founded",
    "SignatorySuspended": "suspended a signatory: “{reason}”",
    "OfficerJoined": "gave somebody the duty of {duty}",
    "OfficerLeft": "ended somebody’s duty",
    "RegisterLoaded": "loaded the register: {authorities}",
    "RegisterAmended": "brought the register to a newer list: {new} new, {renamed} renamed, {ended} ended, {recoded} known by another code",
    "AuthorityEnded": "recorded that {authority} came to an end",
    "OrganisationsLoaded": "loaded the {bodies} other bodies",
    "BodyAdded": "added the {kind} {body}",
    "BodyChanged": "changed what is said of {body}: {changed}",
    "MemberMoved": "moved {authority} to {group}",
    "AudienceDefined": "set up the audience “{key}”",
    "PeopleImported": "imported {added}",
    "ImportUndone": "took an import of people back: {ended} ended",
    "AddressesGuessed": "guessed addresses, to be confirmed: {guessed}",
    "GuessConfirmed": "confirmed a guessed address",
    "PersonAdded": "added a person",
    "PersonLeft": "recorded that a person has left",
    "PostPassed": "recorded that somebody else holds a post",
    "FootprintSet": "said where {body} has its {sites}",
    "PassageBlanked": "blanked words about a briefing that named somebody",
    "Erased": "erased a person{passages}",
    "ReadingConfirmed": "said that they have read their letter",
    "PulseAnswered": "said whether they could explain their letter",
    "PersonExported": "put everything kept about a person into a file",
    "HoldPlaced": "placed a legal hold on a {kind}",
    "HoldLifted": "lifted a legal hold",
    "RetentionSet": "decided how long this is kept: {record_class}: {days}",
    "Disposed": "disposed of what is older than {cutoff}: {record_class} ({number})",
    "Disclosed": "put {files} together for disclosure, from {start} to {end}",
    "SuggestionMade": "said that somebody else should be written to: {kind}",
    "SuggestionSettled": "answered a suggestion: {verdict}",
    "SuggestionPutBack": "put a suggestion back among those that wait",
    "TouchRecorded": "recorded by hand: {authorities}, by {channel}",
    "TouchTakenBack": "took back what was recorded by hand of {authorities}",
    "TargetSet": "set a target: {grade} by {by_day}",
    "TargetDropped": "dropped a target",
    "PreferenceRecorded": "changed what a reader gets",
    "AddressRemoved": "took an address off: {reason}",
    "AddressCorrected": "let letters go again to an address that had come back",
    "LetterReturned": "recorded that a letter came back: {status}",
    "LetterArrived": "recorded that a reader’s own mail server has a letter",
    "ComplaintReceived": "recorded a complaint about a letter",
    "ReplyFiled": "filed a reply to a letter",
    "MailJudged": "said what a mail means: {verdict}",
    "NobodyLeft": "found nobody left to write to as {role} at {authority}",
    "AddressRestored": "put an address back",
    "SendingDisarmed": "switched sending off on {machine}: it may be a copy",
    "ArmingConfirmed": "let {machine} send, for {party}",
    "ArmingRefused": "did not let {machine} send, for {party}",
    "SendingArmed": "switched sending on for {machine}",
}
# What only the machinery cares about.
MACHINERY = frozenset({"ChunkPlanned", "ChunkSent", "NoticeWritten", "OfficersTold", "HeadPublished"})
# Of these a release may have one for each of its readers: they are told together.
FOR_EACH_READER = frozenset(
    {
        "LetterDecided",
        "ReadingConfirmed",
        "PulseAnswered",
        "LetterReturned",
        "LetterArrived",
        "ComplaintReceived",
        "ReplyFiled",
        "MailJudged",
    }
)


@dataclass(frozen=True)
class Line:
    """One line of a history."""

    at: datetime
    by: str
    what: str


def lines(entries: Iterable[LogEntry], names: Mapping[str, str] = MappingProxyType({})) -> list[Line]:
    """The facts worth telling, in the order given. `names`: of authorities and bodies, which stand by their codes where they have none."""
    return [Line(entry.at, entry.by, _what(entry, names)) for entry in entries if entry.kind in SENTENCES]


def together(found: Iterable[tuple[LogEntry, int]]) -> list[Line]:
    """Facts of one kind by one hand as a line: the newest, and how many there are."""
    times = [(entry, f" ({number:,} times; this was the last)" if number > 1 else "") for entry, number in found]
    return [Line(entry.at, entry.by, _what(entry) + said) for entry, said in times if entry.kind in SENTENCES]


def _what(entry: LogEntry, names: Mapping[str, str] = MappingProxyType({})) -> str:
    told = {"choice": ""} | entry.payload  # a schedule's choice is younger than the oldest schedules, and so is how it narrows them
    told["reason"] = within_quotes(str(told.get("reason", "")))
    said = {name: fact_values.said(name, value, names) for name, value in told.items()} | _how(entry.payload) | _found_out(entry)
    return SENTENCES[entry.kind].format(**said).removesuffix("; ").removesuffix(".").removesuffix(f": Stopped by {entry.by}")


def _how(payload: dict[str, Any]) -> dict[str, str]:
    """What a schedule waits for beside its moment, and what an erasure left."""
    days, passages = payload.get("days_before", 0), payload.get("passages", 0)
    return {
        "passages": f", and left {many(passages, 'passage')} that may name them" if passages else "",
        "in_windows": ", within each authority’s own windows" if payload.get("in_windows") else "",
        "days_before": f", {many(days, 'day')} before each reader’s own briefing" if days else "",
    }


def _found_out(entry: LogEntry) -> dict[str, str]:
    """What became of letters whose reply was not heard; what became of none of them is not told."""
    if entry.kind != "LettersResolved":
        return {}
    fates = {
        "accepted": ("the mail relay has it", "the mail relay has them"),
        "queued": ("goes again", "go again"),
        "held": ("waits for an officer", "wait for an officer"),
        "missed": ("will not go", "will not go"),
    }
    said = [f"{number:,} {fates[fate][number != 1]}" for fate, number in entry.payload.items() if fate in fates and number]
    return {"accepted": ", ".join(said)}
