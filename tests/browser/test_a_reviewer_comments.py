"""Somebody without an account opens the link they were sent, on a phone and without JavaScript, comments, and the officer resolves it."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Running, step_into
from tests.browser.test_everyone_can_use_it import look, overflow

pytestmark = pytest.mark.long
PHONE = {"width": 375, "height": 700}


def made(page: Page, reader: str) -> str:
    """A link for somebody to read and comment on *Save the date*, as its drafter is shown it."""
    step_into(page, "Drafter, LOPP team (HSE)")
    page.goto("/messages/")
    page.get_by_role("main").get_by_role("link", name="Save the date").first.click()
    page.get_by_role("link", name="Ask somebody without an account to comment").click()
    page.get_by_label("Who will read it?").fill(reader)
    page.get_by_role("button", name="Make the link").click()
    return page.get_by_role("status").locator("pre").inner_text()


def test_a_reviewer_reads_on_a_phone_and_comments_and_the_officer_resolves_it(page: Page, browser: Browser, running: Running) -> None:
    link = made(page, "Head of Health, Adur")
    found = look(page, "review-links")

    visitor = browser.new_context(viewport=PHONE).new_page()
    visitor.goto(link)
    found += look(visitor, "review")
    assert overflow(visitor) <= 0
    expect(visitor.frame_locator("iframe").first.locator("body")).to_contain_text("((")
    visitor.get_by_label("Your comment").fill("Which day do you mean?")
    visitor.get_by_role("button", name="Send the comment").click()
    expect(visitor.get_by_role("alert")).to_contain_text("Your comment is kept")
    visitor.goto(link + "x")
    expect(visitor.get_by_role("heading", level=1)).to_have_text("This link does not work")
    found += look(visitor, "review-closed")
    visitor.context.close()

    page.get_by_role("link", name="Save the date").first.click()
    expect(page.get_by_role("main")).to_contain_text("Which day do you mean?")
    found += look(page, "message-with-a-comment")
    page.get_by_role("button", name="Mark as resolved").click()
    expect(page.get_by_role("main")).to_contain_text("Every comment is resolved.")
    assert found == []


def test_a_reviewer_needs_no_javascript(page: Page, browser: Browser, running: Running) -> None:
    link = made(page, "Union officer")

    visitor = browser.new_context(java_script_enabled=False).new_page()
    visitor.goto(link)
    visitor.get_by_role("button", name="Send the comment").click()
    expect(visitor.get_by_role("alert")).to_contain_text("Write your comment")
    visitor.get_by_label("Your comment").fill("Without a script.")
    visitor.get_by_role("button", name="Send the comment").click()
    expect(visitor.get_by_role("main")).to_contain_text("Without a script.")
    visitor.context.close()
