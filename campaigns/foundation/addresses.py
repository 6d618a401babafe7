"""Addresses in what people wrote: one stands there whole or not at all, because `head@x` is somebody else than `deputyhead@x`."""

import re

BEFORE = (
    r"(?<![\w.!#$%&*+/=?^_{|}~-])(?<!\w')"  # what may go before in a longer one (RFC 5322, 3.2.3); a quotation mark may begin a quotation
)
AFTER = r"(?![\w-]|\.\w)"  # what a longer domain goes on with; a full stop may end a sentence


def stands(address: str, *texts: str) -> bool:
    """Whether an address stands by itself in any of these texts, in any case."""
    whole = BEFORE + re.escape(address.casefold()) + AFTER
    return bool(address) and any(re.search(whole, text.casefold()) for text in texts)
