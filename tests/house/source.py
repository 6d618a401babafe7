"""Our own source, read as text and syntax trees, so that the inspectors need not run what they inspect."""

import ast
import importlib
import pkgutil
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("campaigns", "audiences", "web", "workers")

Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One of our modules: its path from the root, its text, its tree."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> list[ast.AST]:
        """Every node of the tree, walked once for all who ask."""
        return list(ast.walk(self.tree))

    @property
    def lines(self) -> int:
        return self.text.count("\n")

    @cached_property
    def functions(self) -> list[Function]:
        return [node for node in self.nodes if isinstance(node, Function)]

    @cached_property
    def imports(self) -> set[str]:
        """Every dotted name this module imports: `from a.b import c` gives both `a.b` and `a.b.c`."""
        return {name for node in self.nodes for name in _imported(node)}

    def calls(self, allowed: Callable[[ast.Attribute], bool]) -> list[str]:
        """Where the module calls an attribute the question answers yes to, as `path:line`."""
        found = (node.func for node in self.nodes if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute))
        return [f"{self.path}:{attribute.lineno}" for attribute in found if allowed(attribute)]


def _imported(node: ast.AST) -> Iterator[str]:
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom) and node.module:
        yield node.module
        yield from (f"{node.module}.{alias.name}" for alias in node.names)


def size(function: Function) -> int:
    """Lines from `def` to the end of the body, docstring and all."""
    return (function.end_lineno or function.lineno) - function.lineno + 1


@lru_cache
def product() -> tuple[Module, ...]:
    """Every module of the four packages, the migrations' generated revisions left out."""
    return tuple(_read(path) for package in PACKAGES for path in sorted((ROOT / package).rglob("*.py")) if "versions" not in path.parts)


@lru_cache
def tests() -> tuple[Module, ...]:
    """Every module of the tests."""
    return tuple(_read(path) for path in sorted((ROOT / "tests").rglob("*.py")))


def importers(name: str) -> set[str]:
    """The paths of our modules that import `name` or anything below it."""
    return {module.path for module in product() if any(found == name or found.startswith(name + ".") for found in module.imports)}


def import_everything(*packages: str) -> None:
    """Import every module of these packages, so that every table and every event is known."""
    for package in packages:
        for found in pkgutil.walk_packages(importlib.import_module(package).__path__, package + "."):
            if not found.name.startswith("campaigns.migrations."):
                importlib.import_module(found.name)


def tracked() -> list[str]:
    """What git holds and what it would add; nothing that it ignores."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.splitlines()


def _read(path: Path) -> Module:
    return Module(path.relative_to(ROOT).as_posix(), path.read_text("utf-8"))
