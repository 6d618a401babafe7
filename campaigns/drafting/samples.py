"""A letter to nobody in particular: every variant as it would be compiled, its blanks shown as they are written.

The same words give the same letter whoever is in the audience, so that what was found in it once can be found again when it is sealed.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from campaigns.drafting import invitations, letters
from campaigns.drafting.attachments import Enclosed
from campaigns.drafting.letters import Opened, Sender
from campaigns.drafting.placeholders import CLOSED, PLACEHOLDERS
from campaigns.drafting.words import Words
from campaigns.foundation import reader_links

A_MOMENT = datetime(2000, 1, 1, tzinfo=UTC)  # when the calendar entry of a letter that is only looked at was made
# The values of a reader who is nobody in particular.
NOBODY = {name: f"(({name}))" for name in (*PLACEHOLDERS, *CLOSED)} | {"address": "nobody@countersign.test"}


def ours(reference: str, sender: Sender) -> dict[str, str]:
    """The values that are ours to give, for a letter that is only looked at: its reader's links lead nowhere."""
    links = reader_links.of_nobody(sender.base_url, "preview")
    return {"reference": reference, "message_id": "<preview@countersign.test>", **links, **invitations.OF_NOBODY}


def write(
    words: Words, *, audience: str, reference: str, sender: Sender, values: Mapping[str, str], attachments: Sequence[Enclosed] = ()
) -> bytes:
    """One audience's whole message for one reader, to be looked at. `values`: the reader's, with `address`."""
    program = letters.compile_letter(
        subject=words.subject,
        core=words.core,
        part=words.parts.get(audience, ""),
        reference=reference,
        sender=sender,
        attachments=attachments,
        entry_made=A_MOMENT if words.invites_to else None,
    )
    return program.join({**values, **ours(reference, sender)})


def of_words(words: Words, *, reference: str, sender: Sender) -> dict[str, Opened]:
    """A letter for every audience, opened, without its files."""
    written = {key: write(words, audience=key, reference=reference, sender=sender, values=NOBODY) for key in words.audiences}
    return {key: letters.open_letter(message) for key, message in written.items()}
