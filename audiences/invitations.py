"""Who is invited to which briefing: each reader to that of the group their authority meets in, as it stands when the release is sealed.

Source: HELA paper, Annex 3 ("Present LOPP to each LA regional group").
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from sqlmodel import Session, select

from audiences import briefing_days
from audiences.definitions import Sifted
from audiences.organisations import Membership
from campaigns.agreement import occasions
from campaigns.agreement.addressees import Addressee, LeftOut
from campaigns.agreement.occasions import Invites
from campaigns.briefings import tours
from campaigns.briefings.tours import Briefing
from campaigns.drafting import placeholders
from campaigns.drafting.invitations import Occasion
from campaigns.drafting.words import Words
from campaigns.foundation import clock
from campaigns.foundation.errors import Refused

NO_BRIEFING = "the reader's group has none of these briefings"


def occasions_of(session: Session, words: Words, *, at: datetime) -> list[Occasion]:
    """The briefings that a message invites to, as they stand, each numbered after whatever was sealed about it.

    Refuses one that has no date, one that has begun, a latest time after the last of them begins, and one without the link that the words speak of.
    """
    found = []
    used = {name for key in words.audiences for name in placeholders.used(words.whole(key))} - set(words.closed)
    for briefing in (tours.get(session, UUID(briefing_id)) for briefing_id in words.invites_to):
        occasion = occasions.numbered(session, occasion_of(briefing), notice=words.holding_line)
        if occasion.starts_at <= at:
            raise Refused(f"The briefing of {occasion.group} has begun. Leave it out of the invitation.")
        if "link" in used and not occasion.link:
            raise Refused(f"((link)) stands in the words, and the briefing of {occasion.group} has no link to join by.")
        found.append(occasion)
    if found and words.latest_send > (last := max(occasion.starts_at for occasion in found)):
        raise Refused(f"Let the latest time to send be before the last of the briefings begins, on {clock.say(last)}.")
    return found


def occasion_of(briefing: Briefing) -> Occasion:
    """A dated briefing as its readers are invited to it. Refuses one that has no date."""
    if briefing.state != "dated" or briefing.starts_at is None or briefing.until is None:
        raise Refused(f"The briefing of {briefing.title} has no date. Give it one first, or leave it out of the invitation.")
    return Occasion(
        uid=uid_of(briefing),
        sequence=0,
        briefing=str(briefing.id),
        group=briefing.title,
        starts_at=briefing.starts_at,
        ends_at=briefing.until,
        place=briefing.place or "",
        link=briefing.link or "",
    )


def uid_of(briefing: Briefing) -> str:
    """The UID by which calendars know a briefing; a new one after it was called off."""
    return f"{briefing.id}-{briefing.times_off}"


def gone(session: Session, briefing: Briefing) -> list[Invites]:
    """What went, or is going, and invites to a briefing as it is now; in the order in which calendars take it."""
    uid = uid_of(briefing)
    return [one for one in occasions.gone(session, str(briefing.id)) if one.to.uid == uid]


def invited(session: Session, sifted: Sifted, found: Sequence[Occasion]) -> tuple[Sifted, dict[UUID, Occasion]]:
    """Who of these readers has one of the briefings, each with theirs; the others are left out, with the reason."""
    of_group = {tours.get(session, UUID(occasion.briefing)).group_code: occasion for occasion in reversed(found)}
    kept, groups = _narrowed(session, sifted, of_group)
    return kept, {reader.person_id: of_group[groups[reader.person_id]] for reader in kept.addressees}


def narrowed(session: Session, sifted: Sifted, words: Words) -> Sifted:
    """The same before anything is sealed, whether or not the briefings that the words name have a date now; everybody, where they name none."""
    codes = {tours.get(session, UUID(briefing)).group_code for briefing in words.invites_to}
    return _narrowed(session, sifted, codes)[0] if codes else sifted


def _narrowed(session: Session, sifted: Sifted, codes: Collection[str]) -> tuple[Sifted, dict[UUID, str]]:
    """Those of these groups, and each reader's group."""
    groups = _groups(session, sifted.addressees)
    kept = [reader for reader in sifted.addressees if groups[reader.person_id] in codes]
    without = [LeftOut(reader, NO_BRIEFING) for reader in sifted.addressees if groups[reader.person_id] not in codes]
    return replace(sifted, addressees=kept, left_out=[*sifted.left_out, *without]), groups


def _groups(session: Session, readers: Iterable[Addressee]) -> dict[UUID, str]:
    """Each reader's regional group: that of their authority, or the one they hold a post of."""
    of_authority = dict(session.exec(select(Membership.authority_code, Membership.group_code)).all())
    ids = [reader.person_id for reader in readers if reader.authority_code is None]
    places = briefing_days.places_of(session, ids)
    return {reader.person_id: of_authority.get(reader.authority_code or "", places.get(reader.person_id, "")) for reader in readers}
