"""The inspectors see: each is shown what it should find."""

import ast

import pytest

from tests.house import sizes, source, test_style
from tests.house.source import Module


def _module(text: str) -> Module:
    return Module("web/example.py", text)


def test_a_long_function_and_a_long_module_are_seen() -> None:
    body = "\n".join(f"    a{number} = {number}" for number in range(250))
    assert sizes.too_long([_module(f"def long() -> None:\n{body}\n")]) == ["web/example.py: 251 lines", "web/example.py:1 long: 251 lines"]


def test_an_import_inside_a_function_is_seen() -> None:
    assert test_style._imports_inside(_module("def late():\n    import smtplib\n")) == ["web/example.py:2"]


@pytest.mark.parametrize("text", ["import smtplib", "from smtplib import SMTP", "from smtplib import SMTP as Mail"])
def test_an_import_is_seen_however_it_is_written(text: str) -> None:
    assert any(name == "smtplib" or name.startswith("smtplib.") for name in _module(text).imports)


def test_a_commit_is_seen_wherever_it_is_called() -> None:
    module = _module("def step(session):\n    session.connection().commit()\n")
    assert module.calls(lambda call: call.attr == "commit") == ["web/example.py:2"]


def test_a_step_that_takes_its_session_late_is_seen() -> None:
    late = ast.parse("def step(by, session): ...").body[0]
    assert isinstance(late, ast.FunctionDef)
    assert not test_style._takes_session_first(late)


def test_the_source_read_is_the_whole_product() -> None:
    read = {module.path.split("/")[0] for module in source.product()}
    assert read == set(source.PACKAGES)
