"""Field by field: whatever was signed and is now another keeps every letter in, and both parties are shown that, and what."""

from collections.abc import Callable
from uuid import UUID

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlmodel import Session, col

from audiences import definitions, invitations
from campaigns.agreement import differences, manifest, releases, schedules
from campaigns.agreement.manifest import Manifest
from campaigns.agreement.releases import Release
from campaigns.agreement.sealed import SealedProgram
from campaigns.briefings import arranging, tours
from campaigns.briefings.arrangements import Arrangement
from campaigns.briefings.tours import Group
from campaigns.delivery import corrections
from campaigns.drafting import acceptances, attachments, letters, lint, messages, samples
from campaigns.drafting.invitations import Occasion
from campaigns.drafting.risks import Risk
from campaigns.foundation.officers import COUNTERSIGN
from tests.campaigns import posting, stories
from tests.campaigns.agreement import altering, pushing, remembering, removals
from tests.campaigns.agreement.altering import Place
from tests.campaigns.stories import NOON, House, Story
from tests.snapshots import Snapshot
from tests.web import visitors
from tests.web.conftest import Clock
from tests.web.visitors import words_on

STORED = "what is stored is not what was signed: "
CARE = {"risk": Risk(kind="high", signatures=2, observers=["press@posts.test"])}
CORE = "Dear ((name)),\n\n((your part))\n\n[www.hse.gov.uk](https://www.lopp.test/)"  # shows one address and leads to another


@pytest.fixture
def house(app: Flask, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> House:
    clock.at = NOON
    monkeypatch.setattr(letters, "compile_letter", remembering.compiler())
    house = stories.house(visitors.desk_of(app).database)
    with house.database.transaction() as session:
        definitions.found(session, by=COUNTERSIGN, at=NOON)
    return house


@pytest.fixture
def parties(app: Flask, house: House) -> dict[str, FlaskClient]:
    """A signatory of each party, signed in."""
    seated = {party: app.test_client() for party in ("hse", "lacors")}
    for party, client in seated.items():
        visitors.sign_in(client, "signatory", party)
    return seated


def corrected(house: House) -> Story:
    """A release in which every part of a manifest stands: a correction that invites, with a file, of a high risk, with a finding accepted."""
    first, occasion = stories.sending_release(house), briefing(house)
    invites = {"closed": {"invitation": ["Come.", "Please come.", "It is off."]}, "invites_to": [occasion.briefing]}
    posting.sent(first)
    with house.database.transaction() as session:
        assert schedules.finish(session, first.release, at=NOON)
        message = corrections.begin(session, first.release, by=house.drafter, at=NOON)
        kept = attachments.keep(session, b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", name="briefing.ics")
        words = messages.current(session, messages.get(session, message)).read()
        messages.revise(
            session,
            message,
            words.model_copy(update={**CARE, **invites, "core": CORE + "\n\n((invitation))", "attachments": [kept]}),
            by=house.drafter,
            at=NOON,
        )
        accept(session, message, house)
    story = Story(house, message, stories.submitted(house, message))
    stories.seal(house, story.release, occasions=[occasion])
    for officer in (house.hse, house.hse_other, house.lacors, house.lacors_other):
        story.sign(officer)
    return story


def briefing(house: House) -> Occasion:
    """A dated briefing, as readers are invited to it."""
    by = {"by": house.drafter, "at": NOON}
    with house.database.transaction() as session:
        tour = tours.open_tour(session, house.campaign, name="Spring", groups=[Group("group-wales", "Wales", "Wales")], **by)
        (found,) = tours.briefings(session, tour)
        arranging.arrange(session, found.id, Arrangement(stories.LATEST, "Cardiff"), **by)
        return invitations.occasion_of(tours.get(session, found.id))


def accept(session: Session, message: UUID, house: House) -> None:
    """The drafter takes what the lint found on their own name."""
    standing = messages.get(session, message)
    words = messages.current(session, standing).read()
    opened = samples.of_words(words, reference=standing.reference, sender=stories.SENDER)
    found = lint.findings(words, opened)
    assert acceptances.accept(session, message, found, [one.key for one in found if one.must], by=house.drafter, at=NOON)


def boxes_on(client: FlaskClient, story: Story) -> tuple[str, str]:
    """What stands in the box of HSE and in that of LACoRS, on the release's page."""
    page = words_on(client.get(f"/releases/{story.release}"))
    signatures = page.partition(" Signatures HSE ")[2].partition(" What the parties agree to ")[0].partition(" History ")[0]
    hse, _, lacors = signatures.partition(" LACoRS ")
    return hse.partition(" It was signed by ")[0], lacors.partition(" It was signed by ")[0]


@pytest.mark.long
def test_every_signed_field_changed_alone_at_the_database_sends_nothing_and_voids_both_signatures(
    house: House, parties: dict[str, FlaskClient], record_property: Callable[[str, object], None]
) -> None:
    story = corrected(house)
    agreed = Snapshot(house.database)
    places, wrong, sent = list(altering.places()), {}, 0
    for place in places:
        for party, digest_too in (("hse", False), ("lacors", True)):
            agreed.back()
            _alter(story, place, digest_too=digest_too)
            letters_sent = pushing.push(story)
            said = boxes_on(parties[party], story)
            sent += len(letters_sent)
            if letters_sent or not all(box.startswith(f"Void: {STORED}{_label(place)}") for box in said):
                wrong[place] = said

    agreed.back()
    control = len(pushing.push(story))
    whole = {place[0] for place in places if len(place) == 1}
    assert wrong == {} and control == len(stories.READERS)
    assert whole == set(Manifest.model_fields)
    record_property("figure", f"field by field: {len(whole)} fields and {len(places) - len(whole)} inside them changed alone, "
                              f"with and without the digest beside them: {sent} sent; control {control}")  # fmt: skip


def _alter(story: Story, place: Place, *, digest_too: bool) -> None:
    with story.database.transaction() as session:
        removals.lifted(session)
        release = releases.get(session, story.release, lock=True)
        release.manifest = altering.altered(release.manifest or b"", place)
        release.digest = manifest.digest(release.manifest) if digest_too else release.digest
        session.add(release)


def _label(place: Place) -> str:
    """How a page names the field; of one audience's letter it says whose."""
    return "the " if place[0] == "variants" else f"{differences.LABELS[str(place[0])]} changed"


@pytest.mark.parametrize("how", ["unreadable bytes", "no bytes", "other letters too"])
def test_where_it_cannot_be_proved_what_changed_nothing_is_guessed(house: House, parties: dict[str, FlaskClient], how: str) -> None:
    story = stories.agreed_release(house)
    _alter(story, ("latest_send",), digest_too=True)
    with house.database.transaction() as session:
        if how == "other letters too":
            session.exec(sa.update(SealedProgram).values(program=b"[]").where(col(SealedProgram.audience) == "practitioners"))
        else:
            session.exec(sa.update(Release).values(manifest=b"{}" if how == "unreadable bytes" else None))

    assert set(boxes_on(parties["lacors"], story)) == {"Void: what is stored is not what was signed."}
    assert pushing.push(story) == []
