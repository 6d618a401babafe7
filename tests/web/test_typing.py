"""Days and hours as people type them, and pages of a list."""

from datetime import date, time

import pytest
from flask import Flask
from werkzeug.datastructures import MultiDict

from web import coverage_looks, forms
from web.form_fields import read_hour
from web.paging import Page


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("9:30", time(9, 30)),
        ("9.30am", time(9, 30)),
        ("09:30 AM", time(9, 30)),
        ("0930", time(9, 30)),
        ("2pm", time(14)),
        ("12am", time(0)),
        ("12pm", time(12)),
        ("noon", time(12)),
        ("midnight", time(0)),
        ("23:59", time(23, 59)),
        ("24:00", None),
        ("9", None),
        ("13pm", None),
        ("9:3x", None),
        ("٣:٠٠", None),
        ("99999999999999999999:00", None),
        ("0012:30", None),
        ("9:3015", None),
        ("", None),
    ],
)
def test_hours_are_read_as_people_type_them(typed: str, meant: time | None) -> None:
    assert read_hour(typed) == meant


class Slot(forms.Form):
    """A form with a day and a choice."""

    day = forms.day("Day", needed="Enter a day")
    which = forms.one_of("Which", [("a", "A"), ("b", "B")])
    some = forms.ticks("Some", [("a", "A"), ("b", "B")])


def filled(app: Flask, *parts: str, which: str = "a", some: tuple[str, ...] = ()) -> Slot:
    """The form as sent."""
    sent = MultiDict([*(("day", part) for part in parts), ("which", which), *(("some", value) for value in some)])
    with app.test_request_context(method="POST", data=sent):
        form = Slot()
        form.validate()
        assert "govuk-" in form.day() + form.which() + form.some()
        return form


def test_a_day_is_read_from_three_boxes(app: Flask) -> None:
    assert filled(app, "12", "5", "2027").day.data == date(2027, 5, 12)
    assert [filled(app, "12", month, "2027").day.data for month in (" May", "sept", "JUL")] == [date(2027, n, 12) for n in (5, 9, 7)]
    assert filled(app, "31", "June", "2027").day.errors == ["Enter a real date, like 12 5 2027, for “Day”"]


@pytest.mark.parametrize("typed", ["24 November 2026", "24 nov 2026", "24/11/2026", "2026-11-24", "24.11.2026"])
def test_a_day_in_one_box_is_read_as_pages_say_days(typed: str) -> None:
    assert coverage_looks.day(typed) == date(2026, 11, 24)
    assert [coverage_looks.day(typed.replace(*other)) for other in (("24", "31"), ("2026", "26"))] == [None, None]


@pytest.mark.parametrize(
    "parts",
    [("31", "2", "2027"), ("x", "y", "z"), ("1", "1", "27"), ("1", "1"), ("", "", ""), ("1_2", "5", "2027"), ("١٢", "5", "2027"), ()],
)
def test_a_day_that_is_none_is_refused_by_name(app: Flask, parts: tuple[str, ...]) -> None:
    form = filled(app, *parts)

    assert form.day.data is None
    assert len(form.day.errors) == 1


class Sent(forms.Form):
    """A form with a file and a line."""

    file = forms.upload("File", needed="Choose a file")


def test_words_sent_in_place_of_a_file_are_none(app: Flask) -> None:
    with app.test_request_context(method="POST", data={"file": "words"}):
        form = Sent()
        form.validate()

        assert (form.file.data, form.file.errors) == (None, ["Choose a file"])


def test_only_what_was_offered_can_be_chosen(app: Flask) -> None:
    assert filled(app, "1", "1", "2027", which="c").which.errors
    assert filled(app, "1", "1", "2027", some=("a", "z")).some.errors
    assert not filled(app, "1", "1", "2027", some=("a", "b")).some.errors


def test_pages_end_where_the_list_ends() -> None:
    page = Page.read("9", 50).of(120)

    assert (page.number, page.last, page.first_row, page.last_row) == (3, 3, 101, 120)
    assert (Page.read("1", 50).of(0).first_row, Page.read("1", 50).of(0).last_row) == (0, 0)
