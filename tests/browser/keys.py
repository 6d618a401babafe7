"""Passkeys in Chromium: devices that hold them, every signatory's keys enrolled, and the roster that lists them signed by both parties."""

import re
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WAIT, Running, let_go, sign_by_password, step_into
from web.demo_posts import PASSWORD

HSE, LACORS = "Signatory, HSE", "Signatory, LACoRS"
SIGNATORIES = [HSE, "Second signatory, HSE", LACORS, "Second signatory, LACoRS"]
READERS = 11  # regional groups, the smallest audience of the story
CORE = "Dear ((name)),\n\nA word about LOPP."


@dataclass
class Device:
    """A browser with one place for passkeys: built in (`internal`), or another device (`usb` a security key, `cable` a phone nearby)."""

    page: Page
    transport: str = "internal"

    def __post_init__(self) -> None:
        self.page.set_default_timeout(WAIT)
        self.session = self.page.context.new_cdp_session(self.page)
        self.session.send("WebAuthn.enable")
        kind = {"protocol": "ctap2", "transport": self.transport, "hasResidentKey": True, "hasUserVerification": True}
        asked = {"options": kind | {"isUserVerified": True, "automaticPresenceSimulation": True}}
        self.authenticator: str = self.session.send("WebAuthn.addVirtualAuthenticator", asked)["authenticatorId"]

    def knows_its_user(self, yes: bool) -> None:
        """Whether the finger on it is the right one."""
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.authenticator, "isUserVerified": yes})

    def enrol(self, post: str, name: str) -> None:
        """Add a passkey of this device for a post."""
        step_into(self.page, post)
        self.page.goto("/passkeys/")
        self.page.get_by_label("What will you call it?").fill(name)
        self.page.get_by_role("button", name="Add this passkey").click()
        expect(self.page.get_by_role("row", name=re.compile(name))).to_contain_text("not yet")

    def press(self) -> None:
        """Press the button of the sign page that is shown."""
        self.page.get_by_role("button", name="Agree and sign", exact=True).click()

    def agree(self, release: str, post: str) -> None:
        """Sign a release with the passkey of a post."""
        step_into(self.page, post)
        self.page.goto(f"{release}/sign")
        self.press()
        expect(self.page.get_by_role("main")).to_contain_text("You have signed it")


@dataclass
class Office:
    """The signatories' devices: one desk that holds a key of each, HSE's phone, and LACoRS's security key; and what was caught."""

    running: Running
    desk: Device
    phone: Device
    ring: Device
    message: str = ""

    def draft(self, title: str, *, core: str = CORE, post: str = "Drafter, LOPP team (HSE)") -> None:
        """Write a message for the smallest audience; on its page afterwards."""
        page = self.desk.page
        step_into(page, post)
        page.goto("/messages/new")
        page.get_by_label("Title").fill(title)
        page.get_by_label("Subject", exact=True).fill(title)
        page.get_by_label("What everybody reads").fill(core)
        page.get_by_role("group", name="Who gets it").get_by_label("Regional groups", exact=True).check()
        for part, value in (("Day", "12"), ("Month", "5"), ("Year", "2027")):
            page.get_by_role("group", name="Latest day to send").get_by_label(part).fill(value)
        page.get_by_role("button", name="Save", exact=True).click()
        page.wait_for_url(re.compile("/messages/[0-9a-f-]{36}$"))
        self.message = page.url

    def submit(self) -> str:
        """Submit the draft that is shown, accepting by name what was found in it; its release's address, once it is sealed."""
        page = self.desk.page
        accept = page.get_by_role("button", name="Accept what is ticked")
        if accept.count():
            for box in page.get_by_label("Accept this").all():
                box.check()
            accept.click()
        page.get_by_role("button", name="Submit to HSE and LACoRS").click()
        expect(page.get_by_role("main")).to_contain_text("waiting for HSE and LACoRS", timeout=WAIT)
        return page.url.removeprefix(self.running.address)

    def waiting(self, title: str, **other: str) -> str:
        """A release that waits for both signatures."""
        self.draft(title, **other)
        return self.submit()

    def go(self, release: str) -> None:
        """Let an agreed release go, and wait until it has."""
        page = self.desk.page
        step_into(page, "Drafter, LACoRS")
        page.goto(f"{release}/schedule")
        let_go(page)

    def mails(self, said: str) -> list[EmailMessage]:
        """What was caught with this in its subject: letters, and what officers were told."""
        caught = [message_from_bytes(letter, policy=policy.default) for letter in self.running.letters()]
        return [letter for letter in caught if said in letter["Subject"]]

    def mail_to(self, address: str, said: str) -> EmailMessage:
        """The first mail to an officer with this in its subject, once it is there."""
        for _ in range(WAIT // 200):
            if found := [mail for mail in self.mails(said) if mail["To"] == address]:
                return found[0]
            self.desk.page.wait_for_timeout(200)
        raise AssertionError(f"{address} was never told: {said}")

    def letters(self, subject: str) -> int:
        """How many letters of a message reached the relay."""
        return sum(mail["Subject"] == subject for mail in self.mails(subject))

    def see(self, post: str, address: str) -> Page:
        """A page as a post sees it."""
        step_into(self.desk.page, post)
        self.desk.page.goto(address)
        return self.desk.page

    def send(self, release: str, subject: str) -> int:
        """What the attacks are held against: both parties sign, it goes, and so many letters reach the relay."""
        for post in ("Second signatory, HSE", "Second signatory, LACoRS"):
            if f"{post} signed" not in self.see(post, release).get_by_role("main").inner_text():
                self.desk.agree(release, post)
        self.go(release)
        return self.letters(subject)


def open_office(browser: Browser, running: Running) -> Office:
    """Everybody's keys enrolled, and the roster that lists them signed by both parties the weaker way, which it goes on allowing."""
    screens = [{"width": 1280, "height": 900}, {"width": 390, "height": 844}, {"width": 1280, "height": 900}]
    pages = [browser.new_context(base_url=running.address, viewport=size).new_page() for size in screens]  # type: ignore[arg-type]
    office = Office(running, Device(pages[0]), Device(pages[1]), Device(pages[2], "usb"))
    for post in SIGNATORIES:
        office.desk.enrol(post, "Blue key")
    office.phone.enrol(HSE, "Telephone")
    office.ring.enrol(LACORS, "Key on the ring")
    page = office.desk.page
    page.goto("/signatories/")
    page.get_by_role("button", name="Put the next roster forward").click()
    for post in (HSE, LACORS):
        step_into(page, post)
        page.goto("/signatories/")
        sign_by_password(page, PASSWORD, "Sign this roster with a password")
    expect(page.get_by_role("main")).to_contain_text("In force: roster 2")
    return office
