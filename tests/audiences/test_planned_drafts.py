"""A draft stands on the forward plan from the day it may go, or from today, until its latest day; once that is over it stands nowhere."""

from datetime import date, timedelta

from audiences import outlooks
from audiences.contact_load import Limit
from audiences.forward_plan import View
from campaigns.foundation.database import Database
from tests.campaigns import stories
from tests.campaigns.stories import DAY, NOON
from tests.web import grounds


def test_a_draft_stands_from_the_day_it_may_go_or_from_today_until_its_latest_day(sqlite: Database) -> None:
    ground = grounds.found(sqlite)
    for title, days in {"Might have gone": -3, "May go later": 4}.items():
        words = stories.words(title=title, not_before=NOON + timedelta(days=days), latest_send=NOON + 9 * DAY)
        stories.drafted(ground.house, words, at=NOON - 5 * DAY)
    stories.drafted(ground.house, stories.words(title="Is over", latest_send=NOON - DAY), at=NOON - 5 * DAY)

    with sqlite.reading() as session:
        found = outlooks.read(session, View(NOON.date()), Limit(30, 4), at=NOON).items

    drafts = {item.title: (item.first, item.last) for item in found if item.stands == "draft"}
    assert drafts == {"Might have gone": (date(2026, 5, 12), date(2026, 5, 21)), "May go later": (date(2026, 5, 16), date(2026, 5, 21))}
