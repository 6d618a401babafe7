"""The fields our forms are made of, drawn as GOV.UK components, each with a sentence to say when it is not filled in.

    class Words(Form):
        title = text("Title", needed="Enter a title")
        core = long_text("What everybody reads", hint="Markdown; blanks are written ((name))")
        save = submit("Save")

In the view: `form = Words()`, `if form.validate_on_submit():`, and the step `with refusals.ShownOn(form):`. In the template:
`{% call form_for() %}` from components/page.html, and `{{ form.title }}`; `{{ form.title(params={...}) }}` passes further options of the GOV.UK
component. What is wrong stands at the top of a page that fills the block `column`, and elsewhere where `{{ error_summary(form) }}` does.
"""

from collections.abc import Callable, Iterable
from typing import Any

from flask_wtf import FlaskForm
from flask_wtf.file import FileField  # WTForms' own takes a text of that name for a file
from govuk_frontend_wtf import wtforms_widgets as govuk
from jinja2 import ChainableUndefined, Environment, PackageLoader, PrefixLoader
from markupsafe import Markup
from wtforms import (
    BooleanField,
    EmailField,
    HiddenField,
    PasswordField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    SubmitField,
    TextAreaField,
    ValidationError,
)
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined,unused-ignore]  # newer than its stubs

from web.form_fields import DayField, HourField, an_hour, named

Choices = Iterable[tuple[str, str]]
Check = Callable[[Any, Any], None]

NOT_LISTED = "Choose from the list; it may have changed since the page was opened"

# GOV.UK's macros look for options that are not there, so they live in an environment of their own; ours stays strict.
_macros = Environment(
    loader=PrefixLoader(
        {"govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"), "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf")}
    ),
    autoescape=True,
    undefined=ChainableUndefined,
)


class Form(FlaskForm):  # type: ignore[misc,unused-ignore]
    """A form of ours, or a button alone; a forged request is refused before it is read."""


def needed(sentence: str) -> Check:
    """The field must be filled in; `sentence` says with what."""

    def check(form: Any, field: Any) -> None:
        empty = not field.data.strip() if isinstance(field.data, str) else not field.data
        if empty and not field.errors:
            raise ValidationError(sentence)

    return check


def at_most(limit: int) -> Check:
    """No more than `limit` characters, and none that no database stores."""

    def check(form: Any, field: Any) -> None:
        if isinstance(field.data, str) and "\x00" in field.data:
            raise ValidationError(f"{named(field)} holds an invisible character (NUL); type it again")
        if isinstance(field.data, str) and len(field.data) > limit:
            raise ValidationError(f"{named(field)} must be {limit:,} characters or fewer; it has {len(field.data):,}")

    return check


def text(label: str, *, needed: str | None = None, hint: str = "", limit: int = 500, default: str = "", **options: Any) -> Any:
    """One line of words."""
    return StringField(label, _checks(needed, limit), description=hint, default=default, widget=_drawn(govuk.GovTextInput()), **options)


def long_text(label: str, *, needed: str | None = None, hint: str = "", limit: int = 100_000, rows: int = 8) -> Any:
    """Several lines of words."""
    params = {"params": {"rows": str(rows)}}
    return TextAreaField(label, _checks(needed, limit), description=hint, widget=_drawn(govuk.GovTextArea()), render_kw=params)


def email(label: str, *, needed: str | None = None, hint: str = "", checks: Iterable[Check] = ()) -> Any:
    """An e-mail address."""
    widget = _drawn(govuk.GovInput())
    widget.input_type = "email"
    params = {"params": {"autocomplete": "email", "spellcheck": False}}
    return EmailField(label, [*_checks(needed, 254), *checks], description=hint, widget=widget, render_kw=params)


def password(label: str, *, needed: str | None = None, hint: str = "", checks: Iterable[Check] = (), new: bool = False) -> Any:
    """A password; `new` for one being chosen."""
    params = {"params": {"autocomplete": "new-password" if new else "current-password"}}
    widget = _drawn(govuk.GovPasswordInput())
    return PasswordField(label, [*_checks(needed, 1000), *checks], description=hint, widget=widget, render_kw=params)


def choice(label: str, choices: Choices | None = None, *, needed: str = "Choose one", hint: str = "", **options: Any) -> Any:
    """One of a few, as radio buttons. See `offer` for choices from the database."""
    checks = [_listed(needed)]
    return RadioField(
        label, checks, choices=_list(choices), description=hint, widget=_drawn(govuk.GovRadioInput()), validate_choice=False, **options
    )


def one_of(label: str, choices: Choices | None = None, *, needed: str = "Choose one from the list", hint: str = "", **options: Any) -> Any:
    """One of many, as a drop-down."""
    return SelectField(
        label,
        [_listed(needed)],
        choices=_list(choices),
        description=hint,
        widget=_drawn(govuk.GovSelect()),
        validate_choice=False,
        **options,
    )


def ticks(label: str, choices: Choices | None = None, *, hint: str = "", **options: Any) -> Any:
    """Any number of a list, as tick boxes."""
    widget, checks = _drawn(govuk.GovCheckboxesInput()), [_all_listed]
    return SelectMultipleField(
        label, checks, choices=_list(choices), description=hint, widget=widget, option_widget=widget, validate_choice=False, **options
    )


def tick(label: str, *, hint: str = "", **options: Any) -> Any:
    """A single tick box."""
    return BooleanField(label, description=hint, widget=_drawn(govuk.GovCheckboxInput()), **options)


def day(label: str, *, needed: str | None = None, hint: str = "For example, 12 5 2027") -> Any:
    """A date as day, month, year."""
    return DayField(label, _checks(needed, 0), description=hint, widget=_drawn(govuk.GovDateInput()))


def hour(label: str, *, needed: str | None = None, hint: str = "For example, 9:30am or 14:05", **options: Any) -> Any:
    """A time of day; read `.moment`."""
    params = {"params": {"classes": "govuk-input--width-5"}}
    return HourField(
        label, [*_checks(needed, 20), an_hour], description=hint, widget=_drawn(govuk.GovTextInput()), render_kw=params, **options
    )


def offer(field: Any, choices: Choices) -> None:
    """Give a `choice`, `one_of` or `ticks` field what there is to choose from, as (value, words), when that comes from the database."""
    field.choices = _list(choices)


def same(values: Iterable[str]) -> list[tuple[str, str]]:
    """Choices that are said as they are."""
    return [(value, value) for value in values]


def upload(label: str, *, needed: str | None = None, hint: str = "") -> Any:
    """A file; `field.data` is Werkzeug's FileStorage, or None. The form's tag needs `enctype="multipart/form-data"` (`form_for(files=true)`)."""
    return FileField(label, _checks(needed, 0), description=hint, widget=_drawn(govuk.GovFileInput()))


def hidden(**options: Any) -> Any:
    """A value the page carries and the officer does not see, such as the digest that was shown."""
    return HiddenField(validators=[at_most(100_000)], **options)


def submit(label: str, *, warning: bool = False, secondary: bool = False) -> Any:
    """The button; one primary button a page."""
    classes = "govuk-button--warning" if warning else "govuk-button--secondary" if secondary else ""
    return SubmitField(label, widget=_drawn(govuk.GovSubmitInput()), render_kw={"params": {"classes": classes, "preventDoubleClick": True}})


def _checks(sentence: str | None, limit: int) -> list[Check]:
    checks = [needed(sentence)] if sentence else []
    return [*checks, at_most(limit)] if limit else checks


def _listed(sentence: str) -> Check:
    def check(form: Any, field: Any) -> None:
        if field.data not in {value for value, *_ in field.iter_choices()}:
            raise ValidationError(sentence)

    return check


def _all_listed(form: Any, field: Any) -> None:
    if not set(field.data or ()) <= {value for value, *_ in field.iter_choices()}:
        raise ValidationError(NOT_LISTED)


def _list(choices: Choices | None) -> list[SelectChoice]:
    return [SelectChoice(value, said) for value, said in choices or ()]


def _drawn(widget: Any) -> Any:
    widget.render = _render(widget.template)
    return widget


def _render(template: str) -> Callable[[dict[str, Any]], Markup]:
    def drawn(params: dict[str, Any]) -> Markup:
        if not (params.get("hint") or {}).get("text"):
            params["hint"] = None  # of radios and tick boxes the library makes an empty one
        return Markup(_macros.get_template(template).render(params=params))  # noqa: S704 - GOV.UK's macros escape what they are given

    return drawn
