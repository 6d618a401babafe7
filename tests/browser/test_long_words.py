"""A long word, or an address without a place to break, in a title: on a phone no page is wider for it."""

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import Running, step_into
from tests.browser.keys import LACORS, Device, Office
from tests.browser.test_everyone_can_use_it import overflow

pytestmark = pytest.mark.long

TITLE = "for.everybody.who.reads.anything.at.all.of.what.we.write@a-very-long-name-of-a-place.example.test"
CUT = """() => [...document.querySelectorAll(".table-scroll .cs-tag")]
  .filter(tag => tag.getBoundingClientRect().right > tag.closest(".table-scroll").getBoundingClientRect().right)
  .map(tag => tag.innerText)"""  # states of which the end is not to be seen unless somebody scrolls


def test_a_long_word_in_a_title_widens_no_page(browser: Browser, running: Running) -> None:
    phone = Device(browser.new_context(base_url=running.address, viewport={"width": 375, "height": 700}).new_page())
    office, page = Office(running, phone, phone, phone), phone.page
    release = office.waiting(TITLE)

    wide = {}
    for post in ("Drafter, LOPP team (HSE)", LACORS):
        step_into(page, post)
        for path in (
            "/",
            "/waiting",
            "/messages/",
            office.message,
            f"{office.message}/edit",
            f"{office.message}/readers",
            release,
            f"{release}/sign",
            "/forward-plan",
            "/coverage",
        ):
            page.goto(path)
            wide |= {f"{post} at {path}": wider} if (wider := overflow(page)) > 0 else {}
    assert wide == {}

    page.goto("/messages/")
    for width in (375, 320):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.locator(".cs-tag").count() == 3
        assert page.evaluate(CUT) == [], f"{width} pixels"
    page.context.close()
