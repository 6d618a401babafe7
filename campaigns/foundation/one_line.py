"""What officers type into one line: how long it may be, and what is said of one that cannot be kept."""

from campaigns.foundation.errors import Problem

LONGEST = 200


def problems(field: str, text: str, what: str, *, longest: int = LONGEST, needed: bool = True) -> list[Problem]:
    """What is wrong with a line that is to say `what`: that it is too long, hidden characters in it, or, where it is `needed`, that it is empty."""
    text = text.strip()
    if (text or not needed) and len(text) <= longest and text.isprintable():
        return []
    return [Problem(field, f"Enter {what}, in up to {longest} characters on one line")]
