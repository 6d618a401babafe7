"""Signs that deceive a reader: words mixed from scripts that look alike, signs nobody sees, and signs that turn a line round. Pure."""

import re
import unicodedata

# Printable by their class, and still nobody sees them.
INVISIBLE = set("\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u2028\u2029\u2800\u3164\uffa0") | {
    chr(0xFE00 + n) for n in range(15)
}
SPACES = "\n\r\t\u00a0"
ALIKE = ("LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE", "COPTIC", "FULLWIDTH", "MATHEMATICAL", "LISU", "DESERET")
WORD = re.compile(r"[^\W\d_]+(?:[-'’\u00ad][^\W\d_]+)*")


def mixed_words(text: str) -> list[str]:
    """Words whose letters come from more than one of the scripts that look alike, each once, in order."""
    return list(dict.fromkeys(word for word in WORD.findall(text) if len(_scripts(word)) > 1))


def invisible(text: str) -> list[str]:
    """The signs nobody sees, each once, as U+XXXX and its name."""
    return [named(sign) for sign in dict.fromkeys(text) if sign not in SPACES and (sign in INVISIBLE or not sign.isprintable())]


def right_to_left(text: str) -> list[str]:
    """The signs that run from right to left, each once, as U+XXXX and its name."""
    return [named(sign) for sign in dict.fromkeys(text) if unicodedata.bidirectional(sign) in {"R", "AL", "AN"}]


def named(sign: str) -> str:
    """`U+00AD SOFT HYPHEN`."""
    return f"U+{ord(sign):04X} {unicodedata.name(sign, '')}".strip()


def shown(text: str) -> str:
    """A text as it may be quoted to an officer: a sign that does not print stands as its name."""
    return "".join(sign if sign.isprintable() else f"[{named(sign)}]" for sign in text)


def _scripts(word: str) -> set[str]:
    if word.isascii():
        return {"LATIN"}
    names = (unicodedata.name(sign, "").partition(" ")[0] for sign in word if sign.isalpha())
    return {name for name in names if name in ALIKE}
