"""What an officer may say of a mail: what fits its kind, where its letter is known; and of a reply that was judged the other word, and no more."""

from typing import Any
from uuid import UUID

import pytest

from campaigns.delivery import incoming
from campaigns.delivery.incoming import CAME_BACK, CONFIRMS, DONE, FILE, SAID, STOP, WAITING, IncomingMail
from tests.campaigns.stories import NOON

LETTER = {"release_id": UUID(int=1), "position": 0}
REPLY = {"kind": "reply", "state": DONE, "judged_by": "an officer", "done": SAID[CONFIRMS], **LETTER}


def mail(**said: Any) -> IncomingMail:
    return IncomingMail(**{"digest": "1", "at": NOON, "state": WAITING, **said})


@pytest.mark.parametrize(
    ("kind", "meant"), [("reply", (CONFIRMS,)), ("bounce", (CAME_BACK,)), ("complaint", (STOP,)), ("calendar reply", ()), ("other", ())]
)
def test_a_mail_may_mean_what_fits_it_where_its_letter_is_known_and_is_filed_else(kind: str, meant: tuple[str, ...]) -> None:
    assert incoming.choices(mail(kind=kind, **LETTER)) == (*meant, FILE)
    assert incoming.choices(mail(kind=kind)) == (FILE,)


@pytest.mark.parametrize(
    ("otherwise", "word"),
    [
        ({}, FILE),
        ({"done": SAID[FILE]}, CONFIRMS),
        ({"kind": "bounce"}, ""),
        ({"release_id": None}, ""),
        ({"position": None}, ""),
        ({"state": WAITING}, ""),
        ({"judged_by": None}, ""),
    ],
)
def test_only_a_reply_that_an_officer_judged_may_be_read_otherwise(otherwise: dict[str, Any], word: str) -> None:
    assert incoming.other_choice(mail(**REPLY | otherwise)) == word
