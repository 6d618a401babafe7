"""Setting a page: facts and a template of ours make one accessible PDF (PDF/UA-1), the same bytes for the same facts.

Officers' words travel as data, never as markup. Only the typesetter's own fonts are used, so that a page is the same on every machine; a
sign that none of them has (an emoji, a Chinese character) is written as its Unicode name in [brackets], as PDF/UA-1 allows no empty box; a
mark that they cannot set upon a letter is left out.
"""

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from campaigns.foundation import late

if TYPE_CHECKING:
    import typst
else:
    typst = late.module("typst")

TEMPLATES = Path(__file__).parents[2] / "templates"
UNSHOWN = re.compile(r'the text (?:contains the disallowed codepoint )?`"(.+?)"`', re.DOTALL)
ESCAPED = re.compile(r"\\u\{([0-9a-f]+)\}")
ROUNDS = 24  # at most so many different signs are named one by one; then everything beyond the alphabets of Europe is
EUROPE, OURS = 0x0530, frozenset("–—‘’“”•…€")
MARKS = {"Mn", "Me"}  # stand upon a sign
UNSAID = {"Cf", *MARKS}  # say nothing alone
BREAKS = frozenset("\n\r\t")


def page(template: str, facts: Mapping[str, Any], *, at: datetime) -> bytes:
    """The PDF of a template under `templates/`; `at` is the moment that the file says it was made."""
    words: Any = facts
    for turn in range(2 * ROUNDS):
        try:
            return _compiled(template, words, at)
        except typst.TypstError as fault:
            unshown = UNSHOWN.search(str(fault))
            if unshown is None:
                raise
            signs = {sign for sign in _read(unshown[1]) if _may_be_named(sign)}
            if turn == 0:  # of a letter with a mark that no font sets the letter is named: without the marks it may be set
                words = _named(words, lambda sign: unicodedata.category(sign) in MARKS)
            else:
                words = _named(words, signs.__contains__ if signs and turn < ROUNDS else _is_far)
    return _compiled(template, _named(words, _may_be_named), at)


def _compiled(template: str, facts: Any, at: datetime) -> bytes:
    made = typst.compile(
        TEMPLATES / template,
        format="pdf",
        sys_inputs={"facts": json.dumps(facts, ensure_ascii=False)},
        pdf_standards="ua-1",
        timestamp=int(at.timestamp()),
        ignore_system_fonts=True,
    )
    return bytes(made)


def _may_be_named(sign: str) -> bool:
    return not (sign.isascii() and sign.isprintable()) and sign not in BREAKS


def _is_far(sign: str) -> bool:
    return _may_be_named(sign) and (ord(sign) >= EUROPE or unicodedata.category(sign) in {"Cc", "Cn"}) and sign not in OURS


def _named(words: Any, unshown: Callable[[str], bool]) -> Any:
    """The same facts, with such signs in their words named."""
    if isinstance(words, str):
        return "".join(_name(sign) if unshown(sign) else sign for sign in unicodedata.normalize("NFC", words))
    if isinstance(words, Mapping):
        return {name: _named(value, unshown) for name, value in words.items()}
    return [_named(one, unshown) for one in words] if isinstance(words, list | tuple) else words


def _name(sign: str) -> str:
    if unicodedata.category(sign) in UNSAID:
        return ""
    return f"[{unicodedata.name(sign, f'sign {ord(sign):X}').lower()}]"


def _read(quoted: str) -> str:
    return ESCAPED.sub(lambda found: chr(int(found[1], 16)), quoted)
