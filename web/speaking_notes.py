"""A speaking note: the words of an agreed release, taken from the very program both parties signed.

Source: HELA paper, Annex 3 ("Circulate a speaking note").
"""

from sqlmodel import Session

from campaigns.agreement import sealed
from campaigns.agreement.releases import Release
from campaigns.drafting import letters
from campaigns.drafting.letters import FIELDS

FOOT = "\n--\n"  # where a letter's own foot begins: it is for readers, not for listeners


def texts(session: Session, release: Release, *, group: str, nation: str) -> dict[str, str]:
    """The words by audience key; what a letter would fill in for one reader stays visible as a blank."""
    values = {name: f"[{name}]" for name in FIELDS}
    values |= {"organisation": group, "nation": nation, "reference": release.reference, "stop_url": "https://none.test"}
    return {key: _words(program.join(values)) for key, program in sealed.programs_of(session, release.id).items()}


def _words(message: bytes) -> str:
    text = letters.open_letter(message).text.replace("\r\n", "\n")
    return text.rpartition(FOOT)[0].strip() or text.strip()
