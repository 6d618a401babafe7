"""README.md says what the tables say."""

import re

import pytest

from campaigns.foundation import lifecycles
from tests.house import readme


@pytest.mark.parametrize("section", readme.SECTIONS)
def test_the_generated_section_equals_its_table(section: str) -> None:
    text = readme.README.read_text("utf-8")
    between = re.search(f"<!-- {section}:begin -->\n(.*?)\n<!-- {section}:end -->", text, re.DOTALL)
    assert between, f"README.md has no section {section}"
    assert between[1] == readme.SECTIONS[section](), "run: python -m tests.house.readme --write"


def test_a_diagram_has_one_arrow_for_each_move() -> None:
    drawn = readme.lives()
    for moves in lifecycles.LIVES.values():
        for verb, steps in moves.items():
            for before, after in steps.items():
                assert re.search(rf"    {before} --> {after}: .*{verb}", drawn)
