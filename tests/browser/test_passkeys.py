"""Signing with passkeys: on a phone from the e-mail's link, from another device, and when the finger is not the right one."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import APIResponse, Browser, Page, Route, expect

from tests.browser.conftest import WAIT, Running, step_into
from tests.browser.keys import HSE, LACORS, READERS, Office, open_office
from tests.browser.test_everyone_can_use_it import look, overflow
from web.demo_posts import PASSWORD

pytestmark = pytest.mark.long
PAGES_AT_MOST = 3


@pytest.fixture(scope="module")
def office(browser: Browser, running: Running) -> Iterator[Office]:
    """Every signatory with a passkey that the roster lists."""
    office = open_office(browser, running)
    yield office
    for device in (office.desk, office.phone, office.ring):
        device.page.context.close()


def test_from_the_e_mail_s_link_to_signed_on_a_phone_in_three_pages(office: Office) -> None:
    title = "Read this on the train"
    release = office.waiting(title)
    asked = office.mail_to("hse-signatory@countersign.test", title).get_body(("plain",))
    link = re.search(r"http://localhost:\d+/releases/\S+", asked.get_content() if asked else "")
    assert link
    page, pages = office.phone.page, []
    page.goto("about:blank")  # nothing of an earlier page is still to come, and would bring its session back
    page.context.clear_cookies()
    page.on("framenavigated", lambda frame: pages.append(frame.url) if frame == page.main_frame else None)

    page.goto(link[0])
    page.get_by_label("E-mail address").fill("hse-signatory@countersign.test")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("main")).to_contain_text("You are about to agree, for HSE")
    found, wide = look(page, "sign-on-a-phone"), overflow(page)
    office.phone.press()
    expect(page.get_by_role("main")).to_contain_text("You have signed it for HSE. Next, LACoRS reads it and signs or returns it.")

    assert [found, wide] == [[], 0]
    assert len(pages) <= PAGES_AT_MOST, pages

    office.ring.agree(release, LACORS)  # a security key: another device than the desk
    office.go(release)
    assert office.letters(title) == READERS


def test_a_finger_that_is_not_the_signatory_s_signs_nothing_and_the_page_loses_nothing(office: Office) -> None:
    release = office.waiting("Not that finger", core="Dear ((name)),\n\n[www.hse.gov.uk](https://www.evil.test/)")
    page = office.desk.page
    step_into(page, HSE)
    page.goto(f"{release}/sign")
    page.get_by_label("www.evil.test").first.check()
    asked: list[str] = []
    page.on("response", lambda answer: asked.append(answer.url) if answer.url.endswith("/challenge") else None)

    office.desk.knows_its_user(False)
    office.desk.press()
    expect(page.get_by_role("main")).to_contain_text("Nothing was signed. Press the button again.")
    office.desk.knows_its_user(True)
    office.desk.press()  # a nonce of its own; the tick is still there

    expect(page.get_by_role("main")).to_contain_text("You have signed it for HSE")
    assert len(asked) == 2


def test_a1_whoever_wrote_the_words_finds_no_button_and_a_forged_form_is_refused(office: Office) -> None:
    title = "Signed by its own author?"
    release = office.waiting(title, post=HSE)
    shown = _shown(office.see(LACORS, f"{release}/sign"))
    page = office.see(HSE, f"{release}/sign")

    expect(page.get_by_role("main")).to_contain_text("You wrote some of these words")
    assert page.get_by_role("button", name="Agree and sign").count() == 0
    assert [_forged(page, f"{release}/{door}", shown) for door in ("challenge", "sign")] == [403, 403]
    assert office.letters(title) == 0
    assert office.send(release, title) == READERS


def test_a3_one_person_signs_once(office: Office) -> None:
    title = "Signed twice by one person?"
    release = office.waiting(title)
    shown = _shown(office.see(HSE, f"{release}/sign"))
    office.desk.agree(release, HSE)
    page = office.see(HSE, f"{release}/sign")

    assert page.get_by_role("button", name="Agree and sign").count() == 0
    assert _forged(page, f"{release}/challenge", shown) == 403
    expect(office.see(LACORS, release).get_by_role("main")).to_contain_text("waiting for LACoRS")
    assert office.letters(title) == 0
    office.desk.agree(release, LACORS)
    office.go(release)
    assert office.letters(title) == READERS


def test_a6_words_changed_after_the_first_signature_void_it_on_both_screens(office: Office) -> None:
    title = "Changed under a signature"
    release = office.waiting(title)
    office.desk.agree(release, HSE)
    page = office.see("Drafter, LACoRS", office.message)
    page.get_by_role("link", name="Change the words").first.click()
    page.get_by_label("What everybody reads").fill("Dear ((name)),\n\nOther words.")
    page.get_by_role("button", name="Save", exact=True).click()

    for post in (HSE, LACORS):
        expect(office.see(post, release).get_by_role("main")).to_contain_text("replaced")
        expect(office.see(post, f"{release}/sign").get_by_role("main")).to_contain_text("can no longer be signed or sent")
    assert office.mail_to("hse-signatory@countersign.test", "void")
    assert office.letters(title) == 0
    office.see("Drafter, LACoRS", office.message)
    assert office.send(office.submit(), title) == READERS


def test_a23_a_form_or_a_script_tampered_with_signs_nothing(office: Office) -> None:
    title, other = "Tampered with in the browser", "What it was swapped for"
    release, lure = office.waiting(title), office.waiting(other)
    page = office.see(HSE, f"{release}/sign")
    wanted, swapped = _shown(page), _shown(office.see(HSE, f"{lure}/sign"))

    page.goto(f"{release}/sign")
    page.evaluate("digest => document.querySelectorAll('input[name=digest]').forEach(box => { box.value = digest })", swapped)
    office.desk.press()
    expect(page.get_by_role("heading", level=1)).to_contain_text("changed while you were reading")

    page.goto(f"{release}/sign")  # the script asks the passkey about other words than the server means
    lured = f"**{release}/challenge"
    page.route(lured, lambda route: route.fulfill(response=_asked_of(route, lure, swapped)))
    office.desk.press()
    expect(page.get_by_role("alert").first).to_contain_text("There is a problem")
    page.unroute(lured)

    assert wanted != swapped
    for address in (release, lure):
        expect(office.see(LACORS, address).get_by_role("main")).to_contain_text("waiting for HSE and LACoRS")
    assert office.letters(title) == office.letters(other) == 0
    assert office.send(release, title) == READERS


def test_a30_a_copy_carries_no_signature_and_what_went_out_is_not_sent_again(office: Office) -> None:
    title = "Sent once"
    release = office.waiting(title)
    assert office.send(release, title) == READERS

    page = office.see("Drafter, LACoRS", release)
    assert page.get_by_role("button", name=re.compile("again|rest", re.IGNORECASE)).count() == 0
    page.goto(office.message)
    page.get_by_role("link", name="Use these words in a new message").click()
    page.get_by_role("button", name="Save", exact=True).click()
    copy = office.submit()
    assert _forged(page, f"{copy}/schedule") == 409
    assert _forged(page, f"{release}/schedule") == 409
    expect(page.get_by_role("main")).to_contain_text("waiting for HSE and LACoRS")
    assert office.letters(title) == READERS


def test_a31_a_test_letter_goes_to_oneself_alone_and_says_what_it_is(office: Office) -> None:
    title = "Only a test"
    office.draft(title)
    page = office.desk.page
    page.get_by_role("link", name="Preview as a reader").click()
    # By key: Chromium gives a click that comes within a moment of scrolling to the letter's frame, which was at that spot before.
    page.get_by_role("button", name="Send it to me as a test").press("Enter")
    expect(page.get_by_role("main")).to_contain_text("A test letter is on its way", timeout=WAIT)

    mail = office.mail_to("hse-drafter@countersign.test", title)
    assert mail["Subject"].startswith("[TEST")
    assert {letter["To"] for letter in office.mails(title)} == {"hse-drafter@countersign.test"}
    assert "not approved" in mail.as_string().lower()
    page.goto(office.message)
    assert office.send(office.submit(), title) == READERS


def test_a36_what_deceives_is_listed_and_stops_submission_until_somebody_answers_for_it(office: Office) -> None:
    title = "Not what it looks like"
    office.draft(title, core="Dear ((name)),\n\nRead [www.hse.gov.uk](https://www.evil.test/).")
    page = office.desk.page
    page.get_by_role("button", name="Submit to HSE and LACoRS").click()

    expect(page.get_by_role("main")).to_contain_text("Accept this")
    assert page.url.split("#")[0] == office.message
    release = office.submit()
    page = office.see(LACORS, f"{release}/sign")
    expect(page.get_by_role("main")).to_contain_text("www.evil.test")
    office.desk.press()  # unticked: the browser itself asks for the tick
    expect(page.get_by_role("button", name="Agree and sign", exact=True)).to_be_visible()
    assert office.letters(title) == 0
    for post in (HSE, LACORS):
        page = office.see(post, f"{release}/sign")
        page.get_by_label(re.compile("www.evil.test")).first.check()
        office.desk.press()
        expect(page.get_by_role("main")).to_contain_text("You have signed it")
    office.go(release)
    assert office.letters(title) == READERS


def _shown(page: Page) -> str:
    """The digest that a sign page carries."""
    return page.locator("form[data-passkey] input[name=digest]").input_value()


def _forged(page: Page, address: str, digest: str = "") -> int:
    """What a hand-made form of the page's own session is answered."""
    asked = """async ([address, digest]) => {
        const form = new FormData();
        form.set("csrf_token", document.querySelector("[name=csrf_token]").value);
        form.set("digest", digest);
        form.set("when", "now");
        return (await fetch(address, { method: "POST", body: form, redirect: "manual" })).status;
    }"""
    return int(page.evaluate(asked, [address, digest]))


def _asked_of(route: Route, release: str, digest: str) -> APIResponse:
    """The server's question about another release, put in the place of this one's."""
    before = route.request.post_data or ""
    return route.fetch(url=re.sub(r"/releases/[^/]+", release, route.request.url), post_data=re.sub(r"[0-9a-f]{64}", digest, before))
