"""A mail without a return address of ours may name one of our letters: of several to one reader it is about that one."""

from email import message_from_bytes

from audiences import incoming_post, invitees, suggestions
from campaigns.delivery import bounces, incoming, returns
from campaigns.delivery.autoreplies import Contact
from campaigns.delivery.bounces import Reading
from campaigns.delivery.verp import Found
from campaigns.foundation.database import Database
from tests.audiences import invited
from tests.audiences.posts import OFFICER
from tests.campaigns import coming_back
from tests.campaigns.stories import NOON

READER = "inspector@swansea.test"


def test_a_bounce_that_names_a_reader_s_reminder_is_about_that_and_not_about_their_invitation(sqlite: Database) -> None:
    made, story = invited.gone(sqlite)
    with sqlite.transaction() as session:
        invitees.remind(session, made.briefing().id, [], by=OFFICER, at=NOON)
    made.send(story.release)
    letters = [one for one in made.transport.sent if one.recipient == READER]

    for letter, said in zip(letters, invited.INVITED[:2], strict=True):
        raw = coming_back.mail("dsn-no-such-mailbox", READER, str(message_from_bytes(letter.message)["Message-ID"]).encode())
        with sqlite.transaction() as session:
            mail = incoming_post.take(session, incoming.digest(raw), bounces.read(raw), Found(), at=NOON)
            about = returns.reader(session, mail.place) if mail and mail.place else None
            assert about and about[0].condition == f"invitation: {said}"


def test_an_automatic_reply_of_which_nobody_knows_whose_letter_it_answers_puts_nobody_forward(sqlite: Database) -> None:
    reading = Reading("auto-reply", sender="away@council.test", contact=Contact("new@council.test", "Ann"))
    with sqlite.transaction() as session:
        mail = incoming_post.take(session, "9", reading, Found(), at=NOON)

        assert mail and (mail.state, mail.done) == ("done", "nothing: auto-reply") and suggestions.waiting(session) == []
