"""The letter that every sender gets in a benchmark."""

from jinja2 import Environment, StrictUndefined

from tests.benchmarks import long_letter


def test_ours_is_as_long_as_it_is_said_to_be() -> None:
    letter = long_letter.joined(long_letter.core(), long_letter.EXAMPLE)
    assert long_letter.SIZE <= len(letter) <= 1.05 * long_letter.SIZE
    assert len(long_letter.joined(long_letter.core(10_000), long_letter.EXAMPLE)) < 11_000


def test_others_fill_in_what_differs_from_reader_to_reader_and_nothing_is_left_blank() -> None:
    page, reader = long_letter.page(), long_letter.fields(7)
    jinja = Environment(autoescape=True, undefined=StrictUndefined)
    for part in (page.text, page.html):
        filled = jinja.from_string(part).render(reader)
        assert "Head of service 7" in filled
        assert reader["stop_url"] in filled
        assert "{{" not in filled
    assert len(page.text) + len(page.html) > 0.85 * long_letter.SIZE
