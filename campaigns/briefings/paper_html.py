"""A paper as one HTML page that needs nothing beside it: for a phone, and to print where there is neither Word nor a PDF reader."""

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from campaigns.briefings.papers import LANGUAGE, Paper

TEMPLATES = Path(__file__).parents[2] / "templates" / "papers"
_templates = Environment(
    loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
)


def make(paper: Paper) -> bytes:
    """The page, UTF-8."""
    return _templates.get_template("paper.html").render(paper=paper, language=LANGUAGE).encode()
