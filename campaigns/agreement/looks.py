"""A look at the compiled letters before they are sealed: what the lint finds in them, and who accepted it by name.

Taken from the very programs that will be sealed, with the blanks shown as blanks, so that what was found when the words were submitted is
found again here under the same key.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlmodel import Session

from campaigns.agreement.manifest import Accepted
from campaigns.agreement.releases import Release
from campaigns.drafting import acceptances, letters, lint, samples
from campaigns.drafting.letters import Opened, Sender
from campaigns.drafting.programs import Program
from campaigns.drafting.words import Words
from campaigns.foundation.errors import Invalid, Problem


@dataclass(frozen=True)
class Look:
    """Every audience's letter, opened; what was found, as it will stand in the manifest; and what nobody has accepted."""

    letters: dict[str, Opened]
    findings: list[Accepted]
    open: list[str]

    def require_accepted(self) -> None:
        """Refuse, naming every one, while a finding is neither resolved nor accepted."""
        if self.open:
            raise Invalid([Problem("findings", sentence) for sentence in self.open])


def at(
    session: Session, release: Release, *, words: Words, programs: Mapping[str, Program], sender: Sender, considering: Collection[str]
) -> Look:
    """Look at the compiled letters of a release. `considering`: see `lint.findings`."""
    values = {**samples.NOBODY, **samples.ours(release.reference, sender)}
    opened = {key: letters.open_letter(programs[key].join(values)) for key in words.audiences}
    taken = acceptances.accepted_by(session, release.message_id, release.revision)
    found = lint.findings(words, opened, considering)
    said = [Accepted(code=one.code, where=one.where, said=one.said, accepted_by=taken.get(one.key, "")) for one in found]
    return Look(opened, said, [f"{one.where}: {one.said}" for one in found if one.must and one.key not in taken])
