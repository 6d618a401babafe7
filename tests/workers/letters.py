"""System e-mails as they were agreed, in tests/golden; set COUNTERSIGN_GOLDEN=write to write them anew."""

import os
from pathlib import Path

from campaigns.delivery.notices import Notice

GOLDEN = Path(__file__).parents[1] / "golden"


def reads_as_agreed(name: str, notice: Notice, **masks: object) -> bool:
    """Whether a notice's three parts are the golden ones, each mask's value read as its name in capitals."""
    return all(_agrees(f"{name}.{part}", words or "", masks) for part, words in _parts(notice).items())


def _parts(notice: Notice) -> dict[str, str | None]:
    return {"subject.txt": notice.subject + "\n", "body.txt": notice.text, "body.html": notice.html}


def _agrees(file: str, words: str, masks: dict[str, object]) -> bool:
    for mask, value in masks.items():
        words = words.replace(str(value), mask.upper().replace("_", "-"))
    if os.environ.get("COUNTERSIGN_GOLDEN") == "write":
        (GOLDEN / file).write_text(words, encoding="utf-8")
    assert words == (GOLDEN / file).read_text(encoding="utf-8")
    return True
