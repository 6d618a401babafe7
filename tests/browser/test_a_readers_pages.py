"""The pages behind a letter's links, in Chromium: by axe-core, on a phone, and without JavaScript from the letter to the last thank-you."""

import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from campaigns.drafting import letters
from tests.browser.conftest import Running
from tests.browser.test_everyone_can_use_it import SCREENSHOTS, look, overflow

pytestmark = pytest.mark.long

WITHIN = 60


def links(running: Running, number: int) -> dict[str, str]:
    """The links in the letter that arrived at this place; waits until it has."""
    until = time.monotonic() + WITHIN
    while len(arrived := [letter for letter in running.letters() if b"List-Unsubscribe" in letter]) <= number:
        assert time.monotonic() < until, "the letter does not arrive"
        time.sleep(0.2)
    text = letters.open_letter(arrived[number]).text
    return {kind: path for path, kind in re.findall(rf"{running.address}(/(stop|read|share)/[\w-]+)", text)}


@pytest.fixture
def plain(browser: Browser, running: Running) -> Iterator[Page]:
    """A phone without JavaScript."""
    context = browser.new_context(base_url=running.address, viewport={"width": 375, "height": 700}, java_script_enabled=False)
    yield context.new_page()
    context.close()


def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, running: Running, record_property: Callable[[str, object], None]
) -> None:
    mine, found = links(running, 0), []
    for width in (1280, 375):
        page = browser.new_context(base_url=running.address, viewport={"width": width, "height": 800}).new_page()
        for name, path in [*mine.items(), ("none of ours", "/read/null")]:
            page.goto(path)
            found += look(page, f"reader-{name}")
            if page.locator("form").count():
                page.get_by_role("button").first.click()
                found += look(page, f"reader-{name}-asked-again")
            found += [f"{path} is {wide} pixels too wide at {width}"] if (wide := overflow(page)) > 0 else []
        page.context.close()
    record_property("figure", f"a reader's pages: axe-core finds {len(found)} faults at 1280 and 375 pixels")
    assert found == []


def test_a_reader_confirms_and_answers_without_javascript(plain: Page, running: Running) -> None:
    plain.goto(links(running, 1)["read"])
    plain.get_by_role("button", name="Send my answer").click()
    expect(plain.get_by_role("alert")).to_contain_text("Nothing has been recorded")

    plain.get_by_label("Yes, I have read it").check()
    plain.get_by_role("button", name="Send my answer").click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text("Could you explain to a colleague what was in it?")
    look_at(plain, "reader-pulse")
    plain.get_by_label("In part").check()
    plain.get_by_role("button", name="Send my answer").click()
    expect(plain.get_by_role("main")).to_contain_text("You said: In part")
    look_at(plain, "reader-answered")
    assert plain.context.cookies() == []


def test_a_reader_names_somebody_else_and_stops_one_topic(plain: Page, running: Running) -> None:
    mine = links(running, 2)
    plain.goto(mine["share"])
    plain.get_by_label("Yes, and somebody else should get it too").check()
    plain.get_by_label("Their name or post").fill("Deputy head of service")
    plain.get_by_role("button", name="Send my answer").click()
    expect(plain.get_by_role("heading", level=1)).to_contain_text("an officer will look at it")
    look_at(plain, "reader-shared")

    plain.goto(mine["stop"])
    plain.get_by_label("Do not write to me about").check()
    plain.get_by_role("button", name="Save my choice").click()
    expect(plain.get_by_role("main")).to_contain_text("everything except")
    look_at(plain, "reader-stopped")
    assert plain.context.cookies() == []


def look_at(page: Page, name: str) -> None:
    """A picture for those who ask for one; axe-core needs the JavaScript that is off here."""
    if SCREENSHOTS:
        page.screenshot(path=Path(SCREENSHOTS) / f"{name}-375.png", full_page=True)
