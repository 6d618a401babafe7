"""The main job from end to end: draft, submit, two signatures, schedule, letters to five audiences, a briefing, coverage."""

import quopri
import re
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WAIT, Running, let_go, sign, step_into

pytestmark = pytest.mark.long
SUBJECT = "Progress in April"
AUDIENCES = ["Senior managers", "Elected members", "Practitioners", "Unions", "Regional groups"]
READERS = 350 * 3 + 10 + 11


def draft(page: Page) -> None:
    """Write a message for five audiences, with words of their own for two."""
    page.goto("/messages/new")
    page.get_by_label("Title").fill(SUBJECT)
    page.get_by_label("Subject", exact=True).fill(SUBJECT)
    page.get_by_label("What everybody reads").fill("Dear ((name)),\n\nNews for **((organisation))** in ((region)).")
    for audience in AUDIENCES:
        page.get_by_role("group", name="Who gets it").get_by_label(audience, exact=True).check()
    for audience in ("Unions", "Practitioners"):
        page.get_by_text(f"Words only for {audience}").first.click()
        page.get_by_role("textbox", name=f"Words only for {audience}").fill(f"Only for {audience.lower()}.")
    for part, value in (("Day", "12"), ("Month", "5"), ("Year", "2027")):
        page.get_by_role("group", name="Latest day to send").get_by_label(part).fill(value)


def agree(page: Page, party: str) -> None:
    """Sign the newest message for a party."""
    step_into(page, f"Signatory, {party}")
    page.get_by_role("link", name="Messages").first.click()
    page.get_by_role("main").get_by_role("link", name=SUBJECT).click()
    page.get_by_role("main").get_by_text("Read and sign").first.click()
    sign(page)


@pytest.fixture(scope="module")
def sent(browser: Browser, running: Running) -> list[EmailMessage]:
    """The letters of a message that went the whole way."""
    page = browser.new_context(base_url=running.address).new_page()
    page.set_default_timeout(WAIT)
    step_into(page, "Drafter, LOPP team (HSE)")
    draft(page)
    page.get_by_text("Words only for Unions").first.click()
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("main")).to_contain_text("((region)) is empty for 8 readers in unions")
    page.get_by_role("main").get_by_text("Change the words").first.click()
    page.get_by_label("What everybody reads").fill("Dear ((name)),\n\nNews for **((organisation))**.")
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Submit to HSE and LACoRS").click()
    expect(page.get_by_role("main")).to_contain_text("waiting for HSE and LACoRS", timeout=WAIT)
    for party in ("HSE", "LACoRS"):
        agree(page, party)
    step_into(page, "Drafter, LACoRS")
    page.get_by_role("main").get_by_text("Choose when it goes").first.click()
    let_go(page)
    page.context.close()
    letters = [message_from_bytes(letter, policy=policy.default) for letter in running.letters()]
    return [letter for letter in letters if letter["Subject"] == SUBJECT]


def test_every_reader_of_all_five_audiences_gets_one_letter(sent: list[EmailMessage]) -> None:
    assert len(sent) == READERS
    assert len({letter["Message-ID"] for letter in sent}) == READERS
    assert len({letter["To"] for letter in sent}) == READERS


def test_every_letter_reads_as_text_first_and_carries_its_styles_inline(sent: list[EmailMessage]) -> None:
    for letter in sent:
        assert [part.get_content_type() for part in letter.iter_parts()] == ["text/plain", "text/html"]
        html = list(letter.iter_parts())[1].get_content()
        assert "<style" not in html
        assert html.count("style=") > 10


def test_no_letter_names_another_reader(sent: list[EmailMessage]) -> None:
    addresses = {letter["To"] for letter in sent}
    for letter in sent:
        found = set(re.findall(r"[\w.+-]+@[\w.-]+\.test", quopri.decodestring(letter.as_bytes()).decode("utf-8", "replace")))
        assert found & addresses == {letter["To"]}
        assert letter["Cc"] is letter["Bcc"] is None


def test_two_councils_letters_differ_only_in_their_own_fields(sent: list[EmailMessage]) -> None:
    members = [letter for letter in sent if letter["To"].startswith("elected-member@")]

    assert len(members) == 350
    assert len({neutral(letter) for letter in members}) == 1


def neutral(letter: EmailMessage) -> str:
    """A letter's two parts with the reader's own values taken out."""
    bodies = "\n".join(part.get_content() for part in letter.iter_parts()).replace("\r\n", "\n")
    organisation = re.search(r"as elected member at (.+)\.", bodies)
    name = re.search(r"^Dear (.+),$", bodies, re.MULTILINE)
    assert organisation
    assert name
    bodies = bodies.replace(name[1], "NAME").replace(name[1].replace("&", "&amp;").replace("'", "&#39;"), "NAME")
    bodies = re.sub(re.escape(organisation[1]) + "|" + re.escape(organisation[1].replace("&", "&amp;")), "ORGANISATION", bodies)
    return re.sub(r"/(stop|read|share)/[\w-]+", r"/\1/TOKEN", bodies)


def test_a_briefing_held_after_it_counts_as_briefed(page: Page, sent: list[EmailMessage]) -> None:
    step_into(page, "Drafter, LACoRS")
    page.goto("/tours")
    page.get_by_role("link", name="Regional briefings on LOPP").first.click()
    page.get_by_role("link", name="North East liaison group").first.click()
    page.get_by_role("main").get_by_text("Arrange").first.click()
    for part, value in (("Day", "3"), ("Month", "11"), ("Year", "2026")):
        page.get_by_role("group", name="Date").get_by_label(part).fill(value)
    page.get_by_label("Starts at", exact=True).fill("14:05")
    page.get_by_label("Place").fill("Durham, county hall")
    page.get_by_label("Presents for HSE").fill("LOPP team, HSE")
    page.get_by_label("Presents for LACoRS").fill("LOPP lead, LACoRS")
    note = page.get_by_label("Speaking note")
    note.select_option(note.locator("option", has_text=SUBJECT).get_attribute("value"))
    page.get_by_role("button", name="Save the arrangement").click()
    page.get_by_role("link", name="North East liaison group").first.click()
    page.get_by_role("button", name="Mark as held").click()
    page.get_by_label("Gateshead, senior manager").check()
    page.get_by_role("button", name="Save who was there").click()

    expect(page.get_by_role("main")).to_contain_text("Somebody from 1 of 12 authorities came")
    wait_until_briefed(page)
    row = page.get_by_role("row", name=re.compile("Gateshead"))
    row.get_by_text("Briefed").first.click()
    expect(row).to_contain_text("on the attendance sheet")


def wait_until_briefed(page: Page) -> None:
    """The relay tells and the worker recounts a moment after the sheet is saved."""
    for _ in range(3 * WAIT // 200):
        page.goto("/coverage?region=North+East")
        if page.get_by_role("row", name=re.compile("Gateshead")).get_by_text("Briefed").count():
            return
        page.wait_for_timeout(200)
    raise AssertionError("Gateshead was never counted as briefed")
