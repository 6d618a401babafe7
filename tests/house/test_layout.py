"""The root holds what the plan says and nothing else, and what we import is what lies there."""

import hashlib
import importlib
import re

import pytest

from tests.house import source

FOLDERS = {"campaigns", "audiences", "web", "workers", "templates", "tests"}
FILES = {"pyproject.toml", "README.md", "Makefile", "requirements.lock", "dev.lock", "Procfile", "LICENCE"}
VAGUE_NAMES = {"utils", "helpers", "common", "manager", "base", "misc", "util", "helper"}


def test_the_root_holds_the_floors_and_nothing_else() -> None:
    tops = {path.split("/", 1)[0] for path in source.tracked() if (source.ROOT / path).exists()}
    assert {top for top in tops if not top.startswith(".")} <= FOLDERS | FILES


@pytest.mark.parametrize("package", source.PACKAGES)
def test_each_package_is_imported_from_the_checkout(package: str) -> None:
    imported = importlib.import_module(package)
    assert imported.__file__ == str(source.ROOT / package / "__init__.py")
    assert imported.__doc__


def test_templates_hold_no_python() -> None:
    assert [path for path in source.tracked() if path.startswith("templates/") and path.endswith(".py")] == []


def test_no_module_has_a_vague_name() -> None:
    assert [module.path for module in source.product() if set(re.split(r"[/.]", module.path)) & VAGUE_NAMES] == []


@pytest.mark.parametrize("lock", ["requirements.lock", "dev.lock"])
def test_the_locks_pin_by_hash_and_name_no_host(lock: str) -> None:
    text = (source.ROOT / lock).read_text()
    pins = re.findall(r"^[a-z0-9._-]+==.*(?:\n    --hash=sha256:[0-9a-f]{64}.*)+", text, re.MULTILINE)
    assert len(pins) == len(re.findall(r"^[a-z]", text, re.MULTILINE)) > 50
    assert "://" not in text


@pytest.mark.parametrize("folder", ["govuk", "htmx"])
def test_what_is_vendored_is_what_its_checksums_say(folder: str) -> None:
    here = source.ROOT / "web" / "static" / folder
    lines = [line.split() for line in (here / "CHECKSUMS").read_text().splitlines()]
    named = {name: digest for digest, name in lines if not name.startswith("original/")}
    assert {name: hashlib.sha256((here / name).read_bytes()).hexdigest() for name in named} == named
    assert {path.name for path in here.iterdir()} == set(named) | {"CHECKSUMS", "LICENCE.txt", "README.md"}
