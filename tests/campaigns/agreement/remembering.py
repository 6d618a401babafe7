"""A compiler with a memory: walks seal the same few words hundreds of times, and premailer takes its time over each."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from campaigns.drafting import letters
from campaigns.drafting.enclosures import Enclosed
from campaigns.drafting.programs import Program

AS_COMPILED = "0000-0000"


def compiler() -> Callable[..., Program]:
    """The product's own compiler, run once for the same words; the reference, new for each message, is put in afterwards."""
    genuine = letters.compile_letter

    @lru_cache
    def compiled(**asked: object) -> bytes:
        return genuine(reference=AS_COMPILED, **asked).to_bytes()  # type: ignore[arg-type]

    def remember(*, reference: str, attachments: Sequence[Enclosed] = (), **asked: object) -> Program:
        return Program.from_bytes(compiled(attachments=tuple(attachments), **asked).replace(AS_COMPILED.encode(), reference.encode()))

    return remember
