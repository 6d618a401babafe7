"""A whole tour in Chromium: twelve groups asked, eleven held, one declined; 300 sign-ins, 40 of them on paper too; and what follows.

The organiser sits at a desk, guests stand at the door with a telephone. For each group six guests and all who send apologies by telephone
click through the three questions; the others' last answer is posted to the very form, with its field's name, and no page drawn. The
clock cannot be turned: a briefing is first dated tomorrow, where apologies can still be sent, and then brought forward to this minute.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from csv import DictReader
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from email import message_from_bytes, policy
from email.message import EmailMessage
from io import StringIO

import pytest
from playwright.sync_api import Browser, Page, expect

from campaigns.foundation import clock
from tests.browser import tour_books
from tests.browser.conftest import WAIT, Running, sign, step_into
from tests.browser.test_everyone_can_use_it import look, overflow
from tests.browser.tour_books import BY_HAND, Books, Group, Guest

pytestmark = pytest.mark.long
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


@pytest.fixture(scope="module")
def journey(browser: Browser, running: Running) -> Iterator[Journey]:
    """The whole tour, walked once; each test then counts one thing."""
    desk = browser.new_context(base_url=running.address, viewport={"width": 1280, "height": 900}).new_page()
    phone = browser.new_context(base_url=running.address, viewport={"width": 375, "height": 667}, has_touch=True, is_mobile=True).new_page()
    for page in (desk, phone):
        page.set_default_timeout(WAIT / 2)
    step_into(desk, DRAFTER)
    authorities, people = (
        desk.request.get(address).text() for address in ("/authorities/authorities.csv?opted_in=y", "/people/people.csv")
    )
    walked = Journey(running, desk, phone, tour_books.read(authorities, people))
    for step in (agree_the_note, plan_the_tour, hand_out_kits, send_apologies, replace_the_note, bring_forward, fill_the_rooms):
        step(walked)
    for group in walked.books.groups:
        hold(walked, group)
    follow_up(walked)
    read_coverage(walked)
    yield walked
    desk.context.close()
    phone.context.close()


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
    desk, message = journey.desk, journey.desk.url
    desk.get_by_role("button", name="Submit to HSE and LACoRS").click()
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
    """Twelve rows; one group declines, eleven have their date tomorrow, all read from the agreed note."""
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
        arrange(journey, group, datetime.now(clock.UTC) + timedelta(days=1), number)
        journey.see(journey.briefings[group.name])
        journey.doors[group.name] = re.findall(rf"{journey.running.address}(/sign-in/[\w-]+)", desk.content())[0]
    journey.see(tour, "planned")


def arrange(journey: Journey, group: Group, moment: datetime, number: int = 0) -> None:
    """Give a briefing its date and, the first time, everything else."""
    desk, at = journey.see(f"{journey.briefings[group.name]}/arrangement"), clock.london(moment)
    for part in ("day", "month", "year"):
        desk.locator(f"#day-{part}").fill(str(getattr(at, part)))
    desk.get_by_label("Starts at", exact=True).fill(f"{at:%H:%M}")
    desk.get_by_label("Ends at", exact=True).fill("")
    if number:
        desk.get_by_label("Place").fill(f"Civic hall {number}")
        desk.get_by_label("Presents for HSE").fill(f"Presenter {number}, HSE")
        desk.get_by_label("Presents for LACoRS").fill(f"Presenter {number}, LACoRS")
        desk.get_by_label(re.compile(NOTE)).check()
        journey.look(desk, "arrange")
    desk.get_by_role("button", name="Save the arrangement").click()
    journey.says("the briefing is arranged")


def hand_out_kits(journey: Journey) -> None:
    """The organiser takes the first group's kit, and a presenter without an account is given it."""
    desk = journey.see(f"{journey.briefings[journey.books.groups[0].name]}/kit")
    with desk.expect_download():
        desk.get_by_role("button", name="Give me the kit").click()
    desk.get_by_role("link", name="Somebody else was given it").or_(desk.get_by_role("button", name="Somebody else was given it")).click()
    desk.get_by_label("Their post").fill("Liaison officer")
    desk.get_by_label("Their e-mail address").fill(HOLDER)
    journey.look(desk, "kit-holder")
    desk.get_by_role("button", name="Write them down").click()
    journey.says("Written down")
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


def bring_forward(journey: Journey) -> None:
    """All eleven begin now."""
    for group in journey.books.groups:
        arrange(journey, group, datetime.now(clock.UTC))
    journey.see(journey.briefings[journey.books.groups[0].name], "begun")
    journey.see(f"{journey.briefings[journey.books.groups[0].name]}/sign-in-sheet", "sheet")


def fill_the_rooms(journey: Journey) -> None:
    """Everybody signs in: six of each group by hand, then the others; the door turns away who is one too many in a minute, and they try again."""
    for place, group in enumerate(journey.books.groups):
        for number, guest in enumerate(group.guests[:BY_HAND]):
            knock(journey, group, guest, shown="first" if not place and not number else "")
    for group in journey.books.groups:
        for guest in group.guests[BY_HAND:]:
            journey.wait(lambda group=group, guest=guest: posted(journey, group, guest), f"{guest.name} is in")  # type: ignore[misc]


def posted(journey: Journey, group: Group, guest: Guest) -> bool:
    """The last answer, as its form sends it; False where the door says to wait."""
    address = f"{journey.doors[group.name]}?place={guest.code}&role={guest.role.replace(' ', '_')}"
    answer = journey.phone.request.post(address, form={"name": guest.name, "submit": "Sign in"})
    if answer.status == TURNED_AWAY:
        return False
    assert "You are signed in" in answer.text() and "already" not in answer.text(), f"{guest}: {answer.status}"
    return True


def hold(journey: Journey, group: Group) -> None:
    """Mark it as held, and type in the paper sheet."""
    desk, briefing = journey.see(journey.briefings[group.name]), journey.briefings[group.name]
    desk.get_by_role("button", name="Mark as held").click()
    journey.says("Marked as held")
    if group is journey.books.groups[0]:
        journey.look(desk, "held")
    type_in(journey, group, group.twice)
    journey.says(f"Saved: 0 new lines, {len(group.twice)} known already and counted once.")
    journey.see(f"{briefing}/who-was-there", "who-was-there")
    journey.see(briefing, "briefing-held")


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


def follow_up(journey: Journey) -> None:
    """One release with three letters for each reader; ten lists are complete before it begins, the eleventh once all their letters came."""
    *early, last = journey.books.groups
    for group in early:
        complete(journey, group)
    write(journey, FOLLOW_UP, "Dear ((name)),\n\n((attendance))")
    desk = journey.desk
    desk.get_by_text("What it waits for, at each authority or altogether").click()
    desk.get_by_label(re.compile(TOUR)).check()
    desk.get_by_text("A holding line, agreed before it is needed").click()
    desk.get_by_label("Choices for ((attendance)), one a line").fill("\n".join(LINES.values()))
    journey.look(desk, "follow-up-form")
    desk.get_by_role("button", name="Save", exact=True).click()
    agree(journey, FOLLOW_UP)
    desk.get_by_role("main").get_by_text("Choose when it goes").first.click()
    desk.get_by_label("As soon as it may").check()
    journey.look(desk, "schedule")
    desk.get_by_role("button", name="Let it go").click()
    desk.wait_for_url("**/releases/**")
    release = desk.url
    due = {address for group in early for address in journey.books.letters(group)}
    journey.wait(lambda: len(journey.mails(FOLLOW_UP)) >= len(due), f"{len(due)} letters")
    journey.seen["before the last list"] = {mail["To"] for mail in journey.mails(FOLLOW_UP)} == due
    complete(journey, last)
    whole = len(due) + len(journey.books.letters(last))
    journey.wait(lambda: len(journey.mails(FOLLOW_UP)) >= whole, f"{whole} letters")
    journey.see(release, "follow-up-sent")


def complete(journey: Journey, group: Group) -> None:
    """Everybody who was there is on the list."""
    journey.see(f"{journey.briefings[group.name]}/who-was-there").get_by_role("button", name="The list is complete").click()
    journey.says("the list is complete since")


def read_coverage(journey: Journey) -> None:
    """The coverage of this campaign with Northern Ireland, once it has been counted."""
    journey.see(str(journey.seen["tour"]), "held-all")
    journey.desk.get_by_role("link", name="Report by region").click()
    journey.look(journey.desk, "report")
    journey.seen["report"] = journey.desk.get_by_role("main").inner_text()
    journey.see(str(journey.seen["tour"])).get_by_role("link", name="Coverage of this campaign").click()
    journey.look(journey.desk, "coverage")
    journey.seen["coverage"] = journey.desk.url.partition("?")[2] + "&opted_in=y"
    journey.wait(lambda: briefed(journey) == journey.books.seats, "exactly those authorities and roles are briefed")


def briefed(journey: Journey) -> set[tuple[str, str]]:
    """Authority and role of every cell of the file that says briefed."""
    text = journey.desk.request.get(f"/coverage/coverage.csv?{journey.seen['coverage']}").text().removeprefix("\ufeff")
    return {(row["code"], role) for row in DictReader(StringIO(text)) for role in tour_books.ROLES if row[role] == "briefed"}


def test_twelve_groups_are_planned_eleven_held_and_one_declined(journey: Journey) -> None:
    said = journey.see(str(journey.seen["tour"])).get_by_label("Briefings by state").inner_text().split()
    assert said == ["11", "held", "0", "dated", "0", "wanted", "1", "declined", "12", "briefings,", "12", "regional", "groups"]


def test_three_hundred_sign_ins_forty_of_them_twice_are_three_hundred_attendances(
    journey: Journey, record_property: Callable[[str, object], None]
) -> None:
    lists = [journey.desk.request.get(f"{journey.briefings[one.name]}/who-was-there.csv").text() for one in journey.books.groups]
    rows = Counter(row["Status"] for text in lists for row in DictReader(StringIO(text.removeprefix("\ufeff"))))
    record_property("figure", f"sign-ins {tour_books.SIGN_INS}, typed in again {tour_books.TWICE}, attendances {rows['present']}")
    assert sum(len(group.twice) for group in journey.books.groups) == tour_books.TWICE
    assert rows["present"] == tour_books.SIGN_INS == sum(len(group.guests) for group in journey.books.groups)
    assert rows["apologies"] == sum(len(group.apologies) for group in journey.books.groups)


def test_coverage_shows_exactly_those_authorities(journey: Journey, record_property: Callable[[str, object], None]) -> None:
    shown = briefed(journey)
    came = len({code for code, _ in shown})
    record_property("figure", f"briefed: {came} authorities, {len(shown)} of their roles")
    assert shown == journey.books.seats
    assert f"{came} of 361 authorities came to 11 briefings" in str(journey.seen["report"])
    assert f"briefed face to face: 0 when the tour was opened on {clock.say(datetime.now(clock.UTC)).split()[1]} " in str(
        journey.seen["report"]
    )


def test_each_letter_reaches_exactly_those_who_came_who_did_not_and_who_sent_apologies(
    journey: Journey, record_property: Callable[[str, object], None]
) -> None:
    expected = {address: LINES[outcome] for group in journey.books.groups for address, outcome in journey.books.letters(group).items()}
    letters = journey.mails(FOLLOW_UP)
    got = {mail["To"]: [line for line in LINES.values() if line in mail.get_body(("plain",)).get_content()] for mail in letters}  # type: ignore[union-attr]
    record_property("figure", f"letters: {dict(Counter(line for lines in got.values() for line in lines))}, {len(letters)} in all")
    assert len(letters) == len(got), "somebody got two"
    assert got == {address: [line] for address, line in expected.items()}
    assert set(Counter(expected.values())) == set(LINES.values())
    assert journey.seen["before the last list"], "a list that was not complete had letters already"


def test_a_note_agreed_later_replaces_the_one_that_was_pinned(journey: Journey) -> None:
    assert "do not read from this" in str(journey.seen["old page"]) and "You will see less paper." in str(journey.seen["old page"])
    assert "You will see no paper at all." in str(journey.seen["new page"]) and "uperseded" not in str(journey.seen["new page"])
    assert str(journey.seen["tour with the new note"]).count("revision 2") == len(journey.books.groups)
    assert "superseded" not in str(journey.seen["tour with the new note"])


def test_every_page_on_the_way_is_whole(journey: Journey) -> None:
    assert journey.faults == []
