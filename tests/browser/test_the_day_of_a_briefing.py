"""The day of a briefing, in Chromium: sign-in and a local repeat on a telephone without JavaScript, and the officer's pages; all by axe-core."""

import re
from collections.abc import Callable
from datetime import datetime

import pytest
from playwright.sync_api import Browser, Page, expect

from campaigns.foundation import clock
from tests.browser.conftest import Running, step_into
from tests.browser.test_everyone_can_use_it import look, overflow

pytestmark = pytest.mark.long


def doors(page: Page, running: Running) -> tuple[str, str, str]:
    """The page of a briefing that is held late today, and its two addresses for whoever has no account."""
    step_into(page, "Drafter, LOPP team (HSE)")
    page.goto("/tours")
    page.get_by_role("main").get_by_role("link", name="Regional briefings on LOPP").first.click()
    page.get_by_role("link", name=re.compile(r"^Change\s*, ")).first.click()
    today = clock.london(datetime.now(clock.UTC))
    for part in ("day", "month", "year"):
        page.locator(f"#day-{part}").fill(str(getattr(today, part)))
    page.get_by_label("Starts at").fill("23:58")
    page.get_by_label("Ends at").fill("23:59")
    briefing = page.url.removesuffix("/arrangement").removeprefix(running.address)
    page.get_by_role("button", name="Save the arrangement").click()
    page.goto(briefing)
    signing, telling = (re.search(rf"{running.address}(/{path}/[\w-]+)", page.content()) for path in ("sign-in", "repeat"))
    assert signing and telling
    return briefing, signing[1], telling[1]


def test_axe_finds_nothing_and_nothing_scrolls_sideways(
    browser: Browser, page: Page, running: Running, record_property: Callable[[str, object], None]
) -> None:
    briefing, door, repeat = doors(page, running)
    place = page.context.new_page()
    place.goto(door)
    code = place.get_by_role("radio").first.get_attribute("value")
    public = [door, f"{door}?asked=place", f"{door}?place=another", f"{door}?place={code}", f"{door}?place={code}&role=practitioner"]
    public += [f"{door}?status=apologies", repeat, "/sign-in/null", "/repeat/null"]
    own = [briefing + path for path in ("", "/sign-in-sheet", "/paper", "/who-was-there", "/questions/new", "/actions/new")]

    found = []
    for width in (1280, 375):
        for addresses, visitor in ((own, page), (public, browser.new_context(base_url=running.address).new_page())):
            visitor.set_viewport_size({"width": width, "height": 800})
            for number, address in enumerate(addresses):
                visitor.goto(address)
                found += look(visitor, f"the-day-{'own' if visitor is page else 'public'}-{number}")
                found += [f"{address} is {wide} pixels too wide at {width}"] if (wide := overflow(visitor)) > 0 else []
    record_property(
        "figure", f"the day of a briefing: axe-core finds {len(found)} faults on {len(public) + len(own)} pages at 1280 and 375 pixels"
    )
    assert found == []


def test_somebody_signs_in_and_a_liaison_officer_tells_of_a_repeat_without_javascript(
    browser: Browser, page: Page, running: Running
) -> None:
    briefing, door, repeat = doors(page, running)
    phone = browser.new_context(base_url=running.address, viewport={"width": 375, "height": 700}, java_script_enabled=False).new_page()
    phone.goto(door)
    phone.get_by_role("button", name="Continue").click()
    expect(phone.get_by_role("alert")).to_contain_text("Nothing has been recorded")
    phone.get_by_role("radio").first.check()
    phone.get_by_role("button", name="Continue").click()
    phone.get_by_label("Practitioner").check()
    phone.get_by_role("button", name="Continue").click()
    phone.get_by_label("Your name, or your post").fill("Jane Fields")
    phone.get_by_role("button", name="Sign in").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("You are signed in")

    phone.goto(repeat)
    phone.get_by_label("At which authority?").select_option(index=1)
    today = clock.london(datetime.now(clock.UTC))
    for part in ("Day", "Month", "Year"):
        phone.get_by_label(part, exact=True).fill(str(getattr(today, part.lower())))
    told = {"Where?": "The depot", "How many: practitioners": "14", "Your name": "Jo Reed", "Your post": "Liaison officer"}
    for label, value in told.items():
        phone.get_by_label(label, exact=True).fill(value)
    phone.get_by_role("button", name="Tell us").click()
    expect(phone.get_by_role("heading", level=1)).to_contain_text("An officer will look at it")
    assert phone.context.cookies() == []

    page.goto(briefing)
    expect(page.get_by_role("main")).to_contain_text("1 person on the list")
    page.get_by_role("button", name="Accept").click()
    expect(page.get_by_role("main")).to_contain_text("Yes, accepted by Drafter")
