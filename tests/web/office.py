"""A small office: two councils, a union, both parties and a campaign; and what officers do there, through the pages alone."""

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask.testing import FlaskClient
from sqlmodel import col, select
from werkzeug.test import TestResponse

from audiences.sealing import Sealer
from campaigns.agreement import passkeys, releases, schedules, signatures, software_keys
from campaigns.agreement.releases import Release
from campaigns.delivery import plans
from campaigns.delivery.deliveries import Delivery
from campaigns.drafting import messages
from campaigns.drafting.messages import Message
from campaigns.foundation.database import Database
from tests import snapshots
from tests.campaigns import posting
from tests.web import beginnings, visitors
from tests.web.visitors import PASSWORD, words_on
from web import codes, previews
from web.accounts import Account
from web.desk import Desk

WORDS = {
    "title": "What LOPP is",
    "subject": "What LOPP offers you",
    "core": "Dear ((name)),\n\nOne lead authority speaks for ((organisation)).\n\n((your part))",
    "part-unions": "You may come to every briefing.",
    "audiences": ["senior-managers", "practitioners", "unions"],
    "latest_send": ["20", "12", "2026"],
    "latest_send_hour": "17:00",
    "not_before": ["", "", ""],
    "not_before_hour": "9:00",
    "risk": "ordinary",
    "answer": "second",
    "hold_hours": "24",
}


@dataclass
class Office:
    """The pages, and who sits before them: an officer of HSE, once a message has been brought anywhere."""

    client: FlaskClient
    campaign: UUID

    @property
    def desk(self) -> Desk:
        """What the application works with."""
        return visitors.desk_of(self.client.application)

    @property
    def database(self) -> Database:
        """Where it is kept."""
        return self.desk.database

    def sit(self, duty: str = "officer", party: str | None = "hse", *, name: str | None = None) -> None:
        """Somebody else sits down."""
        visitors.sign_in(self.client, duty, party, name=name)

    def see(self, address: str) -> str:
        """The words of a page that answers."""
        answer = self.client.get(address)
        assert answer.status_code == 200, f"{address}: {answer.status}"
        return words_on(answer)

    def post(self, address: str, **fields: Any) -> TestResponse:
        """Press a button, and follow where it leads."""
        return self.client.post(address, data=fields, follow_redirects=True)

    def write(self, **changes: Any) -> TestResponse:
        """Send the form of a new message."""
        return self.post("/messages/new", **{**WORDS, "campaign": str(self.campaign), "save": "Save", **changes})

    def change(self, message: UUID, **changes: Any) -> TestResponse:
        """Send the form of a message that stands."""
        return self.post(f"/messages/{message}/edit", **{**WORDS, "seen": str(self.revision(message)), "save": "Save", **changes})

    def drafted(self, **changes: Any) -> UUID:
        """A draft by HSE's officer."""
        message = self._once("drafted", changes, lambda: self._drafted(changes))
        self.sit()
        return message

    def _drafted(self, changes: dict[str, Any]) -> UUID:
        self.sit()
        answer = self.write(**changes)
        assert answer.status_code == 200, answer.status
        assert "Saved as a draft" in words_on(answer), words_on(answer)
        return self.newest(Message)

    def submitted(self, **changes: Any) -> UUID:
        """A release on its way to be sealed."""
        message = self.drafted(**changes)
        self.post(f"/messages/{message}/submission")
        return self.newest(Release)

    def waiting(self, **changes: Any) -> UUID:
        """A release that both parties are asked to sign."""
        release = self._once("waiting", changes, lambda: self._waiting(changes))
        self.sit()
        return release

    def _waiting(self, changes: dict[str, Any]) -> UUID:
        release = self.submitted(**changes)
        self.seal(release)
        return release

    def agreed(self, **changes: Any) -> UUID:
        """A release both have signed."""
        release = self._once("agreed", changes, lambda: self._agreed(changes))
        self.sit()
        return release

    def _agreed(self, changes: dict[str, Any]) -> UUID:
        release = self.waiting(**changes)
        for party in ("hse", "lacors"):
            self.sit("signatory", party)
            assert "You have signed it" in words_on(self.sign(release))
        return release

    def going(self, *, states: dict[str, int] | None = None) -> UUID:
        """A release that is going out; so many letters in these states, the rest waiting."""
        release = self._once("going", {}, self._going)
        self.sit()
        self.put_in_state(release, states or {})
        return release

    def _going(self) -> UUID:
        release = self.agreed()
        self.post(f"/releases/{release}/schedule", when="now")
        with self.database.transaction() as session:
            schedules.begin_due(session, at=self.desk.clock())
            while plans.plan_next(session, release, size=100, at=self.desk.clock()):
                pass
        return release

    def _once(self, what: str, changes: dict[str, Any], steps: Callable[[], UUID]) -> UUID:
        """Where these steps were taken before, at this time and with these changes, their outcome is copied; files are none among the changes."""
        if any(not isinstance(value, str | list) for value in changes.values()):
            return steps()
        return snapshots.of(self.database, f"{what} at {self.desk.clock()} with {sorted(changes.items())}", lambda _: steps())

    def end(self, release: UUID) -> None:
        """Every letter has its outcome."""
        with self.database.transaction() as session:
            assert schedules.finish(session, release, at=self.desk.clock())

    def set_going(self, release: UUID) -> UUID:
        """Seal it, sign it for both, and let it go."""
        self.seal(release)
        for party in ("hse", "lacors"):
            self.sit("signatory", party)
            self.sign(release)
        self.sit()
        self.post(f"/releases/{release}/schedule", when="now")
        with self.database.transaction() as session:
            schedules.begin_due(session, at=self.desk.clock())
        return release

    def put_in_state(self, release: UUID, states: dict[str, int]) -> None:
        """As if a worker had been at it."""
        position = 0
        with self.database.transaction() as session:
            for state, number in states.items():
                for place in range(position, position + number):
                    row = sa.update(Delivery).where(col(Delivery.release_id) == release, col(Delivery.position) == place)
                    session.exec(
                        row.values(state=state, reply="The connection closed after the dot" if state in {"unknown", "held"} else None)
                    )
                position += number
            posting.recount(session, release)

    def seal(self, release: UUID) -> None:
        """What the worker does when it hears of a submission."""
        with self.client.application.test_request_context():
            sender = previews.sender()
        assert Sealer(self.database, sender, self.desk.settings.secret_key, self.desk.clock).seal(release)

    def sign(self, release: UUID, *, digest: str | None = None, **ticks: str) -> TestResponse:
        """Read the page, press Agree and sign, and let the officer's passkey answer; where no challenge is had, the form goes on without."""
        seen = digest if digest is not None else self.shown(release)
        asked = self.client.post(f"/releases/{release}/challenge", data={"digest": seen}, follow_redirects=True)
        return self.post(f"/releases/{release}/sign", digest=seen, **(self.passkey(asked.get_json()) if asked.is_json else {}), **ticks)

    def shown(self, release: UUID) -> str:
        """The digest that the signing page carries."""
        page = self.client.get(f"/releases/{release}/sign").get_data(as_text=True)
        found = re.search(r'name="digest"[^>]*value="([0-9a-f]{64})"', page)
        return found[1] if found else ""

    def passkey(self, asked: dict[str, Any]) -> dict[str, str]:
        """What the page's script sends on: the answer of the passkey of whoever sits here."""
        with self.client.session_transaction() as session:
            mark = session["_user_id"]
        with self.database.reading() as session:
            officer = session.exec(select(Account.officer_id).where(Account.fs_uniquifier == mark)).one()
        given = software_keys.assertion(officer, passkeys.decode(asked["challenge"]), asked["nonce"], software_keys.SITE)
        response = {"authenticatorData": given.authenticator_data, "clientDataJSON": given.client_data, "signature": given.signature}
        return {"nonce": asked["nonce"], "answer": json.dumps({"id": given.credential, "response": response})}

    def sign_by_password(self, release: UUID, *, password: str = PASSWORD, code: str | None = None) -> TestResponse:
        """The same, the weaker way; the code is what the app shows unless another is typed."""
        shown = codes.at(visitors.CODE_SECRET, self.desk.clock()) if code is None else code
        return self.post(f"/releases/{release}/sign-by-password", password=password, code=shown, digest=self.shown(release))

    def state(self, release: UUID) -> str:
        """The release's row."""
        with self.database.reading() as session:
            return releases.get(session, release).state

    def signed(self, release: UUID) -> list[str]:
        """The parties that have signed a release, in order."""
        with self.database.reading() as session:
            return [signature.party for signature in signatures.given(session, release)]

    def message_of(self, release: UUID) -> UUID:
        """The message a release belongs to."""
        with self.database.reading() as session:
            return releases.get(session, release).message_id

    def revision(self, message: UUID) -> int:
        """Which revision stands."""
        with self.database.reading() as session:
            return messages.get(session, message).revision

    def newest(self, table: type[Message] | type[Release]) -> UUID:
        """The one made last."""
        with self.database.reading() as session:
            order = Message.drafted_at if table is Message else Release.submitted_at
            return session.exec(select(table).order_by(col(order).desc(), sa.literal_column("rowid").desc())).first().id  # type: ignore[union-attr]


def open_office(client: FlaskClient) -> Office:
    """Set it up: 2 senior managers, 2 practitioners, 1 union contact without a region."""
    database = visitors.desk_of(client.application).database
    return Office(client, snapshots.of(database, "an office", partial(beginnings.office, client.application)))
