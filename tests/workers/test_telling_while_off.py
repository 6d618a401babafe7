"""While sending is switched off, no mail says that letters leave."""

from pathlib import Path

from campaigns.agreement import schedules
from campaigns.agreement.schedules import ReleaseScheduled, SendingResumed
from campaigns.delivery import arming
from tests.campaigns import stories
from tests.campaigns.delivery.machines import Machine
from tests.campaigns.posting import reachable
from tests.campaigns.stories import NOON, House
from tests.workers.facts import fact, written
from workers import telling
from workers.tools import Tools


def test_what_is_let_go_or_let_go_on_while_sending_is_off_is_told_so(house: House, tools: Tools, tmp_path: Path) -> None:
    assert Machine(reachable(house).database, tmp_path / "arming.json").started() is None
    story = stories.sending_release(house)
    with house.database.transaction() as session:
        arming.refuse(session, arming.armed(session)[0].epoch, by=house.lacors, at=NOON)
        schedules.stop(session, story.release, by=house.hse, at=NOON)
        schedules.resume(session, story.release, by=house.hse, at=NOON)

    said = []
    for kind in (ReleaseScheduled, SendingResumed):
        telling.tell_both_parties(fact(house.database, kind), tools)
        said += [notice.text or "" for notice in written(house.database).values()]

    text = " ".join(" ".join(said).split())
    assert "HSE director resumed it. Nothing leaves until sending is switched on again." in text
    assert text.count("Nothing leaves until sending is switched on again.") >= 2 and "Letters leave again" not in text


def test_where_a_machine_asks_and_another_may_send_only_the_one_that_asks_is_spoken_of(house: House, tools: Tools, tmp_path: Path) -> None:
    assert Machine(reachable(house).database, tmp_path / "arming.json").started() is None
    Machine(house.database, tmp_path / "two" / "arming.json").started()
    story = stories.sending_release(house)
    with house.database.transaction() as session:
        asking = arming.waiting(session)[0].machine
        schedules.stop(session, story.release, by=house.hse, at=NOON)
        schedules.resume(session, story.release, by=house.hse, at=NOON)

    telling.tell_both_parties(fact(house.database, SendingResumed), tools)

    text = " ".join((written(house.database)["lacors-chair@posts.test"].text or "").split())
    assert f"HSE director resumed it. Nothing leaves from {asking} until both parties let it." in text
