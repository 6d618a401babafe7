"""Where an address or a name may stand in the database: every column of words is emptied by an erasure, or stands here with why it need not be.

A new column of text, JSON or bytes fails a house test until it is on one of the two lists; those on the first are then proved to be emptied.
"""

EMPTIED: dict[str, str] = {  # table → the columns in which an erased person is named no more
    "people": "name address",
    "particulars": "address fields salt",
    "preferences": "address",
    "removals": "address",
    "suggestions": "name address note",
    "notices": "to subject text html refused",
    "reviews": "reviewer",
    "deliveries": "reply",
    "untold": "last_error",
    "legal_holds": "about reason",
    "kit_holders": "post address",
    "import_rows": "cells name address old_name asked reason",
    "import_files": "raw",
    "imports": "name header",
    "incoming": "sender subject words whole",
    "reports": "evidence reason",
    "attendances": "name",
    "briefing_questions": "question outcome",
    "briefing_actions": "what owner",
    "local_repeats": "venue asked reporter post",
    "touches": "by",
}
# Column names that hold a code, a word of a list, a digest or an officer's post in whatever table they stand.
CODES = frozenset(
    [
        "kind",
        "state",
        "way",
        "role",
        "party",
        "duty",
        "key",
        "channel",
        "grade",
        "nation",
        "region",
        "reference",
        "digest",
        "fingerprint",
        "purpose",
        "audience",
        "condition",
        "stage",
        "authority_code",
        "body_code",
        "group_code",
        "code",
        "place",
        "audience",
        "choice",
        "verdict",
        "type",
        "by",
        "by_name",
        "by_duty",
        "made_by",
        "taken_back_by",
        "resolved_by",
        "settled_by",
        "lifted_by",
        "vouched_by",
        "submitted_by",
        "stopped_by",
        "proposed_by",
        "officer_name",
        "record_class",
        "method",
        "answer",
    ]
)
OFFICERS_WORDS = (
    "what officers wrote in their own words, some of it signed: an officer looks at those by hand, and the erasure page says so"
)
WHO_SIGNED = "an officer's: who signed, and with what, is never erased"
REGISTER = "the public register of authorities and bodies"
SEALED = "made of leaves, digests and words without readers' values; a leaf says nothing once its salt is gone"
KEPT: dict[str, tuple[str, str]] = {  # table → its columns, and why they may stay
    "attachments": ("content", OFFICERS_WORDS),
    "censuses": ("audiences roles nations places", "how many readers there are, by words of lists and names of places"),
    "chunks": ("journal tally", "a file's name, and how many letters stand in each state"),
    "audiences": ("name rule", "a rule names roles and places, not people"),
    "audience_versions": ("rule sentence", "a rule names roles and places, not people"),
    "sealed_audiences": ("name rule", "a rule names roles and places, not people"),
    "sealed_occasions": ("uid briefing group place link", "a meeting of a group: when and where, and by which link"),
    "imports": ("encoding sheet sheets mapping answers remarks counts", "how the file was read: columns, spellings of places, numbers"),
    "import_rows": ("how change", "a word of a list"),
    "incoming": ("outcome status reason done judged_by", "what kind of failure it was, and what was done about it, in words of a list"),
    "preferences": ("topic", "a campaign's id"),
    "targets": ("measure set_by", "what is counted, and the officer's post"),
    "authorities": ("name official_name successors domain former_codes", REGISTER),
    "bodies": ("name lead status home_authority sector enforcing_authority", REGISTER),
    "heartbeats": ("worker why", "a machine and a process, and what this program says of itself"),
    "mailboxes": ("name", "where the installation's own mail comes in"),
    "memberships": ("", REGISTER),
    "campaigns": ("name objective", OFFICERS_WORDS),
    "messages": ("title", OFFICERS_WORDS),
    "revisions": ("words", OFFICERS_WORDS),
    "proposals": ("words", OFFICERS_WORDS),
    "comments": ("text", OFFICERS_WORDS),
    "calendar_rules": (
        "scope place title recurrence excepted source calendar uid added_by",
        "days of places, and where they are known from",
    ),
    "calendar_uploads": ("name scope place said by", "days of places; only numbers once applied, and gone after a day"),
    "calendar_subscriptions": ("name url scope last_error added_by", "days of places, and where they are read; the operator subscribes"),
    "calendar_exemptions": ("source", "where it is known from"),
    "milestones": ("name evidence", OFFICERS_WORDS),
    "attendances": ("status how", "words of a list"),
    "invitation_answers": ("uid via", "a briefing's name in calendars, and a word of a list"),
    "briefing_actions": ("done_by", "the officer's post"),
    "local_repeats": ("heads", "numbers by role"),
    "plan_rows": ("title hse_owner lacors_owner note added_by", OFFICERS_WORDS),
    "tours": ("name", OFFICERS_WORDS),
    "briefings": ("group_name hse_presenter lacors_presenter reason host link agenda_item focus held_without", OFFICERS_WORDS),
    "releases": ("title manifest reason link_key", OFFICERS_WORDS),
    "suspensions": ("reason", WHO_SIGNED),
    "mail_domains": ("domain words", "a mail domain, and what it answered, with the addresses taken out"),
    "domain_holds": ("domain", "a mail domain"),
    "officers": ("name email", WHO_SIGNED),
    "accounts": ("email password fs_uniquifier code_secret", WHO_SIGNED),
    "credentials": ("id name cose", WHO_SIGNED),
    "rosters": ("document", WHO_SIGNED),
    "signatures": ("evidence", WHO_SIGNED),
    "roster_signatures": ("evidence", WHO_SIGNED),
    "parties": ("name", "the two bodies"),
    "sealed_programs": ("program", SEALED),
    "sealed_letters": ("leaf", SEALED),
    "sealed_branches": ("node", SEALED),
    "links": ("hash", SEALED),
    "sealed_omissions": ("reason", "a clause that names nobody, as it outlives them"),
    "nonces": ("nonce", "a number used once"),
    "stamps": ("env", "which kind of installation this is"),
    "touches": ("evidence", "a key: which letter, tick or answer"),
    "log_entries": ("payload", "no fact names anybody but officers by their posts"),
    "people": ("source", "how a row came here: by hand, or in which import"),
    "suggestions": ("source", "where it came from, in a word"),
    "removals": ("reason topic", "why, in words that name nobody, and about which campaign"),
    "armings": ("machine store reason", "the names of a machine and of a database, and a word of a list"),
    "notices": ("sender", "the local part of our own address"),
}


def emptied() -> set[tuple[str, str]]:
    """Every column on the first list."""
    return {(table, column) for table, columns in EMPTIED.items() for column in columns.split()}


def kept() -> set[tuple[str, str]]:
    """Every column on the second, those known by their names left out."""
    return {(table, column) for table, (columns, _) in KEPT.items() for column in columns.split()}
