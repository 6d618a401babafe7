"""Attacks on what was signed: words, files, layout, sender, one reader's own fields, and what deceives the eye."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import select

from audiences import contacts, roles
from campaigns.agreement.sealed import Particulars, SealedProgram
from campaigns.drafting import attachments, letters, messages
from campaigns.drafting.words import Words
from campaigns.foundation.errors import Invalid
from tests.attacks.conftest import Held
from tests.attacks.scene import Scene
from tests.campaigns import stories
from tests.campaigns.agreement.removals import lifted
from tests.campaigns.drafting.test_lint import spoiled
from tests.campaigns.stories import HOUR, NOON, Story

SUPERSEDED = "The release is superseded"


def revise(attack: Scene, story: Story, words: Words, *, at: Any = NOON) -> None:
    """The drafter changes the words."""
    with attack.house.database.transaction() as session:
        assert messages.revise(session, story.message, words, by=attack.house.drafter, at=at)


def test_a6_the_body_is_edited_after_the_first_approval(attack: Scene, held: Held) -> None:
    story = stories.half_signed_release(attack.house)
    revise(attack, story, stories.words(core="Dear ((name)),\n\n((your part))\n\nOther words."))

    held(story, "the body is edited after the first signature", SUPERSEDED)


def test_a7_the_body_is_edited_a_second_before_it_is_due(attack: Scene, held: Held) -> None:
    story = stories.agreed_release(attack.house)
    story.schedule(when=NOON + HOUR)
    revise(attack, story, stories.words(subject="Other words"), at=NOON + HOUR - timedelta(seconds=1))

    held(story, "edited after both signatures, one second before it is due", SUPERSEDED, at=NOON + HOUR)
    assert story.state() == "stopped"


def test_a9_an_audience_is_taken_out_and_put_in_again(attack: Scene, held: Held) -> None:
    story = stories.agreed_release(attack.house)
    revise(attack, story, stories.words(audiences=["senior-managers"], parts={"senior-managers": "You decide what to do."}))
    revise(attack, story, stories.words())

    held(story, "an audience removed and the same people added again", SUPERSEDED)


def test_a11_a_file_is_replaced_by_one_of_the_same_name_and_size(attack: Scene, held: Held, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()  # the genuine compiler: files are part of what it compiles
    files = [b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:%d\r\nEND:VCALENDAR\r\n" % number for number in (1, 2)]
    with attack.house.database.transaction() as session:
        first, second = (attachments.keep(session, content, name="briefing.ics") for content in files)
    assert (first.name, first.size) == (second.name, second.size)
    story = stories.agreed_release(attack.house, stories.words(attachments=[first]))
    revise(attack, story, stories.words(attachments=[second]))

    held(story, "a file replaced by another of the same name and size", SUPERSEDED)


def test_a11_a_file_s_content_is_changed_at_the_database(attack: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    with attack.house.database.transaction() as session:
        kept = attachments.keep(session, b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nEND:VCALENDAR\r\n", name="briefing.ics")
    story = stories.agreed_release(attack.house, stories.words(attachments=[kept]))
    with attack.house.database.transaction() as session:
        lifted(session)
        session.exec(sa.update(attachments.AttachedFile).values(content=b"BEGIN:VCALENDAR\r\nVERSION:2.1\r\nEND:VCALENDAR\r\n"))

    assert attack.push(story) == len(stories.READERS)  # what goes is what was signed: the file is inside the sealed letters


@pytest.mark.parametrize(("old", "new"), [("LOPP", "LIES"), ("lopp@countersign.test", "lies@countersign.test")])
def test_a12_a13_what_the_layout_or_the_sender_put_into_the_letters_is_changed(attack: Scene, held: Held, old: str, new: str) -> None:
    story = stories.agreed_release(attack.house)
    with attack.house.database.transaction() as session:
        lifted(session)
        for row in session.exec(select(SealedProgram).where(SealedProgram.release_id == story.release)):
            row.program = row.program.replace(old.encode(), new.encode())
            session.add(row)

    held(story, f"“{old}” becomes “{new}” in the compiled letters", "A stored letter is not the one that was signed")


def test_a12_a13_a_layout_or_sender_changed_after_sealing_is_not_read_again(attack: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    story = stories.agreed_release(attack.house)

    def compiled(**_: object) -> None:
        raise AssertionError("a sealed letter was compiled again")

    monkeypatch.setattr(letters, "compile_letter", compiled)
    monkeypatch.setattr(stories, "SENDER", replace(stories.SENDER, name="Somebody else", address="else@countersign.test"))

    assert attack.push(story) == len(stories.READERS)  # each compared with its signed leaf before it went


def test_a14_one_reader_s_own_field_is_changed_after_signing(attack: Scene, held: Held) -> None:
    story = stories.agreed_release(attack.house)
    with attack.house.database.transaction() as session:
        lifted(session)
        row = session.get_one(Particulars, (story.release, 0))
        row.fields = {**(row.fields or {}), "organisation": "Council 0, which alone must pay"}
        session.add(row)

    held(story, "one council's name becomes a sentence", "Letter 1 is not the one that was signed")
    assert story.tally()["queued"] == len(stories.READERS)  # the others are as they were, and shown


@pytest.mark.parametrize("name", ["two\nlines", "see https://evil.test", "x" * 81])
def test_a14_names_that_could_say_more_than_a_name_are_refused(name: str) -> None:
    with pytest.raises(Invalid):
        contacts.check(name, "senior_manager", roles.Place("E1", "Ashby", "ashby.gov.uk"), "a@ashby.gov.uk", test_domains_allowed=True)


@pytest.mark.parametrize(
    "html",
    [
        '<img src="https://evil.test/p.png">',
        '<p style="background:url(https://evil.test/p.png)">x</p>',
        "<style>@import 'https://evil.test/a.css'</style>",
    ],
)
def test_a35_what_would_be_fetched_after_signing_is_found_and_stops_submission(html: str) -> None:
    assert "remote" in spoiled("</body>", f"{html}</body>")


def test_a35_a36_what_deceives_is_not_sealed_until_somebody_answers_for_it(attack: Scene, held: Held) -> None:
    """No typed HTML becomes HTML; a link that shows another address than it leads to stands for all that must be accepted by name."""
    house, said = attack.house, stories.words(core="Dear ((name)),\n\n((your part))\n\n[www.hse.gov.uk](https://www.evil.test/)")
    with house.database.transaction() as session:
        message = messages.draft(session, house.campaign, said, by=house.drafter, at=NOON)
    story = Story(house, message, stories.submitted(house, message))
    with pytest.raises(Invalid, match="evil"):
        stories.seal(house, story.release)

    held(story, "a link shows one address and leads to another, and nobody accepted it", "The release is not sealed")


@pytest.mark.parametrize(
    "style", ["display:none", "font-size:0", "color:#ffffff;background:#ffffff", "opacity:0", "position:absolute;left:-9999px"]
)
def test_a36_hidden_words_must_be_resolved(style: str) -> None:
    assert spoiled("</body>", f'<p style="{style}">hidden</p></body>')
