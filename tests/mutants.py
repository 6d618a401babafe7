"""`python -m tests.mutants [MODULE …]`: change what the gate stands on, one small thing at a time, and see that a test notices.

mutmut works in a copy of the checkout, one module at a time, against the tests that are about that module. What survives is printed with its
change; MUTANTS.md says why each may.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

HERE, TESTS = Path(__file__).parent.parent, "tests/campaigns/agreement"
ABOUT = {
    "manifest": ["test_merkle_and_manifest"],
    "gate": ["test_gate_guards", "test_gate_window", "test_gate", "test_standing"],
    "signatures": ["test_admission", "test_signatures", "test_standing"],
    "rosters": ["test_rosters", "test_roster_changes", "test_roster_people", "test_roster_proposals", "test_standing"],
    "standing": ["test_standing", "test_rosters_in_force", "test_rosters", "test_roster_changes", "test_gate_guards"],
    "roster_changes": ["test_roster_changes", "test_roster_people", "test_roster_proposals", "test_standing"],
}
SETTINGS = """
[tool.mutmut]
source_paths = ["campaigns"]
only_mutate = ["campaigns/agreement/{module}.py"]
also_copy = ["audiences", "web", "workers", "templates", "README.md", "Makefile", "Procfile", "LICENCE"]
pytest_add_cli_args = ["-p", "no:cacheprovider", "-m", "not slow and not long", "-k", "not postgresql"]
pytest_add_cli_args_test_selection = {tests}
"""
ALONE = {"COUNTERSIGN_TEST_AFRESH": "yes", "COUNTERSIGN_TEST_POSTGRES_URL": "postgresql+psycopg://nobody@127.0.0.1:1/none"}


def play(module: str, folder: Path) -> None:
    """Mutate one module in a copy, and print how many of its mutants survived, and what they changed."""
    files = subprocess.run(["git", "ls-files"], cwd=HERE, capture_output=True, text=True, check=True).stdout.splitlines()
    for name in files:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(HERE / name, folder / name)
    with (folder / "pyproject.toml").open("a", encoding="utf-8") as settings:
        settings.write(SETTINGS.format(module=module, tests=[f"{TESTS}/{name}.py" for name in ABOUT[module]]))
    mutmut(folder, "run", "--max-children", "1")
    every = mutmut(folder, "results", "--all", "true").splitlines()
    left = [line.strip().partition(": ")[0] for line in every if line.strip() and not line.strip().endswith(": killed")]
    print(f"{module}: {len(every)} mutants, {len(left)} survived", flush=True)
    for name in left:
        changed = [line for line in mutmut(folder, "show", name).splitlines() if line[:2] in {"- ", "+ "}]
        print(f"  {name.rpartition('.')[2]}:", *(" ".join(line.split()) for line in changed), flush=True)


def mutmut(folder: Path, *words: str) -> str:
    """What one command of mutmut prints."""
    command = [sys.executable, "-m", "mutmut", *words]
    return subprocess.run(command, cwd=folder, env=os.environ | ALONE, capture_output=True, text=True, check=False).stdout


if __name__ == "__main__":
    for asked in sys.argv[1:] or ABOUT:
        with tempfile.TemporaryDirectory() as copy:
            play(asked, Path(copy))
