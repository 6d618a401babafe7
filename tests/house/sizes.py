"""How large our modules and functions are: `python -m tests.house.sizes` prints it."""

from collections.abc import Iterable
from statistics import median

from tests.house import source
from tests.house.source import Module

LONGEST_MODULE = 250
LONGEST_FUNCTION = 40
LONG_ON_PURPOSE = {"campaigns/agreement/verifier.py": 518}  # handed to people as one file that imports nothing of ours


def too_long(modules: Iterable[Module]) -> list[str]:
    """What breaks the two limits, with its size."""
    modules = tuple(modules)
    long_modules = [
        f"{module.path}: {module.lines} lines" for module in modules if module.lines > LONG_ON_PURPOSE.get(module.path, LONGEST_MODULE)
    ]
    long_functions = [
        f"{module.path}:{function.lineno} {function.name}: {source.size(function)} lines"
        for module in modules
        for function in module.functions
        if source.size(function) > LONGEST_FUNCTION
    ]
    return long_modules + long_functions


def describe(name: str, modules: Iterable[Module]) -> str:
    """One line: how many, the medians, the longest; modules that are only a docstring are not counted."""
    modules = [module for module in modules if len(module.tree.body) > 1]
    functions = [source.size(function) for module in modules for function in module.functions]
    lines = [module.lines for module in modules]
    return (
        f"{name}: {len(modules)} modules, median {median(lines):.0f} lines, longest {max(lines)}; "
        f"{len(functions)} functions, median {median(functions):.0f} lines, longest {max(functions)}"
    )


def written_tests(modules: Iterable[Module]) -> int:
    """How many test functions are written (parametrised ones counted once)."""
    return sum(function.name.startswith("test_") for module in modules for function in module.functions)


def main() -> None:
    """Print the sizes of the product and of the tests."""
    print(describe("product", source.product()))
    print(describe("tests", source.tests()))
    print(f"test functions: {written_tests(source.tests())}")


if __name__ == "__main__":
    main()
