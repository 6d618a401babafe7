"""What is read late is read when something is first asked of it, and not before."""

import sys

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


def test_every_late_module_is_a_plain_import_to_whoever_checks_types() -> None:
    """So that the inspectors of floors see it too."""
    late_ones = [module for module in source.product() if "late.module(" in module.text and not module.path.endswith("foundation/late.py")]

    assert late_ones
    assert [module.path for module in late_ones if "if TYPE_CHECKING:" not in module.text] == []
