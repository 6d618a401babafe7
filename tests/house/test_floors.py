"""The floors hold: import-linter's contracts, run as a test so that nobody has to remember them."""

import subprocess
import sys
from pathlib import Path

from tests.house import source


def test_every_floor_imports_only_what_stands_below_it() -> None:
    linter = Path(sys.executable).parent / "lint-imports"
    done = subprocess.run([linter, "--no-cache"], cwd=source.ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_the_contracts_are_the_ones_the_house_promised() -> None:
    text = (source.ROOT / "pyproject.toml").read_text()
    assert 'layers = ["web | workers", "audiences", "campaigns"]' in text
    assert 'layers = ["briefings | delivery", "agreement", "drafting", "planning | reach", "foundation"]' in text
    assert 'forbidden_modules = ["flask", "werkzeug", "dramatiq", "pika", "redis"]' in text
