"""The steps of a whole tour from its day on: rooms fill, lists are completed, the follow-up goes, and coverage is read."""

import re
from csv import DictReader
from datetime import datetime
from io import StringIO

from audiences import roles
from campaigns.foundation import clock
from tests.browser import tour_books
from tests.browser.tour_books import BY_HAND, Group, Guest
from tests.browser.tour_plans import FOLLOW_UP, LINES, TOUR, TURNED_AWAY, Journey, agree, arrange, knock, type_in, write


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


def follow_up(journey: Journey) -> None:
    """One release with three letters for each reader; ten lists are complete before it begins, the eleventh once all their letters came."""
    *early, last = journey.books.groups
    for group in early:
        complete(journey, group)
    write(journey, FOLLOW_UP, "Dear ((name)),\n\n((attendance))")
    desk = journey.desk
    desk.get_by_text("What it must wait for, if anything").click()
    desk.get_by_label(re.compile(TOUR)).check()
    desk.get_by_label(re.compile(r"Three lines for \(\(attendance")).fill("\n".join(LINES.values()))
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
    journey.says("the list has been complete since")


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
    return {(row["Code"], role) for row in DictReader(StringIO(text)) for role in tour_books.ROLES if row[roles.title(role)] == "briefed"}
