"""What a letter says of others before they have: that an organisation takes part, or that somebody endorses it (R2, R22)."""

import pytest

from campaigns.drafting import lint, samples
from campaigns.drafting.lint import Finding
from tests.campaigns.stories import SENDER, words


def found(said: str, *considering: str, subject: str = "What LOPP is") -> list[Finding]:
    letter_words = words(core=f"Dear ((name)),\n\n{said}", parts={}, subject=subject)
    opened = samples.of_words(letter_words, reference="ABCD-2345", sender=SENDER)
    return [one for one in lint.findings(letter_words, opened, considering) if one.must]


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("B&Q takes part.", 1),
        ("Look at B & Q, and at B and Q.", 1),
        ("In **B&Q**’s stores", 1),
        ("ROYAL MAIL takes part", 1),
        ("B&Q and Royal Mail", 2),
        ("One organisation is still considering.", 0),
        ("The royal mail, and a B&Queue", 0),
        ("Bodies", 0),
    ],
)
def test_whoever_is_still_considering_is_found_where_a_letter_names_them(said: str, number: int) -> None:
    assert [one.code for one in found(said, "Royal Mail", "B&Q")] == ["considering"] * number
    assert not found(said)


@pytest.mark.parametrize(
    ("said", "claims"),
    [
        ("LOPP is endorsed by HELA. Read on.", ["endorsed by HELA"]),
        ("ENDORSED BY\nHELA and the LGP, in May", ["ENDORSED BY HELA and the LGP"]),
        ("It has the endorsement from **HELA**, whose members endorse it.", ["endorsement from HELA", "endorse"]),
        ("We send HELA’s note, and dorsal fins.", []),
    ],
)
def test_nobody_is_said_to_endorse_it_before_an_officer_accepts_that_by_name(said: str, claims: list[str]) -> None:
    heard = [(one.code, one.said.split("“")[1].split("”")[0]) for one in found(said)]
    assert heard == [("endorsed", claim) for claim in claims]


def test_an_endorsement_in_the_subject_is_found_once_for_all_letters() -> None:
    (claim,) = found("Read on.", subject="Endorsed by HELA: what LOPP is")
    assert (claim.code, claim.where) == ("endorsed", "Every letter")
