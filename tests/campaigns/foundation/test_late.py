"""What is read late is read when something is first asked of it, and not before."""

import subprocess
import sys
from pathlib import Path

import pytest

from campaigns.foundation import late
from tests.house import source


def test_a_late_module_is_read_when_something_is_asked_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "colorsys", raising=False)
    colours = late.module("colorsys")
    before = "colorsys" in sys.modules

    white = colours.rgb_to_hsv(1, 1, 1)

    assert (before, white, "colorsys" in sys.modules) == (False, (0.0, 0.0, 1), True)


def test_whoever_only_looks_around_reads_no_late_module() -> None:
    with pytest.raises(AttributeError):
        late.module("no_such_module").__path__  # noqa: B018 - what a tracer does with every module


def test_a_late_module_that_is_not_there_is_missed_where_it_is_used() -> None:
    absent = late.module("no_such_module")

    with pytest.raises(ImportError):
        absent.anything()


def test_one_module_is_read_without_the_rest_of_its_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package = tmp_path / "crowd_of_modules"
    package.mkdir()
    (package / "__init__.py").write_text("from crowd_of_modules import one, other\nWHOLE = True\n")
    (package / "one.py").write_text("SAID = 1\n")
    (package / "other.py").write_text("SAID = 2\n")
    monkeypatch.syspath_prepend(str(tmp_path))

    said = late.alone("crowd_of_modules", "one").SAID
    beside = "crowd_of_modules.other" in sys.modules
    whole = late.module("crowd_of_modules").WHOLE

    assert (said, beside, whole) == (1, False, True)
    assert late.alone("crowd_of_modules", "other").SAID == 2


def test_bank_holidays_are_those_of_the_whole_library_and_read_one_country() -> None:
    asked = """
import sys
from audiences import calendars
ours = calendars.bank_holidays("Scotland", (2025, 2026))
print("holidays.countries.france" in sys.modules)
import holidays
theirs = holidays.country_holidays("GB", subdiv="SCT", years=(2025, 2026))
print([(rule.first, rule.title) for rule in ours] == [(day, name) for day, name in sorted(theirs.items()) if day.weekday() < 5])
"""

    done = subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, timeout=60, check=True)

    assert done.stdout.split() == ["False", "True"]


def test_every_late_module_is_a_plain_import_to_whoever_checks_types() -> None:
    """So that the inspectors of floors see it too."""
    late_ones = [module for module in source.product() if "late.module(" in module.text and not module.path.endswith("foundation/late.py")]

    assert late_ones
    assert [module.path for module in late_ones if "if TYPE_CHECKING:" not in module.text] == []
