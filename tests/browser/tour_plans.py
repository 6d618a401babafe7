"""The steps of a whole tour until its day: a note agreed, twelve groups asked, kits, apologies, and a note that replaces the first."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage

from playwright.sync_api import Page, expect

from campaigns.foundation import clock
from tests.browser import tour_books
from tests.browser.conftest import WAIT, Running, sign, step_into
from tests.browser.test_everyone_can_use_it import look, overflow
from tests.browser.tour_books import Books, Group, Guest

CAMPAIGN, TOUR, NOTE, FOLLOW_UP = "Meet every region", "Autumn tour", "What we say in the regions", "After our briefing"
LINES = {
    "attended": "Many thanks for coming to our briefing.",
    "absent": "We did not see you at our briefing.",
    "apologies": "Thank you for telling us that you could not come.",
}
DRAFTER = "Drafter, LOPP team (HSE)"
HOLDER = "liaison@presenter.test"
TURNED_AWAY = 429


@dataclass
class Journey:
    """The organiser's desk, the telephone at the door, the books, and what was found wrong on the pages on the way."""

    running: Running
    desk: Page
    phone: Page
    books: Books
    briefings: dict[str, str] = field(default_factory=dict)  # a group's name → the address of its briefing
    doors: dict[str, str] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    looked_at: set[str] = field(default_factory=set)
    seen: dict[str, object] = field(default_factory=dict)

    def look(self, page: Page, name: str) -> None:
        """By axe-core and by width, once for each name; a picture where one is asked for."""
        if name in self.looked_at:
            return
        self.looked_at.add(name)
        self.faults += look(page, f"tour-{name}")
        self.faults += [f"{page.url} is {wide} pixels too wide" for wide in [overflow(page)] if wide > 0]

    def see(self, address: str, name: str = "") -> Page:
        """A page on the organiser's desk."""
        self.desk.goto(address)
        if name:
            self.look(self.desk, name)
        return self.desk

    def says(self, words: str | re.Pattern[str]) -> None:
        """The page on the desk says this, now or within the bound."""
        expect(self.desk.get_by_role("main")).to_contain_text(words, timeout=WAIT)

    def mails(self, subject: str) -> list[EmailMessage]:
        """What the catcher holds under this very subject; all of it without one."""
        found = [message_from_bytes(letter, policy=policy.default) for letter in self.running.letters()]
        return [mail for mail in found if subject in ("", mail["Subject"])]

    def wait(self, until: Callable[[], bool], what: str) -> None:
        """Look again until it is so, within three times the bound."""
        for _ in range(3 * WAIT // 500):
            if until():
                return
            self.desk.wait_for_timeout(500)
        raise AssertionError(f"it never came to be: {what}")


def agree_the_note(journey: Journey) -> None:
    """A campaign, and a message that both parties sign; it is read out, and never sent."""
    desk = journey.see("/campaigns/new", "campaign")
    desk.get_by_label("Name").fill(CAMPAIGN)
    desk.get_by_label(re.compile("objective|for", re.IGNORECASE)).first.fill("Every regional group hears of it face to face.")
    desk.get_by_role("button", name="Begin the campaign").click()
    write(journey, NOTE, "Dear ((name)),\n\nYou will see less paper.")
    desk.get_by_role("button", name="Save", exact=True).click()
    agree(journey, NOTE)


def write(journey: Journey, title: str, core: str) -> None:
    """Fill in a new message to the three roles at authorities."""
    desk = journey.see("/messages/new")
    desk.get_by_label("Campaign", exact=True).select_option(label=CAMPAIGN)
    desk.get_by_label("Title").fill(title)
    desk.get_by_label("Subject", exact=True).fill(title)
    desk.get_by_label("What everybody reads").fill(core)
    for audience in ("Senior managers", "Elected members", "Practitioners"):
        desk.get_by_role("group", name="Who gets it").get_by_label(audience, exact=True).check()
    for part, value in (("Day", "12"), ("Month", "5"), ("Year", "2027")):
        desk.get_by_role("group", name="Latest day to send").get_by_label(part).fill(value)


def agree(journey: Journey, title: str) -> None:
    """Submit the draft on the desk and sign it for both; the drafter sits down again."""
    desk = journey.desk
    submit = desk.get_by_role("button", name="Submit to HSE and LACoRS")
    submit.wait_for()  # until then it is the form's address that stands above
    message = desk.url
    submit.click()
    journey.says("waiting for HSE and LACoRS")
    for party in ("HSE", "LACoRS"):
        step_into(desk, f"Signatory, {party}")
        desk.goto(message)
        desk.get_by_role("main").get_by_text("Read and sign").first.click()
        journey.look(desk, f"sign-{title[:5]}")
        sign(desk)
        expect(desk.get_by_role("main")).to_contain_text("You have signed it")
    step_into(desk, DRAFTER)
    desk.goto(message)


def plan_the_tour(journey: Journey) -> None:
    """Twelve rows; one group declines, eleven have their date late today, all read from the agreed note."""
    desk = journey.see("/tours/new", "open")
    desk.get_by_label("Campaign", exact=True).or_(desk.get_by_label(CAMPAIGN)).first.check()
    desk.get_by_label("Name of the tour").fill(TOUR)
    desk.get_by_label("Also Northern Ireland").check()
    desk.get_by_role("button", name="Open the tour").click()
    journey.says("12 briefings, 12 regional groups")
    journey.look(desk, "opened")
    journey.seen["tour"] = tour = desk.url
    for name in [*(group.name for group in journey.books.groups), tour_books.DECLINED]:
        link = desk.get_by_role("link", name=f"{name} liaison group", exact=True)
        journey.briefings[name] = str(link.get_attribute("href"))
    journey.see(journey.briefings[tour_books.DECLINED], "wanted").get_by_role("link", name="The group declines").click()
    desk.get_by_label("Why will there be no briefing?").fill("They hold an event of their own in May")
    journey.look(desk, "declining")
    desk.get_by_role("button", name="Mark as declined").click()
    for number, group in enumerate(journey.books.groups, 1):
        arrange(journey, group, clock.london(datetime.now(clock.UTC)).replace(hour=23, minute=59), number)
        journey.see(journey.briefings[group.name])
        journey.doors[group.name] = re.findall(rf"{journey.running.address}(/sign-in/[\w-]+)", desk.content())[0]
    journey.see(tour, "planned")


def arrange(journey: Journey, group: Group, moment: datetime, number: int = 0) -> None:
    """Give a briefing its date and, the first time, everything else; brought forward, it is over in a minute, before its list is complete."""
    desk, at = journey.see(f"{journey.briefings[group.name]}/arrangement"), clock.london(moment)
    for part in ("day", "month", "year"):
        desk.locator(f"#day-{part}").fill(str(getattr(at, part)))
    desk.get_by_label("Starts at", exact=True).fill(f"{at:%H:%M}")
    desk.get_by_label("Ends at", exact=True).fill("" if number else f"{at + timedelta(minutes=1):%H:%M}")
    if number:
        desk.get_by_label("Place").fill(f"Civic hall {number}")
        desk.get_by_label("Presents for HSE").fill(f"Presenter {number}, HSE")
        desk.get_by_label("Presents for LACoRS").fill(f"Presenter {number}, LACoRS")
        note = desk.get_by_label("Speaking note")
        note.select_option(note.locator("option", has_text=NOTE).get_attribute("value"))
        journey.look(desk, "arrange")
    desk.get_by_role("button", name="Save the arrangement").click()
    journey.says("the briefing is arranged")


def hand_out_kits(journey: Journey) -> None:
    """The organiser takes the first group's kit, and a presenter without an account is given it."""
    desk = journey.see(f"{journey.briefings[journey.books.groups[0].name]}/kit")
    with desk.expect_download():
        desk.get_by_role("button", name="Take the kit").click()
    desk.get_by_role("link", name="Somebody else was given it").or_(desk.get_by_role("button", name="Somebody else was given it")).click()
    desk.get_by_label("Their post").fill("Liaison officer")
    desk.get_by_label("Their e-mail address").fill(HOLDER)
    journey.look(desk, "kit-holder")
    desk.get_by_role("button", name="Write them down").click()
    journey.says("Recorded: they will be told")
    journey.look(desk, "kit")


def send_apologies(journey: Journey) -> None:
    """Two of each group on the telephone, one to the officer, who types it in before the day."""
    for group in journey.books.groups:
        for guest in group.by_telephone:
            knock(journey, group, guest, apologies=True)
        type_in(journey, group, group.by_post, apologies=True)


def knock(journey: Journey, group: Group, guest: Guest, *, apologies: bool = False, shown: str = "") -> None:
    """Three questions on a telephone."""
    phone = journey.phone
    phone.goto(journey.doors[group.name])
    if apologies:
        phone.get_by_role("link", name="Send apologies").tap()
    pages = [("place", guest.place), ("role", guest.role.capitalize())]
    for name, answer in pages:
        phone.get_by_label(answer, exact=True).check()
        if shown:
            journey.look(phone, f"phone-{shown}-{name}")
        phone.get_by_role("button", name="Continue").tap()
    phone.get_by_label("Your name, or your post").fill(guest.name)
    if shown:
        journey.look(phone, f"phone-{shown}-name")
    phone.get_by_role("button", name="Send my apologies" if apologies else "Sign in").tap()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Your apologies are with us" if apologies else "You are signed in")
    if shown:
        journey.look(phone, f"phone-{shown}-done")


def replace_the_note(journey: Journey) -> None:
    """Both agree newer words: the old page says so, whoever holds it is told, and every briefing goes over to them."""
    first = journey.briefings[journey.books.groups[0].name]
    journey.see("/messages/").get_by_role("main").get_by_role("link", name=NOTE).first.click()
    journey.desk.get_by_role("main").get_by_text("Change the words").first.click()
    journey.desk.get_by_label("What everybody reads").fill("Dear ((name)),\n\nYou will see no paper at all.")
    journey.desk.get_by_role("button", name="Save", exact=True).click()
    agree(journey, NOTE)
    journey.seen["old page"] = journey.see(f"{first}/note", "note-superseded").get_by_role("main").inner_text()
    journey.see(first, "briefing-superseded")
    for address in (HOLDER, "hse-drafter@countersign.test"):
        journey.wait(
            lambda told=address: any(mail["To"] == told and "do not read" in mail.get_body().get_content() for mail in journey.mails("")),
            f"{address} is told",
        )  # type: ignore[misc]
    for group in journey.books.groups:
        journey.see(journey.briefings[group.name]).get_by_role("button", name="Use the new version").click()
        journey.says("The briefing is read from the new version now")
    journey.seen["new page"] = journey.see(f"{first}/note", "note-new").get_by_role("main").inner_text()
    journey.see(str(journey.seen["tour"]))
    journey.seen["tour with the new note"] = journey.desk.get_by_role("main").inner_text()


def type_in(journey: Journey, group: Group, guests: list[Guest], *, apologies: bool = False) -> None:
    """The page for the sheet of paper; names in other capitals and with other spaces than at the door."""
    desk = journey.see(f"{journey.briefings[group.name]}/paper")
    for number, guest in enumerate(guests):
        line = desk.get_by_role("group", name=f"Line {number + 1}", exact=True)
        line.get_by_label("Authority").select_option(label=guest.place)
        line.get_by_label("Role").select_option(label=guest.role.capitalize())
        line.get_by_label("Name or post").fill(guest.name.upper().replace(" ", "  "))
        line.get_by_label("Was there?").select_option(label="Sent apologies" if apologies else "Was there")
    journey.look(desk, "paper-apologies" if apologies else "paper")
    desk.get_by_role("button", name="Save the sheet").click()
    journey.says("Saved:")
