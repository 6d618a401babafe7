"""How a drill ends: with one JSON object, and exit code 1 when something was wrong, or when nothing was shown."""

import json
import sys
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn


def leave(figures: Mapping[str, Any], *, wrong: Sequence[str], void: Sequence[str] = ()) -> NoReturn:
    """Print the figures with what was wrong and why it shows nothing, and end."""
    print(json.dumps({**figures, "wrong": list(wrong), **({"void": list(void)} if void else {})}))
    sys.exit(int(bool(wrong or void)))
