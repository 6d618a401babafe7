"""What words are compared with: those of the message that they were begun with."""

from campaigns.agreement.releases import Release
from campaigns.drafting.messages import Message
from tests.web.office import WORDS, Office


def test_a_message_begun_with_anothers_words_says_so_and_how_it_differs(office: Office) -> None:
    parent = office.drafted()
    office.post(
        f"/messages/new?like={parent}", **{**WORDS, "campaign": str(office.campaign), "save": "Save", "title": "For another purpose"}
    )
    child = office.newest(Message)
    office.change(parent, title="Changed later")

    page = office.see(f"/messages/{child}")

    assert f"What changed since revision 1 of “{WORDS['title']}”, which it started from" in page
    assert "<ins>For another purpose</ins>" in office.client.get(f"/messages/{child}").get_data(as_text=True)
    assert f'href="/messages/{parent}"' in office.client.get(f"/messages/{child}").get_data(as_text=True)
    assert "which it started from" not in office.see(f"/messages/{parent}")


def test_whoever_signs_a_message_for_the_first_time_reads_what_changed_since_the_one_it_was_begun_with(office: Office) -> None:
    parent = office.drafted()
    office.post(f"/messages/new?like={parent}", **{**WORDS, "campaign": str(office.campaign), "save": "Save", "subject": "For others"})
    office.post(f"/messages/{office.newest(Message)}/submission")
    release = office.newest(Release)
    office.seal(release)
    office.sit("signatory", "hse")

    assert f"What changed since revision 1 of “{WORDS['title']}”, which it started from Subject" in office.see(f"/releases/{release}/sign")


def test_a_correction_is_compared_with_what_it_corrects(office: Office) -> None:
    release = office.going(states={"accepted": 2})
    office.post(f"/releases/{release}/withdrawal", reason="The fee is wrong.")
    office.post(f"/releases/{release}/correction")

    page = office.see(f"/messages/{office.newest(Message)}")

    assert f"What changed since revision 1 of “{WORDS['title']}”, which it started from" in page
