"""Takes README's commands out of their ```sh fences and runs them in a fresh clone: `python -m tests.processes.readme_commands`.

The clone is made from what is committed, in an environment of PATH and an empty HOME. `make run` is started, asked for its landing page until it
answers, and interrupted as Ctrl-C would; everything else must end by itself with success. `git clone` and `cd` are done here. Seconds are printed.
"""

import argparse
import os
import re
import shlex
import signal
import socket
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = "http://localhost:8000/"
ANSWERS_WITHIN = 60.0
ENDS_WITHIN = 900.0
STOPS_WITHIN = 15.0


def commands(text: str) -> list[str]:
    """The commands of every ```sh fence, in order; lines that end in a backslash are joined, comments and set-up left out."""
    fences = re.findall(r"^```sh\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    lines = (line.strip() for fence in fences for line in re.sub(r"\\\n\s*", "", fence).splitlines())
    return [said for line in lines if (said := _without_comment(line)) and not said.startswith(("git clone", "cd "))]


def _without_comment(line: str) -> str:
    return re.sub(r"(^|\s)#.*$", "", line).rstrip()


def bare_environment(home: Path) -> dict[str, str]:
    """PATH, an empty HOME, and nothing else but what this machine needs to reach a package index."""
    passed = {name: value for name, value in os.environ.items() if name in {"PATH", "SSL_CERT_FILE", "PIP_INDEX_URL", "PIP_CERT"}}
    return {**passed, "HOME": str(home)}


def run_until_it_answers(command: str, clone: Path, environment: dict[str, str]) -> float:
    """Start a server, wait for its landing page, stop it; gives the seconds until it answered."""
    _refuse_a_taken_port()
    started = time.monotonic()
    server = subprocess.Popen(["bash", "-c", command], cwd=clone, env=environment, start_new_session=True)
    try:
        while not _answers():
            if server.poll() is not None:
                raise SystemExit(f"{command} ended with {server.returncode} before it answered")
            if time.monotonic() - started > ANSWERS_WITHIN:
                raise SystemExit(f"{command} did not answer on {PAGE} within {ANSWERS_WITHIN:.0f} s")
            time.sleep(0.2)
        return time.monotonic() - started
    finally:
        _stop(server)


def run_to_the_end(command: str, clone: Path, environment: dict[str, str]) -> float:
    """Run a command that must end well; gives its seconds."""
    started = time.monotonic()
    done = subprocess.run(["bash", "-c", command], cwd=clone, env=environment, timeout=ENDS_WITHIN, check=False)
    if done.returncode:
        raise SystemExit(f"{command} ended with {done.returncode}")
    return time.monotonic() - started


def _answers() -> bool:
    try:
        with urllib.request.urlopen(PAGE, timeout=2) as answer:
            return bool(answer.status == 200)
    except (OSError, urllib.error.URLError):
        return False


def _refuse_a_taken_port() -> None:
    with socket.socket() as probe:
        if probe.connect_ex(("127.0.0.1", 8000)) == 0:
            raise SystemExit("Something already answers on port 8000: stop it first.")


def _stop(server: subprocess.Popen[bytes]) -> None:
    if server.poll() is None:
        os.killpg(server.pid, signal.SIGINT)
    try:
        server.wait(STOPS_WITHIN)
    except subprocess.TimeoutExpired:
        os.killpg(server.pid, signal.SIGKILL)
        raise SystemExit("The server did not stop when it was interrupted.") from None


def _runs(found: list[str], folder: Path) -> Iterator[tuple[str, float]]:
    clone, home = folder / "clone", folder / "home"
    home.mkdir()
    subprocess.run(["git", "clone", "--quiet", "--no-hardlinks", str(ROOT), str(clone)], check=True)
    for command in found:
        print(f"$ {command}", flush=True)
        run = run_until_it_answers if shlex.split(command)[:2] == ["make", "run"] else run_to_the_end
        yield command, run(command, clone, bare_environment(home))


def main() -> None:
    """Run them all, or only those that contain a given text; or list them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--list", action="store_true", help="print the commands and run none")
    parser.add_argument("--only", default="", help="run only commands that contain this text")
    asked = parser.parse_args()
    found = [command for command in commands((ROOT / "README.md").read_text("utf-8")) if asked.only in command]
    if asked.list:
        print("\n".join(found))
        return
    with tempfile.TemporaryDirectory(prefix="countersign-readme-") as folder:
        seconds = list(_runs(found, Path(folder)))
    for command, taken in seconds:
        print(f"{taken:7.1f} s  {command}")


if __name__ == "__main__":
    main()
