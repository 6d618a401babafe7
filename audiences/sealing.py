"""Where a release meets its readers: resolve the audiences, compile each variant once, freeze a letter for everybody, seal.

A worker does this in chunks, each in its own transaction. If it dies, another worker takes over and begins again.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlmodel import Session

from audiences import definitions, erasures, invitations, organisations
from audiences.definitions import Sifted
from campaigns.agreement import looks, releases, seals
from campaigns.agreement.addressees import Addressee
from campaigns.agreement.manifest import Definition
from campaigns.agreement.releases import Release
from campaigns.agreement.seals import Letter, Order
from campaigns.delivery import corrections, reached
from campaigns.drafting import holding_lines, lint, placeholders
from campaigns.drafting import invitations as stages
from campaigns.drafting.invitations import Occasion
from campaigns.drafting.letters import Sender
from campaigns.drafting.programs import Program
from campaigns.drafting.words import Words
from campaigns.foundation import reader_links
from campaigns.foundation.database import Database
from campaigns.foundation.errors import Invalid, Problem, Refused
from campaigns.foundation.officers import COUNTERSIGN
from campaigns.foundation.reader_links import COMING, LINKS, LinkKey
from campaigns.foundation.wording import many

CHUNK = 500
Invited = tuple[Addressee, Occasion | None]  # a reader, and what they are invited to


@dataclass(frozen=True)
class Sealer:
    """What sealing needs. `source`: the sender of every letter; `key`: the secret of its links; `only_under`: a rehearsal's one domain."""

    database: Database
    source: Sender
    key: str
    clock: Callable[[], datetime]
    only_under: str | None = None

    def seal(self, release_id: UUID) -> bool:
        """Seal a submitted release, or give it back with reasons. False when another worker has it or it is no longer wanted."""
        with self.database.transaction() as session:
            order = seals.take(session, release_id, at=self.clock())
        if order is None:
            return False
        try:
            self._freeze(order)
        except Refused as refusal:  # whatever the refusal, no release stays "being sealed" that cannot be sealed
            with self.database.transaction() as session:
                return seals.fail(session, order, reasons=_sentences(refusal), by=COUNTERSIGN.name, at=self.clock())
        return True

    def _freeze(self, order: Order) -> None:
        with self.database.reading() as session:
            considering = organisations.considering(session)
            sifted, said = _readers(session, order)
            occasions = invitations.occasions_of(session, order.words, at=order.at)
            sifted, theirs = invitations.invited(session, sifted, occasions) if occasions else (sifted, {})
        _require_sealable(order.words, sifted.addressees, self.only_under)
        programs, cases = seals.compile_variants(order, sender=self.source), holding_lines.cases(order.words.closed)
        with self.database.transaction() as session:
            release = releases.get(session, order.release_id)
            looks.at(session, release, words=order.words, programs=programs, sender=self.source, considering=considering).require_accepted()
            number = len(sifted.addressees) * len(cases)
            seals.keep_programs(session, order, programs, people=number, at=self.clock(), link_key=reader_links.key(self.key).id)
            seals.keep_audiences(session, order, said, at=self.clock())
            seals.keep_occasions(session, order, occasions, at=self.clock())
            seals.keep_left_out(session, order, sifted.left_out, at=self.clock())
        self._keep_letters(order, programs, [(reader, theirs.get(reader.person_id)) for reader in sifted.addressees], cases)
        with self.database.transaction() as session:
            seals.seal(session, order, sender=self.source, considering=considering, by=COUNTERSIGN.name, at=self.clock())
            erasures.catch_up(session, order.release_id)

    def _keep_letters(self, order: Order, programs: dict[str, Program], readers: list[Invited], cases: list[dict[str, str]]) -> None:
        each, key = max(CHUNK // len(cases), 1), reader_links.key(self.key)  # readers a chunk
        for first in range(0, len(readers), each):
            start = first * len(cases)
            both = enumerate(((reader, case) for reader in readers[first : first + each] for case in cases), start)
            chunk = [self._letter(order, reader, case, position, key) for position, (reader, case) in both]
            with self.database.transaction() as session:
                seals.keep_letters(session, order, programs, chunk, start=start, at=self.clock())

    def _letter(self, order: Order, invited: Invited, case: dict[str, str], position: int, key: LinkKey) -> Letter:
        reader, occasion = invited
        domain, stage = self.source.address.rpartition("@")[2], stages.stage_of(order.words.closed, case)
        links = [link for link in LINKS if occasion or link != COMING]
        tokens = {link: reader_links.token(key, link, order.release_id, position, reader.person_id) for link in links}
        later = "" if stage == stages.INVITED else f".{stage}"  # no two letters to one reader have one Message-ID
        fields = {
            **reader.fields(),
            **(stages.values(occasion, case, stage=stage) if occasion else case),
            "reference": order.reference,
            "address": reader.address,
            "message_id": f"<{order.release_id.hex}.{reader.person_id.hex}{later}@{domain}>",
            **reader_links.addresses(self.source.base_url, tokens),
        }
        return Letter(reader, fields, holding_lines.key(case))


def _readers(session: Session, order: Order) -> tuple[Sifted, list[Definition]]:
    """Who is in the audiences today, and by which version of each.

    For a correction: those to whom the original may have gone, less those who have stopped our letters, and the versions the original
    names.
    """
    if order.corrects is None:
        campaign = releases.get(session, order.release_id).campaign_id
        audiences = definitions.standing(session, order.words.audiences)
        found = definitions.candidates(session, audiences)
        return definitions.sifted(session, found, campaign_id=campaign), [audience.says for audience in audiences]
    sifted = of_a_correction(session, order.corrects, order.words)
    original = releases.said(releases.get(session, order.corrects))
    said = (original.audiences if original else None) or []
    return sifted, [one for one in said if one.audience in order.words.audiences]


def of_a_correction(session: Session, release_id: UUID, words: Words) -> Sifted:
    """Those to whom the corrected release may have gone, less those who have stopped our letters since. Refuses what `require_theirs` refuses."""
    release = releases.get(session, release_id)
    require_theirs(session, release, words)
    # Of an invitation several letters may have gone to one reader, who is none of those left out.
    once = {reader.person_id: reader for reader in reached.who(session, release_id)}
    return definitions.sifted(session, list(once.values()), campaign_id=release.campaign_id)


def require_theirs(session: Session, release: Release, words: Words) -> None:
    """Refuse a correction while more letters of that release may leave, or for other audiences than exactly those whose letters may have gone."""
    corrections.require_ended(release)
    if (went := reached.audiences(session, release.id)) != set(words.audiences):
        named = ", ".join(sorted(definitions.get(session, key).name for key in went))
        raise Refused(
            f"A correction goes to exactly the readers the original went to. Choose these audiences, no more and no fewer: {named}."
        )


def empty_blanks(words: Words, readers: Sequence[Addressee]) -> list[str]:
    """Which blanks would be empty for whom, as sentences: what an officer is shown before submitting."""
    empty: Counter[tuple[str, str]] = Counter()
    used = {key: placeholders.used(words.whole(key)) for key in words.audiences}
    for reader in readers:
        fields = reader.fields()
        empty.update((name, reader.variant) for name in used[reader.variant] if name in fields and not fields[name].strip())
    return said_of(empty)


def said_of(empty: Mapping[tuple[str, str], int]) -> list[str]:
    """How many readers have an empty blank, by its name and their audience, as sentences."""
    return [
        f"(({name})) is empty for {many(count, 'reader')} in {audience.replace('-', ' ')}."
        for (name, audience), count in sorted(empty.items())
    ]


def _values_that_deceive(readers: Sequence[Addressee]) -> Iterator[str]:
    found = Counter(problem for reader in readers for problem in lint.field_problems(reader.fields()))
    for problem, count in sorted(found.items()):
        yield f"{problem} for {many(count, 'reader')}."


def _require_sealable(words: Words, readers: Sequence[Addressee], only_under: str | None) -> None:
    if reasons := list(_reasons(words, readers, only_under)):
        raise Invalid([Problem("audiences", reason) for reason in reasons])


def _sentences(refusal: Refused) -> list[str]:
    return [problem.sentence for problem in refusal.problems] if isinstance(refusal, Invalid) else [refusal.sentence]


def _reasons(words: Words, readers: Sequence[Addressee], only_under: str | None) -> Iterator[str]:
    if not readers:
        yield "Nobody is in the audiences chosen."
    yield from empty_blanks(words, readers)
    yield from _values_that_deceive(readers)
    if only_under and any(not reader.address.endswith(only_under) for reader in readers):
        yield f"A rehearsal writes to addresses under {only_under} only."
