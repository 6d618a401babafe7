"""Small modules, small functions: the limits of the house."""

import pytest

from tests.house import sizes, source


def test_no_module_and_no_function_of_the_product_is_too_long() -> None:
    assert sizes.too_long(source.product()) == []


def test_no_module_and_no_function_of_the_tests_is_too_long() -> None:
    assert sizes.too_long(source.tests()) == []


def test_the_sizes_can_be_printed(capsys: pytest.CaptureFixture[str]) -> None:
    sizes.main()
    assert capsys.readouterr().out.count("median") == 4
