"""Setting a page: facts and a template of ours make one accessible PDF (PDF/UA-1), the same bytes for the same facts.

Officers' words travel as data, never as markup. Only the typesetter's own fonts are used, so that a page is the same on every machine; a
sign that none of them has (an emoji, a Chinese character) is written as its Unicode name in [brackets], as PDF/UA-1 allows no empty box.
"""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaigns.foundation import late

if TYPE_CHECKING:
    import typst
else:
    typst = late.module("typst")

TEMPLATES = Path(__file__).parents[2] / "templates"
UNSHOWN = re.compile(r'the text `"(.+?)"` could not be displayed', re.DOTALL)
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
ROUNDS = 24  # at most so many different signs are named one by one; then everything beyond the alphabets of Europe is
EUROPE = 0x0530


def page(template: str, facts: Mapping[str, Any], *, at: datetime) -> bytes:
    """The PDF of a template under `templates/`; `at` is the moment that the file says it was made."""
    text = json.dumps(facts, ensure_ascii=False)
    for _ in range(ROUNDS):
        try:
            return _compiled(template, text, at)
        except typst.TypstError as fault:
            unshown = UNSHOWN.search(str(fault))
            if unshown is None:
                raise
            text = _named(text, set(_read(unshown[1])))
    return _compiled(template, _named(text, {sign for sign in text if ord(sign) >= EUROPE}), at)


def _compiled(template: str, facts: str, at: datetime) -> bytes:
    made = typst.compile(
        TEMPLATES / template,
        format="pdf",
        sys_inputs={"facts": facts},
        pdf_standards="ua-1",
        timestamp=int(at.timestamp()),
        ignore_system_fonts=True,
    )
    return bytes(made)


def _named(text: str, signs: set[str]) -> str:
    return "".join(_name(sign) if sign in signs else sign for sign in text)


def _name(sign: str) -> str:
    if unicodedata.category(sign) in {"Cf", "Mn"}:  # joins two signs or varies one: says nothing alone
        return ""
    return f"[{unicodedata.name(sign, f'sign {ord(sign):X}').lower()}]"


def _read(quoted: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), quoted)
