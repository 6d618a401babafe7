"""Buttons that stand in every row of a list say of what, to whoever hears the page rather than sees the row."""

import html
import re

from flask.testing import FlaskClient
from sqlmodel import select

from audiences import suggestions
from campaigns.agreement import keyrings
from campaigns.agreement.passkeys import Word
from campaigns.agreement.rosters import Key
from campaigns.delivery import unclear
from campaigns.delivery.deliveries import Delivery
from campaigns.drafting.messages import Message
from campaigns.foundation import officers
from tests.web.grounds import ADUR, Ground
from tests.web.office import Office
from tests.web.test_calendars import TYPED
from tests.web.test_records import place
from tests.web.test_targets import set_target
from tests.web.visitors import NOON

BUTTON = re.compile(r"<button[^>]*>(.*?)</button>", re.DOTALL)


def buttons(client: FlaskClient, address: str, said: str) -> list[str]:
    """What the buttons of a page are called that begin so."""
    page = client.get(address).text
    names = (" ".join(html.unescape(re.sub(r"<[^>]+>", "", one)).split()) for one in BUTTON.findall(page))
    return [name for name in names if name.startswith(said)]


def test_no_two_buttons_of_a_list_are_called_the_same(ground: Ground, client: FlaskClient) -> None:
    ground.agreed()
    client.post("/calendar/new", data=TYPED | {"authority": "", "where": "everywhere:"})
    client.post("/calendar/new", data=TYPED | {"authority": "", "where": "nation:England", "title": "Licensing committee"})
    person = ground.person()
    for kind, text in ((suggestions.WRONG_PERSON, "fire doors"), (suggestions.SOMEBODY_ELSE, "claim 7")):
        place(client, about=text)
        said = {"authority_code": ADUR, "source": "the reader’s page", "by": "the reader", "at": NOON, "name": text}
        with ground.database.transaction() as session:
            suggestions.make(session, about=person, kind=kind, **said)
    for role in ("practitioner", "senior_manager"):
        set_target(client, role=role)
    with ground.database.reading() as session:
        reviews = f"/messages/{session.exec(select(Message.id)).first()}/reviews"
    for reviewer in ("Ann", "Bob"):
        client.post(reviews, data={"reviewer": reviewer})

    lists = {
        "/records/holds": "Lift it",
        f"/authorities/{ADUR}": "Not here",
        "/corrections": "Change nothing",
        "/coverage/progress": "Drop",
        reviews: "Take it back",
    }
    for address, begins in lists.items():
        names = buttons(client, address, begins)
        assert len(names) > 1 and len(names) == len(set(names)), f"{address}: {names}"


def test_each_button_that_decides_about_a_letter_says_about_whose(office: Office) -> None:
    release = office.going(states={"held": 4})
    with office.database.transaction() as session:
        for position in (0, 1):
            session.get_one(Delivery, (release, position)).reply = unclear.SILENT

    for begins, number in (("Count as sent", 4), ("Send again", 4), ("Leave", 4), ("All: leave", 2)):
        names = buttons(office.client, f"/releases/{release}/delivery", begins)
        assert len(names) == number == len(set(names)), names


def test_buttons_beside_comments_passkeys_invitations_and_tasks_say_which(office: Office) -> None:
    message = office.drafted()
    for text in ("The date is wrong.", "The place is wrong."):
        office.post(f"/messages/{message}/comments", comment=text, revision="1")
    office.write(title="Another")
    home = office.client.get("/").text
    assert home.count(">Go on</a>") == 2
    for number in (1, 2):
        assert f'id="task-{number}"' in home and f'id="task-{number}-go" aria-labelledby="task-{number}-go task-{number}"' in home
    names = buttons(office.client, f"/messages/{message}", "Mark as resolved")
    assert sorted(names) == [f"Mark as resolved (comment {place}, by officer of hse)" for place in (1, 2)]

    office.sit("signatory", "hse")
    with office.database.transaction() as session:
        for record in officers.signatories(session, "hse"):
            key = Key(id=f"key of {record.id}", cose=str(record.id), software=True)
            by = officers.get(session, record.id)
            keyrings.keep(session, key, name="Blue key", word=Word(0, False, False), by=by, at=NOON)
    names = buttons(office.client, "/passkeys/", "Stop using it")
    assert len(names) > 1 and len(names) == len(set(names)), names

    office.sit("administrator", None)
    for name in ("Ann", "Bob"):
        office.post("/officers/invite", name=name, party="hse", duty="officer", email=f"{name}@hse.example")
    assert buttons(office.client, "/officers", "Invite again") == ["Invite again Ann", "Invite again Bob"]
