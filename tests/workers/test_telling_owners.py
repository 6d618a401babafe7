"""Whoever gets a passkey, or another app for their codes, is told: if it was not them, they should know."""

from campaigns.agreement import keyrings
from campaigns.agreement.identity import CodesSetUp
from campaigns.agreement.keyrings import KeyEnrolled
from campaigns.agreement.passkeys import Word
from campaigns.agreement.rosters import Key
from campaigns.foundation import log
from tests.campaigns.posting import reachable
from tests.campaigns.stories import NOON, House
from tests.workers.facts import every, fact
from tests.workers.letters import reads_as_agreed
from workers import telling
from workers.tools import Tools


def test_whoever_gets_a_passkey_is_told_alone_and_once(house: House, tools: Tools) -> None:
    reachable(house)
    with house.database.transaction() as session:
        key = Key(id="another", cose="key", software=True)
        keyrings.keep(session, key, name="Blue <key>", word=Word(0, False, False), by=house.lacors, at=NOON)

    for _ in range(2):
        telling.tell_the_owner_of_a_new_passkey(fact(house.database, KeyEnrolled), tools)

    (notice,) = every(house.database)
    assert notice.to == "lacors-chair@posts.test"
    assert reads_as_agreed("passkey_added", notice)


def test_whoever_gets_another_app_for_their_codes_is_told_alone_and_once(house: House, tools: Tools) -> None:
    reachable(house)
    with house.database.transaction() as session:
        log.record(session, CodesSetUp(), subject=house.lacors.id, by=house.lacors.name, at=NOON)

    for _ in range(2):
        telling.tell_the_owner_of_a_new_app(fact(house.database, CodesSetUp), tools)

    (notice,) = every(house.database)
    assert notice.to == "lacors-chair@posts.test"
    assert reads_as_agreed("app_set_up", notice)
