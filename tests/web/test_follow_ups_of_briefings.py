"""A follow-up of a tour on the pages: typed with its three lines, read before signing, and let go without a choice of cases."""

from campaigns.briefings import tours
from campaigns.briefings.tours import Group
from campaigns.foundation.officers import COUNTERSIGN
from tests.web.office import Office
from tests.web.visitors import words_on

LINES = "Thank you for coming.\nWe did not see you there.\nThank you for telling us that you could not come."


def test_it_is_begun_from_a_briefing_that_was_held(office: Office) -> None:
    with office.database.transaction() as session:
        groups = [Group("group-wales", "Wales", "Wales")]
        tour = tours.open_tour(session, office.campaign, name="Spring", groups=groups, by=COUNTERSIGN, at=office.desk.clock())
        (briefing,) = tours.briefings(session, tour)
    office.sit()
    places = (f"/tours/{tour}", f"/briefings/{briefing.id}")
    assert not any("Write the follow-up" in office.see(place) for place in places)

    with office.database.transaction() as session:
        tours.get(session, briefing.id).state = "held"
    assert all("Write the follow-up" in office.see(place) for place in places)
    page = office.client.get(f"/messages/new?follows={tour}").get_data(as_text=True)
    assert f'value="{tour}" checked' in page and "((attendance))" in page
    office.sit("observer", None)
    assert not any("Write the follow-up" in office.see(place) for place in places)


def test_it_is_typed_signed_and_let_go_with_three_letters_for_each_reader(office: Office) -> None:
    with office.database.transaction() as session:
        groups = [Group("group-wales", "Wales", "Wales")]
        tour = tours.open_tour(session, office.campaign, name="Spring", groups=groups, by=COUNTERSIGN, at=office.desk.clock())
    typed = {"core": "Dear ((name)),\n\n((attendance))\n\n((your part))", "follows_up": str(tour), "closed-attendance": LINES}
    office.sit()
    for lines in ("", "Thanks."):
        page = words_on(office.write(**{**typed, "closed-attendance": lines}))
        assert "Give exactly three lines" in page and "Give the choices for" not in page
    assert "((attendance)) : in a follow-up of briefings: three lines" in page and "in a holding line, in a follow-up" not in page
    assert "Say which tour’s briefings this follows" in words_on(office.write(**{**typed, "follows_up": ""}))

    release = office.waiting(**typed)
    message = office.message_of(release)
    page = office.see(f"/messages/{message}")
    assert "Possible lines for ((attendance)) Who came: Thank you for coming. Who did not come: We did not see you there." in page
    assert all(
        "It follows the briefings of the tour “Spring”" in office.see(f"/{one}") for one in (f"messages/{message}", f"releases/{release}")
    )
    assert "the first is shown for every reader" in office.see(f"/messages/{message}/preview/")
    said = office.see(f"/releases/{release}/sign")
    assert "It follows the briefings of the tour “Spring”: once" in said and "they get the one letter for having come" in said
    assert "only their own name, post and place, and the line that is for them or chosen when it goes, differ." in said
    assert "Those who did not come We did not see you there." in said and "a duty officer" not in said
    for party in ("hse", "lacors"):
        office.sit("signatory", party)
        office.sign(release)
    office.sit()
    assert "Which attendance?" not in (page := office.see(f"/releases/{release}/schedule"))
    assert (
        "each letter waits until the list of who came to its reader’s briefing is complete. On “Spring” that is so for 0 of 1 briefing so far."
        in page
    )
    assert "How fast at most 100,000 letters a second" in page and "letters a second: " not in page
    assert "It goes out as soon as it may" in words_on(office.post(f"/releases/{release}/schedule", when="now"))
    assert "5 letters were signed for" in office.see(f"/releases/{release}/delivery")


def test_that_it_follows_another_tour_is_a_change_that_signers_read(office: Office) -> None:
    with office.database.transaction() as session:
        groups, by = [Group("group-wales", "Wales", "Wales")], {"by": COUNTERSIGN, "at": office.desk.clock()}
        spring, autumn = (str(tours.open_tour(session, office.campaign, name=name, groups=groups, **by)) for name in ("Spring", "Autumn"))
    typed = {"core": "Dear ((name)),\n\n((attendance))\n\n((your part))", "closed-attendance": LINES}
    release = office.waiting(**typed, follows_up=spring)
    office.sit("signatory", "hse")
    office.sign(release)
    office.sit()
    office.change(office.message_of(release), **typed, follows_up=autumn)

    assert "Void: changed since: terms." in office.see(f"/releases/{release}")
