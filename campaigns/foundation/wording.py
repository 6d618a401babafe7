"""How a number and what it counts are written together."""


def many(number: int, one: str, more: str | None = None) -> str:
    """`1 letter`, `1,050 letters`; `more` where the plural is not made with an s."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"
