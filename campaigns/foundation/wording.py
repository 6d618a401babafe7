"""How sentences are put together: a number with what it counts, several things, and a beginning."""

from collections.abc import Sequence


def many(number: int, one: str, more: str | None = None) -> str:
    """`1 letter`, `1,050 letters`; `more` where the plural is not made with an s."""
    return f"{number:,} {one if number == 1 else more or one + 's'}"


def listed(names: Sequence[str]) -> str:
    """`one, two and three`."""
    return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)


def sentence(text: str) -> str:
    """`Held to 30 June`, of `held to 30 June`: Jinja's own filter makes every other letter small."""
    return text[:1].upper() + text[1:]
