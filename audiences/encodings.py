"""Which encoding a text file is in: told by its mark, or by its bytes fitting one alone; else by which reading looks most like words.

Pure. Two readings that look equally well are not chosen between: the officer is shown the rows and asked. The scoring is our own because the
detectors there are (charset-normalizer, chardet) want more text than the three or four accented names of a list of councils.
"""

import re
import unicodedata
from dataclasses import dataclass

from campaigns.foundation.errors import Refused

MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
# In the order in which they are believed when two read alike.
CANDIDATES = (
    "cp1252", "iso8859-15", "mac-roman", "cp850", "cp437", "iso8859-14", "cp1250", "iso8859-2", "cp1251", "koi8-r", "iso8859-5", "cp866",
    "cp1253", "iso8859-7", "cp1254", "cp1257", "shift_jis", "euc_jp", "gb18030", "big5", "euc_kr",
)  # fmt: skip
CHOICES = ("utf-8", "utf-16-le", "utf-16-be", *CANDIDATES)  # what an officer may choose
HOME = frozenset("àâäáéèêëíìîïóòôöúùûüŵŷçñÀÂÄÁÉÈÊËÍÌÎÏÓÒÔÖÚÙÛÜŴŶÇÑßåøæãõÅØÆ")  # letters of names met in Great Britain
ABROAD = frozenset("ąćęłńśźżĄĆĘŁŃŚŹŻčďěňřšťůžČĎĚŇŘŠŤŮŽőűŐŰğışİŞāēīūģķļņĀĒĪŪșțăĂ")
TELLING = 0.25  # cp1252 is what office programs here write, so it is believed unless another reads clearly better
SAMPLE = 400  # lines with other than plain letters
NEAR = 0.12  # two readings whose scores are no further apart are not told apart
WORD = re.compile(r"[^\s,;|\"]+")
QUOTED = re.compile(r"\w[’‘]\w|^[“‘‚„«]\w|[\w.!?][”’»]$|^[–—•…]$|\w…$|[£€]\d|^[£€]$")


@dataclass(frozen=True)
class Decoded:
    """The text, the encoding it was read in, and whether another would have done as well."""

    text: str
    encoding: str
    certain: bool


def decode(raw: bytes, encoding: str | None = None) -> Decoded:
    """The file as text. `encoding` is the officer's choice. Refuses what is no text, or not in the encoding chosen."""
    if encoding is not None:
        return _chosen(raw, encoding)
    for mark, name in MARKS:
        if raw.startswith(mark):
            return _certain(raw, name)
    if b"\x00" in raw:
        return _certain(raw, _without_mark(raw))
    if raw.isascii() and (b"\x1b$" in raw or b"\x1b(" in raw):
        return _certain(raw, "iso2022_jp")
    try:
        return Decoded(raw.decode("utf-8"), "utf-8", certain=True)
    except UnicodeDecodeError:
        return _by_its_letters(raw)


def _chosen(raw: bytes, encoding: str) -> Decoded:
    if encoding not in CHOICES:
        raise Refused("Choose one of the encodings in the list.", field="encoding")
    return _certain(raw, encoding)


def _certain(raw: bytes, encoding: str) -> Decoded:
    try:
        return Decoded(raw.decode(encoding).removeprefix("\ufeff"), encoding, certain=True)
    except UnicodeDecodeError as fault:
        line = raw.count(b"\n", 0, fault.start) + 1
        raise Refused(
            f"Line {line} has bytes that are not text in {encoding}. Save the file as CSV UTF-8 and try again.", field="file"
        ) from None


def _without_mark(raw: bytes) -> str:
    """Which of the wide encodings has its zero bytes where these are."""
    head = raw[:4000]
    share = [head[place::4].count(0) / max(1, len(head[place::4])) for place in range(4)]
    even, odd = share[0] + share[2], share[1] + share[3]
    if len(raw) % 4 == 0 and min(share[2:]) > 0.9 and share[0] < 0.2:
        return "utf-32-le"
    if len(raw) % 4 == 0 and min(share[:2]) > 0.9 and share[3] < 0.2:
        return "utf-32-be"
    if len(raw) % 2 == 0 and odd > 0.3 and even < 0.1:
        return "utf-16-le"
    if len(raw) % 2 == 0 and even > 0.3 and odd < 0.1:
        return "utf-16-be"
    line = raw.count(b"\n", 0, raw.index(b"\x00")) + 1
    raise Refused(
        f"Line {line} has bytes that are not text. Open the file in your spreadsheet program and save it as CSV UTF-8.", field="file"
    )


def _by_its_letters(raw: bytes) -> Decoded:
    lines = [line for line in re.split(rb"[\r\n]+", raw) if not line.isascii()][:SAMPLE]
    readings: dict[str, tuple[float, str]] = {}
    for name in CANDIDATES:
        try:
            text = b"\n".join(lines).decode(name)
            raw.decode(name)
        except UnicodeDecodeError:
            continue
        readings.setdefault(text, (_looks_like_words(text), name))
    if not readings:
        raise Refused("We cannot tell which encoding this file is in. Save it as CSV UTF-8 and try again.", field="file")
    ranked = sorted(readings.values(), key=lambda reading: reading[0] + _belief(reading[1]), reverse=True)
    (best, name), others = ranked[0], ranked[1:]
    certain = best > 0 and all(best >= score and best + _belief(name) - score - _belief(other) > NEAR for score, other in others)
    return Decoded(raw.decode(name), name, certain)


def _belief(encoding: str) -> float:
    return TELLING if encoding == CANDIDATES[0] else 0.0


def _looks_like_words(text: str) -> float:
    """From about 1 (accented letters in their words) to far below 0 (signs and lines in the middle of words)."""
    scores = [_score(word, place) for word in WORD.findall(text) for place, letter in enumerate(word) if not letter.isascii()]
    return sum(scores) / len(scores) if scores else 0.0


def _score(word: str, place: int) -> float:
    letter = word[place]
    before, after = word[max(0, place - 1) : place], word[place + 1 : place + 2]
    if unicodedata.category(letter)[0] == "L":
        return _score_letter(letter, before, after)
    if QUOTED.search(word[max(0, place - 1) : place + 2]) and letter in "’‘“”‚„«»–—•…£€":
        return 1.1
    if unicodedata.category(letter) in ("Cc", "Co", "Cn"):
        return -5.0
    return -3.0 if before.isalpha() and after.isalpha() else -0.8


def _score_letter(letter: str, before: str, after: str) -> float:
    near = before + after
    mixed = any(_script(other) != _script(letter) for other in near if other.isalpha())
    turned = (letter.isupper() and before.islower()) or (letter.islower() and after.isupper())  # a capital in the middle of a word
    alone = not near.isalpha() and _script(letter) == "LATIN" and letter not in "àÀ"
    crowd = _script(letter) == "LATIN" and any(other.isalpha() and not other.isascii() for other in near)  # accents come one at a time
    usual = 1.0 if letter in HOME else 0.85 if letter in ABROAD or _script(letter) in ("CYRILLIC", "GREEK", "CJK", "HANGUL") else 0.2
    return usual - (1.5 if mixed or near.isdigit() else 0) - (1.2 if turned else 0.0) - (1.5 if alone else 0.0) - (0.6 if crowd else 0.0)


def _script(letter: str) -> str:
    return unicodedata.name(letter, "?").split()[0].replace("HIRAGANA", "CJK").replace("KATAKANA", "CJK")
