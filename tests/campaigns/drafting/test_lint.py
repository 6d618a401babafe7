"""What the lint finds: hidden words, what is fetched, signs that deceive, links that lie, and parts that disagree (A14, A35, A36)."""

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from campaigns.drafting import letters, lint, markup, samples
from campaigns.drafting.lint import Finding
from tests.campaigns.drafting.test_letters import letter, texts
from tests.campaigns.stories import SENDER, words


def found(core: str, **changes: object) -> list[Finding]:
    said = words(core=core, parts={}, **changes)
    return lint.findings(said, samples.of_words(said, reference="ABCD-2345", sender=SENDER))


def must(core: str) -> list[str]:
    return [finding.code for finding in found(core) if finding.must]


def spoiled(before: str, after: str, *, text: bool = False) -> list[str]:
    """What is found in a good letter when somebody puts other bytes into one of its parts."""
    opened = letters.open_letter(letter("Dear ((name)),\n\nPay 500 pounds by 12 May.\n\n[Read it](https://a.test/x)"))
    assert lint.findings(words(parts={}), {"all": opened}) == [
        note for note in lint.findings(words(parts={}), {"all": opened}) if not note.must
    ]
    assert before in (opened.text if text else opened.html)
    changed = replace(opened, text=opened.text.replace(before, after)) if text else replace(opened, html=opened.html.replace(before, after))
    return [finding.code for finding in lint.findings(words(parts={}), {"all": changed}) if finding.must]


LEFT = ["TBC", "XXX", "TBA", "[insert date]", "[Date to follow]", "Lorem ipsum"]
FINE = "[Add your name](https://a.test/x), [Dated] notes, the TBCs, tba, and XX"


@pytest.mark.parametrize(("said", "left"), [(f"Venue {', '.join(LEFT)} dolor.", LEFT), (FINE, [])])
def test_what_its_writer_left_open_is_found_in_the_words_and_in_the_subject(said: str, left: list[str]) -> None:
    body, subject = found(f"Dear ((name)),\n\n{said}"), found("Dear ((name)),", subject=said)
    assert [one.said for one in body if one.code == "unfinished"] == [f"Line 3 still says “{one}”" for one in left]
    assert [(one.said, one.must) for one in subject if one.where == "The subject"] == [(f"It still says “{one}”", True) for one in left]


GOOD = """# A heading

Dear ((name)) of ((organisation)),

1. One *lead* authority
2. **Two** parties

   and a second paragraph

- a list
  - in a list

> Quoted, 12 May 2006. 3. Not a list

`code` and <https://a.test/x> and [words](https://www.a.test/y?z=1) and <post@a.test>, [write](mailto:post@b.test).

10\\. October

---

Môn – 100 % & "quotes" <b>typed</b> {{ x }} ![p](https://a.test/p.png)

    a block of code
"""


def test_a_good_letter_holds_nothing_that_must_be_resolved() -> None:
    assert must(GOOD) == []
    assert must(words().core) == []


@pytest.mark.long
@settings(max_examples=60, derandomize=True)
@given(core=st.text(st.sampled_from("ab1 .\n#*_-`>[](){}<&!'\"\u00f4:/"), max_size=120))
def test_the_two_parts_of_our_own_letters_never_disagree(core: str) -> None:
    assert "parts-differ" not in must(f"x {core}")


HIDING = [
    "display:none", "DISPLAY : none !important", "visibility:hidden", "opacity:0", "opacity:0.01", "font-size:0", "font-size:1px", "font:0/0 a",
    "color:#ffffff", "color:#fff", "color:white", "color:rgb(255,255,255)", "color:#fefefe", "color:transparent", "color:hsl(0 0% 100%)",
    "position:absolute;left:-9999px", "position:fixed", "text-indent:-999px", "margin-left:-5000px", "height:0;overflow:hidden", "max-height:0",
    "width:0", "line-height:0", "mso-hide:all", "clip:rect(0,0,0,0)", "transform:scale(0)", "filter:opacity(0)", "dis\\70lay:none", "dis/**/play:none; display:none",
    "font-size:calc(1px - 1px)", "background-color:#0b0c0c",
]  # fmt: skip


@pytest.mark.parametrize("style", HIDING)
def test_words_hidden_by_a_style_are_found(style: str) -> None:
    assert "hidden" in spoiled('<p style="margin:0 0 16px">Pay', f'<p style="{style}">not agreed</p><p>Pay')


@pytest.mark.parametrize(
    "html",
    [
        "<!-- not agreed -->", "<p title='not agreed'>x</p>", "<p hidden>not agreed</p>", "<template>not agreed</template>",
        "<noscript>not agreed</noscript>", "<p style='color:#0b0c0c;background:#0b0c0c'>not agreed</p>", "<font color=white>not agreed</font>",
        "<div style='display:none'><p><strong>not agreed</strong></p></div>", "<img alt='not agreed'>", "<p aria-label='not agreed'>x</p>",
        "<![CDATA[not agreed]]>", "<?php not agreed ?>", "<!--[if mso]>not agreed<![endif]-->", "<select><option>not agreed</option></select>",
    ],
)  # fmt: skip
def test_words_hidden_by_html_are_found(html: str) -> None:
    assert "hidden" in spoiled('<p style="margin:0 0 16px">Pay', f"{html}<p>Pay")


@pytest.mark.parametrize(
    "html",
    [
        "<img src='https://evil.test/x.png'>", "<img src='//evil.test/x'>", "<link rel=stylesheet href='https://evil.test/x.css'>",
        "<style>@import url(https://evil.test/x.css)</style>", "<style>@font-face{src:url(https://evil.test/f)}</style>",
        "<video poster='https://evil.test/x.png'></video>", "<p style='background:url(https://evil.test/x)'>x</p>",
        "<td background='https://evil.test/x'>x</td>", "<p style='background-image:u\\72l(https://evil.test/x)'>x</p>",
        "<iframe src='https://evil.test'></iframe>", "<object data='https://evil.test'></object>", "<p style='behavior:url(x)'>x</p>",
        "<p style='width:expression(alert(1))'>x</p>", "<base href='https://evil.test/'>", "<img srcset='https://evil.test/x 2x'>",
    ],
)  # fmt: skip
def test_whatever_would_be_fetched_is_found(html: str) -> None:
    assert "remote" in spoiled('<p style="margin:0 0 16px">Pay', f"{html}<p>Pay")


@pytest.mark.parametrize(
    "html",
    ["<script>x()</script>", "<p onclick=x>y</p>", "<form action=x></form>", "<meta http-equiv=refresh content='0;x'>", "<svg></svg>"],
)
def test_whatever_our_letters_never_hold_is_found(html: str) -> None:
    assert "unexpected" in spoiled('<p style="margin:0 0 16px">Pay', f"{html}<p>Pay")


@pytest.mark.parametrize(
    "typed",
    [
        "![p](https://evil.test/x.png)", "<img src='https://evil.test/x.png'>", "<style>@import url(https://evil.test/x.css)</style>",
        "<link rel=stylesheet href=https://evil.test/x.css>", "<video poster='https://evil.test/x.png'></video>",
        "<p style='display:none'>not agreed</p>", "<p style='background:url(https://evil.test/x)'>", "[x](https://a.test 'not agreed')",
        "@import url(https://evil.test/x.css);", "<!-- not agreed -->", "<svg onload=x>", "<base href=//evil.test>", "<iframe srcdoc=x>",
    ],
)  # fmt: skip
def test_nothing_an_officer_types_becomes_hidden_or_is_fetched(typed: str) -> None:
    message = letter(f"Dear ((name)),\n\n{typed}")

    reading = markup.read(letters.open_letter(message).html)

    assert (reading.hidden, reading.fetched, reading.unexpected) == ([], [], [])
    if typed.startswith("<"):
        assert typed in texts(message)[0] and typed in texts(message)[1]


@pytest.mark.parametrize(
    ("before", "after", "text"),
    [
        ("500", "5,000", True), ("500", "900", False), ("12 May", "13 May", True), ("Pay", "Do not pay", False), ("https://a.test/x", "https://evil.test/x", True),
        ("Pay 500 pounds by 12 May.", "", True), ("http://localhost:8000/privacy", "http://localhost:8000/x", True), ("Agreed jointly by HSE and LACoRS", "Agreed by HSE", False),
    ],
)  # fmt: skip
def test_parts_that_say_different_things_are_found(before: str, after: str, text: bool) -> None:
    assert spoiled(before, after, text=text) == ["parts-differ"]


def test_the_first_difference_is_shown_with_the_words_around_it() -> None:
    opened = replace(next(iter(samples.of_words(words(), reference="A", sender=SENDER).values())), text="Other words")

    (said,) = [finding.said for finding in lint.findings(words(), {"all": opened}) if finding.must]

    assert said.startswith("The text part says “… other words …” where the HTML says “… lopp team hse and …")


@pytest.mark.parametrize(
    ("core", "code"),
    [
        ("Micr\u043esoft", "mixed-scripts"), ("\u0420\u0430ypal", "mixed-scripts"), ("\u0391uthority", "mixed-scripts"), ("\uff21uthority", "mixed-scripts"),
        ("be\u00adfore", "invisible"), ("a\u3164b", "invisible"), ("a\u034fb", "invisible"), ("a\u2800b", "invisible"), ("a\u2028b", "invisible"),
        ("\u05e9\u05dc\u05d5\u05dd", "right-to-left"), ("\u0645\u0631\u062d\u0628\u0627", "right-to-left"),
        ("[www.hse.gov.uk](https://www.evil.test)", "link-text"), ("[https://hse.gov.uk/x](https://hse.gov.uk.evil.test/x)", "link-text"),
        ("[the page (hse.gov.uk)](https://evil.test)", "link-text"), ("[post@hse.gov.uk](mailto:post@evil.test)", "link-text"),
        ("[b\u00fccher.test](https://bucher.test)", "link-text"),
    ],
)  # fmt: skip
def test_signs_and_links_that_deceive_must_be_resolved(core: str, code: str) -> None:
    assert must(f"Dear ((name)), {core} it is") == [code]


@pytest.mark.parametrize(
    "core",
    [
        "\u041c\u043e\u0441\u043a\u0432\u0430 and London", "r\u00e9sum\u00e9s M\u00f4n \u0175y\u0177 \u00b5m 5\u00a0kg \U0001f600\ufe0f", "[hse.gov.uk](https://www.hse.gov.uk/x)", "[www.a.test](https://a.test)",
        "[Report.pdf](https://a.test/r.pdf)", "[e.g. this](https://a.test)", "[post@a.test](mailto:post@a.test)", "[b\u00fccher.test](https://b\u00fccher.test)",
    ],
)  # fmt: skip
def test_honest_signs_and_links_are_left_alone(core: str) -> None:
    assert must(f"Dear ((name)), {core} it is") == []


def test_every_host_is_listed_once_and_its_letters_are_spelled_out() -> None:
    said = [
        finding.said for finding in found("[a](https://a.test/1) [b](https://a.test/2) [c](https://b\u00fccher.test)") if not finding.must
    ]

    assert said == ["Links lead to a.test", "Links lead to b\u00fccher.test (xn--bcher-kva.test)", "Links lead to localhost"]


def test_a_finding_in_one_letter_names_the_letter_and_one_in_all_says_so() -> None:
    said = words(parts={"practitioners": "Micr\u043esoft"})
    (one,) = [f for f in lint.findings(said, samples.of_words(said, reference="A", sender=SENDER)) if f.must]

    assert one.where == "The letter to practitioners"
    assert found("Micr\u043esoft")[0].where == "Every letter"


def test_a_finding_s_key_is_its_own_and_the_same_every_time() -> None:
    one = Finding("hidden", "Every letter", "x")

    assert one.key == Finding("hidden", "Every letter", "x").key and len(one.key) == 16
    assert (
        len(
            {
                one.key,
                *(
                    Finding(*other).key
                    for other in (("remote", "Every letter", "x"), ("hidden", "Every", "letter x"), ("hidden", "Every letter", "y"))
                ),
            }
        )
        == 4
    )
