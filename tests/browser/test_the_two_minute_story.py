"""The two-minute story, from the landing page on: sign, sign, let it go, read a letter, look at the coverage."""

from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from campaigns.foundation import clock
from tests.browser.conftest import Running, let_go, sign, step_into

TITLE = "What LOPP is, and what it offers you"


@pytest.mark.long
def test_a_visitor_sees_a_message_signed_twice_sent_and_counted(page: Page, running: Running) -> None:
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Step into a post")

    for party in ("HSE", "LACoRS"):
        step_into(page, f"Signatory, {party}")
        expect(page.get_by_role("main")).to_contain_text(f"“{TITLE}” is waiting for {party} to sign")
        page.get_by_role("main").get_by_text("Read and sign").first.click()
        expect(page.get_by_role("main")).to_contain_text(f"You are about to agree, for {party}, that these words go to these people")
        sign(page)
        expect(page.get_by_role("main")).to_contain_text("Signed")

    step_into(page, "Drafter, LOPP team (HSE)")
    page.get_by_role("main").get_by_text("Choose when it goes").first.click()
    let_go(page)

    page.goto("/demo/letters")
    for role in ("senior manager", "elected member", "practitioner", "union contact", "group secretary"):
        page.get_by_label("Role").select_option(role)
        page.get_by_role("button", name="Show").click()
        page.get_by_role("link", name="What the Large Organisations Partnership Pilot is").first.click()
        expect(page.frame_locator("iframe").get_by_text("account manager").first).to_be_visible()
        page.go_back()
    assert sum(b"What_the_Large" in letter or b"What the Large" in letter for letter in running.letters()) == 350 * 3 + 10 + 11

    page.goto("/coverage")
    expect(page.get_by_role("main")).to_contain_text("Contacted 350 · at least confirmed 78 · briefed")
    then = clock.now() - timedelta(days=4)  # whoever was briefed before today held their post before today
    page.goto(f"/coverage?on={then:%d+%m+%Y}")
    expect(page.get_by_role("main")).not_to_contain_text("nobody to write to in any of these roles")
