"""What somebody was shown of a thing before they changed it, so that nobody writes over what another saved meanwhile.

A form carries the sighting (`of` what the page showed), and the step compares it under the lock: each parameter called `seen` is such a
sighting. None stands for a caller who saw no page, as a command or an import; then nothing is compared.
"""

import json
from collections.abc import Mapping

from campaigns.foundation.errors import Stale

Shown = Mapping[str, str]  # what a part is called → what it says, in words; empty where it says nothing


def of(shown: Shown) -> str:
    """The sighting: the same as one line of text; empty of a thing that says nothing yet."""
    said = {part: words for part, words in shown.items() if words}
    return json.dumps(said, sort_keys=True) if said else ""


def require(seen: str | None, now: Shown, what: str) -> None:
    """Refuse as `Stale` to change a thing that is not as it was `seen`, naming every part that differs now. None: no page was seen."""
    if seen is None or seen == of(now):
        return
    before = _read(seen)
    different = [part for part in {**now, **before} if before.get(part, "") != now.get(part, "")]
    changes = [f"{part}: {_said(before.get(part))} when you opened the page, {_said(now.get(part))} now." for part in different]
    sentence = f"Somebody else changed this {what} while you had it open. Nothing was saved, and nothing of yours is lost."
    raise Stale(sentence, changes=changes, now=of(now))


def _said(words: object) -> str:
    return f"“{words}”".encode("utf-8", "replace").decode() if words else "nothing"  # half a character may come with a form


def _read(seen: str) -> dict[str, object]:
    try:
        found = json.loads(seen)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
