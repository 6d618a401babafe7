"""Links: https by a public name or mailto to one address, nothing else (bad input 32); and where a letter really leads."""

import pytest

from campaigns.drafting import letters, links
from campaigns.drafting.letters import Opened
from campaigns.foundation import reader_links
from tests.campaigns.drafting.test_letters import letter
from tests.campaigns.drafting.test_words import problems

NUMBER, OWN, BEGIN, USER = "not a number", "our own network", "must begin with https://", "user name or password"


@pytest.mark.parametrize(
    ("target", "why"),
    [
        ("http://a.test", BEGIN), ("ftp://a.test", BEGIN), ("javascript:alert(1)", BEGIN), ("JaVaScRiPt:alert(1)", BEGIN),
        ("<java   script:alert(1)>", BEGIN), ("vbscript:x", BEGIN), ("data:text/html;base64,PHg+", BEGIN), ("file:///etc/passwd", BEGIN),
        ("//a.test/x", BEGIN), ("/x", BEGIN), ("x.html", BEGIN), ("#top", BEGIN), ("https:a.test", BEGIN), ("tel:123", BEGIN),
        ("https://user:word@a.test", USER), ("https://hse.gov.uk@evil.test", USER), ("https://hse.gov.uk%40evil.test/", USER),
        ("https://127.0.0.1/", NUMBER), ("https://2130706433/", NUMBER), ("https://0x7f.1/", NUMBER), ("https://0177.0.0.1/", NUMBER),
        ("https://[::1]/", NUMBER), ("https://10.0.0.1:8443/x", NUMBER), ("https://\uff11\uff12\uff17.0.0.1/", NUMBER),
        ("https://192.168.1.1./", NUMBER),
        ("https://localhost/", OWN), ("https://intranet/", OWN), ("https://mail.local", OWN), ("https://x.internal/", OWN),
        ("https://router.home.arpa/", OWN), ("https://a_b.test/", "not a web address"), ("https://-a.test/", "not a web address"),
        ("https://a.test:99999/", "not a web address"), ("https://a..test/", "not a web address"),
        ("mailto:a@b.test,c@d.test", "one e-mail address"), ("mailto:a@b.test?bcc=c@d.test", "one e-mail address"),
        ("mailto:", "one e-mail address"), ("mailto:a@b.test?subject=x%0D%0ABcc:y", "one e-mail address"), ("mailto:a@localhost", OWN),
    ],
)  # fmt: skip
def test_a_link_that_may_not_stand_is_refused_with_its_line(target: str, why: str) -> None:
    found = problems(core=f"Dear ((name)),\n\n[here]({target}) it is")

    assert found and all(field == "core" and sentence.startswith("Line 3: the link ") and why in sentence for field, sentence in found)


@pytest.mark.parametrize(
    "target",
    [
        "https://www.hse.gov.uk/x?y=1#z",
        "HTTPS://A.test",
        "https://a.test:8443/",
        "https://b\u00fccher.test/",
        "mailto:post@a.test",
        "mailto:post@a.test?subject=LOPP",
    ],
)
def test_a_link_that_may_stand_is_not_refused(target: str) -> None:
    assert problems(core=f"[here]({target})") == []


@pytest.mark.parametrize(
    "text", ["see http://a.test/x.", "<http://a.test>", "[a][1]\n\n[1]: http://a.test", "![a](http://a.test/p.png)", "[x]( javascript:y )"]
)
def test_no_way_of_writing_a_link_gets_by(text: str) -> None:
    assert any(BEGIN in sentence for _, sentence in problems(core=text))
    assert any(field == "part-practitioners" for field, _ in problems(parts={"practitioners": text}))


def test_ordinary_words_with_a_colon_are_no_link() -> None:
    assert problems(core="The data: five. E-mail: post@a.test, file: 3; 10:30 and e.g. this") == []


def test_every_place_a_letter_leads_to_is_named_but_the_reader_s_own_links() -> None:
    opened = letters.open_letter(
        letter("[a](https://b.test/x_(y)) <https://a.test/z>. Also https://c.test/bare. <post@d.test> [u](https://b\u00fccher.test)")
    )

    assert links.link_targets(opened) == [
        "http://localhost:8000/check/ABCD-2345", "http://localhost:8000/privacy", "https://a.test/z", "https://b.test/x_(y)", "https://c.test/bare", "https://xn--bcher-kva.test",
        "mailto:post@d.test",
    ]  # fmt: skip


def test_two_readers_letters_lead_to_the_same_places() -> None:
    one, other = (
        links.link_targets(
            letters.open_letter(letter("[a](https://a.test) ((name))", values=reader_links.of_nobody("http://localhost:8000", n)))
        )
        for n in "xy"
    )

    assert one == other


def test_a_link_in_the_text_part_alone_is_named_too() -> None:
    opened = Opened("s", "<p><a href='https://a.test/'>x</a></p>", "x (https://a.test/) y https://evil.test/z", [])

    assert links.link_targets(opened) == ["https://a.test/", "https://evil.test/z"]
