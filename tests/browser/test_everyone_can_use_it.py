"""Every page by axe-core, on a phone, by keyboard and without JavaScript."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Running, sign_by_password, step_into

pytestmark = pytest.mark.long

TOUR = ("/tours", "Regional briefings on LOPP")
CALENDAR = ("/calendar", "Environmental Health News: copy date")
FIRST: dict[str, tuple[str, ...]] = {  # pages reached from another page by the first link of that name, and the next
    "message": ("/messages/", "Save the date"),
    "tour": TOUR,
    "tour report": (*TOUR, "Report by region"),
    "another briefing": (*TOUR, "Add a briefing"),
    "briefing": (*TOUR, "Yorkshire"),
    "arrangement": (*TOUR, "Yorkshire", "Change the arrangement"),
    "dates": (*TOUR, "Yorkshire", "Suggest dates"),
    "focus": (*TOUR, "Yorkshire", "Change the focus"),
    "calling off": (*TOUR, "Yorkshire", "Call it off"),
    "group declines": (*TOUR, "Yorkshire", "The group declines"),
    "speaking note": (*TOUR, "Yorkshire", "Speaking note to print"),
    "kit": (*TOUR, "Yorkshire", "Kit to take along"),
    "kit holder": (*TOUR, "Yorkshire", "Kit to take along", "Somebody else was given it"),
    "sign-in sheet": (*TOUR, "Yorkshire", "Sign-in sheet to print"),
    "who was there": (*TOUR, "Yorkshire", "Who was there"),
    "paper sheet": (*TOUR, "Yorkshire", "Type in the paper sheet"),
    "question": (*TOUR, "Yorkshire", "Write down a question"),
    "next action": (*TOUR, "Yorkshire", "Add a next action"),
    "held briefing": (*TOUR, "North West"),
    "milestones": ("/campaigns/", "What messages wait for"),
    "milestone": ("/campaigns/", "What messages wait for", "Record that it has happened"),
    "plan row": ("/campaigns/", "Communications plan", "Change"),
    "new plan row": ("/campaigns/", "Communications plan", "Add a row"),
    "calendar rule": CALENDAR,
    "calendar rule changed": (*CALENDAR, "Change it"),
    "calendar rule retired": (*CALENDAR, "Retire it"),
    "one authority's calendar": ("/authorities", "Adur", "Its whole calendar"),
    "one authority's calendar link": ("/authorities", "Adur", "Link for a calendar program"),
    "a by-election": ("/authorities", "Adur", "Add a by-election"),
    "audience": ("/audiences", "Senior managers"),
    "authority": ("/authorities", "Adur"),
    "plan": ("/campaigns/", "Communications plan"),
    "letter": ("/demo/letters", "Save the date"),
}
PLAIN = [
    "/",
    "/waiting",
    "/messages/",
    "/messages/new",
    "/campaigns/new",
    "/audiences",
    "/audiences/new",
    "/audiences/practitioners/rule",
    "/audiences/stakeholders",
    "/people",
    "/people/import",
    "/authorities",
    "/tours",
    "/forward-plan",
    "/calendar",
    "/calendar/new",
    "/calendar/files/new",
    "/calendar/links",
    "/tours/new",
    "/campaigns/",
    "/authorities/past",
    "/authorities/import",
    "/organisations",
    "/organisations/new",
    "/organisations/tesco",
    "/people/duplicates",
    "/people/guessed",
    "/corrections",
    "/replies",
    "/coverage",
    "/coverage/not-yet",
    "/coverage/record",
    "/coverage/recorded",
    "/coverage/progress",
    "/coverage/targets/new",
    "/coverage/load",
    "/coverage/bodies",
    "/records",
    "/records/holds",
    "/records/holds/new",
    "/coverage/not-yet",
    "/coverage?outline=county:E10000011&region=South+East",
    "/coverage/progress",
    "/corrections",
    "/demo/",
    "/demo/letters",
    "/accessibility",
    "/privacy",
    "/cookies",
]
SCREENSHOTS = os.environ.get("COUNTERSIGN_SCREENSHOTS")
RAGGED = """() => {
  const width = row => [...row.cells].reduce((sum, cell) => sum + cell.colSpan, 0);
  const unlike = table => [...table.tBodies].flatMap(body => [...body.rows]).filter(row => width(row) !== width(table.tHead.rows[0]));
  return [...document.querySelectorAll("table")].filter(table => table.tHead).flatMap(unlike).map(row => row.innerText);
}"""  # rows with more or fewer cells than their table has headings: a figure stands under another's


def look(page: Page, name: str) -> list[str]:
    """What axe-core finds on the page shown, and rows that fit no heading; a picture is kept where COUNTERSIGN_SCREENSHOTS says."""
    if SCREENSHOTS:
        page.screenshot(
            path=Path(SCREENSHOTS) / f"{name.strip('/').replace('/', '-') or 'home'}-{page.viewport_size['width']}.png", full_page=True
        )  # type: ignore[index]
    page.wait_for_load_state("networkidle")  # a frame that is still being filled has no document to look at
    ragged = [f"{page.url}: a row that its table has no headings for: {row}" for row in page.evaluate(RAGGED)]
    return ragged + [f"{page.url}: {violation['id']}: {violation['help']}" for violation in Axe().run(page).response["violations"]]


def overflow(page: Page) -> int:
    """By how many pixels the page is wider than the screen."""
    return int(page.evaluate("document.scrollingElement.scrollWidth - window.innerWidth"))


def follow(page: Page, name: str) -> None:
    """The first link of that name; some look like buttons, and are told to be."""
    main = page.get_by_role("main")
    main.get_by_role("link", name=name).or_(main.get_by_role("button", name=name)).first.click()


def test_axe_finds_nothing_on_any_page(page: Page, record_property: Callable[[str, object], None]) -> None:
    step_into(page, "Drafter, LOPP team (HSE)")
    found, names = [], [*PLAIN, *FIRST]
    for name in names:
        if name in FIRST:
            start, *links = FIRST[name]
            page.goto(start)
            for link in links:
                follow(page, link)
        else:
            page.goto(name)
        found += look(page, name)
    record_property("pages", len(names))
    assert found == []


def test_no_page_scrolls_sideways_on_a_phone(browser: Browser, running: Running) -> None:
    page = browser.new_context(base_url=running.address, viewport={"width": 375, "height": 700}).new_page()
    step_into(page, "Drafter, LOPP team (HSE)")

    wide = []
    for address in PLAIN:
        page.goto(address)
        if SCREENSHOTS:
            look(page, address)
        wide += [address] if overflow(page) > 0 else []

    assert wide == []
    page.context.close()


def test_high_contrast_marks_one_place_and_fills_bars_and_paper_spells_out_no_address_of_ours(browser: Browser, running: Running) -> None:
    page = browser.new_context(base_url=running.address, forced_colors="active").new_page()
    step_into(page, "Drafter, LOPP team (HSE)")
    page.goto("/authorities")
    shown = "found => found.map(one => getComputedStyle(one).borderBottomColor)"
    marks = page.locator(".cs-navigation__item").evaluate_all(shown)
    assert [marks.count(mark) for mark in dict.fromkeys(marks)] in ([1, len(marks) - 1], [len(marks) - 1, 1])
    page.goto("/coverage")
    edges = page.locator(".cs-cell").evaluate_all("found => found.map(one => getComputedStyle(one).borderLeftWidth)")
    assert set(edges) == {"0px"}  # of one colour they would tell no grade from another
    page.goto("/messages/")
    follow(page, "Save the date")
    follow(page, "See what became of the letters")
    assert page.get_by_role("progressbar").first.evaluate("bar => getComputedStyle(bar).forcedColorAdjust") == "none"

    page.emulate_media(media="print")
    printed = "link => getComputedStyle(link, '::after').content"
    assert page.get_by_role("main").get_by_role("link").first.evaluate(printed) == "none"
    page.context.close()


def test_paper_says_what_a_list_is_narrowed_by_and_has_no_column_of_buttons(page: Page) -> None:
    step_into(page, "Drafter, LOPP team (HSE)")
    page.emulate_media(media="print")
    for address, said in {"people?words=adur": "address contains: adur", "coverage/not-yet?nation=Wales": "Nation: Wales"}.items():
        page.goto(f"/{address}")
        expect(page.get_by_text(said)).to_be_visible()
        expect(page.locator(".cs-filter :is(label, input, select)").filter(visible=True)).to_have_count(0)

    page.goto("/signatories")
    assert {head.split("\t", 3)[-1].strip() for head in page.locator(".govuk-table thead").all_inner_texts()} == {"Passkeys"}


def test_a_message_is_read_and_returned_without_javascript(browser: Browser, running: Running) -> None:
    page = browser.new_context(base_url=running.address, java_script_enabled=False).new_page()
    step_into(page, "Drafter, LOPP team (HSE)")
    page.goto("/messages/new")
    page.get_by_role("button", name="Save", exact=True).click()

    summary = page.get_by_role("alert")
    for sentence in (
        "Enter a title",
        "Enter a subject",
        "Enter the message",
        "Choose at least one audience",
        "Enter the latest day to send",
    ):
        expect(summary).to_contain_text(sentence)
    page.context.close()


def test_the_sign_page_is_reached_and_answered_by_keyboard_alone(page: Page) -> None:
    step_into(page, "Signatory, HSE")
    page.goto("/messages/")
    page.keyboard.press("Tab")

    expect(page.get_by_role("link", name="Skip to main content")).to_be_focused()
    page.keyboard.press("Enter")
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent").strip().startswith("Save the date"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Save the date")


def test_the_map_is_skipped_by_one_key(page: Page) -> None:
    step_into(page, "Drafter, LOPP team (HSE)")
    page.goto("/coverage")
    skip = page.get_by_role("link", name="Skip the map")
    assert skip.bounding_box()["height"] <= 1  # type: ignore[index]
    skip.focus()
    assert skip.bounding_box()["height"] > 20  # type: ignore[index]
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="The same as a table").first).to_be_focused()


def test_a_wrong_password_signs_nothing_and_says_so(page: Page) -> None:
    step_into(page, "Signatory, LACoRS")
    page.goto("/")
    waiting = page.get_by_role("main").get_by_text("Read and sign")
    if not waiting.count():
        pytest.skip("everything in the story is signed already")
    waiting.first.click()
    sign_by_password(page, "not the password")
    expect(page.get_by_role("alert").first).to_contain_text("password")
