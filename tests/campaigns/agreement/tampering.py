"""Rows changed behind the product's back, as a compromised neighbour or a careless hand at the database would; the model is told."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from sqlmodel import Session, select

from campaigns.agreement import manifest, merkle, passkeys, releases, sealed, signatures, software_keys
from campaigns.agreement.parties import Party
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import Particulars, SealedBranch, SealedLetter, SealedProgram
from campaigns.agreement.signatures import Signature
from campaigns.delivery import deliveries
from campaigns.delivery.deliveries import Chunk, Delivery
from campaigns.drafting import messages
from campaigns.drafting.messages import Revision
from campaigns.foundation.officers import Officer, OfficerRecord
from campaigns.foundation.stamps import Stamp
from tests.campaigns.agreement import lending, removals
from tests.campaigns.agreement.walk import Walk

EVIL = "elsewhere@evil.test"


@dataclass
class Tamper:
    """Hands on the rows of a walk's newest release."""

    walk: Walk

    def _change(self, change: Callable[[Session], object]) -> None:
        with self.walk.house.database.transaction() as session:
            removals.lifted(session)
            change(session)

    def _release(self, session: Session) -> Release:
        return releases.get(session, self.walk.latest, lock=True)

    def the_manifest(self) -> None:
        """Another latest-send in the stored bytes, the digest beside them left alone."""
        self._change(lambda session: self._prolong(session, digest=False))
        self.walk.sealed.altered = True

    def the_manifest_and_its_digest(self) -> None:
        """The same, and the digest beside them made to fit: whoever signs after this signs the new bytes."""
        self._change(lambda session: self._prolong(session, digest=True))

    def _prolong(self, session: Session, *, digest: bool) -> None:
        release = self._release(session)
        said = manifest.read(release.manifest or b"")
        longer = said.model_copy(update={"latest_send": said.latest_send + timedelta(days=1)}).to_bytes()
        release.manifest = longer
        if digest:
            release.digest = hashlib.sha256(longer).hexdigest()
            self.walk.sealed.digest = release.digest
            self.walk.sealed.latest_send += timedelta(days=1)
        session.add(release)

    def a_program(self) -> None:
        """Other words in one compiled variant."""
        self._change(self._reword)
        self.walk.sealed.altered = True

    def _reword(self, session: Session) -> None:
        row = session.exec(
            select(SealedProgram).where(SealedProgram.release_id == self.walk.latest).order_by(SealedProgram.audience)
        ).first()
        assert row is not None
        row.program = row.program.replace(b"Dear", b"Deer")
        session.add(row)

    def a_leaf(self) -> None:
        """Another leaf for the first reader."""
        self._change(self._releaf)
        self.walk.sealed.altered = True

    def _releaf(self, session: Session) -> None:
        row = session.get(SealedLetter, (self.walk.latest, 0))
        assert row is not None
        row.leaf = hashlib.sha256(row.leaf).digest()
        session.add(row)

    def the_address(self) -> None:
        """The first letter goes elsewhere."""
        self._change(self._redirect)

    def the_address_and_its_leaf(self) -> None:
        """The same, with a leaf that fits."""
        self._change(lambda session: self._fit_leaves(session, after=self._redirect))
        self.walk.sealed.altered = True

    def the_address_its_leaf_and_its_branch(self) -> None:
        """The same, with a branch that fits the leaf."""
        self._change(lambda session: self._fit_leaves(session, after=self._redirect))
        self._change(self._fit_branches)
        self.walk.sealed.altered = True

    def _fit_branches(self, session: Session) -> None:
        for number, node in enumerate(merkle.branches(sealed.leaves(session, self.walk.latest))):
            session.get_one(SealedBranch, (self.walk.latest, number)).node = node

    def the_words_and_every_leaf(self) -> None:
        """Other words, with leaves that fit."""
        self._change(lambda session: self._fit_leaves(session, after=self._reword))
        self._change(self._fit_branches)
        self.walk.sealed.altered = True

    def _redirect(self, session: Session) -> None:
        row = session.get(Particulars, (self.walk.latest, 0))
        assert row is not None
        row.sqlmodel_update({"address": EVIL, "fields": {**(row.fields or {}), "address": EVIL}})
        session.add(row)

    def _fit_leaves(self, session: Session, *, after: Callable[[Session], None]) -> None:
        after(session)
        session.flush()
        programs = sealed.programs_of(session, self.walk.latest)
        for row in session.exec(select(SealedLetter).where(SealedLetter.release_id == self.walk.latest)):
            private = session.get(Particulars, (row.release_id, row.position))
            assert private is not None
            message = programs[row.audience].join(private.fields or {})
            row.leaf = sealed.leaf_of(private.salt or b"", row.says(str(private.address)), message)
            session.add(row)

    def a_signature(self, officer: Officer, party: str) -> None:
        """A signature nobody gave, in the name of a party that has not signed."""
        if not self._rows_of({party, str(officer.id)}):
            self._change(lambda session: session.add(self.forged(session, officer, party)))

    def forged(self, session: Session, officer: Officer, party: str) -> Signature:
        """A row with an assertion that verifies, by a key of the officer's own, over the newest release: everything but the right to sign."""
        release, at = self._release(session), self.walk.at
        nonce = passkeys.encode(int(at.timestamp() * 1000).to_bytes(8, "big") + bytes(24))
        challenge = passkeys.challenge(passkeys.RELEASE, release.manifest or b"", passkeys.decode(nonce))
        evidence = software_keys.assertion(officer.id, challenge, nonce, software_keys.SITE).to_dict()
        whose = {"party": party, "officer_id": officer.id, "officer_name": officer.name}
        digest = self.walk.sealed.digest
        return Signature(release_id=release.id, digest=digest, roster=1, method="software", evidence=evidence, at=at, **whose)

    def _rows_of(self, anyone: set[str]) -> list[Signature]:
        with self.walk.house.database.reading() as session:
            return [row for row in signatures.given(session, self.walk.latest) if anyone & {row.party, str(row.officer_id)}]

    def a_signature_s_digest(self) -> None:
        """A signature made to speak of other bytes."""
        self._change(self._other_digest)

    def _other_digest(self, session: Session) -> None:
        for row in session.exec(select(Signature).where(Signature.release_id == self.walk.latest).limit(1)):
            row.digest = "0" * 64
            session.add(row)
            self.walk.sealed.given = [one for one in self.walk.sealed.given if one.officer != row.officer_id]

    def the_message_s_revision(self) -> None:
        """A revision written past every step: the message says something newer, its state as before."""
        self._change(self._newer)
        self.walk.model.revision += 1

    def _newer(self, session: Session) -> None:
        message = messages.get(session, self.walk.message, lock=True)
        standing = messages.current(session, message)
        message.revision += 1
        session.add(message)
        session.add(
            Revision(
                message_id=message.id, number=message.revision, words=standing.words, by_id=standing.by_id, by_name="?", at=self.walk.at
            )
        )

    def the_register(self, officer: Officer, *, party: str | None, duty: str) -> None:
        """An officer's party or duty, changed in the row."""
        self._change(lambda session: self._reassign(session, officer.id, party, duty))
        self.walk.model.register[officer.id] = (party, duty)

    def _reassign(self, session: Session, officer_id: UUID, party: str | None, duty: str) -> None:
        record = session.get(OfficerRecord, officer_id)
        assert record is not None
        record.sqlmodel_update({"party": party, "duty": duty})
        session.add(record)

    def an_officer_leaves(self, officer: Officer) -> None:
        """An officer's row says they have left."""
        self._change(lambda session: self._deactivate(session, officer.id))
        self.walk.model.left.add(officer.id)

    def _deactivate(self, session: Session, officer_id: UUID) -> None:
        record = session.get(OfficerRecord, officer_id)
        assert record is not None
        record.active = False
        session.add(record)

    def a_chunk(self) -> None:
        """Letters queued by nobody, for a release nobody let go."""
        self._change(self._queue)

    def _queue(self, session: Session) -> None:
        chunk = Chunk(release_id=self.walk.latest, not_before=self.walk.at)
        session.add(chunk)
        session.flush()
        at = self.walk.at
        session.add_all(Delivery(release_id=self.walk.latest, position=place, chunk_id=chunk.id, due_at=at, at=at) for place in range(3))
        deliveries.recount(session, [chunk.id])

    def the_parties(self) -> None:
        """Another body in LACoRS's place."""
        self._change(self._replace_party)

    def _replace_party(self, session: Session) -> None:
        session.delete(session.get_one(Party, "lacors"))
        session.add(Party(code="ghost", name="Ghost"))

    def the_whole_release_with_an_earlier_one(self) -> None:
        """Everything of the first release, signatures too, put under the newest one's id."""
        self._change(lambda session: lending.lend(session, self.walk.releases[0], self.walk.latest))

    def a_second_signature_by_the_same_person(self, officer: Officer, party: str) -> None:
        """One person's signature for the other party too, in a table that lost its constraints."""
        removals.no_unique_signatures(self.walk.house.database)
        self._change(lambda session: session.add(self.forged(session, officer, party)))

    def the_stamp(self) -> None:
        """A rehearsal's database put into service."""
        self._change(self._restamp)
        self.walk.model.rehearsal = False

    def _restamp(self, session: Session) -> None:
        stamp = session.get(Stamp, 1)
        assert stamp is not None
        stamp.env = "production"
        session.add(stamp)
