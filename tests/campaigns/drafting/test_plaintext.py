"""Markdown written for readers without HTML."""

import pytest
from markdown_it import MarkdownIt

from campaigns.drafting import plaintext


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("# Title\n\ntext", "Title\n=====\n\ntext"),
        ("## Part", "Part\n----"),
        ("* one\n* two", "- one\n\n- two"),
        ("1. one\n2. two", "1. one\n\n2. two"),
        ("* one\n  * inner\n* two", "- one\n\n  - inner\n\n- two"),
        ("[a page](https://a.test)", "a page (https://a.test)"),
        ("<https://a.test>", "https://a.test"),
        ("*much* **more** `code`", "much more code"),
        ("one\ntwo", "one\ntwo"),
        ("***", "-" * 30),
        ("    as typed", "as typed"),
    ],
)
def test_markdown_is_written_as_people_write_plain_text(typed: str, read: str) -> None:
    assert plaintext.write(MarkdownIt("commonmark", {"html": False}).parse(typed)) == read + "\n"
