"""An invitation from a tour's page to calendars: written, signed twice, gone to the readers of two groups, and cancelled for one of them."""

from email import message_from_bytes, policy

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WAIT, Running, let_go, sign, step_into

pytestmark = pytest.mark.long
SUBJECT, TITLE = "Briefing for your regional group", "Invitation: Regional briefings on LOPP"


def write(page: Page) -> None:
    """From the tour's page: the draft is there, but for who gets it."""
    page.goto("/tours")
    page.get_by_role("main").get_by_role("link", name="Regional briefings on LOPP").click()
    page.get_by_role("link", name="Write the invitation").click()
    page.get_by_role("group", name="Who gets it").get_by_label("Practitioners", exact=True).check()
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Submit to HSE and LACoRS").click()
    expect(page.get_by_role("main")).to_contain_text("waiting for HSE and LACoRS", timeout=WAIT)


def agree(page: Page, party: str) -> None:
    """Read what stands in calendars, and sign for a party."""
    step_into(page, f"Signatory, {party}")
    page.get_by_role("link", name="Messages").first.click()
    page.get_by_role("main").get_by_role("link", name=TITLE).click()
    page.get_by_role("main").get_by_text("Read and sign").first.click()
    expect(page.get_by_role("main")).to_contain_text("What calendars say")
    expect(page.get_by_role("main")).to_contain_text("to cancel, at once and whatever the window")
    sign(page)


def call_off(page: Page) -> str:
    """Call Scotland's briefing off; gives what the page says of who will be told."""
    page.goto("/tours")
    page.get_by_role("main").get_by_role("link", name="Regional briefings on LOPP").click()
    page.get_by_role("main").get_by_role("link", name="Scotland liaison group", exact=True).first.click()
    page.get_by_role("link", name="Call it off").click()
    told = page.get_by_text("have been invited").inner_text()
    page.get_by_label("Why is it called off?").fill("The hall is flooded")
    page.get_by_role("button", name="Call it off").click()
    return told


def entries(running: Running) -> list[tuple[str, str, str]]:
    """Of every letter caught: to whom, and the method and place of its calendar entry."""
    found = []
    for raw in running.letters():
        letter = message_from_bytes(raw, policy=policy.default)
        if letter["Subject"] == SUBJECT:
            (part,) = [part for part in letter.walk() if part.get_content_type() == "text/calendar"]
            lines = part.get_content().replace("\r\n", "\n").replace("\n ", "").splitlines()
            said = dict(line.partition(":")[::2] for line in lines)
            found.append((letter["To"], said["METHOD"], said["LOCATION"]))
    return found


def test_invited_in_one_signing_and_cancelled_for_one_group(browser: Browser, running: Running) -> None:
    page = browser.new_context(base_url=running.address).new_page()
    page.set_default_timeout(WAIT)
    step_into(page, "Drafter, LOPP team (HSE)")
    write(page)
    for party in ("HSE", "LACoRS"):
        agree(page, party)
    step_into(page, "Drafter, LACoRS")
    page.get_by_role("main").get_by_text("Choose when it goes").first.click()
    let_go(page)
    invited = entries(running)
    scots = {to for to, _, place in invited if "Perth" in place}
    assert {method for _, method, _ in invited} == {"REQUEST"}
    assert len(scots) == 32  # Scotland's authorities, one practitioner each
    assert 0 < len(invited) - len(scots) == len({to for to, _, place in invited if "Leeds" in place})

    told = call_off(page)
    assert told.startswith(f"{len(scots)} people have been invited")
    page.goto("/messages/")
    page.get_by_role("main").get_by_role("link", name=TITLE).click()
    for _ in range(3 * WAIT // 500):
        if len(cancelled := [to for to, method, _ in entries(running) if method == "CANCEL"]) >= len(scots):
            break
        page.wait_for_timeout(500)
    assert sorted(cancelled) == sorted(scots)
    page.context.close()
