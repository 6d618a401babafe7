"""What a communications plan leaves open: groups nobody planned for, rows without an owner of a party, dates that passed with nothing sent.

A row that is to be written before the same group was met face to face is a remark, not a gap. Source: HELA paper, Annex 2 ("Face to face
communications, at a regional level will be the most effective"; "Further written communications should support these") and Annex 3.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

import sqlalchemy as sa
from sqlmodel import Session, col, select

from audiences import definitions, organisations, stakeholders
from audiences.organisations import Body
from campaigns.agreement.releases import Release
from campaigns.delivery import departures
from campaigns.planning.plan_rows import FACE_TO_FACE, IN_WRITING, PlanRow

BODY = "body:"  # before the code of a body that no audience stands for
OWNERS = (("hse_owner", "HSE"), ("lacors_owner", "LACoRS"))


@dataclass(frozen=True)
class Group:
    """Somebody a plan is to cover: an audience, or a body that the paper names beside the audiences."""

    key: str
    name: str


@dataclass(frozen=True)
class Gap:
    """What is missing, in a sentence; of a row, where there is one. A mere remark asks for a thought."""

    sentence: str
    row_id: UUID | None = None
    group: str = ""
    remark: bool = False


def groups(session: Session) -> list[Group]:
    """Everybody a row can be for: the audiences in their order, then the bodies that the plan names and no audience stands for."""
    bodies = session.exec(select(Body).where(Body.status != "opt-in", col(Body.kind).not_in(stakeholders.PLANNED_KINDS))).all()
    named = stakeholders.named_in_the_plan(session, bodies)
    beside = [body for body in bodies if body.code in named and body.kind in (organisations.DIRECTORATE, organisations.COMMITTEE)]
    return [
        *(Group(audience.key, audience.name) for audience in definitions.every(session)),
        *(Group(f"{BODY}{body.code}", body.name) for body in sorted(beside, key=lambda body: body.name)),
    ]


def gone(session: Session, rows: Iterable[PlanRow]) -> frozenset[UUID]:
    """Those messages of these rows of which letters went, or are going."""
    ids = [row.message_id for row in rows if row.message_id]
    went = (col(Release.state) == "sending") | departures.some_went()
    return frozenset(session.execute(sa.select(col(Release.message_id)).where(col(Release.message_id).in_(ids), went).distinct()).scalars())


def of(rows: Sequence[PlanRow], every: Iterable[Group], *, sent: Collection[UUID], today: date) -> list[Gap]:
    """Every gap of a campaign's plan, those without a row first; then row by row, by date; remarks last."""
    covered = {row.audience for row in rows}
    nobody = [
        Gap(f"{group.name}: nothing is planned for them in this campaign.", group=group.key) for group in every if group.key not in covered
    ]
    found = [gap for row in rows for gap in _of_row(row, sent, today)]
    return [*nobody, *found, *_written_first(rows)]


def _of_row(row: PlanRow, sent: Collection[UUID], today: date) -> list[Gap]:
    if row.done_on is not None or row.message_id in sent:
        return []
    missing = [party for name, party in OWNERS if not getattr(row, name)]
    found = [Gap(f"“{row.title}” has no owner from {' and none from '.join(missing)}.", row.id)] if missing else []
    if row.last < today:
        found.append(Gap(f"“{row.title}” was planned for {row.when}, which has passed, and nothing was sent or done.", row.id))
    return found


def _written_first(rows: Iterable[PlanRow]) -> list[Gap]:
    """Groups that are written to before they are met, though they are to be met."""
    met: dict[str, PlanRow] = {}
    written: dict[str, PlanRow] = {}
    for row in rows:
        if row.channel in FACE_TO_FACE:
            met.setdefault(row.audience, row)
        elif row.channel in IN_WRITING:
            written.setdefault(row.audience, row)
    return [
        Gap(
            f"“{row.title}” ({row.when}) meets them face to face only after “{first.title}” ({first.when}) was written to the same group: "
            "face to face first is the most effective.",
            row.id,
            remark=True,
        )
        for audience, row in met.items()
        if (first := written.get(audience)) and first.last < row.first
    ]
