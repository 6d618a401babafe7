"""Days and hours as people type them: three boxes for a date, one for a time."""

from datetime import date, time
from typing import Any

from wtforms import Field, StringField, ValidationError

MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december"]


class DayField(Field):
    """A date typed as day, month and year. `data` is a date, or None when left empty."""

    def process_formdata(self, valuelist: list[str]) -> None:
        """Read the three boxes; says what is wrong rather than guessing."""
        self.raw_data = [*valuelist, "", "", ""][:3]
        if not any(part.strip() for part in self.raw_data):
            self.data = None
            return
        try:
            day, month, year = (part.strip() for part in self.raw_data)
            self.data = date(_number(year), read_month(month), _number(day))
        except (ValueError, OverflowError):
            self.data = None
            raise ValueError(f"Enter a real date, like 12 5 2027, for {named(self)}") from None
        if not 2000 <= self.data.year <= 2100:
            self.data = None
            raise ValueError(f"Enter the year with four figures, like 2027, for {named(self)}")

    def _value(self) -> str:
        return ""  # GOV.UK's widget reads the three boxes itself


class HourField(StringField):
    """A time typed like 9:30, 14.05 or 3pm. `moment` is a time, or None."""

    @property
    def moment(self) -> time | None:
        """The time typed; None when it cannot be read."""
        return read_hour(self.data or "")


def read_month(text: str) -> int:
    """`5`, `05`, `May` or `sept` → the month's number; refuses anything else."""
    typed = text.strip().lower()
    named = [number for number, name in enumerate(MONTHS, 1) if len(typed) >= 3 and name.startswith(typed)]
    return named[0] if named else _number(typed)


def read_hour(text: str) -> time | None:
    """`9:30`, `9.30`, `0930`, `9am`, `2.15pm`, `noon`, `midnight` → a time; anything else → None."""
    typed = text.strip().lower().replace(" ", "").replace(".", ":")
    if typed in {"noon", "midday", "midnight"}:
        return time(0 if typed == "midnight" else 12)
    half = typed[-2:] if typed[-2:] in {"am", "pm"} else ""
    digits = typed.removesuffix(half) if half else typed
    if ":" not in digits and len(digits) == 4:
        digits = f"{digits[:2]}:{digits[2:]}"
    hour, _, minute = digits.partition(":")
    if len(hour) > 2 or len(minute) > 2:
        return None
    try:
        return _clock(_number(hour), _number(minute or "0"), half, bare=":" not in digits)
    except ValueError:
        return None


def whole(typed: str | None) -> int | None:
    """A whole number of up to eight figures, as our keyboards have them (`int` would read 1_2 and ١٢ as twelve); None for anything else."""
    typed = (typed or "").strip()
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 9 else None


def _number(typed: str) -> int:
    number = whole(typed)
    if number is None:
        raise ValueError(typed)
    return number


def _clock(hour: int, minute: int, half: str, *, bare: bool) -> time | None:
    if half:
        hour = hour % 12 + (12 if half == "pm" else 0) if 1 <= hour <= 12 else 99
    elif bare:
        return None
    return time(hour, minute) if hour < 24 and minute < 60 else None


def an_hour(form: Any, field: Any) -> None:
    """A time that can be read, where one was typed."""
    if field.data and field.moment is None:
        raise ValidationError(not_a_time(field))


def not_a_time(field: Field) -> str:
    """What is said of a time that is wanted and cannot be read."""
    return f"Enter a time, like 9:30am or 14:05, for {named(field)}"


def named(field: Field) -> str:
    """A field by its label, to be told from its like on the same page."""
    return f"“{field.label.text.removesuffix(' (optional)')}”"
