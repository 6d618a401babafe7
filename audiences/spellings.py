"""How names of councils are spelt: capitals, accents, marks and abbreviations levelled, and the words taken off that say what kind of council it is.

Pure; knows no council but the City of London, whose kind is its name.
"""

import html
import re
import unicodedata
from typing import TYPE_CHECKING

from campaigns.foundation import late

if TYPE_CHECKING:
    from rapidfuzz import distance as distances
else:
    distances = late.module("rapidfuzz.distance")

# What people write round a council's name to say what kind it is.
KIND = frozenset({
    "the", "council", "councils", "corporation", "borough", "boro", "district", "county", "city", "metropolitan", "royal", "unitary",
    "authority", "local", "lb", "rb", "lbc", "mbc", "mdc", "mb", "md", "cc", "dc", "bc", "cbc", "ua", "rbc", "ccbc", "la", "of", "cyngor",
    "bwrdeistref", "sirol", "dinas", "sir", "comhairle", "cncl", "coun", "environmental", "health", "eh", "eho", "ehos", "services", "service",
    "team", "department", "dept", "regulatory", "protection", "gov", "uk", "govuk",
})  # fmt: skip
ABBREVIATED = frozenset({"md", "mb", "mdc", "cc", "dc", "bc", "ua", "la"})  # these follow a name; before one they are a slip
WRITTEN_OUT = ("council", "borough", "district", "county", "metropolitan", "corporation", "city")  # known with a slip in them too
# Words that tell neighbours apart: without them a part of a name may be another's.
PLACES = frozenset({
    "city", "vale", "north", "south", "east", "west", "mid", "central", "northern", "southern", "eastern", "western", "upper", "lower", "new",
})  # fmt: skip
SHORT = {
    "n": "north", "s": "south", "e": "east", "w": "west", "ne": "north east", "nw": "north west", "se": "south east", "sw": "south west",
    "nth": "north", "sth": "south", "saint": "st", "utd": "united", "u": "upon", "on": "upon",
    "beds": "bedfordshire", "berks": "berkshire", "bucks": "buckinghamshire", "cambs": "cambridgeshire", "derbys": "derbyshire",
    "glos": "gloucestershire", "hants": "hampshire", "herts": "hertfordshire", "lancs": "lancashire", "leics": "leicestershire",
    "lincs": "lincolnshire", "northants": "northamptonshire", "notts": "nottinghamshire", "oxon": "oxfordshire", "staffs": "staffordshire",
    "warks": "warwickshire", "wilts": "wiltshire", "worcs": "worcestershire", "yorks": "yorkshire", "northumb": "northumberland",
}  # fmt: skip
SPOILT = re.compile("\u00ef\u00bf\u00bd|\ufffd|\u00c2(?=\\s)")  # letters lost when a file was read wrongly


def spell(text: str) -> str:
    """A name without capitals, accents, punctuation and the ways of writing "and"."""
    text = unicodedata.normalize(
        "NFKD", SPOILT.sub("", html.unescape(text).replace("\u00ef\u00be", " ")).casefold().replace("&", " and ").replace("+", " and ")
    )
    text = re.sub(r"['\u2019\u2018`.]", "", "".join(letter for letter in text if not unicodedata.combining(letter)))
    return " ".join(re.sub(r"[\W_]+", " ", text).split())


def shorten(text: str) -> str:
    """A name without what kind of council it is: `London Borough of Barnet Council`, `barnet london boro` and `Barnet` are one."""
    written = re.sub(r"\blondon (boro(ugh)?s?)\b", r"\1", re.sub(r"\b(boro(ugh)?) of london\b", r"\1", spell(text)))
    words = " ".join(SHORT.get(word, word) for word in written.split()).split()
    kept = [word for at, word in enumerate(words) if word not in (KIND if at else KIND - ABBREVIATED) and word != "and"]
    # The City of London is the one whose kind is its name.
    return "city london" if kept == ["london"] and {"city", "corporation"} & set(words) else " ".join(kept)


def without_kinds(key: str) -> str:
    """The same without what looks like a kind of council with a slip in it, at either end."""
    words = key.split()
    while len(words) > 1 and _is_a_kind(words[-1]):
        words.pop()
    while len(words) > 1 and _is_a_kind(words[0]):
        words.pop(0)
    return " ".join(words)


def _is_a_kind(word: str) -> bool:
    return word in KIND or any(distances.OSA.distance(word, kind) <= len(kind) // 4 for kind in WRITTEN_OUT)
