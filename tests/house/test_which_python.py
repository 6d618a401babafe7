"""`make` takes the system's own Python where it is of the version that the path names, and else the path's."""

import os
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[2] / "Makefile"
SYSTEM = "/usr/bin/python3"
WHOLE = [SYSTEM, "-c", "import sys, ensurepip, pip, sqlite3, ssl; sys.exit(sys.version_info < (3, 11))"]


def chosen(folder: Path, python3: str, *given: str) -> str:
    """What `make` would make an environment with, where this script is the first `python3` on the path; in a folder that has none yet."""
    (folder / "python3").write_text(f"#!/bin/sh\n{python3}\n")
    (folder / "python3").chmod(0o755)
    asked = ["make", "--silent", "-C", str(folder), "-f", str(MAKEFILE), "--eval", "chosen: ; @echo $(PYTHON)", "chosen", *given]
    said = subprocess.run(asked, env={"PATH": f"{folder}:{os.defpath}"}, check=True, capture_output=True, text=True)
    return said.stdout.strip()


@pytest.mark.parametrize("python3", ["echo '(3, 99)'", "exit 1"])
def test_a_python_of_another_version_and_one_that_is_not_whole_are_left_to_whoever_chose_them(tmp_path: Path, python3: str) -> None:
    assert chosen(tmp_path, python3) == "python3"


def test_of_the_same_version_the_system_s_own_is_taken_unless_another_is_named(tmp_path: Path) -> None:
    if not Path(SYSTEM).exists() or subprocess.run(WHOLE, check=False, capture_output=True).returncode:
        pytest.skip("the system has no whole Python of its own")
    same = f'exec {SYSTEM} "$@"'

    assert chosen(tmp_path, same) == SYSTEM
    assert chosen(tmp_path, same, "PYTHON=python3") == "python3"
