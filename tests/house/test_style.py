"""Habits that a linter alone would let slip."""

import ast
import re

from tests.house import source
from tests.house.source import Function, Module

# Module → why what it calls Markup is harmless.
MARKUP_ALLOWED = {
    "campaigns/drafting/letters.py": "officers' Markdown, rendered with HTML off and cleaned by nh3",
    "web/forms.py": "our own widgets, built with escaped parts",
}


def _imports_inside(module: Module) -> list[str]:
    inside = (node for function in module.functions for node in ast.walk(function) if isinstance(node, ast.Import | ast.ImportFrom))
    return [f"{module.path}:{node.lineno}" for node in inside]


def test_no_import_stands_inside_a_function() -> None:
    assert [place for module in (*source.product(), *source.tests()) for place in _imports_inside(module)] == []


def test_no_except_is_bare() -> None:
    bare = [
        f"{module.path}:{node.lineno}"
        for module in source.product()
        for node in module.nodes
        if isinstance(node, ast.ExceptHandler) and node.type is None
    ]
    assert bare == []


def test_every_module_begins_with_a_sentence() -> None:
    silent = [module.path for module in (*source.product(), *source.tests()) if not ast.get_docstring(module.tree)]
    assert silent == []


def test_no_package_file_holds_code() -> None:
    """`__init__.py` maps its floor; the migrations' is the one that also runs them."""
    busy = {module.path for module in source.product() if module.path.endswith("__init__.py") and len(module.tree.body) > 1}
    assert busy <= {"campaigns/migrations/__init__.py"}


def test_table_modules_do_not_postpone_annotations() -> None:
    postponed = [module.path for module in source.product() if "__future__.annotations" in module.imports and "table=True" in module.text]
    assert postponed == []


def _takes_session_first(function: Function) -> bool:
    names = [argument.arg for argument in function.args.args if argument.arg not in {"self", "cls"}]
    return "session" not in names or names[0] == "session"


def test_a_step_takes_its_session_first() -> None:
    late = [
        f"{module.path}:{function.lineno} {function.name}"
        for module in source.product()
        if module.path.startswith(("campaigns/", "audiences/"))
        for function in module.functions
        if not function.name.startswith("_") and not _takes_session_first(function)
    ]
    assert late == []


def test_no_template_calls_text_safe() -> None:
    """Plain-text parts have nothing to escape; pages always do."""
    marked = re.compile(r"\|\s*safe\b|autoescape\s+false|Markup\(")
    pages = [path for path in source.tracked() if path.startswith("templates/") and path.endswith(".html")]
    unsafe = {path for path in pages if (source.ROOT / path).is_file() and marked.search((source.ROOT / path).read_text("utf-8"))}
    assert unsafe == set()


def test_only_what_was_cleaned_is_called_markup() -> None:
    assert source.importers("markupsafe.Markup") <= set(MARKUP_ALLOWED)


def test_test_names_are_sentences() -> None:
    short = [
        f"{module.path}:{function.lineno} {function.name}"
        for module in source.tests()
        for function in module.functions
        if function.name.startswith("test_") and function.name.count("_") < 3
    ]
    assert short == []


def test_no_line_names_this_house_s_tools_or_a_registry() -> None:
    """What is committed must make sense anywhere."""
    forbidden = re.compile(r"(?<![\w.])/(?:home|root|opt|srv)/\w|://[\w.]+/simple")
    texts = [
        path for path in source.tracked() if path.endswith((".py", ".md", ".html", ".txt", ".toml", ".lock", "Makefile", "Procfile", "run"))
    ]
    found = [path for path in texts if (source.ROOT / path).is_file() and forbidden.search((source.ROOT / path).read_text("utf-8"))]
    assert found in ([], ["tests/house/test_style.py"])
