"""A production installation from its first command on, as README says: no demonstration, no software keys, and each officer a link in the mail."""

import re
from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WAIT, Running, started
from tests.browser.keys import Device

pytestmark = pytest.mark.long
SIGNATORIES = {"first@hse.example": "hse", "second@hse.example": "hse", "first@lacors.example": "lacors", "second@lacors.example": "lacors"}
DRAFTER = "drafter@hse.example"
PEOPLE = """Name,Role,Council,E-mail
Food and Safety Manager,Practitioner,Leeds City Council,safety@leeds.gov.uk
Principal Officer,Practitioner,Dundee City Council,safety@dundeecity.gov.uk
Head of Service,Senior manager,Wakefield,head@wakefield.gov.uk
"""


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """The tables made, the pages open, a worker at work; nobody has an account yet."""
    own = {"SECRET_KEY": "from nothing " * 4, "SENDER_ADDRESS": "lopp@hse.example", "REPLY_TO": "lopp@hse.example"}
    with started(tmp_path_factory.mktemp("production"), "database", "migrate", ENV="production", **own) as product:
        yield product


def newcomer(browser: Browser, running: Running, address: str) -> Device:
    """Somebody with a browser of their own, who took up the invitation in their mail."""
    device = Device(browser.new_context(base_url=running.address).new_page())
    device.page.goto(link_in_the_mail(device.page, running, address))
    for label in ("Password", "Password again"):
        device.page.get_by_label(label, exact=True).fill(f"three words of {address}")
    device.page.get_by_role("button", name="Save and sign in").click()
    expect(device.page.get_by_role("link", name="Sign out").or_(device.page.get_by_role("button", name="Sign out"))).to_be_visible()
    return device


def link_in_the_mail(page: Page, running: Running, address: str) -> str:
    """The link of somebody's invitation, once the worker has posted it."""
    for _ in range(WAIT // 200):
        for mail in (message_from_bytes(one, policy=policy.default) for one in running.letters()):
            if mail["To"] == address and (found := re.search(r"http://\S+/invitation/\S+", mail.get_body(("plain",)).get_content())):
                return found[0]
        page.wait_for_timeout(200)
    raise AssertionError(f"{address} was never invited")


def invite(page: Page, address: str, duty: str, party: str) -> None:
    """The administrator invites somebody."""
    page.goto("/officers/invite")
    page.get_by_label("Post").fill(address.split("@")[0].capitalize() + f" of {party}")
    page.get_by_label("E-mail address").fill(address)
    page.locator(f"[name=duty][value={duty}]").check()
    page.locator(f"[name=party][value={party}]").check()
    page.get_by_role("button", name="Send the invitation").click()
    expect(page.get_by_role("main")).to_contain_text(f"An invitation is on its way to {address}")


def add_a_passkey(device: Device) -> None:
    """As the first page leads there."""
    device.page.goto("/")
    device.page.get_by_role("main").get_by_text("each with a passkey").click()
    device.page.get_by_label("What will you call it?").fill("This desk")
    device.page.get_by_role("button", name="Add this passkey").click()
    expect(device.page.get_by_role("row", name=re.compile("This desk"))).to_contain_text("not yet")


def found_the_roster(signatories: dict[str, Device]) -> None:
    """One puts it forward, one of each party signs it."""
    for device in signatories.values():
        add_a_passkey(device)
    first = signatories["first@hse.example"].page
    first.goto("/")
    first.get_by_role("link", name="A roster that lists them").click()
    first.get_by_role("button", name="Put the next roster forward").click()
    for address, said in (("first@hse.example", "You have signed it"), ("first@lacors.example", "this roster is in force")):
        page = signatories[address].page
        page.goto("/")
        page.get_by_text("Read and sign").click()
        page.get_by_role("button", name="Sign this roster", exact=True).click()
        expect(page.get_by_role("main")).to_contain_text(said)


def load_people(page: Page, folder: Path) -> None:
    """From a file, as the first page leads there."""
    (folder / "people.csv").write_text(PEOPLE)
    page.goto("/")
    page.get_by_role("link", name="People to write to").click()
    page.get_by_label("File").set_input_files(folder / "people.csv")
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Continue").click()
    page.get_by_role("button", name="Import these people").click()
    expect(page.get_by_role("main")).to_contain_text("Imported: 3 people added")


def submit(page: Page) -> None:
    """A campaign, its first message, and the message submitted."""
    page.goto("/")
    page.get_by_role("link", name="A campaign, to which messages belong").click()
    page.get_by_label("Name").fill("Revitalise LOPP")
    page.get_by_label("What it is for").fill("Every authority knows what LOPP is.")
    page.get_by_role("button", name="Begin the campaign").click()
    page.get_by_label("Title").fill("What LOPP is")
    page.get_by_label("Subject", exact=True).fill("What LOPP is")
    page.get_by_label("What everybody reads").fill("Dear ((name)),\n\nLOPP is for ((organisation)) too.")
    page.get_by_role("group", name="Who gets it").get_by_label("Practitioners", exact=True).check()
    for part, value in (("Day", "12"), ("Month", "5"), ("Year", "2027")):
        page.get_by_role("group", name="Latest day to send").get_by_label(part).fill(value)
    page.get_by_role("button", name="Save", exact=True).click()
    page.get_by_role("button", name="Submit to HSE and LACoRS").click()
    expect(page.get_by_role("main")).to_contain_text("waiting for HSE and LACoRS")


def test_from_the_first_command_to_letters_that_both_parties_signed(founded: Running, browser: Browser, tmp_path: Path) -> None:
    founded.command("officers", "first-administrator", "--email", "admin@hse.example")
    administrator = newcomer(browser, founded, "admin@hse.example").page
    administrator.get_by_role("link", name="each with a passkey").click()
    expect(administrator).to_have_url(re.compile("/officers/invite$"))
    for address, party in SIGNATORIES.items():
        invite(administrator, address, "signatory", party)
    invite(administrator, DRAFTER, "officer", "hse")
    signatories = {address: newcomer(browser, founded, address) for address in SIGNATORIES}
    found_the_roster(signatories)
    drafter = newcomer(browser, founded, DRAFTER).page
    load_people(drafter, tmp_path)
    submit(drafter)
    drafter.goto("/")
    expect(drafter.get_by_role("main")).not_to_contain_text("Before a message can be agreed and sent")

    for address in ("second@hse.example", "second@lacors.example"):
        page = signatories[address].page
        page.goto("/")
        page.get_by_text("Read and sign").click()
        signatories[address].press()
        expect(page.get_by_role("main")).to_contain_text("You have signed it")
    drafter.goto("/")
    drafter.get_by_text("Choose when it goes").click()
    drafter.get_by_label("As soon as it may").check()
    drafter.get_by_role("button", name="Let it go").click()
    expect(drafter.get_by_role("main")).to_contain_text("gone out")

    went = [message_from_bytes(one, policy=policy.default) for one in founded.letters()]
    assert sorted(mail["To"] for mail in went if mail["Subject"] == "What LOPP is") == ["safety@dundeecity.gov.uk", "safety@leeds.gov.uk"]
