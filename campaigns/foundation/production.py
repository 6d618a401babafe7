"""What production asks of its settings beyond what every installation does: a secret that nobody guesses, and pages over https."""

from urllib.parse import urlsplit

DEVELOPMENT_SECRET = "only-for-development-and-tests"  # noqa: S105 - the very value production refuses
SHORTEST_SECRET = 32
FEWEST_CHARACTERS = 6  # different ones: any secret that was drawn has more
OWN_MACHINE = ("localhost", "127.0.0.1", "::1")


def objection(secret: str, former: tuple[str, ...], base_url: str) -> str:
    """Why production does not start with these, in a sentence that names the setting; empty where it does.

    Of a former secret only the length is looked at: a weak one that was replaced is still needed for the links in letters already sent.
    """
    if secret == DEVELOPMENT_SECRET:
        return "COUNTERSIGN_SECRET_KEY is missing or still the development value"
    if len(secret) < SHORTEST_SECRET:
        return f"COUNTERSIGN_SECRET_KEY is shorter than {SHORTEST_SECRET} characters"
    if len(set(secret)) < FEWEST_CHARACTERS:
        return "COUNTERSIGN_SECRET_KEY repeats a few characters and can be guessed: make one with `openssl rand -hex 32`"
    if any(len(one) < SHORTEST_SECRET for one in former):
        return f"COUNTERSIGN_FORMER_SECRET_KEYS holds one that is shorter than {SHORTEST_SECRET} characters"
    parts = urlsplit(base_url)
    if parts.scheme == "http" and parts.hostname not in OWN_MACHINE:
        return "COUNTERSIGN_BASE_URL is to begin with `https://`: over `http://` browsers keep nobody signed in, except on this machine"
    return ""
